"""COCO JSON: instances with images, annotations and categories; results as a list of boxes with scores."""

import re

from aquarium_tui.formats.coco import ultralytics
from aquarium_tui.formats.coco.instances import read_instances
from aquarium_tui.formats.coco.results import read_any, read_regular
from aquarium_tui.formats.given import Given
from aquarium_tui.formats.records import InferenceFile, LabelFile

SENTENCE = (
    "COCO JSON, instances (images, annotations, categories) or results (image_id, category_id, bbox, score)"
)
_KEYS = re.compile(r'"(?:image_id|category_id|images|annotations|categories)"\s*:')
_OTHERS = re.compile(r'"(?:bbox_mode|bboxes|box2d|instances|pred_instances|filepath)"\s*:')
"""Keys of BDD100K, Detectron2, FiftyOne and mmdetection, which have some of COCO's as well."""
_EMPTY_LIST = re.compile(r"\s*\[\s*\]\s*")


def looks_like(given: Given) -> bool:
    """Whether the file is COCO JSON; results as Ultralytics writes them are of that format."""
    start = given.start
    if _EMPTY_LIST.fullmatch(start):
        return True
    if start.lstrip()[:1] not in ("[", "{") or ultralytics.looks_like(given):
        return False
    return _KEYS.search(start) is not None and _OTHERS.search(start) is None


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in an instances file.

    Raises:
        InputError: It cannot be read, is not JSON, or is no instances file.
    """
    return read_instances(given.path)


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a results file, also where the list lies inside an object.

    Raises:
        InputError: It cannot be read, is not JSON, or holds no results.
    """
    return read_regular(given.path) or read_any(given.path)
