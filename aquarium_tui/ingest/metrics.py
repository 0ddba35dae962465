"""The user's metrics of an inference set: declared, and read from a table."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aquarium_tui.compare.pixels.measures import CLASS_METHODS, FRAME_FIELDS
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.records import EXAMPLES
from aquarium_tui.ingest.metadata import keyed_rows
from aquarium_tui.ingest.metric_values import Gathering
from aquarium_tui.ingest.provenance import listed
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.names import check_name, suggest_name, visible
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
    values: Mapping[str, MetricValues] = None  # type: ignore[assignment]
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def declaration(text: str) -> Declaration:
    """The declaration `NAME[:higher|lower[:UNIT]]`.

    Raises:
        UsageError: It is not of that form, or queries have something else of that name.
    """
    name, _, rest = text.partition(":")
    better, _, unit = rest.partition(":")
    if (better or "higher") not in _BETTER:
        hint = "Write NAME:lower or NAME:higher, and the unit after another colon: latency:lower:ms."
        raise UsageError(f'"{visible(text)}" does not declare a metric.', hint)
    return Declaration(metric_name(name), _BETTER[better or "higher"], visible(unit))


def metric_name(name: str) -> str:
    """`name` if a metric may have it.

    Raises:
        UsageError: It holds other characters than names may have, or queries have something else so called.
    """
    check_name(name, "metric")
    if name.casefold() in TAKEN:
        hint = f"Call it {name}_2, say."
        raise UsageError(f"a metric cannot be called {name}: queries have something else of that name.", hint)
    return name


def metrics_from_file(path: Path, dataset: Dataset, declared: Sequence[Declaration]) -> UserMetrics:
    """The metrics in a table with a row a frame: each column of numbers, or of matrices, is one.

    Args:
        path: CSV, JSON Lines, JSON or Parquet; one column names the frames by id or file name.
        dataset: Its frames and classes.
        declared: Says more of some of them; metrics of the project stay as they are declared there.

    Raises:
        InputError: It cannot be read, names no frame, or holds no metric.
        UsageError: A name is not one that a metric may have.
    """
    table = keyed_rows(dataset.frames, path, "metrics")
    gathered: list[Gathering] = []
    left: list[str] = []
    for name, values in table.rows.values.items():
        if name == table.key:
            continue
        gathering = _gathering(suggest_name(name), dataset)
        for frame, row in enumerate(table.source.tolist()):
            if row >= 0:
                place = f"{path.name} row {row} (frame {dataset.frames.id[frame]})"
                gathering.add(frame, place, _parsed(values[row]))
        (gathered if len(gathering) else left).append(gathering if len(gathering) else name)  # type: ignore[arg-type]
    if not gathered:
        raise InputError(
            f"No column of {visible(str(path))} holds a metric; it has {listed(list(table.rows.values))}.",
            "A metric is a number a frame, or a matrix of numbers.",
        )
    notes = [f"metrics of {path.name} by its column `{visible(table.key)}`, {table.words}"]
    if left:
        notes.append(f"columns of {path.name} that are no metrics are not read: {listed(left)}")
    return finished(gathered, dataset, declared, (notes, table.problems))


def _parsed(value: object) -> object:
    """A cell of CSV that holds a matrix is JSON."""
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return value
    try:
        found: object = json.loads(value)
    except ValueError:
        return value
    return found
