"""Several classes per image against scikit-learn."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    hamming_loss,
    precision_recall_fscore_support,
)

from aquarium_tui.compare.objects.multilabel import MultilabelComparison
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.kinds.multilabel import MultilabelKind
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import MULTILABEL, Project
from aquarium_tui.report.certainty import Findings, sensitivity_lines

NAMES = ["cat", "dog", "fish", "bird"]


def written(path, table: np.ndarray, ending: str) -> None:
    rows = [f"f{i}.png,{','.join(map(str, row))}" for i, row in enumerate(table.tolist())]
    path.write_text("\n".join([f"file,{','.join(n + ending for n in NAMES)}", *rows]))


@settings(max_examples=25, deadline=None)
@given(st.integers(6, 40), st.integers(0, 2**32 - 1))
def test_rates_and_average_precision(tmp_path_factory, count, seed):
    folder = tmp_path_factory.mktemp("sets")
    rng = np.random.default_rng(seed)
    truth = (rng.random((count, 4)) < 0.4).astype(int)
    truth[0] = 1
    scores = np.round(np.clip(truth * 0.3 + rng.random((count, 4)) * 0.7, 0, 1), 1)
    written(folder / "labels.csv", truth, "")
    written(folder / "model.csv", scores, "")
    data = labelled_dataset(Project("p", "", ClassMap(())), "val", folder / "labels.csv", lambda _: None)
    assert data.project.task == MULTILABEL
    made = inference_set(data, "m", folder / "model.csv", "auto", lambda _: None)
    own = {"cat": 0.3, "dog": 0.6}
    least = np.array([own.get(name, 0.5) for name in NAMES])
    chosen = Settings(0.5, 0.5, base_classes=tuple(own.items()))
    comparison = MultilabelComparison.of(data, made, None, chosen)
    said = scores >= least
    wanted = precision_recall_fscore_support(truth, said, zero_division=np.nan)
    rates = comparison.scores["base"]
    for ours, theirs in zip((rates.precision, rates.recall, rates.f1), wanted, strict=False):
        np.testing.assert_allclose(ours, theirs)
    assert rates.support.tolist() == wanted[3].tolist()
    assert comparison.exact("base") == pytest.approx((accuracy_score(truth, said), hamming_loss(truth, said)))
    found = comparison.class_precision["base"]
    np.testing.assert_allclose(found.per_class, average_precision_score(truth, scores, average=None))
    for name in ("macro", "micro", "weighted"):
        assert found.averages[name] == pytest.approx(average_precision_score(truth, scores, average=name))
    report = {field.key: field for field in MultilabelKind().slow_fields(comparison)}
    assert report["AP"].totals["micro"]["base"] == found.averages["micro"]


def test_every_number_of_a_set_has_an_interval(tmp_path):
    rng = np.random.default_rng(3)
    truth = (rng.random((40, 4)) < 0.4).astype(int)
    written(tmp_path / "labels.csv", truth, "")
    data = labelled_dataset(Project("p", "", ClassMap(())), "val", tmp_path / "labels.csv", lambda _: None)
    sets = []
    for name, weight in (("a", 0.1), ("b", 0.4)):
        scores = np.round(truth * weight + rng.random((40, 4)) * (1 - weight), 2)
        written(tmp_path / f"{name}.csv", scores, "")
        sets.append(inference_set(data, name, tmp_path / f"{name}.csv", "auto", lambda _: None))
    comparison = MultilabelComparison.of(data, sets[0], sets[1], Settings(0.5, 0.5))
    kind = MultilabelKind()
    findings = Findings.of(comparison)
    assert findings is not None
    leading = [total for group in kind.totals(comparison) if group.key for total in group.totals]
    totals = [*leading, *kind.slow_totals(comparison)[0].totals]
    assert [total.key for total in totals if total.key not in findings.of_wholes] == []
    own = comparison.value_intervals()["other"].wholes
    own = {**own, **kind.precision_intervals(comparison, "other", ("AP",)).wholes}
    for total in totals:
        known = findings.of_wholes[total.key]
        assert known.low[0] < total.values["other"] - total.values["base"] < known.high[0], total.key
        assert own[total.key].low[0] < total.values["other"] < own[total.key].high[0], total.key
    nothing = Findings.of(comparison.within(np.zeros(40, bool)))
    assert nothing is not None
    for key, known in nothing.of_wholes.items():
        assert np.isnan([known.low[0], known.high[0], known.p[0], known.q[0]]).all(), key
    assert nothing.sensitivity
    assert not any("nan" in line for line in sensitivity_lines(nothing.sensitivity))


def test_scores_that_are_left_out_count_as_zero(tmp_path):
    truth = np.array([[1, 0, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1], [0, 0, 1, 0]])
    scores = np.array(
        [[0.9, 0.0, 0.2, 0.0], [0.0, 0.7, 0.0, 0.0], [0.0, 0.4, 0.0, 0.3], [0.5, 0.0, 0.6, 0.0]]
    )
    written(tmp_path / "labels.csv", truth, "")
    rows = ({n: s for n, s in zip(NAMES, row, strict=True) if s} for row in scores.tolist())
    lines = [json.dumps({"file": f"f{i}.png", "scores": row}) for i, row in enumerate(rows)]
    (tmp_path / "model.jsonl").write_text("\n".join(lines))
    data = labelled_dataset(Project("p", "", ClassMap(())), "val", tmp_path / "labels.csv", lambda _: None)
    made = inference_set(data, "m", tmp_path / "model.jsonl", "auto", lambda _: None)
    found = MultilabelComparison.of(data, made, None, Settings(0.5, 0.5)).class_precision["base"]
    np.testing.assert_allclose(found.per_class, average_precision_score(truth, scores, average=None))
    assert found.averages["micro"] == pytest.approx(average_precision_score(truth, scores, average="micro"))
