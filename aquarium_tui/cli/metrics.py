"""The user's metrics of an inference set into the store; part of `upload`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aquarium_tui.cli.common import counted
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.ingest.metrics import UserMetrics
    from aquarium_tui.model.metrics import Metric, MetricValues
    from aquarium_tui.store import Store

Metrics = Annotated[
    Path | None,
    typer.Option(help="Metrics of your own, of each frame: CSV, JSON Lines or Parquet by id or file name."),
]
MetricFrom = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE.py:FUNCTION", help="A metric that this function computes; may be repeated."),
]
MetricSaid = Annotated[
    list[str] | None,
    typer.Option(
        "--metric", metavar="NAME:lower[:UNIT]", help="That lower is better, and the unit; may be repeated."
    ),
]


def check_metrics(inferences: str, measured: bool, said: list[str]) -> None:
    """Make sure that metrics are of an inference set, and that what is said is said of metrics.

    Raises:
        UsageError: It is not so.
    """
    if measured and not inferences:
        raise UsageError("--inferences-id is missing: the inference set that the metrics are of.")
    if said and not measured:
        raise UsageError("--metric says more of metrics: add --metrics FILE or --metric-from.")


def upload_metrics(
    store: "Store", place: tuple[str, str, str], file: Path | None, functions: list[str], said: list[str]
) -> None:
    """Store metrics of an inference set that is in the store, and print what was understood.

    Args:
        store: Where to.
        place: Project, dataset and the name of the set.
        file: A table with a row a frame.
        functions: Each as `FILE.py:FUNCTION`.
        said: Declarations, each as `NAME:higher|lower[:UNIT]`.
    """
    from aquarium_tui.compare.pixels.working import Watch
    from aquarium_tui.ingest.metric_function import metric_from_function
    from aquarium_tui.ingest.metrics import declaration, metrics_from_file

    declared = [declaration(text) for text in said]
    dataset = store.load_dataset(*place[:2])
    inferences = store.load_inferences(*place)
    found = [] if file is None else [metrics_from_file(file, dataset, declared)]
    for text in functions:
        with counted(visible(text)) as progress:
            found.append(metric_from_function(text, dataset, inferences, declared, Watch(progress)))
    for each in found:
        store.put_metrics(dataset, place[2], each.metrics, each.values)
        _print("/".join(place), each)


def _print(place: str, found: "UserMetrics") -> None:
    for metric in found.metrics:
        typer.echo(f"{place}: {_line(metric, found.values[metric.name])}")
    for note in found.notes:
        typer.echo(f"  {visible(note)}")
    if found.problems:
        typer.echo("problems:")
    for problem in found.problems:
        typer.echo(f"  {visible(problem.sentence())}")


def _line(metric: "Metric", values: "MetricValues") -> str:
    import numpy as np

    frames = f"on {int(values.present.sum()):,} of {len(values.present):,} frames"
    if len(values.frame):
        return f"{metric.name}, a confusion matrix, {frames}"
    better = "higher" if metric.higher_is_better else "lower"
    unit = f" {metric.unit}" if metric.unit else ""
    return f"{metric.name}, mean {np.nanmean(values.number):.4g}{unit}, {better} is better, {frames}"
