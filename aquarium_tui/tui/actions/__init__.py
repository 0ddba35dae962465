"""The registry of actions: what each is called, its keys, what it does, and where it works.

Bindings, footer, `?`, the command palette, `[keys]` of `config.toml` and the documents all derive from it.
"""

from textual.binding import Binding

from aquarium_tui.tui.actions.action import Action, Place
from aquarium_tui.tui.actions.dialogs import BARS, DIALOGS
from aquarium_tui.tui.actions.everywhere import ENTERING, MOVING, PROGRAM, REVIEWS
from aquarium_tui.tui.actions.screens import FRAME_SCREENS, LISTS, MASK_SCREENS, MATRICES

ACTIONS: dict[str, Action] = {
    action.id: action
    for group in (
        ENTERING,
        MATRICES,
        FRAME_SCREENS,
        MASK_SCREENS,
        LISTS,
        REVIEWS,
        MOVING,
        BARS,
        DIALOGS,
        PROGRAM,
    )
    for action in group
}
"""All actions by id, in the order in which the footer and the lists of keys show them."""

TWO_MEANINGS = {
    "plus": "zooms in where there is a picture, and adds the other set where there is none",
    "ctrl+r": "searches the history while a query is typed, and renames a segment in their list",
    "tab": "goes to the next pane, and takes a completion while a query is typed",
}
"""The only keys that mean two things, never in the same place, and what these are."""


def bindings(place: Place) -> list[Binding]:
    """The bindings of the class that a place stands for."""
    return [
        Binding(
            ",".join(action.keys),
            use.does,
            use.title,
            show=use.shown,
            priority=use.priority,
            tooltip=use.sentence,
            id=action.id,
        )
        for action in ACTIONS.values()
        for use in action.uses
        if place in use.places
    ]
