import os

import pytest
from PIL import Image

from aquarium_tui.formats.shared.format import Given
from aquarium_tui.formats.shared.listed_images import further_images, pictures
from aquarium_tui.media.folders import DEEP, UNKNOWN, Listing, size_of


def picture(path, size=(6, 4), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(path, **options)
    return path


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize(("orientation", "size"), [(1, (6, 4)), (3, (6, 4)), (6, (4, 6))])
def test_the_size_is_that_of_the_image_as_it_is_shown(tmp_path, suffix, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert size_of(str(picture(tmp_path / f"a.{suffix}", exif=exif))) == size


def test_what_is_no_readable_image_has_no_size(tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "cut.png").write_bytes(picture(tmp_path / "a.png").read_bytes()[:20])
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("text.png", "cut.png", "pipe.png", "absent.png", "x" * 5000, "a/" * 3000, "nul\0.png"):
        assert size_of(str(tmp_path / name)) == UNKNOWN, name[:9]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("day/a.jpg", "day/a.jpg"),
        ("./day/a.jpg", "day/a.jpg"),
        ("day\\a.jpg", "day/a.jpg"),
        ("/else/where/a.jpg", "day/a.jpg"),
        ("a.jpg", "day/a.jpg"),
        ("a", "day/a.jpg"),
        ("a.png", "day/a.jpg"),
        ("day/b.v2", "day/b.v2.jpg"),
        ("c", None),
        ("c.png", "night/c.png"),
        ("d/" * 3000, None),
    ],
)
def test_an_image_is_found_by_path_name_or_stem_where_that_is_certain(tmp_path, name, path):
    for file in ("day/a.jpg", "day/b.v2.jpg", "day/c.jpg", "night/c.png"):
        picture(tmp_path / file)
    assert Listing.of(tmp_path, DEEP).find(name) == path


def test_images_are_looked_for_beside_the_file_and_in_data_and_images(tmp_path):
    file = tmp_path / "labels.csv"
    for place in ("", "data", "images/deep"):
        image = picture(tmp_path / place / "a.png", (5, 5 + len(place)))
        found = pictures(Given(file), ["a"], {})
        assert (found.folder / str(found.table.path[0])).samefile(image)
        assert found.table.height.tolist() == [5 + len(place)]
        image.unlink()


def test_sizes_that_are_told_are_not_measured(tmp_path):
    picture(tmp_path / "a.png")
    found = pictures(Given(tmp_path / "l.csv"), ["a", "b"], {}, {"a": (7, 8), "b": (7, 0)})
    assert found.table.width.tolist() == [7, 0]
    assert [problem.examples for problem in found.problems] == [("l.csv (b)",)]


def test_only_a_folder_that_was_named_adds_frames(tmp_path):
    for name in ("a.png", "b.png", "c/d.png"):
        picture(tmp_path / name)
    assert further_images(Given(tmp_path / "l.csv"), ["a"]) == ([], ())
    further, notes = further_images(Given(tmp_path / "l.csv", tmp_path), ["a"])
    assert further == ["b.png", "c/d.png"]
    assert notes == ("2 images more in the folder become frames without labels",)
