"""The vectorised analysis says what plain loops say, on any small scene."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import SIDES
from tests.compare import reference
from tests.compare.strategies import comparisons
from tests.compare.strategies import settings_per_class as any_settings

many = hypothesis_settings(max_examples=100, deadline=None)
some = hypothesis_settings(max_examples=30, deadline=None)


def as_counter(comparison: ObjectComparison, matrix) -> Counter[tuple[str, str]]:
    names = [name.casefold() for name in comparison.classes]
    rows, columns = np.nonzero(matrix)
    cells = zip(rows.tolist(), columns.tolist(), strict=True)
    return Counter({(names[r], names[c]): int(matrix[r, c]) for r, c in cells})


def cell_names(comparison: ObjectComparison, cell: int):
    names = [name.casefold() for name in comparison.classes]
    return None if cell < 0 else (names[cell // len(names)], names[cell % len(names)])


def objects_of(comparison: ObjectComparison) -> list[reference.Object]:
    ledger = comparison.ledger
    return [
        reference.Object(
            int(ledger.frame[i]),
            int(ledger.label[i]),
            int(ledger.base[i]),
            int(ledger.other[i]),
            Outcome(ledger.base_outcome[i]).word,
            Outcome(ledger.other_outcome[i]).word,
            cell_names(comparison, ledger.base_cell[i]),
            cell_names(comparison, ledger.other_cell[i]),
            Change(ledger.change[i]).word,
        )
        for i in range(len(ledger))
    ]


@many
@given(comparisons(per_class=True))
def test_partners_outcomes_and_confusion(comparison):
    for side in SIDES:
        expected, found = reference.evaluate(comparison, side), comparison.matching(side)
        partners = {row: int(p) for row, p in enumerate(found.label_partner) if p >= 0}
        assert partners == expected.partner
        back = {int(p): row for row, p in enumerate(found.inference_partner) if p >= 0}
        assert back == expected.partner
        assert [Outcome(o).word for o in found.label_outcome] == [
            expected.label_outcome[row] for row in range(len(expected.labels))
        ]
        assert [Outcome(o).word for o in found.inference_outcome] == [
            expected.inference_outcome[row] for row in range(len(expected.inferences))
        ]
        assert as_counter(comparison, comparison.confusion(side)) == expected.confusion()


@many
@given(comparisons(per_class=True))
def test_ledger(comparison):
    base, other = (reference.evaluate(comparison, side) for side in SIDES)
    expected = reference.ledger(base, other, comparison.settings.iou)
    found = objects_of(comparison)
    assert len(found) == len(expected)
    assert set(found) == expected


@many
@given(comparisons(per_class=True))
def test_lists_of_every_cell(comparison):
    base, other = (reference.evaluate(comparison, side) for side in SIDES)
    expected: dict[tuple[tuple[str, str], str], set[reference.Object]] = {}
    for thing in reference.ledger(base, other, comparison.settings.iou):
        for place in thing.lists():
            expected.setdefault(place, set()).add(thing)
    objects = objects_of(comparison)
    names = [name.casefold() for name in comparison.classes]
    for row, label in enumerate(names):
        for column, inferred in enumerate(names):
            for which in CellList:
                rows = comparison.rows_of(row, column, which)
                assert np.all(np.diff(rows) > 0)
                assert {objects[i] for i in rows} == expected.get(((label, inferred), which.value), set())
                assert len(rows) == getattr(comparison.cells, which.value)[row, column]


@many
@given(comparisons(per_class=True))
def test_delta_is_introduced_less_fixed_less_moved(comparison):
    cells = comparison.cells
    assert np.array_equal(comparison.delta, cells.introduced - cells.fixed - cells.moved)
    assert np.array_equal(comparison.confusion("base"), cells.base)
    assert np.array_equal(comparison.confusion("other"), cells.other)
    assert np.array_equal(cells.base, cells.fixed + cells.moved + cells.unchanged)
    assert np.array_equal(cells.other, cells.introduced + cells.unchanged)
    assert not np.diagonal(cells.moved).any()
    assert cells.base[-1, -1] == cells.other[-1, -1] == 0


@some
@given(comparisons(per_class=True))
def test_scores_of_a_frame_are_those_of_its_part_of_the_confusion(comparison):
    for side in SIDES:
        scores, result = comparison.frame_scores[side], reference.evaluate(comparison, side)
        for frame in range(len(comparison.dataset.frames)):
            labels = [result.label_outcome[t.row] for t in result.labels if t.frame == frame]
            alone = [result.inference_outcome[t.row] for t in result.inferences if t.frame == frame]
            correct, confused, missed = (labels.count(o) for o in ("correct", "confused", "missed"))
            spurious = alone.count("spurious")
            assert scores.correct[frame] == correct
            assert scores.confused[frame] == confused
            assert scores.missed[frame] == missed
            assert scores.spurious[frame] == spurious
            assert scores.errors[frame] == confused + missed + spurious
            rates = scores.precision[frame], scores.recall[frame], scores.f1[frame]
            support, inferred = correct + confused + missed, correct + confused + spurious
            fractions = (correct, inferred), (correct, support), (2 * correct, support + inferred)
            for rate, (part, whole) in zip(rates, fractions, strict=True):
                assert np.isnan(rate) if whole == 0 else rate == part / whole


@some
@given(comparisons(), st.lists(any_settings, min_size=2, max_size=12))
def test_settings_moved_to_and_fro_leave_no_trace(comparison, path):
    walked = comparison
    for settings in [*path, comparison.settings, *reversed(path)]:
        walked = walked.under(settings)
        fresh = ObjectComparison.of(comparison.dataset, comparison.base, comparison.other, settings)
        for side in SIDES:
            assert np.array_equal(walked.confusion(side), fresh.confusion(side))
        for column in ("label", "base", "other", "change"):
            assert np.array_equal(getattr(walked.ledger, column), getattr(fresh.ledger, column))


@some
@given(comparisons(per_class=True))
def test_ledger_is_sorted_by_frame_and_labels_come_first(comparison):
    ledger = comparison.ledger
    assert np.all(np.diff(ledger.frame) >= 0)
    assert len(ledger.starts) == len(comparison.dataset.frames) + 1
    for frame, (start, stop) in enumerate(zip(ledger.starts[:-1], ledger.starts[1:], strict=True)):
        assert np.all(ledger.frame[start:stop] == frame)
        labels = ledger.label[start:stop]
        with_label = labels[labels >= 0].tolist()
        assert labels[: len(with_label)].tolist() == with_label == sorted(with_label)


@some
@given(comparisons(per_class=True))
def test_swapping_negates_the_delta_and_exchanges_the_lists(comparison):
    now = comparison.settings
    settings = replace(
        now,
        base_confidence=now.other_confidence,
        other_confidence=now.base_confidence,
        base_classes=now.other_classes,
        other_classes=now.base_classes,
    )
    swapped = ObjectComparison.judged(comparison.evaluation("other"), comparison.evaluation("base"), settings)
    assert np.array_equal(swapped.delta, -comparison.delta)
    assert np.array_equal(swapped.cells.unchanged.sum(), comparison.cells.unchanged.sum())


@some
@given(comparisons(least_side=1))
def test_a_set_against_itself_changes_nothing(comparison):
    settings = comparison.settings
    alike = ObjectComparison.of(
        comparison.dataset,
        comparison.base,
        comparison.base,
        replace(settings, other_confidence=settings.base_confidence, other_classes=settings.base_classes),
    )
    assert not alike.delta.any()
    assert set(alike.ledger.change.tolist()) <= {Change.NONE, Change.SAME_ERROR, Change.BOTH_CORRECT}
    assert np.array_equal(alike.cells.unchanged, alike.confusion("base"))


@some
@given(comparisons(per_class=True))
def test_one_set_alone_leaves_everything_unchanged(comparison):
    alone = ObjectComparison.of(comparison.dataset, comparison.base, None, comparison.settings)
    assert np.array_equal(alone.delta, comparison.confusion("base"))
    assert np.array_equal(alone.cells.unchanged, comparison.confusion("base"))
    assert not alone.cells.fixed.any()
    assert not alone.cells.introduced.any()
    assert set(alone.ledger.other_outcome.tolist()) <= {Outcome.NONE}
    assert set(alone.ledger.other.tolist()) <= {-1}
