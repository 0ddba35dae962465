"""`aquarium-tui`, `open` and `demo`: the interface."""

import sys
from typing import Annotated, Literal

import typer

from aquarium_tui.cli.choosing import Choice, chooses, chosen_sets
from aquarium_tui.cli.common import Graphics, split_dataset

Task = Annotated[
    Literal["detection", "segmentation", "classification"], typer.Option(help="What the models do.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.callback(invoke_without_command=True)(start)
    app.command("open")(chooses(open_dataset))
    app.command()(demo)


def start(
    context: typer.Context,
    graphics: Graphics = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Compare two models' inferences on one labelled dataset, in the terminal."""
    if version:
        from aquarium_tui import __version__

        typer.echo(f"aquarium-tui {__version__}")
    elif context.invoked_subcommand is None:
        from aquarium_tui.cli.launch import launch_anything

        launch_anything(graphics)


def open_dataset(choice: Choice, graphics: Graphics = None) -> None:
    """Open a dataset with two inference sets, or with one."""
    from aquarium_tui.cli.launch import launch
    from aquarium_tui.store import Store
    from aquarium_tui.tui.state import Chosen

    store = Store.default()
    project, name = split_dataset(choice.dataset)
    known = [one.id for one in store.dataset_card(project, name).sets]
    base, other = chosen_sets(known, choice.base, choice.other, choice.dataset)
    settings = choice.settings(store.project(project))
    launch(store, Chosen(project, name, base, other, settings, choice.query), graphics)


def demo(graphics: Graphics = None, task: Task = "detection") -> None:
    """Open the demo; without a terminal, print its comparison."""
    from aquarium_tui.demo import demo_store

    store, chosen = demo_store(task)
    if not sys.stdout.isatty():
        from aquarium_tui.cli.comparing import print_comparison

        print_comparison(store, *chosen)
        return
    from aquarium_tui.cli.launch import launch
    from aquarium_tui.tui.state import Chosen

    launch(store, Chosen(*chosen), graphics)
