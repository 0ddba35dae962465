"""What a row of the benchmarks does in its own process: where its data are, and one run of its work."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.parts import folder_of

Figures = Mapping[str, float]
"""What one run measured, by the name of the figure; `PEAK` may be among them."""
Work = Callable[[], Figures]
"""Performs one run.

Raises:
    NotMeasuredError: What was to be measured did not happen.
"""

FRAMES = 5_000
"""Frames of a dataset at scale 1."""
TIME, PEAK = "time", "peak"
"""Seconds, and the peak memory in MB of a process that the run started, 0 where it is not known.

Without it, the peak memory of a row is that of its own process.
"""

Fresh = TypeVar("Fresh")


class NotMeasuredError(Exception):
    """A run has no figure, and this is why."""


@dataclass(frozen=True)
class Site:
    """Where a row works.

    Attributes:
        data: The folder of all generated data.
        frames: How many frames a dataset of this scale has.
        temporary: An empty folder that is deleted with the process.
    """

    data: Path
    frames: int
    temporary: Path

    def part(self, name: str) -> Path:
        """The folder of one part of the data, which the row's `needs` names."""
        return folder_of(self.data, name, self.frames)


def timed(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> Work:
    """Times `work`, which may be run any number of times.

    Args:
        work: What is timed.
        clock: `time.process_time` counts the processor's time instead, of all threads.
    """
    return timed_with(lambda: None, lambda _: work(), clock)


def timed_with(
    make: Callable[[], Fresh],
    work: Callable[[Fresh], object],
    clock: Callable[[], float] = time.perf_counter,
) -> Work:
    """Times `work` on what `make` returns, which is made again for each run and not timed."""

    def once() -> Figures:
        fresh = make()
        gc.collect()  # else a run may pay for the garbage of the one before
        start = clock()
        work(fresh)
        return {TIME: clock() - start}

    return once
