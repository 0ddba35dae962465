"""Ask which sets of a dataset are base and other."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from textual.app import App

from aquarium_tui.session.choice import Choice
from aquarium_tui.tui.dialogs.choose import Choose, Offer


def choose_sets(app: App[Any], choice: Choice, sets: Sequence[str], then: Callable[[Choice], None]) -> None:
    """Ask for base, then for other if the choice does not name it; `then` takes the answer, if there is one.

    Args:
        app: Shows the dialogs.
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
        app.push_screen(asking, lambda other: with_other(base, other))

    def with_other(base: str, other: str | None) -> None:
        if other is not None:
            then(replace(choice, base=base, other=other))

    bases = [Offer(name, name) for name in sets if name != choice.other]
    app.push_screen(Choose("Choose base", bases), with_base)
