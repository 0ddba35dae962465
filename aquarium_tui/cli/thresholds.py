"""`thresholds`: show and store the confidence thresholds that comparisons start with."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aquarium_tui.cli.options import default_store
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import SIDES, SetConfidence, Side

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aquarium_tui.store import Store

WhereArgument = Annotated[
    str, typer.Argument(metavar="PROJECT[/DATASET/INFERENCES]", help="A project or an inference set.")
]
StatedArgument = Annotated[
    str, typer.Argument(metavar="X,CLASS=X,…|FILE.json", help="The thresholds; see docs/decide.md.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The confidence thresholds that comparisons start with.", no_args_is_help=True)
    group.command("show")(show_thresholds)
    group.command("set")(set_thresholds)
    group.command("clear")(clear_thresholds)
    app.add_typer(group, name="thresholds")


def show_thresholds(where: WhereArgument) -> None:
    """Print the thresholds of a project or an inference set as JSON, in the form that `set` takes."""
    import json

    from aquarium_tui.session.thresholds import document_of

    store, names = default_store(), _names(where)
    settings = store.project(names[0]).settings
    if len(names) == 1:
        stated = {
            side: document_of(SetConfidence(settings.confidence(side), settings.classes(side)))
            for side in SIDES
        }
        document = stated["base"] if stated["base"] == stated["other"] else stated
    else:
        own = store.dataset_card(*names[:2]).readable(names[2]).confidence
        document = document_of(own) if own else {}
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False))


def set_thresholds(where: WhereArgument, stated: StatedArgument) -> None:
    """Store thresholds on a project or an inference set; --confidence and its kin still come first."""
    from aquarium_tui.session.thresholds import named_classes, read_confidence, read_thresholds
    from aquarium_tui.store.starts import put_settings

    store, names = default_store(), _names(where)
    project = store.project(names[0])
    file = Path(stated)
    found: Mapping[Side, SetConfidence] = (
        read_thresholds(file)
        if file.suffix == ".json" or file.is_file()
        else dict.fromkeys(SIDES, read_confidence(stated))
    )
    found = {
        side: replace(one, classes=named_classes(one.classes, project.class_map))
        for side, one in found.items()
    }
    if len(names) == 1:
        settings = project.settings
        for side, one in found.items():
            settings = settings.with_confidence(side, one)
        put_settings(store, project.name, settings)
    else:
        if len(set(found.values())) != 1:
            raise UsageError(
                f"{visible(stated)} has thresholds for base and for other.",
                "A set has one confidence per class: store each on its own set, or both on the project.",
            )
        _store_of_set(store, names, next(iter(found.values())))
    typer.echo(f"{visible(where)}: comparisons start with these thresholds")


def clear_thresholds(where: WhereArgument) -> None:
    """Forget the thresholds of a project's classes, or those of an inference set."""
    from aquarium_tui.store.starts import put_settings

    store, names = default_store(), _names(where)
    if len(names) == 1:
        settings = store.project(names[0]).settings
        put_settings(store, names[0], replace(settings, base_classes=(), other_classes=()))
    else:
        _store_of_set(store, names, None)
    typer.echo(f"{visible(where)}: no thresholds of its own")


def _names(where: str) -> list[str]:
    names = where.split("/")
    if not all(names) or len(names) not in (1, 3):
        hint = "Write PROJECT or PROJECT/DATASET/INFERENCES."
        raise UsageError(f'"{visible(where)}" names neither a project nor an inference set.', hint)
    return names


def _store_of_set(store: "Store", names: list[str], confidence: SetConfidence | None) -> None:
    from aquarium_tui.store.starts import put_confidence

    put_confidence(store, names[0], names[1], names[2], confidence)
