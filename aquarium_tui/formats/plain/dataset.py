"""A plain table, CSV or Parquet: a row a box, its columns known by their names."""

import re
from dataclasses import replace

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats import classification, open_images
from aquarium_tui.formats.given import Given
from aquarium_tui.formats.named_images import FoundFrames, further_images, pictures
from aquarium_tui.formats.plain.columns import are_plain
from aquarium_tui.formats.plain.table import PlainTable, opened_table
from aquarium_tui.formats.records import InferenceFile, LabelFile, Records
from aquarium_tui.formats.sheet import PARQUET, header
from aquarium_tui.formats.tables import NumberedClasses, numbered, with_ids
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible

SENTENCE = (
    "a CSV with a header or a Parquet file, a row a box: frame or file_name, class, and left, top, right, "
    "bottom or x, y, width, height in pixels; for inferences confidence"
)
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_UNSET = frozenset({"", "0", "false", "no"})
_SIZED = "sizes of images are those in the table"
_SCORED = "the table has confidences: if these are a model's inferences, upload them with --inferences-id"


def looks_like(given: Given) -> bool:
    """Whether the file is Parquet, or a CSV whose columns are known."""
    if given.content.startswith(PARQUET):
        return not classification.looks_like(given)
    return are_plain(header(given.start)) and not open_images.looks_like(given)


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in the table; a row with nothing but a frame is a frame without labels.

    Raises:
        InputError: It cannot be read, or its columns are not known.
    """
    with opened_table(given.path) as table:
        further, notes = further_images(given, table.key.words)
        sizes = table.sizes()
        found = pictures(given, [*table.key.words, *further], {}, sizes)
        ids = _ids(table, found)
        named = with_ids(_labels(table), ids)
        classes, records = _classes(table, named)
        said = [_SIZED] if any(0 not in size for size in sizes.values()) else []
        said += [_SCORED] if "confidence" in table.columns.of else []
    return LabelFile(
        frames=replace(found.table, id=Text.from_words(list(ids.values()))),
        classes=classes,
        records=records,
        notes=(table.columns.sentence(), *notes, *said),
        problems=found.problems,
        folder=found.folder,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in the table.

    Raises:
        InputError: It cannot be read, or its columns are not known.
    """
    with opened_table(given.path) as table:
        if "confidence" not in table.columns.of:
            names = ", ".join(map(visible, table.sheet.columns))
            hint = f"Its columns are {names}; wanted: confidence or score."
            raise InputError(f"{visible(str(given.path))} has no column for the confidence.", hint)
        by_file = "file_name" in table.columns.of
        records = replace(
            table.records(),
            frame=table.text("frame").take(table.rows),
            file_name=table.key.take(table.rows) if by_file else None,
            confidence=table.numbers("confidence")[table.rows],
        )
    return InferenceFile(records, (table.columns.sentence(),))


def _labels(table: PlainTable) -> Records:
    flags = table.text("crowd")
    set_ = np.array([*(word.casefold() not in _UNSET for word in flags.words), False], bool)[flags.codes]
    return replace(table.records(), crowd=set_[table.rows], area=table.numbers("area")[table.rows])


def _ids(table: PlainTable, found: FoundFrames) -> dict[str, str]:
    """Frame id by key: what the column of frames says, where that tells the images apart."""
    if "frame" not in table.columns.of:
        return dict(found.ids)
    stated = dict(zip(reversed(list(table.key)), reversed(list(table.text("frame"))), strict=True))
    ids = {name: stated.get(name) or id_ for name, id_ in found.ids.items()}
    return ids if len(set(ids.values())) == len(ids) else dict(found.ids)


def _classes(table: PlainTable, records: Records) -> tuple[NumberedClasses, Records]:
    """The classes by the ids of the table, where it has whole numbers and names; else numbered."""
    if records.class_name is None or not all(map(_WHOLE.fullmatch, records.category.words)):
        return numbered(
            records if records.class_name is None else replace(records, category=records.class_name)
        )
    pairs = zip(records.category, records.class_name, strict=True)
    names = {int(id_): name or id_ for id_, name in pairs if id_ is not None}
    return sorted(names.items()), records
