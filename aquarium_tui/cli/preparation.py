"""Beforehand: `config` shows settings, `count` counts what takes long, `thresholds` are to start with."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aquarium_tui.cli.options import (
    ClusterOption,
    DatasetArgument,
    MetricFromOption,
    MetricOption,
    default_store,
    progress_bar,
    split_dataset,
    workers_of,
)
from aquarium_tui.config import Config, config_path, read_config
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.settings import SIDES, SetConfidence, Side
from aquarium_tui.model.shard import Shard
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aquarium_tui.model.shard import ShardCount
    from aquarium_tui.session.session import Session
    from aquarium_tui.store import Store


ShardOption = Annotated[
    str,
    typer.Option(
        metavar="I/N",
        help="Count only part I of N, from 1 to N, into a file of its own; see docs/cluster.md.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("config")(show)
    app.command()(count)
    group = typer.Typer(help="The confidence thresholds that comparisons start with.", no_args_is_help=True)
    group.command("show")(show_thresholds)
    group.command("set")(set_thresholds)
    group.command("clear")(clear_thresholds)
    app.add_typer(group, name="thresholds")


def count(
    dataset: DatasetArgument,
    *,
    base: Annotated[str, typer.Option(help="The base set. Default: as in `open`.")] = "",
    other: Annotated[str, typer.Option(help="The other set.")] = "",
    shard: ShardOption = "",
    metric_from: MetricFromOption = None,
    metric: MetricOption = None,
    cluster: ClusterOption = "",
) -> None:
    """Count what takes long before it is opened: all of it, or one part of the frames."""
    from aquarium_tui.session.session import Session
    from aquarium_tui.work.executor import Watch

    part = Shard.of(shard) if shard else None
    session = Session(default_store())
    choice = session.settle(Choice(*split_dataset(dataset), base=base, other=other))
    what = f"{choice.title}{f', shard {part}' if part else ''}"
    with workers_of(cluster) as executor, progress_bar() as report:
        found = session.count(choice, part, Watch(partial(report, "counting"), executor=executor))
    typer.echo(_told(what, found))
    if metric_from:
        for name in filter(None, (choice.base, choice.other)):
            _measure(session, replace(choice, base=name, other=""), part, (metric_from, metric or ()))


def _measure(
    session: "Session", choice: Choice, part: Shard | None, what: tuple[Sequence[str], Sequence[str]]
) -> None:
    """Compute the values of functions for the frames of a shard, or for all, and keep them."""
    from aquarium_tui.ingest.metrics import declaration
    from aquarium_tui.upload.metrics import metric_shard
    from aquarium_tui.work.executor import Watch

    texts, declared = what
    dataset = session.store.load_dataset(choice.project, choice.dataset)
    inferences = session.store.load_inferences(choice.project, choice.dataset, choice.base)
    for text in texts:
        with progress_bar() as report:
            metric, values, problems = metric_shard(
                text,
                (dataset, inferences),
                part or Shard(1, 1),
                [declaration(each) for each in declared],
                Watch(partial(report, visible(text))),
            )
        if part:
            session.store.put_metric_part(dataset, choice.base, part, metric, values)
        else:
            session.store.put_metrics(dataset, choice.base, [metric], {metric.name: values})
        where = f"{choice.title}/{choice.base}{f', shard {part}' if part else ''}"
        typer.echo(f"{visible(where)}: {metric.name} of {counted(int(values.present.sum()), 'frame')}.")
        for problem in problems:
            typer.echo(f"aquarium-tui: {problem.sentence()}", err=True)


def _told(what: str, found: "ShardCount | None") -> str:
    if found is None:
        return f"{visible(what)}: no pixels to count; boxes and classes take seconds when they are opened."
    before = found.frames - found.counted
    words = [f"{counted(found.frames, 'frame')}", f"{grouped(found.counted)} counted now"]
    words += [f"{grouped(before)} not again"] * bool(before)
    words += [f"{grouped(found.unreadable)} cannot be counted"] * bool(found.unreadable)
    return f"{visible(what)}: {', '.join(words)}."


def show(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Say what cannot be used, with its line; the exit code is 2 then.")
    ] = False,
) -> None:
    """Print where the settings are and what they set, or check them."""
    path = config_path()
    settings = read_config()
    if check:
        problems = problems_of(settings)
        if problems:
            raise InputError("\n".join(problems), f"{len(problems)} to fix in {path}.")
        typer.echo(f"{visible(str(path))}: nothing to fix" if path.exists() else _absent(str(path)))
        return
    typer.echo(visible(str(path)) if path.exists() else _absent(str(path)))
    if settings.text.strip():
        typer.echo("\n".join(map(visible, settings.text.splitlines())))


def _absent(path: str) -> str:
    return f"{visible(path)} does not exist: everything is as it comes"


def problems_of(settings: Config) -> list[str]:
    """A sentence for each line that the interface could not use."""
    from aquarium_tui.tui.controllers.commands import problem_of
    from aquarium_tui.tui.inks import theme_names
    from aquarium_tui.tui.keymap import read_keymap

    keymap, problems = read_keymap(settings)
    found = [*problems, *filter(None, (problem_of(each, settings, keymap) for each in settings.commands))]
    known = theme_names(settings.themes)
    if settings.theme and settings.theme not in known:
        where = settings.where("theme")
        found.append(f"{where}: there is no theme {settings.theme}. Themes: {', '.join(sorted(known))}.")
    return found


WhereArgument = Annotated[
    str, typer.Argument(metavar="PROJECT[/DATASET/INFERENCES]", help="A project or an inference set.")
]
StatedArgument = Annotated[
    str, typer.Argument(metavar="X,CLASS=X,…|FILE.json", help="The thresholds; see docs/decide.md.")
]


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
