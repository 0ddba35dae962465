"""Which sets are compared: chosen from a list, or swapped; and the way back, also from marks and segments."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from textual.app import App

from aquarium_tui.errors import AquariumError
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Side
from aquarium_tui.session.choice import Choice
from aquarium_tui.tui.dialogs import Choose, Offer
from aquarium_tui.tui.program import program_of


class SetControl:
    """The sets of the view that an app shows.

    Args:
        app: The app.
    """

    def __init__(self, app: App[Any]) -> None:
        self.app = app
        self.program = program_of(app)

    def choose(self, side: Side) -> None:
        """Choose base or other of the view."""
        view = self.program.view
        if view is None:
            return
        roles = {view.choice.base: "base now", view.choice.other: "other now"}
        try:
            sets = self.program.session.sets(view.choice)
        except AquariumError:
            sets = view.sets
        offers = [Offer(name, name, roles.get(name, "")) for name in sets]
        if len(offers) < 2:
            self.app.notify("There is only one inference set; upload another to compare.", severity="warning")
            return

        def chosen(name: str | None) -> None:
            if name:
                self.program.compare(self.program.now(view).with_set(side, name))

        current = view.choice.base if side == "base" else view.choice.other
        self.app.push_screen(Choose(f"Choose {side}", offers, current), chosen)

    def swap(self) -> None:
        """Base as other, other as base."""
        view = self.program.view
        if view is None or not view.choice.other:
            add = self.program.keymap.sign("sets.other")
            self.app.notify(
                f"Nothing to swap: only one set is chosen. {add} adds another.", severity="warning"
            )
            return
        self.program.compare(view.choice.swapped())

    def ask(self, choice: Choice, sets: Sequence[str], then: Callable[[Choice], None]) -> None:
        """Ask for base, then for other if the choice names none; `then` takes the answer, if there is one.

        Args:
            choice: Names no base.
            sets: Ids of the dataset's inference sets.
            then: Takes the choice with its sets named.
        """

        def with_base(base: str | None) -> None:
            if not base:
                return
            if choice.other:
                then(replace(choice, base=base))
                return
            others = [name for name in sets if name != base]
            alone = Offer("", "none", "look at base alone")
            asking = Choose("Choose other", [*(Offer(name, name) for name in others), alone], others[0])
            self.app.push_screen(asking, lambda other: with_other(base, other))

        def with_other(base: str, other: str | None) -> None:
            if other is not None:
                then(replace(choice, base=base, other=other))

        bases = [Offer(name, name) for name in sets if name != choice.other]
        self.app.push_screen(Choose("Choose base", bases), with_base)


_MOST = 50
"""Steps that can be taken back: more than anyone remembers."""


class UndoControl:
    """What can be taken back in an app, the latest last.

    Args:
        app: The app.
    """

    def __init__(self, app: App[Any]) -> None:
        self.app = app
        self.program = program_of(app)
        self._left: Choice | None = None
        self._steps: list[tuple[str, Callable[[], object]]] = []

    def offer(self, done: str, back: Callable[[], object]) -> None:
        """Remember how to take something back.

        Args:
            done: What was done, as in "Taken back: …".
            back: Takes it back.
        """
        self._steps = [*self._steps, (done, back)][-_MOST:]

    def follow(self, before: Choice, now: Choice) -> None:
        """Something else is compared; going back to what was compared before is no step of its own."""
        if changed := difference(before, now):
            if self._left != before:
                self.offer(changed, partial(self._return, before, now))
            self._left = None

    def _return(self, before: Choice, left: Choice) -> None:
        self._left = left
        self.program.compare(before)

    def take_back(self) -> None:
        """Take back what was done last; say what that was, or that there is nothing."""
        if not self._steps:
            self.app.notify("There is nothing to take back.", severity="warning")
            return
        done, back = self._steps.pop()
        back()
        self.app.notify(f"Taken back: {done}.", markup=False)


def difference(before: Choice, now: Choice) -> str:
    """What differs between two choices of one dataset, in a few words; "" where nothing does."""
    if (before.base, before.other) != (now.base, now.other):
        return f"{visible(now.base)} and {visible(now.other)}" if now.other else visible(now.base)
    if before.query != now.query:
        return f"the query {visible(now.query)}" if now.query else "clearing the query"
    return "" if before == now else "a change of thresholds or rule"
