"""mmdetection and Detectron2 results per image as JSON, in forms other than COCO results."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import (
    Corners,
    ObjectCollector,
    Records,
    four,
    nested_note,
    record_place,
)
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, files_below
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.model.names import clean, visible

_NAMES = ("img_path", "file_name", "filename", "ori_filename", "img_name")
_IDS = ("img_id", "image_id")
_INNER = ("pred_instances", "predictions", "instances")
_INSTANCE_LISTS = ("instances", "annotations", "predictions")
_BOXES, _CLASSES, _SCORES = ("bboxes", "boxes"), ("labels", "classes", "pred_classes"), ("scores",)
_CORNERS = "left, top, right, bottom"
_SIZED = "left, top, width, height"
_MODES = {"0": _CORNERS, "1": _SIZED, "XYXY_ABS": _CORNERS, "XYWH_ABS": _SIZED}
_KNOWN = frozenset(
    {*_NAMES, *_IDS, "bbox", "bbox_mode", "category_id", "category_name", "score", "segmentation"}
)
MMDET = "mmdetection JSON, per image bboxes [left, top, right, bottom], labels, scores and img_path or img_id"
_ARRAYS = re.compile(r'"bboxes"\s*:\s*\[')
_LABELS = re.compile(r'"labels"\s*:\s*\[')
_MODE = re.compile(r'"bbox_mode"\s*:')
_INSTANCES = re.compile(r'"instances"\s*:\s*\[')
_RESULT_LISTS = ("predictions", "results", "data")


def take_entry(objects: ObjectCollector, i: int, entry: object) -> set[str]:
    """Add the boxes of image `i` of a file, whatever it holds there.

    Returns:
        What the four numbers of the boxes were read as.
    """
    if not isinstance(entry, dict):
        objects.reject((i, -1), "images that are not JSON objects")
        return set()
    listed = next((entry[key] for key in _INSTANCE_LISTS if isinstance(entry.get(key), list)), None)
    if listed is not None:
        return {mode for j, one in enumerate(listed) for mode in _take_instance(objects, (i, j), entry, one)}
    if "bbox" in entry:
        return _take_instance(objects, (i, -1), {}, entry)
    return _take_arrays(objects, i, entry)


def looks_like_mmdet(given: Given) -> bool:
    """Whether the file, or the first one in the folder, holds arrays of boxes and labels per image."""
    starts = given.starts(".json") if given.is_dir else iter([given.start])
    first = next(starts, "")
    return _is_json(first) and bool(_ARRAYS.search(first) and _LABELS.search(first))


def looks_like_detectron2(given: Given) -> bool:
    """Whether the file holds boxes with a mode, or lists of instances."""
    return _is_json(given.start) and bool(_MODE.search(given.start) or _INSTANCES.search(given.start))


def no_labels(given: Given) -> NoReturn:
    """Refuse: these files hold only results.

    Raises:
        InputError: Always.
    """
    raise InputError(
        f"{visible(str(given.path))} holds a model's results, not labels.",
        "Upload it with --inferences and --inferences-id.",
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in the file, or in the files of the folder, which are named like their images.

    Raises:
        InputError: A file cannot be read or is not JSON, or no box names its image.
    """
    names: list[str] = []
    objects = ObjectCollector(lambda i, j: names[i] if j < 0 else f"{names[i]} box {j + 1:,}")
    modes: set[str] = set()
    for entry, name in _entries(given):
        names.append(name)
        modes |= take_entry(objects, len(names) - 1, entry)
    records = objects.inferences(sides="size" if modes == {_SIZED} else "corners")
    if len(records) and records.frame.missing.all() and records.file_name is None:
        raise InputError(f"No box in {visible(str(given.path))} can be used.", _told(records))
    notes = [f"boxes are {' or '.join(sorted(modes))}"] if modes else []
    return InferenceFile(records, (*notes, *nested_note(objects.nested)))


def read_mmdet(given: Given) -> InferenceFile:
    """The same for mmdetection, whose labels are positions in its list of classes.

    Raises:
        InputError: As for `read_inferences`.
    """
    file = read_inferences(given)
    return replace(file, records=replace(file.records, indexed=True))


MMDETECTION = Format(
    name="mmdet",
    sentence=MMDET,
    marks=("bboxes", "labels", "scores", "img_path"),
    looks_like=looks_like_mmdet,
    read_labels=no_labels,
    read_inferences=read_mmdet,
)
DETECTRON2 = Format(
    name="detectron2",
    sentence="Detectron2 JSON, records with a bbox_mode, or per image a list of instances",
    marks=("bbox_mode", "instances", "bbox", "category_id"),
    looks_like=looks_like_detectron2,
    read_labels=no_labels,
    read_inferences=read_inferences,
)


def _take_arrays(objects: ObjectCollector, i: int, entry: Mapping[str, Any]) -> set[str]:
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
    objects: ObjectCollector, at: tuple[int, int], entry: Mapping[str, Any], instance: object
) -> set[str]:
    if not isinstance(instance, dict):
        objects.reject(at, "instances that are not JSON objects")
        return set()
    mode = _MODES.get(str(instance.get("bbox_mode", 1)).rpartition(".")[2])
    if mode is None:
        hint = "write XYXY_ABS (0) or XYWH_ABS (1)"
        objects.reject(at, "boxes whose bbox_mode is relative, rotated or unknown", hint)
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
    objects: ObjectCollector,
    at: tuple[int, int],
    image: Mapping[str, Any],
    box: Corners | None,
    more: Mapping[str, Any],
) -> None:
    """Add a box, if it names its image."""
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


def _told(records: Records) -> str:
    return "\n".join(records.problem(finding).sentence() for finding in records.findings)


def _is_json(start: str) -> bool:
    return start.lstrip()[:1] in ("[", "{")


def _entries(given: Given) -> Iterator[tuple[Any, str]]:
    """What the files hold for each image, and its place for messages."""
    if not given.is_dir:
        for i, entry in enumerate(_elements(Scanner.of(given.path))):
            yield entry, record_place(visible(given.path.name), i)
        return
    for path in files_below(given.path, ".json"):
        scanner = Scanner.of(path)
        entry = scanner.value()
        scanner.finish()
        yield _with_name(entry, path), visible(path.name)


def _with_name(entry: object, path: Path) -> object:
    return {"file_name": clean(path.stem), **entry} if isinstance(entry, dict) else entry


def _elements(scanner: Scanner) -> Iterator[Any]:
    """The images in a list, or in the list of an object; an object without a list is itself an image."""
    if scanner.peek() == "[":
        yield from scanner.elements()
        scanner.finish()
        return
    parts: dict[str, Any] = {}
    for key in scanner.members():
        if key in _RESULT_LISTS and scanner.peek() == "[":
            yield from scanner.elements()
            parts[key] = None
        else:
            parts[key] = scanner.value()
    scanner.finish()
    if not any(key in parts for key in _RESULT_LISTS):
        yield parts
