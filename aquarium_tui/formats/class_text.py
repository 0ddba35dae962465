"""Text files of class names and boxes: `cat 0.98 47 43 226 298`, as tools that compute mAP read them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats import kitti
from aquarium_tui.formats.shared.collector import NAN, NO_BOX, ObjectCollector, Records
from aquarium_tui.formats.shared.columns import CORNERS, SIZE, Sides, judged
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile
from aquarium_tui.formats.shared.listed_images import folder_near, numbered, pictures, with_ids
from aquarium_tui.formats.shared.object_lines import ObjectLines, keys_of, text_files
from aquarium_tui.formats.shared.values import number
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.numbers import counted

SENTENCE = (
    "a folder of .txt files with lines of `class left top right bottom`, with a confidence after the class"
)
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
_LINE = re.compile(
    rf"\s*[^\W\d]\S*(?:[ \t]+[^\W\d]\S*)*(?:[ \t]+{_NUMBER}){{4,5}}(?:[ \t]+difficult)?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_ABSOLUTE = re.compile(rf"\s*\d+(?:[ \t]+{_NUMBER}){{4,5}}[ \t]*$", re.IGNORECASE | re.MULTILINE)
_DIFFICULT = "difficult"
_COLUMNS = (4, 5)
"""Numbers after the class: a box, or a confidence and a box."""
_PIXELS = 2.0
"""A median above this is in pixels: fractions of an image, even wrong ones, stay below."""
_HINT = "a line is `class left top right bottom`, or `class confidence left top right bottom`"


def looks_like(given: Given) -> bool:
    """Whether it is a folder of text files with class names, or with class numbers and boxes in pixels."""
    if kitti.looks_like(given):  # Its lines end in numbers of pixels, too.
        return False
    starts = list(given.starts(".txt"))
    return any(_LINE.match(start) for start in starts) or in_pixels(starts)


def in_pixels(starts: Sequence[str]) -> bool:
    """Whether the lines of text files have a number for the class and a box in pixels, unlike YOLO's."""
    lines = [match[0].split() for start in starts for match in _ABSOLUTE.finditer(start)]
    sides = [abs(float(word)) for words in lines for word in words[-4:]]
    return bool(sides) and float(np.median(sides)) > _PIXELS


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in a folder of text files; objects marked as difficult are crowds.

    Raises:
        InputError: It is not a folder, has no text files, or one of them cannot be read.
    """
    read = _read(given)
    images = given.images or folder_near(given.path, "images", "../images", "../images-optional")
    found = pictures(replace(given, images=images), read.keys, {})
    records = read.records(read.objects.labels())
    classes, records = numbered(with_ids(records, found.ids))
    notes = [read.sides.note()]
    if read.difficult:
        notes.append(f"never counted as missed: {counted(read.difficult, 'difficult object')}")
    if read.objects.scores:
        advice = "if these are a model's inferences, upload them with --inferences-id"
        notes.append(f"lines have a confidence: {advice}")
    return LabelFile(found.table, classes, records, tuple(notes), found.problems, found.folder)


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a folder of text files.

    Raises:
        InputError: It is not a folder, has no text files, or one of them cannot be read.
    """
    read = _read(given)
    records = read.records(read.objects.inferences())
    records = replace(records, file_name=records.frame, sides=read.sides.kind)
    return InferenceFile(records, (counted(len(read.keys), "text file"), read.sides.note()))


CLASS_TEXT = Format(
    name="class-text",
    sentence=SENTENCE,
    marks=("lines of a class name and 4 or 5 numbers",),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
)


@dataclass
class _ClassText:
    objects: ObjectCollector
    lines: ObjectLines
    keys: Sequence[str]
    numbers: list[tuple[float, ...]] = field(default_factory=list)
    sides: Sides = field(default_factory=lambda: Sides(CORNERS, relative=False))
    difficult: int = 0

    def records(self, records: Records) -> Records:
        """The records with the boxes as they are read, and a finding about lines that occur twice."""
        boxes = self.sides.boxes(np.array(self.numbers, dtype=np.float64).reshape(-1, 4))
        findings = (*records.findings, *self.lines.findings())
        return replace(records, box=boxes, relative=self.sides.relative, findings=findings)


def _read(given: Given) -> _ClassText:
    files = text_files(given.path) if given.is_dir else []
    if not files:
        raise InputError(
            f"{visible(str(given.path))} is not a folder with .txt files.",
            "Name the folder of the text files, one per image.",
        )
    keys, lines = keys_of(files), ObjectLines(files)
    place = lines.place()
    read = _ClassText(ObjectCollector(lambda i, _: place(i)), lines, keys)
    words = list(lines.read([f"{given.path}/{name}" for name in files]))
    split = [_split(line) for line in words]
    first = _is_confidence_first([columns for _, columns, _ in split if len(columns) == max(_COLUMNS)])
    for i, (name, columns, difficult) in enumerate(split):
        if not name or len(columns) not in _COLUMNS:
            read.objects.reject((i, 0), "lines without a class and 4 or 5 numbers", _HINT)
            read.numbers.append(NO_BOX)
            continue
        box = columns if len(columns) == min(_COLUMNS) else columns[1:] if first else columns[:-1]
        scored = len(columns) == max(_COLUMNS)
        score = (columns[0] if first else columns[-1]) if scored else None
        read.objects.add((i, 0), keys[lines.file[i]], None, category=name, confidence=score, crowd=difficult)
        read.numbers.append(tuple(box))
        read.difficult += difficult
    numbers = np.array(read.numbers, dtype=np.float64).reshape(-1, 4)
    read.sides = judged(numbers, np.full((len(numbers), 2), NAN), (CORNERS, SIZE), center=True)
    return read


def _split(line: Sequence[bytes]) -> tuple[str, list[float], bool]:
    """The class of a line, whose name may have blanks, its numbers, and whether it is difficult."""
    words = [clean(word.decode("utf-8", "backslashreplace")) for word in line]
    difficult = words[-1].casefold() == _DIFFICULT
    words = words[: -1 if difficult else None]
    columns: list[float] = []
    while len(words) > 1 and len(columns) < max(_COLUMNS) and (value := number(words[-1])) is not None:
        columns.insert(0, value)
        words.pop()
    return " ".join(words), columns, difficult


def _is_confidence_first(lines: Sequence[Sequence[float]]) -> bool:
    """Whether the confidence comes before the box: so it does unless only the last column is from 0 to 1."""
    if not lines:
        return True
    table = np.array(lines)
    inside = [bool(((table[:, at] >= 0) & (table[:, at] <= 1)).all()) for at in (0, -1)]
    return inside[0] or not inside[1]
