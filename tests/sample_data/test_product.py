"""The program finds in its own sample data what the README beside them states."""

from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.demo import STREETS, demo_store
from aquarium_tui.model.settings import SIDES
from aquarium_tui.session.session import Session
from tests.sample_data.slow_count import stated

FIRST_IMAGE = "cam_front_0028.jpg"


@pytest.fixture
def comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectComparison:
    monkeypatch.setattr("aquarium_tui.demo.user_cache_path", lambda _: tmp_path)
    store, choice = demo_store()
    assert choice == STREETS
    project, dataset = choice.project, choice.dataset
    loaded = store.load_dataset(project, dataset)
    base, other = (store.load_inferences(project, dataset, name) for name in (choice.base, choice.other))
    return ObjectComparison.of(loaded, base, other, loaded.project.settings)


def test_the_demo_has_the_stated_confusions(comparison: ObjectComparison) -> None:
    names = comparison.classes
    for side, name in zip(SIDES, ("model_a", "model_b"), strict=True):
        table = stated()[f"Detection: confusion of {name}"]
        expected = [[table[row].get(column, 0) for column in names] for row in names]
        np.testing.assert_array_equal(comparison.confusion(side), expected)


def test_the_demo_of_several_classes_per_image_has_the_stated_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aquarium_tui.demo.user_cache_path", lambda _: tmp_path)
    store, choice = demo_store("multilabel")
    comparison = Session(store).open(choice).comparison
    assert isinstance(comparison, ObjectComparison)
    table = stated()["Multilabel: images per class, confidence ≥ 0.5"]
    for side, name in zip(SIDES, ("model_a", "model_b"), strict=True):
        counts = comparison.confusion(side)
        for at, class_ in enumerate(comparison.classes[:-1]):
            row = table[class_]
            assert counts[at, at] == row[f"{name} right"]
            assert counts[at].sum() == row["labels"]
            assert counts[-1, at] == row[f"{name} spurious"]
    assert (Path(store.dataset_card(choice.project, choice.dataset).images) / FIRST_IMAGE).is_file()


def test_the_demo_is_made_once_and_again_where_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aquarium_tui.demo.user_cache_path", lambda _: tmp_path)
    store, choice = demo_store()
    project, dataset, base = choice.project, choice.dataset, choice.base
    first = store.dataset_card(project, dataset).provenance.created
    assert demo_store()[0].dataset_card(project, dataset).provenance.created == first
    store.remove(project, dataset, base)
    again, _ = demo_store()
    assert [one.id for one in again.dataset_card(project, dataset).sets] == [STREETS.base, STREETS.other]
