import pytest

from aquarium_tui.errors import InputError
from tests.ingest.files import image, instances, read_labels, sentences


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def read(tmp_path, paths, images=None):
    content = instances([image(i, path) for i, path in enumerate(paths)])
    return read_labels(tmp_path, content, images=images)


def test_images_lie_in_the_folder_given(tmp_path):
    make(tmp_path / "pictures", "cam/a.jpg", "b.jpg")
    dataset = read(tmp_path, ["cam/a.jpg", "b.jpg"], tmp_path / "pictures")
    assert dataset.images == str(tmp_path / "pictures")
    assert list(dataset.frames.path) == ["cam/a.jpg", "b.jpg"]
    assert sentences(dataset) == []


def test_without_a_folder_they_lie_beside_the_labels_file(tmp_path):
    make(tmp_path, "cam/a.jpg")
    dataset = read(tmp_path, ["cam/a.jpg"])
    assert dataset.images == str(tmp_path)
    assert sentences(dataset) == []


@pytest.mark.parametrize("paths", [["/gone/val2017/a.jpg", "train/b.jpg"], ["C:\\data\\a.jpg", "x\\b.jpg"]])
def test_paths_of_another_machine_are_found_by_their_last_part(tmp_path, paths):
    make(tmp_path, "a.jpg", "b.jpg")
    dataset = read(tmp_path, paths, tmp_path)
    assert list(dataset.frames.path) == ["a.jpg", "b.jpg"]
    assert "images are matched by the end of their paths" in dataset.provenance.notes


def test_backslashes_separate_folders_where_that_finds_files(tmp_path):
    make(tmp_path, "cam/a.jpg", "a.jpg")
    dataset = read(tmp_path, ["cam\\a.jpg"], tmp_path)
    assert list(dataset.frames.path) == ["cam/a.jpg"]


def test_absolute_paths_stay_as_they_are(tmp_path):
    make(tmp_path / "elsewhere", "a.jpg")
    path = str(tmp_path / "elsewhere" / "a.jpg")
    assert list(read(tmp_path, [path]).frames.path) == [path]


def test_missing_files_are_counted_and_the_first_named(tmp_path):
    make(tmp_path, "a.jpg")
    dataset = read(tmp_path, ["a.jpg", *(f"gone/\x1b{i}.jpg" for i in range(5))], tmp_path)
    assert sentences(dataset) == [
        r"5 image files that do not exist (noted): gone/\x1b0.jpg; gone/\x1b1.jpg; gone/\x1b2.jpg … and 2 "
        "more "
        "– a placeholder is shown for them"
    ]
    assert len(dataset.frames) == 6


def test_urls_are_taken_on_trust_and_odd_paths_do_no_harm(tmp_path):
    dataset = read(tmp_path, ["https://example.org/a.jpg", "a\0b.jpg"])
    assert [problem.count for problem in dataset.provenance.problems if "do not exist" in problem.kind] == [1]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="There is no folder"):
        read(tmp_path, ["a.jpg"], tmp_path / "nope")
