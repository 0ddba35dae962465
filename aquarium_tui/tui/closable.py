"""Screens and dialogs that close once, and messages that lapse with what they are about."""

from pathlib import Path
from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import OptionList

Answer = TypeVar("Answer")


class ClosesOnce(Screen[Answer]):
    """A screen that answers once: Textual's closes whatever screen is on top, each time it is asked to.

    Two quick keys both reach a dialog before it is gone, and the second one would close the screen under it.
    """

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Answer and close, unless this screen is closed or covered already, or is the only one."""
        if not self.is_current or len(self.app.screen_stack) < 2:
            return AwaitComplete()
        return super().dismiss(result)


# Textual takes styles and component classes from the first base alone, so its own class comes first.


class Dialog(ModalScreen[Answer], ClosesOnce[Answer]):
    """A question asked over a screen; it answers once."""

    # Textual looks for a bare name beside the module of each subclass.
    CSS_PATH = Path(__file__).with_name("dialogs.tcss")


class CommandDialog(CommandPalette, ClosesOnce[None]):
    """Textual's command palette; it closes once."""

    # Its rows have margins, and Textual cannot wrap a text to no width. What is beyond the screen is cut off.
    DEFAULT_CSS = "CommandDialog CommandList { min-width: 20; }"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pages are turned only in a list that is laid out; Textual's does not check that."""
        paged = action == "command_list" and parameters in (("page_up",), ("page_down",))
        if paged and any(each.virtual_size.height < each.option_count for each in self.query(OptionList)):
            return False
        return super().check_action(action, parameters)


class Lapsing(Message):
    """A message about something in a widget's data; it is not delivered once the widget shows other data."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._about = self.shown()

    def shown(self) -> object:
        """The data that the widget shows now."""
        return None

    @property
    def lapsed(self) -> bool:
        """Whether other data is shown by now."""
        return self.shown() is not self._about
