"""Datumaro JSON: items with annotations, whose label_id is a position in the list of labels."""

from collections.abc import Mapping, Sequence
from typing import Any

from aquarium_tui.formats.shared.collector import Corners, four, record_place
from aquarium_tui.formats.shared.format import Given
from aquarium_tui.formats.shared.listed_images import (
    ListedImages,
    bounds,
    folder_near,
    list_format,
    pixels,
    points_of,
    sized,
)
from aquarium_tui.formats.shared.values import number
from aquarium_tui.media.folders import UNKNOWN
from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Size

_OTHERS = "annotations that are neither boxes, polygons nor masks"
_SCORES = ("score", "confidence")
_IMAGES = ("image", "media")


def looks_like(given: Given) -> bool:
    """Whether the file, or one in the folder's `annotations`, has items and the categories of Datumaro."""
    return any(
        outline.kinds.get("items") == "["
        and (outline.kinds.get("categories") == "{" or outline.has("items[].id", "items[].annotations"))
        for outline in given.outlines()
    )


def read(given: Given, scored: bool) -> ListedImages:
    """The items of a file, or of every file in a folder.

    Raises:
        InputError: The file cannot be read, or is not JSON.
    """
    del scored
    names: list[str] = []
    listed = ListedImages.of_files(given, names, "annotations")
    listed.sides = "size"
    listed.images = folder_near(given.path, "images", "../images")
    for path, found in listed.documents(given):
        names.append(visible(path.name))
        if isinstance(found, dict) and isinstance(found.get("items"), list):
            labels = _labels(listed, (len(names) - 1, -1), found)
            for k, element in enumerate(found["items"]):
                names.append(record_place(f"{visible(path.name)} items", k))
                item = listed.mapping((len(names) - 1, -1), element)
                if item is not None:
                    _take(listed, len(names) - 1, item, labels)
        else:
            listed.lost.append(f"{visible(path.name)} (it has no list of `items`)")
    return listed


DATUMARO = list_format(
    "datumaro",
    "Datumaro JSON, {categories: {label: {labels}}, items: [{id, image, annotations: [{type, label_id}]}]}",
    ("items", "categories", "annotations", "label_id", "type"),
    looks_like,
    read,
)


def _labels(listed: ListedImages, at: tuple[int, int], found: Mapping[str, Any]) -> Sequence[str]:
    """Class name by label_id, which is a position."""
    label = listed.object_in(at, listed.object_in(at, found, "categories"), "label")
    names = []
    for i, element in enumerate(listed.list_in(at, label, "labels")):
        name = element.get("name") if isinstance(element, dict) else None
        names.append(name if isinstance(name, str) and name else str(i))
    listed.classes.update(dict.fromkeys(names))
    return names


def _take(listed: ListedImages, i: int, item: Mapping[str, Any], labels: Sequence[str]) -> None:
    picture = next((found for key in _IMAGES if (found := listed.object_in((i, -1), item, key))), {})
    path = picture.get("path")
    stated = path if isinstance(path, str) and path else item.get("id")
    further = listed.object_in((i, -1), item, "attr")
    name = listed.image(i, stated, _size(picture.get("size")), further)
    for j, element in enumerate(listed.list_in((i, -1), item, "annotations")):
        one = listed.mapping((i, j), element)
        if one is not None and name is not None:
            _take_annotation(listed, (i, j), name, one, labels)


def _size(given: object) -> Size:
    """Width and height of an image, which the format states in the other order."""
    if not isinstance(given, list) or len(given) != 2:
        return UNKNOWN
    return pixels(given[1]), pixels(given[0])


def _take_annotation(
    listed: ListedImages, at: tuple[int, int], name: str, one: Mapping[str, Any], labels: Sequence[str]
) -> None:
    box: Corners | None = None
    masked: object = None
    match one.get("type"):
        case "bbox":
            given = one.get("bbox")
            box = sized(four(given)) if isinstance(given, list) else None
        case "polygon":
            points = points_of(one.get("points"))
            box, masked = (None, None) if points is None else (bounds(points), [points])
        case "mask":
            masked = one.get("rle")
        case _:
            listed.objects.reject(at, _OTHERS, "only areas can be compared")
            return
    further = dict(listed.object_in(at, one, "attributes"))
    stated = [further.pop(key) for key in _SCORES if key in further] + [one.get(key) for key in _SCORES]
    crowd = further.pop("is_crowd", False) is True
    listed.crowds += crowd
    listed.objects.add(
        at,
        name,
        box,
        category=_class(one.get("label_id"), labels),
        confidence=next((score for score in stated if score is not None), None),
        crowd=crowd,
        segmentation=masked,
        further=further,
    )


def _class(id_: object, labels: Sequence[str]) -> object:
    position = number(id_)
    if position is None or not position.is_integer() or not 0 <= position < len(labels):
        return id_
    return labels[int(position)]
