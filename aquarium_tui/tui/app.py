"""The app: what is looked at, under which settings, and the way between the screens."""

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker, WorkerState, get_current_worker

from aquarium_tui.config import Config
from aquarium_tui.errors import AmbiguousError, AquariumError, CancelledError
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.columns import Sort
from aquarium_tui.kinds.presentation import Presentation
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.kinds.walks import Look
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.render.palette import palette
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.last_used import LastUsed
from aquarium_tui.session.session import Session
from aquarium_tui.session.view import View, gathered
from aquarium_tui.store import Store
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import EVERYWHERE
from aquarium_tui.tui.clipboard import copy
from aquarium_tui.tui.closable import CommandDialog
from aquarium_tui.tui.controllers.commands import CommandControl
from aquarium_tui.tui.controllers.sets import SetControl, UndoControl
from aquarium_tui.tui.controllers.thresholds import ThresholdControl
from aquarium_tui.tui.controllers.uploads import SECONDS, UploadControl
from aquarium_tui.tui.dialogs import KeyList, everything
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.inks import TELLING_APART, choose_theme, readable_variables
from aquarium_tui.tui.keymap import palette_commands, read_keymap
from aquarium_tui.tui.screens import modes
from aquarium_tui.tui.screens.frame_screens import frame_screen
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.textual_private import TerminalApp, close_opened_screens, look_for_garbage_less
from aquarium_tui.tui.widgets.header import SCREENS
from aquarium_tui.work.executor import Watch

if TYPE_CHECKING:
    from aquarium_tui.tui.controllers.handouts import HandoutControl

VIEW_MODES = tuple(mode for _, mode in SCREENS)


class AquariumApp(TerminalApp):
    """Compare two inference sets."""

    TITLE = "aquarium-tui"
    CSS_PATH = "app.tcss"
    MODES: ClassVar[dict[str, Any]] = {**modes.MODES}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EVERYWHERE)]

    view: reactive[View | None] = reactive(None)
    wanted: reactive[Settings | None] = reactive(None)
    busy: reactive[str] = reactive("")
    evidence: reactive[Evidence | None] = reactive(None)
    tour: LastUsed | None = None

    @dataclass
    class Ready(Message):
        """A view has been computed, as the request of that number, by the session that goes with it."""

        view: View
        request: int
        session: Session
        signature: tuple[str, ...]

    @dataclass
    class Counted(Message):
        """The request of that number is so far."""

        doing: str
        request: int

    @dataclass
    class Learned(Message):
        """More is known of a view."""

        view: View
        evidence: Evidence

    @dataclass
    class Undecided(Message):
        """Which sets to compare is for the user to say; the request of that number waits for it."""

        choice: Choice
        sets: tuple[str, ...]
        error: AmbiguousError
        request: int
        session: Session

    @dataclass
    class Failed(Message):
        """A view cannot be had."""

        error: AquariumError

    def __init__(
        self,
        store: Store,
        choice: Choice | None = None,
        terminal: Terminal | None = None,
        config: Config | None = None,
        executor: Executor | None = None,
    ) -> None:
        self.config = config or Config()
        super().__init__(terminal)
        self.keymap, wrong_keys = read_keymap(self.config)
        self.commands = CommandControl(self, self.config, self.keymap)
        self._problems = (*wrong_keys, *self.commands.problems)
        self.undo = UndoControl(self)
        self.last_mode = "metrics"
        self.frames_sort: Sort | None = None
        self.remarks_read: set[str] = set()
        self.session = Session(store, executor, self.config.defaults)
        self.sets = SetControl(self)
        self.thresholds = ThresholdControl(self)
        self.uploads = UploadControl(self)
        self._start = choice
        self._photos = PhotoCache()
        self._presentation: Presentation[Any] | None = None
        self._request = 0

    def on_mount(self) -> None:
        """Open what was named, else the list of what there is."""
        self.set_keymap(self.keymap.bindings())
        if self._problems:
            self.notify(
                "\n".join(self._problems),
                title="Some lines of config.toml were not applied",
                severity="warning",
                timeout=20,
                markup=False,
            )
        self.commands.bind()
        if said := choose_theme(self, self.config):
            self.notify(said, severity="warning", timeout=12)
        self.set_interval(SECONDS, self.uploads.look)
        if self._start:
            self.open(self._start)
        else:
            self.switch_mode("open")

    # Colours

    @property
    def available_themes(self) -> dict[str, Theme]:
        """All themes but those in the terminal's own colours: what is not known cannot be made readable."""
        return {name: theme for name, theme in super().available_themes.items() if not theme.ansi}

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme, readable; those of better and worse as the palette wants them."""
        replaced = TELLING_APART if self.config.palette == "colourblind" else {}
        self.theme_variables = readable_variables(super().get_css_variables(), replaced)
        return self.theme_variables

    # What is looked at

    @property
    def store(self) -> Store:
        """Where the datasets are."""
        return self.session.store

    def open(self, choice: Choice, session: Session | None = None) -> None:
        """Show a dataset, of another store if `session` is on that; screens on the one before are closed.

        The dataset that is shown already is as it was left.
        """
        now = self.view.choice if self.view and session is None else None
        if now and choice == Choice(now.project, now.dataset):
            self.return_to_view()
            self.uploads.look()
            return
        self._leave_screens()
        self.switch_mode("metrics")
        self.compare(choice, session, restored=True)

    def open_demo(self) -> None:
        """Show the demo."""
        self.busy = "preparing the demo"
        self._prepare_demo()

    @work(thread=True, exclusive=True, group="view", description="view")
    def _prepare_demo(self) -> None:
        from aquarium_tui.demo import demo_store

        try:
            store, choice = demo_store()
        except AquariumError as error:
            self.post_message(self.Failed(error))
        else:
            session = self.session if store == self.store else Session(store, defaults=self.config.defaults)
            self.call_from_thread(self.open, choice, session)

    def _leave_screens(self) -> None:
        """Close the screens that are open over the first ones: they are about the dataset before."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        close_opened_screens(self, VIEW_MODES)

    def compare(self, choice: Choice, session: Session | None = None, restored: bool = False) -> None:
        """Make and show the view of a choice, and say meanwhile what is compared; see `compute`."""
        self.busy = (
            f"comparing {choice.base} and {choice.other}" if choice.other else f"reading {choice.title}"
        )
        self.wanted = None
        self.compute(choice, session, restored)

    def compute(self, choice: Choice, session: Session | None = None, restored: bool = False) -> None:
        """Make and show another view; until it is there, the session of the old one stays too.

        Args:
            choice: What to compare.
            session: Opens it.
            restored: Whether to go on where this dataset was left.
        """
        self._request += 1
        self._load(choice, self._request, session or self.session, restored)

    @work(thread=True, exclusive=True, group="view", description="view")
    def _load(self, choice: Choice, request: int, session: Session, restored: bool) -> None:
        worker = get_current_worker()

        def progress(done: int, total: int) -> None:
            if total and not worker.is_cancelled:
                self.post_message(self.Counted(f"counting pixels, {done} of {total} frames", request))

        try:
            signature = session.signature(choice)
            opened = session.reopen if restored else session.open
            view = opened(session.resume(choice), Watch(progress, lambda: worker.is_cancelled))
        except CancelledError:
            return
        except AmbiguousError as error:
            self.post_message(self.Undecided(choice, session.sets(choice), error, request, session))
        except AquariumError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Ready(view, request, session, signature))

    @on(Counted)
    def _show_progress(self, event: Counted) -> None:
        if event.request == self._request:
            self.busy = event.doing

    @on(Ready)
    def _show(self, event: Ready) -> None:
        view = event.view
        if event.request != self._request:
            return
        self.busy, self.wanted, self.session = "", None, event.session
        self.uploads.signature = event.signature
        before = self.view.choice if self.view else None
        if before is not None and before.title != view.choice.title:
            self._leave_screens()  # They may have been opened since this view was asked for.
        elif before is not None:
            self.undo.follow(before, view.choice)
        self._presentation = self._shown_as(view)
        self.evidence = None
        if self.view is None and not self.is_headless:
            self.call_after_refresh(look_for_garbage_less)
        self.view = view
        self.thresholds.tell(view)
        self.session.last_used.remember(view.choice)
        self._gather(view)

    def _shown_as(self, view: View) -> Presentation[Any]:
        colors = palette(self.config.palette)
        return kind_of(view.comparison.dataset.project).presentation(view, self._photos, colors)

    @work(thread=True, exclusive=True, group="evidence", description="evidence")
    def _gather(self, view: View) -> None:
        worker = get_current_worker()
        try:
            for evidence in gathered(view, lambda: worker.is_cancelled):
                self.post_message(self.Learned(view, evidence))
        except CancelledError:
            return

    @on(Learned)
    def _learn(self, event: Learned) -> None:
        if event.view is self.view:
            self.evidence = event.evidence

    @on(Undecided)
    def _decide(self, event: Undecided) -> None:
        """Ask, over the list of datasets."""
        if event.request == self._request:
            self.busy = ""
            self.switch_mode("open")
            self.notify(visible(event.error.message))
            self.sets.ask(event.choice, event.sets, lambda choice: self.open(choice, event.session))

    @on(Failed)
    def _explain(self, event: Failed) -> None:
        self.busy, self.wanted = "", None
        self.notify(
            visible(event.error.message), title=visible(event.error.hint), severity="error", timeout=12
        )
        if self.view is None:
            self.switch_mode("open")

    @on(Worker.StateChanged)
    def _worker_failed(self, event: Worker.StateChanged) -> None:
        """Do not wait for a view that will not come."""
        if event.state is WorkerState.ERROR and event.worker.group == "view":
            self.busy, self.wanted = "", None
            if self.view is None:
                self.switch_mode("open")

    def fall_back(self) -> bool:
        """Show the list of datasets, as what was shown cannot go on."""
        if self.current_mode == "open":
            return False
        self.switch_mode("open")
        return True

    @property
    def presentation(self) -> Presentation[Any]:
        """What the screens show of the view."""
        assert self._presentation
        return self._presentation

    def look(self, look: Look) -> None:
        """Open an object or a frame."""
        if self.view is not None:
            self.push_screen(frame_screen(look, self.view))

    # Keys

    @cached_property
    def handouts(self) -> "HandoutControl":
        """Hands out what is seen."""
        from aquarium_tui.tui.controllers.handouts import HandoutControl

        return HandoutControl(self)

    @property
    def history(self) -> tuple[str, ...]:
        """Queries that were applied, the latest first."""
        return self.session.last_used.queries

    def ask(self, query: str) -> None:
        """Apply a query; an empty one leaves all frames."""
        view = self.view
        if view is None or query == view.choice.query:
            return
        if query:
            self.session.last_used.remember_query(query)
        self.busy = "asking"
        self.compute(replace(self.now(view), query=query))

    def match(self, settings: Settings) -> None:
        """Compute the view under other settings."""
        if self.view is not None:
            self.wanted = settings
            self.busy = "matching"
            self.compute(self.view.choice.under(settings))

    def follow(self, choice: Choice) -> None:
        """Compute the view under thresholds that a policy chooses."""
        self.busy = "choosing thresholds"
        self.compute(choice)

    def refresh_view(self) -> None:
        """Make the view anew, as what it was made of has changed."""
        if self.view is not None:
            self.compute(self.now(self.view))

    def action_undo(self) -> None:
        """Take back the last change of what is compared, of marks or of segments."""
        self.undo.take_back()

    def action_custom(self, number: int) -> None:
        """Run a command of the user's own."""
        self.commands.run(number)

    def action_view_outside(self) -> None:
        """Open the image of the frame in another program."""
        self.commands.view()

    def action_go(self, mode: str) -> None:
        """Another screen; from what was opened on it, back to it."""
        if self.view is None:
            self.notify(self.busy or "Open a dataset first.", severity="warning")
            return
        while mode == self.current_mode and len(self.screen_stack) > 1:
            self.pop_screen()
        self.last_mode = mode
        self.switch_mode(mode)

    def list_frames(self, sort: Sort) -> None:
        """The list of frames, sorted like this."""
        self.frames_sort = sort
        self.action_go("frames")

    def return_to_view(self) -> None:
        """Go back from the list of datasets to what was looked at."""
        if self.view is not None:
            self.switch_mode(self.last_mode)

    def action_open_screen(self) -> None:
        """The list of datasets; what is being counted is left off."""
        self.workers.cancel_group(self, "view")
        self.busy, self.wanted = "", None
        self.last_mode = self.current_mode if self.current_mode in VIEW_MODES else self.last_mode
        self.switch_mode("open")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out thresholds that the view does not have, and commands of other places."""
        if action == "custom" and not self.commands.works(int(str(parameters[0]))):
            return False
        if action in ("confidence", "iou", "thresholds", "policy") and not self.thresholds.has(action):
            return False
        return super().check_action(action, parameters)

    def action_confidence(self, by: int) -> None:
        """Change both confidence thresholds by one step."""
        self.thresholds.step_confidence(by)

    def action_iou(self, by: int) -> None:
        """Change the IoU threshold by one step."""
        self.thresholds.step_iou(by)

    def action_thresholds(self) -> None:
        """Ask for exact thresholds and the rule."""
        self.thresholds.ask()

    def action_policy(self) -> None:
        """Ask what thresholds are to be chosen for."""
        self.thresholds.ask_policy()

    def action_choose(self, side: Side) -> None:
        """Choose base or other."""
        self.sets.choose(side)

    def now(self, view: View) -> Choice:
        """The choice of a view, under the settings whose numbers are on their way."""
        return view.choice.under(self.wanted or view.settings)

    def action_reset(self) -> None:
        """Thresholds and rule of the project, and all frames and objects."""
        if self.view is not None:
            self.compare(self.session.start(self.view.choice.under(None).everything()))

    def action_swap(self) -> None:
        """Base as other, other as base."""
        self.sets.swap()

    def action_command_palette(self) -> None:
        """Show the command palette, unless it is open already, be it under another dialog."""
        if not any(isinstance(screen, CommandDialog) for screen in self.screen_stack):
            self.push_screen(CommandDialog())

    def action_keys(self) -> None:
        """Show the keys of this screen."""
        signs = [*self.presentation.legend()] if self.view else []
        signs += [self.commands.legend()] if self.commands.here else []
        self.push_screen(KeyList(everything(self.screen, self, signs)))

    def action_copy(self) -> None:
        """Copy the command that leads to what is seen."""
        screen = self.screen
        if self.view and isinstance(screen, ViewScreen):
            self.handouts.copy(screen.command(self.view), screen.left_out(self.view))

    def action_report(self) -> None:
        """Write a report."""
        self.handouts.ask()

    def copy(self, text: str, what: str) -> None:
        """Copy a text, which is `what` in a few words."""
        copy(self, text, what)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the keys do, and those of Textual's own commands that no key stands for."""
        own = super().get_system_commands(screen)
        yield from (command for command in own if command.title in ("Theme", "Screenshot"))
        yield from palette_commands(screen, self)
        yield from self.commands.palette()
