"""Quick keys and unexpected errors: what is gone gets nothing, and the program goes on."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from aquarium_tui import error_log
from aquarium_tui.kinds.columns import TableColumn
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.settings import Settings
from aquarium_tui.session import session
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.clipboard import SelectText
from aquarium_tui.tui.closable import ClosesOnce, CommandDialog
from aquarium_tui.tui.controllers.assistant import Rehearsal
from aquarium_tui.tui.controllers.layers import ChooseColours
from aquarium_tui.tui.controllers.scenarios import EditTargets
from aquarium_tui.tui.controllers.segments import Naming
from aquarium_tui.tui.controllers.tables import ChooseColumns
from aquarium_tui.tui.controllers.thresholds import Thresholds
from aquarium_tui.tui.dialogs import Choose, ChooseFile, KeyList, Offer, RemarkList
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.samples import SamplesScreen
from aquarium_tui.tui.textual_guard import GuardedApp
from aquarium_tui.tui.widgets.matrix import Matrix
from aquarium_tui.tui.widgets.table import Table
from benchmarks.link import KITTY, XTERM, Kind, Link
from tests.tui.failing_program import KEYS, FailingProgram
from tests.tui.graphics.test_in_terminal import Session
from tests.tui.screen import sees, until, view_of
from tests.tui.test_driver import assert_restored

Make = Callable[..., AquariumApp]

DIALOGS: dict[type[Screen[Any]], Callable[[App[Any]], Screen[Any]]] = {
    Choose: lambda app: Choose("Choose", [Offer("a", "a"), Offer("b", "b")]),
    ChooseColours: lambda app: ChooseColours(list, print, print),
    ChooseColumns: lambda app: ChooseColumns(app.screen_stack[0].query_one("#report", Table)),
    ChooseFile: lambda app: ChooseFile("Choose a file", Path.cwd()),
    CommandDialog: lambda app: CommandDialog(),
    EditTargets: lambda app: EditTargets(Segment("night", "", None), lambda segment: None),
    KeyList: lambda app: KeyList([("Here", [(("a", ""), "do something")])]),
    Naming: lambda app: Naming("Name", ("save", str)),
    Rehearsal: lambda app: Rehearsal([("2 frames", False)], usable=True),
    RemarkList: lambda app: RemarkList([("confidences", "They differ.")], "street/val"),
    SelectText: lambda app: SelectText("text"),
    Thresholds: lambda app: Thresholds(
        Settings(), ClassMap(), True, frozenset({"confidence", "iou", "rule"})
    ),
}


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "errors.log"
    monkeypatch.setattr(error_log, "log_path", lambda: path)
    return path


def subclasses(owner: type) -> Iterator[type[Any]]:
    each: type[Any]
    for each in owner.__subclasses__():
        yield each
        yield from subclasses(each)


def burst(app: App[Any], keys: Sequence[str]) -> None:
    """Send keys at once: none waits for what the one before does."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


def forgive(app: App[Any]) -> None:
    """Keep the pilot from raising the error that was survived."""
    app._exception = None
    app._exception_event.clear()


def test_every_dialog_closes_once() -> None:
    ours = {each for each in subclasses(ModalScreen) if each.__module__.startswith("aquarium_tui.")}
    dialogs = {each for each in ours if each.__module__ != "aquarium_tui.tui.closable"} | {CommandDialog}
    assert dialogs == set(DIALOGS)
    assert all(issubclass(each, ClosesOnce) for each in dialogs)


@pytest.mark.parametrize("kind", DIALOGS, ids=lambda kind: kind.__name__)
async def test_quick_keys_close_only_the_dialog(make_app: Make, kind: type[Screen[Any]], log: Path) -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        # A second screen, which a dialog that closes twice would take with it.
        await app.push_screen(Screen[None]())
        below = app.screen_stack
        for keys in (["enter", "enter", "enter"], ["escape", "escape"]):
            if not isinstance(app.screen, kind):
                app.push_screen(DIALOGS[kind](app))
            burst(app, keys)
            await pilot.pause(0.1)
        await until(pilot, lambda: not isinstance(app.screen, kind), "the screen below")
        assert app.screen_stack[:2] == below, "a command of the palette may have opened another dialog"
        assert not log.exists()


async def test_a_dialog_dismissed_twice_answers_once() -> None:
    answers: list[str | None] = []
    app = GuardedApp()
    async with app.run_test() as pilot:
        below = Screen[None]()
        await app.push_screen(below)
        dialog = Answering()
        await app.push_screen(dialog, answers.append)
        dialog.dismiss("first")
        dialog.dismiss("second")
        await pilot.pause()
        assert answers == ["first"]
        assert app.screen is below


class Answering(ClosesOnce[str]):
    pass


async def test_a_view_of_another_dataset_closes_what_was_opened_meanwhile(make_app: Make) -> None:
    """A screen of samples has a list that the other dataset need not have."""
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        view = view_of(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SamplesScreen), "samples")
        elsewhere = replace(view, choice=replace(view.choice, dataset="elsewhere"))
        app.post_message(app.Ready(elsewhere, app._request, app.session, ()))
        await until(pilot, lambda: app.view is elsewhere, "the other dataset")
        assert isinstance(app.screen, MetricsScreen)


async def test_one_key_pressed_twice_opens_one_screen(make_app: Make) -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        for _ in range(3):
            app.screen.query_one(Matrix).action_select()
        await until(pilot, lambda: isinstance(app.screen, SamplesScreen), "samples")
        await pilot.pause(0.2)
        assert [type(screen) for screen in app.screen_stack] == [MetricsScreen, SamplesScreen]


class Deferring(Screen[None]):
    """Calls itself after a refresh, and asks for what it is composed of."""

    asked = 0

    def compose(self) -> ComposeResult:
        yield Static("here", id="here")

    def on_mount(self) -> None:
        self.ask()
        self.call_after_refresh(self.ask)
        self.set_timer(0.01, self.ask)

    def on_key(self) -> None:
        self.ask()

    def ask(self) -> None:
        self.query_one("#here")
        type(self).asked += 1


@pytest.mark.parametrize("pauses", [0, 1, 2])
async def test_a_screen_closed_while_its_calls_are_pending(pauses: int, log: Path) -> None:
    app = GuardedApp()
    async with app.run_test() as pilot:
        screen = Deferring()
        app.push_screen(screen)
        for _ in range(pauses):
            await pilot.pause(0)
        screen.post_message(events.Key("a", "a"))
        app.pop_screen()
        screen.call_after_refresh(screen.ask)
        await pilot.pause(0.05)
        assert not log.exists()


async def test_a_screen_closed_before_it_is_composed(log: Path) -> None:
    """Textual's palette looks at the screen below it when it is mounted."""
    app = GuardedApp()
    async with app.run_test() as pilot:
        app.push_screen(CommandDialog())
        app.pop_screen()
        await pilot.pause(0.05)
        assert not log.exists()


async def test_a_message_to_a_closed_screen_is_dropped() -> None:
    app = GuardedApp()
    async with app.run_test() as pilot:
        screen = Deferring()
        await app.push_screen(screen)
        await pilot.pause(0.05)
        before = Deferring.asked
        screen.post_message(events.Key("a", "a"))
        app.pop_screen()
        await pilot.pause()
        assert Deferring.asked == before


async def test_an_action_of_a_closed_screen_is_not_run() -> None:
    app = GuardedApp()
    async with app.run_test() as pilot:
        screen = Acting()
        await app.push_screen(screen)
        assert await app.run_action("act", screen)
        app.pop_screen()
        await pilot.pause()
        assert not await app.run_action("act", screen)
        assert screen.acted == 1


class Acting(Screen[None]):
    """A screen with an action."""

    acted = 0

    def action_act(self) -> None:
        self.acted += 1


class Slow(Screen[None]):
    """A screen that takes a moment before it has its field."""

    async def on_mount(self) -> None:
        await asyncio.sleep(0.05)
        await self.mount(Input())
        self.query_one(Input).focus()


async def test_keys_wait_for_the_screen_that_they_are_for() -> None:
    app = GuardedApp()
    async with app.run_test() as pilot:
        app.push_screen(Slow())
        burst(app, list("quick"))
        await until(pilot, lambda: bool(app.screen.query(Input)), "the field")
        await pilot.pause()
        assert app.screen.query_one(Input).value == "quick"


async def test_a_message_about_data_that_was_replaced_is_dropped() -> None:
    app = Listing()
    async with app.run_test() as pilot:
        table = app.query_one(Table)
        columns = [TableColumn("name", "name", 4, lambda row: "abc"[row])]
        table.show(columns, 3, row=2)
        await pilot.pause()
        table.action_select()
        table.show([TableColumn("name", "name", 4, lambda row: "a"[row])], 1)
        await pilot.pause()
        assert app.selected == []
        table.action_select()
        await pilot.pause()
        assert app.selected == [0]


async def test_a_timer_that_fires_while_the_screens_are_taken_down_ends_nothing(log: Path) -> None:
    app = Leaving()
    async with app.run_test():
        pass
    assert app.fired.is_set() and "the screen is gone" in log.read_text()


class Leaving(GuardedApp):
    """An app whose timer still fires while its widgets go."""

    def __init__(self) -> None:
        super().__init__()
        self.fired = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Lingering()

    def on_mount(self) -> None:
        self.set_interval(0.001, self.look)

    def look(self) -> None:
        if not self.is_running:
            self.fired.set()
            raise LookupError("the screen is gone")


class Lingering(Static):
    """A widget that is not gone before the timer has fired."""

    async def on_unmount(self) -> None:
        assert isinstance(self.app, Leaving)
        await self.app.fired.wait()


class Listing(GuardedApp):
    def __init__(self) -> None:
        super().__init__()
        self.selected: list[int] = []

    def compose(self) -> ComposeResult:
        yield Table()

    def on_table_selected(self, event: Table.Selected) -> None:
        self.selected.append(event.row)


async def test_only_the_size_of_the_terminal_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens of a stack pass their sizes to each other: two that differ could go round without end."""
    passed: list[Size] = []
    resized = Screen._screen_resized

    def recorded(screen: Screen[Any], size: Size) -> None:
        passed.append(size)
        resized(screen, size)

    app = GuardedApp()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(3):
            await app.push_screen(ModalScreen[None]())
        monkeypatch.setattr(Screen, "_screen_resized", recorded)
        for screen, width in zip(app.screen_stack, (30, 40, 50, 60), strict=True):
            screen.post_message(events.Resize(Size(width, 20), Size(width, 20)))
        await pilot.pause(0.1)
        assert set(passed) == {Size(80, 24)}


@pytest.mark.parametrize(("key", "how"), KEYS.items(), ids=KEYS.values())
async def test_an_error_is_logged_and_the_program_goes_on(key: str, how: str, log: Path) -> None:
    app = FailingProgram()
    async with app.run_test(size=(120, 24), notifications=True) as pilot:
        app.simulate_key(key)
        await until_survived(app, log)
        app.simulate_key("plus")
        await sees(pilot, "COUNT 1.", "INTACT", "ValueError: on purpose", "Details are in")
        app.simulate_key(key)
        await pilot.pause(0.1)
        forgive(app)
    text = log.read_text()
    assert text.count(f"ValueError: on purpose: {how}") == 1, "repetitions within a moment are not logged"
    assert "Traceback" in text
    assert "last actions: " in text
    assert "Textual" in text


async def test_an_error_that_explains_itself_is_told_and_not_logged(make_app: Make, log: Path) -> None:
    """The store may change while the program looks at it."""
    app = make_app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        app.store.remove("street", "val")
        await pilot.press("ctrl+o")
        await sees(pilot, "There is no dataset street/val.")
        assert not log.exists()
        forgive(app)


async def test_a_view_stays_with_its_store_where_another_cannot_be_opened(
    make_app: Make, tmp_path: Path
) -> None:
    app = make_app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        app.open(Choice("none", "none"), session.Session(Store(tmp_path / "elsewhere")))
        await sees(pilot, "There is no project none.")
        before = app.view
        app.action_confidence(1)
        await until(pilot, lambda: app.view is not before, "a view under other thresholds")


async def until_survived(app: App[Any], log: Path) -> None:
    import asyncio

    for _ in range(200):
        if log.exists():
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)
    forgive(app)


async def test_an_error_of_a_view_stops_the_waiting(
    make_app: Make, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    app = make_app()
    monkeypatch.setattr(app.session, "open", fails)
    async with app.run_test(size=(120, 36)) as pilot:
        await until_survived(app, log)
        await until(pilot, lambda: app.current_mode == "open" and not app.busy, "the list of datasets")
        await sees(pilot, "street/val")
        forgive(app)


def test_every_message_passes_the_guard() -> None:
    """The guard replaces this method of each widget: no class may bypass it with one of its own."""
    own = [each for each in subclasses(MessagePump) if "_dispatch_message" in vars(each)]
    assert [each for each in own if not issubclass(each, App)] == []


@pytest.mark.parametrize("kind", [KITTY, XTERM], ids=["kitty", "sixel"])
def test_where_nothing_can_be_drawn_the_program_ends(kind: Kind, tmp_path: Path) -> None:
    with failing_program(kind, tmp_path) as link:
        session = Session(link)
        session.reads("COUNT 0")
        link.press("x")
        assert link.process.wait(10) == error_log.UNEXPECTED
        assert_restored(link, session)
        assert b"An unexpected error ended the program: ValueError:" in b" ".join(link.output.split())
    assert "Traceback" in the_log(tmp_path)


@pytest.mark.parametrize("kind", [KITTY, XTERM], ids=["kitty", "sixel"])
def test_in_a_terminal_errors_are_survived(kind: Kind, tmp_path: Path) -> None:
    with failing_program(kind, tmp_path) as link:
        session = Session(link)
        session.reads("COUNT 0")
        for number, key in enumerate(KEYS, 1):
            link.press(key)
            link.press("+")
            session.reads(f"COUNT {number}.")
        link.press("s")

        def counts_on() -> bool:
            link.press("+")  # A key that comes before the screen is left is for that screen.
            return f"COUNT {len(KEYS)}." not in session.look().text()

        session.until(counts_on, "the screen below")
        assert link.process.poll() is None
        assert b"Traceback" not in link.output
    places = ("action_fail", "fail_in_thread", "fail_later", "render")
    assert all(f"in {place}\n" in the_log(tmp_path) for place in places)


def failing_program(kind: Kind, home: Path) -> Link:
    places = {name: str(home) for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    return Link([sys.executable, "-m", "tests.tui.failing_program"], kind, (60, 22), environment=places)


def the_log(home: Path) -> str:
    return "".join(path.read_text() for path in home.rglob("errors.log"))
