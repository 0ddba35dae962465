import numpy as np
import pytest

from aquarium_tui.formats.shared.collector import Records
from aquarium_tui.formats.shared.listed_images import frame_ids, metadata_of, numbered
from aquarium_tui.media.folders import unsuffixed
from aquarium_tui.model.columns import Text


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["a.jpg", "x/b.PNG"], ["a", "b"]),
        (["x/a.jpg", "y/a.jpg"], ["x/a", "y/a"]),
        (["x/a.jpg", "x/a.png"], ["x/a.jpg", "x/a.png"]),
        (["x\\a.jpg", "./y/b.jpg"], ["a", "b"]),
        (["a.jpg", "./a.jpg"], ["a.jpg", "./a.jpg"]),
        (["v1.2", "b.tar.gz"], ["v1.2", "b.tar.gz"]),
        ([], []),
    ],
)
def test_ids_are_the_shortest_part_of_the_name_that_tells_images_apart(names, ids):
    assert frame_ids(names) == ids


def test_only_suffixes_of_images_are_cut():
    assert [unsuffixed(name) for name in ("a.jpg", "a.b.jpeg", "a.v2", ".jpg")] == [
        "a",
        "a.b",
        "a.v2",
        ".jpg",
    ]


def records(*names):
    text = Text.from_values(names)
    return Records(place=str, frame=text, category=text, box=np.zeros((len(names), 4)))


def test_classes_are_numbered_by_alphabet():
    classes, found = numbered(records("car", "Bus", None, "ant", "car"))
    assert list(classes) == [(1, "ant"), (2, "Bus"), (3, "car")]
    assert list(found.category) == ["3", "2", None, "1", "3"]


def test_classes_that_a_file_lists_come_first_in_its_order():
    classes, found = numbered(records("car", "ant"), ["car", "van", "car"])
    assert list(classes) == [(1, "car"), (2, "van"), (3, "ant")]
    assert list(found.category) == ["1", "3"]


def test_what_frames_say_becomes_typed_columns():
    columns, notes = metadata_of([{"speed": 3, "sensor": {}}, {"speed": 2.5, "weather": "rain"}])
    assert list(columns) == ["speed", "weather"]
    assert columns["weather"][0] is None
    assert notes == (
        "frame metadata: speed, weather",
        "keys of frames that are empty or hold lists or objects are not read: sensor",
    )
