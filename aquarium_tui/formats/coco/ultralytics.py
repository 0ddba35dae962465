"""Ultralytics' `predictions.json`: COCO results with a file name, as `val` with `save_json` writes them."""

import re

from aquarium_tui.formats.coco.instances import read_instances
from aquarium_tui.formats.coco.results import read_any, read_regular
from aquarium_tui.formats.given import Given
from aquarium_tui.formats.records import InferenceFile, LabelFile

SENTENCE = "Ultralytics predictions.json, a list of {image_id, file_name, category_id, bbox, score}"
_RECORD = re.compile(
    r'\s*\[\s*\{\s*"image_id"\s*:[^,{}]*,\s*"file_name"\s*:[^{}]*?,\s*"category_id"\s*:[^,{}]*,'
    r'\s*"bbox"\s*:\s*\[[^][{}]*\]\s*,\s*"score"\s*:'
)


def looks_like(given: Given) -> bool:
    """Whether the file begins with a record as Ultralytics writes it."""
    return _RECORD.match(given.start) is not None


def read_labels(given: Given) -> LabelFile:
    """Refuses: the file holds inferences.

    Raises:
        InputError: Always, with what to do instead.
    """
    return read_instances(given.path)


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in the file; what its image and class ids mean is for the dataset to decide.

    An image id is the stem, or the number that a numeric stem reads as (0001 becomes 1); the file name is
    preferred. A category id is the index of a class, or in versions since December 2024 that plus 1.

    Raises:
        InputError: It cannot be read, is not JSON, or holds no results.
    """
    return read_regular(given.path) or read_any(given.path)
