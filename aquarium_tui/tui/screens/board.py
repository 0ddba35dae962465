"""What every screen on a comparison has: header, screens, footer, and drawing anew when the view changes."""

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer

from aquarium_tui.tui.evidence import Evidence
from aquarium_tui.tui.inks import Span
from aquarium_tui.tui.state import View
from aquarium_tui.tui.widgets.header import Header, Tabs

if TYPE_CHECKING:
    from aquarium_tui.tui.app import AquariumApp


class Board(Screen[None]):
    """A screen that shows the app's view, and draws a newer one only when it is looked at."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (104, "-normal"), (150, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012
    HERE = ""

    drawn: View | None = None
    known: Evidence | None = None

    def compose(self) -> ComposeResult:
        """Header, content, footer."""
        yield Header()
        yield Tabs(self.HERE)
        yield from self.content()
        yield Footer(compact=True, show_command_palette=False)

    def content(self) -> ComposeResult:
        """The widgets of the screen."""
        return ()

    def show(self, view: View) -> None:
        """Draw a view."""

    def learn(self) -> None:
        """Draw what has been found out about the view since."""

    def cell_evidence(self, cell: tuple[int, int]) -> tuple[Span, ...]:
        """What is known of a cell's delta."""
        return self.known.of_cell(*cell) if self.known else ()

    @property
    def aquarium(self) -> "AquariumApp":
        """The app."""
        return cast("AquariumApp", self.app)

    def on_mount(self) -> None:
        """Follow the app's view."""
        for name in ("view", "wanted", "busy", "evidence"):
            self.watch(self.app, name, self._changed, init=False)

    def on_screen_resume(self) -> None:
        """Catch up with what changed meanwhile."""
        self._changed()

    def _changed(self) -> None:
        if not self.is_current or not self.is_mounted:
            return
        app = self.aquarium
        self.query_one(Header).show(app.view, app.wanted)
        self.query_one(Tabs).say(busy=app.busy)
        if app.view is not None and app.view is not self.drawn:
            self.drawn = app.view
            self.known = app.evidence
            self.show(app.view)
        elif app.evidence is not self.known:
            self.known = app.evidence
            self.learn()

    def action_back(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()
