"""The slices of a comparison with their figures: ready-made ones, and those that a search finds.

Whoever looks at thousands of slices finds some that differ by chance. So half of the frames proposes slices,
and the other half, which the proposal has not seen, tests them.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.certainty.table import LEAST_FRAMES, LEVEL_OF_Q, adjusted, student_p_values
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.slice_figures import SliceFigures, slice_figures
from aquarium_tui.compare.objects.slices import Slice
from aquarium_tui.compare.slice_rows import ReadySlice, SliceMaker, ready_slices
from aquarium_tui.errors import CancelledError, UsageError
from aquarium_tui.model.arrays import Flags, Floats
from aquarium_tui.model.outcomes import Change
from aquarium_tui.model.settings import Side
from aquarium_tui.query.fields import Scope
from aquarium_tui.query.query import compile_query

LEAST_OBJECTS, LEAST_CANDIDATE_FRAMES = 30, 10
"""A slice with fewer labels or frames is no candidate: too few to act on, and to test a half of."""

TESTED = 50
"""Candidates that are tested: more would cost each of them more in the correction for many tests."""

_SAME = 0.8
"""Overlap (intersection over union of labels) from which two candidates are one, and the better is kept."""
_NESTED = 0.9
"""Share of the smaller slice from which a pair of conditions says no more than one of them."""
_LOOKED_AT = 400
"""Candidates whose frames are looked at: several times those that are tested, as many are nearly the same."""
_BLOCK = 1 << 14
"""Labels multiplied together: 500 levels of them take 32 MB."""


@dataclass(frozen=True)
class FoundSlice:
    """A slice whose delta of recall differs from that of all other labels.

    Attributes:
        condition: As a query states it.
        title: In words.
        support: Labels in it, of all counted frames.
        delta: Other's recall minus base's in the slice, in the half of the frames that tested it.
        rest: The same of all other labels.
        p: Two-sided p-value of their difference, in that half.
        q: The same, adjusted for all candidates that were tested.
    """

    condition: str
    title: str
    support: int
    delta: float
    rest: float
    p: float
    q: float


@dataclass(frozen=True)
class SliceSearch:
    """What a search came to.

    Attributes:
        found: The slices that differ for sure, the smallest p-value first.
        candidates: How many were looked at.
        tested: How many were tested.
    """

    found: tuple[FoundSlice, ...]
    candidates: int
    tested: int


@dataclass(frozen=True, eq=False)
class _Labels:
    """The labels that count.

    Attributes:
        change: `(labels,)` float32: 1 correct under other alone, -1 under base alone, else 0.
        unit: `(labels,)` int64 the frame, or group of frames, of each.
        frame: `(labels,)` int64.
    """

    change: NDArray[np.float32]
    unit: NDArray[np.int64]
    frame: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.change)

    def among(self, rows: Flags) -> "_Labels":
        return _Labels(self.change[rows], self.unit[rows], self.frame[rows])


def search_slices(
    binding: Binding[ObjectComparison],
    comparison: ObjectComparison,
    seed: int = 0,
    cancelled: Callable[[], bool] = lambda: False,
    levels: Sequence[ReadySlice] | None = None,
) -> SliceSearch:
    """Search single conditions and pairs of them.

    Args:
        binding: The comparison of two sets, as queries see it.
        comparison: The frames that are counted.
        seed: Of the halves.
        cancelled: Asked now and then whether to stop.
        levels: The conditions to combine; by default all ready-made slices, and halves of all numbers.

    Raises:
        CancelledError: `cancelled` said so.
    """
    levels = ready_slices(binding, halves=True) if levels is None else levels
    rows = _rows(comparison)
    labels = _labels(comparison, rows)
    inside = _inside(binding, rows, levels, cancelled)
    first = _half(labels.unit, seed)
    candidates, scores = _scored(levels, inside[:, first], labels.among(first), cancelled)
    chosen = _chosen(candidates[np.argsort(-np.abs(scores), kind="stable")], inside, labels, first, cancelled)
    tested = [_tested(mask[~first], labels.among(~first)) for _, mask in chosen]
    p = np.array([each[2] for each in tested])
    q = adjusted(p, np.ones(len(p), bool))
    found = [
        FoundSlice(*_named(levels, pair), int(mask.sum()), *tested[at][:2], float(p[at]), float(q[at]))
        for at, (pair, mask) in enumerate(chosen)
        if q[at] <= LEVEL_OF_Q
    ]
    return SliceSearch(tuple(sorted(found, key=lambda each: each.p)), len(candidates), len(chosen))


def _rows(comparison: ObjectComparison) -> NDArray[np.intp]:
    ledger = comparison.ledger
    counted = (ledger.label >= 0) & (ledger.base_cell >= 0)
    if comparison.frames is not None:
        counted &= comparison.frames[ledger.frame]
    return np.flatnonzero(counted)


def _labels(comparison: ObjectComparison, rows: NDArray[np.intp]) -> _Labels:
    change = comparison.ledger.change[rows]
    direction = (change == Change.FIXED).astype(np.float32) - (change == Change.BROKEN)
    frame = comparison.ledger.frame[rows].astype(np.int64)
    groups = comparison.groups
    if groups is None:
        return _Labels(direction, frame, frame)
    number = np.arange(len(comparison.dataset.frames))
    number = number if comparison.frames is None else np.cumsum(comparison.frames) - 1
    return _Labels(direction, groups.of_frame[number[frame]].astype(np.int64), frame)


def _inside(
    binding: Binding[ObjectComparison],
    rows: NDArray[np.intp],
    levels: Sequence[ReadySlice],
    cancelled: Callable[[], bool],
) -> NDArray[np.bool_]:
    """`(levels, labels)`: which labels each condition holds for."""
    frame = binding.frame[rows]
    found = np.zeros((len(levels), len(rows)), bool)
    for at, level in enumerate(levels):
        if cancelled():
            raise CancelledError
        query = compile_query(level.condition, binding.schema)
        of_frames = query.scope == Scope.FRAME
        mask = query.condition.mask(binding, query.scope)
        found[at] = mask[frame] if of_frames else mask[rows]
    return found


def _half(unit: NDArray[np.int64], seed: int) -> Flags:
    """`(labels,)`: those in a random half of the units, which stay whole."""
    units = np.unique(unit)
    chosen = np.random.default_rng(seed).permutation(units)[: (len(units) + 1) // 2]
    return np.isin(unit, chosen)


def _scored(
    levels: Sequence[ReadySlice], inside: NDArray[np.bool_], labels: _Labels, cancelled: Callable[[], bool]
) -> tuple[NDArray[np.int64], Floats]:
    """The candidates, `(n, 2)` levels each (one twice where it stands alone), and how far each differs.

    All pairs come from three products of matrices. Labels of one frame are taken to be independent here:
    that ranks the candidates well enough to say whose frames are worth looking at.
    """
    size, total, moved = (np.zeros((len(levels), len(levels))) for _ in range(3))
    for start in range(0, len(labels), _BLOCK):
        if cancelled():
            raise CancelledError
        block = inside[:, start : start + _BLOCK].astype(np.float32)
        change = labels.change[start : start + _BLOCK]
        size += block @ block.T
        total += (block * change) @ block.T
        moved += (block * np.abs(change)) @ block.T
    alone = np.diagonal(size)
    about = np.unique([level.about for level in levels], return_inverse=True)[1]
    nested = size > _NESTED * np.minimum(alone[:, None], alone[None, :])
    pairs = np.triu((about[:, None] != about[None, :]) & ~nested, 1) | np.eye(len(levels), dtype=bool)
    # Half of the labels: those of the other half are counted once the best are known.
    there = pairs & (size >= LEAST_OBJECTS / 2) & (len(labels) - size >= LEAST_OBJECTS / 2)
    one, two = np.nonzero(there)
    n, s, a = size[there], total[there], moved[there]
    rest = len(labels) - n, labels.change.sum() - s, np.abs(labels.change).sum() - a
    variance = _variance(n, s, a) + _variance(*rest)
    scores = (s / n - rest[1] / rest[0]) / np.sqrt(variance)
    return np.stack([one, two], axis=1), scores


def _variance(n: Floats, total: Floats, moved: Floats) -> Floats:
    """Of means of changes; one change more than there are keeps it above 0 where nothing changed."""
    return ((moved + 1) / (n + 1) - (total / n) ** 2 * (n / (n + 1))) / n


def _chosen(
    ranked: NDArray[np.int64],
    inside: NDArray[np.bool_],
    labels: _Labels,
    first: Flags,
    cancelled: Callable[[], bool],
) -> list[tuple[tuple[int, int], Flags]]:
    """The candidates to test, with the labels in each, as they rank by frames in the half that proposes."""
    seen: list[tuple[float, tuple[int, int], Flags]] = []
    mine = labels.among(first)
    for one, two in ranked[:_LOOKED_AT].tolist():
        if cancelled():
            raise CancelledError
        mask = inside[one] & inside[two]
        frames = len(np.unique(labels.frame[mask]))
        if mask.sum() >= LEAST_OBJECTS and frames >= LEAST_CANDIDATE_FRAMES:
            seen.append((_tested(mask[first], mine)[2], (one, two), mask))
    found: list[tuple[tuple[int, int], Flags]] = []
    for _, pair, mask in sorted(seen, key=lambda each: each[0]):
        if len(found) < TESTED and not any(_overlap(mask, other) > _SAME for _, other in found):
            found.append((pair, mask))
    return found


def _overlap(one: Flags, two: Flags) -> float:
    return float((one & two).sum() / max((one | two).sum(), 1))


def _tested(mask: Flags, labels: _Labels) -> tuple[float, float, float]:
    """Mean change inside and outside, and the p-value of the difference, by frames or groups of them.

    The difference of two ratio means over clusters: its variance is the sum over the clusters of their
    squared influence (the linearisation of Woodruff 1971), its distribution Student's with as many degrees
    of freedom as clusters have a part in the slice, less one.
    """
    size, others = int(mask.sum()), int((~mask).sum())
    if not size or not others:
        return np.nan, np.nan, 1.0
    means = float(labels.change[mask].mean()), float(labels.change[~mask].mean())
    influence = np.where(mask, (labels.change - means[0]) / size, (means[1] - labels.change) / others).astype(
        np.float64
    )
    clusters = np.bincount(labels.unit, influence)
    there = len(np.unique(labels.unit[mask]))
    moved = len(np.unique(labels.unit[mask & (labels.change != 0)]))
    if there < LEAST_FRAMES or moved < LEAST_FRAMES:
        return *means, 1.0
    error = np.sqrt((clusters**2).sum() * there / (there - 1))
    p = student_p_values(np.array([abs(means[0] - means[1]) / error]), np.array([there - 1]))
    return *means, float(p[0])


def _named(levels: Sequence[ReadySlice], pair: tuple[int, int]) -> tuple[str, str]:
    """The condition and the words of a candidate."""
    parts = [levels[at] for at in dict.fromkeys(pair)]
    words = " and ".join(f"{each.about} {each.title}".strip() for each in parts)
    return " and ".join(each.condition for each in parts), words


@dataclass(frozen=True, eq=False)
class SliceTable:
    """Slices with their figures; those without objects are left out.

    Attributes:
        slices: The slices.
        parts: The objects in each.
        figures: Their figures, `(slices,)` each.
        search: What the search for them came to; None for ready-made ones.
    """

    slices: tuple[ReadySlice, ...]
    parts: tuple[Slice, ...]
    figures: SliceFigures
    search: SliceSearch | None = None

    def __len__(self) -> int:
        return len(self.slices)

    def q(self, row: int, name: str = "recall") -> float:
        """The q-value of a delta: of a slice that was found, that of its test on frames not searched."""
        if self.search is not None:
            return self.search.found[row].q
        known = self.figures.certainty.get(name)
        return float("nan") if known is None else float(known.q[row])


def ready_table(
    binding: Binding[Any],
    comparison: Comparison,
    cancelled: Callable[[], bool] = lambda: False,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    replicates: int = 1000,
    classes: bool = True,
) -> SliceTable:
    """The ready-made slices.

    Args:
        binding: The whole dataset as queries see it.
        comparison: The frames that are counted.
        cancelled: Asked now and then whether to stop.
        progress: Told how many steps of how many are done.
        replicates: How often the frames are drawn anew.
        classes: Whether each class is a slice of its own.

    Raises:
        UsageError: Masks are compared, which have no objects.
        CancelledError: `cancelled` said so.
    """
    slices = [each for each in ready_slices(binding) if classes or each.about != "class"]
    return _table(binding, _of_objects(comparison), slices, None, cancelled, progress, replicates)


def found_table(
    binding: Binding[Any],
    comparison: Comparison,
    cancelled: Callable[[], bool] = lambda: False,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> SliceTable:
    """The slices that a search finds, the smallest p-value first; arguments as of `ready_table`.

    Raises:
        UsageError: There is no other set, or masks are compared, which have no objects.
        CancelledError: `cancelled` said so.
    """
    of_objects = _of_objects(comparison)
    of_objects.inferences("other")
    search = search_slices(binding, of_objects, cancelled=cancelled)
    slices = [ReadySlice("found", each.condition, each.title) for each in search.found]
    return _table(binding, of_objects, slices, search, cancelled, progress)


def precisions(
    comparison: Comparison, table: SliceTable, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[dict[Side, float]]:
    """AP of each slice by side, one after the other: COCO's matching is made anew for each.

    Raises:
        CancelledError: `cancelled` said so.
    """
    of_objects = _of_objects(comparison)
    for part in table.parts:
        if cancelled():
            raise CancelledError
        narrowed = of_objects.sliced(part)
        yield {side: narrowed.average_precision(side).total["AP"] for side in of_objects.sides}


def _of_objects(comparison: Comparison) -> ObjectComparison:
    if not isinstance(comparison, ObjectComparison):
        raise UsageError(f"There are no slices of objects: {comparison.no_objects}.")
    return comparison


def _table(  # noqa: PLR0917
    binding: Binding[ObjectComparison],
    comparison: ObjectComparison,
    slices: Sequence[ReadySlice],
    search: SliceSearch | None,
    cancelled: Callable[[], bool],
    progress: Callable[[int, int], None],
    replicates: int = 1000,
) -> SliceTable:
    maker = SliceMaker(binding)
    parts = []
    # Whether to stop is asked for each slice, for its counts, and for each draw of the frames.
    total, steps = 2 * len(slices) + replicates, itertools.count()

    def stopped() -> bool:
        progress(min(next(steps), total), total)
        return cancelled()

    for each in slices:
        if stopped():
            raise CancelledError
        parts.append(maker.slice_of(compile_query(each.condition, binding.schema)))
    figures = slice_figures(comparison, parts, replicates, cancelled=stopped)
    there = np.flatnonzero(figures.support) if search is None else np.arange(len(parts))
    if len(there) < len(parts):
        kept = there.tolist()
        slices, parts = [slices[at] for at in kept], [parts[at] for at in kept]
        figures = figures.rows(there)
    return SliceTable(tuple(slices), tuple(parts), figures, search)
