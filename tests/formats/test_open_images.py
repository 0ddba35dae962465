import pytest

from tests.formats.reading import class_names, inferences, labels, notes, problems
from tests.ingest.files import write

HEADER = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsGroupOf\n"


def test_the_order_is_xmin_xmax_ymin_ymax_in_parts_of_the_image(tmp_path):
    dataset = labels(tmp_path, f"{HEADER}a1,x,car,1,0.25,0.5,0.5,0.75,1,0\n", "b.csv")
    assert dataset.labels.box.tolist() == [[16, 24, 32, 36]]
    assert dataset.labels.attributes["IsOccluded"][0] == 1.0


def test_groups_are_crowds(tmp_path):
    rows = "a1,x,car,1,0,1,0,1,0,1\na1,x,car,1,0,0.5,0,0.5,0,0\n"
    dataset = labels(tmp_path, HEADER + rows, "b.csv")
    assert dataset.labels.crowd.tolist() == [True, False]
    assert "1 box with IsGroupOf is never counted as missed" in notes(dataset)


def test_images_of_the_folder_without_a_row_are_frames(tmp_path):
    dataset = labels(tmp_path, f"{HEADER}c3,x,car,1,0,1,0,1,0,0\n", "b.csv")
    assert list(dataset.frames.id) == ["c3", "a1", "b2"]
    assert "2 images more in the folder become frames without labels" in notes(dataset)


@pytest.mark.parametrize("head", ["", "LabelName,DisplayName\n"])
def test_classes_are_named_by_the_table_beside_the_file(tmp_path, head):
    write(tmp_path / "oidv7-class-descriptions-boxable.csv", f'{head}/m/1,"Car, small"\n/m/2,Bus\n')
    rows = "".join(f"a1,x,{mid},1,0,1,0,1,0,0\n" for mid in ("/m/2", "/m/1", "/m/9"))
    dataset = labels(tmp_path, HEADER + rows, "b.csv")
    assert class_names(dataset) == ["/m/9", "Bus", "Car, small"]
    assert "1 class is not in it" in notes(dataset)


def test_without_that_table_the_mids_are_the_names(tmp_path):
    dataset = labels(tmp_path, f"{HEADER}a1,x,/m/1,1,0,1,0,1,0,0\n", "b.csv")
    assert class_names(dataset) == ["/m/1"]
    assert "no class-descriptions CSV" in notes(dataset)


def test_scores_come_before_confidences(tmp_path):
    text = "ImageID,LabelName,Score,Confidence,XMin,XMax,YMin,YMax\na1,car,0.25,1,0,1,0,1\n"
    assert inferences(tmp_path, text, "b.csv").objects.confidence.tolist() == [0.25]


def test_inferences_without_a_score_have_a_confidence_of_1(tmp_path):
    found = inferences(tmp_path, "ImageID,LabelName,XMin,XMax,YMin,YMax\na1,car,0,1,0,1\n", "b.csv")
    assert found.unranked
    assert found.objects.confidence.tolist() == [1.0]


def test_whatever_is_wrong_is_counted_with_its_lines(tmp_path):
    rows = (
        "a1,x,car,1,0.1,0.5,0.1,0.5,0,0\n"
        "a1,x,car,1,0.1,bad,0.1,0.5,0,0\n"
        "a1,x,car,1,0.1\n"
        "\n"
        "b2,x,car,1,10,50,10,20,0,1\n"
        "gone,x,car,1,0.1,0.5,0.1,0.2,0,1\n"
        ",x,car,1,0.1,0.5,0.1,0.2,0,1\n"
    )
    found = problems(labels(tmp_path, HEADER + rows, "b.csv"))
    assert found == {
        "images of unknown size": (1, "kept", ("b.csv (gone)",)),
        "image files that do not exist": (1, "noted", ("gone",)),
        "lines with more or fewer columns than the header": (1, "left out", ("b.csv line 4",)),
        "boxes given as fractions of an image of unknown size": (1, "left out", ("b.csv line 7",)),
        "labels of unknown images": (1, "left out", ("b.csv line 8 (image not given)",)),
        "boxes that are not four finite numbers": (1, "left out", ("b.csv line 3",)),
        "boxes entirely outside their image": (1, "kept", ("b.csv line 6",)),
    }
