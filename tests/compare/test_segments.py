"""Segments in queries: snapshots keep their frames, live ones follow their query."""

import pytest

from aquarium_tui.compare.binding import bound, snapshot
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.errors import QueryError
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.settings import Settings
from benchmarks.data import dataset, inferences

DATA = dataset(40, seed=3)
COMPARISON = ObjectComparison.of(DATA, inferences(DATA, "a", 1, 20), inferences(DATA, "b", 2, 20), Settings())


def chosen(binding, query: str) -> list[int]:
    return list(binding.select(query).frames.nonzero()[0].tolist())


def test_a_live_segment_is_what_its_query_selects() -> None:
    binding = bound(COMPARISON, [Segment("dark", 'frame.time_of_day = "night"')])
    night = chosen(binding, 'frame.time_of_day = "night"')
    assert 0 < len(night) < 40
    assert chosen(binding, 'frame.segment = "dark"') == night
    assert chosen(binding, 'not frame.segment = "dark"') == [f for f in range(40) if f not in night]


def test_a_snapshot_keeps_its_frames_under_other_settings() -> None:
    binding = bound(COMPARISON)
    query = "delta.errors > 0"
    kept = snapshot(COMPARISON, binding, "worse", query)
    before = chosen(binding, query)
    strict = COMPARISON.under(Settings(0.6, 0.6))
    assert chosen(bound(strict, [kept]), 'frame.segment = "worse"') == before
    assert chosen(bound(strict), query) != before


def test_a_snapshot_leaves_out_frames_that_are_gone() -> None:
    binding = bound(COMPARISON, [Segment("some", "", ("no such frame", "139", "146"))])
    assert chosen(binding, 'frame.segment = "some"') == [0, 1]


def test_segments_may_stand_on_segments() -> None:
    segments = [
        Segment("a", "frame.speed > 40"),
        Segment("b", 'frame.segment = "a" and frame.time_of_day = "day"'),
    ]
    binding = bound(COMPARISON, segments)
    assert chosen(binding, 'frame.segment = "b"') == chosen(
        binding, 'frame.speed > 40 and frame.time_of_day = "day"'
    )


def test_a_segment_that_leads_back_to_itself_is_an_error() -> None:
    binding = bound(COMPARISON, [Segment("a", 'frame.segment = "b"'), Segment("b", 'frame.segment = "a"')])
    with pytest.raises(QueryError, match="leads back to itself"):
        binding.select('frame.segment = "a"')


def test_a_segment_whose_query_no_longer_fits_says_so() -> None:
    binding = bound(COMPARISON, [Segment("old", 'label.class = "zebra"')])
    with pytest.raises(QueryError, match='in segment "old"'):
        binding.select('frame.segment = "old"')
