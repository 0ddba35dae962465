"""One class per image: a table with a row per image, or a folder with a folder of images per class."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import multilabel, rows
from aquarium_tui.formats.shared.collector import EXAMPLES, Finding, Records, key_text, record_place
from aquarium_tui.formats.shared.columns import is_of_boxes, role_of
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile
from aquarium_tui.formats.shared.listed_images import FoundFrames, measured, numbered, pictures, with_ids
from aquarium_tui.formats.shared.tables import SmallTable, beginning_columns, read_table
from aquarium_tui.formats.shared.values import number, typed_column, unique_keys
from aquarium_tui.media.folders import images_below
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import Problem

SENTENCE = (
    "one class per image: a CSV with a header, a Parquet or JSON Lines file with frame or file_name and "
    "class (for inferences also confidence, and scores of the classes), or a folder with a folder of images "
    "per class"
)
_SURE = 1.0
"""The confidence of inferences that come without one."""
_OTHER_FILES = (".txt", ".xml", ".json", ".jsonl", ".yaml", ".yml", ".csv")
_SCORES = re.compile("score|prob|logit|top|predictions", re.IGNORECASE)
_NO_CLASSES = frozenset({"images", "labels", "annotations", "data", "masks", "train", "val", "valid", "test"})
_TOLD = ("frame", "file_name", "class", "class id", "confidence")


def looks_like(given: Given) -> bool:
    """Whether it is a table of images and classes without boxes, or a folder of folders of images."""
    if given.is_dir:
        return _is_folder_a_class(given)
    if multilabel.looks_like(given):
        return False
    names = beginning_columns(given, _has_nested_scores_alone)
    roles = {role_of(name) for name in names}
    if multilabel.marked(given):
        return True
    named = bool(roles & {"frame", "file_name"}) and bool(roles & {"class", "class id"})
    return named and not any(map(is_of_boxes, names)) and not rows.holds_boxes(given)


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset; a row without a class is a frame without a label.

    Raises:
        InputError: The table cannot be read, or its columns are not known.
    """
    if given.is_dir:
        return _labels_of_folder(given)
    table = _ClassTable(given.path)
    keys = list(dict.fromkeys(filter(None, table.key)))
    found = pictures(given, keys, {})
    labels = _labels(found, table.records(), table.notes, table.listed)
    return replace(labels, problems=(*labels.problems, *table.problems))


def read_inferences(given: Given) -> InferenceFile:
    """The inferences of one model.

    Raises:
        InputError: The table cannot be read, or its columns are not known.
    """
    if given.is_dir:
        paths = _images(given)
        records = replace(_of_paths(given, paths), confidence=np.full(len(paths), _SURE))
        return InferenceFile(records, (_without_confidence(),))
    table = _ClassTable(given.path)
    records = replace(table.records(), confidence=table.confidence())
    certain = () if table.of("confidence") else (_without_confidence(),)
    told = [problem.sentence() for problem in table.problems]
    return InferenceFile(records, (*table.notes, *certain, *told))


def second_of_frame(what: str, frame: NDArray[np.int64]) -> Finding:
    """A finding about records whose frame already has one: an image has one class.

    Args:
        what: "labels" or "inferences".
        frame: `(n,)` int64 row of the frame of each, -1 if it has none.
    """
    _, first = np.unique(frame, return_index=True)
    again = np.ones(len(frame), bool)
    again[first] = False
    rows = np.flatnonzero(again & (frame >= 0))
    hint = "an image has one class: the first is kept"
    return Finding(f"{what} of an image that already has one", rows, "left out", hint)


CLASSIFICATION_TABLE = Format(
    name="classification",
    sentence=SENTENCE,
    marks=("image", "class"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
)


class _ClassTable:
    """A table whose columns have been understood."""

    def __init__(self, path: Path) -> None:
        self._name = visible(path.name)
        self._table, self._several, self.listed = _with_class(read_table(path))
        names = list(self._table.values)
        self._roles = {role: name for name in reversed(names) if (role := role_of(name))}
        where, told = visible(str(path)), f"Its columns are {', '.join(map(visible, names))}."
        for role, other in (("file_name", "frame"), ("class", "class id")):
            if not (self.of(role) or self.of(other)):
                raise InputError(f"{where} has no column for {other if role == 'file_name' else role}.", told)
        self.key = [key_text(value) for value in self._text("file_name") or self._text("frame")]
        self._class = [key_text(value) for value in self._text("class") or self._text("class id")]
        self.rows = [i for i, name in enumerate(self._class) if name]

    def of(self, role: str) -> str | None:
        """The column with a role, such as "class"."""
        return self._roles.get(role)

    def _text(self, role: str) -> Sequence[Any]:
        column = self.of(role)
        return self._table.text[column] if column else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Which column was used for what, and how many rows have no class."""
        told = [f"{role} from {visible(name)}" for role, name in self._roles.items() if role in _TOLD]
        bare = self._table.count - len(self.rows)
        without = (f"{counted(bare, 'row has', 'rows have')} no class",) if bare else ()
        marked = ("the class of an image is the column that has a 1",) if self._several is not None else ()
        return (f"columns: {', '.join(told)}", *marked, *without)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Rows with several classes, of which none can be compared as the only one."""
        if not self._several:
            return ()
        places = tuple(record_place(self._name, i) for i in self._several[:EXAMPLES])
        hint = "an image has one class here; --format multilabel reads several"
        return (Problem("rows with several classes", len(self._several), "left out", places, hint),)

    def confidence(self) -> NDArray[np.float64]:
        """`(n,)` float64, NaN where a row has none; 1 everywhere if there is no such column."""
        column = self.of("confidence")
        if column is None:
            return np.full(len(self.rows), _SURE)
        found = [number(self._table.values[column][i]) for i in self.rows]
        return np.array([np.nan if value is None else value for value in found])

    def records(self) -> Records:
        """The rows that have a class."""
        first = self._table.count
        return Records(
            place=lambda row: record_place(self._name, self.rows[row]),
            frame=Text.from_values(self.key[i] for i in self.rows),
            file_name=Text.from_values(self.key[i] for i in self.rows) if self.of("file_name") else None,
            category=Text.from_values(self._class[i] for i in self.rows),
            box=np.zeros((len(self.rows), 4)),
            attributes=self._attributes() if first else {},
            whole=True,
        )

    def _attributes(self) -> dict[str, Any]:
        taken = set(self._roles.values())
        columns: dict[str, list[Any]] = {}
        for name, values in self._table.values.items():
            if name not in taken:
                columns |= _flat(name, [values[i] for i in self.rows])
        typed = {name: typed_column(values) for name, values in columns.items()}
        return unique_keys({name: column for name, column in typed.items() if column is not None})


def _with_class(table: SmallTable) -> tuple[SmallTable, list[int] | None, list[str]]:
    """The table with a column of classes in place of one per class, the rows with several, and all classes.

    The rows are None for a table that has its column of classes.
    """
    roles = {name: role_of(name) for name in table.values}
    if {"class", "class id"} & set(roles.values()):
        return table, None, []
    marked = [name for name, role in roles.items() if role not in ("file_name", "frame")]
    cells = {name: [str(value).strip() for value in table.text[name]] for name in marked}
    if len(marked) < 2 or not all(set(column) <= multilabel.MARKS for column in cells.values()):
        return table, None, []
    found: list[str | None] = []
    several = []
    for i in range(table.count):
        classes = [name.strip() for name in marked if cells[name][i] == "1"]
        found.append(classes[0] if len(classes) == 1 else None)
        if len(classes) > 1:
            several.append(i)
    kept = {name: name for name, role in roles.items() if role in ("file_name", "frame")}
    values = {name: table.values[name] for name in kept} | {"class": found}
    text = {name: table.text[name] for name in kept} | {"class": found}
    return replace(table, values=values, text=text), several, [name.strip() for name in marked]


def _flat(name: str, values: Sequence[Any]) -> dict[str, list[Any]]:
    """A column; one of objects becomes a column per key, one of lists a column per position."""
    objects = [value if isinstance(value, dict) else {} for value in values]
    if keys := dict.fromkeys(key for value in objects for key in value):
        return {f"{name}_{key}": [value.get(key) for value in objects] for key in keys}
    longest = max((len(value) for value in values if isinstance(value, list)), default=0)
    if longest:
        return {
            f"{name}_{i + 1}": [v[i] if isinstance(v, list) and i < len(v) else None for v in values]
            for i in range(longest)
        }
    return {name: list(values)}


def _has_nested_scores_alone(first: Mapping[str, Any]) -> bool:
    """Whether nothing in the first object of JSON is nested but its scores."""
    return all(_SCORES.search(key) for key, value in first.items() if isinstance(value, dict | list))


def _is_folder_a_class(given: Given) -> bool:
    """Whether it holds only folders, at least two, that hold images directly."""
    folders = given.folders
    if len(folders) < 2 or _NO_CLASSES & {name.casefold() for name in folders}:
        return False
    if any(name.lower().endswith(_OTHER_FILES) for name in given.names):
        return False
    places = {path.rpartition("/")[0] for path in images_below(given.path, 2)}
    return places == set(folders) and not any(True for end in _OTHER_FILES for _ in given.starts(end))


def _images(given: Given) -> list[str]:
    return [path for path in images_below(given.path, 1) if "/" in path]


def _labels_of_folder(given: Given) -> LabelFile:
    paths = _images(given)
    found = measured(visible(given.path.name), given.path, {path: path for path in paths}, {})
    return _labels(found, _of_paths(given, paths), ("the class of an image is the folder it is in",))


def _of_paths(given: Given, paths: Sequence[str]) -> Records:
    """One record per image; its class is the name of its folder."""
    return Records(
        place=lambda row: f"{visible(given.path.name)}/{visible(paths[row])}",
        frame=Text.from_values(paths),
        file_name=Text.from_values(path.rpartition("/")[2] for path in paths),
        category=Text.from_values(path.partition("/")[0] for path in paths),
        box=np.zeros((len(paths), 4)),
        whole=True,
    )


def _labels(
    found: FoundFrames, records: Records, notes: Sequence[str], listed: Sequence[str] = ()
) -> LabelFile:
    classes, named = numbered(with_ids(records, found.ids), listed)
    count = len(named)
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=replace(named, crowd=np.zeros(count, bool), area=np.full(count, np.nan)),
        notes=tuple(notes),
        problems=found.problems,
        folder=found.folder,
    )


def _without_confidence() -> str:
    return "there is no column for the confidence: every inference gets confidence 1"
