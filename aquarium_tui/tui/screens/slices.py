"""Slices of objects: what both sets make of each, and the slices that a search finds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import ClassVar

import numpy as np
from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.worker import get_current_worker

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.slice_table import SliceTable, found_table, precisions, ready_table
from aquarium_tui.errors import AquariumError, CancelledError
from aquarium_tui.kinds.columns import CellText, Sort, Span, TableColumn
from aquarium_tui.kinds.report_columns import looks
from aquarium_tui.model.arrays import Counts, Floats
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, grouped, p_text, share, signed_share
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.report.certainty import between
from aquarium_tui.report.leaderboard import search_words, slice_name
from aquarium_tui.session.view import View, reproduce
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import SLICES
from aquarium_tui.tui.controllers.segments import SegmentControl
from aquarium_tui.tui.controllers.tables import TableControl
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.query_bar import QueryBar
from aquarium_tui.tui.widgets.table import Table

_FORMS = {"delta": 13, "values": 13, "interval": 24}
"""What is shown of each rate, and how many cells that takes: other and delta, base and other, or the delta
with its interval."""

_NAMES = 4
"""Names take no more than this part of the width: at 80 cells, recall, precision and F1 fit beside them."""

_RATES = {"recall": "R", "precision": "P", "f1": "F1"}
LISTS = ("ready-made", "found")


class SlicesScreen(ViewScreen):
    """On which objects a model got better or worse."""

    HERE = "slices"
    CSS_PATH = "slices.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SLICES)]

    @dataclass
    class Listed(Message):
        """The slices of one of the lists, or why there are none."""

        about: object
        which: int
        table: SliceTable | None
        problem: str = ""

    @dataclass
    class Measured(Message):
        """AP of one more slice."""

        table: SliceTable
        row: int
        values: dict[Side, float]

    def __init__(self) -> None:
        super().__init__()
        self.saved = SegmentControl(self)
        self.tables = TableControl(self, "#slices")
        self.lists: list[SliceTable | None] = [None, None]
        self.problems = ["", ""]
        self.precision: dict[int, dict[Side, Floats]] = {}
        self.which = 0
        self.form = "delta"
        self._about: tuple[object, ...] = ()

    def content(self) -> ComposeResult:
        """The slices, and the condition of the one under the cursor."""
        with Vertical(id="slices-body"):
            yield Table(id="slices")
            yield Line(id="slice-line")

    def on_mount(self) -> None:
        """Begin with the columns that were wanted last."""
        super().on_mount()
        self.tables.restore()

    def show(self, view: View) -> None:
        """List the slices of all objects of the frames that the query selects."""
        whole = view.everything.comparison
        frames = view.comparison.frames
        about = (whole, None if frames is None else frames.tobytes())
        if about != self._about:
            self._about = about
            self.lists, self.problems, self.precision = [None, None], ["", ""], {}
        self._fill()
        if self.lists[self.which] is None and not self.problems[self.which]:
            self._count(view, self.which, whole if frames is None else whole.within(frames))

    @work(thread=True, exclusive=True, group="slices", description="slices")
    def _count(self, view: View, which: int, comparison: Comparison) -> None:
        worker, about = get_current_worker(), self._about

        def cancelled() -> bool:
            return worker.is_cancelled

        try:
            made = (ready_table, found_table)[which]
            table = made(view.everything, comparison, cancelled)
            self.post_message(self.Listed(about, which, table))
            for row, values in enumerate(precisions(comparison, table, cancelled)):
                self.post_message(self.Measured(table, row, values))
        except CancelledError:
            return
        except AquariumError as error:
            self.post_message(self.Listed(about, which, None, error.message))

    @on(Listed)
    def _list(self, event: Listed) -> None:
        if event.about == self._about:
            self.lists[event.which], self.problems[event.which] = event.table, event.problem
            if event.table is not None:
                unknown = np.full(len(event.table), nan)
                self.precision[event.which] = {side: unknown.copy() for side in event.table.figures.values}
            self._fill()

    @on(Measured)
    def _measure(self, event: Measured) -> None:
        for which, table in enumerate(self.lists):
            if table is event.table:
                for side, value in event.values.items():
                    self.precision[which][side][event.row] = value
                if which == self.which:
                    self.query_one("#slices", Table).refresh()

    def on_resize(self) -> None:
        """Names take as much as the new width has for them."""
        super().on_resize()
        if self.drawn is not None:
            self._fill()

    def command(self, view: View) -> str:
        """The command that prints these slices; a slice that is narrowed to has no part in them."""
        whole = replace(view, choice=replace(view.choice, only=""))
        return reproduce(whole, "slices", *(["--find"] if self.which else []), "--ap")

    def focus_content(self) -> None:
        """To the table."""
        self.set_focus(self.query_one("#slices"))

    def _fill(self) -> None:
        shown, table = self.query_one("#slices", Table), self.lists[self.which]
        shown.empty = self._why_empty()
        columns = self._columns(table) if table else [TableColumn("slice", "slice", 0, lambda _: "")]
        sort = shown.sort
        if table and (sort is None or sort.key not in {column.key for column in columns}):
            # Few objects make the largest deltas, so those that are sure come first.
            sort = Sort("q", False) if "other" in table.figures.values else None
        shown.show(columns, len(table) if table else 0, sort=sort)
        self._say()

    def _why_empty(self) -> str:
        table = self.lists[self.which]
        if table is None:
            return visible(self.problems[self.which]) or ("searching …" if self.which else "counting …")
        if nothing := self.nothing_selected():
            return nothing
        back = f"{self.sign('previous.item')} goes back to the ready-made slices"
        return f"{search_words(table.search)}; {back}" if table.search else self._no_labels()

    def _no_labels(self) -> str:
        """What leaves no label."""
        if self.drawn and self.drawn.choice.query:
            return f"the frames of the query have no labels: {self.sign('query.open')} in Metrics changes it"
        return "this dataset has no labels to slice"

    @on(Table.Highlighted, "#slices")
    def _say(self) -> None:
        """The lists, and the condition of the slice under the cursor."""
        self.tables.say(self.query_one("#slices", Table))
        row, table = self.query_one("#slices", Table).row, self.lists[self.which]
        spans: list[Span] = [(" ", "")]
        for at, title in enumerate(LISTS):
            spans += [(title, "accent" if at == self.which else "dim"), ("  ", "")]
        if table is None or row is None or row >= len(table):
            self.query_one("#slice-line", Line).show(spans)
            return
        further = search_words(table.search) if table.search else ""
        condition: list[Span] = [(f"  {visible(table.slices[row].condition)}", "")]
        self.query_one("#slice-line", Line).show([*spans, *condition], [(f"{further} ", "dim")], condition)

    def _columns(self, table: SliceTable) -> list[TableColumn]:
        figures = table.figures
        names = [slice_name(table, row) for row in range(len(table))]
        width = min(max(map(cell_len, names), default=0), self.app.size.width // _NAMES)
        two = "other" in figures.values

        def q(row: int) -> CellText:
            value = table.q(row)
            return UNDEFINED if isnan(value) else p_text(value).removeprefix("p ").removeprefix("= "), "dim"

        of_rates = [self._rate(table, name, title) for name, title in _RATES.items()]
        tested = TableColumn("q", "q R", 6, q, lambda: _each(table, table.q), right=True)
        return [
            TableColumn("slice", "slice", width, lambda row: names[row], ends=True),
            _count_column("support", figures.support),
            of_rates[0],
            *([tested] if two else []),
            *of_rates[1:],
            self._column("AP", "AP", self.precision[self.which], lambda row: State.UNKNOWN, lambda row: ""),
            _count_column("frames", figures.frames),
            TableColumn(
                "condition", "condition", 0, lambda row: (visible(table.slices[row].condition), "dim")
            ),
        ]

    def _rate(self, table: SliceTable, name: str, title: str) -> TableColumn:
        certainty = table.figures.certainty.get(name)

        def state(row: int) -> State:
            if certainty is None:
                return State.UNKNOWN
            if table.search and name == "recall":
                return State.SURE
            return certainty.state(row)

        values = {side: each[name] for side, each in table.figures.values.items()}
        return self._column(name, title, values, state, lambda row: between(certainty, row).rstrip("*~"))

    def _column(
        self,
        key: str,
        title: str,
        values: dict[Side, Floats],
        state: Callable[[int], State],
        interval: Callable[[int], str],
    ) -> TableColumn:
        """A figure of both sets in the form that is chosen; sorted by what got worse."""
        if "other" not in values:
            base = values["base"]
            return TableColumn(key, title, 6, lambda row: share(base[row]), lambda: base, right=True)

        def cell(row: int) -> CellText:
            base, other = (float(values[side][row]) for side in SIDES)
            if isnan(base) and isnan(other) and key == "AP":
                return "…", "dim"
            delta = looks(signed_share(other - base), other - base, state(row))
            if self.form == "values":
                return f"{share(base)} → {share(other)}"
            if self.form == "interval":
                return [delta, (f" {interval(row)}", "dim")]
            return [(f"{share(other)} ", ""), delta]

        width = _FORMS[self.form]
        lost: Callable[[], Floats] = lambda: values["base"] - values["other"]  # noqa: E731
        return TableColumn(key, title, width, cell, lost, right=True, descending=True, harm=True)

    @property
    def condition(self) -> str:
        """The condition of the slice under the cursor; empty where there is none."""
        row, table = self.query_one("#slices", Table).row, self.lists[self.which]
        return table.slices[row].condition if table and row is not None and row < len(table) else ""

    @on(Table.Selected, "#slices")
    def action_enter(self) -> None:
        """Narrow everything to the slice under the cursor."""
        if (only := self.condition) and self.drawn:
            self.program.compare(replace(self.program.now(self.drawn), only=only))
            self.program.action_go("metrics")

    def action_equivalent(self) -> None:
        """Put the condition into the query bar, to be read and changed."""
        if condition := self.condition:
            self.program.action_go("metrics")
            self.app.call_after_refresh(lambda: self.app.screen.query_one(QueryBar).write(condition))

    def action_save_segment(self) -> None:
        """Keep the slice as a scenario."""
        if (only := self.condition) and self.drawn:
            self.saved.save_slice(self.drawn, only)

    def action_segments(self) -> None:
        """List the saved segments; rename and delete them."""
        self.saved.choose()

    def action_list(self, by: int) -> None:
        """Show the ready-made slices, or those that a search finds."""
        self.which = (self.which + by) % len(LISTS)
        if self.drawn:
            self.query_one("#slices", Table).sort = None
            self.show(self.drawn)

    def action_view(self) -> None:
        """Show deltas, then values, then intervals."""
        forms = list(_FORMS)
        self.form = forms[(forms.index(self.form) + 1) % len(forms)]
        self._fill()

    def action_sort(self) -> None:
        """Ask what to sort the table by."""
        self.tables.sort()

    def action_reverse(self) -> None:
        """Reverse the order of the table."""
        self.tables.reverse()

    def action_columns(self) -> None:
        """Choose the columns of the table."""
        self.tables.choose_columns()

    @on(Table.Arranged)
    def _keep_columns(self, event: Table.Arranged) -> None:
        self.tables.keep(event.table)

    def action_leave(self) -> None:
        """Go to Metrics."""
        self.program.action_go("metrics")


def _count_column(name: str, counts: Counts) -> TableColumn:
    def cell(row: int) -> CellText:
        return grouped(int(counts[row]))

    return TableColumn(name, name, 7, cell, lambda: counts, right=True, descending=True)


def _each(table: SliceTable, value: Callable[[int], float]) -> Floats:
    return np.array([value(row) for row in range(len(table))])
