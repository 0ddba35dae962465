"""A metric computed by the user's own Python function, fenced: its errors are counted and stop nothing."""

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.frame_masks import MaskStack
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.ingest.metrics import (
    Declaration,
    MetricGatherer,
    UserMetrics,
    finished,
    gathering,
    metric_name,
)
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.model.boxes import Boxes
from aquarium_tui.model.classes import class_names
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects
from aquarium_tui.work.watch import Watch

MetricFunction = Callable[[Any, Any, Any], object]


@dataclass(frozen=True)
class MetricFrame:
    """A frame as a metric's function is given it.

    Attributes:
        id: Of the frame.
        path: Of its image; may be empty.
        width: In pixels, 0 where not known.
        height: The same.
        metadata: Further values by name, None where there is none.
        classes: Names of the evaluated classes in order, background last.
    """

    id: str
    path: str
    width: int
    height: int
    metadata: Mapping[str, object]
    classes: tuple[str, ...]


@dataclass(frozen=True)
class MetricObjects:
    """The labels or the inferences of a frame as a metric's function is given them; arrays are read-only.

    Attributes:
        class_index: `(n,)` int32 position in `MetricFrame.classes`, -1 of an ignored class.
        box: `(n, 4)` float64 left, top, right, bottom in pixels.
        confidence: `(n,)` float64; empty for labels.
        crowd: `(n,)` bool; empty for inferences.
    """

    class_index: NDArray[np.int32]
    box: Boxes
    confidence: NDArray[np.float64]
    crowd: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.box)


def metric_from_function(
    text: str,
    dataset: Dataset,
    inferences: InferenceSet,
    declared: Sequence[Declaration],
    watch: Watch,
) -> UserMetrics:
    """The values of a function `metric(frame, labels, inferences)` for every frame.

    It is given a `MetricFrame` and, of objects, two `MetricObjects`; of masks, two arrays `(height, width)`
    int32 of positions in the frame's classes, -1 where a label leaves every count. It returns a number, a
    matrix of the classes with or without background, or None.

    Args:
        text: `file.py:function`.
        dataset: Frames and labels.
        inferences: What is measured.
        declared: What is said of the metric.
        watch: How the work is watched.

    Raises:
        UsageError: `text` is not of that form, or names no function.
        InputError: The file cannot be run, or the function gave no value at all.
        CancelledError: `watch.cancelled` said so.
    """
    path, _, name = text.rpartition(":")
    if not path or not name.isidentifier():
        raise UsageError(f'"{visible(text)}" names no function.', "Write it as file.py:function.")
    with _imported(Path(path)) as module:
        function = getattr(module, name, None)
        if not callable(function):
            raise UsageError(f"{visible(path)} has no function {visible(name)}.")
        found = gathering(metric_name(name), dataset)
        _run(function, found, (dataset, inferences), watch)
    if not len(found):
        reasons = "\n".join(problem.sentence() for problem in found.problems()) or "It always returned None."
        raise InputError(f"{visible(text)} gave no value.", reasons)
    note = f"{found.name} is computed by {visible(text)}"
    return finished([found], dataset, declared, UserMetrics(notes=(note,)))


def _run(
    function: MetricFunction, found: MetricGatherer, of: tuple[Dataset, InferenceSet], watch: Watch
) -> None:
    dataset, inferences = of
    read, frames = _reader(dataset, inferences), len(dataset.frames)
    watch.progress(0, frames)
    for row in range(frames):
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
        except (Exception, SystemExit) as error:  # whatever the user's code raises
            found.reject("frames on which the function failed", f"{place} ({_told(error)})")
        else:
            found.add(row, place, value)
        watch.progress(row + 1, frames)


def _told(error: BaseException) -> str:
    """The error, and the line of the user's file where it came up."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error}, {Path(last.filename).name} line {last.lineno}"


@contextmanager
def _imported(path: Path) -> Iterator[ModuleType]:
    """The module at `path`, whose folder is searched for what it imports as long as the block runs."""
    name = f"metric_file_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise InputError(f"There is no Python file {visible(str(path))}.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent.absolute()))
    try:
        try:
            with redirect_stdout(sys.stderr):
                spec.loader.exec_module(module)
        except (Exception, SystemExit) as error:  # whatever the user's code raises
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


def _reader(dataset: Dataset, inferences: InferenceSet) -> Callable[[int], tuple[object, object]]:
    """Gives the labels and inferences of a frame."""
    evaluated = dataset.project.class_map.evaluated
    stack = MaskStack.of(dataset, [inferences]) if dataset.masks else None

    def masks(row: int) -> tuple[object, object]:
        assert stack
        found = stack.frame(row, read_mask)
        return found.label, found.base

    def objects(row: int) -> tuple[object, object]:
        return _of_frame(dataset.labels, row, evaluated), _of_frame(inferences.objects, row, evaluated)

    return masks if stack else objects


def _of_frame(objects: Objects, row: int, evaluated: NDArray[np.int32]) -> MetricObjects:
    rows = slice(int(objects.starts[row]), int(objects.starts[row + 1]))
    return MetricObjects(
        class_index=_read_only(evaluated[objects.class_index[rows]]),
        box=_read_only(objects.box[rows]),
        confidence=_read_only(objects.confidence[rows]),
        crowd=_read_only(objects.crowd[rows]),
    )


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view
