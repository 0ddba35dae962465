"""Review from any screen: flags, tags, notes and verdicts on what is under the cursor, undo, and queues."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol, cast, runtime_checkable

from textual.screen import Screen

from aquarium_tui.compare.reviews import Target
from aquarium_tui.errors import AquariumError, StoreError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.reviews import Subject
from aquarium_tui.session.reviews import ReviewDesk
from aquarium_tui.session.view import View
from aquarium_tui.tui.controllers.segments import Naming
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.header import Tabs


@runtime_checkable
class Reviewable(Protocol):
    """A screen of things that can be reviewed."""

    def under_review(self) -> Sequence[Target]:
        """The frames or objects that are marked, else the one under the cursor."""

    def review_changed(self) -> None:
        """Draw the signs anew."""


class ReviewControl:
    """What a screen's keys say of what is under its cursor.

    Args:
        screen: The screen; it is `Reviewable`.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self.screen = screen
        self.reviewable = cast("Reviewable", screen)
        self.program = program_of(screen)

    @property
    def desk(self) -> ReviewDesk:
        """What this person says in review."""
        return self.program.session.desk

    def flag(self) -> None:
        """Flag it, or take the flag away."""
        self._do(lambda view, targets: f"{_of(targets)} {_now(self.desk.toggle_flag(view, targets), 'flag')}")

    def judge(self, verdict: str) -> None:
        """Give a verdict, or take it back."""
        self._do(
            lambda view, targets: (
                f"{_of(targets)} {_now(self.desk.toggle(view, targets, 'verdict', verdict), verdict)}"
            )
        )

    def tag(self) -> None:
        """Ask for a tag to give or to take away."""
        self._ask("tag", "Tag", "A tag that it has already is taken away.")

    def verdict(self) -> None:
        """Ask for a verdict to give or to take back."""
        self._ask("verdict", "Verdict", "The verdict that it has already is taken back.")

    def note(self) -> None:
        """Ask for a note; an empty one is taken away."""
        asked = self._asked()
        if asked is None:
            return
        view, targets = asked
        now = view.reviews.of(view.reviews.subject_of(targets[0])).note

        def write(text: str) -> str:
            self.desk.say(view, targets, "note", text, removed=not text.strip())
            return f"{_of(targets)} {_now(bool(text.strip()), 'note')}"

        dialog = Naming(f"Note on {_of(targets).lower()}", ("write", write), value=now, wanted="note")
        self.screen.app.push_screen(dialog, self._told)

    def _ask(self, about: str, title: str, help_: str) -> None:
        asked = self._asked()
        if asked is None:
            return
        view, targets = asked
        known = self.desk.known(view, "tag" if about == "tag" else "verdict")
        words = f"{help_} Used: {', '.join(known[:8])}; → completes." if known else help_

        def say(text: str) -> str:
            stands = self.desk.toggle(view, targets, "tag" if about == "tag" else "verdict", text)
            return f"{_of(targets)} {_now(stands, text)}"

        dialog = Naming(
            f"{title} {_of(targets).lower()}", ("say it", say), about=words, known=known, wanted=about
        )
        self.screen.app.push_screen(dialog, self._told)

    def undo(self) -> None:
        """Undo the last edit."""
        self._step(self.desk.undo)

    def redo(self) -> None:
        """Redo what was undone last."""
        self._step(self.desk.redo)

    def _step(self, step: Callable[[View], str]) -> None:
        view = self.program.view
        if view is not None:
            self._tell(lambda: step(view))

    def queue(self, title: str, subjects: Sequence[Subject]) -> None:
        """Ask for the name of a queue of these, and go to it."""
        view = self.program.view
        if view is None:
            return

        def make(name: str) -> str:
            self.desk.make_queue(view, name, subjects)
            go = self.program.keymap.sign("app.review")
            return f'Queue "{name}" of {len(subjects)}; {go} lists it and goes on where you stopped.'

        about = f"{counted(len(subjects), 'item')} in this order; what you have looked at is remembered."
        dialog = Naming("Queue", ("make it", make), value=title, about=about)
        self.screen.app.push_screen(dialog, self._told)

    def see(self, queue: str, target: Target) -> None:
        """Remember that something in a queue was looked at."""
        view = self.program.view
        if view is None:
            return
        with suppress(StoreError):  # A store that cannot be written has said so when it was opened.
            subject = view.reviews.subject_of(target)
            if subject not in self.desk.seen(view, queue):
                self.desk.see(view, queue, subject)

    def progress(self, queue: str) -> int:
        """How much of a queue this person has seen."""
        view = self.program.view
        return len(self.desk.seen(view, queue)) if view else 0

    def _asked(self) -> tuple[View, Sequence[Target]] | None:
        view, targets = self.program.view, self.reviewable.under_review()
        if view is None or not targets:
            self.screen.notify("There is nothing under the cursor to review.", severity="warning")
            return None
        return view, targets

    def _do(self, say: Callable[[View, Sequence[Target]], str]) -> None:
        asked = self._asked()
        if asked is not None:
            self._tell(lambda: say(*asked))

    def _tell(self, do: Callable[[], str]) -> None:
        try:
            told = do()
        except AquariumError as error:
            message, hint = visible(error.message), visible(error.hint)
            self.screen.notify(message, title=hint, severity="error", timeout=12, markup=False)
        else:
            self._told(told)

    def _told(self, told: str | None) -> None:
        if told:
            self.reviewable.review_changed()
            if len(self.reviewable.under_review()) > 1 or told.startswith("Queue"):
                self.screen.notify(visible(told), markup=False)
            else:
                # Not a toast: escape would first have to close it, and review is many keys in a row.
                self.screen.query_one(Tabs).say(visible(told))


def _of(targets: Sequence[Target]) -> str:
    kind = targets[0][0].capitalize()
    return kind if len(targets) == 1 else f"{len(targets)} {kind.lower()}s"


def _now(stands: bool, what: str) -> str:
    return f"{'+' if stands else '−'} {what}"
