"""What a choice leads to: one frozen value that every command prints from and every screen draws."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import Binding, bound
from aquarium_tui.compare.comparability import Remark
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import metric_certainty
from aquarium_tui.compare.objects.verdict import PolicyOutcome
from aquarium_tui.compare.reviews import Reviews
from aquarium_tui.compare.slice_rows import sliced
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.columns import Values
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.reviews import Edit
from aquarium_tui.model.settings import SIDES, Settings
from aquarium_tui.query.fields import FieldType, Scope
from aquarium_tui.query.query import Query, Selection, compile_query
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.thresholds import written_confidence

if TYPE_CHECKING:
    from aquarium_tui.kinds.report_columns import Evidence


@dataclass(frozen=True)
class View:
    """A comparison ready to be drawn: everything the first screens ask of it has been computed.

    Attributes:
        choice: Where it comes from; its sets and settings are named, none of them is left open.
        comparison: The numbers, counted over the frames that the query selects.
        binding: The whole dataset as queries see it, as far as it is in the slice.
        everything: The whole dataset as queries see it, whatever the slice.
        selection: What the query selects; None without a query.
        ordered: Whether the query states an order.
        ordered_by: The numbers of frames that it is ordered by, `(frames,)`, with how the query writes them.
        marked: `(objects,)` bool, rows of the ledger worth stopping at: what satisfies a query of objects;
            else what changed, or with one set is wrong, in the frames that count.
        asks_objects: Whether the query asks for objects.
        everything: The whole dataset as queries see it, whatever the slice.
        sets: Ids of all inference sets of the dataset, in order of upload.
        signature: What changes once the dataset or one of these sets is replaced, as `Session.signature`.
        remarks: What stands in the way of comparing the two sets.
        missing: What other machines were to count and have not, in sentences.
        unreadable: A sentence for each further inference set, and each segment, that cannot be read.
        read_only: Whether the store cannot be written, so that nothing can be saved.
        outcome: How near the policy that was asked for came; None where thresholds were given.
    """

    choice: Choice
    comparison: Comparison
    binding: Binding[Any]
    everything: Binding[Any]
    selection: Selection | None = None
    ordered: bool = False
    ordered_by: tuple[tuple[str, Values], ...] = ()
    marked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    asks_objects: bool = False
    sets: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    missing: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    read_only: bool = False
    outcome: PolicyOutcome | None = None

    @property
    def reviews(self) -> Reviews:
        """What was said of its frames and objects; it follows what is said while the view is shown."""
        return self.binding.reviews

    @property
    def settings(self) -> Settings | None:
        """Thresholds and rule; None for masks, which have neither."""
        return self.comparison.settings

    @property
    def frame_order(self) -> NDArray[np.int64]:
        """`(frames,)` int64: rows of the frames that the query selects, in its order."""
        if self.selection is None:
            return np.arange(len(self.comparison.dataset.frames))
        return self.selection.frame_order

    @property
    def warning(self) -> str:
        """What matters of the remarks under these settings, and of the state of the store, in a few words."""
        settings = self.settings or self.comparison.dataset.project.settings
        words = [remark.what for remark in self.remarks if remark.matters(settings)]
        if self.unreadable:
            words.append(f"{len(self.unreadable)} more unreadable")
        if self.read_only:
            words.append("read-only store")
        return f"! {', '.join(dict.fromkeys(words))}" if words else ""

    @property
    def found(self) -> str:
        """What the query leaves, in words."""
        if self.selection is None:
            return "all frames"
        frames = len(self.comparison.dataset.frames)
        count = int(self.marked.sum()) if self.asks_objects else self.comparison.object_count
        objects = "" if self.comparison.no_objects else f", {counted(count, 'object')}"
        return f"{grouped(self.comparison.frame_count)} of {counted(frames, 'frame')}{objects}"

    @property
    def marked_word(self) -> str:
        """What the marked objects are, in a word."""
        if self.asks_objects:
            return "selected"
        return "changed" if self.comparison.other else "errors"


def view_of(choice: Choice, whole: Comparison, segments: Sequence[Segment], edits: Sequence[Edit]) -> View:
    """The view of a comparison under slice and query of a choice, with what every screen needs computed.

    Args:
        choice: What is asked.
        whole: The comparison of everything.
        segments: Saved segments, which queries may name.
        edits: What was said in review.

    Raises:
        QueryError: One of the two cannot be understood.
    """
    binding: Binding[Any] = bound(whole, segments, edits)
    everything = binding
    if choice.only:
        whole = sliced(binding, choice.only)
        binding = bound(whole, segments, edits)
    # Also without a query: the binding keeps it, and the query bar must not wait for it.
    schema = binding.schema
    if not choice.query and whole.frames is None:
        whole.prepare()
        return View(choice, whole, binding, everything, marked=whole.changed)
    query = compile_query(choice.query, schema)
    selection = binding.select(query)
    if whole.frames is not None:
        selection = selection.among(whole.frames, binding.frame)
    comparison = whole.within(selection.frames)
    comparison.prepare()
    asks_objects = query.scope == Scope.OBJECT
    marked = selection.objects if asks_objects else comparison.changed
    return View(
        choice,
        comparison,
        binding,
        everything,
        selection,
        ordered=bool(query.keys),
        ordered_by=_ordered_by(query, binding),
        marked=marked,
        asks_objects=asks_objects,
    )


def _ordered_by(query: Query, binding: Binding[Any]) -> tuple[tuple[str, Values], ...]:
    """The numbers that frames are ordered by."""
    numbers = (
        value for value, _ in query.keys if value.scope == Scope.FRAME and value.kind == FieldType.NUMBER
    )
    return tuple((query.text[v.node.start : v.node.end], v.values(binding, Scope.FRAME)) for v in numbers)


def reproduce(view: View, command: str = "compare", *further: str, board: bool = False) -> str:
    """The command that prints the numbers of a view.

    Args:
        view: What is looked at.
        command: Another command that takes the same options.
        further: Arguments and options that it takes beside them.
        board: Whether it compares all sets with base, so that none is named as other.
    """
    settings, chosen = view.settings, view.choice
    other = f" --other {chosen.other}" if chosen.other else ""
    words = " ".join(map(shlex.quote, (*command.split(), chosen.title, *further)))
    command = f"aquarium-tui {words} --base {chosen.base}{'' if board else other}"
    command += f" --query {shlex.quote(chosen.query)}" if chosen.query else ""
    command += f" --only {shlex.quote(chosen.only)}" if chosen.only else ""
    command += " --by-parent" if chosen.by_parent else ""
    command += " --boundary" if chosen.boundary else ""
    if settings is None:
        return command
    sure = [
        shlex.quote(written_confidence(settings.confidence(side), settings.classes(side))) for side in SIDES
    ]
    confidence = (
        f"--confidence {sure[0]}"
        if sure[0] == sure[1] or not other
        else (f"--base-confidence {sure[0]} --other-confidence {sure[1]}")
    )
    parts = {"confidence": confidence, "iou": f"--iou {settings.iou:g}", "rule": f"--rule {settings.rule}"}
    known = kind_of(view.comparison.dataset.project).settings
    return " ".join([command, *(part for name, part in parts.items() if name in known)])


def board_command(view: View, pareto: str = "") -> str:
    """The command that prints the leaderboard beside a view: all sets against its base.

    Args:
        view: What is looked at.
        pareto: The figures of the front, as `--pareto` takes them.
    """
    return reproduce(view, "leaderboard", *(["--pareto", pareto] if pareto else []), board=True)


_STEPS = (100, 1000)
"""A hundred replicates of AP for COCO val2017's size are there within two seconds on two idle cores; the
thousand that reports use take about eight, and refine what is shown."""

_SHOWN = ("AP", "AP50", "AP75")
"""The metrics of the report; the other nine would take four times as long."""


def gathered(view: View, cancelled: Callable[[], bool]) -> "Iterator[Evidence]":
    """What can be found out about a view, more with each step.

    Raises:
        CancelledError: `cancelled` said so.
    """
    from aquarium_tui.kinds.report_columns import Evidence

    comparison, kind = view.comparison, kind_of(view.comparison.dataset.project)
    evidence = Evidence(len(comparison.classes) - 1)
    if comparison.other:
        significance = comparison.significance(cancelled=cancelled)
        depends = kind.sensitivity(comparison)
        verdict = kind.verdict(comparison, significance, depends)
        own = metric_certainty(comparison, cancelled=cancelled)
        evidence = replace(
            evidence, significance=significance, verdict=verdict, sensitivity=depends, metrics=own
        )
        yield evidence
    fields = kind.slow_fields(comparison, cancelled)
    if not fields:
        return
    evidence = replace(evidence, fields=fields)
    yield evidence
    for replicates in _STEPS if comparison.other else ():
        precision = kind.precision_significance(comparison, _SHOWN, replicates, cancelled)
        yield replace(evidence, precision=precision)
