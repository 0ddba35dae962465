"""Metrics of the user: from a table or a function, whatever that gives."""

import json

import duckdb
import numpy as np
import pytest

from aquarium_tui.errors import CancelledError, InputError, UsageError
from aquarium_tui.ingest.metric_function import metric_from_function
from aquarium_tui.ingest.metrics import Declaration, declaration, metric_name, metrics_from_file
from aquarium_tui.model.metrics import Metric, MetricKind
from aquarium_tui.work.watch import Watch
from tests.compare.pixels.scene import CAR, ROAD, VOID, dataset, written
from tests.query.street import STREET

DATA = dataset(3)
EYE = np.eye(3).tolist()


def from_file(tmp_path, content: object, *said: str, data=DATA):
    path = tmp_path / "metrics.txt"
    path.write_text(content if isinstance(content, str) else "\n".join(map(json.dumps, content)))
    return metrics_from_file(path, data, [declaration(text) for text in said])


def problems(found) -> dict[str, tuple]:
    return {p.kind: (p.count, p.action) for p in found.problems}


@pytest.mark.parametrize(
    "key", ["frame,edges\nf0,0.5\nf1,2\nf2,-1", "file;edges\nf0.jpg;0.5\nf1.jpg;2\nf2.jpg;-1"]
)
def test_a_column_of_numbers_is_an_objective(tmp_path, key):
    found = from_file(tmp_path, key)
    assert found.metrics == (Metric("edges"),)
    assert found.values["edges"].number.tolist() == [0.5, 2, -1]
    assert found.problems == ()


def test_json_lines_and_parquet(tmp_path):
    rows = [{"frame_id": f"f{i}", "edges": i / 2, "pairs": EYE} for i in range(3)]
    found = from_file(tmp_path, rows)
    assert found.metrics == (Metric("edges"), Metric("pairs", MetricKind.CONFUSION_MATRIX))
    table = tmp_path / "m.parquet"
    (tmp_path / "rows.json").write_text(json.dumps(rows))
    duckdb.sql(f"COPY (FROM read_json('{tmp_path / 'rows.json'}')) TO '{table}' (FORMAT parquet)")
    again = metrics_from_file(table, DATA, [])
    assert again.metrics == found.metrics
    assert again.values["edges"].number.tolist() == found.values["edges"].number.tolist() == [0, 0.5, 1]
    assert again.values["pairs"].value.tolist() == [1.0] * 9


def test_matrices_with_and_without_background(tmp_path):
    whole = [[0, 2, 0, 0], [0, 0, 0, 5], [0] * 4, [1.5, 0, 0, 0]]
    zero = np.zeros((3, 3)).tolist()
    rows = [{"id": "f0", "m": whole}, {"id": "f1", "m": zero}, {"id": "f2"}]
    values = from_file(tmp_path, rows).values["m"]
    cells = zip(values.frame, values.label, values.inferred, values.value, strict=True)
    assert list(cells) == [(0, 0, 1, 2), (0, 1, 3, 5), (0, 3, 0, 1.5), (1, 0, 0, 0)]
    assert values.present.tolist() == [True, True, False]


def test_a_matrix_in_csv_is_json(tmp_path):
    found = from_file(tmp_path, 'id,m\nf0,"[[1,0,0],[0,1,0],[0,0,1]]"\nf1,\n')
    assert found.metrics[0].kind is MetricKind.CONFUSION_MATRIX
    assert len(found.values["m"].value) == 3


def test_what_is_wrong_with_values_is_said(tmp_path):
    rows = [
        {"id": "f0", "edges": float("nan"), "m": [[1, 2], [3, 4]], "n": EYE},
        {"id": "f1", "edges": "much", "m": EYE, "n": 7},
        {"id": "f2", "edges": 1, "m": [[1, 2], [3]], "n": [[1, 0, 0], [0, 1, 0], [0, 0, float("inf")]]},
        {"id": "f9", "edges": 2},
        {"id": "f1", "edges": 3},
    ]
    found = from_file(tmp_path, rows)
    shapes = "m: matrices that are neither 3 × 3 nor, with background, 4 × 4"
    assert problems(found) == {
        "rows of metrics for unknown frames": (1, "left out"),
        "rows of metrics for a frame that an earlier one has": (1, "left out"),
        "edges: values that are not finite": (1, "left out"),
        "edges: values that are no numbers": (1, "left out"),
        "edges: frames without a value": (2, "noted"),
        shapes: (1, "left out"),
        "m: values that are no rows of numbers of one length": (1, "left out"),
        "m: frames without a value": (2, "noted"),
        "n: values that are no confusion matrix": (1, "left out"),
        "n: matrices that hold a number that is not finite": (1, "left out"),
        "n: frames without a value": (2, "noted"),
    }
    assert next(p for p in found.problems if p.kind == shapes).examples == (
        "metrics.txt row 0 (frame f0) (2 × 2)",
    )


def test_columns_that_are_no_metrics_are_named(tmp_path):
    found = from_file(tmp_path, "frame,edges,weather\nf0,1,rain\nf1,2,sun\nf2,3,rain\n")
    assert any("no metrics are not read: weather" in note for note in found.notes)
    with pytest.raises(InputError, match="holds a metric; its columns are weather"):
        from_file(tmp_path, "frame,weather\nf0,rain\n")
    with pytest.raises(InputError, match="names a frame"):
        from_file(tmp_path, "edges\n1.25\n")


def test_names_that_queries_have_already_or_cannot_write_are_changed(tmp_path):
    found = from_file(tmp_path, "frame,f1,mIoU,edge-score\nf0,1,2,3\n", "f1:lower")
    assert [metric.name for metric in found.metrics] == ["user_f1", "user_mIoU", "edge_score"]
    assert not found.metrics[0].higher_is_better
    assert "f1 is called user_f1" in found.notes
    assert metric_name("confusion") == "user_confusion"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("edges", Declaration("edges")),
        ("edges:higher", Declaration("edges")),
        ("latency:lower:ms", Declaration("latency", False, "ms")),
        ("edges:higher:1:2", Declaration("edges", True, "1:2")),
    ],
)
def test_declarations(text, wanted):
    assert declaration(text) == wanted


@pytest.mark.parametrize("text", ["", ":lower", "edges:worse", "--:lower"])
def test_declarations_that_are_none(text):
    with pytest.raises(UsageError, match="does not declare a metric"):
        declaration(text)


def from_function(tmp_path, source: str, sets=None, name: str = "metric", *said: str):
    path = tmp_path / "mine.py"
    path.write_text(source)
    data, inferences = sets or of_masks(tmp_path)
    return metric_from_function(f"{path}:{name}", data, inferences, [declaration(s) for s in said], Watch())


def of_masks(tmp_path):
    label = np.array([[ROAD, CAR, VOID]], np.uint8)
    frames = [(label, np.array([[ROAD, value, CAR]], np.uint8), label) for value in (ROAD, CAR, VOID)]
    data, old, _ = written(tmp_path, frames)
    return data, old


def test_a_function_is_given_masks_as_positions_of_classes(tmp_path):
    source = """
def metric(frame, labels, inferences):
    assert frame.classes == ("road", "car", "sky", "background"), frame.classes
    assert labels.tolist() == [[0, 1, -1]] and inferences.shape == labels.shape
    assert (frame.width, frame.path, frame.metadata) == (4, frame.id + ".jpg", {})
    return inferences[0, 1]
"""
    found = from_function(tmp_path, source, None, "metric", "metric:lower:px")
    assert found.values["metric"].number.tolist() == [0, 1, 3]
    assert found.metrics == (Metric("metric", higher_is_better=False, unit="px"),)
    assert found.problems == ()


def test_a_function_may_give_a_matrix(tmp_path):
    source = """
import numpy as np
def metric(frame, labels, inferences):
    return np.full((4, 4), int(frame.id[1]))
"""
    values = from_function(tmp_path, source).values["metric"]
    assert values.number.tolist() == [0, 16, 32]


def test_a_function_is_given_boxes_that_it_cannot_change(tmp_path):
    comparison = STREET.comparison()
    sets = comparison.dataset, comparison.inferences("base")
    source = """
def metric(frame, labels, inferences):
    try:
        inferences.box[:] = 0
    except ValueError:
        return len(labels) + len(inferences) / 100
def classes(frame, labels, inferences):
    return sum(frame.classes[i] == "car" for i in labels.class_index)
"""
    found = from_function(tmp_path, source, sets).values["metric"].number
    labels, inferences = (np.diff(each.starts) for each in (sets[0].labels, sets[1].objects))
    assert found.tolist() == (labels + inferences / 100).tolist()
    assert from_function(tmp_path, source, sets, "classes").values["classes"].number.sum() > 0


def test_an_error_names_its_frame_and_stops_nothing_else(tmp_path, capsys):
    source = """
import sys
def metric(frame, labels, inferences):
    print("working on", frame.id)
    if frame.id == "f0":
        raise ValueError("no \\x1b[2J edges")
    if frame.id == "f1":
        sys.exit(3)
    return 7
"""
    found = from_function(tmp_path, source)
    assert found.values["metric"].number[2] == 7
    failed, lacking = found.problems
    assert (failed.kind, failed.count) == ("metric: frames on which the function failed", 2)
    assert failed.examples == (
        "frame f0 (ValueError: no \\x1b[2J edges, mine.py line 6)",
        "frame f1 (SystemExit: 3, mine.py line 8)",
    )
    assert lacking.kind == "metric: frames without a value"
    out, err = capsys.readouterr()
    assert out == ""
    assert "working on f0" in err


def test_masks_that_cannot_be_read_are_said(tmp_path):
    data, inferences = of_masks(tmp_path)
    (tmp_path / "old" / "f1.png").write_bytes(b"torn")
    found = from_function(tmp_path, "def metric(frame, labels, inferences): return 1", (data, inferences))
    assert found.values["metric"].present.tolist() == [True, False, True]
    assert problems(found)["metric: frames whose masks are missing or cannot be read"] == (1, "left out")


@pytest.mark.parametrize(
    ("source", "name", "error", "said"),
    [
        ("def metric(frame, labels, inferences): return None", "metric", InputError, "always returned None"),
        ("def metric(): return 1", "metric", InputError, "TypeError"),
        ("metric = 7", "metric", UsageError, "has no function metric"),
        ("raise RuntimeError('no')", "metric", InputError, "cannot be run: RuntimeError: no, mine.py line 1"),
        ("def metric(", "metric", InputError, "cannot be run: SyntaxError"),
        ("", "no-name", UsageError, "names no function"),
    ],
)
def test_functions_that_are_none(tmp_path, source, name, error, said):
    with pytest.raises(error) as caught:
        from_function(tmp_path, source, name=name)
    assert said in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    data, inferences = of_masks(tmp_path)
    with pytest.raises(InputError, match="no Python file"):
        metric_from_function(f"{tmp_path}/no.py:metric", data, inferences, [], Watch())
    with pytest.raises(UsageError, match="names no function"):
        metric_from_function("metric", data, inferences, [], Watch())


def test_a_function_may_import_what_lies_beside_it_and_can_be_stopped(tmp_path):
    (tmp_path / "beside_mine.py").write_text("VALUE = 5")
    source = """
from __future__ import annotations
from dataclasses import dataclass
import beside_mine
@dataclass
class Kept:
    value: int
def metric(frame, labels, inferences):
    return Kept(beside_mine.VALUE).value
"""
    sets = of_masks(tmp_path)
    assert from_function(tmp_path, source, sets).values["metric"].number.tolist() == [5, 5, 5]
    stop = Watch(cancelled=lambda: True)
    with pytest.raises(CancelledError):
        metric_from_function(f"{tmp_path}/mine.py:metric", *sets, [], stop)
