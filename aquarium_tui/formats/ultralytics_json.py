"""Ultralytics `Results.to_json`: detections with name, class, confidence and box, by image."""

from collections.abc import Iterator, Mapping
from typing import Any

from aquarium_tui.formats.shared.collector import Corners, four
from aquarium_tui.formats.shared.format import Given
from aquarium_tui.formats.shared.listed_images import (
    ListedImages,
    Polygon,
    list_format,
    points_of,
)
from aquarium_tui.model.names import clean

_IMAGES = ("file_name", "filename", "image", "path", "im_file", "image_path", "source", "image_name")
_LISTS = ("predictions", "detections", "results", "objects", "boxes")
_SIDES = ("x1", "y1", "x2", "y2")
_OF_DETECTIONS = frozenset(
    {"name", "class", "confidence", "conf", "score", "box", "segments", "keypoints", *_IMAGES}
)


def looks_like(given: Given) -> bool:
    """Whether the file, or one of the first in the folder, has boxes as Ultralytics writes them."""
    return any(
        any(path.endswith(".box.x1") and f"{path[:-7]}.class" in outline.kinds for path in outline.kinds)
        for outline in given.outlines()
    )


def read(given: Given, scored: bool) -> ListedImages:
    """The detections of a file or folder; a file that does not name its images is named like its image.

    Raises:
        InputError: The file cannot be read, or is not JSON.
    """
    del scored
    names: list[str] = []
    listed = ListedImages.of_files(given, names, "detections")
    for path, found in listed.documents(given):
        own = path.relative_to(given.path) if given.is_dir else path.relative_to(path.parent)
        for name, detections in _images(found, clean(own.with_suffix("").as_posix())):
            names.append(path.name)
            _take(listed, len(names) - 1, name, detections)
    _judge(listed)
    return listed


ULTRALYTICS_JSON = list_format(
    "ultralytics-json",
    "Ultralytics to_json, lists of {name, class, confidence, box: {x1, y1, x2, y2}}, by image",
    ("name", "class", "confidence", "box", "x1"),
    looks_like,
    read,
)


def _images(found: object, own: str) -> Iterator[tuple[str, Any]]:
    """The name of each image, and its detections."""
    if isinstance(found, dict) and not any(key in found for key in (*_IMAGES, *_LISTS, "box")):
        yield from found.items()
        return
    elements = found if isinstance(found, list) else [found]
    by_image: dict[str, list[Any]] = {}
    for element in elements:
        holder = element if isinstance(element, dict) else {}
        stated = next((holder[key] for key in _IMAGES if isinstance(holder.get(key), str)), own)
        inner = next((holder[key] for key in _LISTS if isinstance(holder.get(key), list)), None)
        by_image.setdefault(stated, []).extend([element] if inner is None else inner)
    if not elements:
        by_image[own] = []
    yield from by_image.items()


def _take(listed: ListedImages, i: int, name: str, detections: object) -> None:
    listed.image(i, name)
    if not isinstance(detections, list):
        listed.objects.reject((i, -1), "images whose detections are not a list")
        return
    for j, element in enumerate(detections):
        one = listed.mapping((i, j), element)
        if one is not None:
            _take_detection(listed, (i, j), name, one)


def _take_detection(listed: ListedImages, at: tuple[int, int], name: str, one: Mapping[str, Any]) -> None:
    polygon = _polygon(listed.object_in(at, one, "segments"))
    listed.objects.add(
        at,
        name,
        _corners(listed.object_in(at, one, "box")),
        category=one.get("name", one.get("class")),
        confidence=one.get("confidence", one.get("conf", one.get("score"))),
        segmentation=[polygon] if polygon else None,
        further={key: value for key, value in one.items() if key not in _OF_DETECTIONS},
    )


def _corners(box: Mapping[str, Any]) -> Corners | None:
    return four([box.get(side) for side in _SIDES])


def _polygon(segments: Mapping[str, Any]) -> Polygon | None:
    x, y = segments.get("x"), segments.get("y")
    if not (isinstance(x, list) and isinstance(y, list) and len(x) == len(y)):
        return None
    return points_of([[a, b] for a, b in zip(x, y, strict=True)])


def _judge(listed: ListedImages) -> None:
    """`to_json(normalize=True)` writes fractions of the image, to five places."""
    if listed.objects.within(1.01):
        listed.relative = True
        listed.notes.append("boxes are fractions of the image size")
