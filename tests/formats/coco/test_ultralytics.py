"""Ultralytics' predictions.json on datasets whose ids are of another kind."""

import pytest

from aquarium_tui import ingest
from aquarium_tui.errors import InputError
from aquarium_tui.formats import Given, format_of
from aquarium_tui.ingest.agreement import Wishes
from aquarium_tui.model.tables import Project
from tests.formats import made
from tests.ingest.files import image, instances, label, nothing, read_labels, write


def record(image_id, category_id, bbox=(10, 10, 20, 20), **more):
    return {"image_id": image_id, **more, "category_id": category_id, "bbox": bbox, "score": 0.5}


def inferences(data, folder, records, **options):
    return ingest.inference_set(data, "m", write(folder / "p.json", records), "auto", nothing, **options)


def many(classes, offset, count=30):
    """Labels and predictions that agree, of classes 0 to `classes`."""
    boxes = [(0, 2 * i, 10, 2) for i in range(count)]
    labels = [label(1, i % classes, box) for i, box in enumerate(boxes)]
    return labels, [record("1", i % classes + offset, box) for i, box in enumerate(boxes)]


def test_a_stem_that_became_a_number_is_found_again(tmp_path):
    data = read_labels(tmp_path, instances([image("0001"), image("0012")], [label("0001")]))
    assert inferences(data, tmp_path, [record(12, 1)]).objects.starts.tolist() == [0, 0, 1]


def test_the_file_name_is_preferred(tmp_path):
    data = read_labels(tmp_path, instances([image(1, "0002.jpg"), image(2, "0001.jpg")], [label(1)]))
    given = inferences(data, tmp_path, [record(1, 1, file_name="0001.jpg")])
    assert given.provenance.notes[0] == "read as ultralytics"
    assert given.objects.starts.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("offset", "said"), [(0, "by id"), (1, "by position from 1 (1 is a; the ids are shifted by one)")]
)
def test_a_shift_of_the_classes_is_decided_by_what_fits(tmp_path, offset, said):
    labels, records = many(2, offset)
    data = read_labels(tmp_path, instances([image(1)], labels, {0: "a", 1: "b", 2: "c", 3: "d"}))
    given = inferences(data, tmp_path, records)
    assert f"classes are matched {said}" in given.provenance.notes
    assert given.objects.class_index[:2].tolist() == [0, 1]


def test_one_past_the_last_class_shows_the_shift_without_many_boxes(tmp_path):
    data = read_labels(tmp_path, instances([image(1)], [label(1, 0)], {0: "a", 1: "b"}))
    given = inferences(data, tmp_path, [record("1", 1), record("1", 2)])
    assert given.objects.class_index.tolist() == [0, 1]


@pytest.mark.parametrize(("offset", "index"), [(0, 1), (1, 0), (-1, 2)])
def test_the_shift_may_be_told(tmp_path, offset, index):
    data = read_labels(tmp_path, instances([image(1)], [label(1, 0)], {0: "a", 1: "b", 2: "c"}))
    given = inferences(data, tmp_path, [record("1", 1)], wishes=Wishes(offset=offset))
    assert given.objects.class_index.tolist() == [index]
    assert (
        f"classes are matched by id, {offset:+d} from those of the labels, as --category-offset says"
        in given.provenance.notes
    )
    with pytest.raises(InputError, match="None of the 1 inferences has a class"):
        inferences(data, tmp_path, [record("1", 1)], wishes=Wishes(offset=90))


def test_they_are_no_labels(tmp_path):
    path = made.ultralytics_results(tmp_path / "predictions.json")
    assert format_of(Given(path)).name == "ultralytics"
    with pytest.raises(InputError, match="is a list of results, not a labels file"):
        ingest.labelled_dataset(Project("street"), "val", path, nothing)
