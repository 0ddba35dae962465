"""What queries may ask of masks and of the user's metrics."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from aquarium_tui.compare.binding import bound, snapshot
from aquarium_tui.compare.metrics import metric_totals
from aquarium_tui.errors import QueryError
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.model.problems import Segment
from tests.compare.pixels.scene import CAR, ROAD, VOID, in_memory
from tests.narrow import present

ROADS = np.full((1, 4), ROAD, np.uint8)
CARS = np.full((1, 4), CAR, np.uint8)
MIXED = np.array([[ROAD, ROAD, CAR, CAR]], np.uint8)
FRAMES = [
    (ROADS, ROADS, MIXED),
    (MIXED, ROADS, MIXED),
    (CARS, CARS, CARS),
    (np.full((1, 4), VOID, np.uint8), ROADS, CARS),
]
MASKS = in_memory(FRAMES)


def frames(query: str, comparison=MASKS) -> list[int]:
    return list(bound(comparison).select(query).frame_order.tolist())


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("true", [0, 1, 2, 3]),
        ('delta.iou("road") < -0.05', [0]),
        ('delta.iou("ROAD") > 0', [1]),
        ('other.confusion("road", "car") > 1', [0]),
        ('delta.confusion("car", "road") = -2', [1]),
        ('base.confusion("road", "background") > 0', []),
        ("base.miou = 1", [0, 2]),
        ("base.miou is missing", [3]),
        ("delta.accuracy < 0 or delta.accuracy > 0 order by delta.accuracy", [0, 1]),
        ("other.errors >= 2", [0]),
        ("base.pixels = 0", [3]),
        ('base.recall("car") < 1', [1]),
        ('base.precision("car") is missing and base.pixels > 0', [0, 1]),
        ('base.iou("sky") is missing', [0, 1, 2, 3]),
        ('base.iou("background") is missing', [0, 1, 2, 3]),
        ('frame.id = "f2" and base.fwiou = 1', [2]),
        ("frame.width = 4 order by other.miou desc limit 2", [1, 2]),
    ],
)
def test_numbers_of_frames(query, wanted):
    assert frames(query) == wanted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('label.class = "car"', "masks have no objects"),
        ("change = fixed", "masks have no objects"),
        ('base.class = "car"', "unknown field"),
        ("base.iou > 0.5", 'base.iou("road")'),
        ('base.iou("rod") > 0.5', 'did you mean "road"'),
        ('base.confusion("void", "car") > 0', 'unknown class "void"'),
    ],
)
def test_what_masks_do_not_have_is_said(query, said):
    with pytest.raises(QueryError, match=said.replace("(", r"\(").replace(")", r"\)")):
        frames(query)


def test_with_one_set_there_is_no_delta():
    with pytest.raises(QueryError, match="no other set"):
        frames("delta.miou < 0", replace(MASKS, other=None))


def test_segments_of_masks():
    worse = Segment("worse", 'delta.iou("road") < 0')
    assert bound(MASKS, [worse]).select('frame.segment = "worse"').frame_order.tolist() == [0]
    taken = snapshot(MASKS, bound(MASKS), "kept", "base.miou = 1")
    assert taken.frames == ("f0", "f2")


def with_metrics(edges: tuple[Sequence[float], ...], matrix: MetricValues | None = None):
    """The masks with an objective under both sets, and a matrix under base."""
    declared = (Metric("edges", unit="px"), Metric("pairs", MetricKind.CONFUSION_MATRIX), Metric("nowhere"))
    data = replace(MASKS.dataset, project=replace(MASKS.dataset.project, metrics=declared))
    old, new = ({"edges": MetricValues(np.array(values))} for values in edges)
    if matrix:
        old["pairs"] = matrix
    base, other = replace(MASKS.base, metrics=old), replace(present(MASKS.other), metrics=new)
    return replace(MASKS, dataset=data, base=base, other=other)


EDGES = ([1.0, 2.0, np.nan, 4.0], [2.0, 1.0, 5.0, np.nan])


def test_a_metric_is_asked_for_by_its_name():
    found = with_metrics(EDGES)
    assert frames("base.edges > other.edges", found) == [1]
    assert frames("delta.edges is missing", found) == [2, 3]
    assert frames("base.edges > 0 order by delta.edges desc", found) == [0, 1, 3]
    with pytest.raises(QueryError, match="unknown field"):
        frames("base.nowhere > 0", found)


def test_a_confusion_matrix_is_asked_for_by_its_cells():
    frame, label, inferred = (np.array(part, np.int32) for part in ([0, 0, 2], [ROAD, CAR, 0], [CAR, 3, 0]))
    pairs = MetricValues(
        np.array([7.0, np.nan, 0.0, np.nan]), frame, label, inferred, np.array([5.0, 2.0, 0.0])
    )
    found = with_metrics(EDGES, pairs)
    assert frames('base.pairs("road", "car") = 5', found) == [0]
    assert frames('base.pairs("car", "background") = 0', found) == [2]
    assert frames('base.pairs("road", "car") is missing', found) == [1, 3]
    (edges, matrix) = metric_totals(replace(found, other=None))
    assert edges.mean == {"base": pytest.approx(7 / 3)}
    assert matrix.frames == 2
    assert matrix.matrix["base"][ROAD].tolist() == [0, 5, 0, 0]
    assert matrix.matrix["base"][CAR].tolist() == [0, 0, 0, 2]


def test_means_are_over_frames_with_a_value_under_both_sets_that_count():
    (edges,) = metric_totals(with_metrics(EDGES))
    assert (edges.frames, edges.mean, edges.delta) == (2, {"base": 1.5, "other": 1.5}, 0.0)
    chosen = np.array([True, False, True, True])
    (edges,) = metric_totals(with_metrics(EDGES).within(chosen))
    assert (edges.frames, edges.delta) == (1, 1.0)
    (edges,) = metric_totals(with_metrics(EDGES).within(~chosen & False))
    assert edges.frames == 0
    assert np.isnan(edges.delta)
