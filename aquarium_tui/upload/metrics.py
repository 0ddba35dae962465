"""The user's metrics of an inference set into the store; part of `upload`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aquarium_tui.cli.options import counted
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.ingest.metrics import UserMetrics
    from aquarium_tui.model.metrics import Metric, MetricValues
    from aquarium_tui.model.tables import Dataset, InferenceSet
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


@dataclass(frozen=True)
class MetricsAsked:
    """Metrics that are given with an inference set, or for one.

    Attributes:
        file: A table with a row a frame.
        functions: Each as `FILE.py:FUNCTION`.
        said: Declarations, each as `NAME:higher|lower[:UNIT]`.
    """

    file: Path | None
    functions: list[str]
    said: list[str]

    def __bool__(self) -> bool:
        return self.file is not None or bool(self.functions)

    def check(self, inferences: str) -> None:
        """Make sure that metrics are of an inference set, and that what is said is said of metrics.

        Raises:
            UsageError: It is not so.
        """
        if self and not inferences:
            raise UsageError("--inferences-id is missing: the inference set that the metrics are of.")
        if self.said and not self:
            raise UsageError("--metric says more of metrics: add --metrics FILE or --metric-from.")

    def found(self, dataset: "Dataset", inferences: "InferenceSet") -> Iterator["UserMetrics"]:
        """The metrics, one after another.

        Raises:
            AquariumError: They cannot be read or computed.
        """
        from aquarium_tui.ingest.metric_function import metric_from_function
        from aquarium_tui.ingest.metrics import declaration, metrics_from_file
        from aquarium_tui.work.watch import Watch

        declared = [declaration(text) for text in self.said]
        if self.file is not None:
            yield metrics_from_file(self.file, dataset, declared)
        for text in self.functions:
            with counted(visible(text)) as progress:
                yield metric_from_function(text, dataset, inferences, declared, Watch(progress))

    def measured(self, dataset: "Dataset", inferences: "InferenceSet") -> "InferenceSet":
        """The inference set with these metrics beside those that came with it."""
        for each in self.found(dataset, inferences):
            known = [m for m in inferences.declared if m.name not in each.values]
            provenance = inferences.provenance
            inferences = replace(
                inferences,
                metrics={**inferences.metrics, **each.values},
                declared=(*known, *each.metrics),
                provenance=replace(
                    provenance,
                    notes=(*provenance.notes, *each.notes),
                    problems=(*provenance.problems, *each.problems),
                ),
            )
        return inferences


def upload_metrics(store: "Store", place: tuple[str, str, str], asked: MetricsAsked, dry: bool) -> None:
    """Store metrics of an inference set that is in the store, and print what was understood.

    Args:
        store: Where to.
        place: Project, dataset and the name of the set.
        asked: The metrics.
        dry: Whether nothing is stored.
    """
    dataset = store.load_dataset(*place[:2])
    found = list(asked.found(dataset, store.load_inferences(*place)))
    for each in found:
        if not dry:
            store.put_metrics(dataset, place[2], each.metrics, each.values)
        for metric in each.metrics:
            typer.echo(f"{'/'.join(place)}: {metric_line(metric, each.values[metric.name])}")
        for note in each.notes:
            typer.echo(f"  {visible(note)}")
        for problem in each.problems:
            typer.echo(f"  {visible(problem.sentence())}")


def metric_line(metric: "Metric", values: "MetricValues") -> str:
    """What was understood of a metric, on one line."""
    import numpy as np

    frames = f"on {int(values.present.sum()):,} of {len(values.present):,} frames"
    if len(values.frame):
        return f"{metric.name}, a confusion matrix, {frames}"
    better = "higher" if metric.higher_is_better else "lower"
    unit = f" {metric.unit}" if metric.unit else ""
    return f"{metric.name}, mean {np.nanmean(values.number):.4g}{unit}, {better} is better, {frames}"
