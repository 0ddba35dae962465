"""Open Images CSV: a row per box, as fractions of its image: XMin, XMax, YMin, YMax in this order."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import Finding, Records, renamed
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile, read_text
from aquarium_tui.formats.shared.listed_images import further_images, numbered, pictures, with_ids
from aquarium_tui.formats.shared.tables import Sheet, csv_rows, header, opened_sheet
from aquarium_tui.formats.shared.values import unique_keys
from aquarium_tui.media.folders import is_hidden
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted

SENTENCE = (
    "Open Images CSV with the columns ImageID, LabelName, XMin, XMax, YMin, YMax, as fractions of the image"
)
_BOX = ("XMin", "YMin", "XMax", "YMax")
_NEEDED = ("ImageID", "LabelName", *_BOX)
_SCORES = ("Score", "Confidence")
_FLAGS = ("IsOccluded", "IsTruncated", "IsDepiction", "IsInside")


def looks_like(given: Given) -> bool:
    """Whether the file is a CSV with the columns of Open Images."""
    return set(_NEEDED) <= set(header(given.start))


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in the file; a box with IsGroupOf is a crowd.

    Raises:
        InputError: The file cannot be read, or lacks columns.
    """
    with _opened(given.path) as sheet:
        records = _records(sheet)
        negative = np.zeros(sheet.count, bool)
        if "Confidence" in sheet.columns:
            negative = sheet.numbers("Confidence") == 0
        crowd = (
            sheet.numbers("IsGroupOf") == 1 if "IsGroupOf" in sheet.columns else np.zeros(sheet.count, bool)
        )
        further = {name: sheet.typed(name) for name in _FLAGS if name in sheet.columns}
    attributes = unique_keys({name: column for name, column in further.items() if column is not None})
    records = replace(records, crowd=crowd, area=np.full(len(records), np.nan), attributes=attributes)
    if negative.any():
        hint = "they say that an image surely lacks the class"
        rows = np.flatnonzero(negative)
        absent = Finding("verified negatives, with Confidence 0", rows, "left out", hint)
        records = replace(records, findings=(*records.findings, absent))
    names = records.frame.words
    others, notes = further_images(given, names)
    found = pictures(given, [*names, *others], {})
    named, said, listed = _named(with_ids(records, found.ids), given.path)
    classes, numbered_records = numbered(named, listed)
    groups = counted(int(np.count_nonzero(crowd)), "box with IsGroupOf is", "boxes with IsGroupOf are")
    crowds = f"{groups} never counted as missed"
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=numbered_records,
        notes=(*said, *notes, *((crowds,) if crowd.any() else ())),
        problems=found.problems,
        folder=found.folder,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in the file; the confidence is their Score or, without such a column, their Confidence.

    Raises:
        InputError: The file cannot be read, or lacks columns.
    """
    with _opened(given.path) as sheet:
        score = next((name for name in _SCORES if name in sheet.columns), None)
        records = _records(sheet)
        confidence = np.full(len(records), np.nan) if score is None else sheet.numbers(score)
        records = replace(records, confidence=confidence, unscored=score is None)
    named, said, _ = _named(records, given.path)
    return InferenceFile(named, (*([f"confidences from the column {score}"] if score else []), *said))


OPEN_IMAGES = Format(
    name="open-images",
    sentence=SENTENCE,
    marks=_NEEDED,
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
)


@contextmanager
def _opened(path: Path) -> Iterator[Sheet]:
    with opened_sheet(path) as sheet:
        if lacking := [name for name in _NEEDED if name not in sheet.columns]:
            raise _lacking(path, lacking, sheet)
        yield sheet


def _lacking(path: Path, columns: Sequence[str], sheet: Sheet) -> InputError:
    return InputError(
        f"{visible(str(path))} has no column {' and no '.join(columns)}.",
        f"Its columns are {', '.join(map(visible, sheet.columns))}.",
    )


def _records(sheet: Sheet) -> Records:
    box = np.stack([sheet.numbers(side) for side in _BOX], axis=1)
    box[np.isnan(box).any(axis=1)] = np.nan
    return Records(
        place=sheet.place,
        frame=sheet.text("ImageID"),
        category=sheet.text("LabelName"),
        box=box,
        findings=sheet.findings(),
        relative=True,
    )


def _named(records: Records, path: Path) -> tuple[Records, tuple[str, ...], Sequence[str]]:
    """The records with class names for MIDs such as /m/01g317, notes, and the classes that a table lists."""
    if not any(word.startswith("/") for word in records.category.words):
        return records, (), ()
    found = path.parent.glob("*class-descriptions*.csv")
    tables = sorted(table for table in found if not is_hidden(table.name))
    if not tables:
        return records, ("no class-descriptions CSV beside the file: classes are named by their MIDs",), ()
    names = _descriptions(tables[0])
    words = {word: names.get(word, word) for word in records.category.words}
    lost = sum(word not in names for word in words)
    note = f"class names come from {visible(tables[0].name)}" + (
        f"; {counted(lost, 'class is', 'classes are')} not in it" if lost else ""
    )
    category = renamed(records.category, words)
    listed = {name for mid, name in names.items() if mid.startswith("/")} | set(words.values())
    ordered = sorted(listed, key=lambda name: (name.casefold(), name))
    return replace(records, category=category or records.category), (note,), ordered


def _descriptions(path: Path) -> Mapping[str, str]:
    """Class name by MID.

    Raises:
        InputError: The table cannot be read.
    """
    return {row[0]: row[1] for row in csv_rows(read_text(path).splitlines(), path) if len(row) > 1}
