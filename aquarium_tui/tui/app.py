"""The app: what is looked at, under which settings, and the way between the screens."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.worker import get_current_worker

from aquarium_tui.compare.bootstrap import CancelledError
from aquarium_tui.config import Config
from aquarium_tui.errors import AquariumError
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.render.palette import palette
from aquarium_tui.render.photo import PhotoCache
from aquarium_tui.store import Store
from aquarium_tui.tui.dialogs.choose import Choice, Choose
from aquarium_tui.tui.dialogs.keys import Keys
from aquarium_tui.tui.dialogs.thresholds import Thresholds
from aquarium_tui.tui.evidence import Evidence, gathered
from aquarium_tui.tui.graphics import Terminal
from aquarium_tui.tui.help import key_groups
from aquarium_tui.tui.inks import AQUARIUM, COLOURBLIND, THEMES
from aquarium_tui.tui.memory import history, remember, remember_query
from aquarium_tui.tui.pictures import Painter
from aquarium_tui.tui.screens.frames import FramesScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.opening import OpeningScreen
from aquarium_tui.tui.shelf import Shelf
from aquarium_tui.tui.state import Chosen, View

STEP = 0.05


class AquariumApp(App[None]):
    """Compare two inference sets."""

    TITLE = "aquarium-tui"
    CSS_PATH = "app.tcss"
    MODES: ClassVar[dict[str, Any]] = {
        "open": OpeningScreen,
        "frames": FramesScreen,
        "metrics": MetricsScreen,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "go('frames')", "Frames", show=False, tooltip="All frames"),
        Binding("2", "go('metrics')", "Metrics", show=False, tooltip="Report and delta confusion"),
        Binding("B", "choose('base')", "Base", show=False, tooltip="Choose the base set"),
        Binding("O,plus", "choose('other')", "Other", show=False, tooltip="Choose or add the other set"),
        Binding("x", "swap", "Swap", show=False, tooltip="Swap base and other"),
        Binding(
            "less_than_sign",
            "confidence(-1)",
            "Confidence −",
            show=False,
            tooltip="Confidence thresholds down by .05",
        ),
        Binding(
            "greater_than_sign",
            "confidence(1)",
            "Confidence +",
            show=False,
            tooltip="Confidence thresholds up by .05",
        ),
        Binding("left_curly_bracket", "iou(-1)", "IoU −", show=False, tooltip="IoU threshold down by .05"),
        Binding("right_curly_bracket", "iou(1)", "IoU +", show=False, tooltip="IoU threshold up by .05"),
        Binding("T", "thresholds", "Thresholds", show=False, tooltip="Exact thresholds, and the rule"),
        Binding("question_mark", "keys", "Keys", tooltip="The keys of where you are"),
        Binding("y", "copy", "Copy", show=False, tooltip="Copy the command for these numbers"),
        Binding("q,ctrl+q", "quit", "Quit", show=False, tooltip="Leave the program"),
    ]

    view: reactive[View | None] = reactive(None)
    wanted: reactive[Settings | None] = reactive(None)
    busy: reactive[str] = reactive("")
    evidence: reactive[Evidence | None] = reactive(None)

    @dataclass
    class Ready(Message):
        """A view has been computed, as the request of that number."""

        view: View
        request: int

    @dataclass
    class Learned(Message):
        """More is known of a view."""

        evidence: Evidence

    @dataclass
    class Failed(Message):
        """A view cannot be had."""

        error: AquariumError

    def __init__(
        self,
        store: Store,
        chosen: Chosen | None = None,
        terminal: Terminal | None = None,
        config: Config | None = None,
    ) -> None:
        super().__init__()
        self.config = config or Config()
        self.store = store
        self.terminal = terminal or Terminal()
        self.last_mode = "metrics"
        self._shelf = Shelf(store)
        self._start = chosen
        self._photos = PhotoCache()
        self._painter: Painter | None = None
        self._request = 0

    def on_mount(self) -> None:
        """Open what was named, else the list of what there is."""
        for theme in THEMES:
            self.register_theme(theme)
        usual = COLOURBLIND if self.config.palette == "colourblind" else AQUARIUM
        wanted = self.config.theme or usual.name
        self.theme = wanted if wanted in self.available_themes else usual.name
        if self.theme != wanted:
            known = ", ".join(sorted(self.available_themes))
            self.notify(
                f"There is no theme {visible(wanted)}. Themes: {known}.", severity="warning", timeout=12
            )
        if self._start:
            self.open(self._start)
        else:
            self.switch_mode("open")

    # What is looked at

    def open(self, chosen: Chosen, store: Store | None = None) -> None:
        """Show a dataset; the screens on the one before are closed."""
        if store is not None and store != self.store:
            self.store, self._shelf = store, Shelf(store)
        self._leave_screens()
        self.switch_mode("metrics")
        self._compute(chosen)

    def open_demo(self) -> None:
        """Show the demo."""
        self.busy = "preparing the demo"
        self._prepare_demo()

    @work(thread=True, exclusive=True, group="view")
    def _prepare_demo(self) -> None:
        from aquarium_tui.demo import demo_store

        try:
            store, chosen = demo_store()
        except AquariumError as error:
            self.post_message(self.Failed(error))
        else:
            self.call_from_thread(self.open, Chosen(*chosen), store)

    def _leave_screens(self) -> None:
        for mode in ("frames", "metrics"):
            stack = self._screen_stacks.get(mode, [])
            while len(stack) > 1:
                stack.pop().remove()

    def _compute(self, chosen: Chosen) -> None:
        self.busy = (
            f"comparing {chosen.base} and {chosen.other}" if chosen.other else f"reading {chosen.title}"
        )
        self.wanted = None
        self._ask(chosen)

    def _ask(self, chosen: Chosen) -> None:
        self._request += 1
        self._load(chosen, self._request)

    @work(thread=True, exclusive=True, group="view")
    def _load(self, chosen: Chosen, request: int) -> None:
        try:
            self.post_message(self.Ready(self._shelf.view(chosen), request))
        except AquariumError as error:
            self.post_message(self.Failed(error))

    @on(Ready)
    def _show(self, event: Ready) -> None:
        view = event.view
        if event.request != self._request:
            return
        self.busy, self.wanted = "", None
        self._painter = Painter(view, self._photos, palette(self.config.palette))
        self.evidence = None
        self.view = view
        remember(self.store.root, view.chosen)
        self._gather(view)

    @work(thread=True, exclusive=True, group="evidence")
    def _gather(self, view: View) -> None:
        worker = get_current_worker()
        try:
            for evidence in gathered(view, lambda: worker.is_cancelled):
                self.post_message(self.Learned(evidence))
        except CancelledError:
            return

    @on(Learned)
    def _learn(self, event: Learned) -> None:
        if event.evidence.view is self.view:
            self.evidence = event.evidence

    @on(Failed)
    def _explain(self, event: Failed) -> None:
        self.busy, self.wanted = "", None
        self.notify(
            visible(event.error.message), title=visible(event.error.hint), severity="error", timeout=12
        )
        if self.view is None:
            self.switch_mode("open")

    @property
    def painter(self) -> Painter:
        """Makes the pictures of the view."""
        assert self._painter
        return self._painter

    def class_hex(self, position: int) -> str:
        """The colour of an evaluated class."""
        assert self.view
        evaluated = self.view.comparison.dataset.project.class_map.evaluated.tolist()
        return self.entry_hex(evaluated.index(position))

    def entry_hex(self, position: int) -> str:
        """The colour of an entry of the class map."""
        return "#" + bytes(self.painter.class_color(position)).hex()

    # Keys

    @property
    def history(self) -> tuple[str, ...]:
        """Queries that were applied, the latest first."""
        return history(self.store.root)

    def ask(self, query: str) -> None:
        """Apply a query; an empty one leaves all frames."""
        view = self.view
        if view is None or query == view.chosen.query:
            return
        if query:
            remember_query(self.store.root, query)
        self.busy = "asking"
        self._ask(replace(self._now(view), query=query))

    def refresh_view(self) -> None:
        """Make the view anew, as what it was made of has changed."""
        if self.view is not None:
            self._ask(self._now(self.view))

    def action_go(self, mode: str) -> None:
        """Another screen."""
        if self.view is not None:
            self.last_mode = mode
            self.switch_mode(mode)

    def action_open_screen(self) -> None:
        """The list of datasets."""
        self.last_mode = self.current_mode if self.current_mode in ("frames", "metrics") else self.last_mode
        self.switch_mode("open")

    def action_choose(self, side: Side) -> None:
        """Choose base or other."""
        view = self.view
        if view is None:
            return
        roles = {view.chosen.base: "base now", view.chosen.other: "other now"}
        choices = [Choice(name, name, roles.get(name, "")) for name in view.sets]
        if len(choices) < 2:
            self.notify("There is only one inference set; upload another to compare.", severity="warning")
            return

        def chosen(name: str | None) -> None:
            if name:
                self._compute(self._now(view).with_set(side, name))

        current = view.chosen.base if side == "base" else view.chosen.other
        self.push_screen(Choose(f"Choose {side}", choices, current), chosen)

    def _now(self, view: View) -> Chosen:
        return replace(view.chosen, settings=self.wanted or view.comparison.settings)

    def action_swap(self) -> None:
        """Base as other, other as base."""
        view = self.view
        if view is None or not view.chosen.other:
            self.notify("Nothing to swap: only one set is chosen. + adds another.", severity="warning")
            return
        now = view.comparison.settings
        turned = replace(now, base_confidence=now.other_confidence, other_confidence=now.base_confidence)
        chosen = view.chosen
        self._compute(replace(chosen, base=chosen.other, other=chosen.base, settings=turned))

    def action_confidence(self, by: int) -> None:
        """Both confidence thresholds by one step."""
        if now := self._settings:
            base, other = (_stepped(v, by, 0.0) for v in (now.base_confidence, now.other_confidence))
            self._want(replace(now, base_confidence=base, other_confidence=other))

    def action_iou(self, by: int) -> None:
        """The IoU threshold by one step."""
        if now := self._settings:
            self._want(replace(now, iou=_stepped(now.iou, by, STEP)))

    def action_thresholds(self) -> None:
        """Ask for exact thresholds and the rule."""
        if (now := self._settings) and self.view:
            self.push_screen(Thresholds(now, self.view.comparison.other is not None), self._want)

    @property
    def _settings(self) -> Settings | None:
        return self.wanted or (self.view.comparison.settings if self.view else None)

    def _want(self, settings: Settings | None) -> None:
        if settings is None or self.view is None or settings == self._settings:
            return
        self.wanted = settings
        self.busy = "matching"
        self._ask(replace(self.view.chosen, settings=settings))

    def action_keys(self) -> None:
        """Show the keys of this screen."""
        self.push_screen(Keys(key_groups(self.screen, self)))

    def action_copy(self) -> None:
        """Copy the command that gives these numbers."""
        if self.view:
            command = reproduce(self.view)
            self.copy_to_clipboard(command)
            self.notify(f"Copied: {command}")

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The keys of this screen as commands."""
        yield from super().get_system_commands(screen)
        for binding in screen.active_bindings.values():
            if binding.enabled and binding.binding.tooltip:
                action, node = binding.binding.action, binding.node
                yield SystemCommand(
                    binding.binding.description,
                    binding.binding.tooltip,
                    lambda action=action, node=node: self.call_later(self.run_action, action, node),
                )


def _stepped(value: float, by: int, least: float) -> float:
    """One step up or down, at least `least` and at most 1."""
    return min(1.0, max(least, round((round(value / STEP) + by) * STEP, 10)))


def reproduce(view: View) -> str:
    """The command that prints the numbers of a view."""
    settings, chosen = view.comparison.settings, view.chosen
    other = f" --other {chosen.other}" if chosen.other else ""
    sure = [f"{v:g}" for v in (settings.base_confidence, settings.other_confidence)]
    confidence = (
        f"--confidence {sure[0]}"
        if sure[0] == sure[1] or not other
        else (f"--base-confidence {sure[0]} --other-confidence {sure[1]}")
    )
    return (
        f"aquarium-tui compare {chosen.title} --base {chosen.base}{other} {confidence} "
        f"--iou {settings.iou:g} --rule {settings.rule}"
    )
