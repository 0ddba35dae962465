"""Results whose ids are not those of the labels file."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquarium_tui import ingest
from aquarium_tui.errors import InputError
from aquarium_tui.ingest.agreement import Wishes
from aquarium_tui.ingest.classes import possible_classes
from aquarium_tui.ingest.frame_keys import possible_frames
from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Dataset, InferenceSet
from tests.ingest.files import (
    image,
    instances,
    label,
    nothing,
    read_inferences,
    read_labels,
    result,
    sentences,
    write,
)
from tests.store.small import frames

PATHS = ["day/0001.jpg", "day/0002.jpg", "night/0003.jpg"]


def frames_of(made: InferenceSet) -> list[int]:
    return list(made.objects.frame.tolist())


def notes_of(made: InferenceSet) -> str:
    return "\n".join(made.provenance.notes)


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Frames 101, 102, 103 in the files 0001, 0002, 0003."""
    images = [image(101 + i, path) for i, path in enumerate(PATHS)]
    return read_labels(tmp_path, instances(images, [label(101)]))


NAMED = [
    ([101, 103], "by id"),
    (["101", 103.0], "by id"),
    (["00101", "00103"], "by id without leading zeros"),
    (["day/0001.jpg", "night/0003.jpg"], "by the end of the path"),
    (["./day/0001.jpg", "night\\0003.jpg"], "by the end of the path"),
    (["0001.jpg", "0003.jpg"], "by the end of the path"),
    (["/data/x/0001.jpg", "0003.jpg"], "by the end of the path"),
    (["0001", "0003"], "by the end of the path"),
    (["0001.png", "0003"], "by the end of the path"),
    ([1, 3], "by the number in the file name"),
]


@pytest.mark.parametrize(("ids", "words"), NAMED, ids=[words for _, words in NAMED])
def test_images_may_be_named_in_any_unambiguous_way(tmp_path, dataset, ids, words):
    made = read_inferences(tmp_path, [result(id_) for id_ in ids], dataset)
    assert frames_of(made) == [0, 2]
    assert f"images are matched {words}\n" in notes_of(made)
    assert sentences(made) == []


def test_a_file_name_beside_a_useless_id_is_preferred(tmp_path, dataset):
    records = [result(0, file_name="0003.jpg"), result(1, file_name="0001.jpg")]
    assert frames_of(read_inferences(tmp_path, records, dataset)) == [0, 2]


def test_results_that_bring_their_own_tables_are_matched_by_names(tmp_path, dataset):
    content = {
        "images": [{"id": 1, "file_name": "night/0003.jpg"}, {"id": 2, "file_name": "day/0002.jpg"}],
        "categories": [{"id": 0, "name": "Cyclist"}, {"id": 1, "name": "car"}],
        "annotations": [result(1, 0), result(2, 1)],
    }
    made = read_inferences(tmp_path, content, dataset)
    assert frames_of(made) == [1, 2]
    assert made.objects.class_index.tolist() == [0, 1]
    assert "images are matched by the end of the path\nclasses are matched by name" in notes_of(made)


def test_the_rule_that_finds_most_counts_and_the_rest_is_told(tmp_path, dataset):
    made = read_inferences(tmp_path, [result(101), result(102), result("0003.jpg")], dataset)
    assert frames_of(made) == [0, 1]
    assert sentences(made) == ["1 inferences of unknown images (left out): r.json record 3 (image 0003.jpg)"]


def test_a_name_that_two_frames_share_means_neither(tmp_path):
    images = [image(1, "a/x.jpg"), image(2, "b/x.jpg"), image(3, "b/y.jpg")]
    made = read_inferences(
        tmp_path, [result("x.jpg"), result("y.jpg")], read_labels(tmp_path, instances(images))
    )
    assert frames_of(made) == [2]
    assert sentences(made) == [
        "1 inferences whose image may be one of several (left out): r.json record 1 (image x.jpg) – add the "
        "folders to the names of the images"
    ]


def test_a_dot_in_a_name_is_not_the_beginning_of_a_suffix(tmp_path):
    images = [image(1, "cam.01.jpg"), image(2, "cam.02.jpg")]
    made = read_inferences(tmp_path, [result("cam.02")], read_labels(tmp_path, instances(images)))
    assert frames_of(made) == [1]


class TestShuffledNumbers:
    """Ids 1 to n in files numbered 1 to n, but not in the same order: integers may mean either."""

    @pytest.fixture
    def shuffled(self, tmp_path: Path) -> Dataset:
        images = [image(i, f"{31 - i:04}.jpg") for i in range(1, 31)]
        boxes = [label(i, 1, [i, i, 20, 20]) for i in range(1, 31)]
        return read_labels(tmp_path, instances(images, boxes))

    def test_ids_are_taken_where_boxes_agree(self, tmp_path, shuffled):
        made = read_inferences(tmp_path, [result(i, 1, [i, i, 20, 20]) for i in range(1, 31)], shuffled)
        assert frames_of(made) == list(range(30))
        assert "images are matched by id\nthis is sure: 26 boxes fit only this" in notes_of(made)

    def test_file_numbers_are_taken_where_only_they_agree(self, tmp_path, shuffled):
        made = read_inferences(tmp_path, [result(31 - i, 1, [i, i, 20, 20]) for i in range(1, 31)], shuffled)
        assert made.objects.box[:, 0].tolist() == list(range(1, 31))
        assert "images are matched by the number in the file name\nthis is sure: 26 boxes" in notes_of(made)

    def test_what_cannot_be_decided_is_refused(self, tmp_path, shuffled):
        with pytest.raises(InputError, match="by id or by the number in the file name") as caught:
            read_inferences(tmp_path, [result(i, 1, [70, 60, 5, 5]) for i in range(1, 31)], shuffled)
        assert "--reading frames=id or --reading frames=number" in caught.value.hint


def classes_of(made: InferenceSet) -> list[int]:
    return list(made.objects.class_index.tolist())


class TestClasses:
    COCO = {1: "person", 2: "bicycle", 13: "stop sign", 90: "toothbrush"}  # noqa: RUF012
    PLAIN = {1: "car", 2: "van", 3: "bus"}  # noqa: RUF012

    @pytest.mark.parametrize(
        ("categories", "ids", "positions", "words"),
        [
            (COCO, [1, 13, 90], [0, 2, 3], "by id"),
            (COCO, ["1", 13.0, 90], [0, 2, 3], "by id"),
            (COCO, ["Person", "TOOTHBRUSH"], [0, 3], "by name"),
            (COCO, [0, 1, 3], [0, 1, 3], "by position from 0 (0 is person)"),
            (COCO, [3, 4], [2, 3], "by position from 1 (1 is person)"),
            (PLAIN, [0, 1, 2], [0, 1, 2], "by position from 0 (0 is car; the ids are shifted by one)"),
            (PLAIN, [1, 2, 3], [0, 1, 2], "by id"),
            ({0: "car", 1: "van"}, [0, 1], [0, 1], "by id"),
        ],
    )
    def test_classes_may_be_named_in_any_unambiguous_way(self, tmp_path, categories, ids, positions, words):
        boxes = [[20 * i, 10, 15, 15] for i in range(len(ids))]
        on = [label(1, list(categories)[at], box) for at, box in zip(positions, boxes, strict=True)]
        dataset = read_labels(tmp_path, instances(annotations=on, categories=categories))
        found = [result(1, id_, box) for id_, box in zip(ids, boxes, strict=True)]
        made = read_inferences(tmp_path, found, dataset)
        assert classes_of(made) == positions
        assert f"classes are matched {words}" in notes_of(made)
        assert not [kind for kind in sentences(made) if "classes" in kind]

    def test_a_class_that_is_not_in_the_labels_does_not_turn_ids_into_positions(self, tmp_path):
        dataset = read_labels(tmp_path, instances(categories={1: "car", 3: "cyclist"}))
        found = [result(1, 1), result(2, 2)]
        with pytest.raises(InputError, match=r"by position from 1 .* or by id") as caught:
            read_inferences(tmp_path, found, dataset)
        assert "--reading classes=id" in caught.value.hint
        path = write(tmp_path / "r.json", found)
        wishes = Wishes({"classes": "id"})
        made = ingest.inference_set(dataset, "m", path, "auto", nothing, wishes=wishes)
        assert classes_of(made) == [0]
        assert any("unknown classes" in sentence for sentence in sentences(made))

    def test_ids_that_fit_twice_are_judged_by_the_labels_below(self, tmp_path):
        labels = [label(i, 2 + i % 2, [i, i, 20, 20]) for i in range(1, 41)]
        content = instances([image(i) for i in range(1, 41)], labels, self.PLAIN)
        dataset = read_labels(tmp_path, content)
        shifted = [result(i, 1 + i % 2, [i, i, 20, 20]) for i in range(1, 41)]
        made = read_inferences(tmp_path, shifted, dataset)
        assert classes_of(made) == dataset.labels.class_index.tolist()
        assert "by position from 0 (0 is car; the ids are shifted by one)\nthis is sure: 40" in notes_of(made)
        right = [result(i, 2 + i % 2, [i, i, 20, 20]) for i in range(1, 41)]
        again = read_inferences(tmp_path, right, dataset)
        assert classes_of(again) == dataset.labels.class_index.tolist()
        assert "classes are matched by id\n" in notes_of(again)

    def test_labels_of_mmdetection_are_positions_unless_every_box_lies_on_a_label_of_that_id(self, tmp_path):
        labels = [label(i, 1, [i, i, 20, 20]) for i in range(1, 41)]
        content = instances([image(i) for i in range(1, 41)], labels, {1: "car", 2: "person", 3: "van"})
        dataset = read_labels(tmp_path, content)
        boxes = [
            {"img_id": i, "bboxes": [[i, i, i + 20, i + 20]], "labels": [1], "scores": [0.5]}
            for i in range(1, 41)
        ]
        path = write(tmp_path / "m.json", boxes)
        made = ingest.inference_set(dataset, "m", path, "mmdet", nothing)
        assert set(classes_of(made)) == {0}
        assert "classes are matched by id\nthis is sure: 40 boxes" in notes_of(made)

    def test_file_ids_of_a_second_dataset_are_those_of_its_own_labels_file(self, tmp_path):
        first = read_labels(tmp_path, instances(categories={1: "car", 2: "van"}))
        second = read_labels(tmp_path, instances(categories={1: "van", 2: "car"}), first.project)
        made = read_inferences(tmp_path, [result(1, 1), result(2, 2)], second)
        assert classes_of(made) == [1, 0]


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_every_way_to_name_the_same_frames_gives_the_same_rows(order, rows):
    table = replace(
        frames(6),
        id=Text.from_words([f"id{i}" for i in order]),
        path=Text.from_words([f"d{i}/file_{i}.png" for i in order]),
    )
    for form in ("id{}", "d{0}/file_{0}.png", "x/file_{}.png", "file_{}"):
        keys = Text.from_values(form.format(order[row]) for row in rows)
        assert possible_frames(table, keys)[0].rows.tolist() == rows


@given(st.lists(st.sampled_from([1, 2, 5, 9, 77, -1]), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_ids_and_names_of_classes_give_the_same_positions(tmp_path_factory, ids):
    names = {1: "a", 2: "b", 5: "c", 9: "d"}
    dataset = read_labels(tmp_path_factory.mktemp("f"), instances(categories=names))
    by_id = possible_classes(dataset, Text.from_values(map(str, ids)))
    by_name = possible_classes(dataset, Text.from_values(names.get(id_, "?") for id_ in ids))
    wanted = [list(names).index(id_) if id_ in names else -1 for id_ in ids]
    assert by_name[0].positions.tolist() == wanted
    assert any(match.positions.tolist() == wanted for match in by_id)


def test_a_number_that_several_images_are_called_is_no_position() -> None:
    two = replace(
        frames(2), id=Text.from_words(["dogs/1", "cats/1"]), path=Text.from_words(["d/1.jpg", "c/1.jpg"])
    )
    (match,) = possible_frames(two, Text.from_words(["1"]))
    assert (match.matched, match.reading.name) == (0, "path")
