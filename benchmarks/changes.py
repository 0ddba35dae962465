"""What moved between two runs, beyond noise."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.runs import Result, Run, Sample
from benchmarks.table import ROWS, TIME

LEAST_RUNS = 3
_LEAST = 0.10
"""A figure that moved by less than this share has not moved: runs of the same code differ by as much."""
_LEAST_MEMORY = 10.0
"""MB; peak memory differs by a few MB with the order in which threads allocate."""

_ABSENT = Result(failed="not in the run")


@dataclass(frozen=True)
class Change:
    """One figure that moved.

    Attributes:
        row: The row's name.
        figure: The figure's, or `peak`.
        before: Its median in the earlier run.
        after: Its median now.
        unit: Of both.
    """

    row: str
    figure: str
    before: float
    after: float
    unit: str

    @property
    def worse(self) -> bool:
        """Whether it grew."""
        return self.after > self.before


def changes(before: Run, after: Run) -> list[Change]:
    """What moved, in the order of the table.

    A figure moved if its median did by more than 10 % and by more than the sum of both interquartile ranges,
    and if each median lies outside the other run's values. A busy machine slows everything down, so the same
    must hold, in the same direction, of its multiples of the reference; or, where it has no reference, after
    its values have been divided by the drift of the references of all rows.

    Raises:
        ValueError: The runs are of different scales, or too short to tell a change from noise.
    """
    if before.scale != after.scale:
        raise ValueError(f"the runs differ in scale: {before.scale:g} before, {after.scale:g} now.")
    if min(before.repeat, after.repeat) < LEAST_RUNS:
        raise ValueError(
            f"noise cannot be judged from fewer than {LEAST_RUNS} runs of each row: see --repeat."
        )
    by = drift(before, after)
    return [
        change
        for name in ROWS
        if name in before.results and name in after.results
        for change in _of_row(name, before.results[name], after.results[name], by)
    ]


def drift(before: Run, after: Run) -> float:
    """How much longer the references take now: the median of their quotients; 1 where there are none."""
    earlier, now = (
        {name: found.reference.figures for name, found in run.results.items() if found.reference}
        for run in (before, after)
    )
    both = [(earlier[name].get(TIME), now[name].get(TIME)) for name in now if name in earlier]
    return median([b.median / a.median for a, b in both if a and b and a.median] or [1.0])


def unmatched(before: Run, after: Run) -> list[str]:
    """Names of rows measured now or failed now that have no counterpart before, in the order of the table."""
    return [
        name
        for name in ROWS
        if name in after.results
        and bool(after.results[name].failed) != bool(before.results.get(name, _ABSENT).failed)
    ]


def _of_row(name: str, before: Result, after: Result, by: float) -> Iterator[Change]:
    for figure in ROWS[name].figures:
        was, now = (result.ours.figures.get(figure.name) for result in (before, after))
        if was is None or now is None:
            continue
        levelled = before.ratio(figure.name), after.ratio(figure.name)
        if None in levelled:
            levelled = was, Sample(tuple(value / by for value in now.values)) if figure.unit == "s" else now
        if _moved(was, now) and _moved(was, now) == _moved(*levelled):
            yield Change(name, figure.name, was.median, now.median, figure.unit)
    if before.ours.peak is None or after.ours.peak is None:
        return
    shift = abs(after.ours.peak - before.ours.peak)
    if shift > max(_LEAST * before.ours.peak, _LEAST_MEMORY):
        yield Change(name, "peak", before.ours.peak, after.ours.peak, "MB")


def _moved(before: Sample | None, after: Sample | None) -> int:
    """1 if it grew beyond noise, -1 if it shrank, 0 if neither."""
    if before is None or after is None:
        return 0
    shift = after.median - before.median
    noise = (before.spread or 0.0) + (after.spread or 0.0)
    apart = not (before.holds(after.median) or after.holds(before.median))
    if not apart or abs(shift) <= max(noise, _LEAST * before.median):
        return 0
    return 1 if shift > 0 else -1
