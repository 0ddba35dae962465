"""Metrics as the classic interface declares them."""

from dataclasses import dataclass

from aquarium_tui.client import checks
from aquarium_tui.ingest.metrics import metric_name
from aquarium_tui.model.metrics import Metric, MetricKind


@dataclass(frozen=True)
class CustomMetricsDefinition:
    """A metric of a project, by frame: a number ("objective") or a "confusion_matrix".

    Raises:
        UsageError: `metrics_type` is neither.
    """

    name: str
    metrics_type: str = "objective"

    OBJECTIVE = "objective"
    CONFUSION_MATRIX = "confusion_matrix"

    def __post_init__(self) -> None:
        checks.text(self.name, "the name of a metric")
        if self.metrics_type not in list(MetricKind):
            kinds = " or ".join(MetricKind)
            raise checks.RefusedValueError(f"metrics_type must be {kinds}, not {self.metrics_type!r}.")
        if not metric_name(self.name):
            raise checks.RefusedValueError(f"a metric cannot be called {self.name!r}.")

    def metric(self) -> Metric:
        """The metric of the store; its name with underscores for what a name may not hold."""
        return Metric(metric_name(self.name), MetricKind(self.metrics_type))
