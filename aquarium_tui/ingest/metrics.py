"""The user's metrics of an inference set: declared, and read from a table."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aquarium_tui.compare.pixels.measures import CLASS_METHODS, FRAME_FIELDS
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.records import EXAMPLES
from aquarium_tui.ingest.metadata import Keyed, keyed_rows
from aquarium_tui.ingest.metric_values import Gathering
from aquarium_tui.ingest.provenance import listed
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.names import suggest_name, visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Dataset
from aquarium_tui.query.fields import CONFUSION, FIELDS, Scope

_BETTER = {"higher": True, "lower": False}
_OF_SETS = {word.name for word in FIELDS if word.scope == Scope.FRAME and "base" in word.entities}
TAKEN = frozenset({*_OF_SETS, *FRAME_FIELDS, *CLASS_METHODS, CONFUSION.text})
"""Names that queries use already of base, other and delta."""


@dataclass(frozen=True)
class Declaration:
    """What a command line says of a metric beside its values.

    Attributes:
        name: Of the metric.
        higher_is_better: Whether a larger number is better.
        unit: What a number is counted in; may be empty.
    """

    name: str
    higher_is_better: bool = True
    unit: str = ""


@dataclass(frozen=True)
class UserMetrics:
    """Metrics with their values under one inference set.

    Attributes:
        metrics: As they are to be declared on the project.
        values: By name.
        notes: What was recognised.
        problems: What was wrong.
    """

    metrics: tuple[Metric, ...] = ()
    values: Mapping[str, MetricValues] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def declaration(text: str) -> Declaration:
    """The declaration `NAME[:higher|lower[:UNIT]]`.

    Raises:
        UsageError: It is not of that form.
    """
    name, _, rest = text.partition(":")
    better, _, unit = rest.partition(":")
    if not metric_name(name) or (better or "higher") not in _BETTER:
        hint = "Write NAME:lower or NAME:higher, and the unit after another colon: latency:lower:ms."
        raise UsageError(f'"{visible(text)}" does not declare a metric.', hint)
    return Declaration(metric_name(name), _BETTER[better or "higher"], visible(unit))


def metric_name(text: str) -> str:
    """The name of a metric that a file or function calls `text`; empty where no letter of it can stand.

    What queries have something else for, such as `f1`, becomes `user_f1`.
    """
    name = suggest_name(text)
    return f"user_{name}" if name.casefold() in TAKEN else name


def metrics_from_file(path: Path, dataset: Dataset, declared: Sequence[Declaration]) -> UserMetrics:
    """The metrics in a table with a row a frame: each column of numbers, or of matrices, is one.

    Args:
        path: CSV, JSON Lines, JSON or Parquet; one column names the frames by id or file name.
        dataset: Its frames and classes.
        declared: Says more of some of them; metrics of the project stay as they are declared there.

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
            "A metric is a number a frame, or a matrix of numbers.",
        )
    notes = [f"metrics of {visible(path.name)} by its column `{visible(table.key)}`, {table.words}"]
    if left := [name for name in columns if name not in metrics]:
        notes.append(f"columns of {visible(path.name)} that are no metrics are not read: {listed(left)}")
    notes += [f"{visible(name)} is called {each.name}" for name, each in metrics.items() if each.name != name]
    return finished(
        list(metrics.values()), dataset, declared, UserMetrics((), {}, tuple(notes), table.problems)
    )


def gathering(name: str, dataset: Dataset) -> Gathering:
    """Gathers the values of a metric of that name, of the kind that it has in the project, if any."""
    known = _declared_in(dataset, name)
    classes = len(dataset.project.class_map.evaluated_names)
    return Gathering(name, classes, known.kind if known else None)


def finished(
    gathered: Sequence[Gathering], dataset: Dataset, declared: Sequence[Declaration], start: UserMetrics
) -> UserMetrics:
    """The metrics that were gathered, added to `start`, with what was wrong with them.

    Args:
        gathered: Each has at least one value.
        dataset: Its project's metrics stay as they are, unless declared anew.
        declared: What is said of some of them.
        start: Has the notes and problems so far.
    """
    said = {each.name.casefold(): each for each in declared}
    metrics = list(start.metrics)
    values = dict(start.values)
    problems = [*start.problems]
    for each in gathered:
        kind = each.kind or MetricKind.OBJECTIVE
        known, told = _declared_in(dataset, each.name), said.get(each.name.casefold())
        told = told or (None if known else Declaration(each.name))
        name = known.name if known else each.name
        metrics.append(
            Metric(name, kind, told.higher_is_better, told.unit) if told else known or Metric(name)
        )
        values[name] = each.values(len(dataset.frames))
        problems += [*each.problems(), *_lacking(each.name, values[name], dataset)]
    return UserMetrics(tuple(metrics), values, start.notes, tuple(problems))


def _gathered(path: Path, name: str, values: Sequence[object], of: tuple[Keyed, Dataset]) -> Gathering:
    """The values of a column."""
    table, dataset = of
    found = gathering(metric_name(name), dataset)
    for frame, row in enumerate(table.source.tolist()):
        if row >= 0:
            found.add(
                frame, f"{path.name} row {row} (frame {dataset.frames.id[frame]})", _parsed(values[row])
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
    """A cell of CSV that holds a matrix is JSON."""
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return value
    try:
        found: object = json.loads(value)
    except ValueError:
        return value
    return found
