"""What a choice leads to: one frozen value that every command prints from and every screen draws."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.comparability import Remark
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import Settings
from aquarium_tui.query.fields import Scope
from aquarium_tui.query.query import Selection, compile_query
from aquarium_tui.session.choice import Choice

CHANGED = (Change.BROKEN, Change.FIXED, Change.MOVED)
ERRORS = (Outcome.CONFUSED, Outcome.MISSED, Outcome.SPURIOUS)


@dataclass(frozen=True)
class View:
    """A comparison ready to be drawn: everything the first screens ask of it has been computed.

    Attributes:
        choice: Where it comes from; its sets and settings are named, none of them is left open.
        comparison: The numbers, counted over the frames that the query selects.
        binding: The whole dataset as queries see it.
        selection: What the query selects; None without a query.
        ordered: Whether the query states an order.
        sets: Ids of all inference sets of the dataset, in order of upload.
        remarks: What stands in the way of comparing the two sets.
    """

    choice: Choice
    comparison: ObjectComparison | PixelComparison
    binding: Binding[Any]
    selection: Selection | None = None
    ordered: bool = False
    sets: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def settings(self) -> Settings | None:
        """Thresholds and rule; None for masks, which have neither."""
        return self.comparison.settings if isinstance(self.comparison, ObjectComparison) else None

    @property
    def frame_order(self) -> NDArray[np.int64]:
        """`(frames,)` int64: rows of the frames that the query selects, in its order."""
        if self.selection is None:
            return np.arange(len(self.comparison.dataset.frames))
        return self.selection.frame_order

    @property
    def warning(self) -> str:
        """What matters of the remarks under these settings, in a few words."""
        settings = self.settings or self.comparison.dataset.project.settings
        words = [remark.what for remark in self.remarks if remark.matters(settings)]
        return f"! {', '.join(words)}" if words else ""

    @property
    def found(self) -> str:
        """What the query leaves, in words."""
        if self.selection is None:
            return "all frames"
        frames = len(self.comparison.dataset.frames)
        return f"{grouped(self.comparison.frame_count)} of {grouped(frames)} frames"


@dataclass(frozen=True)
class MaskView(View):
    """A comparison of masks."""

    comparison: PixelComparison
    binding: Binding[PixelComparison]


@dataclass(frozen=True)
class ObjectView(View):
    """A comparison of objects.

    Attributes:
        marked: `(objects,)` bool, rows of the ledger worth stopping at: what satisfies a query of objects;
            else what changed, or with one set is wrong, in the frames that count.
        of_objects: Whether the query asks for objects.
    """

    comparison: ObjectComparison
    binding: Binding[ObjectComparison]
    marked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    of_objects: bool = False

    @property
    def marked_word(self) -> str:
        """What the marked objects are, in a word."""
        if self.of_objects:
            return "selected"
        return "changed" if self.comparison.other else "errors"

    @property
    def found(self) -> str:
        """What the query leaves: frames, and objects where it asks for objects."""
        objects = f", {grouped(int(self.marked.sum()))} objects" if self.selection else ""
        return super().found + objects


def mask_view(choice: Choice, binding: Binding[PixelComparison]) -> MaskView:
    """The view of a comparison of masks under the query that was chosen, with what every screen needs.

    Raises:
        QueryError: The query cannot be understood.
    """
    whole = binding.comparison
    _ = binding.schema, whole.frame_scores, whole.frame_diffs
    if not choice.query:
        return MaskView(choice, primed_masks(whole), binding)
    query = compile_query(choice.query, binding.schema)
    selection = binding.select(query)
    comparison = primed_masks(whole.within(selection.frames))
    return MaskView(choice, comparison, binding, selection, bool(query.keys))


def primed_masks(comparison: PixelComparison) -> PixelComparison:
    """The comparison with what every screen needs computed."""
    _ = comparison.delta, comparison.scores, comparison.diffs
    if comparison.other:
        _ = comparison.cells
    return comparison


def object_view(choice: Choice, binding: Binding[ObjectComparison]) -> ObjectView:
    """The view of a comparison of objects under the query that was chosen, with what every screen needs.

    Raises:
        QueryError: The query cannot be understood.
    """
    whole = binding.comparison
    _ = binding.schema
    if not choice.query:
        return ObjectView(choice, primed(whole), binding, marked=changed(whole))
    query = compile_query(choice.query, binding.schema)
    selection = binding.select(query)
    comparison = whole.within(selection.frames)
    of_objects = query.scope == Scope.OBJECT
    return ObjectView(
        choice,
        primed(comparison),
        binding,
        selection,
        bool(query.keys),
        marked=selection.objects if of_objects else changed(comparison),
        of_objects=of_objects,
    )


def changed(comparison: ObjectComparison) -> NDArray[np.bool_]:
    """`(objects,)` bool: what changed in the frames that are counted; with one set, what is wrong."""
    ledger = comparison.counted
    if comparison.other:
        return np.isin(ledger.change, CHANGED)
    return np.isin(ledger.base_outcome, ERRORS) & (ledger.base_cell >= 0)


def primed(comparison: ObjectComparison) -> ObjectComparison:
    """The comparison with what every screen needs computed."""
    _ = comparison.delta, comparison.ledger, comparison.scores, comparison.frame_scores
    if comparison.other:
        _ = comparison.cells
    return comparison
