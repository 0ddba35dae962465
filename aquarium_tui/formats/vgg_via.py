"""VGG Image Annotator: JSON of version 1, 2 or 3, or its CSV, with regions by image."""

import csv
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import Corners, four
from aquarium_tui.formats.shared.format import Given, read_text
from aquarium_tui.formats.shared.listed_images import (
    ListedImages,
    Polygon,
    bounds,
    document,
    list_format,
    points_of,
    sized,
)
from aquarium_tui.formats.shared.tables import header
from aquarium_tui.formats.shared.values import number
from aquarium_tui.model.names import visible

_COLUMNS = ("filename", "region_shape_attributes", "region_attributes")
_IMAGES = "_via_img_metadata"
_OTHERS = "regions that are neither rectangles, polygons, circles nor ellipses"
_CLASSES = ("class", "label", "name", "type", "category", "object", "class_name")
_SCORES = frozenset({"score", "confidence"})
_RECTANGLE, _CIRCLE, _ELLIPSE, _POLYGON = 2, 3, 4, 7
"""Shapes as version 3 numbers them."""


def looks_like(given: Given) -> bool:
    """Whether the file is VIA's JSON or CSV."""
    if given.is_dir:
        return False
    outline = given.outline
    regions = outline.has("*.regions", "*.filename") or outline.has(_IMAGES)
    third = outline.has("metadata", "file", "view") and outline.has_any("metadata.*", "attribute", "config")
    return regions or third or set(_COLUMNS) <= {name.lstrip("#") for name in header(given.start)}


def read(given: Given, scored: bool) -> ListedImages:
    """The images of a file.

    Raises:
        InputError: The file cannot be read, or is neither JSON nor CSV.
    """
    del scored
    listed = ListedImages.of_file(given, "image", "regions")
    listed.sides = "size"
    if given.start.lstrip()[:1] != "{":
        _take_rows(listed, given)
        return listed
    found = document(given.path)
    if "view" in found and "metadata" in found:
        _take_third(listed, found)
        return listed
    images = found.get(_IMAGES, found)
    for i, element in enumerate(images.values() if isinstance(images, dict) else [images]):
        entry = listed.mapping((i, -1), element)
        name = entry and listed.image(
            i, entry.get("filename"), further=listed.object_in((i, -1), entry, "file_attributes")
        )
        for j, region in enumerate(_regions(listed, (i, -1), entry) if entry and name else ()):
            _take_region(listed, (i, j), str(name), region)
    return listed


VIA = list_format(
    "via",
    "VGG VIA, JSON or CSV with regions of shape_attributes and region_attributes by image",
    ("regions", "shape_attributes", "region_attributes", "filename"),
    looks_like,
    read,
)


class _Region(NamedTuple):
    shape: Mapping[str, Any]
    attributes: Mapping[str, Any]


def _regions(listed: ListedImages, at: tuple[int, int], entry: Mapping[str, Any]) -> Iterator[object]:
    """The regions: a list, or in version 1 an object by number."""
    regions = entry.get("regions")
    if isinstance(regions, dict):
        yield from regions.values()
    else:
        yield from listed.list_in(at, entry, "regions")


def _take_region(listed: ListedImages, at: tuple[int, int], name: str, given: object) -> None:
    one = listed.mapping(at, given)
    if one is not None:
        shape = listed.object_in(at, one, "shape_attributes")
        attributes = listed.object_in(at, one, "region_attributes")
        _add(listed, at, name, _Region(shape, attributes))


def _add(listed: ListedImages, at: tuple[int, int], name: str, region: _Region) -> None:
    points = _polygon(region.shape)
    box = bounds(points) if points else _box(region.shape)
    if box is None and region.shape.get("name") not in ("rect", "circle", "ellipse", "polygon"):
        listed.objects.reject(at, _OTHERS, "only areas can be compared")
        return
    attributes = {str(key): _chosen(value) for key, value in region.attributes.items()}
    key = next((key for key in attributes if key.casefold() in _CLASSES), None) or next(
        iter(attributes), None
    )
    score = next((attributes.pop(key) for key in list(attributes) if key.casefold() in _SCORES), None)
    listed.objects.add(
        at,
        name,
        box,
        category=attributes.pop(key, None) if key else None,
        confidence=score,
        segmentation=[points] if points else None,
        further=attributes,
    )


def _chosen(value: object) -> object:
    """The value of an attribute; of a checkbox, which is an object of options, the one that is set."""
    if not isinstance(value, dict):
        return value
    chosen = [key for key, set_ in value.items() if set_]
    return chosen[0] if len(chosen) == 1 else value


def _polygon(shape: Mapping[str, Any]) -> Polygon | None:
    x, y = shape.get("all_points_x"), shape.get("all_points_y")
    if shape.get("name") not in ("polygon", None) or not (isinstance(x, list) and isinstance(y, list)):
        return None
    return points_of([[a, b] for a, b in zip(x, y, strict=False)]) if len(x) == len(y) else None


def _box(shape: Mapping[str, Any]) -> Corners | None:
    match shape.get("name"):
        case "rect":
            return sized(four([shape.get(side) for side in ("x", "y", "width", "height")]))
        case "circle":
            radii = (shape.get("r"), shape.get("r"))
        case "ellipse":
            radii = (shape.get("rx"), shape.get("ry"))
        case _:
            return None
    return _round(shape.get("cx"), shape.get("cy"), *radii)


def _round(*sides: object) -> Corners | None:
    """The box of an ellipse with this centre and these radii."""
    values = four(sides)
    return values and (
        values[0] - values[2],
        values[1] - values[3],
        values[0] + values[2],
        values[1] + values[3],
    )


def _take_rows(listed: ListedImages, given: Given) -> None:
    """The rows of VIA's CSV: one per region, whose attributes are JSON text."""
    rows = csv.reader(read_text(given.path).splitlines())
    try:
        names = [name.strip().lstrip("#") for name in next(rows, [])]
        lacking = [name for name in _COLUMNS if name not in names]
        if lacking:
            raise InputError(f"{visible(str(given.path))} has no column {' and no '.join(lacking)}.")
        numbers: dict[str, int] = {}
        for row in filter(None, rows):
            cells = dict(zip(names, row, strict=False))
            name = cells["filename"]
            if name not in numbers and listed.image(len(numbers), name) is None:
                continue
            i = numbers.setdefault(name, len(numbers))
            shape, attributes = (_parsed(cells.get(column)) for column in _COLUMNS[1:])
            if shape is None or attributes is None:
                listed.objects.reject((i, rows.line_num), "regions whose attributes are not JSON objects")
            elif shape:
                _add(listed, (i, rows.line_num), name, _Region(shape, attributes))
    except csv.Error as error:
        raise InputError(f"{visible(str(given.path))} line {rows.line_num:,} is not CSV: {error}.") from error


def _parsed(text: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _take_third(listed: ListedImages, found: Mapping[str, Any]) -> None:
    """Version 3: files, views of them, and metadata with a shape `xy` and values `av` by number."""
    start = (0, -1)
    files, views = listed.object_in(start, found, "file"), listed.object_in(start, found, "view")
    options = _options(listed, listed.object_in(start, found, "attribute"))
    names: dict[str, tuple[int, str]] = {}
    for i, (key, view) in enumerate(views.items()):
        ids = view.get("fid_list") if isinstance(view, dict) else None
        file = files.get(str(ids[0])) if isinstance(ids, list) and ids else None
        name = listed.image(i, file.get("fname") if isinstance(file, dict) else None)
        if name is not None:
            names[key] = (i, name)
    for j, element in enumerate(listed.object_in(start, found, "metadata").values()):
        one = listed.mapping((0, j), element)
        if one is None:
            continue
        i, name = names.get(str(one.get("vid")), (0, ""))
        values = listed.object_in((i, j), one, "av")
        attributes = {
            label: chosen.get(str(values[id_]), values[id_])
            for id_, (label, chosen) in options.items()
            if id_ in values
        }
        shape = _third_shape(one.get("xy"))
        if name and shape:
            _add(listed, (i, j), name, _Region(shape, attributes or values))
        else:
            listed.objects.reject((i, j), _OTHERS if name else "regions of unknown images")


def _options(listed: ListedImages, attributes: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The name and the options of each attribute."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for id_, one in attributes.items():
        if isinstance(one, dict):
            found[id_] = (str(one.get("aname", id_)), listed.object_in((0, -1), one, "options"))
    return found


def _third_shape(xy: object) -> dict[str, Any]:
    """The shape of version 3, a number and coordinates, as version 2 names it; empty if it is not an area."""
    if not isinstance(xy, list) or not xy or number(xy[0]) is None:
        return {}
    kind, rest = xy[0], xy[1:]
    if kind == _RECTANGLE:
        return {"name": "rect", **dict(zip(("x", "y", "width", "height"), rest, strict=False))}
    if kind == _CIRCLE:
        return {"name": "circle", **dict(zip(("cx", "cy", "r"), rest, strict=False))}
    if kind == _ELLIPSE:
        return {"name": "ellipse", **dict(zip(("cx", "cy", "rx", "ry"), rest, strict=False))}
    if kind == _POLYGON:
        return {"name": "polygon", "all_points_x": rest[::2], "all_points_y": rest[1::2]}
    return {}
