"""A plain table, CSV or Parquet: a row per box, with columns recognised by their names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.formats import classification, multilabel, open_images, rows
from aquarium_tui.formats.shared.collector import Finding, Records
from aquarium_tui.formats.shared.columns import Columns, are_plain, columns_of
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile
from aquarium_tui.formats.shared.listed_images import (
    FoundFrames,
    NumberedClasses,
    further_images,
    numbered,
    pictures,
    pixels,
    with_ids,
)
from aquarium_tui.formats.shared.tables import PARQUET, Sheet, header, opened_sheet
from aquarium_tui.formats.shared.values import unique_keys
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Size

SENTENCE = (
    "a CSV with a header or a Parquet file, one row per box: frame or file_name, class, and left, top, "
    "right, bottom or x, y, width, height in pixels; for inferences confidence"
)
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_UNSET = frozenset({"", "0", "false", "no"})
_SIZED = "image sizes come from the table"
_SCORED = "the table has confidences: if these are a model's inferences, upload them with --inferences-id"


@dataclass(frozen=True)
class PlainTable:
    """A table whose columns have been understood.

    Attributes:
        sheet: The table as it is in the file.
        columns: What its columns mean.
    """

    sheet: Sheet
    columns: Columns

    @cached_property
    def key(self) -> Text:
        """How each row names its image: by file name if there is such a column, else by frame."""
        return self.text("file_name" if "file_name" in self.columns.of else "frame")

    @cached_property
    def category(self) -> Text:
        """How each row names its class: by id if there is such a column, else by name."""
        return self.text("class id" if "class id" in self.columns.of else "class")

    def text(self, role: str) -> Text:
        """The column of a role as text; absent everywhere if no column has that role."""
        column = self.columns.of.get(role)
        return Text.from_values([None] * self.sheet.count) if column is None else self.sheet.text(column)

    def numbers(self, role: str) -> NDArray[np.float64]:
        """The column of a role as float64; NaN everywhere if no column has that role."""
        column = self.columns.of.get(role)
        return np.full(self.sheet.count, np.nan) if column is None else self.sheet.numbers(column)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The rows that hold more than a frame, and the rows that cannot be read."""
        empty = self.category.missing & np.isnan(self.boxes).all(axis=1)
        empty[self.sheet.count - self.sheet.spoilt :] = False
        return np.flatnonzero(~empty)

    @cached_property
    def boxes(self) -> Boxes:
        """`(rows, 4)` float64 left, top, right, bottom; a row of NaN if one of them is not a number."""
        box = np.stack([self.sheet.numbers(column) for column in self.columns.box], axis=1)
        if not self.columns.corners:
            box[:, 2:] += box[:, :2]
        box[np.isnan(box).any(axis=1)] = np.nan
        return box

    def sizes(self) -> dict[str, Size]:
        """The image sizes that the table states, by key."""
        width, height = (self._side(side) for side in ("width", "height"))
        codes, first = np.unique(self.key.codes, return_index=True)
        return {
            self.key.word(code): (pixels(width[row]), pixels(height[row]))
            for code, row in zip(codes.tolist(), first.tolist(), strict=True)
            if code >= 0
        }

    def _side(self, side: str) -> NDArray[np.float64]:
        """Widths or heights of images; beside corners, `width` means the image unless it fits the boxes."""
        if f"image {side}" in self.columns.of or not self.columns.corners:
            return self.numbers(f"image {side}")
        given = self.numbers(side)
        low, high = (0, 2) if side == "width" else (1, 3)
        of_box = np.abs(self.boxes[:, high] - self.boxes[:, low] - given) <= 1
        return np.full(len(given), np.nan) if of_box.any() and of_box[self.rows].all() else given

    def records(self) -> Records:
        """Its objects, without the columns that only labels or only inferences have."""
        rows, at = self.rows, self.sheet.place
        attributes = {name: self.sheet.typed(name) for name in self.columns.further}
        both = "class" in self.columns.of and "class id" in self.columns.of
        ids = self.text("id").take(rows)
        return Records(
            place=lambda row: at(int(rows[row])),
            frame=self.key.take(rows),
            category=self.category.take(rows),
            class_name=self.text("class").take(rows) if both else None,
            box=self.boxes[rows],
            sides="corners" if self.columns.corners else "size",
            id=None if ids.missing.all() else ids,
            attributes=unique_keys({name: c.take(rows) for name, c in attributes.items() if c is not None}),
            findings=self._findings(),
        )

    def _findings(self) -> tuple[Finding, ...]:
        """The findings of the sheet; its last rows are also the last of the records."""
        shift = self.sheet.count - len(self.rows)
        return tuple(replace(finding, rows=finding.rows - shift) for finding in self.sheet.findings())


@contextmanager
def opened_table(path: Path) -> Iterator[PlainTable]:
    """The table in the file at `path`.

    Raises:
        InputError: The table cannot be read, or its columns are not known.
    """
    with opened_sheet(path) as sheet:
        yield PlainTable(sheet, columns_of(sheet.columns, visible(str(path))))


def looks_like(given: Given) -> bool:
    """Whether the file is Parquet, or a CSV whose columns are known."""
    if given.content.startswith(PARQUET):
        others = (classification.looks_like, multilabel.looks_like, rows.holds_boxes)
        return not any(fits(given) for fits in others)
    if open_images.looks_like(given) or rows.holds_boxes(given):
        return False
    return are_plain(header(given.start))


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in the table; a row that holds only a frame is a frame without labels.

    Raises:
        InputError: The table cannot be read, or its columns are not known.
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
        InputError: The table cannot be read, or its columns are not known.
    """
    with opened_table(given.path) as table:
        unscored = "confidence" not in table.columns.of
        nothing = np.full(len(table.rows), np.nan)
        by_file = "file_name" in table.columns.of
        records = replace(
            table.records(),
            frame=table.text("frame").take(table.rows),
            file_name=table.key.take(table.rows) if by_file else None,
            confidence=nothing if unscored else table.numbers("confidence")[table.rows],
            unscored=unscored,
        )
    return InferenceFile(records, (table.columns.sentence(),))


PLAIN = Format(
    name="plain",
    sentence=SENTENCE,
    marks=("image", "class", "left", "top", "right", "bottom"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
    general=True,
)


def _labels(table: PlainTable) -> Records:
    flags = table.text("crowd")
    set_ = np.array([*(word.casefold() not in _UNSET for word in flags.words), False], bool)[flags.codes]
    return replace(table.records(), crowd=set_[table.rows], area=table.numbers("area")[table.rows])


def _ids(table: PlainTable, found: FoundFrames) -> dict[str, str]:
    """Frame id by key: what the column of frames says, if that is unique."""
    if "frame" not in table.columns.of:
        return dict(found.ids)
    stated = dict(zip(reversed(list(table.key)), reversed(list(table.text("frame"))), strict=True))
    ids = {name: stated.get(name) or id_ for name, id_ in found.ids.items()}
    return ids if len(set(ids.values())) == len(ids) else dict(found.ids)


def _classes(table: PlainTable, records: Records) -> tuple[NumberedClasses, Records]:
    """The classes by the ids of the table, if it has whole numbers and names; else numbered from 1."""
    if records.class_name is None or not all(map(_WHOLE.fullmatch, records.category.words)):
        return numbered(
            records if records.class_name is None else replace(records, category=records.class_name)
        )
    pairs = zip(records.category, records.class_name, strict=True)
    names = {int(id_): name or id_ for id_, name in pairs if id_ is not None}
    return sorted(names.items()), records
