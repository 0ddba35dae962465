"""What was looked at, written as JSON lines while it happens, and shown again on a terminal of any size.

A recording holds places rather than keys: which numbers, which screen, what the cursor was on. So it means
the same where a page has more rows, and repeating it changes nothing in the store.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

from textual.screen import Screen

from aquarium_tui import __version__
from aquarium_tui.errors import UsageError
from aquarium_tui.formats.shared.format import read_any_text
from aquarium_tui.kinds.walks import ChangeWalk, FrameLook, Look, ObjectLook, ObjectWalk, Walk
from aquarium_tui.model.names import background_words, cell_words, visible
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.last_used import choice_in, row_of
from aquarium_tui.session.view import View
from aquarium_tui.store import Store
from aquarium_tui.tui.actions import ACTIONS
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.curves import CurvesScreen
from aquarium_tui.tui.screens.leaderboard import LeaderboardScreen
from aquarium_tui.tui.screens.samples import SamplesScreen
from aquarium_tui.tui.screens.sums import BehindScreen, SumsScreen
from aquarium_tui.tui.screens.view import PictureScreen, ViewScreen
from aquarium_tui.tui.spots.part import cell_of, frame_of, walk_of
from aquarium_tui.tui.spots.spot import Spot, name_of, spot_of, take_spot

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

FORMAT = 1
"""The version of the lines; it changes when a key changes its meaning."""

_LOOK = 0.1
"""Seconds between looks at where the user is: places that are left sooner were only passed."""
_SHORTEST, _LONGEST = 0.1, 1.5
"""Seconds that a place is shown: as long as it was looked at, and at most enough to see what it is."""
_PATIENCE = 120.0
"""Seconds that numbers may take to be there: the largest datasets open in a few."""


@dataclass(frozen=True)
class Stop:
    """A place that was looked at.

    Attributes:
        choice: What was compared.
        mode: Which of the screens with a key of their own it was reached from.
        screen: Which screen it is.
        spot: What was seen of it.
        at: Seconds since the beginning.
        actions: Ids of the actions that led there.
    """

    choice: Choice
    mode: str
    screen: str
    spot: Spot = field(default_factory=dict)
    at: float = 0.0
    actions: tuple[str, ...] = ()

    def of(self, choice: Choice) -> "Stop":
        """The same place in the dataset of another choice."""
        return replace(self, choice=replace(self.choice, project=choice.project, dataset=choice.dataset))

    def line(self) -> str:
        """The line of a recording."""
        place = {"mode": self.mode, "screen": self.screen, "spot": dict(self.spot)}
        what = {"at": round(self.at, 2), "actions": list(self.actions), **place}
        counted = {"by_parent": self.choice.by_parent, "boundary": self.choice.boundary}
        return json.dumps({**what, "choice": {**row_of(self.choice), **counted}}) + "\n"


def read_stops(path: Path) -> list[Stop]:
    """The places of a recording.

    Raises:
        InputError: It cannot be read.
        UsageError: It is no recording of this version.
    """
    where = visible(str(path))
    text = read_any_text(path)
    first, *lines = text.splitlines() or [""]
    hint = "`open … --record FILE` makes one."
    stops: list[Stop] = []
    with suppress(*_WRONG):
        if json.loads(first)["format"] == FORMAT:
            for number, line in enumerate(lines, 2):
                try:
                    stops.append(_stop(line))
                except _WRONG:
                    # The last line may be incomplete: the recording program was killed.
                    if number <= len(lines) or text.endswith("\n"):
                        raise UsageError(f"{where}, line {number}, is not a place.", hint) from None
            return stops
    raise UsageError(f"{where} is not a recording of this version.", hint)


_WRONG = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


def _stop(line: str) -> Stop:
    row = json.loads(line)
    names = (str(row["mode"]), str(row["screen"]))
    spot, actions = {**row["spot"]}, tuple(map(str, row["actions"]))
    asked = row["choice"]
    by_parent, boundary = (asked.get(name) is True for name in ("by_parent", "boundary"))
    choice = replace(choice_in(asked), by_parent=by_parent, boundary=boundary)
    at = float(row["at"])
    if not isfinite(at):
        raise ValueError(line)
    return Stop(choice, *names, spot, at, actions)


class RecordedApp(AquariumApp):
    """The interface, with someone who takes notes, and someone who repeats them.

    Args:
        store: Where the datasets are.
        choice: What to open.
        *given: What else the interface takes.
        record: The file to write to, in place of what is there.
        play: What is repeated.
        quits: Whether the program ends after that.
    """

    def __init__(
        self,
        store: Store,
        choice: Choice | None = None,
        *given: Any,  # noqa: ANN401
        record: Path | None = None,
        play: Sequence[Stop] = (),
        quits: bool = False,
    ) -> None:
        super().__init__(store, choice, *given)
        self.told: list[str] = []
        self.failed: list[str] = []
        self._file = _opened(record) if record else None
        self._stops, self._quits = play, quits
        self._began, self._last = monotonic(), ("", "", "")
        self._done: list[str] = []

    def on_mount(self) -> None:
        """Begin to take notes, and to repeat; Textual mounts the interface itself, too."""
        if self._file:
            self.set_interval(_LOOK, self._note)
        if self._stops or self._quits:
            self.run_worker(self._play(), group="play", description="play")

    def exit(self, *given: Any, **options: Any) -> None:  # noqa: ANN401
        """Note where the user was in the end, while the screens are still there."""
        try:
            self._note()
        finally:
            super().exit(*given, **options)

    def on_unmount(self) -> None:
        """Write no more notes."""
        if self._file:
            self._file.close()
            self._file = None

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: "DOMNode | None" = None,
        namespaces: "Mapping[str, DOMNode] | None" = None,
    ) -> bool:
        """Do it, and remember its id until the next line."""
        done = await super().run_action(action, default_namespace, namespaces)
        if done and self._file and (id_ := _id_of(str(action))):
            self._done.append(id_)
        return done

    # Taking notes

    def _note(self) -> None:
        """Write a line where the place is another one than before."""
        stop = self.stop
        if stop is None or self._file is None:
            return
        place = (stop.screen, json.dumps(dict(stop.spot)), repr(stop.choice))
        if place != self._last:
            self._last = place
            self._file.write(stop.line())
            self._file.flush()
            self._done.clear()

    @property
    def stop(self) -> Stop | None:
        """The place that is looked at; None where no numbers are, or the screens are being taken down."""
        if not self.is_running:
            return None
        view = self.view
        screen = next((each for each in reversed(self.screen_stack) if isinstance(each, ViewScreen)), None)
        if view is None or screen is None or self.busy or not screen.is_mounted or screen.drawn is not view:
            return None
        at, actions = monotonic() - self._began, tuple(self._done)
        return Stop(view.choice, self.current_mode, name_of(screen), spot_of(screen), at, actions)

    # Repeating

    async def _play(self) -> None:
        try:
            await self._show_all()
        finally:
            # Also after an error that the interface survives: without a screen nobody could end it.
            if self._quits:
                self.exit()

    async def _show_all(self) -> None:
        before = 0.0
        for number, stop in enumerate(self._stops, start=1):
            try:
                await self._go(stop)
                self._tell(number, stop)
            except (LookupError, TimeoutError, *_WRONG) as error:
                why = "it took too long" if isinstance(error, TimeoutError) else "its line is damaged"
                why = str(error.args[0]) if type(error) is LookupError else why
                self.failed.append(f"step {number} cannot be shown: {why}.")
                self.notify(self.failed[-1], severity="warning", markup=False)
            if not self._quits:
                await asyncio.sleep(min(max(stop.at - before, _SHORTEST), _LONGEST))
            before = stop.at

    async def _go(self, stop: Stop) -> None:
        """Show a place.

        Raises:
            LookupError: It is about what there is not.
            TimeoutError: Its numbers do not come.
        """
        await self._until(lambda: self.view is not None and not self.busy)
        assert self.view
        wanted = stop.choice
        if self.view.choice != wanted:
            before = self.view
            self.compare(wanted)
            await self._until(lambda: not self.busy)
            if self.view is before:
                raise LookupError("its numbers cannot be had")
        mode = stop.mode if stop.mode in self.MODES and stop.mode != "open" else "metrics"
        self.action_go(mode)
        self.action_go(mode)  # From what was left open over it, too.
        await self._until(lambda: self.current_mode == mode and self._drawn(self.screen))
        await self._open(stop, self.view)
        await self._until(lambda: self._drawn(self.screen))
        screen, frame = self.screen, str(stop.spot.get("frame"))
        if isinstance(screen, PictureScreen) and screen.frame != frame_of(self.view.comparison, frame):
            raise LookupError(f"frame {visible(frame)} has no such object")
        assert isinstance(screen, ViewScreen)
        await take_spot(screen, stop.spot, self._until)
        if self.screen is not screen:
            raise LookupError(f"there are no {stop.screen} of it")

    async def _open(self, stop: Stop, view: View) -> None:
        """The screen over the first one, where the place is on one."""
        spot, comparison = stop.spot, view.comparison
        match stop.screen:
            case "samples":
                walk = walk_of(cell_of(comparison, spot["cell"]), spot)
                number, confusions = int(spot.get("matrix", 0)), self.presentation.confusions
                # A screen that fails over one of these would leave the player waiting for it.
                if not 0 <= number < len(confusions):
                    raise LookupError(f"there is no matrix {number}")
                confusion = confusions[number]
                if walk.which not in confusion.lists(walk.cell) or walk.sort not in confusion.sorts:
                    raise LookupError(f'the cell has no list "{walk.which}" by "{walk.sort}"')
                await self._push(SamplesScreen(walk, number))
            case "frame":
                self.look(_look_of(spot, view))
                await self._until(lambda: isinstance(self.screen, PictureScreen))
            case "curves":
                class_ = cell_of(comparison, [spot["class"]] * 2)[0] if "class" in spot else None
                cell = cell_of(comparison, spot["cell"]) if "cell" in spot else None
                await self._push(CurvesScreen(class_, cell))
            case "sums":
                await self._push(SumsScreen())
            case "behind":
                await self._open_behind(spot["origin"])

    async def _push(self, screen: ViewScreen) -> None:
        self.push_screen(screen)
        await self._until(lambda: self.screen is screen)

    async def _open_behind(self, origin: Mapping[str, Any]) -> None:
        """The objects behind a part of a sum, or a list that sets share."""
        if "shared" not in origin:
            await self._push(SumsScreen())
        over = self.screen
        assert isinstance(over, SumsScreen | LeaderboardScreen)
        await self._until(lambda: self._drawn(over))
        await take_spot(over, {}, self._until)
        over.open_behind(origin)
        await self._until(lambda: isinstance(self.screen, BehindScreen))

    @staticmethod
    def _drawn(screen: Screen[Any]) -> bool:
        return isinstance(screen, ViewScreen) and screen.is_mounted and screen.drawn is not None

    async def _until(self, holds: Callable[[], bool]) -> None:
        end = monotonic() + _PATIENCE
        while not holds():
            if monotonic() > end:
                raise TimeoutError
            await asyncio.sleep(0.02)

    def _tell(self, number: int, stop: Stop) -> None:
        """A line about the place, with the command that leads there."""
        screen, view = self.screen, self.view
        assert isinstance(screen, ViewScreen) and view
        on = ", ".join(f"{key} {_written(key, stop.spot[key], view)}" for key in _TOLD if key in stop.spot)
        words = visible(f"{stop.screen}{f': {on}' if on else ''}")
        self.told.append(f"{number}  {words}\n   {visible(screen.command(view))}{_note(screen, view)}")


def _note(screen: ViewScreen, view: View) -> str:
    """What is seen and not of the command, as a comment of the shell."""
    left_out = screen.left_out(view)
    return f"\n   # it does not show {visible(left_out)}" if left_out else ""


def _opened(path: Path) -> IO[str]:
    """A new recording.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        file = path.open("w", encoding="utf-8")
        file.write(json.dumps({"format": FORMAT, "program": "aquarium-tui", "version": __version__}) + "\n")
        file.flush()
    except OSError as error:
        raise UsageError(f"{visible(str(path))} cannot be written: {error.strerror or error}.") from error
    return file


def _look_of(spot: Spot, view: View) -> Look:
    """The object or frame that was looked at, in the list that it was in where that is of a cell."""
    frame = frame_of(view.comparison, spot["frame"])
    if "object" not in spot:
        return FrameLook(view.frame_order, frame, "frames")
    walk: Walk = ChangeWalk(view.frame_order, view.marked_word)
    if "walk" in spot:
        walk = ObjectWalk(walk_of(cell_of(view.comparison, spot["walk"]["cell"]), spot["walk"]))
    row = int(spot["object"])
    if not 0 <= row < len(getattr(view.comparison, "ledger", ())):
        raise LookupError(f"there is no object {row}")
    return ObjectLook(walk, row)


_TOLD = (
    "matrix", "view", "cell", "class", "list", "sample", "samples", "frame", "object", "region", "layers",
    "scenario", "slices", "slice", "set", "front", "picked", "curve", "origin", "filter", "cells",
    "intervals",
)  # fmt: skip
"""What of a spot is told; the rest only says how it was shown."""


def _written(key: str, value: object, view: View) -> str:
    comparison = view.comparison
    if isinstance(value, dict):
        return " ".join(f"{name} {_written(name, each, view)}" for name, each in value.items())
    if not isinstance(value, list):
        return str(value)
    if key != "cell" or not set(value) <= set(comparison.classes):
        return " → ".join(map(str, value))
    label, inferred = map(comparison.classes.index, value)
    return cell_words(comparison.classes, (label, inferred), *background_words(not comparison.no_objects))


_IDS = {use.does.removeprefix("app."): action.id for action in ACTIONS.values() for use in action.uses}


def _id_of(action: str) -> str:
    """The id of an action of the registry, from what Textual calls it; empty for others."""
    return _IDS.get(action.removeprefix("app.").removeprefix("screen."), "")
