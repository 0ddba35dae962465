"""The user's metrics of an inference set: read from a table, or computed by the user's Python functions.

A function runs over every frame. Its exceptions are counted as problems of their frames and stop nothing.
"""

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.shared.format import is_file
from aquarium_tui.ingest.metrics import (
    Declaration,
    MetricGatherer,
    UserMetrics,
    declaration,
    finished,
    gathering,
    metric_name,
    metrics_from_file,
)
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.reader import UploadProgress, silent, watch_of
from aquarium_tui.model.classes import class_names
from aquarium_tui.model.metrics import Metric, MetricValues
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.shard import Shard
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.upload.request import MetricOptions
from aquarium_tui.work.executor import Watch

MetricFunction = Callable[[Any, Any, Any], object]


def measured(
    options: MetricOptions, dataset: Dataset, inferences: InferenceSet, progress: UploadProgress = silent
) -> Iterator[UserMetrics]:
    """The metrics that the options ask for, one table or function after the other.

    Raises:
        AquariumError: A table cannot be read, or a function cannot be run or gives no value.
    """
    declared = [declaration(text) for text in options.declared]
    if options.file is not None:
        yield metrics_from_file(options.file, dataset, declared)
    for text in options.functions:
        watch = watch_of(visible(text), progress)
        yield metric_from_function(text, dataset, inferences, declared, watch)


def with_metrics(inferences: InferenceSet, found: Iterable[UserMetrics]) -> InferenceSet:
    """The inference set with these metrics in addition to its own; those of the same name are replaced."""
    for each in found:
        provenance = inferences.provenance
        inferences = replace(
            inferences,
            metrics={**inferences.metrics, **each.values},
            declared=(*(m for m in inferences.declared if m.name not in each.values), *each.metrics),
            provenance=replace(
                provenance,
                notes=(*provenance.notes, *each.notes),
                problems=(*provenance.problems, *each.problems),
            ),
        )
    return inferences


@dataclass(frozen=True)
class MetricFrame:
    """A frame as a metric function receives it.

    Attributes:
        id: The id of the frame.
        path: The path of its image; may be empty.
        width: In pixels, 0 if unknown.
        height: In pixels, 0 if unknown.
        metadata: Values by name, None if missing.
        classes: The names of the evaluated classes in order, background last.
    """

    id: str
    path: str
    width: int
    height: int
    metadata: Mapping[str, object]
    classes: tuple[str, ...]


def metric_from_function(
    text: str,
    dataset: Dataset,
    inferences: InferenceSet,
    declared: Sequence[Declaration],
    watch: Watch,
) -> UserMetrics:
    """The values of a function `metric(frame, labels, inferences)` for every frame.

    The function receives a `MetricFrame` and two `MetricObjects`; for masks, two `(height, width)` int32
    arrays of positions in the frame's classes, -1 where the label is ignored. It returns a number, a matrix
    over the classes with or without background, or None.

    Args:
        text: `file.py:function`, or the name of a metric that a package supplies.
        dataset: Frames and labels.
        inferences: The inference set that is measured.
        declared: Declarations of metrics.
        watch: Told the progress, and asked whether to stop.

    Raises:
        UsageError: `text` does not have this form, or names no function.
        InputError: The file cannot be run, or the function gives no value for any frame.
        CancelledError: `watch` asked to stop.
    """
    found = _gathered(text, (dataset, inferences), range(len(dataset.frames)), watch)
    if not len(found):
        reasons = "\n".join(problem.sentence() for problem in found.problems()) or "It always returned None."
        raise InputError(f"{visible(text)} gave no value.", reasons)
    note = f"{found.name} is computed by {visible(text)}"
    return finished([found], dataset, declared, UserMetrics(notes=(note,)))


def metric_shard(
    text: str,
    of: tuple[Dataset, InferenceSet],
    shard: Shard,
    declared: Sequence[Declaration],
    watch: Watch,
) -> tuple[Metric, MetricValues, tuple[Problem, ...]]:
    """The values of a function for one part of the frames; see `metric_from_function`.

    Args:
        text: `file.py:function`, or the name of a metric that a package supplies.
        of: The dataset, and the inference set that is measured.
        shard: Which frames.
        declared: Declarations of metrics.
        watch: Told the progress, and asked whether to stop.

    Returns:
        The metric, its values, which are absent for all other frames, and what was left out.

    Raises:
        UsageError: `text` does not have this form, or names no function.
        InputError: The file cannot be run.
        CancelledError: `watch` asked to stop.
    """
    dataset = of[0]
    found = _gathered(text, of, shard.rows(len(dataset.frames)), watch)
    whole = finished([found], dataset, declared, UserMetrics())
    metric = whole.metrics[0]
    return metric, whole.values[metric.name], found.problems()


def _gathered(text: str, of: tuple[Dataset, InferenceSet], rows: range, watch: Watch) -> MetricGatherer:
    """What the function named by a text gives for some frames."""
    with _function(text) as (name, function):
        found = gathering(metric_name(name), of[0])
        _run(function, found, of, rows, watch)
    return found


@contextmanager
def _function(text: str) -> Iterator[tuple[str, MetricFunction]]:
    """The function that a text names, and the name of its metric; what it imports is there meanwhile.

    Raises:
        UsageError: It names none.
        InputError: Its file or package cannot be run.
    """
    path, _, name = text.rpartition(":")
    if not path:
        yield text, _supplied(text)
        return
    if not name.isidentifier():
        raise UsageError(f'"{visible(text)}" does not name a function.', "Write it as file.py:function.")
    with _imported(Path(path)) as module:
        function = getattr(module, name, None)
        if not callable(function):
            raise UsageError(f"{visible(path)} has no function {visible(name)}.")
        yield name, function


GROUP = "aquarium_tui.metrics"
"""The group of entry points by which packages supply metrics; one is loaded when it is named."""


def _supplied(name: str) -> MetricFunction:
    """The metric that a package supplies under this name."""
    point = next(iter(entry_points(group=GROUP, name=name)), None)
    if point is None:
        known = ", ".join(visible(each.name) for each in entry_points(group=GROUP))
        offer = f" Packages supply {known}." if known else ""
        raise UsageError(
            f'"{visible(name)}" does not name a function.', f"Write it as file.py:function.{offer}"
        )
    try:
        function = point.load()
    except (Exception, SystemExit) as error:  # another package's code may raise anything
        raise InputError(
            f"The metric {visible(name)} of {visible(point.value)} cannot be imported: "
            f"{visible(_told(error))}.",
            "Update or uninstall the package that supplies it.",
        ) from error
    if not callable(function):
        raise InputError(f"{visible(point.value)} is not a function.")
    found: MetricFunction = function
    return found


def _run(
    function: MetricFunction,
    found: MetricGatherer,
    of: tuple[Dataset, InferenceSet],
    rows: range,
    watch: Watch,
) -> None:
    dataset, inferences = of
    read = kind_of(dataset.project).metric_inputs(dataset, inferences)
    watch.progress(0, len(rows))
    for done, row in enumerate(rows):
        watch.check()
        place = f"frame {dataset.frames.id[row]}"
        try:
            pair = read(row)
        except InputError as error:
            found.reject("frames whose masks are missing or cannot be read", f"{place} ({error.message})")
            continue
        try:
            with redirect_stdout(sys.stderr):
                value = function(_frame(dataset, row), *pair)
        except (Exception, SystemExit) as error:  # the user's code may raise anything
            found.reject("frames on which the function failed", f"{place} ({_told(error)})")
        else:
            found.add(row, place, value)
        watch.progress(done + 1, len(rows))


def _told(error: BaseException) -> str:
    """The error, and the line of the user's file that raised it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error}, {Path(last.filename).name} line {last.lineno}"


@contextmanager
def _imported(path: Path) -> Iterator[ModuleType]:
    """The module at `path`; while the block runs, it can import what is in its folder."""
    name = f"metric_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if not is_file(path) or spec is None or spec.loader is None:
        raise InputError(f"There is no Python file {visible(str(path))}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent.absolute()))
    try:
        try:
            with redirect_stdout(sys.stderr):
                spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:  # the user's code may raise anything
            raise InputError(f"{visible(str(path))} cannot be run: {visible(_told(error))}.") from error
        yield module
    finally:
        sys.path.remove(str(path.parent.absolute()))
        del sys.modules[name]


def _frame(dataset: Dataset, row: int) -> MetricFrame:
    frames = dataset.frames
    return MetricFrame(
        id=str(frames.id[row]),
        path=frames.path[row] or "",
        width=int(frames.width[row]),
        height=int(frames.height[row]),
        metadata={key: column[row] for key, column in frames.metadata.items()},
        classes=tuple(class_names(dataset.project.class_map)),
    )
