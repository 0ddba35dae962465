"""The user's own metrics of an inference set: declared, and read from a table or from records."""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.fields import FrameField
from aquarium_tui.compare.objects.fields import FRAME_FIELDS as OF_OBJECTS
from aquarium_tui.compare.pixels.comparison import FRAME_FIELDS as OF_PIXELS
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.shared.collector import EXAMPLES, record_place
from aquarium_tui.ingest.frame_keys import KeyedTable, keyed_rows
from aquarium_tui.ingest.readings import listed
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues, SetValue
from aquarium_tui.model.names import suggest_name, visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Dataset

_BETTER = {"higher": True, "lower": False}
_TABLES: tuple[Sequence[FrameField[Any]], ...] = (OF_OBJECTS, OF_PIXELS)
TAKEN = frozenset(field.key for table in _TABLES for field in table if field.asked)
"""Names that queries already use for base, other and delta."""

_LARGEST = 1e100
"""Larger numbers are errors, and their squares or sums would not be finite."""


@dataclass(frozen=True)
class UserMetrics:
    """Metrics with their values for one inference set.

    Attributes:
        metrics: The declarations for the project.
        values: The values by name.
        notes: What was recognised.
        problems: What was wrong.
    """

    metrics: tuple[Metric, ...] = ()
    values: Mapping[str, MetricValues] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class MetricGatherer:
    """Collects the values of a metric, and counts what is wrong with them.

    Attributes:
        name: The name of the metric.
        classes: How many evaluated classes there are, without background.
        kind: The kind of the metric; None takes that of the first value.
    """

    name: str
    classes: int
    kind: MetricKind | None = None
    _values: dict[int, Any] = field(default_factory=dict)
    _wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, frame: int, place: str, value: object) -> None:
        """Add the value of a frame; None is skipped.

        Args:
            frame: The row of the frame.
            place: Its place, for messages.
            value: A number, or rows of numbers.
        """
        if value is None:
            return
        rows = isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)
        kind = MetricKind.CONFUSION_MATRIX if rows else MetricKind.OBJECTIVE
        if self.kind not in (None, kind):
            self.reject(f"values that are not of the kind {str(self.kind).replace('_', ' ')}", place)
        elif rows:
            self._take_matrix(frame, place, value)
        else:
            self._take_number(frame, place, value)

    def reject(self, kind: str, place: str) -> None:
        """Count a value that is left out."""
        self._wrong.setdefault(kind, []).append(visible(place))

    def values(self, frames: int) -> MetricValues:
        """The collected values, for that many frames."""
        number = np.full(frames, np.nan)
        rows = sorted(self._values)
        if self.kind is not MetricKind.CONFUSION_MATRIX:
            number[rows] = [self._values[row] for row in rows]
            return MetricValues(number)
        matrices = [self._values[row] for row in rows]
        number[rows] = [matrix.sum() for matrix in matrices]
        cells = [_there(matrix) for matrix in matrices]
        frame = np.repeat(np.array(rows, np.int32), [len(label) for label, _ in cells])
        label, inferred = np.concatenate([np.zeros((2, 0), np.int32), *map(np.array, cells)], axis=1)
        value = np.concatenate([np.zeros(0), *(m[cell] for m, cell in zip(matrices, cells, strict=True))])
        return MetricValues(number, frame, label.astype(np.int32), inferred.astype(np.int32), value)

    def problems(self) -> tuple[Problem, ...]:
        """What was left out, one problem per kind."""
        return tuple(
            Problem(f"{self.name}: {kind}", len(places), "left out", tuple(places[:EXAMPLES]))
            for kind, places in self._wrong.items()
        )

    def __len__(self) -> int:
        return len(self._values)

    def _take_number(self, frame: int, place: str, value: Any) -> None:  # noqa: ANN401
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            shown = value if isinstance(value, str) else type(value).__name__
            self.reject("values that are not numbers", f"{place} ({shown})")
            return
        if abs(number) <= _LARGEST:
            self.kind, self._values[frame] = MetricKind.OBJECTIVE, number
        else:
            self.reject("values that are not finite, or too large", f"{place} ({number})")

    def _take_matrix(self, frame: int, place: str, value: object) -> None:
        n = self.classes
        try:
            matrix = np.array(value, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            self.reject("values that are not rows of numbers of equal length", place)
            return
        if matrix.shape not in ((n, n), (n + 1, n + 1)):
            wanted = f"{n} × {n} nor, with background, {n + 1} × {n + 1}"
            shape = " × ".join(map(str, matrix.shape))
            self.reject(f"matrices that are neither {wanted}", f"{place} ({shape})")
        elif not (np.abs(matrix) <= _LARGEST).all():
            self.reject("matrices that hold a number that is not finite, or too large", place)
        else:
            self.kind, self._values[frame] = MetricKind.CONFUSION_MATRIX, matrix


@dataclass(frozen=True)
class Declaration:
    """What a command line says about a metric besides its values.

    Attributes:
        name: The name of the metric.
        higher_is_better: Whether larger numbers are better.
        unit: The unit of the numbers; may be empty.
        bare: Whether only the name was given, so that the rest is a default.
    """

    name: str
    higher_is_better: bool = True
    unit: str = ""
    bare: bool = field(default=False, compare=False)

    def metric(self, known: Metric) -> Metric:
        """A metric with what is declared; without that, a known one stays as it is."""
        if self.bare:
            return known
        return replace(known, higher_is_better=self.higher_is_better, unit=self.unit)


def metrics_from_records(dataset: Dataset, found: Mapping[str, Mapping[str, Any]]) -> UserMetrics:
    """The metrics in `found` with their values, and what is wrong with them.

    Args:
        dataset: The dataset with the frames, the class map and the metrics that are already declared.
        found: A number or a square matrix by metric and frame id. A matrix covers all classes of the class
            map, or all evaluated classes, in their order, with or without background as the last.
    """
    rows = dataset.frames.row_by_id
    gathered = []
    for name, by_frame in found.items():
        one = gathering(metric_name(name), dataset)
        for id_, value in by_frame.items():
            _add(one, rows.get(id_), id_, _over_evaluated(value, dataset.project.class_map))
        gathered.append(one)
    filled = [one for one in gathered if len(one)]
    empty = [problem for one in gathered if not len(one) for problem in one.problems()]
    metrics = finished(filled, dataset, (), UserMetrics())
    return replace(metrics, problems=(*metrics.problems, *empty))


def declaration(text: str) -> Declaration:
    """The declaration `NAME[:higher|lower[:UNIT]]`.

    Raises:
        UsageError: It does not have that form.
    """
    name, _, rest = text.partition(":")
    better, _, unit = rest.partition(":")
    if not metric_name(name) or (better or "higher") not in _BETTER:
        hint = "Write NAME:lower or NAME:higher, with the unit after another colon, as in latency:lower:ms."
        raise UsageError(f'"{visible(text)}" does not declare a metric.', hint)
    return Declaration(metric_name(name), _BETTER[better or "higher"], visible(unit), bare=not rest)


def metric_name(text: str) -> str:
    """A legal name for a metric that a file or function calls `text`; empty if no letter of it is legal.

    A name that queries already use, such as `f1`, becomes `user_f1`.
    """
    name = suggest_name(text)
    return f"user_{name}" if name.casefold() in TAKEN else name


_VALUE = re.compile(r"(?P<name>\w+)=(?P<value>[^:]+)(:(?P<better>lower|higher))?")


def set_value(text: str) -> SetValue:
    """The figure of a whole set that `NAME=NUMBER[:lower|higher]` states; higher is better if unsaid.

    Raises:
        UsageError: It is not of this form, not a finite number, or too large.
    """
    match = _VALUE.fullmatch(text.strip())
    try:
        value = float(match["value"]) if match else math.nan
    except ValueError:
        value = math.nan
    if match is None or not abs(value) <= _LARGEST:
        raise UsageError(
            f"--value {visible(text)} is not a figure.",
            "Write NAME=NUMBER:lower or NAME=NUMBER:higher, such as latency_ms=12:lower.",
        )
    return SetValue(metric_name(match["name"]), value, match["better"] != "lower")


def metrics_from_file(path: Path, dataset: Dataset, declared: Sequence[Declaration]) -> UserMetrics:
    """The metrics in a table with a row per frame: every column of numbers, or of matrices.

    Args:
        path: CSV, JSON Lines, JSON or Parquet; one column names the frames by id or file name.
        dataset: Its frames and classes.
        declared: Declarations of some of them; other metrics of the project stay as they are declared there.

    Raises:
        InputError: It cannot be read, names no frame, or holds no metric.
    """
    table = keyed_rows(dataset.frames, path, "metrics")
    columns = {name: values for name, values in table.rows.values.items() if name != table.key}
    gathered = {name: _gathered(path, name, values, (table, dataset)) for name, values in columns.items()}
    metrics = {name: each for name, each in gathered.items() if len(each) and each.name}
    if not metrics:
        raise InputError(
            f"No column of {visible(str(path))} holds a metric; its columns are {listed(list(columns))}.",
            "A metric is a number per frame, or a matrix of numbers per frame.",
        )
    notes = [
        f"metrics from {visible(path.name)}, which names frames {table.words} in its column "
        f"`{visible(table.key)}`"
    ]
    if left := [name for name in columns if name not in metrics]:
        notes.append(f"columns of {visible(path.name)} that are not metrics are not read: {listed(left)}")
    notes += [
        f"{visible(name)} is stored as {each.name}" for name, each in metrics.items() if each.name != name
    ]
    return finished(
        list(metrics.values()), dataset, declared, UserMetrics((), {}, tuple(notes), table.problems)
    )


def gathering(name: str, dataset: Dataset) -> MetricGatherer:
    """A collector for the values of a metric of that name, of the kind it has in the project, if any."""
    known = _declared_in(dataset, name)
    classes = len(dataset.project.class_map.evaluated_names)
    return MetricGatherer(name, classes, known.kind if known else None)


def finished(
    gathered: Sequence[MetricGatherer], dataset: Dataset, declared: Sequence[Declaration], start: UserMetrics
) -> UserMetrics:
    """The collected metrics, added to `start`, with what was wrong with them.

    Args:
        gathered: Each has at least one value.
        dataset: The dataset; metrics of its project stay as they are unless declared anew.
        declared: Declarations of some of them.
        start: The notes and problems so far.
    """
    said = {each.name.casefold(): each for each in declared}
    metrics = list(start.metrics)
    values = dict(start.values)
    problems = [*start.problems]
    for each in gathered:
        kind = each.kind or MetricKind.OBJECTIVE
        known, told = _declared_in(dataset, each.name), said.get(each.name.casefold())
        metric = known if known and known.kind == kind else Metric(known.name if known else each.name, kind)
        name = metric.name
        metrics.append(told.metric(metric) if told else metric)
        values[name] = each.values(len(dataset.frames))
        problems += [*each.problems(), *_lacking(each.name, values[name], dataset)]
    return UserMetrics(tuple(metrics), values, start.notes, tuple(problems))


def _there(matrix: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Rows and columns of the cells that are not 0; the first cell if all are 0."""
    label, inferred = np.nonzero(matrix)
    first = np.zeros(1, int)
    return (label, inferred) if len(label) else (first, first)


def _add(gathered: MetricGatherer, row: int | None, id_: str, value: object) -> None:
    if row is None:
        gathered.reject("values of unknown frames", f"frame {id_}")
    else:
        gathered.add(row, f"frame {id_}", value)


def _over_evaluated(value: object, class_map: ClassMap) -> object:
    """A matrix over all classes as one over the evaluated classes; anything else as it is."""
    entries, evaluated = len(class_map.entries), len(class_map.evaluated_names)
    size = len(value) if isinstance(value, list) else 0
    if entries == evaluated or size not in (entries, entries + 1):
        return value
    try:
        matrix = np.array(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return value
    if matrix.shape != (size, size):
        return value
    place = np.array([*class_map.evaluated.tolist(), evaluated])[:size]
    kept = np.flatnonzero(place >= 0)
    counts = np.zeros((evaluated + 1, evaluated + 1))
    np.add.at(counts, np.ix_(place[kept], place[kept]), matrix[np.ix_(kept, kept)])
    return counts


def _gathered(
    path: Path, name: str, values: Sequence[object], of: tuple[KeyedTable, Dataset]
) -> MetricGatherer:
    """The values of a column."""
    table, dataset = of
    found = gathering(metric_name(name), dataset)
    for frame, row in enumerate(table.source.tolist()):
        if row >= 0:
            found.add(
                frame,
                f"{record_place(path.name, row)} (frame {dataset.frames.id[frame]})",
                _parsed(values[row]),
            )
    return found


def _lacking(name: str, values: MetricValues, dataset: Dataset) -> Iterator[Problem]:
    rows = np.flatnonzero(~values.present)
    if len(rows):
        examples = tuple(visible(str(dataset.frames.id[row])) for row in rows[:EXAMPLES].tolist())
        yield Problem(f"{name}: frames without a value", len(rows), "noted", examples)


def _declared_in(dataset: Dataset, name: str) -> Metric | None:
    return next((m for m in dataset.project.metrics if m.name.casefold() == name.casefold()), None)


def _parsed(value: object) -> object:
    """The value of a CSV cell: a matrix is written there as JSON."""
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return value
    try:
        found: object = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found
