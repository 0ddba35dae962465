"""A difference in AP as a sum of parts, TIDE's errors beside it, and the objects behind each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from rich.cells import cell_len
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from aquarium_tui.compare.cells import class_mean
from aquarium_tui.compare.certainty.table import Certainty, State
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.hybrids import PARTS
from aquarium_tui.compare.objects.tide import TideError
from aquarium_tui.drawing.object_painter import ObjectLayers
from aquarium_tui.errors import CancelledError
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.columns import CellText, Span, TableColumn
from aquarium_tui.kinds.objects.presentation import (
    ObjectPresentation,
    ObjectsBehind,
    behind_columns,
    contributing,
    of_error,
)
from aquarium_tui.kinds.report_columns import Evidence, looks
from aquarium_tui.kinds.walks import FrameLook, ObjectLook
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped, share, signed, signed_share
from aquarium_tui.report import ApSum, ap_reasons
from aquarium_tui.report.ap_parts import PART_TITLES, REPLICATES
from aquarium_tui.report.certainty import between
from aquarium_tui.session.view import View, board_command, reproduce
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import BEHIND, SUMS
from aquarium_tui.tui.controllers.tables import TableControl
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.program import presented
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.table import Table

_SHORT_TITLES = {"found": "found", "localisation": "loc.", "confidence": "conf.", "false_alarms": "alarms"}

Behind = Callable[[Callable[[], bool]], ObjectsBehind]
"""Finds the objects behind a figure; asks now and then whether to stop."""


class SumsScreen(ViewScreen):
    """Why AP is higher or lower."""

    HERE = "metrics"
    CSS_PATH = "sums.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SUMS)]

    @dataclass
    class Summed(Message):
        """What is known of the sum so far."""

        about: object
        found: ApSum

    def __init__(self) -> None:
        super().__init__()
        self.tables = TableControl(self, "#sum-classes")
        self.found: ApSum | None = None
        self._about: object = None

    def content(self) -> ComposeResult:
        """The sum in a line; classes; the parts of one and TIDE's errors; what AP does not show."""
        yield Line(id="sum-line")
        with Container(id="sum-body"):
            with Vertical(id="sum-left", classes="pane"):
                yield Table(id="sum-classes", empty="adding up: sixteen mixed sets are evaluated")
            with Vertical(id="sum-right"):
                with Vertical(id="parts-pane", classes="pane"):
                    yield Table(id="sum-parts", empty="…")
                with Vertical(id="tide-pane", classes="pane"):
                    yield Table(id="sum-tide", empty="…")
        yield Static(id="sum-reasons", markup=False)

    def show(self, view: View) -> None:
        """Have the sum made where it covers other frames or sets; settings have no part in it."""
        ranked = kind_of(view.comparison.dataset.project).ranked(view.comparison)
        if ranked is None:
            self.notify("Only two sets of objects with confidences have a sum.", severity="warning")
            self.call_after_refresh(self.action_back)
            return
        if self._about is not ranked:
            self._about = ranked
            self._sum(ranked)
        self._fill()

    @work(thread=True, exclusive=True, group="sums", description="sums")
    def _sum(self, comparison: ObjectComparison) -> None:
        worker, difference = get_current_worker(), comparison.ap_difference
        try:
            found = ApSum.of(comparison)
            if worker.is_cancelled:
                return
            self.post_message(self.Summed(comparison, found))
            sure = difference.significance(REPLICATES, cancelled=lambda: worker.is_cancelled)
            self.post_message(self.Summed(comparison, replace(found, certainty=sure)))
        except CancelledError:
            return

    @on(Summed)
    def _learn_sum(self, event: Summed) -> None:
        if event.about is self._about:
            self.found = event.found
            self._fill()

    def learn(self) -> None:
        """How sure ΔAP and the figures at the thresholds are."""
        self._fill()

    def command(self, view: View) -> str:
        """The command that prints the sum."""
        return reproduce(view, "compare", "--ap-parts")

    def focus_content(self) -> None:
        """To the classes."""
        self.set_focus(self.query_one("#sum-classes"))

    # Drawing

    def _fill(self) -> None:
        found = self.found
        if found is None or found.comparison is not self._about:
            self.query_one(Tabs).say("adding up")
            return
        classes = self.query_one("#sum-classes", Table)
        rows = np.flatnonzero(~np.isnan(found.parts.base))
        by_share = rows[np.argsort(-np.abs(found.parts.shares[rows]), kind="stable")]
        order = np.append(0, 1 + by_share)
        columns, count = class_columns(found, self.known or Evidence()), 1 + len(found.parts.base)
        classes.show(columns, count, sort=classes.sort, rows=order, pinned=1)
        self.query_one("#sum-left").border_title = "ΔAP   other − base"
        tide = self.query_one("#sum-tide", Table)
        self.query_one("#tide-pane").display = bool(found.tide)
        if found.tide:
            tide.show(tide_columns(found), len(TideError))
            ap50 = " → ".join(share(found.tide[side].ap50) for side in found.comparison.sides)
            self.query_one("#tide-pane").border_title = f"TIDE: what errors cost AP50   {ap50}"
        self._fill_parts()
        self._say_line(found)
        self._say_reasons()

    @on(Table.Highlighted, "#sum-classes")
    def _fill_parts(self) -> None:
        """The parts of the class under the cursor."""
        if self.found is None:
            return
        class_ = self._class
        name = "all classes" if class_ is None else visible(self.found.comparison.classes[class_])
        self.query_one("#sum-parts", Table).show(part_columns(self.found, class_), len(PARTS))
        self.query_one("#parts-pane").border_title = f"parts of {name}"
        self.focus_moved()

    def focus_moved(self) -> None:
        """Say where the cursor of the classes is."""
        if self.found:
            self.tables.say(self.query_one("#sum-classes", Table))

    @property
    def _class(self) -> int | None:
        """The class under the cursor; None for all."""
        row = self.query_one("#sum-classes", Table).row
        return None if not row else row - 1

    def _say_line(self, found: ApSum) -> None:
        parts = found.parts
        delta = float(parts.total.sum())
        forms = []
        for titles in (PART_TITLES, _SHORT_TITLES):
            words: list[Span] = [(f" ΔAP {signed_share(delta)}  =  ", "strong")]
            for place, part in enumerate(PARTS):
                value = float(parts.total[place])
                text, ink = looks(signed_share(value), round(value, 9), _state(found, part, None))
                words += [(f"{titles[part]} ", "dim"), (f"{text}   ", ink)]
            forms.append(words)
        self.query_one("#sum-line", Line).show(forms[0], (), forms[1])

    def _say_reasons(self) -> None:
        if self.found is None:
            return
        known = replace(self.found, significance=self.known.significance if self.known else None)
        title, *sentences = ap_reasons(known)
        self.query_one("#sum-reasons", Static).update("\n".join([f" {title}", *sentences]))

    # Going in

    @on(Table.Selected, "#sum-classes")
    def _enter_class(self) -> None:
        """From a class to its parts."""
        self.set_focus(self.query_one("#sum-parts"))

    @on(Table.Selected, "#sum-parts")
    def _enter_part(self, event: Table.Selected) -> None:
        class_ = self._class
        of = {} if class_ is None or self.found is None else {"class": self.found.comparison.classes[class_]}
        self.open_behind({"part": PARTS[event.row], **of})

    @on(Table.Selected, "#sum-tide")
    def _enter_error(self, event: Table.Selected) -> None:
        self.open_behind({"error": list(TideError)[event.row].value})

    def open_behind(self, origin: Mapping[str, str]) -> None:
        """List the objects behind a part, of a class or of all, or behind an error of TIDE.

        Raises:
            LookupError: There is no such part, class or error.
        """
        found = self.found
        if found is None:
            return
        comparison = found.comparison
        known = {"part": [*PARTS], "error": [e.value for e in TideError], "class": [*comparison.classes[:-1]]}
        for name, value in origin.items():
            if value not in known[name]:
                raise LookupError(f'there is no {name} "{value}"')
        if "error" in origin:
            title, behind = f"{origin['error']} errors", _of_error(comparison, TideError(origin["error"]))
        else:
            part, of = origin["part"], origin.get("class")
            class_ = None if of is None else known["class"].index(of)
            title = f"{PART_TITLES[part]}{'' if of is None else f' of {of}'}"
            behind = _of_part(comparison, title, part, class_)
        self.app.push_screen(BehindScreen(title, behind, comparison, origin))

    def action_sort(self) -> None:
        """Ask what to sort the classes by."""
        self.tables.sort()

    def action_reverse(self) -> None:
        """Reverse their order."""
        self.tables.reverse()


def _of_part(comparison: ObjectComparison, title: str, part: str, class_: int | None) -> Behind:
    def behind(cancelled: Callable[[], bool]) -> ObjectsBehind:
        return contributing(title, comparison.ap_difference.contributions(part, class_, cancelled))

    return behind


def _of_error(comparison: ObjectComparison, error: TideError) -> Behind:
    def behind(cancelled: Callable[[], bool]) -> ObjectsBehind:
        del cancelled
        objects = {side: comparison.ap_difference.error_objects(side) for side in comparison.sides}
        return of_error(comparison, error, objects)

    return behind


def _state(found: ApSum, part: str, class_: int | None) -> State:
    if found.certainty is None:
        return State.UNKNOWN
    table = found.certainty.total if class_ is None else found.certainty.per_class
    return table[part].state(class_ or 0)


def class_columns(found: ApSum, evidence: Evidence) -> list[TableColumn]:
    """All classes, then each: labels, ΔAP and its parts, and what the class adds to the whole."""
    parts, comparison = found.parts, found.comparison
    support = comparison.scores["base"].support
    base, other = (np.append(class_mean(each), each) for each in (parts.base, parts.other))
    values = np.concatenate([parts.total[:, None], parts.per_class], axis=1)
    shares = np.append(np.nan, parts.shares)
    labels = np.append(support.sum(), support)

    def name(row: int) -> CellText:
        return ("all (macro)", "strong") if row == 0 else visible(comparison.classes[row - 1])

    def change(row: int) -> CellText:
        delta = float(other[row] - base[row])
        known = evidence.of_class("AP") if row else evidence.of_all("AP", "macro")
        state = known.state(max(row - 1, 0)) if known else State.UNKNOWN
        return looks(signed_share(delta), round(delta, 9), state)

    def part(place: int) -> Callable[[int], CellText]:
        def cell(row: int) -> CellText:
            value = float(values[place, row])
            state = _state(found, PARTS[place], row - 1 if row else None)
            return looks(signed_share(value), round(value, 9), state)

        return cell

    longest = max(cell_len(visible(each)) for each in ("all (macro)", *comparison.classes)) + 4
    return [
        TableColumn("class", "class", 0, name, lambda: np.arange(len(labels)), least=11, most=longest),
        TableColumn("labels", "labels", 6, lambda r: grouped(int(labels[r])), lambda: labels, right=True),
        TableColumn("delta", "ΔAP", 6, change, lambda: other - base, right=True, descending=True),
        *(
            TableColumn(PARTS[i], title, 7, part(i), _keys(values[i]), right=True, descending=True)
            for i, title in enumerate(_SHORT_TITLES.values())
        ),
        TableColumn(
            "adds",
            "adds",
            6,
            lambda row: "" if row == 0 else (signed_share(float(shares[row])), "dim"),
            lambda: np.abs(shares),
            right=True,
            descending=True,
        ),
    ]


def _keys(values: np.ndarray) -> Callable[[], np.ndarray]:
    return lambda: values


def part_columns(found: ApSum, class_: int | None) -> list[TableColumn]:
    """The four parts of a class, or of all, with their intervals."""
    values = found.parts.total if class_ is None else found.parts.per_class[:, class_]

    def delta(row: int) -> CellText:
        value = float(values[row])
        return looks(signed_share(value), round(value, 9), _state(found, PARTS[row], class_))

    def interval(row: int) -> CellText:
        if found.certainty is None:
            return "…", "dim"
        table = found.certainty.total if class_ is None else found.certainty.per_class
        certainty: Certainty = table[PARTS[row]]
        return between(certainty, class_ or 0).rstrip("*~"), "dim"

    return [
        TableColumn("part", "part", 0, lambda row: PART_TITLES[PARTS[row]]),
        TableColumn("delta", "Δ", 8, delta, right=True),
        TableColumn("interval", "95 % interval", 16, interval, right=True),
    ]


def tide_columns(found: ApSum) -> list[TableColumn]:
    """TIDE's errors: what each kind costs of AP50 under each set, and how many there are."""
    errors, base, other = list(TideError), found.tide["base"], found.tide["other"]

    def cost(row: int) -> CellText:
        delta = other.cost[errors[row]] - base.cost[errors[row]]
        return looks(signed_share(delta), -round(delta, 9), State.UNKNOWN)

    def count(row: int) -> CellText:
        delta = other.count[errors[row]] - base.count[errors[row]]
        return looks(signed(delta), -delta, State.UNKNOWN)

    return [
        TableColumn("error", "error", 0, lambda row: errors[row].value),
        TableColumn("base", "base", 5, lambda row: share(base.cost[errors[row]]), right=True),
        TableColumn("other", "other", 5, lambda row: share(other.cost[errors[row]]), right=True),
        TableColumn("delta", "Δ", 5, cost, right=True),
        TableColumn("count", "errors", 6, lambda row: grouped(other.count[errors[row]]), right=True),
        TableColumn("more", "Δ", 5, count, right=True),
    ]


class BehindScreen(ViewScreen):
    """The objects behind a part or an error, the one under the cursor as a picture.

    Args:
        title: What they are.
        behind: Finds them.
        comparison: What they are of.
        origin: What they are behind, as `open_behind` of the screen before takes it.
    """

    HERE = "metrics"
    CSS_PATH = "sums.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(BEHIND)]

    @dataclass
    class Listed(Message):
        """The objects are found."""

        objects: ObjectsBehind

    def __init__(
        self, title: str, behind: Behind, comparison: ObjectComparison, origin: Mapping[str, str]
    ) -> None:
        super().__init__()
        self.origin = origin
        self.tables = TableControl(self, "#behind")
        self.what, self._behind, self.comparison = title, behind, comparison
        self.objects: ObjectsBehind | None = None
        self._places: np.ndarray = np.zeros(0, np.int64)

    def content(self) -> ComposeResult:
        """What the list holds; the objects, and the picture of one."""
        yield Line(id="behind-line")
        with Horizontal(id="behind-body"):
            yield Table(id="behind", empty="switching one object after the other")
            with Vertical(id="behind-preview"):
                yield Picture(id="behind-picture")

    def on_mount(self) -> None:
        """Find the objects."""
        super().on_mount()
        self._find()

    @work(thread=True, exclusive=True, group="behind", description="behind")
    def _find(self) -> None:
        worker = get_current_worker()
        try:
            objects = self._behind(lambda: worker.is_cancelled)
        except CancelledError:
            return
        if not worker.is_cancelled:
            self.post_message(self.Listed(objects))

    @on(Listed)
    def _list(self, event: Listed) -> None:
        self.objects = event.objects
        if self.drawn is not None:
            self.show(self.drawn)

    def show(self, view: View) -> None:
        """Draw the list; under other thresholds other objects have a picture of their own."""
        objects = self.objects
        if objects is None:
            self.query_one("#behind-line", Line).show([(f" {visible(self.what)}   ", "strong"), ("…", "dim")])
            return
        comparison = presented(self, ObjectPresentation).view.comparison
        self._places = objects.places(comparison)
        table = self.query_one("#behind", Table)
        table.empty = f"no object adds to {visible(self.what)}"
        table.show(behind_columns(self.comparison, objects), len(objects), sort=table.sort)
        gains = int(np.count_nonzero(objects.value > 0))
        words = f"{counted(len(objects), 'object')}" + (
            "" if objects.words else f", {grouped(gains)} add and {grouped(len(objects) - gains)} take away"
        )
        head: list[Span] = [(f" {visible(self.what)}   ", "strong"), (words, "")]
        note = "" if objects.words else "   what AP of its class changes by when each alone is switched"
        self.query_one("#behind-line", Line).show([*head, (note, "dim")], (), head)
        self.tables.say(table)
        self._preview()

    def command(self, view: View) -> str:
        """The command that prints the figures that these objects are behind."""
        if "shared" in self.origin:
            return board_command(view)
        return reproduce(view, "compare", "--ap-parts")

    def left_out(self, view: View) -> str:
        """The objects themselves, which only recordings can show."""
        del view
        return "the objects behind its figures: `open --record FILE` notes what is looked at"

    def focus_content(self) -> None:
        """To the objects."""
        self.set_focus(self.query_one("#behind"))

    @on(Table.Highlighted, "#behind")
    def _preview(self) -> None:
        """The object under the cursor in the middle of its frame."""
        table = self.query_one("#behind", Table)
        self.tables.say(table)
        if self.objects is None or table.row is None or not len(self.objects):
            return
        painter = presented(self, ObjectPresentation).painter
        place = int(self._places[table.row])
        row = place if place >= 0 else None
        picture = self.query_one("#behind-picture", Picture)
        drawing = painter.frame(int(self.objects.frame[table.row]), ObjectLayers(), row)
        width, height = picture.cell
        aspect = max(1, picture.size.width * width), max(1, picture.size.height * height)
        region = painter.close_look(row, drawing.size, aspect) if row is not None else None
        picture.show(drawing, region=region)

    @on(Table.Selected, "#behind")
    def action_enter(self) -> None:
        """Open the frame of the object under the cursor."""
        objects, row = self.objects, self.query_one("#behind", Table).row
        if objects is None or row is None or not len(objects):
            return
        place = int(self._places[row])
        if place >= 0:
            self.program.look(ObjectLook(objects, place))
            return
        frames = objects.frame[self.query_one("#behind", Table).order]
        _, first = np.unique(frames, return_index=True)
        self.program.look(FrameLook(frames[np.sort(first)], int(objects.frame[row]), self.what))
        lowers = self.sign("view.confidence_down")
        self.notify(f"This inference is below the confidence threshold: {lowers} lowers it.")

    def action_sort(self) -> None:
        """Ask what to sort by."""
        self.tables.sort()

    def action_reverse(self) -> None:
        """Reverse the order."""
        self.tables.reverse()
