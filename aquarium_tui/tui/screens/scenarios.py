"""Segments with targets: what both sets make of each, and whether the targets are met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.errors import CancelledError
from aquarium_tui.gate import ScenarioResult, TargetResult, TargetState, scenario_results, with_all
from aquarium_tui.gate.figures import Figure
from aquarium_tui.kinds.columns import CellText, Span, TableColumn
from aquarium_tui.kinds.report_columns import looks
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.query.wording import quoted
from aquarium_tui.report.certainty import between
from aquarium_tui.session.view import View, reproduce
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import SCENARIOS
from aquarium_tui.tui.controllers.scenarios import edit_scenario
from aquarium_tui.tui.controllers.segments import SegmentControl, described
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.table import Table

_INKS = {TargetState.MET: "good", TargetState.MISSED: "bad", TargetState.TOO_FEW: "dim", TargetState.NONE: ""}
_FORMS = {"delta": 11, "values": 11, "interval": 22}
"""What is shown of each figure, and how many cells that takes: other and delta, base and other, or the delta
with its interval."""


class ScenariosScreen(ViewScreen):
    """Where a model has to be good, and whether it is."""

    HERE = "scenarios"
    CSS_PATH = "scenarios.tcss"
    PLACE = SCENARIOS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SCENARIOS)]

    @dataclass
    class Judged(Message):
        """What the sets make of one more segment."""

        about: object
        row: int
        result: ScenarioResult

    def __init__(self) -> None:
        super().__init__()
        self.saved = SegmentControl(self)
        self.segments: Sequence[Segment] = ()
        self.results: list[ScenarioResult | None] = []
        self.form = "delta"
        self._about: object = None

    def content(self) -> ComposeResult:
        """The segments; the targets of the one under the cursor, and its classes."""
        with Vertical(id="scenario-body"):
            yield Table(id="scenarios")
            yield Line(id="scenario-line")
            yield Table(id="targets", empty="")
            yield Static(id="scenario-hint", markup=False)
            yield Table(id="classes", empty="")

    def show(self, view: View) -> None:
        """List the segments, and have counted what is not known of them."""
        saved = self.program.session.segments(view.choice).all()
        whole, segments = view.everything.comparison, tuple(with_all(saved))
        if self._about is None or self._about != (whole, segments):
            self._about, self.segments = (whole, segments), segments
            self.results = [None] * len(segments)
            self._count(view, segments)
        self._fill()

    @work(thread=True, exclusive=True, group="scenarios", description="scenarios")
    def _count(self, view: View, segments: Sequence[Segment]) -> None:
        worker, about = get_current_worker(), self._about
        try:
            found = scenario_results(view.everything, segments, lambda: worker.is_cancelled)
            for row, result in enumerate(found):
                self.post_message(self.Judged(about, row, result))
        except CancelledError:
            return

    @on(Judged)
    def _judged(self, event: Judged) -> None:
        if event.about is self._about:
            self.results[event.row] = event.result
            self._fill()

    def command(self, view: View) -> str:
        """The command that lists the scenarios."""
        whole = replace(view, choice=replace(view.choice, query="", only=""))
        return reproduce(whole, "scenarios")

    def on_mount(self) -> None:
        """Say what scenarios are and where more come from, for as long as there are none."""
        super().on_mount()
        save, edit = self.sign("segments.save"), self.sign("scenarios.edit")
        slices, query = self.sign("app.slices"), self.sign("query.open")
        self.query_one("#scenario-hint", Static).update(
            "A scenario is a part of the dataset in which every new model has to be good enough.\n"
            "There is none yet, besides all frames.\n\n"
            f"{slices} then {save}   keeps a slice of the objects as a scenario\n"
            f"{query} then {save}   keeps the frames of a query as one\n"
            f"{edit}   sets the targets of the one under the cursor, such as recall > 0.8\n\n"
            "In the shell: aquarium-tui scenarios --help"
        )

    def focus_content(self) -> None:
        """To the table of segments."""
        self.set_focus(self.query_one("#scenarios"))

    def _fill(self) -> None:
        table = self.query_one("#scenarios", Table)
        table.styles.height = len(self.segments) + 1
        table.show(self._columns(), len(self.segments), pinned=1)
        self.set_class(len(self.segments) == 1, "-alone")
        self._say()

    @on(Table.Highlighted, "#scenarios")
    def _say(self) -> None:
        """What the segment under the cursor is, and its targets."""
        table = self.query_one("#scenarios", Table)
        known = sum(result is not None for result in self.results)
        counting = "" if known == len(self.results) else f"counting, {known} of {len(self.results)}"
        self.query_one(Tabs).say(counting or counted(len(self.segments), "scenario"))
        row = table.row
        if row is None or row >= len(self.segments):
            return
        segment, result = self.segments[row], self.results[row]
        words = "all frames" if segment.live and not segment.query else described(segment)
        words += f"   only: {segment.only}" if segment.only else ""
        head: list[Span] = [(f" {visible(segment.name)}   ", "strong"), (f"{segment.kind}   ", "")]
        self.query_one("#scenario-line", Line).show(
            [*head, (visible(words), "dim")], [(self._further(segment, result), "dim")], head
        )
        targets = result.targets if result else ()
        shown = self.query_one("#targets", Table)
        shown.display = bool(targets)
        shown.styles.height = len(targets) + 1
        shown.show(_target_columns(targets), len(targets))
        classes = result.classes if result else {}
        self.query_one("#classes", Table).show(self._class_columns(segment, classes), len(classes))

    def _further(self, segment: Segment, result: ScenarioResult | None) -> str:
        if result and result.problem:
            return f"{visible(result.problem)} "
        if not segment.targets:
            return f"no targets yet: {self.sign('scenarios.edit')} sets them "
        return f"{result.met} targets met " if result else ""

    def _columns(self) -> list[TableColumn]:
        segments, results = self.segments, self.results
        titles = list(dict.fromkeys(title for each in results if each for title in each.figures))

        def name(row: int) -> CellText:
            return visible(segments[row].name), "strong" if row == 0 else ""

        def state(row: int) -> CellText:
            result = results[row]
            if result is None:
                return "…", "dim"
            return f"{result.state.sign} {result.met}".strip(), _INKS[result.state]

        return [
            TableColumn("segment", "segment", _width([visible(each.name) for each in segments]), name),
            TableColumn("targets", "targets", 9, state, lambda: _ranks(results)),
            *(self._figure_column(title) for title in titles),
            TableColumn("frames", "frames", 6, lambda row: self._counted(row, "frames"), right=True),
            TableColumn("labels", "labels", 7, lambda row: self._counted(row, "labels"), right=True),
            TableColumn("kind", "kind", 0, lambda row: (segments[row].kind.value, "dim")),
        ]

    def _class_columns(
        self, segment: Segment, classes: Mapping[str, Mapping[str, Figure]]
    ) -> list[TableColumn]:
        """The classes of a segment, the worst delta first: they say what its figures come from."""
        names, figures = [visible(name) for name in classes], list(classes.values())
        titles = list(figures[0]) if figures else []
        first = f"class in {visible(segment.name)}"

        def of(title: str) -> TableColumn:
            width = _FORMS[self.form] + 1  # Of few objects, deltas have a sign of their own.
            return TableColumn(
                title, title, width, lambda row: figure_spans(figures[row][title], self.form), right=True
            )

        def labels(row: int) -> CellText:
            return grouped(next(iter(figures[row].values())).labels)

        return [
            TableColumn("class", first, _width([first, *names]), lambda row: names[row]),
            *map(of, titles),
            TableColumn("labels", "labels", 7, labels, right=True),
        ]

    def _counted(self, row: int, what: str) -> CellText:
        result = self.results[row]
        return "…" if result is None else grouped(getattr(result, what))

    def _figure_column(self, title: str) -> TableColumn:
        def cell(row: int) -> CellText:
            result = self.results[row]
            figure = result.figures.get(title) if result else None
            return figure_spans(figure, self.form) if figure else ("…" if result is None else "–", "dim")

        def worse() -> NDArray[Any]:
            figures = [each.figures.get(title) if each else None for each in self.results]
            return np.array([-_gain(figure) if figure else np.nan for figure in figures])

        width = _FORMS[self.form]
        return TableColumn(title, title, width, cell, worse, right=True, descending=True, harm=True)

    @on(Table.Selected)
    def action_enter(self) -> None:
        """Open Metrics narrowed to the segment under the cursor."""
        segment, view = self._chosen(), self.program.view
        if segment is None or view is None:
            return
        everywhere = segment.live and not segment.query
        query = "" if everywhere else f"frame.segment = {quoted(segment.name)}"
        choice = replace(self.program.now(view), query=query, only=segment.only)
        if choice != view.choice:
            self.program.compare(choice)
        self.program.action_go("metrics")

    def _chosen(self) -> Segment | None:
        row = self.query_one("#scenarios", Table).row
        return self.segments[row] if row is not None and row < len(self.segments) else None

    def action_edit(self) -> None:
        """Change kind and targets of the segment under the cursor."""
        if segment := self._chosen():
            edit_scenario(self, segment)

    def action_segments(self) -> None:
        """List the saved segments; rename and delete them."""
        self.saved.choose()

    def action_view(self) -> None:
        """Show deltas, then values, then intervals."""
        forms = list(_FORMS)
        self.form = forms[(forms.index(self.form) + 1) % len(forms)]
        self._fill()

    def action_leave(self) -> None:
        """Go to the list of datasets."""
        self.program.action_open_screen()


def _gain(figure: Figure) -> float:
    """By how much other is better than base; with one set, the figure."""
    if "other" not in figure.values:
        return figure.value("base")
    return figure.value("delta") * (1 if figure.higher_is_better else -1)


def _ranks(results: Sequence[ScenarioResult | None]) -> NDArray[Any]:
    """What was missed first."""
    order = {TargetState.MISSED: 0, TargetState.TOO_FEW: 1, TargetState.MET: 2, TargetState.NONE: 3}
    return np.array([order[each.state] if each else 4 for each in results])


def figure_spans(figure: Figure, form: str) -> list[Span]:
    """A figure of both sets: other and delta, base and other, or the delta with its interval."""
    write, sign = figure.unit.written, figure.unit.signed
    if "other" not in figure.values:
        return [(write(figure.values["base"]), "")]
    delta = looks(sign(figure.value("delta")), _gain(figure), _state(figure))
    if form == "values":
        return [(f"{write(figure.values['base'])} → {write(figure.values['other'])}", "")]
    if form == "delta":
        return [(f"{write(figure.values['other'])} ", ""), delta]
    known = between(figure.certainty, figure.row, sign)
    return [delta, (f" {known.rstrip('*~')}" if known else "", "dim")]


def _target_columns(targets: Sequence[TargetResult]) -> list[TableColumn]:
    def state(row: int) -> CellText:
        each = targets[row]
        return f"{each.state.sign} {each.state}", _INKS[each.state]

    def side(name: Side) -> TableColumn:
        def cell(row: int) -> CellText:
            figure = targets[row].figure
            return figure.unit.written(figure.values[name]) if figure and name in figure.values else ""

        return TableColumn(name, name, 6, cell, right=True)

    conditions = [visible(each.rule.text) for each in targets]
    states = max((cell_len(each.state) for each in targets), default=0) + 2
    return [
        TableColumn("target", "target", _width(conditions), lambda row: conditions[row]),
        TableColumn("state", "", states, state),
        *map(side, SIDES),
        TableColumn("delta", "delta", 7, lambda row: _delta(targets[row]), right=True),
        TableColumn("bounds", "95 % interval", 0, lambda row: (_bounds(targets[row]), "dim")),
    ]


def _width(texts: Sequence[str]) -> int:
    """Cells for texts of any length: all of most of them, and room for the numbers beside them."""
    return min(max(map(cell_len, texts), default=0), 44)


def _delta(each: TargetResult) -> CellText:
    figure = each.figure
    if figure is None or "other" not in figure.values:
        return ""
    return looks(figure.unit.signed(figure.value("delta")), _gain(figure), _state(figure))


def _bounds(each: TargetResult) -> str:
    """The interval of what the target is about, or why it cannot be decided."""
    if each.figure is None or np.isnan(each.low):
        return visible(each.reason)
    of_delta = each.rule.figure.side == "delta"
    write = each.figure.unit.signed if of_delta else each.figure.unit.written
    return f"[{write(each.low)}, {write(each.high)}] {visible(each.reason)}".rstrip()


def _state(figure: Figure) -> State:
    return figure.certainty.state(figure.row) if figure.certainty else State.UNKNOWN
