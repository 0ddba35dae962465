"""The way back: what was compared before, marks, segments."""

from collections.abc import Callable
from functools import partial
from typing import Any

from textual.app import App

from aquarium_tui.model.names import visible
from aquarium_tui.session.choice import Choice
from aquarium_tui.tui.program import program_of

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
