"""What screens and dialogs ask of the app they run in."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from textual.dom import DOMNode

from aquarium_tui.config import Config
from aquarium_tui.kinds.columns import Sort
from aquarium_tui.kinds.presentation import Presentation
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.kinds.walks import Look
from aquarium_tui.model.settings import Settings
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.last_used import LastUsed
from aquarium_tui.session.session import Session
from aquarium_tui.session.view import View
from aquarium_tui.store import Store
from aquarium_tui.tui.keymap import Keymap

_Presented = TypeVar("_Presented", bound=Presentation[Any])


class TakesBack(Protocol):
    """Takes back what was done."""

    def offer(self, done: str, back: Callable[[], object]) -> None:
        """Remember how to take something back."""


class Program(Protocol):
    """The app, as the screens see it.

    Attributes:
        session: Opens views, and remembers what was looked at.
        config: The user's settings.
        undo: Takes back what was done last.
        tour: Remembers that the lines for newcomers were dismissed; None where they are not shown.
        keymap: Which keys do what.
        remarks_read: Warnings whose remarks have been read.
        frames_sort: What the list of frames is to be sorted by when it is shown next.
    """

    session: Session
    config: Config
    undo: TakesBack
    tour: LastUsed | None
    keymap: Keymap
    frames_sort: Sort | None
    remarks_read: set[str]

    @property
    def store(self) -> Store:
        """Where the datasets are."""

    @property
    def view(self) -> View | None:
        """What is looked at."""

    @property
    def wanted(self) -> Settings | None:
        """Settings whose numbers are on their way."""

    @property
    def busy(self) -> str:
        """What is being computed, in a few words."""

    @property
    def evidence(self) -> Evidence | None:
        """What has been found out about the view."""

    @property
    def presentation(self) -> Presentation[Any]:
        """What the screens show of the view."""

    @property
    def history(self) -> tuple[str, ...]:
        """Queries that were applied, the latest first."""

    def open(self, choice: Choice) -> None:
        """Show a dataset."""

    def open_demo(self) -> None:
        """Show the demo."""

    def look(self, look: Look) -> None:
        """Open an object or a frame."""

    def list_frames(self, sort: Sort) -> None:
        """Show the list of frames, sorted like this."""

    def now(self, view: View) -> Choice:
        """The choice of a view, under the settings whose numbers are on their way."""

    def compare(self, choice: Choice) -> None:
        """Make and show the view of a choice, and say meanwhile what is compared."""

    def ask(self, query: str) -> None:
        """Apply a query; an empty one leaves all frames."""

    def match(self, settings: Settings) -> None:
        """Compute the view under other settings."""

    def follow(self, choice: Choice) -> None:
        """Compute the view under thresholds that a policy chooses."""

    def refresh_view(self) -> None:
        """Make the view anew, as what it was made of has changed."""

    def copy(self, text: str, what: str) -> None:
        """Copy a text, which is `what` in a few words."""

    def action_go(self, mode: str) -> None:
        """Show another screen."""

    def action_open_screen(self) -> None:
        """Show the list of datasets."""

    def return_to_view(self) -> None:
        """Go back from the list of datasets to what was looked at."""


def presented(node: DOMNode, kind: type[_Presented]) -> _Presented:
    """What a screen that a kind names shows of the view; only presentations of that type name it."""
    found = program_of(node).presentation
    if not isinstance(found, kind):
        raise TypeError(f"{type(node).__name__} cannot show a {type(found).__name__}")
    return found


def program_of(node: DOMNode) -> Program:
    """The app of a screen or dialog."""
    return cast("Program", node.app)
