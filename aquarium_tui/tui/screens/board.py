"""What every screen on a comparison has: header, screens, footer, and drawing anew when the view changes."""

from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.widgets import Footer

from aquarium_tui.session.evidence import Evidence
from aquarium_tui.session.view import View
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.screens.segmenting import SegmentKeys
from aquarium_tui.tui.widgets.header import Header, Tabs
from aquarium_tui.tui.widgets.query_bar import QueryBar, QueryInput

if TYPE_CHECKING:
    from aquarium_tui.tui.app import AquariumApp


_OF_VIEWS = ("query", "equivalent", "remarks", "save_segment", "segments")


class Board(SegmentKeys):
    """A screen that shows the app's view, and draws a newer one only when it is looked at."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (104, "-normal"), (150, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012
    AUTO_FOCUS = ""
    HERE = ""
    ASKS = True
    """Whether it has a query bar."""

    drawn: View | None = None
    known: Evidence | None = None

    def compose(self) -> ComposeResult:
        """Header, content, footer."""
        yield Header()
        yield Tabs(self.HERE, {"frames": self.sign("app.frames"), "metrics": self.sign("app.metrics")})
        if self.ASKS:
            yield QueryBar(f"press {self.sign('query.open')} to ask for frames and objects")
        yield from self.content()
        yield Footer(compact=True, show_command_palette=False)

    def sign(self, *actions: str) -> str:
        """The first key of each action as it is printed."""
        return " ".join(map(program_of(self).keymap.sign, actions))

    def content(self) -> ComposeResult:
        """The widgets of the screen."""
        return ()

    def show(self, view: View) -> None:
        """Draw a view."""

    def _show_query(self, view: View) -> None:
        for bar in self.query(QueryBar):
            bar.show(view.binding.schema, view.choice.query, view.found, self.aquarium.history)

    @on(QueryBar.Applied)
    def _apply_query(self, event: QueryBar.Applied) -> None:
        event.stop()
        self.focus_content()
        self.aquarium.ask(event.query)

    def focus_content(self) -> None:
        """Give the focus back to what the keys move in."""
        self.focus_next()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Asking and saving only where there is a bar."""
        if not self.ASKS and action in _OF_VIEWS:
            return False
        return super().check_action(action, parameters)

    def action_query(self) -> None:
        """Type a query."""
        for bar in self.query(QueryBar):
            bar.query_one(QueryInput).focus()

    def equivalent(self) -> str:
        """The query that gives what is under the cursor."""
        return self.drawn.choice.query if self.drawn else ""

    def action_equivalent(self) -> None:
        """Put the query that gives what is seen into the bar."""
        for bar in self.query(QueryBar):
            bar.write(self.equivalent())

    def action_remarks(self) -> None:
        """Say what stands in the way of comparing the two sets."""
        remarks = self.drawn.remarks if self.drawn else ()
        sentences = [f"• {remark.sentence}" for remark in remarks]
        told = "\n".join(sentences) or "Nothing stands in the way of comparing these sets."
        self.notify(told, title="Before you compare", timeout=20, markup=False)

    def learn(self) -> None:
        """Draw what has been found out about the view since."""

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
        self.query_one(Tabs).say(busy=app.busy, warning=app.view.warning if app.view else "")
        if app.view is not None and app.view is not self.drawn:
            self.drawn = app.view
            self.known = app.evidence
            self._show_query(app.view)
            self.show(app.view)
            if self.focused is None:
                self.focus_content()
        elif app.evidence is not self.known:
            self.known = app.evidence
            self.learn()

    def action_pane(self, by: int) -> None:
        """Give the focus to the next or previous pane."""
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_back(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()
