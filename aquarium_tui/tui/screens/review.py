"""What was reviewed, what is suspected, and queues: lists of frames and objects, and where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message

from aquarium_tui.compare.reviews import Target
from aquarium_tui.errors import AquariumError
from aquarium_tui.kinds.columns import Sort
from aquarium_tui.kinds.reviews import SIGNS, ReviewList, place_of, review_words, reviewed
from aquarium_tui.kinds.walks import FrameLook, ObjectLook, SubjectWalk
from aquarium_tui.model.names import visible
from aquarium_tui.session.reviews import TITLE, Suspicion
from aquarium_tui.session.view import View, reproduce
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import REVIEW
from aquarium_tui.tui.controllers.tables import TableControl
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.samples import ListTabs
from aquarium_tui.tui.widgets.table import Table

REST = 0.08
"""Seconds for which the cursor must rest before the preview follows."""


class ReviewScreen(ViewScreen):
    """Lists of what was reviewed and of what is to be reviewed."""

    HERE = "review"
    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REVIEW)]

    which = "Reviewed"
    suspected: list[Suspicion] = []  # noqa: RUF012
    suspected_of = ""

    @dataclass
    class Suspected(Message):
        """Label errors that are suspected in the dataset of a view."""

        view: View
        found: list[Suspicion]

    def __init__(self) -> None:
        super().__init__()
        self.tables = TableControl(self, "#reviewed")
        self.lists: dict[str, ReviewList] = {}

    def content(self) -> ComposeResult:
        """The lists, one of them as a table, and what is under its cursor."""
        yield ListTabs()
        with Container(id="review-body"):
            yield Table(id="reviewed")
            with Vertical(id="preview"):
                yield Picture(id="preview-picture")
                yield Line(id="said")
        yield Line(id="signs")

    def show(self, view: View) -> None:
        """Fill the lists; what was looked at last stays under the cursor."""
        self.lists = {"Reviewed": reviewed(view)}
        try:
            queues = self.program.session.desk.queues(view)
        except AquariumError as error:
            self.notify(visible(error.message), severity="error", markup=False)
            queues = []
        if not view.comparison.no_objects and len(view.sets) > 1:
            self.lists[TITLE] = self._suspected(view)
            self._look_for_suspects(view)
        for queue in queues:
            rows = [place_of(view, subject) for subject in queue.subjects]
            self.lists[queue.name] = ReviewList(queue.name, rows, queue.seen, stored=True)
        self._fill(view)

    def _suspected(self, view: View) -> ReviewList:
        """The suspected label errors found so far."""
        found = self.suspected if self.suspected_of == view.choice.title else []
        rows = [place_of(view, each.subject) for each in found]
        seen = self.program.session.desk.seen(view, TITLE)
        return ReviewList(TITLE, rows, seen, notes=[each.words for each in found])

    @work(thread=True, exclusive=True, group="suspects", description="suspects")
    def _look_for_suspects(self, view: View) -> None:
        try:
            found = self.program.session.suspicions.of(view)
        except AquariumError:  # A set that cannot be read is reported where the dataset is opened.
            found = []
        self.post_message(self.Suspected(view, found))

    @on(Suspected)
    def _take_suspects(self, event: Suspected) -> None:
        view = self.drawn
        if view is not event.view or event.found is self.suspected:
            return
        self.suspected, self.suspected_of = event.found, event.view.choice.title
        self.lists[TITLE] = self._suspected(view)
        self._fill(view, anew=self.which == TITLE)

    def on_screen_resume(self) -> None:
        """Catch up also with what was said on other screens."""
        drawn = self.drawn
        super().on_screen_resume()
        if drawn is not None and drawn is self.drawn:
            self.show(drawn)

    @property
    def listed(self) -> ReviewList:
        """The list that is shown."""
        return self.lists.get(self.which, self.lists["Reviewed"])

    def _fill(self, view: View, anew: bool = False) -> None:
        if self.which not in self.lists:
            self.which, anew = "Reviewed", True
        table, listed = self.query_one("#reviewed", Table), self.listed
        counts = {name: (visible(each.title), len(each.rows)) for name, each in self.lists.items()}
        note = f"{listed.progress}  " if listed.progress else ""
        self.query_one(ListTabs).show(
            counts, self.which, f"{note}{self.sign('previous.item', 'next.item')} lists "
        )
        table.empty = self._why_empty()
        columns = listed.columns(view)
        sort = (
            table.sort
            if not anew and table.sort in {Sort(c.key, d) for c in columns for d in (True, False)}
            else None
        )
        table.show(columns, len(listed.rows), sort=sort, row=listed.resumes() if anew else None)
        self.query_one("#signs", Line).show([(f" {SIGNS}", "dim")])
        self.tables.say(table)
        if table.row is not None:
            self._preview(table.row)
        else:
            self.query_one(Picture).show(None)
            self.query_one("#said", Line).show([])

    def _why_empty(self) -> str:
        back, on = self.sign("previous.item"), self.sign("next.item")
        if self.which == TITLE:
            return (
                "no label is suspected: nowhere do all sets together contradict one; "
                f"{back} goes back to what was reviewed"
            )
        if self.which != "Reviewed":
            return f"this queue is empty: {back} and {on} go to other lists"
        flag, verdict = self.sign("review.flag"), self.sign("review.verdict")
        suspects = f"; {on} lists suspected label errors" if TITLE in self.lists else ""
        return (
            f"nothing was reviewed yet: on the other screens, {flag} flags what is under the cursor, "
            f"{verdict} gives it a verdict{suspects}"
        )

    def _preview(self, row: int) -> None:
        if self.drawn is None or row >= len(self.listed.rows):
            return
        found = self.listed.rows[row]
        said = review_words(self.drawn.reviews.of(found.subject))
        self.query_one("#said", Line).show(
            [(f" {visible(found.why)}  " if found.why else " ", "warn"), *said]
        )
        drawing = self.program.presentation.close_up(found.target) if found.target else None
        self.query_one(Picture).show(drawing)

    @on(Table.Highlighted, "#reviewed")
    def follow(self, event: Table.Highlighted) -> None:
        """Show what is under the cursor a moment after it rests."""
        self.tables.say(event.table)
        self.set_timer(REST, lambda: self._preview(event.row) if event.table.row == event.row else None)

    @on(Table.Selected, "#reviewed")
    def _open(self, event: Table.Selected) -> None:
        """Open the frame or object, on the path of the list."""
        table, listed = self.query_one("#reviewed", Table), self.listed
        found = listed.rows[event.row]
        if found.target is None:
            self.notify(f"It cannot be opened: {found.why}.", severity="warning", markup=False)
            return
        queue = listed.title if listed.seen is not None else ""
        subjects = tuple(listed.rows[int(row)].subject for row in table.order)
        kind, at = found.target
        if kind == "object":
            self.program.look(ObjectLook(SubjectWalk(listed.title, subjects, queue), at))
            return
        targets = [listed.rows[int(row)].target for row in table.order]
        frames = list(dict.fromkeys(target[1] for target in targets if target and target[0] == "frame"))
        self.program.look(FrameLook(np.array(frames, np.int64), at, listed.title, queue=queue))

    def under_review(self) -> Sequence[Target]:
        """What is under the cursor."""
        row = self.query_one("#reviewed", Table).row
        target = self.listed.rows[row].target if row is not None else None
        return [target] if target else []

    def review_changed(self) -> None:
        """Draw the lists anew."""
        if self.drawn is not None:
            self.show(self.drawn)

    def queued(self) -> tuple[str, Sequence[Target]]:
        """The list that is shown."""
        rows = [self.listed.rows[int(row)] for row in self.query_one("#reviewed", Table).order]
        return "", [row.target for row in rows if row.target]

    def command(self, view: View) -> str:
        """The command that lists what is suspected, or what was said in review."""
        if self.which == TITLE:
            return reproduce(view, "review suspects")
        return f"aquarium-tui review export {view.choice.title}"

    def left_out(self, view: View) -> str:
        """Which of it is in a queue."""
        del view
        return "what is in this queue" if self.which not in ("Reviewed", TITLE) else ""

    def focus_content(self) -> None:
        """To the table."""
        self.set_focus(self.query_one("#reviewed"))

    def action_list(self, by: int) -> None:
        """The next or previous list."""
        names = list(self.lists)
        at = names.index(self.which) if self.which in names else 0
        self.choose(names[(at + by) % len(names)])

    @on(ListTabs.Chosen)
    def _clicked(self, event: ListTabs.Chosen) -> None:
        self.choose(event.which)

    def choose(self, which: str) -> None:
        """Show a list."""
        self.which = which
        if self.drawn is not None:
            self._fill(self.drawn, anew=True)

    def action_sort(self) -> None:
        """Ask what to sort by."""
        self.tables.sort()

    def action_reverse(self) -> None:
        """Reverse the order."""
        self.tables.reverse()

    def action_remove_queue(self) -> None:
        """Remove the queue that is shown; what was said of its subjects stays."""
        view, listed = self.drawn, self.listed
        if view is None or not listed.stored:
            self.notify("Only a queue that was made by hand can be removed.", severity="warning")
            return
        try:
            self.program.session.desk.remove_queue(view, listed.title)
        except AquariumError as error:
            self.notify(visible(error.message), severity="error", markup=False)
            return
        self.notify(f'Removed queue "{visible(listed.title)}".', markup=False)
        self.show(view)
