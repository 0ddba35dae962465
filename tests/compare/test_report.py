"""The report says what scikit-learn's classification report says of the same objects."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.metrics import classification_report

from aquarium_tui.compare.cells import RATES, scores, total
from aquarium_tui.errors import UsageError
from tests.compare.scenes import comparison, tiny

MATRIX = np.array([[5, 2, 0, 1], [1, 3, 0, 0], [0, 0, 0, 0], [4, 0, 2, 0]])


def test_counts_worked_by_hand():
    found = scores(MATRIX)
    assert found.support.tolist() == [8, 4, 0]
    assert found.correct.tolist() == [5, 3, 0]
    assert found.confused.tolist() == [2, 1, 0]
    assert found.missed.tolist() == [1, 0, 0]
    assert found.spurious.tolist() == [4, 0, 2]
    assert found.false_positives.tolist() == [5, 2, 2]
    assert found.false_negatives.tolist() == [3, 1, 0]


def test_a_zero_denominator_is_undefined_never_zero():
    found = scores(MATRIX)
    assert found.precision.tolist() == [0.5, 0.6, 0.0]
    assert found.recall[:2].tolist() == [5 / 8, 3 / 4]
    assert np.isnan(found.recall[2])
    assert found.f1[2] == 0.0
    nothing = scores(np.zeros((2, 2), np.int64))
    assert np.isnan([nothing.precision[0], nothing.recall[0], nothing.f1[0]]).all()
    for average in ("weighted", "macro", "micro"):
        assert np.isnan([total(nothing, average)[name] for name in RATES]).all()


def test_without_labels_there_is_no_weight():
    found = scores(np.array([[0, 0], [3, 0]]))
    assert found.precision.tolist() == [0.0]
    assert np.isnan(total(found, "weighted")["precision"])
    assert total(found, "macro")["precision"] == 0.0


def test_totals_worked_by_hand():
    found = scores(MATRIX)
    assert total(found, "weighted")["precision"] == pytest.approx((0.5 * 8 + 0.6 * 4) / 12)
    assert total(found, "weighted")["recall"] == pytest.approx(8 / 12)
    assert total(found, "macro")["precision"] == pytest.approx((0.5 + 0.6 + 0.0) / 3)
    assert total(found, "macro")["recall"] == pytest.approx((5 / 8 + 3 / 4) / 2)
    assert total(found, "micro")["precision"] == pytest.approx(8 / 17)
    assert total(found, "micro")["f1"] == pytest.approx(2 * 8 / (17 + 12))
    assert total(found, "macro")["support"] == 12
    assert total(found, "micro")["false_positives"] == 9


def matrices(n: int):
    cells = st.lists(st.integers(0, 4), min_size=(n + 1) ** 2 - 1, max_size=(n + 1) ** 2 - 1)
    return cells.map(lambda c: np.array([*c, 0]).reshape(n + 1, n + 1))


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.integers(1, 4).flatmap(matrices))
def test_as_scikit_learn(matrix):
    n = len(matrix) - 1
    rows, columns = np.nonzero(matrix)
    truth, said = (np.repeat(side, matrix[rows, columns]) for side in (rows, columns))
    assume(matrix.any())
    report = classification_report(
        truth,
        said,
        labels=range(n),
        target_names=[str(i) for i in range(n)],
        output_dict=True,
        zero_division=np.nan,
    )
    found = scores(matrix)
    for name, theirs in zip(RATES, ("precision", "recall", "f1-score"), strict=True):
        values = getattr(found, name)
        assert np.allclose(values, [report[str(i)][theirs] for i in range(n)], equal_nan=True)
        weightless = not found.support[~np.isnan(values)].any()
        for average in ("weighted", "macro", "micro"):
            row = report.get(f"{average} avg")
            if average == "weighted" and weightless:
                assert np.isnan(total(found, average)[name]), "scikit-learn forgets the weights here"
            elif row:
                assert np.isclose(total(found, average)[name], row[theirs], equal_nan=True)
    assert found.support.tolist() == [report[str(i)]["support"] for i in range(n)]


def test_numbers_of_a_set_that_is_not_chosen_are_refused():
    alone = comparison(["car"], [(0, "car", tiny(10))], [])
    for ask in (alone.confusion, alone.matching, alone.average_precision):
        with pytest.raises(UsageError, match="no other inference set"):
            ask("other")


def test_support_is_a_property_of_the_labels_alone():
    found = comparison(["car"], [(0, "car", tiny(10))] * 3, [], [(0, "car", tiny(10), 0.9)] * 5)
    assert found.scores["base"].support.tolist() == found.scores["other"].support.tolist() == [3]
