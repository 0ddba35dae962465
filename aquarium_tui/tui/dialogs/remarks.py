"""What to know before two sets are compared, with what to press and what to type about it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from aquarium_tui.model.names import visible
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import REMARKS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.program import program_of

HELP: Mapping[str, tuple[str, str]] = {
    "confidences differ": ("view.thresholds", "--base-confidence X --other-confidence Y"),
    "score floors differ": ("view.thresholds", "--confidence X"),
    "all confidences are equal": ("view.thresholds", "--confidence X"),
    "frames differ": ("query.open", "--query QUERY"),
    "frames left out": ("query.open", "--query QUERY"),
}
"""The action that helps, and the option of `compare` that does the same, by what a remark is about."""


class RemarkList(Dialog[None]):
    """The remarks of a view; a dialog, as a toast would cover what they are about and go too soon.

    Args:
        remarks: What each is about, and its sentence.
        dataset: The dataset as commands name it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REMARKS)]

    def __init__(self, remarks: Sequence[tuple[str, str]], dataset: str) -> None:
        super().__init__()
        self.remarks, self.dataset = remarks, dataset

    def compose(self) -> ComposeResult:
        """One paragraph a remark."""
        with Vertical(id="dialog", classes="remarks"):
            yield Static("Before you compare", classes="dialog-title")
            with VerticalScroll():
                yield Static(self._text())

    def _text(self) -> Text:
        inks, sign = Inks(self), program_of(self).keymap.sign
        text = Text()
        if not self.remarks:
            text.append("Nothing limits the comparison of these sets.\n", inks.style("", "surface"))
        for what, sentence in self.remarks:
            text.append("• ", inks.style("warn", "surface"))
            text.append(f"{visible(sentence)}\n", inks.style("", "surface"))
            if what in HELP:
                action, option = HELP[what]
                words = (
                    f"  Here: {sign(action)}. In the shell: aquarium-tui compare {self.dataset} {option}\n"
                )
                text.append(words, inks.style("dim", "surface"))
        said = f"\nIn the shell, aquarium-tui doctor {self.dataset} prints this. "
        text.append(f"{said}{sign('dialog.cancel')} closes it.", inks.style("dim", "surface"))
        return text

    def action_scroll(self, by: int) -> None:
        """Further down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=by * 3, animate=False)
