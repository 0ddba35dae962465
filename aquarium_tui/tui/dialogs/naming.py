"""Ask for a name."""

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from aquarium_tui.errors import AquariumError
from aquarium_tui.model.names import visible
from aquarium_tui.tui.widgets.line import Line


class Naming(ModalScreen[str | None]):
    """Answers with what was done, or None; a name that cannot be taken is complained of in place.

    Args:
        title: What is named.
        keys: Actions by key: each takes the name, and answers with a sentence.
        value: The name it begins with.
        about: A sentence or a query that it is about.
    """

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("enter", "take('enter')", "Save", priority=True),
        Binding("ctrl+l", "take('ctrl+l')", "Other way", priority=True),
    ]

    def __init__(
        self,
        title: str,
        keys: Mapping[str, tuple[str, Callable[[str], str]]],
        value: str = "",
        about: str = "",
    ) -> None:
        super().__init__()
        self.heading, self.keys, self.value, self.about = title, keys, value, about

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
        written = {"enter": "Enter"}
        words = [f"{written.get(key, key)} {does}" for key, (does, _) in self.keys.items()]
        self.query_one("#help", Line).show([("   ".join([*words, "Escape cancel"]), "dim")])

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#complaint", Line).show([])

    def action_take(self, key: str) -> None:
        """Do what the key does with the name."""
        if key not in self.keys:
            return
        try:
            self.dismiss(self.keys[key][1](self.query_one(Input).value))
        except AquariumError as error:
            self.query_one("#complaint", Line).show([(visible(error.message), "bad")])
