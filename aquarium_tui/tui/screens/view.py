"""What every screen has: header, line of screens, footer, and drawing when the view changes."""

from textual.app import ComposeResult
from textual.widgets import Footer

from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.session.view import View
from aquarium_tui.tui.closable import ClosesOnce
from aquarium_tui.tui.program import Program, program_of
from aquarium_tui.tui.widgets.header import Header, Tabs


class ViewScreen(ClosesOnce[None]):
    """A screen that shows the app's view, and draws a newer one only when it is looked at."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (104, "-normal"), (150, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012
    AUTO_FOCUS = ""
    HERE = ""
    """The mode that the line of screens marks."""

    NEEDS_VIEW = True
    """Whether its actions need a view that is drawn."""

    drawn: View | None = None
    known: Evidence | None = None

    def compose(self) -> ComposeResult:
        """Header, content, footer."""
        yield Header()
        yield Tabs(self.HERE, {"frames": self.sign("app.frames"), "metrics": self.sign("app.metrics")})
        yield from self.content()
        yield Footer(compact=True, show_command_palette=False)

    def content(self) -> ComposeResult:
        """The widgets of the screen."""
        return ()

    @property
    def program(self) -> Program:
        """The app."""
        return program_of(self)

    def sign(self, *actions: str) -> str:
        """The first key of each action as it is printed."""
        return " ".join(map(self.program.keymap.sign, actions))

    def show(self, view: View) -> None:
        """Draw a view."""

    def learn(self) -> None:
        """Draw what has been found out about the view since."""

    def focus_content(self) -> None:
        """Give the focus to what the keys move in."""
        self.focus_next()

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
        program = self.program
        self.query_one(Header).show(program.view, program.wanted)
        self.query_one(Tabs).say(busy=program.busy, warning=program.view.warning if program.view else "")
        if program.view is not None and program.view is not self.drawn:
            if self.drawn is None:
                self.refresh_bindings()
            self.drawn = program.view
            self.known = program.evidence
            self.show(program.view)
            if self.focused is None:
                self.focus_content()
        elif program.evidence is not self.known:
            self.known = program.evidence
            self.learn()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done with a view that is not there yet."""
        if self.NEEDS_VIEW and self.drawn is None and action != "back":
            return False
        return super().check_action(action, parameters)

    def action_pane(self, by: int) -> None:
        """Give the focus to the next or previous pane."""
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_back(self) -> None:
        """Go back to the screen before."""
        self.dismiss()
