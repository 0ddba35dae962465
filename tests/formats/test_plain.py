import duckdb
import numpy as np
import pytest

from aquarium_tui.errors import InputError
from tests.formats.reading import class_names, inferences, labels, notes, problems
from tests.narrow import present


@pytest.mark.parametrize(
    ("header", "box"),
    [
        ("frame,class,left,top,right,bottom", [1, 2, 13, 24]),
        ("image_id,label,xmin,ymin,xmax,ymax", [1, 2, 13, 24]),
        ("Image ID,Category,X1,Y1,X2,Y2", [1, 2, 13, 24]),
        ("file_name,class_name,x,y,width,height", [1, 2, 14, 26]),
        ("filename;category_name;bbox_x;bbox_y;bbox_w;bbox_h", [1, 2, 14, 26]),
        ("path\tlabel_name\tleft\ttop\tw\th", [1, 2, 14, 26]),
    ],
)
def test_columns_are_known_by_their_names(tmp_path, header, box):
    separator = next(mark for mark in ",;\t" if mark in header)
    row = separator.join(["a1", "car", "1", "2", "13", "24"])
    dataset = labels(tmp_path, f"{header}\n{row}\n", "p.csv")
    assert dataset.labels.box.tolist() == [box]
    assert class_names(dataset) == ["car"]
    assert dataset.frames.id[0] == "a1"
    assert f"class from {header.split(separator)[1]}" in notes(dataset)


def test_width_and_height_beside_corners_are_those_of_the_image(tmp_path):
    text = "filename,width,height,class,xmin,ymin,xmax,ymax\ngone.png,500,400,car,1,2,13,24\n"
    dataset = labels(tmp_path, text, "p.csv")
    assert (dataset.frames.width[0], dataset.frames.height[0]) == (500, 400)
    assert "image sizes come from the table" in notes(dataset)


def test_width_and_height_of_the_box_beside_corners_are_not(tmp_path):
    text = "filename,width,height,class,xmin,ymin,xmax,ymax\na1.png,12,22,car,1,2,13,24\n"
    assert labels(tmp_path, text, "p.csv").frames.width[0] == 64


def test_a_row_with_only_a_frame_is_a_frame_without_labels(tmp_path):
    text = "frame,class,x,y,w,h\nb2,,,,,\na1,car,1,2,3,4\n"
    dataset = labels(tmp_path, text, "p.csv", images=None)
    assert list(dataset.frames.id) == ["b2", "a1"]
    assert dataset.labels.starts.tolist() == [0, 0, 1]
    assert problems(dataset) == {}


def test_ids_crowds_areas_and_further_columns_are_kept(tmp_path):
    text = (
        "image_id,file_name,category_id,category,x,y,w,h,iscrowd,area,id,occluded\n"
        "7,a1.png,3,car,1,2,3,4,true,9.5,x1,0.5\n"
        "8.0,b2.png,1,bus,1,2,3,4,0,,x2,\n"
    )
    dataset = labels(tmp_path, text, "p.csv", images=tmp_path / "images")
    assert list(dataset.frames.id)[:2] == ["7", "8"]
    assert [(entry.id, entry.name) for entry in dataset.project.class_map.entries] == [(1, "bus"), (3, "car")]
    assert dataset.labels.crowd.tolist() == [True, False]
    assert dataset.labels.area.tolist() == [9.5, 12.0]
    assert [dataset.labels.name(row) for row in (0, 1)] == ["x1", "x2"]
    assert dataset.labels.attributes["occluded"][0] == 0.5


def test_parquet_is_read_like_csv(tmp_path):
    query = """SELECT 'a1' AS frame, 'car' AS class, 1.5 AS x, 2 AS y, 3 AS w, 4 AS h, 0.25::FLOAT AS score,
        7 AS track, [1, 2] AS mask"""
    present(duckdb.sql(query)).write_parquet(str(tmp_path / "made.parquet"))
    found = inferences(tmp_path, (tmp_path / "made.parquet").read_bytes(), "p.parquet")
    np.testing.assert_array_equal(found.objects.box, [[1.5, 2, 4.5, 6]])
    assert found.objects.confidence.tolist() == [0.25]
    assert list(found.objects.attributes) == ["track"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("frame,class,label,x,y,w,h", "class and label could each be the class"),
        ("frame,class,x,left,y,w,h", "x and left could each be the left"),
        ("class,x,y,w,h", "no column for frame or file_name"),
        ("frame,x,y,w,h", "no column for class or class id"),
        ("frame,class,x,y,w", "no column for height"),
        ("frame,class,x,y,right,h", "no column for width"),
    ],
)
def test_columns_that_are_missing_or_not_certain_are_named(tmp_path, header, message):
    with pytest.raises(InputError, match=message):
        labels(tmp_path, f"{header}\n{'1,' * header.count(',')}1\n", "p.csv", format_="plain")


def test_inferences_without_a_confidence_have_one_of_1(tmp_path):
    found = inferences(tmp_path, "frame,class,x,y,w,h\na1,car,1,2,3,4\n", "p.csv")
    assert found.unranked
    assert found.objects.confidence.tolist() == [1.0]


def test_whatever_is_wrong_is_counted_with_its_lines(tmp_path):
    text = (
        "frame,class,x,y,w,h,score\n"
        "a1,car,1,2,3,4,0.5\n"
        "a1,,1,2,3,4,0.5\n"
        "a1,car,1,oops,3,4,0.5\n"
        "a1,car,1,2\n"
        "zz,car,1,2,3,4,0.5\n"
        "a1,car,1,2,3,4,high\n"
        "a1,tram,1,2,3,4,0.5\n"
    )
    found = problems(inferences(tmp_path, text, "p.csv"))
    assert found == {
        "lines with more or fewer columns than the header": (1, "left out", ("p.csv line 5",)),
        "inferences of unknown images": (1, "left out", ("p.csv line 6 (image zz)",)),
        "inferences of unknown classes": (
            2,
            "left out",
            ("p.csv line 3 (class not given)", "p.csv line 8 (class tram)"),
        ),
        "boxes that are not four finite numbers": (1, "left out", ("p.csv line 4",)),
        "inferences without a finite confidence": (1, "left out", ("p.csv line 7",)),
    }


def test_a_table_without_rows_is_a_model_that_misses_everything(tmp_path):
    found = inferences(tmp_path, "frame,class,x,y,w,h,score\n", "p.csv")
    assert len(found.objects) == 0


def test_labels_with_confidences_are_told_to_be_inferences(tmp_path):
    dataset = labels(tmp_path, "frame,class,x,y,w,h,score\na1,car,1,2,3,4,0.5\n", "p.csv")
    assert "upload them with --inferences-id" in notes(dataset)
