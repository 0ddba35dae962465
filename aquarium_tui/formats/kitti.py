"""KITTI: a text file per image with an object per line, in 15 columns, or 16 with a confidence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import ObjectCollector, Records, four
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile, is_folder
from aquarium_tui.formats.shared.listed_images import numbered, pictures, with_ids
from aquarium_tui.formats.shared.object_lines import ObjectLines, keys_of, text_files
from aquarium_tui.formats.shared.values import number
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.numbers import counted

SENTENCE = "KITTI, a folder of .txt files with lines of 15 columns (type, truncated, …), or 16 with a score"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
_LINE = re.compile(rf"\s*[^\W\d]\S*(?:[ \t]+{_NUMBER}){{14,15}}\s*$", re.IGNORECASE | re.MULTILINE)
_LABELS = "label_2"
_IGNORED = "dontcare"
_COLUMNS = (15, 16)
"""Of labels, and of inferences, which have a score."""
_FURTHER = {1: "truncated", 2: "occluded"}
"""Columns that become attributes; what is left describes boxes in space."""
_HINT = "a line is `type truncated occluded alpha left top right bottom height width length x y z angle`"
_UNSCORED = "a score is the 16th column"


def looks_like(given: Given) -> bool:
    """Whether it is a folder with KITTI text files."""
    return any(_LINE.match(start) for start in given.starts(".txt"))


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in a folder of text files; regions `DontCare` are crowds.

    Raises:
        InputError: It is not a folder, has no text files, or one of them cannot be read.
    """
    read = _read(given, scored=False)
    images = given.images or _image_folder((_label_folder(given.path) / read.files[0]).parent)
    found = pictures(replace(given, images=images), read.keys, {})
    classes, records = numbered(with_ids(_told(read, read.objects.labels()), found.ids))
    notes = []
    if read.ignored:
        notes.append(f"{read.ignored:,} DontCare regions are ignored: inferences inside them are not counted")
    if read.objects.scores:
        notes.append(
            "lines have a score: if these are a model's inferences, upload them with --inferences-id"
        )
    return LabelFile(found.table, classes, records, tuple(notes), found.problems, found.folder)


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a folder of text files.

    Raises:
        InputError: It is not a folder, has no text files, or one of them cannot be read.
    """
    read = _read(given, scored=True)
    records = _told(read, read.objects.inferences())
    return InferenceFile(replace(records, file_name=records.frame), (counted(len(read.files), "text file"),))


KITTI = Format(
    name="kitti",
    sentence=SENTENCE,
    marks=("lines of 15 or 16 columns",),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
)


@dataclass
class _KittiFiles:
    objects: ObjectCollector
    lines: ObjectLines
    files: Sequence[str]
    keys: Sequence[str]
    ignored: int = 0


def _read(given: Given, *, scored: bool) -> _KittiFiles:
    folder = _label_folder(given.path)
    files = text_files(folder) if given.is_dir else []
    if not files:
        raise InputError(
            f"{visible(str(given.path))} is not a folder with .txt files.",
            "Name the folder of the KITTI text files, such as training/label_2.",
        )
    keys = keys_of(files)
    lines = ObjectLines(files)
    place = lines.place()
    read = _KittiFiles(ObjectCollector(lambda i, _: place(i)), lines, files, keys)
    for i, words in enumerate(lines.read([f"{folder}/{name}" for name in files])):
        _take(read, i, keys[lines.file[i]], words, scored=scored)
    return read


def _told(read: _KittiFiles, records: Records) -> Records:
    """The records, with a finding about lines that occur twice."""
    return replace(records, findings=(*records.findings, *read.lines.findings()))


def _take(read: _KittiFiles, i: int, key: str, words: Sequence[bytes], *, scored: bool) -> None:
    texts = [clean(word.decode("utf-8", "backslashreplace")) for word in words]
    if len(texts) not in _COLUMNS:
        read.objects.reject((i, 0), "lines without 15 or 16 columns", _HINT)
        return
    ignored = texts[0].casefold() == _IGNORED
    score = texts[15] if len(texts) == max(_COLUMNS) else None
    read.ignored += ignored
    further = {name: _known(texts[at]) for at, name in _FURTHER.items()}
    if score is not None and not scored:
        further["score"] = number(score)
    read.objects.add(
        (i, 0), key, four(texts[4:8]), category=texts[0], confidence=score, crowd=ignored, further=further
    )
    if scored and ignored:
        read.objects.flag("DontCare regions among inferences", "left out")
    elif scored and score is None:
        read.objects.flag("lines without a confidence", "left out", _UNSCORED)


def _known(text: str) -> float | None:
    """A number; None for -1, which KITTI writes for unknown values."""
    value = number(text)
    return None if value == -1 else value


def _label_folder(path: Path) -> Path:
    """The folder of the text files in KITTI's own tree; else `path`."""
    places = (path / _LABELS, path / "training" / _LABELS)
    return next((place for place in places if is_folder(place)), path)


def _image_folder(labels: Path) -> Path | None:
    """The folder image_2 beside label_2; None if there is none."""
    beside = labels.absolute().parent / "image_2"
    return beside if is_folder(beside) else None
