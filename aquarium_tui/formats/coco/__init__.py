"""COCO JSON: instances with images, annotations and categories; results as a list of boxes with scores."""

import re

from aquarium_tui.formats.coco import panoptic
from aquarium_tui.formats.coco.instances import read_instances
from aquarium_tui.formats.coco.results import read_any, read_regular
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile

_KEYS = re.compile(r'"(?:image_id|category_id|images|annotations|categories)"\s*:')
_OTHERS = re.compile(r'"(?:bbox_mode|bboxes|box2d|instances|pred_instances|filepath)"\s*:')
"""Keys of BDD100K, Detectron2, FiftyOne and mmdetection, which share some keys with COCO."""
_EMPTY_LIST = re.compile(r"\s*\[\s*\]\s*")
_ULTRALYTICS_RECORD = re.compile(
    r'\s*\[\s*\{\s*"image_id"\s*:[^,{}]*,\s*"file_name"\s*:[^{}]*?,\s*"category_id"\s*:[^,{}]*,'
    r'\s*"bbox"\s*:\s*\[[^][{}]*\]\s*,\s*"score"\s*:'
)


def looks_like(given: Given) -> bool:
    """Whether the file is COCO JSON; results as Ultralytics writes them are a format of their own."""
    start = given.start
    if _EMPTY_LIST.fullmatch(start):
        return True
    if start.lstrip()[:1] not in ("[", "{") or looks_like_ultralytics(given):
        return False
    return _KEYS.search(start) is not None and _OTHERS.search(start) is None


def looks_like_ultralytics(given: Given) -> bool:
    """Whether the file begins with a record as Ultralytics writes it."""
    return _ULTRALYTICS_RECORD.match(given.start) is not None


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in an instances file.

    Raises:
        InputError: The file cannot be read, is not JSON, or is not an instances file.
    """
    return read_instances(given.path)


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a results file, also where the list lies inside an object.

    What image ids and class ids mean is decided later, against the dataset. Ultralytics writes as image id
    the stem, or the number that a numeric stem reads as (0001 becomes 1), so the file name is preferred; its
    category id is the index of a class or, in versions since December 2024, that index plus 1.

    Raises:
        InputError: The file cannot be read, is not JSON, or holds no results.
    """
    return read_regular(given.path) or read_any(given.path)


COCO = Format(
    name="coco",
    sentence="COCO JSON, instances (images, annotations, categories) or results (image_id, category_id, "
    "bbox, score)",
    marks=("images", "annotations", "categories", "image_id", "category_id", "bbox"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
    general=True,
)
PANOPTIC = Format(
    name="coco-panoptic",
    sentence="COCO panoptic JSON, annotations with segments_info, and a PNG of segments for each image",
    marks=("annotations", "segments_info", "category_id", "file_name"),
    looks_like=panoptic.looks_like,
    read_labels=panoptic.read_labels,
    read_inferences=panoptic.read_inferences,
)
ULTRALYTICS = Format(
    name="ultralytics",
    sentence="Ultralytics predictions.json, a list of {image_id, file_name, category_id, bbox, score}",
    marks=("image_id", "file_name", "category_id", "bbox", "score"),
    looks_like=looks_like_ultralytics,
    read_labels=read_labels,
    read_inferences=read_inferences,
)
