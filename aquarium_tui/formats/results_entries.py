"""One image of mmdetection's or Detectron2's results: arrays side by side, or a list of instances."""

from collections.abc import Mapping, Sequence
from typing import Any

from aquarium_tui.formats.collected import Collected, Corners, four

_NAMES = ("img_path", "file_name", "filename", "ori_filename", "img_name")
_IDS = ("img_id", "image_id")
_INNER = ("pred_instances", "predictions", "instances")
_LISTS = ("instances", "annotations", "predictions")
_BOXES, _CLASSES, _SCORES = ("bboxes", "boxes"), ("labels", "classes", "pred_classes"), ("scores",)
_CORNERS = "left, top, right, bottom"
_SIZED = "left, top, width, height"
_MODES = {"0": _CORNERS, "1": _SIZED, "XYXY_ABS": _CORNERS, "XYWH_ABS": _SIZED}
_KNOWN = frozenset(
    {*_NAMES, *_IDS, "bbox", "bbox_mode", "category_id", "category_name", "score", "segmentation"}
)


def take_entry(objects: Collected, i: int, entry: object) -> set[str]:
    """Add the boxes of image `i` of a file, whatever stands there.

    Returns:
        What the four numbers of the boxes were taken for.
    """
    if not isinstance(entry, dict):
        objects.reject((i, -1), "images that are not objects")
        return set()
    listed = next((entry[key] for key in _LISTS if isinstance(entry.get(key), list)), None)
    if listed is not None:
        return {mode for j, one in enumerate(listed) for mode in _take_instance(objects, (i, j), entry, one)}
    if "bbox" in entry:
        return _take_instance(objects, (i, -1), {}, entry)
    return _take_arrays(objects, i, entry)


def _take_arrays(objects: Collected, i: int, entry: Mapping[str, Any]) -> set[str]:
    inner = next((entry[key] for key in _INNER if isinstance(entry.get(key), dict)), entry)
    boxes, classes, scores = (_first(inner, keys) for keys in (_BOXES, _CLASSES, _SCORES))
    if not (isinstance(boxes, list) and isinstance(classes, list) and isinstance(scores, list)):
        objects.reject((i, -1), "images without lists of bboxes, labels and scores")
        return set()
    if not len(boxes) == len(classes) == len(scores):
        objects.reject((i, -1), "images whose bboxes, labels and scores differ in number")
        return set()
    for j, (box, class_, score) in enumerate(zip(boxes, classes, scores, strict=True)):
        corners = four(box) if isinstance(box, list) else None
        _add(objects, (i, j), entry, corners, {"category": class_, "confidence": score})
    return {_CORNERS} if boxes else set()


def _take_instance(
    objects: Collected, at: tuple[int, int], entry: Mapping[str, Any], instance: object
) -> set[str]:
    if not isinstance(instance, dict):
        objects.reject(at, "instances that are not objects")
        return set()
    mode = _MODES.get(str(instance.get("bbox_mode", 1)).rpartition(".")[2])
    if mode is None:
        hint = "write XYXY_ABS (0) or XYWH_ABS (1)"
        objects.reject(at, "boxes of a bbox_mode that is relative, rotated or unknown", hint)
        return set()
    _add(
        objects,
        at,
        {**entry, **instance},
        _corners(instance.get("bbox"), mode),
        {
            "category": instance.get("category_id"),
            "class_name": instance.get("category_name"),
            "confidence": instance.get("score"),
            "further": {key: value for key, value in instance.items() if key not in _KNOWN},
        },
    )
    return {mode}


def _add(
    objects: Collected,
    at: tuple[int, int],
    image: Mapping[str, Any],
    box: Corners | None,
    more: Mapping[str, Any],
) -> None:
    """Add one box, if its image is named."""
    name, id_ = _first(image, _NAMES), _first(image, _IDS)
    if name is None and id_ is None:
        hint = "boxes are matched by img_path, file_name, img_id or image_id, never by their order"
        objects.reject(at, "boxes that do not name their image", hint)
        return
    objects.add(at, id_, box, file_name=name, **more)


def _corners(box: object, mode: str) -> Corners | None:
    values = four(box) if isinstance(box, list) else None
    if values is None or mode == _CORNERS:
        return values
    x, y, width, height = values
    return x, y, x + width, y + height


def _first(values: Mapping[str, Any], keys: Sequence[str]) -> object:
    return next((values[key] for key in keys if values.get(key) is not None), None)
