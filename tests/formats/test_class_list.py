"""Lists of classes in every form that is promised."""

import json

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.formats.class_list import ListedClass, read_class_list
from aquarium_tui.formats.mask_folder import image_files, looks_like_masks, mask_files

ROAD, CAR = ListedClass(0, "road"), ListedClass(1, "car")


def listed(tmp_path, content: object) -> list[ListedClass]:
    path = tmp_path / "classes"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return sorted(read_class_list(path), key=lambda each: each.value)


@pytest.mark.parametrize(
    "content",
    [
        "road\ncar\n",
        "road\r\n car \r\n\r\n",
        "\ufeffroad\ncar",
        ["road", "car"],
        {"0": "road", "1": "car"},
        {"car": 1, "road": 0},
        {"1": {"name": "car"}, "0": {"name": "road"}},
        {"classes": ["road", "car"]},
        {"labels": [{"name": "road"}, {"name": "car"}]},
        [{"id": 1, "name": "car"}, {"id": 0, "name": "road"}],
        "1,car\n0,road\n",
        "value,name\n0,road\n1,car\n",
        "name,id\nroad,0\ncar,1\n",
    ],
)
def test_two_classes(tmp_path, content):
    assert listed(tmp_path, content) == [ROAD, CAR]


def test_a_line_left_empty_leaves_its_value_without_a_class(tmp_path):
    assert [each.value for each in listed(tmp_path, "road\n\ncar\n")] == [0, 2]


def test_names_of_lines_may_hold_commas(tmp_path):
    assert [each.name for each in listed(tmp_path, "car, parked\ncar, driving\n")] == [
        "car, parked",
        "car, driving",
    ]


@pytest.mark.parametrize(
    "content",
    [
        "7,road,128,64,128\n255,void,0,0,0,1\n",
        "7, road, 128, 64, 128\n255, void, 0, 0, 0, yes\n",
        "value,name,r,g,b,ignore\n7,road,128,64,128,\n255,void,0,0,0,true\n",
        "id,name,red,green,blue,ignore_in_eval\n7,road,128,64,128,0\n255,void,0,0,0,1\n",
        "# trained on these\n7,road,128,64,128\n255,void,0,0,0,ignore\n",
        [
            {"id": 7, "name": "road", "color": [128, 64, 128]},
            {"id": 255, "name": "void", "color": "#000000", "ignore": True},
        ],
        {
            "7": {"name": "road", "colour": "128 64 128"},
            "255": {"name": "void", "color": "000000", "ignoreInEval": True},
        },
    ],
)
def test_colours_and_what_is_ignored(tmp_path, content):
    road, void = listed(tmp_path, content)
    assert (road.value, road.name, road.color, bool(road.ignore)) == (7, "road", (128, 64, 128), False)
    assert (void.value, void.name, void.color, void.ignore) == (255, "void", (0, 0, 0), True)


def test_ignore_without_colours(tmp_path):
    assert listed(tmp_path, "0,road,0\n9,void,1\n") == [
        ListedClass(0, "road", ignore=False),
        ListedClass(9, "void", ignore=True),
    ]


def test_values_may_share_a_name(tmp_path):
    assert [each.value for each in listed(tmp_path, "7,road\n8,road\n")] == [7, 8]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ([], "lists no class"),
        ([{"id": -1, "name": "plate"}], "no value from 0 to 65535"),
        ([{"id": 70000, "name": "far"}], "no value from 0"),
        ([{"id": 1.5, "name": "half"}], "no value"),
        ([{"id": 1}], "no name"),
        ([7], "no name"),
        ("1,road\n1,car\n", "gives the value 1 to road and car"),
        ("1,road,300,0,0\n", "colour that is not three numbers"),
        ([{"id": 1, "name": "car", "color": [1, 2]}], "colour"),
        ("[1, 2", "is not JSON"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, content, said):
    with pytest.raises(InputError, match=said):
        listed(tmp_path, content)


def test_folders_of_masks(tmp_path):
    (tmp_path / "a" / "city").mkdir(parents=True)
    for name in ("city/1.png", "city/3.png", "2.PNG"):
        (tmp_path / "a" / name).touch()
    (tmp_path / "a" / "city" / "1_polygons.json").touch()
    assert looks_like_masks(tmp_path / "a")
    assert mask_files(tmp_path / "a") == ["2.PNG", "city/1.png", "city/3.png"]
    (tmp_path / "a" / "2.txt").touch()
    assert not looks_like_masks(tmp_path / "a")
    assert not looks_like_masks(tmp_path / "a" / "2.txt")
    (tmp_path / "b").mkdir()
    assert not looks_like_masks(tmp_path / "b")
    with pytest.raises(InputError, match="holds no PNG file"):
        mask_files(tmp_path / "b")
    with pytest.raises(InputError, match="holds no image"):
        image_files(tmp_path / "b")
    with pytest.raises(InputError, match="There is no folder"):
        image_files(tmp_path / "c")


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_photos_as_png_are_no_masks(tmp_path, mode):
    values = np.random.default_rng(1).integers(0, 256, (32, 32) if mode == "L" else (32, 32, 3), np.uint8)
    Image.fromarray(values).save(tmp_path / "1.png")
    assert not looks_like_masks(tmp_path)
    Image.fromarray(values // 64).save(tmp_path / "1.png")
    assert looks_like_masks(tmp_path)


@pytest.mark.parametrize("name", ["labels.json", "samples.json"])
def test_a_fiftyone_folder_is_none_of_masks_however_plain_its_images(tmp_path, name):
    (tmp_path / "data").mkdir()
    for number in range(5):
        Image.new("L", (8, 8)).save(tmp_path / "data" / f"{number}.png")
    assert looks_like_masks(tmp_path)
    (tmp_path / name).write_text("{}")
    assert not looks_like_masks(tmp_path)
