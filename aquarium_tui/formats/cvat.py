"""CVAT for images and for video, XML 1.1: images with shapes, or tracks with a shape per frame."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.bitmaps import from_rows, placed
from aquarium_tui.formats.shared.collector import Corners, four
from aquarium_tui.formats.shared.documents import Element, read_xml
from aquarium_tui.formats.shared.format import Given, is_file
from aquarium_tui.formats.shared.listed_images import ListedImages, bounds, list_format, pixels, points_of
from aquarium_tui.formats.shared.values import number
from aquarium_tui.media.folders import UNKNOWN
from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Size

_FILE = "annotations.xml"
_EDGES = ("xtl", "ytl", "xbr", "ybr")
_AREAS = frozenset({"box", "polygon", "mask", "ellipse"})
_OF_SHAPES = frozenset(
    {"label", "frame", "outside", "keyframe", "points", "rle", "left", "top", "width", "height", "rotation"}
    | {*_EDGES, "cx", "cy", "rx", "ry"}
)
_SCORES = frozenset({"score", "confidence"})
_MOST_FRAMES = 200_000
"""Frames of a video that a file may claim to have: two hours at 30 per second; each becomes a frame."""
_START = re.compile(r"<annotations[\s>]")
_MARK = re.compile(r"<(?:image|track|meta|version)[\s>/]")


def looks_like(given: Given) -> bool:
    """Whether the file, or the annotations.xml in the folder, is CVAT's."""
    start = given.start
    if given.is_dir and is_file(given.path / _FILE):
        start = Given(given.path / _FILE).start
    return bool(_START.search(start) and _MARK.search(start))


def read(given: Given, scored: bool) -> ListedImages:
    """The images of a task or project.

    Raises:
        InputError: The file cannot be read, or is not CVAT's XML.
    """
    del scored
    path = given.path / _FILE if given.is_dir else given.path
    try:
        root = read_xml(path, "annotations")
    except InputError as error:
        raise InputError(f"{visible(str(path))} cannot be read: {error.message}.", error.hint) from error
    listed = ListedImages.of_file(given, "image", "shape")
    for name in root.findall("meta//label/name"):
        if name.text and name.text.strip():
            listed.classes[name.text.strip()] = None
    for i, image in enumerate(root.findall("image")):
        size = pixels(image.get("width")), pixels(image.get("height"))
        stem = listed.image(i, image.get("name"), size)
        for j, shape in enumerate(image if stem is not None else ()):
            _take(listed, (i, j), str(stem), shape, size)
    _take_tracks(listed, root)
    return listed


CVAT = list_format(
    "cvat",
    "CVAT XML 1.1 for images or video, with image or track, and box, polygon or mask in it",
    ("annotations", "image", "track", "box"),
    looks_like,
    read,
)


def _take(listed: ListedImages, at: tuple[int, int], name: str, shape: Element, size: Size) -> None:
    if shape.tag not in _AREAS:
        hint = "only areas can be compared"
        listed.objects.reject(at, f"shapes of kind {visible(shape.tag)}", hint)
        return
    box, masked = _area(shape, size)
    further = dict(_further(shape))
    score = next((further.pop(key) for key in list(further) if key.casefold() in _SCORES), None)
    listed.objects.add(
        at,
        name,
        box,
        category=shape.get("label"),
        confidence=score,
        segmentation=masked,
        further=further,
    )
    if number(shape.get("rotation")) not in (None, 0.0):
        hint = "the box before it was turned is taken"
        listed.objects.flag("rotated shapes", "changed", hint)


def _area(shape: Element, size: Size) -> tuple[Corners | None, object]:
    """The box and the mask of a shape."""
    match shape.tag:
        case "box":
            return four([shape.get(edge) for edge in _EDGES]), None
        case "ellipse":
            sides = four([shape.get(key) for key in ("cx", "cy", "rx", "ry")])
            return sides and (
                sides[0] - sides[2],
                sides[1] - sides[3],
                sides[0] + sides[2],
                sides[1] + sides[3],
            ), None
        case "polygon":
            points = points_of([pair.split(",") for pair in (shape.get("points") or "").split(";") if pair])
            return (None, None) if points is None else (bounds(points), [points])
        case _:
            return None, _mask(shape, size)


def _mask(shape: Element, size: Size) -> object:
    """The mask of a shape, whose runs follow the rows of its own box."""
    box = four([shape.get(key) for key in ("left", "top", "width", "height")])
    counts = [number(part) for part in (shape.get("rle") or "").split(",")]
    if box is None or any(count is None or not count.is_integer() for count in counts):
        return None
    left, top, width, height = map(round, box)
    bitmap = from_rows([int(count or 0) for count in counts], width, height)
    return None if bitmap is None else placed(bitmap, (left, top), size)


def _further(shape: Element) -> Iterator[tuple[str, Any]]:
    for key, value in shape.attrib.items():
        if key not in _OF_SHAPES:
            yield key, _typed(value)
    for attribute in shape.findall("attribute"):
        text = (attribute.text or "").strip()
        if text and attribute.get("name"):
            yield str(attribute.get("name")), _typed(text)


def _typed(text: str) -> object:
    value = number(text)
    return text if value is None else value


def _take_tracks(listed: ListedImages, root: Element) -> None:
    """The shapes of tracks in their frames, of which the file knows the numbers but not the names."""
    tracks = root.findall("track")
    if not tracks:
        return
    size = (
        pixels(root.findtext("meta//original_size/width")),
        pixels(root.findtext("meta//original_size/height")),
    )
    count = _frames(root, tracks)
    names = {k: f"frame_{k:06}" for k in count}
    rows = {}
    for k, name in names.items():
        rows[k] = len(listed.frames.rows)
        listed.image(rows[k], name, size)
    for track in tracks:
        for shape in track:
            if shape.get("outside") == "1":
                continue
            frame = number(shape.get("frame"))
            k = -1 if frame is None or not frame.is_integer() else int(frame)
            if k not in names:
                listed.objects.reject((0, -1), "shapes of tracks without the number of their frame")
                continue
            shape.set("label", track.get("label", ""))
            _take(listed, (rows[k], 0), names[k], shape, size if 0 not in size else UNKNOWN)
    listed.notes.append("tracks: frames are called frame_000000 and so on, as CVAT exports them")


def _frames(root: Element, tracks: list[Element]) -> Mapping[int, None]:
    """The numbers of the frames: all of the task, if it says how many; else those of the shapes."""
    stated = number(root.findtext("meta//size"))
    start = number(root.findtext("meta//start_frame")) or 0.0
    used = [k for track in tracks for shape in track if (k := number(shape.get("frame"))) is not None]
    if stated is not None and 0 < stated <= _MOST_FRAMES and start.is_integer():
        return dict.fromkeys(range(int(start), int(start + stated)))
    return dict.fromkeys(sorted(int(k) for k in used if k.is_integer() and 0 <= k <= _MOST_FRAMES))
