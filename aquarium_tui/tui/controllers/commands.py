"""Commands of the user's own, and the viewer outside: what they are told of a screen, and what they print."""

import asyncio
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

from textual.app import SuspendNotSupported, SystemCommand

from aquarium_tui.config import Command, Config
from aquarium_tui.kinds.presentation import Legend
from aquarium_tui.model.names import visible
from aquarium_tui.tui.actions import ACTIONS
from aquarium_tui.tui.actions.action import EVERYWHERE, FRAME, FRAMES, MASKS, METRICS, OPEN, SAMPLES, Place
from aquarium_tui.tui.clipboard import SelectText
from aquarium_tui.tui.keymap import Keymap, sign, textual_key
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.textual_private import TerminalApp

FIELDS = {
    "project": "the project",
    "dataset": "the dataset",
    "base": "the base set",
    "other": "the other set",
    "query": "the query that is applied",
    "cell": "the cell, as `--cell` takes it",
    "frame.id": "the frame under the cursor",
    "frame.path": "the image of that frame",
}
"""What a command can be told of the screen."""
HERE: Mapping[str, Sequence[Place]] = {
    "everywhere": (EVERYWHERE,),
    "open": (OPEN,),
    "frames": (FRAMES,),
    "metrics": (METRICS,),
    "samples": (SAMPLES,),
    "frame": (FRAME, MASKS),
}
"""The places of commands; one frame is one place, whatever its kind."""
_FIELD = re.compile(r"\{([a-z.]+)\}")


def problem_of(command: Command, config: Config, keymap: Keymap) -> str:
    """What keeps a command from being used; "" where nothing does."""
    where = f"{config.where('commands')}: the command {visible(command.run)}"
    places = HERE.get(command.place)
    if places is None:
        return f'{where} has no place "{visible(command.place)}". Places: {", ".join(HERE)}.'
    unknown = next((name for name in _FIELD.findall(command.run) if name not in FIELDS), None)
    if unknown:
        return f'{where} asks for "{unknown}". It can ask for {", ".join(FIELDS)}.'
    try:
        key = textual_key(command.key)
    except ValueError as error:
        return f"{where}: {error}"
    taken = next(_taken(key, places, keymap), None)
    return f'{where}: "{command.key}" already means {taken}.' if taken else ""


def _taken(key: str, places: Sequence[Place], keymap: Keymap) -> Iterator[str]:
    """Actions that the key stands for in one of the places, or for all that these cover."""
    for action in ACTIONS.values():
        shared = any(a.hears(b) or b.hears(a) for a in places for b in action.places)
        if shared and key in keymap.keys(action.id):
            yield action.id


class CommandControl:
    """The user's commands in an app.

    Args:
        app: The app.
        config: Says which commands there are.
        keymap: The keys that are taken.

    Attributes:
        commands: Those that can be used.
        problems: A sentence for each that cannot.
    """

    def __init__(self, app: TerminalApp, config: Config, keymap: Keymap) -> None:
        self.app, self.config = app, config
        checked = [(command, problem_of(command, config, keymap)) for command in config.commands]
        self.commands = tuple(command for command, problem in checked if not problem)
        self.problems = tuple(problem for _, problem in checked if problem)

    def bind(self) -> None:
        """Give the commands their keys."""
        for number, command in enumerate(self.commands):
            key, title = textual_key(command.key), command.title or command.run
            self.app.bind(key, f"custom({number})", description=title, show=False)

    def works(self, number: int) -> bool:
        """Whether a command works on the screen that is shown."""
        place = self.commands[number].place
        here = getattr(self.app.screen, "PLACE", None)
        return place == "everywhere" or here in HERE[place]

    @property
    def here(self) -> list[Command]:
        """The commands that work on the screen that is shown."""
        return [command for number, command in enumerate(self.commands) if self.works(number)]

    def legend(self) -> Legend:
        """Their keys, and what they do."""
        rows = [
            ((sign(textual_key(each.key)), "accent"), visible(each.title or each.run)) for each in self.here
        ]
        return "Your commands", rows

    def palette(self) -> Iterator[SystemCommand]:
        """The same for the command palette."""
        for number, command in enumerate(self.commands):
            if self.works(number):
                title = visible(command.title or command.run)
                key = f"your command, key {sign(textual_key(command.key))}"
                yield SystemCommand(title, key, partial(self.run, number))

    def run(self, number: int) -> None:
        """Run a command for what is under the cursor."""
        command = self.commands[number]
        self._run(command.run, command.output, command.title or command.run)

    def view(self) -> None:
        """Open the image of the frame under the cursor in another program."""
        viewer = self.config.viewer or _viewer()
        if not viewer:
            self.app.notify(
                'Name a program in config.toml, such as viewer = "feh {frame.path}".',
                title="No program that shows pictures was found",
                severity="warning",
            )
            return
        template = viewer if _FIELD.search(viewer) else f"{viewer} {{frame.path}}"
        self._run(template, "discard", viewer)

    def _run(self, template: str, output: str, title: str) -> None:
        told = subject(self.app)
        missing = next((name for name in _FIELD.findall(template) if not told.get(name)), None)
        if missing:
            words = FIELDS.get(missing, missing)
            self.app.notify(f"This needs {words}: there is none here.", severity="warning", markup=False)
            return
        line = _FIELD.sub(lambda found: shlex.quote(told[found[1]]), template)
        if output == "terminal":
            self._in_terminal(line)
        else:
            self.app.run_worker(self._follow(line, output, title), group="commands", description="command")

    def _in_terminal(self, line: str) -> None:
        try:
            with self.app.suspend():
                subprocess.call(line, shell=True)
        except SuspendNotSupported:
            self.app.notify("A command cannot take over this terminal.", severity="warning")

    async def _follow(self, line: str, output: str, title: str) -> None:
        """Run a command until it ends or the program does, and show what it printed or that it failed."""
        kept = asyncio.subprocess.PIPE if output == "show" else asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_shell(
            line,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=kept,
            stderr=asyncio.subprocess.STDOUT if output == "show" else kept,
            start_new_session=True,
        )
        try:
            printed = (await process.communicate())[0] or b""
        except asyncio.CancelledError:
            if output == "show":  # A viewer stays.
                with suppress(OSError):
                    os.killpg(process.pid, signal.SIGTERM)
            raise
        text = "\n".join(map(visible, printed.decode(errors="replace").splitlines()))
        if text.strip():
            self.app.push_screen(SelectText(text, visible(title)))
        elif process.returncode:
            said = f"It ended with exit code {process.returncode}."
            self.app.notify(said, title=visible(title), severity="warning", markup=False)
        elif output == "show":
            self.app.notify("Done; it printed nothing.", title=visible(title), markup=False)


def subject(app: TerminalApp) -> dict[str, str]:
    """What a command can be told of the screen that is shown, by the names in `FIELDS`."""
    view = program_of(app).view
    told: dict[str, str] = getattr(app.screen, "subject", dict)()
    if view is None:
        return told
    choice = view.choice
    own = {name: str(getattr(choice, name)) for name in ("project", "dataset", "base", "other", "query")}
    return {**own, **told}


def _viewer() -> str:
    """The system's own program for pictures, where there is a desktop to show it on."""
    if sys.platform == "darwin":
        return "open"
    desktop = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    names = ("wslview", "xdg-open") if desktop else ("wslview",)
    return next((name for name in names if shutil.which(name)), "")
