"""The user's metrics from a table, whatever it holds."""

import json
from typing import Any

import duckdb
import numpy as np
import pytest

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.ingest.metrics import Declaration, declaration, metric_name, metrics_from_file, set_value
from aquarium_tui.model.metrics import Metric, MetricKind
from tests.compare.pixels.scene import dataset

DATA = dataset(3)
EYE = np.eye(3).tolist()


def from_file(tmp_path, content: str | list[Any], *said: str, data=DATA):
    path = tmp_path / "metrics.txt"
    path.write_text(content if isinstance(content, str) else "\n".join(map(json.dumps, content)))
    return metrics_from_file(path, data, [declaration(text) for text in said])


def problems(found) -> dict[str, tuple[int, str]]:
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
        "rows of metrics for a frame that already has one": (1, "left out"),
        "edges: values that are not finite, or too large": (1, "left out"),
        "edges: values that are not numbers": (1, "left out"),
        "edges: frames without a value": (2, "noted"),
        shapes: (1, "left out"),
        "m: values that are not rows of numbers of equal length": (1, "left out"),
        "m: frames without a value": (2, "noted"),
        "n: values that are not of the kind confusion matrix": (1, "left out"),
        "n: matrices that hold a number that is not finite, or too large": (1, "left out"),
        "n: frames without a value": (2, "noted"),
    }
    assert next(p for p in found.problems if p.kind == shapes).examples == (
        "metrics.txt record 1 (frame f0) (2 × 2)",
    )


def test_columns_that_are_no_metrics_are_named(tmp_path):
    found = from_file(tmp_path, "frame,edges,weather\nf0,1,rain\nf1,2,sun\nf2,3,rain\n")
    assert any("are not metrics are not read: weather" in note for note in found.notes)
    with pytest.raises(InputError, match="holds a metric; its columns are weather"):
        from_file(tmp_path, "frame,weather\nf0,rain\n")
    with pytest.raises(InputError, match="names a frame"):
        from_file(tmp_path, "edges\n1.25\n")


def test_names_that_queries_have_already_or_cannot_write_are_changed(tmp_path):
    found = from_file(tmp_path, "frame,f1,mIoU,edge-score\nf0,1,2,3\n", "f1:lower")
    assert [metric.name for metric in found.metrics] == ["user_f1", "user_mIoU", "edge_score"]
    assert not found.metrics[0].higher_is_better
    assert "f1 is stored as user_f1" in found.notes
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


def test_figures_of_sets_are_finite_and_stay_so_when_squared() -> None:
    for text in ("x=1e101", "x=-1e308", "x=inf", "x=nan"):
        with pytest.raises(UsageError, match="is not a figure"):
            set_value(text)
    assert set_value("x=-1e100:lower").value == -1e100
