"""KITTI folders as users have them, whole and broken."""

import pytest

from aquarium_tui import ingest
from aquarium_tui.errors import InputError
from aquarium_tui.model.tables import Project
from tests.formats import made
from tests.ingest.files import nothing, sentences, write

TAIL = "1.5 1.6 3.9 1.0 2.0 30.0 -1.5"
CAR = f"Car 0.25 2 -1.57 10.00 20.00 60.00 50.00 {TAIL}"
DONT_CARE = "DontCare -1 -1 -10 100.00 8.00 190.00 88.00 -1 -1 -1 -1000 -1000 -1000 -10"
PERSON = f"Person_sitting 0.00 0 1.57 4.00 6.00 20.00 66.00 {TAIL}"


def labels(folder, text=CAR, **options):
    (folder / "label_2").mkdir(exist_ok=True)
    made.images(folder / "image_2")
    write(folder / "label_2" / "street_01.txt", text)
    return ingest.labelled_dataset(Project("street"), "val", folder / "label_2", nothing, **options)


def inferences(folder, text):
    data = labels(folder, f"{CAR}\n{PERSON}")
    (folder / "data").mkdir()
    write(folder / "data" / "street_01.txt", text)
    return ingest.inference_set(data, "m", folder / "data", "auto", nothing)


def test_lines_are_boxes_in_pixels(tmp_path):
    data = labels(tmp_path, f"{CAR}\n{PERSON}\n")
    assert data.labels.box.tolist() == [[10, 20, 60, 50], [4, 6, 20, 66]]
    assert [entry.name for entry in data.project.class_map.entries] == ["Car", "Person_sitting"]
    assert data.labels.attributes["truncated"][0] == 0.25
    assert data.labels.attributes["occluded"][0] == 2
    assert (data.frames.width.tolist(), data.images) == ([200], str(tmp_path / "image_2"))


def test_the_tree_of_the_benchmark_may_be_given(tmp_path):
    tree = tmp_path / "kitti" / "training"
    tree.mkdir(parents=True)
    labels(tree)
    (tree / "calib").mkdir()
    write(tree / "calib" / "street_01.txt", "P0: 1 0 0 0 0 1 0 0 0 0 1 0\n")
    for path in (tree, tree.parent):
        data = ingest.labelled_dataset(Project("street"), "val", path, nothing)
        assert (len(data.frames), len(data.labels), data.provenance.problems) == (1, 1, ())


def test_regions_that_are_not_cared_for_are_crowds(tmp_path):
    data = labels(tmp_path, f"{CAR}\n{DONT_CARE}\n")
    assert data.labels.crowd.tolist() == [False, True]
    assert data.labels.attributes["truncated"][1] is None
    assert "1 DontCare regions are ignored: inferences inside them are not counted" in data.provenance.notes


def test_images_may_lie_elsewhere_or_nowhere(tmp_path):
    made.images(tmp_path / "photos")
    data = labels(tmp_path, images=tmp_path / "photos")
    assert data.images == str(tmp_path / "photos")
    alone = tmp_path / "far" / "alone"
    alone.mkdir(parents=True)
    write(alone / "street_01.txt", CAR)
    data = ingest.labelled_dataset(Project("street"), "val", alone, nothing)
    assert data.frames.width.tolist() == [0]
    assert sentences(data)[0].startswith("1 images of unknown size (kept): alone (street_01)")


def test_a_score_among_labels(tmp_path):
    data = labels(tmp_path, f"{CAR} 0.75")
    assert data.labels.attributes["score"][0] == 0.75
    assert any("upload them with --inferences-id" in note for note in data.provenance.notes)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (CAR, "1 lines without a confidence (left out): street_01.txt line 2 – a score is the 16th column"),
        (f"{DONT_CARE} 0.5", "1 DontCare regions among inferences (left out): street_01.txt line 2"),
        (
            f"{CAR} 0.5 7",
            "1 lines without 15 or 16 columns (left out): street_01.txt line 2 – a line is `type",
        ),
        (f"{CAR} 0.5", "1 lines equal to an earlier line of their file (left out): street_01.txt line 2"),
        (f"{CAR} x", "1 inferences without a finite confidence (left out): street_01.txt line 2"),
        (
            f"Tram{CAR[3:]} 0.5",
            "1 inferences of unknown classes (left out): street_01.txt line 2 (class Tram)",
        ),
        (
            f"Car 0 0 0 a b c d {TAIL} 0.5",
            "1 boxes that are not four finite numbers (left out): street_01.txt line 2",
        ),
    ],
)
def test_lines_that_cannot_be_used_are_named(tmp_path, line, sentence):
    given = inferences(tmp_path, f"{CAR} 0.5\n{line}\n")
    assert any(said.startswith(sentence) for said in sentences(given)), sentences(given)
    assert given.objects.confidence.tolist() == [0.5]


def test_a_folder_without_text_files(tmp_path):
    with pytest.raises(InputError, match=r"is not a folder with \.txt files"):
        ingest.labelled_dataset(Project("street"), "val", tmp_path, nothing, format_="kitti")
