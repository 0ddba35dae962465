"""The user's metrics, written out."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import MetricTotal, metric_totals
from aquarium_tui.model.metrics import MetricKind
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import UNDEFINED, counted, grouped
from aquarium_tui.report.certainty import JsonObject, between, certainty_document, change, left, lines, right


def metric_lines(comparison: Comparison, known: Mapping[str, Certainty]) -> list[str]:
    """The metrics as lines of text; none where no chosen set has values of one.

    Args:
        comparison: What is written.
        known: How sure their deltas are, by name; empty leaves that out.
    """
    totals = metric_totals(comparison)
    if not totals:
        return []
    numbers = [each for each in totals if each.metric.kind is MetricKind.OBJECTIVE]
    found = [
        f"metrics of your own: mean over the frames with a value{' under both' * bool(comparison.other)}"
    ]
    if numbers:
        means = [[each.mean[side] for each in numbers] for side in comparison.sides]
        other = means[1] if comparison.other else None
        columns = [
            left("", [each.metric.name for each in numbers]),
            change("", means[0], other, _written, _signed),
            left("", [between(known.get(each.metric.name), 0, _signed) for each in numbers]),
            left("", [visible(each.metric.unit) for each in numbers]),
            left("", ["higher is better" * h or "lower is better" for h in _higher(numbers)]),
            right("", [_frames(each) for each in numbers]),
        ]
        found += lines([column for column in columns if any(text.strip() for text in column)])[1:]
    matrices = [each for each in totals if each.metric.kind is not MetricKind.OBJECTIVE]
    return found + [_matrix_line(each, known.get(each.metric.name)) for each in matrices]


def _matrix_line(each: MetricTotal, certainty: Certainty | None) -> str:
    line = f"{each.metric.name}: a confusion matrix over {_frames(each)}"
    if certainty is None:
        return line
    return f"{line}, in which {counted(int(certainty.sure.sum()), 'cell')} surely changed"


def metric_documents(comparison: Comparison, known: Mapping[str, Certainty]) -> list[JsonObject]:
    """The metrics as plain values, with how sure their deltas are where that is known."""
    found = []
    for each in metric_totals(comparison):
        document = _document(comparison, each)
        certainty = known.get(each.metric.name)
        if certainty is not None and each.metric.kind is MetricKind.OBJECTIVE:
            document["certainty"] = certainty_document({"delta": certainty}, 0)
        elif certainty is not None:
            document["cells"] = _cell_documents(comparison.classes, each, certainty)
        found.append(document)
    return found


def _cell_documents(classes: Sequence[str], each: MetricTotal, certainty: Certainty) -> list[JsonObject]:
    """Every cell of a matrix that is not zero under both sets, with how sure its delta is."""
    there = np.argwhere((each.matrix["base"] != 0) | (each.matrix["other"] != 0))
    return [
        {
            "label": classes[label],
            "inferred": classes[inferred],
            "certainty": certainty_document({"delta": certainty}, label * len(classes) + inferred),
        }
        for label, inferred in there.tolist()
    ]


def _document(comparison: Comparison, each: MetricTotal) -> JsonObject:
    metric = each.metric
    found: JsonObject = {"name": metric.name, "kind": metric.kind.value, "frames": each.frames}
    if metric.kind is MetricKind.OBJECTIVE:
        found |= {"better": "higher" if metric.higher_is_better else "lower", "unit": metric.unit}
        found |= {side: _plain(each.mean[side]) for side in comparison.sides}
        return found | ({"delta": _plain(each.delta)} if comparison.other else {})
    found |= {side: each.matrix[side].tolist() for side in comparison.sides}
    if comparison.other:
        found["delta"] = (each.matrix["other"] - each.matrix["base"]).tolist()
    return found


def _frames(each: MetricTotal) -> str:
    return f"{grouped(each.frames)} frame{'s' * (each.frames != 1)}"


def _higher(totals: list[MetricTotal]) -> list[bool]:
    return [each.metric.higher_is_better for each in totals]


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


def _written(value: float) -> str:
    """A number with four digits that matter."""
    if math.isnan(value):
        return UNDEFINED
    return np.format_float_positional(value, 4, unique=False, fractional=False, trim="-").replace("-", "−")


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + _written(value)
