"""`ls`, `show`, `doctor`, `rm`: what is in the store, what is wrong with it, and out with it."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.common import split_dataset
from aquarium_tui.cli.listing import as_table, listed_projects
from aquarium_tui.cli.wording import comparability_lines, coverage, provenance_lines
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.store import DatasetCard, Store

Format = Annotated[Literal["text", "json"], typer.Option("--format", help="How to write it.")]
DatasetName = Annotated[str, typer.Argument(metavar="PROJECT/DATASET", help="The dataset.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ls")(list_store)
    app.command()(show)
    app.command()(doctor)
    app.command("rm")(remove)


def list_store(
    what: Annotated[str, typer.Argument(metavar="[PROJECT[/DATASET]]", help="Only these.")] = "",
    format_: Format = "text",
) -> None:
    """List projects, their datasets and inference sets, and what is wrong with them."""
    from aquarium_tui.store import Store

    store = Store.default()
    projects = listed_projects(store, what)
    if format_ == "json":
        sys.stdout.write(json.dumps({"format": 1, "projects": projects}, indent=1) + "\n")
        return
    if not projects:
        typer.echo(f"No project in {visible(str(store.root))} yet.", err=True)
        typer.echo(
            "`aquarium-tui upload --help` says how to add one, `aquarium-tui demo` shows one.", err=True
        )
    for line in as_table(projects):
        typer.echo(line)


def show(dataset: DatasetName) -> None:
    """Print the class map, counts, inference sets and notes of a dataset."""
    from aquarium_tui.cli.describing import dataset_lines
    from aquarium_tui.store import Store

    store = Store.default()
    project, name = split_dataset(dataset)
    for line in dataset_lines(store.load_dataset(project, name), store.dataset_card(project, name)):
        typer.echo(line)


def doctor(
    dataset: Annotated[str, typer.Argument(metavar="[PROJECT/DATASET]", help="The dataset.")] = "",
    terminal: Annotated[bool, typer.Option("--terminal", help="What this terminal can show.")] = False,
) -> None:
    """Print what was understood of a dataset's files and what was wrong, or what the terminal can show."""
    if terminal:
        from aquarium_tui.tui.graphics import describe, probe

        typer.echo(describe(probe()))
    if dataset:
        _doctor(dataset)
    elif not terminal:
        raise UsageError("say what to look at: PROJECT/DATASET, or --terminal.")


def _doctor(dataset: str) -> None:
    from aquarium_tui.store import Store

    project, name = split_dataset(dataset)
    store = Store.default()
    card = store.dataset_card(project, name)
    typer.echo(f"{project}/{name}  {visible(card.provenance.source)}")
    for line in provenance_lines(card.provenance):
        typer.echo(line)
    for one in card.sets:
        typer.echo(f"\n{project}/{name}/{one.id}  {visible(one.provenance.source)}")
        if remark := coverage(one.frames, card.frames):
            typer.echo(f"  {remark}")
        for line in provenance_lines(one.provenance):
            typer.echo(line)
    for sentence in card.damaged:
        typer.echo(f"\n{visible(sentence)}")
    _compare_sets(store, card)


def _compare_sets(store: "Store", card: "DatasetCard") -> None:
    """Say what stands in the way of comparing the first inference set with each of the others."""
    if len(card.sets) < 2:
        return
    dataset = store.load_dataset(card.project, card.name)
    base, *others = (store.load_inferences(card.project, card.name, one.id) for one in card.sets)
    for other in others:
        lines = list(comparability_lines(dataset, base, other))
        fine = [f"comparing {visible(base.id)} with {visible(other.id)}: nothing stands in the way"]
        typer.echo("")
        for line in lines or fine:
            typer.echo(line)


def remove(
    what: Annotated[str, typer.Argument(metavar="PROJECT[/DATASET[/INFERENCES]]", help="What to remove.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove a project, a dataset or an inference set; images are left where they are."""
    from aquarium_tui.store import Store

    store = Store.default()
    names = what.split("/")
    if not all(names) or len(names) > 3:
        hint = "Write PROJECT, PROJECT/DATASET or PROJECT/DATASET/INFERENCES."
        raise UsageError(f'"{visible(what)}" names nothing in the store.', hint)
    told = _told(store, names)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{told} would be removed.", "Say --yes to do it without being asked.")
        typer.confirm(f"Remove {told}?", abort=True, err=True)
    store.remove(*names)
    typer.echo(f"removed {told}")


def _told(store: "Store", names: list[str]) -> str:
    """What would be removed, in words."""
    from aquarium_tui.cli.describing import contents

    kinds = ("project", "dataset", "inference set")
    return f"{kinds[len(names) - 1]} {'/'.join(names)}{contents(store, *names)}"
