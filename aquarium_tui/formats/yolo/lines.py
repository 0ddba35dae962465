"""Lines of YOLO text files: a class, a box or polygon as fractions of the image, perhaps a confidence."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.formats.shared.object_lines import ObjectLines, finding
from aquarium_tui.formats.shared.records import Finding, key_text
from aquarium_tui.formats.shared.values import number
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import clean

_BAD, _BOX, _SCORED, _SEVEN, _POLYGON = 0, 5, 6, 7, 8
"""Forms of lines by their numbers; seven are a box with confidence and track, or a triangle."""
_WIDTH = 6
"""Numbers of a line that are kept: class, box and confidence."""
_NAN = float("nan")
_INSIDE = 0.01
"""How far a box may reach over the edge of its image, as a fraction: files with 4 decimals round by less."""
_FIRST_INSIDE, _RATIO = 0.95, 0.9
"""The confidence comes first if more than this share of boxes is inside the images when it is read so, and
clearly fewer are when it is read as last: real boxes are inside, and shifted columns seldom look like it."""
_PIXELS = 2
"""A coordinate beyond twice the image is not a rounding error; if most boxes have one, they are in pixels."""
_LINE_HINT = "a line is `class x y width height`, or `class x1 y1 x2 y2 x3 y3 …`"


@dataclass(frozen=True)
class YoloLines:
    """All lines of a folder.

    Attributes:
        lines: Where they are.
        category: The class of each, as the file names it.
        box: `(n, 4)` float64 left, top, right, bottom as fractions of the image; NaN where there is none.
        confidence: `(n,)` float64, NaN where there is none.
        polygons: `[x, y, x, y, …]` as fractions of the image, by row, for lines that hold one.
        notes: What was recognised.
        findings: What is wrong with lines.
    """

    lines: ObjectLines
    category: Text
    box: Boxes
    confidence: NDArray[np.float64]
    polygons: Mapping[int, list[float]]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]


def read_lines(paths: Sequence[str], names: Sequence[str]) -> YoloLines:
    """The lines of the files at `paths`, called `names` in messages.

    Raises:
        InputError: A file cannot be read.
    """
    lines = ObjectLines(names)
    classes: dict[bytes, int] = {}
    codes, kinds, flat = array("i"), array("b"), array("d")
    polygons: dict[int, list[float]] = {}
    for words in lines.read(paths):
        kind, row = _numbers(words)
        if kind == _POLYGON:
            polygons[len(kinds)] = _vertices(words)
        codes.append(classes.setdefault(words[0], len(classes)))
        kinds.append(kind)
        flat.extend(row)
    raw = np.array(flat, dtype=np.float64).reshape(-1, _WIDTH)
    kind_of = np.array(kinds, dtype=np.int8)
    category = Text.from_values(map(_class_key, classes)).take(np.array(codes, dtype=np.int32))
    box, confidence, triangles, notes = _shapes(raw, kind_of)
    polygons |= {row: raw[row].tolist() for row in triangles.tolist()}
    findings = (*_wrong(kind_of, box), *lines.findings())
    return YoloLines(lines, category, box, confidence, polygons, notes, findings)


def _numbers(words: Sequence[bytes]) -> tuple[int, Sequence[float]]:
    """The kind of a line, and six numbers: its own, or the bounding box and confidence of a polygon."""
    count = len(words)
    try:
        values = list(map(float, words[1:]))
    except ValueError:
        count = 0
    if count < _BOX:
        return _BAD, (_NAN,) * _WIDTH
    if count <= _SEVEN:
        return count, values + [_NAN] * (_SEVEN - count)
    score = values.pop() if len(values) % 2 else _NAN
    x, y = values[::2], values[1::2]
    return _POLYGON, (min(x), min(y), max(x), max(y), score, _NAN)


def _vertices(words: Sequence[bytes]) -> list[float]:
    """The polygon of a line, without its confidence."""
    values = list(map(float, words[1:]))
    return values[: len(values) // 2 * 2]


def _class_key(word: bytes) -> str:
    """A class index as text, "3" even if it is written 3.0; else the word."""
    text = clean(word.decode("utf-8", "backslashreplace"))
    index = number(text)
    return text if index is None else key_text(index) or text


def _shapes(
    raw: NDArray[np.float64], kind: NDArray[np.int8]
) -> tuple[Boxes, NDArray[np.float64], NDArray[np.int64], tuple[str, ...]]:
    """Corners, confidences, the rows of seven columns that are triangles, and notes on how all were read.

    Seven columns are a triangle, or a box with a confidence and a track id, if the last column holds whole
    numbers and some are above 1. Six columns are a box with the confidence last, or first if only then most
    boxes lie in their images.
    """
    tracked = kind == _SEVEN
    ids = raw[tracked, 5]
    if not ((ids == np.floor(ids)).all() and (ids > 1).any()):
        tracked[:] = False
    triangle = (kind == _SEVEN) & ~tracked
    scored = (kind == _SCORED) | tracked
    first = _confidence_first(raw[scored])
    centre, confidence = raw[:, :4].copy(), raw[:, 4].copy()
    if first:
        centre[scored], confidence[scored] = raw[scored, 1:5], raw[scored, 0]
    box = _corners(centre)
    polygon = kind == _POLYGON
    box[polygon] = raw[polygon, :4]
    x, y = raw[triangle, ::2], raw[triangle, 1::2]
    box[triangle] = np.stack([x.min(1), y.min(1), x.max(1), y.max(1)], axis=1)
    confidence[triangle] = np.nan
    notes = _notes(first, int(np.sum(polygon | triangle)), int(np.sum(tracked)))
    return box, confidence, np.flatnonzero(triangle), notes


def _notes(first: bool, polygons: int, tracked: int) -> tuple[str, ...]:
    notes = {
        "columns are class, confidence, x, y, width, height: in another order, boxes would lie outside "
        "their images": first,
        f"{polygons:,} polygons, read as masks with the boxes around them": polygons,
        "the last column holds track ids and is not used": tracked,
    }
    return tuple(note for note, holds in notes.items() if holds)


def _confidence_first(raw: NDArray[np.float64]) -> bool:
    """Whether `(n, 6)` numbers have the confidence before x, y, width, height instead of after them."""
    if not len(raw):
        return False
    last, first = _share_inside(raw[:, :4]), _share_inside(raw[:, 1:5])
    return first > _FIRST_INSIDE and last < _RATIO * first


def _share_inside(centre: NDArray[np.float64]) -> float:
    box = _corners(centre)
    return float(np.mean((box[:, :2] >= -_INSIDE).all(axis=1) & (box[:, 2:] <= 1 + _INSIDE).all(axis=1)))


def _corners(centre: NDArray[np.float64]) -> Boxes:
    """Left, top, right, bottom of boxes given by their centre and size."""
    half = centre[:, 2:] / 2
    with np.errstate(over="ignore", invalid="ignore"):
        return np.concatenate([centre[:, :2] - half, centre[:, :2] + half], axis=1)


def _wrong(kind: NDArray[np.int8], box: Boxes) -> tuple[Finding, ...]:
    outside = (box < -_INSIDE).any(axis=1) | (box > 1 + _INSIDE).any(axis=1)
    pixels = len(box) and np.mean((box > _PIXELS).any(axis=1)) > 0.5
    hint = "they look like pixels: divide x by the image's width and y by its height" if pixels else ""
    return (
        *finding(
            "lines that are not a class followed by a box or polygon",
            np.flatnonzero(kind == _BAD),
            _LINE_HINT,
        ),
        *finding("lines with values outside 0 to 1", np.flatnonzero(outside), hint, kept=True),
    )
