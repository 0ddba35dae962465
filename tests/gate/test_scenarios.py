"""Targets on scenes worked by hand, and the TOML that scenarios are kept in."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquarium_tui.compare.binding import bound
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.gate import (
    ScenarioResult,
    TargetState,
    as_toml,
    check_scenarios,
    read_scenarios,
    scenario_results,
    target_of,
    target_sentence,
    with_all,
)
from aquarium_tui.model.problems import ALL_FRAMES, Segment, SegmentKind
from tests.compare.pixels.scene import in_memory
from tests.gate.test_rulings import many
from tests.report.scene import scene

MET, MISSED, TOO_FEW = TargetState.MET, TargetState.MISSED, TargetState.TOO_FEW


def result(found: ObjectComparison, *segments: Segment) -> list[ScenarioResult]:
    return list(scenario_results(bound(found, segments), with_all(segments)))


def judged(found: ObjectComparison, *targets: str, **of_segment: object) -> list[TargetState]:
    first = Segment("first", 'frame.id != "f199"', targets=targets)
    _, judged = result(found, replace(first, **of_segment))  # type: ignore[arg-type]
    return [target.state for target in judged.targets]


def test_a_target_says_what_must_hold() -> None:
    """Of 199 cars, other misses 20."""
    targets = {
        "f1 >= 0.9": MET,
        "recall > 0.95": MISSED,
        'base.recall("car") >= 1': MET,
        "delta.recall >= -0.11": MET,
        "delta.recall >= -0.10": MISSED,
        "lower(recall) >= 0.80": MET,
        "lower(recall) >= 0.89": MISSED,
        "upper(recall) <= 0.96": MET,
        "lower(delta.recall) >= -0.16": MET,
        "lower(delta.recall) >= -0.11": MISSED,
        'cell("car", "missed") <= 20': MET,
        "missed <= 19": MISSED,
        "false_alarms <= 0": MET,
    }
    assert judged(many(20), *targets) == list(targets.values())


def test_few_frames_or_labels_decide_nothing_but_what_is_about_them_alone() -> None:
    few, more = 'frame.id in ("f0", "f1", "f2")', 'frame.id matches "^f[0-8]$"'
    rate, count, bound_ = "recall >= 0", "missed <= 3", "lower(recall) >= 0"
    assert judged(many(20), rate, count, bound_, query=few) == [TOO_FEW, MET, TOO_FEW]
    assert judged(many(20), rate, query=more) == [TOO_FEW]  # nine labels in nine frames
    test = SegmentKind.REGRESSION_TEST
    assert judged(many(20), rate, count, bound_, query=few, kind=test) == [MET, MET, TOO_FEW]
    assert judged(many(20), "recall >= 0.1", query=few, kind=test) == [MISSED]
    assert judged(many(20), count, query='frame.id = "nowhere"') == [TOO_FEW]


def test_a_scenario_of_objects_counts_these_alone() -> None:
    """Other misses the only truck; the car that it calls one is no truck."""
    trucks = Segment("trucks", "", targets=("recall <= 0", "missed >= 1"), only='label.class = "truck"')
    whole, found = result(scene(), trucks)
    assert (whole.labels, found.labels) == (4, 1)
    assert [each.state for each in found.targets] == [TOO_FEW, MET]
    _, wrong = result(scene(), Segment("odd", "", only="label.hue = 1"))
    assert "hue" in wrong.problem


def test_no_change_is_enough_data() -> None:
    assert judged(many(0), "delta.recall >= 0", "lower(delta.recall) >= 0") == [MET, MET]


def test_the_interval_of_a_value_is_that_of_its_delta_to_nothing() -> None:
    """Of a set that finds nothing the recall is 0 in every replicate."""
    found, nothing = many(20), many(200)
    against = ObjectComparison.of(found.dataset, nothing.inferences("other"), found.other, found.settings)
    delta = against.significance().totals["weighted"]["recall"]
    value = found.value_intervals()["other"].totals["weighted"]["recall"]
    assert (value.low[0], value.high[0]) == pytest.approx((delta.low[0], delta.high[0]))


def test_values_of_masks_have_intervals() -> None:
    """The first half of each frame is right."""
    label, half = np.zeros((2, 2), np.uint8), np.array([[0, 0], [1, 1]], np.uint8)
    found = in_memory([(label, label, half)] * 6)
    targets = ("lower(accuracy) >= 0.5", "upper(accuracy) > 0.5", "delta.accuracy >= -0.5", "lower(miou) > 1")
    whole = Segment(ALL_FRAMES, "", targets=targets)
    (one,) = scenario_results(bound(found), [whole])
    assert [each.state for each in one.targets] == [MET, MISSED, MET, MISSED]


def test_what_cannot_be_counted_is_said_and_hides_no_other() -> None:
    odd = [Segment("gone", "frame.nowhere = 1"), Segment("odd", "", ("f0",), targets=("f1 is nice",))]
    whole, *others = result(scene(), *odd)
    assert whole.segment.name == ALL_FRAMES and whole.frames == 1
    assert ["nowhere" in others[0].problem, "cannot be read" in others[1].problem] == [True, True]
    (alone,) = result(scene(alone=True), Segment("all frames", "", targets=("delta.f1 >= 0",)))
    assert "only one set" in target_sentence(alone.targets[0])


def test_saved_targets_of_all_frames_come_first() -> None:
    found = with_all([Segment("a", "true"), Segment("all frames", "", targets=("f1 > 0",))])
    assert [each.name for each in found] == ["all frames", "a"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("worse(f1)", "must hold"), ('scenario("a").f1 > 1', "its own"), ("f1", "comparison")],
)
def test_what_is_no_target(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        target_of(text)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
SEGMENTS = st.builds(
    Segment,
    name=TEXT,
    query=TEXT,
    frames=st.none() | st.lists(TEXT).map(tuple),
    kind=st.sampled_from(SegmentKind),
    targets=st.lists(TEXT).map(tuple),
    only=st.just("") | TEXT,
)


@given(st.lists(SEGMENTS, min_size=1, unique_by=lambda segment: segment.name.casefold()))
def test_what_is_exported_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, segments: list[Segment]
) -> None:
    path = tmp_path_factory.getbasetemp() / "scenarios.toml"
    path.write_text(as_toml(segments, "a/b"), "utf-8", newline="")
    assert read_scenarios(path) == segments


def test_everything_wrong_in_a_file_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        '[[scenario]]\nname = "a"\nquerry = "x"\n[[scenario]]\nname = "b"\nquery = 1\nkind = "test"\n'
        '[[scenario]]\nframes = [1]\n[[scenario]]\nname = "a"\nquery = "true"\n'
    )
    with pytest.raises(UsageError) as raised:
        read_scenarios(path)
    for words in (
        "\"a\" has the unknown key 'querry'",
        "did you mean query?",
        '"a" selects nothing',
        '"b" has a query that is not text',
        'unknown kind "test"',
        "scenario 3 has frames that are not all text",
        "scenario 3 has no name",
        'two called "a"',
    ):
        assert words in raised.value.message
    assert raised.value.message.count("\n") == 7, "each stands in a line of its own"
    for text in ('[night]\nquery = "true"', '[scenario]\nname = "a"', 'name = "a"'):
        path.write_text(text)
        with pytest.raises(UsageError, match=r"begins with a line \[\[scenario\]\]"):
            read_scenarios(path)
    for text in ("", "[[scenarios]]\n", "scenario = 1\n", "[[scenario]"):
        path.write_text(text)
        with pytest.raises((InputError, UsageError)):
            read_scenarios(path)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("recall >= 50", "Write 0.5 for 50 %"),
        ("delta.f1 >= -2", "Write -0.02 for -2 %"),
        ("f1 > 60%", "write shares like 0.6"),
        ("f1 == 0.6", "compare with >=, >, <= or <"),
        ("f1 >= 0,6", "decimals with a point"),
        ("f1 >= base.f1", "write delta.f1 >= 0"),
        ("delta(f1) >= 0", "write delta.f1"),
        ("recall(truck) >= 0.5", 'Write recall("truck")'),
        ("recall.truck >= 0.5", 'stands in quotes: recall("truck")'),
        ("cell(truck, van) <= 1", "classes stand in quotes"),
        ("f1 >= 0.5 and recall >= 0.5", '"and" is more than one target holds'),
        ("f1", "Write it like: f1 >= 0.6,"),
    ],
)
def test_a_slip_in_a_target_is_told_with_what_to_write(target: str, words: str) -> None:
    found = [Segment("a", "true", targets=(target,))]
    with pytest.raises(UsageError) as raised:
        check_scenarios(bound(scene()), [], found, "x.toml")
    assert words in raised.value.message


def test_scenarios_are_checked_against_the_dataset() -> None:
    found = [
        Segment("a", 'frame.segment = "b"', targets=("f1 >= 0.5", 'recall("trcuk") >= 0.5')),
        Segment("b", "frame.idd = 1"),
        Segment("c", "", ("f0", "f7")),
        Segment("d", "", only="label.area < 9 limit 3"),
    ]
    with pytest.raises(UsageError) as raised:
        check_scenarios(bound(scene()), [], found, "x.toml")
    said = raised.value.message
    assert "Did you mean truck" in said and "frame.id" in said and "1 frame not in the dataset: f7" in said
    assert said.count("scenario ") == 4
