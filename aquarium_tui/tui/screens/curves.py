"""Curves of all classes, of a class or of a cell, with a cursor that reads them and sets thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.worker import get_current_worker

from aquarium_tui.compare.certainty.table import Interval, State
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import (
    CONFIDENCES,
    FIGURES,
    Band,
    ConfidenceCurves,
    Curves,
    RecallCurve,
    Reliability,
    operating_point,
)
from aquarium_tui.errors import AquariumError, CancelledError
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.lists import cell_title
from aquarium_tui.model.names import background_words, visible
from aquarium_tui.model.numbers import (
    UNDEFINED,
    grouped,
    number,
    share,
    signed_number,
    signed_share,
    threshold,
)
from aquarium_tui.model.settings import SIDES, SetConfidence, Settings, Side
from aquarium_tui.render.chart import Chart, CurveLine, MarkedPoint
from aquarium_tui.report.curves import curves_of
from aquarium_tui.session.view import View, reproduce
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import CURVES
from aquarium_tui.tui.dialogs import Choose, Offer
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.chart import ChartView
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import Line

CHARTS = ("delta", "figures", "recall", "reliability")
_TITLES = {"precision": "precision", "recall": "recall", "f1": "F1", "false_alarms": "false alarms per frame"}
_CELL = "cell"
_SIGNS = {"base": "●", "other": "◆"}
_INKS = {"base": "secondary", "other": "accent"}


@dataclass(frozen=True)
class ShownCurves:
    """What is drawn of one class, or of all.

    Attributes:
        class_: The evaluated class; None for all.
        rates: Figures over confidence.
        cell: The count of the cell over confidence; None where the curves are of no cell.
        recall: Precision over recall of each side.
        reliability: Of each side.
        calibration: The intervals of the calibration errors and of their delta.
    """

    class_: int | None
    rates: ConfidenceCurves
    cell: Band | None
    recall: Mapping[Side, RecallCurve]
    reliability: Mapping[Side, Reliability]
    calibration: Mapping[Side | Literal["delta"], Interval]


def shown_curves(curves: Curves, class_: int | None, cell: tuple[int, int] | None) -> ShownCurves:
    """All that the screen shows of a class; some seconds of work."""
    sides = curves.comparison.sides
    return ShownCurves(
        class_,
        curves.over_confidence(class_),
        curves.of_cell(*cell) if cell else None,
        {side: curves.over_recall(side, class_) for side in sides},
        {side: curves.reliability(side, class_) for side in sides},
        curves.calibration_intervals(class_),
    )


class CurvesScreen(ViewScreen):
    """Where the operating point could be, and what it would change.

    Args:
        class_: The evaluated class at first; None for all.
        cell: The cell whose count is shown over confidence; None for no cell.
    """

    HERE = "metrics"
    CSS_PATH = "curves.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CURVES)]

    @dataclass
    class Computed(Message):
        """The curves are there."""

        about: object
        found: ShownCurves

    @dataclass
    class NoCurves(Message):
        """There are none."""

        error: AquariumError

    def __init__(self, class_: int | None = None, cell: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.class_, self.cell = class_, cell
        self.figure = _CELL if cell else "f1"
        self.current = 0
        self.cursor = 0
        self.side: Side = "base"
        self.found: ShownCurves | None = None
        self._curves: Curves | None = None
        self._about: object = None

    @classmethod
    def of_cell(cls, cell: tuple[int, int], classes: int) -> "CurvesScreen":
        """Curves of the class of a cell's label, or of its inferences where it has no label."""
        return cls(cell[0] if cell[0] < classes else cell[1], cell)

    def content(self) -> ComposeResult:
        """What is read under the cursor, and the charts."""
        yield Line(id="curve-line")
        with Container(id="charts"):
            for name in CHARTS:
                yield ChartView(id=name)
        yield Line(id="curve-help")

    def show(self, view: View) -> None:
        """Have the curves computed, unless only a threshold was moved, which bears on none of them."""
        settings = view.settings
        about = (view.comparison.base, view.comparison.other, view.choice.query, view.choice.only)
        if self._about is None and settings:
            self.cursor = round(settings.other_confidence * 100)
        key = (*map(id, about[:2]), *about[2:], settings and (settings.iou, settings.rule))
        if key != self._about:
            self._about, self.found, self._curves = key, None, None
            self._compute(view)
        self._draw()

    def _compute(self, view: View) -> None:
        self.query_one(Tabs).say("computing the curves")
        self._work(view, self._about, self._curves, self.class_, self.cell)

    @work(thread=True, exclusive=True, group="curves", description="curves")
    def _work(
        self,
        view: View,
        about: object,
        curves: Curves | None,
        class_: int | None,
        cell: tuple[int, int] | None,
    ) -> None:
        worker = get_current_worker()
        try:
            curves = curves or curves_of(view.comparison)
            found = shown_curves(curves, class_, cell)
            self._curves = curves
        except CancelledError:
            return
        except AquariumError as error:
            self.post_message(self.NoCurves(error))
            return
        if not worker.is_cancelled:
            self.post_message(self.Computed(about, found))

    @on(NoCurves)
    def _leave(self, event: NoCurves) -> None:
        self.notify(visible(event.error.message), severity="warning")
        self.action_back()

    @on(Computed)
    def _take(self, event: Computed) -> None:
        if event.about == self._about and event.found.class_ == self.class_:
            self.found = event.found
            self.query_one(Tabs).say("")
            self._draw()

    # Drawing

    @property
    def chart(self) -> str:
        """The chart that the keys move in."""
        return CHARTS[self.current]

    def _draw(self) -> None:
        found, view = self.found, self.drawn
        if view is None:
            return
        for name in CHARTS:
            self.query_one(f"#{name}").set_class(name == self.chart, "-current")
        self._say(view)
        if found is None or view.settings is None:
            return
        charts = {
            "delta": self._delta(found),
            "figures": self._figures(found, view.settings),
            "recall": self._recall(found),
            "reliability": self._reliability(found),
        }
        for name, (chart, below) in charts.items():
            pane = self.query_one(f"#{name}", ChartView)
            pane.border_title, pane.border_subtitle = chart.title, below
            pane.show(chart)

    def _chart(
        self,
        title: str,
        lines: Sequence[CurveLine],
        marks: Sequence[MarkedPoint],
        y: tuple[float, float],
        cursor: float | None,
    ) -> Chart:
        inks = Inks(self)
        colours = inks.colour("accent"), inks.colour("dim"), inks.ground
        return Chart(lines, marks, ((0.0, 1.0), y), cursor, *colours, title)

    def _band(self, found: ShownCurves) -> tuple[Band | None, str]:
        """The delta that is shown, and what it describes."""
        if self.figure == _CELL and self.drawn and self.cell:
            names = self.drawn.comparison.classes
            words = cell_title([visible(name) for name in names], self.cell, *self._background_words())
            return found.cell, f"{'Δ ' * bool(self.drawn.comparison.other)}{words}"
        return found.rates.deltas.get(self.figure), f"Δ {_TITLES.get(self.figure, '')}"

    def _background_words(self) -> tuple[str, str]:
        assert self.drawn
        return background_words(not self.drawn.comparison.no_objects)

    def _delta(self, found: ShownCurves) -> tuple[Chart, str]:
        band, words = self._band(found)
        inks = Inks(self)
        zero = CurveLine(CONFIDENCES, np.zeros(len(CONFIDENCES)), inks.colour("dim"), dotted=True)
        if band is None:
            chart = self._chart(f"{words} over confidence", [zero], [], (-1.0, 1.0), None)
            return chart, "one set has no deltas"
        edges = [band.value, band.low, band.high]
        most = max((float(np.nanmax(np.abs(e))) for e in edges if not np.isnan(e).all()), default=1.0) or 1.0
        line = CurveLine(CONFIDENCES, band.value, inks.colour("foreground"), band.low, band.high)
        cursor = self.cursor / 100 if self.chart in ("delta", "figures") else None
        marks = [MarkedPoint(turn, 0.0, "●", inks.colour("warn")) for turn in band.turns]
        chart = self._chart(f"{words} over confidence", [zero, line], marks, (-most, most), cursor)
        turns = ", ".join(threshold(round(turn, 2)) for turn in band.turns[:4])
        return chart, f"sign turns at {turns}" if turns else "the sign does not turn"

    def _figures(self, found: ShownCurves, settings: Settings) -> tuple[Chart, str]:
        inks = Inks(self)
        name = "f1" if self.figure == _CELL else self.figure
        lines, marks, below, top = [], [], [], 1.0
        for side, values in found.rates.values.items():
            colour, at = inks.colour(_INKS[side]), self._threshold(settings, side)
            lines.append(CurveLine(CONFIDENCES, values[name], colour))
            y = self._point_of(side)[name]
            if not np.isnan(y):
                marks.append(MarkedPoint(at, y, _SIGNS[side], colour))
            if not np.isnan(values[name]).all():
                top = max(top, float(np.nanmax(values[name])))
            below.append(f"{_SIGNS[side]} {side}")
        cursor = self.cursor / 100 if self.chart in ("delta", "figures") else None
        title = f"{_TITLES[name]} over confidence"
        return self._chart(title, lines, marks, (0.0, top), cursor), "   ".join(below)

    def _recall(self, found: ShownCurves) -> tuple[Chart, str]:
        inks = Inks(self)
        lines, marks, below = [], [], []
        for side, curve in found.recall.items():
            colour = inks.colour(_INKS[side])
            lines.append(CurveLine(curve.recall, curve.precision, colour))
            p, r = (self._point_of(side)[name] for name in ("precision", "recall"))
            marks += [MarkedPoint(r, p, _SIGNS[side], colour)] if not np.isnan(p + r) else []
            below.append(f"{_SIGNS[side]} {side} P {share(p, 2)} R {share(r, 2)}")
        assert self.drawn
        cursor = self.cursor / 100 if self.chart == "recall" else None
        at = ", IoU .50" * ("iou" in kind_of(self.drawn.comparison.dataset.project).settings)
        chart = self._chart(f"precision over recall{at}", lines, marks, (0.0, 1.0), cursor)
        return chart, "   ".join(below)

    def _reliability(self, found: ShownCurves) -> tuple[Chart, str]:
        inks = Inks(self)
        line = np.array([0.0, 1.0])
        lines, below = [CurveLine(line, line, inks.colour("dim"), dotted=True)], []
        for side, one in found.reliability.items():
            known = one.count > 0
            lines.append(CurveLine(one.confidence[known], one.accuracy[known], inks.colour(_INKS[side])))
            below.append(f"{_SIGNS[side]} {side} {share(one.ece)}")
        errors = [one.ece for one in found.reliability.values()]
        write = signed_share if len(errors) > 1 else share
        low, high = found.calibration["delta" if len(errors) > 1 else "base"].at(0)
        delta = f"Δ {write(errors[-1] - errors[0])} " if len(errors) > 1 else ""
        below.append(f"{delta}[{write(low)}, {write(high)}]")
        cursor = self.cursor / 100 if self.chart == "reliability" else None
        chart = self._chart("reliability: share right over confidence", lines, [], (0.0, 1.0), cursor)
        # Two gaps and ECE once: it just fits below a chart of half of 120 cells.
        return chart, f"ECE {'  '.join(below)}"

    def _point_of(self, side: Side) -> dict[str, float]:
        """The figures of a set at its own thresholds."""
        assert self.drawn
        comparison = self.drawn.comparison
        assert isinstance(comparison, ObjectComparison)
        return operating_point(comparison, side, self.class_)

    def _threshold(self, settings: Settings, side: Side) -> float:
        """The threshold of the class that is shown."""
        own = dict(settings.classes(side))
        return own.get(self._class_name(), settings.confidence(side))

    def _class_name(self) -> str:
        assert self.drawn
        return "" if self.class_ is None else self.drawn.comparison.classes[self.class_]

    def _say(self, view: View) -> None:
        """What is read under the cursor."""
        about = visible(self._class_name()) or "all classes"
        spans: list[Span] = [(f" {about}   ", "strong")]
        if self.found is not None:
            spans += self._read(self.found)
        self.query_one("#curve-line", Line).show(spans)
        signs = {name: self.sign(name) for name in ("next.changed", "previous.changed", "next.item")}
        words = (
            f" {signs['next.changed']} {signs['previous.changed']} class   {signs['next.item']} figure   "
            f"{self.sign('curves.next_view')} chart   {self.sign('go.in')} take this threshold   "
            f"{self.sign('thresholds.policy')} match or best F1"
        )
        self.query_one("#curve-help", Line).show([(words, "dim")])
        del view

    def _read(self, found: ShownCurves) -> list[Span]:
        if self.chart == "recall":
            return self._read_recall(found)
        if self.chart == "reliability":
            return self._read_bin(found)
        band, words = self._band(found)
        at = self.cursor
        name = "f1" if self.figure == _CELL else self.figure
        plain, signed = (number, signed_number) if name == "false_alarms" else (share, signed_share)
        spans: list[Span] = [(f"at {threshold(at / 100)}   ", "accent")]
        for side, values in found.rates.values.items():
            spans.append((f"{side} {_TITLES[name]} {plain(float(values[name][at]))}   ", ""))
        if band is not None:
            value, low, high = (float(each[at]) for each in (band.value, band.low, band.high))
            if self.figure == _CELL:
                signed = _counted
            few = State.FEW.mark * bool(band.few[at])
            spans.append((f"{words} {few}{signed(value)}", "strong"))
            spans += [] if np.isnan(low) else [(f" [{signed(low)}, {signed(high)}]", "dim")]
        return spans

    def _read_recall(self, found: ShownCurves) -> list[Span]:
        spans: list[Span] = [(f"recall {share(self.cursor / 100, 2)}   ", "accent")]
        for side in found.recall:
            precision, sure = self._point(found, side)
            ink = "strong" if side == self.side else ""
            told = "" if np.isnan(sure) else f" at {threshold(round(sure, 3))}"
            spans.append((f"{_SIGNS[side]} {side} P {share(precision)}{told}   ", ink))
        return spans

    def _point(self, found: ShownCurves, side: Side) -> tuple[float, float]:
        """Precision and confidence of a set at the recall under the cursor; NaN where it has none."""
        curve = found.recall[side]
        at = int(np.searchsorted(curve.recall, self.cursor / 100 - 1e-9))
        if at >= len(curve.recall):
            return np.nan, np.nan
        sure = float(curve.confidence[at])
        if np.isnan(sure) and found.class_ is None:
            # Over all classes no one inference reaches a recall: the threshold that gives it is read instead.
            recall = found.rates.values[side]["recall"]
            reach = np.flatnonzero(recall >= self.cursor / 100 - 1e-9)
            sure = float(CONFIDENCES[reach[-1]]) if len(reach) else np.nan
        return float(curve.precision[at]), sure

    def _read_bin(self, found: ShownCurves) -> list[Span]:
        bins = len(next(iter(found.reliability.values())).count)
        place = min(self.cursor * bins // 100, bins - 1)
        spans: list[Span] = [(f"{threshold(place / bins)} to {threshold((place + 1) / bins)}   ", "accent")]
        for side, one in found.reliability.items():
            right, count = share(float(one.accuracy[place])), grouped(int(one.count[place]))
            spans.append((f"{_SIGNS[side]} {side} {right} of {count}   ", ""))
        return spans

    # Keys

    def command(self, view: View) -> str:
        """The command that writes all curves, in which those of the class that is shown are."""
        return reproduce(view, "compare", "--curves", "curves.csv")

    def focus_content(self) -> None:
        """The keys work on the screen itself."""

    def action_move(self, dx: int, dy: int) -> None:
        """Move the cursor, or to the curve of the other set."""
        if dy and self.drawn and self.drawn.comparison.other:
            self.side = "other" if self.side == "base" else "base"
        self._go(self.cursor + dx)

    def action_page(self, by: int) -> None:
        """Move the cursor by a tenth."""
        self._go(self.cursor + 10 * by)

    def action_first(self) -> None:
        """To the left end."""
        self._go(0)

    def action_last(self) -> None:
        """To the right end."""
        self._go(100)

    def look_at(self, chart: str, figure: str, at: int, side: Side) -> None:
        """Show a chart and a figure, the cursor on a hundredth of the width and on the curve of a side."""
        self.current, self.side = CHARTS.index(chart), side
        self.figure = figure if figure in FIGURES or self.cell else "f1"
        self._go(at)
        self.call_after_refresh(self._draw)  # A chart that was not displayed has a place only now.

    def _go(self, to: int) -> None:
        self.cursor = min(max(to, 0), 100)
        self._draw()

    def action_view(self) -> None:
        """The next chart."""
        self.current = (self.current + 1) % len(CHARTS)
        self._draw()
        self.call_after_refresh(self._draw)  # A chart that was not displayed has a place only now.

    def action_list(self, by: int) -> None:
        """The next or previous figure."""
        figures = [*FIGURES, *([_CELL] if self.cell else [])]
        self.figure = figures[(figures.index(self.figure) + by) % len(figures)]
        self._draw()

    def action_changed(self, by: int) -> None:
        """The next or previous class; all classes together stand before the first."""
        if self.drawn is None:
            return
        classes: list[int | None] = [None, *range(len(self.drawn.comparison.classes) - 1)]
        self.class_ = classes[(classes.index(self.class_) + by) % len(classes)]
        self.cell, self.found = None, None
        self.figure = "f1" if self.figure == _CELL else self.figure
        self._compute(self.drawn)
        self._draw()

    def action_enter(self) -> None:
        """Take the threshold under the cursor."""
        found, view = self.found, self.drawn
        if found is None or view is None or view.settings is None:
            return
        if self.chart == "recall":
            _, sure = self._point(found, self.side)
            if np.isnan(sure):
                self.notify(f"{self.side} never reaches this recall.", severity="warning")
                return
            sides: dict[str, Sequence[Side]] = {self.side: (self.side,)}
        else:
            sure = self.cursor / 100
            both = {"base and other": SIDES} if view.comparison.other else {}
            sides = {**both, **{side: (side,) for side in view.comparison.sides}}
        offers = [Offer(f"{name}/", name, "all classes") for name in sides]
        if name := self._class_name():
            of_class = [Offer(f"{key}/{name}", f"{key}, {visible(name)} only") for key in sides]
            offers = [*of_class, *offers]
        settings = view.settings

        def chosen(key: str | None) -> None:
            if key is not None:
                where, _, own = key.partition("/")
                self.program.match(_taken(settings, sides[where], own, sure))

        self.app.push_screen(Choose(f"Threshold {threshold(round(sure, 4))} of", offers), chosen)


def _counted(value: float) -> str:
    """A change of a count."""
    return UNDEFINED if np.isnan(value) else f"{value:+.0f}".replace("-", "−") if value else "0"


def _taken(settings: Settings, sides: Sequence[Side], name: str, value: float) -> Settings:
    """The settings with a threshold of these sets, of one class or of all."""
    for side in sides:
        if name:
            own = tuple(sorted({**dict(settings.classes(side)), name: value}.items()))
            settings = settings.with_confidence(side, SetConfidence(None, own))
        else:
            settings = settings.with_confidence(side, SetConfidence(value))
    return settings
