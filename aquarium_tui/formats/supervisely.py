"""Supervisely JSON: a project folder, or files in `ann/` named like their images."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.bitmaps import base64_runs
from aquarium_tui.formats.shared.collector import Corners
from aquarium_tui.formats.shared.format import Given, is_file
from aquarium_tui.formats.shared.listed_images import (
    ListedImages,
    bounds,
    document,
    folder_near,
    list_format,
    pixels,
    points_of,
)
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.picture import Size

_META = "meta.json"
_OTHERS = "objects that are neither rectangles, polygons nor bitmaps"
_CONFIDENCES = frozenset({"confidence", "score", "prob", "probability"})


def looks_like(given: Given) -> bool:
    """Whether the file, or one of the first in the folder, has Supervisely's objects and size."""
    return any(
        outline.kinds.get("objects") == "["
        and (outline.has("objects[].classTitle") or outline.has("size.height"))
        for outline in given.outlines()
    )


def read(given: Given, scored: bool) -> ListedImages:
    """The images of a project, a dataset in it, a folder `ann`, or one file.

    Raises:
        InputError: The file cannot be read, or is not JSON.
    """
    del scored
    names: list[str] = []
    listed = ListedImages.of_files(given, names, "objects")
    listed.images = folder_near(given.path, "img", "../img")
    _take_classes(listed, given.path)
    for path, found in listed.documents(given):
        if path.name == _META or "key_id_map" in path.name:
            continue
        if not isinstance(found, dict) or "objects" not in found:
            listed.lost.append(f"{visible(path.name)} (it has no `objects`)")
            continue
        names.append(path.name)
        _take(listed, len(names) - 1, found, clean(path.name.removesuffix(".json")))
    return listed


SUPERVISELY = list_format(
    "supervisely",
    "Supervisely JSON, a project folder with meta.json, or files with size and objects (classTitle, points)",
    ("objects", "classTitle", "points", "exterior", "size"),
    looks_like,
    read,
)


def _take_classes(listed: ListedImages, path: Path) -> None:
    """The classes of the project, which is up to three folders above a file."""
    places = [path, *path.absolute().parents[:3]]
    meta = next((place / _META for place in places if is_file(place / _META)), None)
    if meta is None:
        return
    try:
        found = document(meta)
    except InputError as error:
        listed.lost.append(f"{_META} ({error.message})")
        return
    classes = found.get("classes") if isinstance(found, dict) else None
    for element in classes if isinstance(classes, list) else ():
        title = element.get("title") if isinstance(element, dict) else None
        if isinstance(title, str) and title:
            listed.classes[clean(title)] = None
    if not listed.classes:
        listed.lost.append(f"{_META} (it lists no classes)")


def _take(listed: ListedImages, i: int, found: Mapping[str, Any], name: str) -> None:
    given = listed.object_in((i, -1), found, "size")
    size = pixels(given.get("width")), pixels(given.get("height"))
    listed.image(i, name, size, dict(_tags(listed, (i, -1), found)))
    for j, element in enumerate(listed.list_in((i, -1), found, "objects")):
        one = listed.mapping((i, j), element)
        if one is not None:
            _take_object(listed, (i, j), name, one, size)


def _take_object(
    listed: ListedImages, at: tuple[int, int], name: str, one: Mapping[str, Any], size: Size
) -> None:
    further = dict(_tags(listed, at, one))
    score = next((further.pop(key) for key in list(further) if key.casefold() in _CONFIDENCES), None)
    points = listed.object_in(at, one, "points")
    outer = points_of(points.get("exterior"))
    box: Corners | None = None if outer is None else bounds(outer)
    masked: object = None
    match one.get("geometryType", "bitmap" if "bitmap" in one else "rectangle"):
        case "rectangle":
            pass
        case "polygon":
            masked = None if outer is None else [outer]
        case "bitmap":
            masked = _bitmap(listed.object_in(at, one, "bitmap"), size)
        case _:
            listed.objects.reject(at, _OTHERS, "only areas can be compared")
            return
    listed.objects.add(
        at, name, box, category=one.get("classTitle"), confidence=score, segmentation=masked, further=further
    )
    if points.get("interior"):
        listed.objects.flag("polygons with holes", "changed", "the holes are filled")


def _tags(listed: ListedImages, at: tuple[int, int], holder: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Tags as values by name; a tag without a value is set or not."""
    for tag in listed.list_in(at, holder, "tags"):
        name = tag.get("name") if isinstance(tag, dict) else tag
        if isinstance(name, str):
            value = tag.get("value") if isinstance(tag, dict) else None
            yield name, True if value is None else value


def _bitmap(given: Mapping[str, Any], size: Size) -> object:
    """The mask of a bitmap at its origin, left and top."""
    origin = points_of(given.get("origin"))
    if not isinstance(given.get("data"), str) or origin is None or len(origin) != 2:
        return None
    return base64_runs(given["data"], (round(origin[0]), round(origin[1])), size)
