"""Reviews find their objects again by id and by geometry, and say where they do not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.compare.binding import Binding, bound
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.reviews import Reviews
from aquarium_tui.model.columns import Text
from aquarium_tui.model.reviews import Edit, Review, Subject, folded
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset
from aquarium_tui.session.reviews import with_or_without_errors
from tests.tui.scene import make_store

SETTINGS = Settings()


def at(second: int) -> str:
    return f"2024-05-31T12:00:{second:02}.000000+00:00"


@pytest.fixture
def comparison(tmp_path: Path) -> ObjectComparison:
    store = make_store(tmp_path)
    dataset = store.load_dataset("street", "val")
    base, other = (store.load_inferences("street", "val", id_) for id_ in ("model_a", "model_b"))
    return ObjectComparison.of(dataset, base, other, SETTINGS)


def with_labels(comparison: ObjectComparison, dataset: Dataset) -> ObjectComparison:
    return ObjectComparison.of(dataset, comparison.base, comparison.other, SETTINGS)


def labelled(comparison: ObjectComparison, **changes: object) -> ObjectComparison:
    dataset = comparison.dataset
    return with_labels(comparison, replace(dataset, labels=replace(dataset.labels, **changes)))  # type: ignore[arg-type]


def row_of(comparison: ObjectComparison, label: int) -> int:
    return int(np.flatnonzero(comparison.ledger.label == label)[0])


def test_every_object_is_found_again_as_itself(comparison: ObjectComparison) -> None:
    reviews = Reviews(comparison)
    for row in range(len(comparison.ledger)):
        assert reviews.place(reviews.subject_of(("object", row))) == ("object", row)
    assert reviews.place(Subject("f4")) == ("frame", 3)
    assert reviews.place(Subject("f9")) == "its frame is gone"


def test_labels_that_are_numbered_anew_keep_their_reviews(comparison: ObjectComparison) -> None:
    subject = Reviews(comparison).subject_of(("object", row_of(comparison, 1)))
    ids = Text.from_values(["1", "0", "2", "3", "4"])
    again = labelled(comparison, id=ids)
    assert Reviews(again).place(subject) == ("object", row_of(again, 1))


@pytest.mark.parametrize(
    ("box", "class_index", "why"),
    [
        ((21, 21, 101, 121), 1, None),
        ((21, 21, 101, 121), 2, "another class"),
        ((200, 0, 260, 100), 1, "was moved"),
    ],
)
def test_a_corrected_label_loses_its_verdict_and_one_that_was_nudged_keeps_it(
    comparison: ObjectComparison, box: tuple[int, ...], class_index: int, why: str | None
) -> None:
    subject = Reviews(comparison).subject_of(("object", row_of(comparison, 0)))
    boxes, classes = comparison.dataset.labels.box.copy(), comparison.dataset.labels.class_index.copy()
    boxes[0], classes[0] = box, class_index
    again = labelled(comparison, box=boxes, class_index=classes)
    reviews = Reviews(again, [Edit(at(1), "anna", subject, "verdict", "label error")])
    if why is None:
        assert reviews.of_object(row_of(again, 0)).verdict == "label error"
    else:
        assert reviews.targets == []
        assert [(left, review.verdict) for left, review, _ in reviews.unfitting] == [(subject, "label error")]
        assert why in reviews.unfitting[0][2]


def test_an_object_without_label_is_found_in_the_other_set_too(comparison: ObjectComparison) -> None:
    alone = int(np.flatnonzero(comparison.ledger.label < 0)[0])
    subject = Reviews(comparison).subject_of(("object", alone))
    assert [id_ for id_, _ in subject.inferences] == ["model_b"]
    assert comparison.other
    single = ObjectComparison.of(comparison.dataset, replace(comparison.other, id="renamed"), None, SETTINGS)
    place = Reviews(single).place(subject)
    assert place == ("object", int(np.flatnonzero(single.ledger.label < 0)[0]))
    hidden = comparison.under(Settings(base_confidence=0.99, other_confidence=0.99))
    assert Reviews(hidden).place(subject) == "no set has it under these settings"


def test_people_are_merged_by_time(comparison: ObjectComparison) -> None:
    subject = Reviews(comparison).subject_of(("object", 0))

    def said(second: int, user: str, field: str, value: str = "", removed: bool = False) -> Edit:
        return Edit(at(second), user, subject, field, value, removed)  # type: ignore[arg-type]

    edits = [
        said(3, "bob", "verdict", "ambiguous"),
        said(1, "anna", "verdict", "label error"),
        said(2, "anna", "tag", "night"),
        said(2, "bob", "tag", "rain"),
        said(4, "bob", "tag", "night", removed=True),
        said(4, "anna", "flag"),
    ]
    review = folded(edits)
    assert (review.verdict, review.tags, review.flag) == ("ambiguous", ("rain",), "anna")
    assert review.said["anna", "verdict"].value == "label error"
    assert Reviews(comparison, edits).of_object(0) == review
    assert not folded([said(1, "anna", "flag"), said(2, "bob", "flag", removed=True)])
    assert Review() == folded([])
    assert review.users == ("anna", "bob")
    assert folded([said(1, "bob", "tag", "rain"), said(2, "anna", "flag")]).users == ("anna", "bob")


@pytest.mark.parametrize(
    ("query", "frames", "objects"),
    [
        ("frame.flag", ["f2"], None),
        ("frame.flag = true", ["f2"], None),
        ("frame.flag = false", ["f1", "f3", "f4"], None),
        ('frame.tag = "night"', ["f4"], None),
        ('object.verdict = "label error"', ["f1"], [0]),
        ('object.verdict != "label error"', ["f1", "f2", "f3"], [1, 2, 3, 4, 5]),
        ('object.verdict not in ("label error", "ambiguous")', ["f1", "f2", "f3"], [1, 2, 4, 5]),
        ("object.verdict is not missing", ["f1", "f2"], [0, 3]),
        ('note contains "blur"', ["f2", "f3"], None),
        ('object.note contains "blur"', ["f2"], [3]),
        ("count(object where verdict is not missing) > 0", ["f1", "f2"], None),
    ],
)
def test_reviews_are_fields_of_queries(
    comparison: ObjectComparison, query: str, frames: list[str], objects: list[int] | None
) -> None:
    of = Reviews(comparison).subject_of
    edits = [
        Edit(at(1), "anna", Subject("f2"), "flag"),
        Edit(at(2), "anna", Subject("f4"), "tag", "night"),
        Edit(at(3), "anna", of(("object", 0)), "verdict", "label error"),
        Edit(at(4), "bob", of(("object", 3)), "verdict", "ambiguous"),
        Edit(at(5), "bob", of(("object", 3)), "note", "blurred"),
        Edit(at(6), "bob", Subject("f3"), "note", "blurry"),
    ]
    binding: Binding[ObjectComparison] = bound(comparison, (), edits)
    found = binding.select(query)
    ids = comparison.dataset.frames.id
    assert [ids[int(row)] for row in np.flatnonzero(found.frames)] == frames
    if objects is not None:
        assert np.flatnonzero(found.objects).tolist() == objects


@pytest.mark.parametrize("only", ["", "label.area > 9", "a or (b)"])
def test_leaving_label_errors_out_twice_takes_them_in(only: str) -> None:
    assert with_or_without_errors(with_or_without_errors(only)) == only
