"""YOLO: a text file per image, boxes or polygons as fractions of it, and class names in a `data.yaml`.

Lines of YOLO text files: a class, a box or polygon as fractions of the image, perhaps a confidence.
"""

import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import class_text
from aquarium_tui.formats.coco.instances import FileClasses, read_classes
from aquarium_tui.formats.shared.collector import Finding, Records, key_text, renamed
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile
from aquarium_tui.formats.shared.listed_images import measured
from aquarium_tui.formats.shared.object_lines import ObjectLines, finding, keys_of, text_files
from aquarium_tui.formats.shared.values import number, whole
from aquarium_tui.formats.yolo.folder import YoloLayout, layout_of, listed_names
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import Problem

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
        f"{counted(polygons, 'polygon')}, read as masks with the boxes around them": polygons,
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


SENTENCE = (
    "YOLO, a data.yaml or a folder of .txt files with lines of `class x y width height`, "
    "`… confidence`, or a polygon"
)
_SETTINGS = re.compile(r"^(?:names|train|val)\s*:", re.MULTILINE)
_LINE = re.compile(r"\s*\d+(?:\.0*)?(?:[ \t]+[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?){4,}\s*$", re.I | re.M)
_UNSCORED = "predict with save_conf=True: without confidences, inferences cannot be ranked or filtered"


def looks_like(given: Given) -> bool:
    """Whether it is a `data.yaml`, or a folder with one or with YOLO text files."""
    if not given.is_dir:
        return given.path.suffix.lower() in (".yaml", ".yml") and bool(_SETTINGS.search(given.start))
    if any(_LINE.match(start) for start in given.starts(".txt")):
        return "data.yaml" in given.names or not class_text.in_pixels(list(given.starts(".txt")))
    return "data.yaml" in given.names or (not any(given.starts(".txt")) and bool(text_files(given.path)))


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset that a `data.yaml` describes, or in a folder.

    Raises:
        InputError: A file cannot be read, there are no images, or none of them has a label file.
    """
    layout = layout_of(given)
    metadata = {"split": Text.from_values(layout.split)} if layout.split else {}
    shown = measured(
        visible(given.path.name), layout.folder, {path: path for path in layout.images}, metadata
    )
    read = read_lines(layout.labels, ["/".join(path.rsplit("/", 2)[1:]) for path in layout.labels])
    if read.lines.absent == len(layout.labels):
        raise _no_labels(layout)
    frames = [shown.ids[name] for name in layout.images]
    classes, problems = _classes(layout, read.category.words)
    return LabelFile(
        frames=shown.table,
        classes=classes.classes,
        records=_label_records(read, frames),
        notes=(*layout.notes, *read.notes, *_label_notes(read, layout), *classes.notes),
        problems=(*layout.problems, *shown.problems, *classes.problems, *problems),
        folder=layout.folder,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a folder of text files.

    Raises:
        InputError: It is not a folder, has no text files, or one of them cannot be read.
    """
    files = text_files(given.path) if given.is_dir else []
    if not files:
        raise InputError(
            f"{visible(str(given.path))} is not a folder with .txt files.",
            "Name the folder that the model wrote its .txt files to, such as runs/detect/predict/labels.",
        )
    read = read_lines([f"{given.path}/{name}" for name in files], files)
    stems = read.lines.keys(keys_of(files))
    names = {str(index): name for index, name in listed_names(given.path).items()}
    unsure = np.flatnonzero(np.isnan(read.confidence) & ~np.isnan(read.box[:, 0]))
    unscored = bool(np.isnan(read.confidence).all())
    records = replace(
        _records(read, stems),
        file_name=stems,
        class_name=renamed(read.category, names),
        confidence=read.confidence,
        unscored=unscored,
        findings=(*read.findings, *finding("lines without a confidence", unsure, _UNSCORED)),
    )
    note = f"{counted(len(files), 'text file')}; boxes are fractions of the image size"
    return InferenceFile(records, (note, *read.notes))


YOLO = Format(
    name="yolo",
    sentence=SENTENCE,
    marks=("names", "train", "val", "lines of 5 or more numbers"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
    options={"split": "--split"},
)


def _records(read: YoloLines, frame: Text) -> Records:
    return Records(
        place=read.lines.place(),
        frame=frame,
        category=read.category,
        box=read.box,
        findings=read.findings,
        segmentation={row: [polygon] for row, polygon in read.polygons.items()},
        relative=True,
        sides="center",
        indexed=True,
    )


def _label_records(read: YoloLines, frames: Sequence[str]) -> Records:
    count, missing = len(read.box), np.isnan(read.confidence)
    return replace(
        _records(read, read.lines.keys(frames)),
        crowd=np.zeros(count, bool),
        area=np.full(count, np.nan),
        attributes={} if missing.all() else {"score": Values("number", read.confidence, missing)},
    )


def _label_notes(read: YoloLines, layout: YoloLayout) -> Sequence[str]:
    notes = ["boxes are fractions of the image size, which is read from the image files"]
    if read.lines.absent:
        absent = f"{read.lines.absent:,} of {len(layout.images):,} images have no label file"
        notes.append(f"{absent} and become frames without labels")
    if not np.isnan(read.confidence).all():
        notes.append(
            "lines have a confidence: if these are a model's inferences, upload them with --inferences-id"
        )
    return notes


def _no_labels(layout: YoloLayout) -> InputError:
    first = visible(layout.labels[0])
    return InputError(
        f"None of the {len(layout.images):,} images has a label file; the first would be {first}.",
        "YOLO expects labels/a.txt for images/a.jpg, or a.txt beside a.jpg.",
    )


def _classes(layout: YoloLayout, used: Sequence[str]) -> tuple[FileClasses, tuple[Problem, ...]]:
    """The classes by index; if nothing names them, the indices that occur."""
    named = [{"id": index, "name": name} for index, name in layout.names.items()]
    if not named:
        indices = {index for word in used if (index := whole(word)) is not None} | set(
            range(layout.count or 0)
        )
        hint = "add a data.yaml with `names`, or a classes.txt, beside the labels"
        problem = Problem(
            "classes without a name", len(indices), "changed", (), f"their indices are used as names; {hint}"
        )
        return FileClasses(tuple((i, str(i)) for i in sorted(indices)), (), ()), (problem,)
    classes = read_classes(named, "names", used)
    if layout.count not in (None, len(named)):
        problem = Problem(
            f"classes according to `nc`, but `names` lists {len(named)}", layout.count or 0, "noted"
        )
        return classes, (problem,)
    return classes, ()
