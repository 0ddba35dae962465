"""BDD100K's labels: a category, a box, attributes, in inferences a score."""

from collections.abc import Mapping
from typing import Any

from aquarium_tui.formats.collected import Collected, Corners, four

_IGNORED = frozenset({"ignore", "ignored", "dontcare"})
_KNOWN = frozenset({"id", "category", "box2d", "score", "attributes"})
_CROWDS = ("crowd", "ignored")
_SIDES = ("x1", "y1", "x2", "y2")


def take_label(objects: Collected, at: tuple[int, int], frame: str, label: object) -> bool:
    """Add one label.

    Args:
        objects: What it is added to.
        at: Positions of its frame and of itself in that.
        frame: The name of the frame.
        label: What stands in the file, whatever it is.

    Returns:
        Whether it is a crowd, or a region to be ignored.
    """
    if not isinstance(label, dict):
        objects.reject(at, "labels that are not objects")
        return False
    if label.get("box2d") is None:
        objects.reject(at, "labels without a box2d", "only boxes are read, not polygons, lanes or areas")
        return False
    category, further = label.get("category"), _further(label)
    marks = [further.pop(key, False) is True for key in _CROWDS]
    ignored = isinstance(category, str) and category.replace(" ", "").casefold() in _IGNORED
    crowd = ignored or any(marks)
    objects.add(
        at,
        frame,
        _corners(label["box2d"]),
        category=category,
        confidence=label.get("score"),
        crowd=crowd,
        id_=label.get("id"),
        further=further,
    )
    return crowd


def _corners(box: object) -> Corners | None:
    return four([box.get(side) for side in _SIDES]) if isinstance(box, dict) else None


def _further(label: Mapping[str, Any]) -> dict[str, Any]:
    attributes = label.get("attributes")
    inner = attributes if isinstance(attributes, dict) else {}
    return {**inner, **{key: value for key, value in label.items() if key not in _KNOWN}}
