"""Several classes per image: a table with a mark, a score, or a list of classes for each image."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats import rows
from aquarium_tui.formats.shared.collector import Records, key_text, record_place
from aquarium_tui.formats.shared.columns import is_of_boxes, role_of
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile
from aquarium_tui.formats.shared.listed_images import numbered, pictures, with_ids
from aquarium_tui.formats.shared.tables import (
    SmallTable,
    beginning_columns,
    first_object,
    header,
    read_table,
)
from aquarium_tui.formats.shared.values import number
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible

SENTENCE = (
    "several classes per image: a CSV with a header, a Parquet or JSON Lines file with frame or file_name, "
    "and a column of 0 and 1 (for inferences of scores) per class, a list of classes, or a row per class"
)
_LOOKED_AT = 200
"""Rows that show what a table is: with two classes per image on average, all but never one has several."""
MARKS = frozenset({"0", "1"})
_LISTS = frozenset({"classes", "labels", "tags", "categories", "class", "label", "category", "tag"})
_SCORES = frozenset({"scores", "confidences", "probabilities", "probs", "confidence", "score"})
_PREFIXES = ("score_", "scores_", "prob_", "probs_", "probability_", "p_", "conf_")
_SEPARATORS = (";", "|", ",")
"""What stands between the classes of a cell; spaces do, too, in a column of tags that has none of them."""
_SURE = 1.0
"""The confidence of a class that a file marks without a score: it is said for certain."""


def looks_like(given: Given) -> bool:
    """Whether it is a table of images without boxes, some with several classes; any, if that is known."""
    if given.is_dir or given.form not in (None, "multilabel"):
        return False
    columns = beginning_columns(given)
    if not {role_of(name) for name in columns} & {"file_name", "frame"} or any(map(is_of_boxes, columns)):
        return False
    if rows.holds_boxes(given):
        return False
    return given.form == "multilabel" or _marks_several(given) or _lists_several(given)


def marked(given: Given) -> Sequence[Sequence[str]]:
    """The first rows of a CSV with a 0 or 1 for each class in every row, as Roboflow's `_classes.csv`."""
    lines = [line for line in given.start.splitlines()[:_LOOKED_AT] if line.strip()]
    table = [[cell.strip() for cell in row] for row in csv.reader(lines)]
    if len(table) < 2 or len(table[0]) < 3 or role_of(table[0][0]) not in ("file_name", "frame"):
        return ()
    whole = [row[1:] for row in table[1:] if len(row) == len(table[0])]
    return whole if all(set(row) <= MARKS for row in whole) else ()


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset; a row without a class is a frame without labels.

    Raises:
        InputError: The table cannot be read, or its columns are not known.
    """
    table = _Table.of(given)
    found = pictures(given, list(dict.fromkeys(filter(None, table.key))), {})
    classes, records = numbered(with_ids(table.records(labels=True), found.ids), table.listed)
    count = len(records)
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=replace(records, crowd=np.zeros(count, bool), area=np.full(count, np.nan)),
        notes=(table.told,),
        problems=found.problems,
        folder=found.folder,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences of one model.

    Raises:
        InputError: The table cannot be read, or its columns are not known.
    """
    table = _Table.of(given)
    records = table.records(labels=False)
    certain = () if table.scored else ("there are no confidences: every inference gets confidence 1",)
    return InferenceFile(records, (table.told, *certain))


MULTILABEL_TABLE = Format(
    name="multilabel",
    sentence=SENTENCE,
    marks=("image", "classes", "scores"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
)


@dataclass(frozen=True)
class _Said:
    """One class of one image."""

    row: int
    name: str
    confidence: float


@dataclass(frozen=True)
class _Table:
    """A table whose columns have been understood.

    Attributes:
        name: Of the file.
        table: As the file has it.
        roles: The column of each role.
    """

    name: str
    table: SmallTable
    roles: Mapping[str, str]

    @classmethod
    def of(cls, given: Given) -> "_Table":
        """The table of a file.

        Raises:
            InputError: It cannot be read, or does not name images.
        """
        table = read_table(given.path)
        roles = {role: name for name in reversed(list(table.values)) if (role := role_of(name))}
        if not roles.keys() & {"file_name", "frame"}:
            told = f"Its columns are {', '.join(map(visible, table.values))}."
            raise InputError(f"{visible(str(given.path))} has no column for the frame.", told)
        return cls(visible(given.path.name), table, roles)

    @cached_property
    def key(self) -> list[str | None]:
        """How each row names its image."""
        return [key_text(each) for each in self.table.text[self._key_column]]

    @property
    def _key_column(self) -> str:
        return self.roles["file_name"] if "file_name" in self.roles else self.roles["frame"]

    @cached_property
    def _scores(self) -> str | None:
        """The column of confidences: a number, a list or an object in each row."""
        return next((name for name in self.table.values if name.casefold() in _SCORES), None)

    @cached_property
    def _lists(self) -> str | None:
        """The column of the classes of each row."""
        named = (name for name in self.table.values if name.casefold() in _LISTS)
        return next(named, self.roles.get("class") or self.roles.get("class id"))

    @cached_property
    def _by_name(self) -> str | None:
        """The column that has an object with a score for each class in its rows."""
        columns = self.table.values.items()
        return next((name for name, cells in columns if any(isinstance(cell, dict) for cell in cells)), None)

    @cached_property
    def _of_classes(self) -> Mapping[str, str]:
        """The class of each column of marks or scores, by column."""
        names = [name for name in self.table.values if name not in self.roles.values()]
        numeric = [name for name in names if all(map(_is_number, self.table.values[name]))]
        prefix = next(
            (p for p in _PREFIXES if numeric and all(n.casefold().startswith(p) for n in numeric)), ""
        )
        return {name: name[len(prefix) :].strip() for name in numeric}

    @property
    def listed(self) -> Sequence[str]:
        """The classes in the order of their columns."""
        return () if self._lists or self._by_name else list(self._of_classes.values())

    @cached_property
    def scored(self) -> bool:
        """Whether inferences have confidences."""
        return bool(self._scores or self._by_name or (not self._lists and not self._hard))

    @cached_property
    def _hard(self) -> bool:
        cells = (cell for name in self._of_classes for cell in self.table.values[name])
        return all(cell in (0, 1, None) for cell in cells)

    @property
    def told(self) -> str:
        """Where the classes come from."""
        if column := self._by_name or self._lists:
            return f"several classes per image: from {visible(column)}"
        return f"several classes per image: one column for each of {len(self._of_classes):,}"

    def records(self, *, labels: bool) -> Records:
        """One record for each class of each image.

        Raises:
            InputError: There is no column of classes, or labels have other numbers than 0 and 1.
        """
        said = list(self._said(labels))
        if labels:
            self._check_marks()
        count = len(said)
        frame = Text.from_values(self.key[one.row] for one in said)
        return Records(
            place=lambda row: record_place(self.name, said[row].row),
            frame=frame,
            file_name=frame if "file_name" in self.roles else None,
            category=Text.from_values(one.name for one in said),
            box=np.zeros((count, 4)),
            confidence=np.zeros(0) if labels else np.array([one.confidence for one in said], np.float64),
            unscored=not labels and not self.scored,
            whole=True,
            several=True,
        )

    def _said(self, labels: bool) -> Iterator[_Said]:
        if self._by_name:
            for row, cell in enumerate(self.table.values[self._by_name]):
                yield from (_Said(row, str(name), _confidence(value)) for name, value in _items(cell))
        elif self._lists:
            yield from self._of_lists(self._lists, labels)
        elif self._of_classes:
            # A mark of 0 says that a class is not there; a score of 0 is a score.
            left_out = 0 if labels or self._hard else None
            for column, name in self._of_classes.items():
                for row, value in enumerate(self.table.values[column]):
                    if value is not None and value != left_out:
                        yield _Said(row, name, float(value))
        else:
            told = f"Its columns are {', '.join(map(visible, self.table.values))}."
            raise InputError(f"{self.name} has no columns for classes.", told)

    def _of_lists(self, column: str, labels: bool) -> Iterator[_Said]:
        cells = self.table.text[column]
        scores = self.table.values[self._scores] if self._scores and not labels else [_SURE] * len(cells)
        between = _separator(column, cells)
        for row, (cell, sure) in enumerate(zip(cells, scores, strict=True)):
            names = cell if isinstance(cell, list) else _parts(cell, between)
            of_each = sure if isinstance(sure, list) else [sure] * len(names)
            for name, confidence in zip(names, of_each, strict=False):
                if (text := key_text(name)) is not None:
                    yield _Said(row, text, _confidence(confidence))

    def _check_marks(self) -> None:
        if self._lists or self._by_name or self._hard:
            return
        wrong = next(n for n in self._of_classes if not set(self.table.values[n]) <= {0, 1, None})
        raise InputError(
            f"{self.name} has other numbers than 0 and 1 in column {visible(wrong)}.",
            "Labels are 1 where an image has the class, else 0. Scores of a model go with --inferences-id.",
        )


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _confidence(value: object) -> float:
    found = number(value)
    return np.nan if found is None else found


def _items(cell: object) -> Sequence[tuple[str, object]]:
    return list(cell.items()) if isinstance(cell, dict) else []


def _separator(column: str, cells: Sequence[Any]) -> str | None:
    """What stands between the classes of a cell; None for a column with one class in each."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    found = next((mark for mark in _SEPARATORS if any(mark in text for text in texts)), None)
    return found or (" " if column.casefold() == "tags" else None)


def _parts(cell: object, between: str | None) -> Sequence[object]:
    if not isinstance(cell, str):
        return [] if cell is None else [cell]
    if cell.lstrip().startswith("["):
        try:
            found = json.loads(cell)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list):
            return found
    return [part.strip() for part in (cell.split(between) if between else [cell]) if part.strip()]


def _marks_several(given: Given) -> bool:
    return any(row.count("1") > 1 for row in marked(given))


def _lists_several(given: Given) -> bool:
    """Whether the classes of an image are a list, or a column of a table is called by a plural."""
    first = first_object(given.start)
    if first is not None:
        listed = (value for name, value in first.items() if name.casefold() in _LISTS)
        return any(isinstance(each, list) and all(isinstance(one, str) for one in each) for each in listed)
    names = {name.casefold() for name in header(given.start)}
    return bool(names & {"classes", "labels", "tags", "categories"})
