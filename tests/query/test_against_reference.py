"""Every random query over every random small data set selects what a loop over plain dictionaries selects."""

from datetime import datetime

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from aquarium_tui.model.settings import Settings
from tests.query import random_queries as rq
from tests.query.reference import Row, frame_rows, object_rows
from tests.query.street import STREET
from tests.query.worlds import CLASSES, FrameRow, InferenceRow, LabelRow, World

NAMES = [entry.name for entry in CLASSES.entries]
numbers = st.sampled_from([None, 0.0, 1.0, 50.0])
places = st.integers(0, 3)


@st.composite
def boxes(draw):
    left, top = draw(places), draw(places)
    return (left * 10.0, top * 10.0, left * 10.0 + draw(places) * 10, top * 10.0 + draw(places) * 10)


@st.composite
def worlds(draw) -> World:
    frames = draw(
        st.lists(
            st.tuples(
                st.sampled_from([None, *rq.WEATHERS]),
                numbers,
                st.sampled_from([None, True, False]),
                st.sampled_from([None, datetime(2024, 5, 1), datetime(2024, 5, 1, 12), datetime(2024, 5, 3)]),
            ),
            min_size=1,
            max_size=4,
        )
    )
    frame, name = st.integers(0, len(frames) - 1), st.sampled_from(NAMES)
    crowd = st.sampled_from([False, False, True])
    occluded = st.sampled_from([None, True, False])
    label = st.builds(LabelRow, frame, name, boxes(), crowd, occluded, numbers)
    sure = st.sampled_from([0.05, 0.3, 0.5, 0.9])
    inference = st.builds(InferenceRow, frame, name, boxes(), sure, st.sampled_from([None, "t1", "t2"]))
    return World(
        [FrameRow(f"f{i}", *row) for i, row in enumerate(frames)],
        draw(st.lists(label, max_size=8)),
        draw(st.lists(inference, max_size=8)),
        draw(st.lists(inference, max_size=8)),
        Settings(base_confidence=0.1, other_confidence=draw(st.sampled_from([0.1, 0.5])), iou=0.3),
        tags={
            "blurred": draw(st.lists(frame, max_size=2)),
            "check labels": draw(st.lists(frame, max_size=2)),
        },
    )


def expected(query: rq.RandomQuery, frames: list[Row], objects: list[Row]) -> tuple[list[int], list[int]]:
    """Rows of frames and of objects in the order of the query."""
    whole = [frames[row["#frame"]] | row for row in objects]
    holds = query.condition.of if query.condition else (lambda row: True)
    if query.scope == rq.FRAME:
        chosen = ordered(query, frames, [i for i, row in enumerate(frames) if holds(row)])
        return chosen, [i for f in chosen for i, row in enumerate(objects) if row["#frame"] == f]
    chosen = ordered(query, whole, [i for i, row in enumerate(whole) if holds(row)])
    listed = list(dict.fromkeys(objects[i]["#frame"] for i in chosen))
    by_frame = query.condition is None or query.condition.scope <= rq.FRAME
    if by_frame and query.limit is None:
        listed += [i for i, row in enumerate(frames) if holds(row) and i not in listed]
    return listed, chosen


def ordered(query: rq.RandomQuery, rows: list[Row], chosen: list[int]) -> list[int]:
    for key, descending in reversed(query.keys):
        value = {i: key.of(rows[i]) for i in chosen}
        there = [i for i in chosen if value[i] is not None]
        absent = [i for i in chosen if value[i] is None]
        chosen = sorted(there, key=value.__getitem__, reverse=descending) + absent
    return chosen[: query.limit]


def check(world: World, query: rq.RandomQuery) -> None:
    binding = world.binding()
    objects = object_rows(binding.comparison)
    frames = frame_rows(binding.comparison, objects, world.tags)
    found = binding.select(query.text)
    wanted_frames, wanted_objects = expected(query, frames, objects)
    assert found.frame_order.tolist() == wanted_frames, query.text
    assert found.object_order.tolist() == wanted_objects, query.text
    assert found.frames.nonzero()[0].tolist() == sorted(wanted_frames)
    assert found.objects.nonzero()[0].tolist() == sorted(wanted_objects)
    event(f"selects {'none' if not wanted_frames else 'some' if len(wanted_frames) < len(frames) else 'all'}")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds(), rq.queries())
def test_a_query_selects_what_a_loop_over_rows_selects(world, query):
    check(world, query)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rq.queries())
def test_the_same_on_the_street(query):
    check(STREET, query)
