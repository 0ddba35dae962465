"""Classifiers against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
    top_k_accuracy_score,
)

from aquarium_tui.compare.objects.accuracy import ClassComparison
from aquarium_tui.formats import Records
from aquarium_tui.ingest.inferences import ranked
from aquarium_tui.ingest.objects import whole_boxes
from aquarium_tui.kinds.classification import ClassificationKind
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import CLASSIFICATION, Dataset, Frames, InferenceSet, Objects, Project

NAMES = ("a", "b", "c", "d")
CLASSES = ClassMap(tuple(ClassEntry(i, name) for i, name in enumerate(NAMES)))


def objects(classes: np.ndarray, frames: Frames, confidence: np.ndarray, attributes=None) -> Objects:
    n, labels = len(classes), not len(confidence)
    return Objects(
        starts=np.arange(n + 1),
        class_index=classes.astype(np.int32),
        box=whole_boxes(frames)[:-1],
        confidence=confidence,
        crowd=np.zeros(n if labels else 0, bool),
        area=np.ones(n if labels else 0),
        attributes=attributes or {},
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_matrix_report_accuracy_and_top_k(count, seed):
    rng = np.random.default_rng(seed)
    truth, scores = rng.integers(0, 4, count), rng.random((count, 4))
    says = scores.argmax(axis=1)
    names = Text.from_words([str(i) for i in range(count)])
    frames = Frames(names, names, np.zeros(count, np.int32), np.zeros(count, np.int32))
    project = Project("p", CLASSIFICATION, CLASSES)
    data = Dataset(project, "val", frames, objects(truth, frames, np.zeros(0)))
    columns = {f"score_{NAMES[i]}": Values("number", scores[:, i], np.zeros(count, bool)) for i in range(4)}
    records = Records(str, names, names, np.zeros((count, 4)), attributes=columns, whole=True)
    attributes = ranked(data, records, np.arange(count))[0].attributes
    made = InferenceSet("m", objects(says, frames, scores.max(axis=1), attributes))
    comparison = ClassComparison.of(data, made, None, Settings(0.0, 0.0))
    assert (
        comparison.confusion("base")[:4, :4].tolist()
        == confusion_matrix(truth, says, labels=range(4)).tolist()
    )
    assert comparison.confusion("base")[4].sum() == comparison.confusion("base")[:, 4].sum() == 0
    found = comparison.accuracies["base"]
    assert found["accuracy"] == pytest.approx(accuracy_score(truth, says))
    for k in (1, 2, 3):
        assert found[f"top_{k}"] == pytest.approx(top_k_accuracy_score(truth, scores, k=k, labels=range(4)))
    sure, right = scores.max(axis=1), truth == says
    bins = [np.flatnonzero((sure >= at / 10) & ((sure < (at + 1) / 10) | (at == 9))) for at in range(10)]
    gaps = [len(rows) * abs(right[rows].mean() - sure[rows].mean()) for rows in bins if len(rows)]
    totals = {total.key: total for total in ClassificationKind().totals(comparison)[0].totals}
    assert totals["ece"].values["base"] == pytest.approx(sum(gaps) / count)
    wanted = precision_recall_fscore_support(truth, says, labels=range(4), zero_division=np.nan)
    rates = comparison.scores["base"]
    for ours, theirs in zip((rates.precision, rates.recall, rates.f1), wanted, strict=False):
        np.testing.assert_allclose(ours, theirs)
