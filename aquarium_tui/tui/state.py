"""What the interface shows at one moment: one frozen value, made in a thread, drawn by every screen."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.selection import Binding
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.query.fields import Scope
from aquarium_tui.query.query import Selection, compile_query

CHANGED = (Change.BROKEN, Change.FIXED, Change.MOVED)
ERRORS = (Outcome.CONFUSED, Outcome.MISSED, Outcome.SPURIOUS)


@dataclass(frozen=True)
class Chosen:
    """Which dataset and inference sets are looked at; `other` is empty where only one is chosen."""

    project: str
    dataset: str
    base: str = ""
    other: str = ""
    settings: Settings | None = None
    query: str = ""

    @property
    def title(self) -> str:
        """The dataset as commands name it."""
        return f"{self.project}/{self.dataset}"

    def with_set(self, side: Side, id_: str) -> "Chosen":
        """Another set on one side; a set never stands on both."""
        if side == "base":
            return replace(self, base=id_, other=self.base if id_ == self.other else self.other)
        return replace(self, other=id_, base=self.other if id_ == self.base and self.other else self.base)


@dataclass(frozen=True)
class View:
    """A comparison ready to be drawn: everything the first screens ask of it has been computed.

    Attributes:
        chosen: Where it comes from.
        comparison: The numbers, of the frames that the query selects.
        binding: All of the dataset, as queries see it.
        marked: `(objects,)` bool, rows of the ledger worth stopping at: what satisfies a query of objects;
            else what changed, or with one set is wrong, in the frames that count.
        selection: What the query selects; None without one.
        ordered: Whether the query says in which order.
        of_objects: Whether the query asks for objects.
        sets: Ids of all inference sets of the dataset, in order of upload.
        warnings: Sentences that matter while looking at it.
    """

    chosen: Chosen
    comparison: Comparison
    binding: Binding
    marked: NDArray[np.bool_]
    selection: Selection | None = None
    ordered: bool = False
    of_objects: bool = False
    sets: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def marked_word(self) -> str:
        """What the marked objects are, in a word."""
        if self.of_objects:
            return "selected"
        return "changed" if self.comparison.other else "errors"


def made_view(chosen: Chosen, binding: Binding, sets: tuple[str, ...]) -> View:
    """The view of a comparison under the query that was chosen, with what every screen needs computed.

    Raises:
        QueryError: The query cannot be understood.
    """
    whole = binding.comparison
    _ = binding.schema
    if not chosen.query:
        return View(chosen, primed(whole), binding, changed(whole), sets=sets)
    query = compile_query(chosen.query, binding.schema)
    selection = binding.select(query)
    comparison = whole.within(selection.frames)
    of_objects = query.scope == Scope.OBJECT
    return View(
        chosen,
        primed(comparison),
        binding,
        marked=selection.objects if of_objects else changed(comparison),
        selection=selection,
        ordered=bool(query.keys),
        of_objects=of_objects,
        sets=sets,
    )


def changed(comparison: Comparison) -> NDArray[np.bool_]:
    """`(objects,)` bool: what changed in the frames that are counted; with one set, what is wrong."""
    ledger = comparison.counted
    if comparison.other:
        return np.isin(ledger.change, CHANGED)
    return np.isin(ledger.base_outcome, ERRORS) & (ledger.base_cell >= 0)


def primed(comparison: Comparison) -> Comparison:
    """The comparison with what every screen needs computed."""
    _ = comparison.delta, comparison.ledger, comparison.scores, comparison.frame_scores
    if comparison.other:
        _ = comparison.cells
    return comparison
