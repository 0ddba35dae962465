"""`aquarium-tui`, `open` and `demo`: open the interface."""

import os
import signal
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.options import (
    ClusterOption,
    ForceOption,
    GraphicsOption,
    MouseOption,
    chooses,
    default_store,
    refuse_existing,
    workers_of,
)
from aquarium_tui.errors import AmbiguousError, InputError, StoreError, UnfinishedError, UsageError
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from aquarium_tui.session.last_used import LastUsed
    from aquarium_tui.store import Store
    from aquarium_tui.tui.app import AquariumApp


TaskOption = Annotated[
    Literal["detection", "segmentation", "classification", "multilabel"],
    typer.Option(help="What the models do."),
]

_STREAMS = ("stdin", "stdout", "stderr")
_UNSEEN = (120, 36)
"""The size of an interface that nobody sees: one at which all panes are there."""


def launch(
    store: "Store",
    choice: Choice | None,
    graphics: str | None,
    executor: "Executor | None" = None,
    make: "Callable[..., AquariumApp] | None" = None,
    *,
    mouse: bool = True,
    tour: "LastUsed | None" = None,
) -> None:
    """Open the interface on a store.

    Args:
        store: Where the datasets are.
        choice: What to open; None opens the list of datasets.
        graphics: How pictures are drawn; None leaves it to the user's settings.
        executor: Where pixels are counted; None counts them on this machine.
        make: Makes another app of what the usual one takes.
        mouse: Whether the mouse is taken, if the user's settings allow it.
        tour: Shows three lines for newcomers until they are dismissed, and remembers that; None shows none.

    Raises:
        UsageError: stdin, stdout or stderr is not a terminal.
        InputError: The user's settings cannot be read.
        SystemExit: The interface ended with an error, or by signal n with code 128 + n.
    """
    # Textual draws on stderr, so that one has to be a terminal as well.
    missing = [name for descriptor, name in enumerate(_STREAMS) if not os.isatty(descriptor)]
    if missing:
        raise UsageError(
            f"The interface needs a terminal, and {missing[0]} is not one.",
            "`aquarium-tui compare PROJECT/DATASET` prints text.",
        )
    from aquarium_tui.config import read_config
    from aquarium_tui.tui.graphics.probe import probe

    config = read_config()
    terminal = probe(graphics or config.graphics)
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "truecolor" if terminal.truecolor else "256")
    from aquarium_tui.tui.app import AquariumApp

    app = (make or AquariumApp)(store, choice, terminal, config, executor)
    app.tour = tour
    try:
        app.run(mouse=mouse and config.mouse)
    except KeyboardInterrupt:
        # Keys typed while the program ends come as signals: the terminal has been given back.
        if app.return_code is None:
            raise
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if app.return_code:
        sys.exit(app.return_code)


def _launch_recorded(
    store: "Store", choice: Choice, graphics: str | None, record: Path | None, play: Path | None
) -> None:
    """Open the interface, note what is looked at, or repeat what was noted; that needs no terminal.

    Raises:
        UsageError: A file cannot be read or written.
    """
    from aquarium_tui.config import read_config
    from aquarium_tui.tui.recorded import RecordedApp, read_stops

    stops = [stop.of(choice) for stop in read_stops(play)] if play else []
    if not play or all(map(os.isatty, range(len(_STREAMS)))):
        launch(store, choice, graphics, make=partial(RecordedApp, record=record, play=stops))
        return
    app = RecordedApp(store, choice, None, read_config(), record=record, play=stops, quits=True)
    app.run(headless=True, size=_UNSEEN)
    for line in app.told:
        typer.echo(line)
    if app.failed:
        raise UnfinishedError("\n".join(app.failed))
    if app.return_code or len(app.told) < len(stops):
        raise UnfinishedError("Not all places could be shown.")


def launch_anything(graphics: str | None, mouse: bool) -> None:
    """Open the only dataset in the store, or the list of them; an empty one offers the demo."""
    from aquarium_tui.session.last_used import LastUsed

    store = default_store()
    own = LastUsed(store.root)
    tour = None if own.toured else own
    known = [(project, dataset) for project in store.projects() for dataset in store.datasets(project)]
    only = known[0] if len(known) == 1 else None
    with_sets = False
    with suppress(StoreError):  # The list says what is wrong with it.
        with_sets = only is not None and bool(store.dataset_card(*only).sets)
    launch(store, Choice(*only) if only and with_sets else None, graphics, mouse=mouse, tour=tour)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.callback(invoke_without_command=True)(start)
    app.command("open")(chooses(open_dataset))
    app.command()(demo)


def start(
    context: typer.Context,
    graphics: GraphicsOption = None,
    *,
    no_mouse: MouseOption = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    spec: Annotated[
        bool, typer.Option("--spec", help="Print commands, options, fields and exit codes as JSON and exit.")
    ] = False,
    info: Annotated[
        bool, typer.Option("--info", help="Print versions, store and terminal and exit.")
    ] = False,
    errors: Annotated[
        Literal["text", "json"], typer.Option("--errors", help="How errors are printed; may stand anywhere.")
    ] = "text",
) -> None:
    """Compare two models' inferences on one labelled dataset, in the terminal."""
    del errors  # It is taken out before anything is parsed; see `exit_codes.without_errors`.
    _limit_cache()
    if version:
        from aquarium_tui import __version__

        typer.echo(f"aquarium-tui {__version__}")
    elif spec or info:
        from aquarium_tui.cli.machine import print_info, print_spec

        print_spec(context) if spec else print_info()
        raise typer.Exit
    elif context.invoked_subcommand is None:
        launch_anything(graphics, not no_mouse)


def _limit_cache() -> None:
    """Tell this process and those that it starts how much of remote files is kept, as the settings say."""
    from aquarium_tui.config import read_config
    from aquarium_tui.media.remote import SIZE_VARIABLE

    with suppress(InputError):  # The interface tells what is wrong with the settings.
        os.environ.setdefault(SIZE_VARIABLE, read_config().cache_size)


RecordOption = Annotated[
    Path | None,
    typer.Option(
        "--record",
        metavar="FILE",
        help="Record what is looked at, as JSON Lines.",
    ),
]
PlayOption = Annotated[
    Path | None,
    typer.Option(
        "--play", metavar="FILE", help="Show what was recorded; without a terminal, print it line by line."
    ),
]


def open_dataset(
    choice: Choice,
    graphics: GraphicsOption = None,
    *,
    cluster: ClusterOption = "",
    record: RecordOption = None,
    play: PlayOption = None,
    force: ForceOption = False,
    no_mouse: MouseOption = False,
) -> None:
    """Open a dataset with two inference sets, or with one."""
    from aquarium_tui.session.session import Session

    if record:
        refuse_existing(record, force)
    session = Session(default_store())
    with suppress(AmbiguousError):  # The interface asks.
        session.settle(session.resume(choice))
    if record or play:
        _launch_recorded(session.store, choice, graphics, record, play)
        return
    with workers_of(cluster) as executor:
        launch(session.store, choice, graphics, executor, mouse=not no_mouse)


def demo(
    graphics: GraphicsOption = None, task: TaskOption = "detection", *, no_mouse: MouseOption = False
) -> None:
    """Open the demo; without a terminal, print its comparison."""
    from aquarium_tui.demo import demo_store

    store, choice = demo_store(task)
    if sys.stdout.isatty():
        launch(store, choice, graphics, mouse=not no_mouse)
        return
    from aquarium_tui.report import Findings, as_text
    from aquarium_tui.session.session import Session

    comparison = Session(store).open(choice).comparison
    sys.stdout.write(as_text(comparison, findings=Findings.of(comparison)))
