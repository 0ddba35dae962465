"""Each kind of trouble in a file: what is said of it, and what became of it."""

from pathlib import Path

import pytest

from aquarium_tui.errors import InputError
from tests.ingest.files import image, instances, label, read_inferences, read_labels, result, sentences

NAN, INF = float("nan"), float("inf")
GOOD = result(2)

RESULTS = [
    (
        [GOOD, result(99), result("x.jpg"), result(1.5), result(None), result(True)],
        "5 inferences of unknown images (left out): r.json record 2 (image 99); r.json record 3 "
        "(image x.jpg); "
        "r.json record 4 (image 1.5) … and 2 more",
        1,
    ),
    (
        [GOOD, result(1, 2), result(1, "bus"), result(1, None)],
        "3 inferences of unknown classes (left out): r.json record 2 (class 2); r.json record 3 (class bus); "
        "r.json record 4 (class not given) – the dataset has 1 car, 3 cyclist; upload the labels "
        "with --classes FILE to add others, or name others with --class-alias FILE",
        1,
    ),
    (
        [GOOD, *(result(1, bbox=bbox) for bbox in ([1, 2, 3], [1, 2, NAN, 4], [1, 2, INF, 4], "x"))],
        "4 boxes that are not four finite numbers (left out): r.json record 2; r.json record 3; "
        "r.json record 4 "
        "… and 1 more",
        1,
    ),
    ([GOOD, result(1, bbox=None)], "1 records without a bbox (left out): r.json record 2", 1),
    (
        [GOOD, "text", None, [1]],
        "3 records that are not JSON objects (left out): r.json record 2; r.json record 3; r.json record 4",
        1,
    ),
    (
        [GOOD, result(1, score=None), result(1, score=NAN), result(1, score=INF), result(1, score=True)],
        "4 inferences without a finite confidence (left out): r.json record 2; r.json record 3; "
        "r.json record 4 "
        "… and 1 more – each needs a `score`",
        1,
    ),
    (
        [GOOD, result(1, score=95)],
        "1 confidences outside 0 to 1 (kept): r.json record 2 – they look like percentages: divide "
        "them by 100",
        2,
    ),
    (
        [GOOD, result(1, score=-3.5)],
        "1 confidences outside 0 to 1 (kept): r.json record 2 – they look like logits: apply the "
        "sigmoid to them",
        2,
    ),
    (
        [GOOD, result(1, bbox=[5, 5, 0, 10]), result(1, bbox=[5, 5, -3, 10])],
        "2 boxes without area (kept): r.json record 2; r.json record 3 – they match nothing",
        3,
    ),
    (
        [GOOD, result(1, bbox=[100, 5, 9, 9])],
        "1 boxes entirely outside their image (kept): r.json record 2",
        2,
    ),
    (
        [GOOD, result(1, bbox=[95, -20, 10, 30])],
        "1 boxes partly outside their image (kept): r.json record 2",
        2,
    ),
    (
        [result(1, bbox=[20, 20, 90, 60]), result(1, bbox=[30, 10, 99, 79])],
        "2 boxes partly outside their image (kept): r.json record 1; r.json record 2 – they look "
        "like [left, top, "
        "right, bottom] where [left, top, width, height] is needed",
        2,
    ),
    (
        [result(1, bbox=[0.1, 0.2, 0.3, 0.4])],
        "1 boxes within the first pixel (kept): r.json record 1 – they look like fractions of the "
        "image size; "
        "pixels are needed",
        1,
    ),
    (
        [GOOD, result(1), GOOD, GOOD],
        "2 inferences equal to an earlier one (kept): r.json record 3; r.json record 4",
        4,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence", "kept"), RESULTS, ids=[r[1][:40] for r in RESULTS])
def test_trouble_in_results(tmp_path: Path, content, sentence, kept):
    made = read_inferences(tmp_path, content)
    assert sentences(made) == [sentence]
    assert len(made.objects) == kept


LABELS = [
    (
        instances(annotations=[label(1), label(9)]),
        "1 labels of unknown images (left out): l.json annotations record 2 (image 9)",
    ),
    (
        instances(annotations=[label(1), label(1, 2)]),
        "1 labels of unknown classes (left out): l.json annotations record 2 (class 2) – the file has 1 car, "
        "3 cyclist",
    ),
    (
        instances(annotations=[label(1, id=0), label(1, bbox=[1, 1, 9, 9], id=0), label(1, 3, id="0_2")]),
        "1 labels with the same id as an earlier one (changed): l.json annotations record 2 – a "
        "number is added "
        "to the id, as in 0_3",
    ),
    (
        instances(annotations=[label(1, iscrowd=1), label(2, iscrowd=1)]),
        "2 labels, which is all of them, are marked as crowds (noted): l.json annotations record 1; "
        "l.json annotations record 2 – crowds are never counted as missed; some exporters mark "
        "every mask as a crowd by mistake",
    ),
    (
        instances(annotations=[label(1), label(1)]),
        "1 labels equal to an earlier one (kept): l.json annotations record 2",
    ),
    (
        instances([image(1), image(2), image(1, "again.jpg")]),
        "1 images with the same id as an earlier one (left out): l.json images record 3 (1)",
    ),
    (
        instances([image(1), image(None, "x.jpg"), 7]),
        "2 images without an id (left out): l.json images record 2; l.json images record 3",
    ),
    (
        instances([image(1), image(2, "1.jpg")]),
        "1 images with the same file_name as an earlier one (kept): l.json images record 2 (1.jpg)",
    ),
    (
        instances([image(1), {"id": 2, "width": 9, "height": 9}]),
        "1 images without a file_name (kept): l.json images record 2 – they are shown without a picture",
    ),
    (
        instances([image(1), {"id": 2, "file_name": "2.jpg", "width": "?", "height": 9}]),
        "1 images without a width and height (kept): l.json images record 2 – boxes outside these "
        "images cannot be "
        "found",
    ),
    (
        instances(categories=[{"id": 1, "name": "car"}, {"id": "x", "name": "van"}, {}]),
        "2 categories without a whole number as id (left out): l.json categories record 2; l.json "
        "categories record 3",
    ),
    (
        instances(categories=[{"id": 1, "name": "car"}, {"id": 1, "name": "van"}]),
        "1 categories with the same id as an earlier one (left out): l.json categories record 2 (1)",
    ),
    (
        instances(categories=[{"id": 1, "name": "car"}, {"id": 2, "name": "Car"}]),
        "1 categories with the same name as an earlier one (kept): l.json categories record 2 (Car) "
        "– they are one "
        "class, since names are compared case-insensitively and outer blanks",
    ),
    (
        instances(categories=[{"id": 1}]),
        "1 categories without a name (changed): l.json categories record 1 – the id is used as the name",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), LABELS, ids=[r[1][:40] for r in LABELS])
def test_trouble_in_labels(tmp_path: Path, content, sentence):
    for name in ("1.jpg", "2.jpg"):
        (tmp_path / name).touch()
    assert sentences(read_labels(tmp_path, content)) == [sentence]


def test_a_record_that_is_no_object_is_told_only_as_that(tmp_path):
    made = read_inferences(tmp_path, [GOOD, None])
    assert [problem.kind for problem in made.provenance.problems] == ["records that are not JSON objects"]


def test_counts_of_one_file_are_told_together(tmp_path):
    made = read_inferences(
        tmp_path, [GOOD, result(99, bbox=[1, 2, 3]), result(1, 9, score=7), result(1, score=7)]
    )
    assert [(problem.count, problem.kind) for problem in made.provenance.problems] == [
        (1, "inferences of unknown images"),
        (1, "inferences of unknown classes"),
        (1, "boxes that are not four finite numbers"),
        (1, "confidences outside 0 to 1"),
    ]
    assert len(made.objects) == 2


def test_an_empty_list_is_a_model_that_finds_nothing(tmp_path):
    made = read_inferences(tmp_path, [])
    assert len(made.objects) == 0
    assert made.objects.starts.tolist() == [0, 0, 0]
    assert made.provenance.notes == ("read as coco", "the set is empty: every label counts as missed")
    assert made.provenance.problems == ()


NOTHING = [
    (
        [result("a.jpg"), result("b.jpg")],
        "None of the 2 inferences refers to an image of street/val.",
        "They name a.jpg, b.jpg; the dataset has 1 (1.jpg), 2 (2.jpg).",
    ),
    (
        [result(1, "bus")],
        "None of the 1 inferences has a class of project street.",
        "They name bus; the dataset has 1 car, 3 cyclist; upload the labels with --classes FILE",
    ),
    (
        [result(1, score=float("nan")), result(2, score="high")],
        "None of the 2 inferences can be used.",
        "2 inferences without a finite confidence (left out)",
    ),
    (
        instances(annotations=[label(1)]),
        "is a labels file: it has images and categories, but no scores.",
        "Upload it with --labels",
    ),
    (
        {"model": "x", "a": [result(1)], "b": [result(1)]},
        "is an object without one list of results; its lists are `a`, `b`.",
        "Write the results as a list",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "sentence", "hint"), NOTHING, ids=[r[1][:40] for r in NOTHING])
def test_a_file_of_which_nothing_fits_is_refused(tmp_path: Path, content, sentence, hint):
    with pytest.raises(InputError) as caught:
        read_inferences(tmp_path, content)
    assert sentence in caught.value.message
    assert hint in caught.value.hint


def test_labels_of_which_none_fits_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"None of the 1 labels can be used.\n1 labels of unknown images"):
        read_labels(tmp_path, instances(annotations=[label(77)]))
