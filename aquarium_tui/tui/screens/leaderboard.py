"""All inference sets against one base: figures, wins and losses, and what they share."""

from collections.abc import Callable, Mapping
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
from textual.worker import get_current_worker

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.leaderboard import FALSE_ALARMS, Leaderboard, LeaderboardFigure
from aquarium_tui.errors import AquariumError, CancelledError
from aquarium_tui.kinds.columns import CellText, Sort, TableColumn
from aquarium_tui.kinds.objects.lists import CellTiles
from aquarium_tui.kinds.objects.presentation import ObjectPresentation, ObjectsBehind, of_labels
from aquarium_tui.kinds.report_columns import looks
from aquarium_tui.kinds.walks import ObjectLook
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.report.leaderboard import (
    FRONT,
    TITLES,
    delta_text,
    figure_text,
    interval_text,
    ranked_rows,
    state_of,
)
from aquarium_tui.session.comparisons import leaderboard
from aquarium_tui.session.session import Session
from aquarium_tui.session.view import View, board_command
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import LEADERBOARD
from aquarium_tui.tui.controllers.tables import TableControl
from aquarium_tui.tui.dialogs import Choose, Offer
from aquarium_tui.tui.screens.sums import BehindScreen
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.samples import Crops
from aquarium_tui.tui.widgets.table import Table
from aquarium_tui.work.executor import Watch

_LISTS = ("#sets", "#shared")
_LEAST_ROOM = 17
"""Rows besides the two tables that crops ask for: what is around all takes eight, a tile with a gap nine."""

_FORMS = ("values and deltas", "deltas and intervals")


class LeaderboardScreen(ViewScreen):
    """Which of many sets is best, and at what."""

    HERE = "leaderboard"
    CSS_PATH = "leaderboard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LEADERBOARD)]

    @dataclass
    class Counted(Message):
        """So many sets are counted."""

        about: object
        words: str

    @dataclass
    class Ranked(Message):
        """All sets are counted."""

        about: object
        board: Leaderboard

    def __init__(self) -> None:
        super().__init__()
        self.tables = TableControl(self, "#sets")
        self.board: Leaderboard | None = None
        self.form = _FORMS[0]
        self.looks: list[ObjectLook] = []
        self._about: object = None
        self._counting = ""

    def content(self) -> ComposeResult:
        """The sets, and the labels that all get wrong or only one gets right."""
        yield Line(id="board-line")
        yield Table(id="sets", empty="counting the sets")
        with Vertical(id="shared-pane"):
            yield Table(id="shared", empty="")
        yield Crops(id="shared-crops")

    def show(self, view: View) -> None:
        """Count the sets where it covers other frames, sets or settings."""
        about = (view.choice, view.signature, view.comparison.frames is None)
        if self._about != about:
            self._about, self.board = about, None
            self._rank(view, self.program.session)
        self._fill()

    @work(thread=True, exclusive=True, group="leaderboard", description="leaderboard")
    def _rank(self, view: View, session: Session) -> None:
        worker, about = get_current_worker(), self._about

        def progress(done: int, total: int) -> None:
            self.post_message(self.Counted(about, f"counting sets, {done} of {total}"))

        choice = replace(view.choice, other="", query="")
        try:
            watch = Watch(progress, lambda: worker.is_cancelled)
            board = leaderboard(session, choice, watch, frames=view.comparison.frames)
            self.post_message(self.Ranked(about, board))
        except CancelledError:
            return
        except AquariumError as error:
            self.post_message(self.Counted(about, visible(error.message)))

    @on(Counted)
    def _say_count(self, event: Counted) -> None:
        if event.about is self._about:
            self._counting = event.words
            self._fill()

    @on(Ranked)
    def _ranked(self, event: Ranked) -> None:
        if event.about is self._about:
            self.board, self._counting = event.board, ""
            self._fill()

    def command(self, view: View) -> str:
        """The command that prints these figures, with the front that is marked."""
        return board_command(view, ",".join(self.board.pareto) if self.board else "")

    def focus_content(self) -> None:
        """To the sets."""
        self.set_focus(self.query_one("#sets"))

    # Drawing

    def _fill(self) -> None:
        table, board = self.query_one("#sets", Table), self.board
        self.query_one("#shared-pane").display = board is not None and board.unit == "label"
        if board is None:
            table.empty = self._counting or "counting the sets"
            table.show([], 0)
            return
        first, second = board.pareto
        words = f" base {visible(board.sets[0])}   {FRONT} front of {first} and {second}   {self.form}"
        nothing = self.nothing_selected()
        self.query_one("#board-line", Line).show([(f" {nothing}", "warn") if nothing else (words, "dim")])
        default = Sort(first, board.figures[first].higher_is_better)
        table.show(set_columns(board, self.form), len(board.sets), sort=table.sort or default)
        table.styles.height = len(board.sets) + 1
        shared = shared_rows(board)
        lists = self.query_one("#shared", Table)
        lists.styles.height = len(shared) + 1
        lists.show(_shared_columns(shared), len(shared))
        self.tables.say(table)
        # The tables know their heights when they are laid out.
        self.call_after_refresh(self.show_crops)

    @on(Table.Highlighted, "#shared")
    def show_crops(self) -> None:
        """The labels of the list under the cursor as crops, where the tables leave room for them."""
        board, view, row = self.board, self.drawn, self.query_one("#shared", Table).row
        crops, taken = self.query_one(Crops), sum(self.query_one(each).size.height for each in _LISTS)
        self.looks, presentation = [], self.program.presentation
        if board and view and row is not None and isinstance(presentation, ObjectPresentation):
            behind = of_labels(presentation.view.comparison, *shared_rows(board)[row])
            rows = behind.rows(presentation.view)
            self.looks = [ObjectLook(behind, int(each)) for each in rows]
            crops.show(CellTiles(presentation.view, presentation.painter, rows))
        crops.display = bool(self.looks) and self.size.height - taken >= _LEAST_ROOM

    def on_resize(self) -> None:
        """Crops come and go with the room for them."""
        self.call_after_refresh(self.show_crops)

    @on(Crops.Selected)
    def _open_crop(self, event: Crops.Selected) -> None:
        self.program.look(self.looks[event.position])

    # Going in

    @on(Table.Selected, "#sets")
    def action_enter(self) -> None:
        """Open the two sets that are picked; else base and the set under the cursor."""
        board, table, view = self.board, self.query_one("#sets", Table), self.drawn
        if board is None or view is None or table.row is None:
            return
        picked = np.flatnonzero(table.marks)
        pair = (int(picked[0]), int(picked[1])) if len(picked) == 2 else (0, table.row)
        if pair[0] == pair[1]:
            self.notify("This is base: go to the set to compare with it, or pick two.", severity="warning")
            return
        base, other = (board.sets[row] for row in pair)
        self.program.compare(replace(self.program.now(view), base=base, other=other))
        self.program.action_go("metrics")

    def action_mark(self) -> None:
        """Pick the set under the cursor, or let it go; the third lets the first go."""
        table = self.query_one("#sets", Table)
        if table.row is None:
            return
        if not table.marks[table.row] and np.count_nonzero(table.marks) == 2:
            table.mark(int(np.flatnonzero(table.marks)[0]), False)
        table.mark(table.row, not table.marks[table.row])

    @on(Table.Selected, "#shared")
    def _enter_list(self, event: Table.Selected) -> None:
        board, view = self.board, self.drawn
        if board is None or view is None or not isinstance(view.comparison, ObjectComparison):
            return
        self.open_behind({"shared": shared_rows(board)[event.row][0]})

    def open_behind(self, origin: Mapping[str, str]) -> None:
        """List the labels that all sets get wrong, or that only one gets right, by the words for them.

        Raises:
            LookupError: There is no such list.
        """
        board, view = self.board, self.drawn
        if board is None or view is None or not isinstance(view.comparison, ObjectComparison):
            raise LookupError("these sets share no labels")
        title, comparison = origin["shared"], view.comparison
        shared = dict(shared_rows(board))
        if title not in shared:
            raise LookupError(f"there are no {title}")
        rows = shared[title]

        def behind(cancelled: Callable[[], bool]) -> ObjectsBehind:
            del cancelled
            return of_labels(comparison, title, rows)

        self.app.push_screen(BehindScreen(title, behind, comparison, origin))

    def action_view(self) -> None:
        """Show values and deltas, or deltas and intervals."""
        self.form = _FORMS[1 - _FORMS.index(self.form)]
        self._fill()

    def action_front(self) -> None:
        """Choose the second figure of the front; the first is the one that the sets are sorted by."""
        board, table = self.board, self.query_one("#sets", Table)
        if board is None:
            return
        by = table.sort.key if table.sort and table.sort.key in board.figures else board.pareto[0]
        offers = [Offer(name, name.replace("_", " ")) for name in board.figures if name != by]

        def chosen(name: str | None) -> None:
            if name:
                self.take_front((by, name))

        self.app.push_screen(Choose(f"Pareto front of {by.replace('_', ' ')} and", offers, ""), chosen)

    def take_front(self, figures: tuple[str, str]) -> None:
        """Mark the sets that no other one beats in both figures."""
        if self.board:
            self.board = self.board.on_front_of(figures)
            self._fill()

    def action_sort(self) -> None:
        """Ask what to sort by."""
        self.tables.sort()

    def action_reverse(self) -> None:
        """Reverse the order."""
        self.tables.reverse()

    def action_leave(self) -> None:
        """Go to Metrics."""
        self.program.action_go("metrics")


def set_columns(board: Leaderboard, form: str) -> list[TableColumn]:
    """The set with its mark, each figure, and wins and losses."""

    def name(row: int) -> CellText:
        mark = FRONT if board.front[row] else " "
        return [(f"{mark} ", "accent"), (visible(board.sets[row]), "strong" if row == 0 else "")]

    def record(row: int) -> CellText:
        if row == 0:
            return "base", "dim"
        gain = int(board.wins[row] - board.losses[row])
        text = f"+{grouped(board.wins[row])} −{grouped(board.losses[row])}"
        return looks(text, gain, board.record.state(row))

    net, longest = board.wins - board.losses, max(cell_len(visible(each)) for each in board.sets) + 4
    return [
        TableColumn(
            "set", "set", 0, name, lambda: np.argsort(np.argsort(board.sets)), least=12, most=longest
        ),
        TableColumn("record", "wins", 11, record, lambda: net, right=True, descending=True),
        *(_figure_column(figure, form) for figure in _in_order(board)),
    ]


def _in_order(board: Leaderboard) -> list[LeaderboardFigure]:
    """What a user chooses by comes first."""
    leading = [name for name in ("f1", "recall", "precision", FALSE_ALARMS, "AP") if name in board.figures]
    return [board.figures[name] for name in [*leading, *(n for n in board.figures if n not in leading)]]


def _figure_column(figure: LeaderboardFigure, form: str) -> TableColumn:
    title = {FALSE_ALARMS: "alarms"}.get(figure.name, TITLES.get(figure.name, figure.name))

    def cell(row: int) -> CellText:
        text, delta = figure_text(figure, row), delta_text(figure, row)
        gain = float(figure.values[row] - figure.values[0]) * (1 if figure.higher_is_better else -1)
        shown = looks(delta, round(gain, 9), state_of(figure, row))
        if form == _FORMS[0] or row == 0:
            return [(f"{text} ", ""), (f"{shown[0]:>6}", shown[1])]
        return [(f"{shown[0]:>6}", shown[1]), (f" {interval_text(figure, row)}", "dim")]

    def keys() -> NDArray[Any]:
        return figure.values

    width = 12 if form == _FORMS[0] else 22 if figure.certainty else 7
    return TableColumn(figure.name, title, width, cell, keys, right=True, descending=figure.higher_is_better)


def shared_rows(board: Leaderboard) -> list[tuple[str, NDArray[np.int64]]]:
    """What the sets share: a title and the rows of the labels; only one is right, the most first."""
    found = [("labels that every set gets wrong", board.all_wrong)]
    for place in ranked_rows(board):
        rows = board.only_one[board.by == place]
        if len(rows):
            found.append((f"labels that only {board.sets[place]} gets right", rows))
    return found


def _shared_columns(shared: list[tuple[str, NDArray[np.int64]]]) -> list[TableColumn]:
    return [
        TableColumn("count", "", 7, lambda row: grouped(len(shared[row][1])), right=True),
        TableColumn("what", "labels", 0, lambda row: visible(shared[row][0].removeprefix("labels "))),
    ]
