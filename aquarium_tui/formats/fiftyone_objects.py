"""FiftyOne's detections: a label, a box in parts of the image, often a confidence and attributes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aquarium_tui.formats.collected import Collected, Corners, four
from aquarium_tui.formats.frame_rows import FrameRows

_KNOWN = frozenset({"_id", "id", "_cls", "tags", "label", "bounding_box", "confidence", "iscrowd", "mask"})


@dataclass(frozen=True)
class Export:
    """The detections of one field of an export.

    Attributes:
        objects: The detections; boxes in parts of their image.
        frames: The samples they lie in.
        classes: Names in the order of the file, if it lists them.
        notes: What was recognised.
    """

    objects: Collected
    frames: FrameRows
    classes: Sequence[str] = ()
    notes: tuple[str, ...] = ()


def take(
    objects: Collected, at: tuple[int, int], frame: str, detection: object, classes: Sequence[str]
) -> None:
    """Add one detection.

    Args:
        objects: What it is added to.
        at: Positions of its sample and of itself in that.
        frame: How the sample is named.
        detection: What stands in the file, whatever it is.
        classes: Names that a number as label refers to.
    """
    if not isinstance(detection, dict):
        objects.reject(at, "detections that are not objects")
        return
    further = _further(detection)
    crowd = bool(detection.get("iscrowd") or further.pop("iscrowd", False))
    objects.add(
        at,
        frame,
        _corners(detection.get("bounding_box")),
        category=_name(detection.get("label"), classes),
        confidence=detection.get("confidence"),
        crowd=crowd,
        id_=_id(detection),
        further=further,
    )
    if type(detection.get("label")) is int and _name(detection["label"], classes) is None:
        objects.flag("detections whose label is beyond the list of classes", "left out")
    if detection.get("bounding_box") is None:
        hint = "only boxes are read: export a field of detections"
        objects.flag("detections without a bounding_box", "left out", hint)


def _name(label: object, classes: Sequence[str]) -> object:
    """The class that a label names; a number is a position in the list of classes, if there is one."""
    if type(label) is int and classes:
        return classes[label] if 0 <= label < len(classes) else None
    return label


def _corners(box: object) -> Corners | None:
    """FiftyOne's [x, y, width, height] as left, top, right, bottom."""
    values = four(box) if isinstance(box, list) else None
    if values is None:
        return None
    x, y, width, height = values
    return x, y, x + width, y + height


def _id(detection: Mapping[str, Any]) -> object:
    id_ = detection.get("_id", detection.get("id"))
    return id_.get("$oid") if isinstance(id_, dict) else id_


def _further(detection: Mapping[str, Any]) -> dict[str, Any]:
    attributes = detection.get("attributes")
    inner = attributes if isinstance(attributes, dict) else {}
    rest = {key: value for key, value in detection.items() if key not in _KNOWN and key != "attributes"}
    return {**inner, **rest}
