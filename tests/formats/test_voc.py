"""Pascal VOC folders as users have them, whole and broken."""

import numpy as np
import pytest

from aquarium_tui import ingest
from aquarium_tui.errors import InputError
from aquarium_tui.formats import Given
from aquarium_tui.formats.voc import read_inferences
from aquarium_tui.model.tables import Project
from tests.formats import made
from tests.ingest.files import nothing, sentences, write

BOX = "<bndbox><xmin>11</xmin><ymin>21</ymin><xmax>60</xmax><ymax>50</ymax></bndbox>"
CAR = f"<object><name>car</name>{BOX}</object>"


def xml(*objects, head="<filename>a.jpg</filename><size><width>200</width><height>100</height></size>"):
    return f"<annotation>{head}{''.join(objects)}</annotation>"


def labels(folder, files, **options):
    folder = folder / "Annotations"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        write(folder / name, text)
    return ingest.labelled_dataset(Project("street"), "val", folder, nothing, **options)


def said(data, start):
    return any(sentence.startswith(start) for sentence in sentences(data))


def test_one_is_taken_from_left_and_top(tmp_path):
    data = labels(tmp_path, {"a.xml": xml(CAR)})
    assert data.labels.box.tolist() == [[10, 20, 60, 50]]
    assert (
        "coordinates count from 1, right and bottom inclusive: 1 is subtracted from left and top "
        "(--voc-zero-based prevents this)" in data.provenance.notes
    )


def test_a_coordinate_that_is_0_shows_that_they_count_from_0(tmp_path):
    edge = CAR.replace("<xmin>11<", "<xmin>0<")
    data = labels(tmp_path, {"a.xml": xml(CAR), "b.xml": xml(edge)})
    assert data.labels.box.tolist() == [[11, 21, 60, 50], [0, 21, 60, 50]]
    told = "coordinates count from 0: 1 box begins at 0, and 0 at 1 (--voc-one-based"
    assert any(note.startswith(told) for note in data.provenance.notes)
    data = labels(tmp_path, {"a.xml": xml(CAR), "b.xml": xml(edge)}, one_based=True)
    assert data.labels.box.tolist() == [[10, 20, 60, 50], [0, 20, 60, 50]]


def test_a_stray_0_among_boxes_that_begin_at_1_is_a_slip(tmp_path):
    """One slip must not move all other boxes by a pixel."""
    edges = {f"{i}.xml": xml(CAR.replace("<xmin>11<", "<xmin>1<")) for i in range(3)}
    data = labels(tmp_path, edges | {"slip.xml": xml(CAR.replace("<xmin>11<", "<xmin>0<"))})
    assert data.labels.box.tolist() == [[0, 20, 60, 50]] * 4
    assert said(data, "1 boxes that begin at 0 (changed): slip.xml object 1")


def test_they_count_from_0_if_told(tmp_path):
    data = labels(tmp_path, {"a.xml": xml(CAR)}, zero_based=True)
    assert data.labels.box.tolist() == [[11, 21, 60, 50]]
    (tmp_path / "r").mkdir()
    write(tmp_path / "r" / "a.xml", xml(CAR.replace("</object>", "<score>0.5</score></object>")))
    for zero_based, left in ((True, 11), (False, 10)):
        records = read_inferences(Given(tmp_path / "r", zero_based=zero_based)).records
        assert records.box[0, 0] == left


def test_difficult_objects_are_crowds_and_the_rest_of_an_object_is_kept(tmp_path):
    more = "<pose>Left</pose><truncated>1</truncated>"
    hard = f"<object><difficult>1</difficult>{BOX}<name>van</name>{more}</object>"
    data = labels(tmp_path, {"a.xml": xml(CAR, hard)})
    assert data.labels.crowd.tolist() == [False, True]
    assert data.labels.attributes["pose"][1] == "Left"
    assert data.labels.attributes["truncated"][1] == 1
    assert "never counted as missed: 1 difficult object" in data.provenance.notes


def test_the_box_of_a_part_is_not_that_of_its_object(tmp_path):
    part = f"<part><name>head</name>{BOX.replace('11', '15')}</part>"
    data = labels(tmp_path, {"a.xml": xml(f"<object><name>person</name>{part}{BOX}</object>")})
    assert data.labels.box[0, 0] == 10


def test_images_are_found_by_the_name_of_the_file(tmp_path):
    made.images(tmp_path / "JPEGImages")
    wrong = xml(CAR, head="<filename>C:\\photos\\other.bmp</filename>")
    data = labels(tmp_path, {"street_01.xml": wrong, "street_02.xml": xml(head="")})
    assert list(data.frames.path) == ["street_01.png", "street_02.png"]
    assert (data.frames.width.tolist(), data.images) == ([200, 160], str(tmp_path / "JPEGImages"))


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><annotation>&b;</annotation>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOMB, "it has a document type or entities, which are not read"),
        (BOMB.encode("utf-16"), "it has a document type or entities, which are not read"),
        ("<annotation><object></annotation>", "not well-formed: mismatched tag"),
        ("<html/>", "its element is <html>, not <annotation>"),
        ("", "is empty"),
        (b"\x80\x04\x95", "is a Python pickle"),
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path, text, reason):
    data = labels(tmp_path, {"a.xml": xml(CAR), "b.xml": text})
    assert said(data, "1 files that cannot be read (left out): b.xml (")
    assert reason in sentences(data)[0]
    assert len(data.labels) == 1
    (tmp_path / "Annotations" / "a.xml").unlink()
    with pytest.raises(InputError, match=r"has no Pascal VOC file that can be read: b\.xml"):
        labels(tmp_path, {}, format_="voc")


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ("<object><name>car</name></object>", "1 objects without a bndbox (left out): a.xml object 2"),
        (
            CAR.replace("<xmin>11</xmin>", ""),
            "1 boxes that are not four finite numbers (left out): a.xml object 2",
        ),
        (CAR.replace("11", "x"), "1 boxes that are not four finite numbers (left out): a.xml object 2"),
        (
            f"<object>{BOX}</object>",
            "1 labels of unknown classes (left out): a.xml object 2 (class not given)",
        ),
    ],
)
def test_objects_that_lack_something_are_named(tmp_path, broken, sentence):
    data = labels(tmp_path, {"a.xml": xml(CAR, broken)})
    assert said(data, sentence), sentences(data)
    assert len(data.labels) == 1


def test_an_image_of_unknown_size(tmp_path):
    data = labels(tmp_path, {"a.xml": xml(CAR, head="")})
    assert said(data, "1 images of unknown size (kept): Annotations (a)"), sentences(data)


def test_inferences_without_a_confidence(tmp_path):
    data = labels(tmp_path, {"a.xml": xml(CAR)})
    found = ingest.inference_set(data, "m", tmp_path / "Annotations", "auto", nothing)
    assert found.objects.confidence.tolist() == [1.0]


def test_a_file_is_no_folder(tmp_path):
    with pytest.raises(InputError, match="is not a folder"):
        labels(tmp_path, {"a.xml": xml(CAR)})
        ingest.labelled_dataset(Project("s"), "v", tmp_path / "Annotations" / "a.xml", nothing, format_="voc")


def test_areas_are_those_of_the_pixels_covered(tmp_path):
    np.testing.assert_array_equal(labels(tmp_path, {"a.xml": xml(CAR)}).labels.area, [50 * 30])
