"""`count`: what takes long is counted beforehand, here or in parts on many machines."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
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
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.shard import Shard
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.model.shard import ShardCount
    from aquarium_tui.session.session import Session

ShardOption = Annotated[
    str,
    typer.Option(
        metavar="I/N",
        help="Count only part I of N, from 1 to N, into a file of its own; see docs/cluster.md.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(count)


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
