"""The user's metrics computed by a Python function, whatever it does."""

from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.errors import CancelledError, InputError, UsageError
from aquarium_tui.ingest.metrics import UserMetrics, declaration
from aquarium_tui.model.metrics import Metric
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.upload import metrics as own_metrics
from aquarium_tui.upload.metrics import metric_from_function
from aquarium_tui.work.executor import Watch
from tests.compare.pixels.scene import CAR, ROAD, VOID, written
from tests.ingest.test_metrics import problems
from tests.query.street import STREET

Sets = tuple[Dataset, InferenceSet]


def from_function(
    tmp_path: Path, source: str, sets: Sets | None = None, name: str = "metric", *said: str
) -> UserMetrics:
    path = tmp_path / "mine.py"
    path.write_text(source)
    data, inferences = sets or of_masks(tmp_path)
    return metric_from_function(f"{path}:{name}", data, inferences, [declaration(s) for s in said], Watch())


def of_masks(tmp_path: Path) -> Sets:
    label = np.array([[ROAD, CAR, VOID]], np.uint8)
    frames = [(label, np.array([[ROAD, value, CAR]], np.uint8), label) for value in (ROAD, CAR, VOID)]
    data, old, _ = written(tmp_path, frames)
    return data, old


def test_a_function_is_given_masks_as_positions_of_classes(tmp_path: Path) -> None:
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


def test_a_function_may_give_a_matrix(tmp_path: Path) -> None:
    source = """
import numpy as np
def metric(frame, labels, inferences):
    return np.full((4, 4), int(frame.id[1]))
"""
    values = from_function(tmp_path, source).values["metric"]
    assert values.number.tolist() == [0, 16, 32]


def test_a_function_is_given_boxes_that_it_cannot_change(tmp_path: Path) -> None:
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


def test_an_error_names_its_frame_and_stops_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
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


def test_masks_that_cannot_be_read_are_said(tmp_path: Path) -> None:
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
        ("", "no-name", UsageError, "does not name a function"),
    ],
)
def test_functions_that_are_none(
    tmp_path: Path, source: str, name: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error) as caught:
        from_function(tmp_path, source, name=name)
    assert said in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    data, inferences = of_masks(tmp_path)
    with pytest.raises(InputError, match="no Python file"):
        metric_from_function(f"{tmp_path}/no.py:metric", data, inferences, [], Watch())
    with pytest.raises(UsageError, match="does not name a function"):
        metric_from_function("metric", data, inferences, [], Watch())


def test_a_function_may_import_what_lies_beside_it_and_can_be_stopped(tmp_path: Path) -> None:
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


def test_a_metric_that_a_package_supplies_is_loaded_when_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def points(*, group: str, name: str = "") -> list[EntryPoint]:
        asked.append(name)
        known = {"boxes": f"{__name__}:boxes", "broken": "no_such_module:x", "number": f"{__name__}:NUMBER"}
        return [EntryPoint(key, value, group) for key, value in known.items() if name in ("", key)]

    monkeypatch.setattr(own_metrics, "entry_points", points)
    sets = of_masks(tmp_path)
    from_function(tmp_path, "def metric(frame, labels, inferences): return 1", sets)
    assert asked == []
    found = metric_from_function("boxes", *sets, [], Watch())
    assert list(found.values["boxes"].number) == [2.0, 2.0, 2.0]
    for name, said in (
        ("broken", "ModuleNotFoundError"),
        ("number", "is not a function"),
        ("nope", "does not name a function"),
    ):
        with pytest.raises((InputError, UsageError), match=said):
            metric_from_function(name, *sets, [], Watch())


NUMBER = 3


def boxes(frame: object, labels: object, inferences: object) -> float:
    return 2.0
