"""LabelMe JSON: a file per image with shapes; rectangles, polygons, circles and masks are read."""

from collections.abc import Mapping
from math import dist
from typing import Any

from aquarium_tui.formats.shared.bitmaps import base64_runs
from aquarium_tui.formats.shared.collector import Corners
from aquarium_tui.formats.shared.format import Given
from aquarium_tui.formats.shared.listed_images import (
    ListedImages,
    Polygon,
    bounds,
    list_format,
    pixels,
    points_of,
)
from aquarium_tui.media.folders import unsuffixed
from aquarium_tui.model.names import clean
from aquarium_tui.model.picture import Size

_OTHERS = "shapes that are neither rectangles, polygons, circles nor masks"
_OF_SHAPES = frozenset(
    {"label", "points", "shape_type", "flags", "mask", "group_id", "score", "confidence", "imageData"}
)


def looks_like(given: Given) -> bool:
    """Whether the file, or one of the first in the folder, is LabelMe's."""
    return any(o.kinds.get("shapes") == "[" and o.has("imagePath") for o in given.outlines())


def read(given: Given, scored: bool) -> ListedImages:
    """The images of a file or folder; other JSON files in a folder are left out.

    Raises:
        InputError: The file cannot be read, or is not JSON.
    """
    del scored
    names: list[str] = []
    listed = ListedImages.of_files(given, names, "shapes")
    for path, found in listed.documents(given):
        if isinstance(found, dict) and "shapes" in found:
            names.append(path.name)
            own = path.relative_to(given.path).with_suffix("") if given.is_dir else path.with_suffix("")
            _take(listed, len(names) - 1, found, clean(own.as_posix() if given.is_dir else own.name))
        else:
            listed.lost.append(f"{path.name} (it has no `shapes`)")
    return listed


LABELME = list_format(
    "labelme",
    "LabelMe JSON, a file or a folder of files with shapes, imagePath, imageWidth, imageHeight",
    ("shapes", "imagePath", "shape_type", "points"),
    looks_like,
    read,
)


def _take(listed: ListedImages, i: int, found: Mapping[str, Any], own: str) -> None:
    size = pixels(found.get("imageWidth")), pixels(found.get("imageHeight"))
    name = listed.image(
        i, _name(found.get("imagePath"), own), size, listed.object_in((i, -1), found, "flags")
    )
    for j, element in enumerate(listed.list_in((i, -1), found, "shapes")):
        shape = listed.mapping((i, j), element)
        if shape is not None and name is not None:
            _take_shape(listed, (i, j), name, shape, size)


def _name(stated: object, own: str) -> str:
    """The image: by the file's own path, with the suffix that imagePath states."""
    last = stated.replace("\\", "/").rpartition("/")[2] if isinstance(stated, str) else ""
    if not last:
        return own
    if unsuffixed(last) == own.rpartition("/")[2]:
        return f"{own}{last[len(unsuffixed(last)) :]}"
    return last


def _take_shape(
    listed: ListedImages, at: tuple[int, int], name: str, shape: Mapping[str, Any], size: Size
) -> None:
    kind, points = shape.get("shape_type", "polygon"), points_of(shape.get("points"))
    box: Corners | None = None if points is None else bounds(points)
    masked: object = None
    if kind == "circle" and points is not None and len(points) == 4:
        box = _around(points)
    elif kind == "polygon":
        masked = None if points is None else [points]
    elif kind == "mask":
        masked, box = _mask(shape, points, size), _inclusive(box)
    elif kind != "rectangle":
        hint = "only areas can be compared"
        listed.objects.reject(at, _OTHERS, hint)
        return
    flags = listed.object_in(at, shape, "flags")
    further = {key: value for key, value in shape.items() if key not in _OF_SHAPES and value is not None}
    listed.objects.add(
        at,
        name,
        box,
        category=shape.get("label"),
        confidence=shape.get("score", shape.get("confidence")),
        segmentation=masked,
        further=flags | further,
    )


def _around(points: Polygon) -> Corners:
    """The box of a circle given by its centre and a point on it."""
    x, y = points[:2]
    radius = dist(points[:2], points[2:])
    return x - radius, y - radius, x + radius, y + radius


def _inclusive(box: Corners | None) -> Corners | None:
    """The box of a mask, whose second point is the last pixel in it."""
    return None if box is None else (box[0], box[1], box[2] + 1, box[3] + 1)


def _mask(shape: Mapping[str, Any], points: Polygon | None, size: Size) -> object:
    """The mask of a shape, a PNG in base64 that covers its box."""
    if points is None or not isinstance(shape.get("mask"), str):
        return None
    return base64_runs(shape["mask"], (round(min(points[::2])), round(min(points[1::2]))), size)
