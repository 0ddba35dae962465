"""Ask for a name."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from aquarium_tui.errors import AquariumError
from aquarium_tui.model.names import visible
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import NAMING
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.line import Line

Way = tuple[str, Callable[[str], str]]
"""A way to save: what it does in a word, and how; it takes the name and answers with a sentence."""


class Naming(Dialog[str | None]):
    """Answers with what was done, or None; a name that cannot be taken is complained of in place.

    Args:
        title: What is named.
        save: What is done with the name.
        save_frames: What else can be done with it.
        value: The name it begins with.
        about: A sentence or a query that it is about.
    """

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(NAMING)]

    def __init__(
        self,
        title: str,
        save: Way,
        save_frames: Way | None = None,
        value: str = "",
        about: str = "",
    ) -> None:
        super().__init__()
        self.heading, self.value, self.about = title, value, about
        self.ways = {"dialog.accept": save} | ({"segments.save_frames": save_frames} if save_frames else {})

    def compose(self) -> ComposeResult:
        """Title, what it is about, name, complaint, keys."""
        with Vertical(id="dialog"):
            yield Static(self.heading, classes="dialog-title", markup=False)
            if self.about:
                yield Static(visible(self.about), markup=False, classes="about")
            yield Input(self.value, placeholder="name", compact=True)
            yield Line(id="complaint")
            yield Line(id="help")

    def on_mount(self) -> None:
        """Say the keys."""
        sign = program_of(self).keymap.sign
        words = [f"{sign(action)} {does}" for action, (does, _) in self.ways.items()]
        self.query_one("#help", Line).show([("   ".join([*words, f"{sign('dialog.cancel')} cancel"]), "dim")])

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#complaint", Line).show([])

    def action_take(self) -> None:
        """Save under the name."""
        self._take("dialog.accept")

    def action_take_frames(self) -> None:
        """Save under the name, the other way."""
        if "segments.save_frames" in self.ways:
            self._take("segments.save_frames")

    def _take(self, action: str) -> None:
        try:
            self.dismiss(self.ways[action][1](self.query_one(Input).value))
        except AquariumError as error:
            self.query_one("#complaint", Line).show([(visible(error.message), "bad")])
