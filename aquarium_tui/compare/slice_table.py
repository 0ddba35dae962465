"""The slices of a comparison with their figures: ready-made ones, and those that a search finds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.slice_figures import SliceFigures, slice_figures
from aquarium_tui.compare.objects.slices import Slice
from aquarium_tui.compare.ready_slices import ReadySlice, ready_slices
from aquarium_tui.compare.slice_rows import SliceMaker
from aquarium_tui.compare.slice_search import SliceSearch, search_slices
from aquarium_tui.errors import CancelledError, UsageError
from aquarium_tui.model.settings import Side
from aquarium_tui.query.query import compile_query


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
    replicates: int = 1000,
    classes: bool = True,
) -> SliceTable:
    """The ready-made slices.

    Args:
        binding: The whole dataset as queries see it.
        comparison: The frames that are counted.
        cancelled: Asked now and then whether to stop.
        replicates: How often the frames are drawn anew.
        classes: Whether each class is a slice of its own.

    Raises:
        UsageError: Masks are compared, which have no objects.
        CancelledError: `cancelled` said so.
    """
    slices = [each for each in ready_slices(binding) if classes or each.about != "class"]
    return _table(binding, _of_objects(comparison), slices, None, cancelled, replicates=replicates)


def found_table(
    binding: Binding[Any], comparison: Comparison, cancelled: Callable[[], bool] = lambda: False
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
    return _table(binding, of_objects, slices, search, cancelled)


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


def _table(
    binding: Binding[ObjectComparison],
    comparison: ObjectComparison,
    slices: Sequence[ReadySlice],
    search: SliceSearch | None,
    cancelled: Callable[[], bool],
    *,
    replicates: int = 1000,
) -> SliceTable:
    maker = SliceMaker(binding)
    parts = []
    for each in slices:
        if cancelled():
            raise CancelledError
        parts.append(maker.slice_of(compile_query(each.condition, binding.schema)))
    figures = slice_figures(comparison, parts, replicates, cancelled=cancelled)
    there = np.flatnonzero(figures.support) if search is None else np.arange(len(parts))
    if len(there) < len(parts):
        kept = there.tolist()
        slices, parts = [slices[at] for at in kept], [parts[at] for at in kept]
        figures = figures.rows(there)
    return SliceTable(tuple(slices), tuple(parts), figures, search)
