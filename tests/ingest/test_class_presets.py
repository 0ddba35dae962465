"""`--classes cityscapes`: the values that files have tell which numbering of a dataset's classes they use."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.formats.class_list import preset_note, read_class_list
from aquarium_tui.formats.class_presets import PRESETS, numberings
from aquarium_tui.store import Store
from aquarium_tui.upload import FileOptions, UploadRequest, upload


@pytest.mark.parametrize("masks", [True, False])
@pytest.mark.parametrize("name", PRESETS)
def test_every_list_can_be_read(name: str, masks: bool) -> None:
    for each in numberings(name, masks=masks):
        found = read_class_list(Path(each), masks=masks)
        assert len({one.name for one in found}) == len(found) >= 9
        assert len({one.color for one in found if one.color}) == sum(one.color is not None for one in found)


@pytest.mark.parametrize(
    ("name", "seen", "masks", "taken"),
    [
        ("cityscapes", {7, 8, 11, 23, 26}, True, "cityscapes_ids"),
        ("cityscapes", {0, 1, 2, 13, 255}, True, "cityscapes_train"),
        ("ade20k", {0, 3, 150}, True, "ade20k_from_1"),
        ("ade20k", {0, 3, 149, 255}, True, "ade20k_from_0"),
        ("coco-stuff", {0, 181, 255}, True, "coco_stuff_from_0"),
        ("coco-stuff", {0, 1, 182}, True, "coco_stuff_from_1"),
        ("coco-stuff", {0, 11, 25, 255}, True, "coco_stuff_171"),
        ("camvid", {0, 4, 11}, True, "camvid_11"),
        ("camvid", {0, 4, 30}, True, "camvid_32"),
        ("coco", {0, 79}, False, "coco_80"),
        ("coco", {1, 90}, False, "coco_91"),
        ("voc", {0, 14}, False, "voc_boxes"),
        ("voc", {1, 20}, False, "voc_boxes_from_1"),
        ("kitti", {0, 7}, False, "kitti"),
        ("bdd100k", {1, 10}, False, "bdd100k_from_1"),
        ("camvid_11", {0, 4, 30}, True, "camvid_11"),
    ],
)
def test_values_choose_the_numbering(name: str, seen: set[int], masks: bool, taken: str) -> None:
    assert preset_note(Path(name), seen, masks=masks)[0].startswith(f"the classes are those of {taken}")


def test_a_numbering_that_is_not_sure_names_the_others() -> None:
    (note,) = preset_note(Path("coco"), {1, 3}, masks=False)
    assert note == "the classes are those of coco_91; --classes coco_80 would fit too"


def test_a_file_comes_before_a_preset_and_presets_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="cityscapes"):
        read_class_list(Path("cityscape"))
    Path("voc").write_text("thing\n")
    assert [each.name for each in read_class_list(Path("voc"))] == ["thing"]


def masks(folder: Path, pixels: np.ndarray, mode: str) -> Path:
    folder.mkdir()
    for i in range(12):
        Image.fromarray(pixels).convert(mode).save(folder / f"{i}.png")
    return folder


@pytest.mark.parametrize("shift", [0, 1])
def test_grey_masks_with_three_channels_are_grey_masks(tmp_path: Path, shift: int) -> None:
    store = Store(tmp_path / "home")
    values = np.repeat(np.array([[0, 1, 2, 13]], np.uint8), 20, axis=0).repeat(10, axis=1)
    (tmp_path / "images").mkdir()
    for i in range(12):
        Image.new("RGB", (40, 20)).save(tmp_path / "images" / f"{i}.jpg")
    labels = masks(tmp_path / "labels", values, "RGB")
    inferred = masks(tmp_path / "inferred", values + np.uint8(shift), "RGB")
    options = FileOptions(images=tmp_path / "images", classes=Path("cityscapes"))
    done = upload(store, UploadRequest("city", "val", labels=labels, options=options))
    assert "12 masks have three equal channels: read as grey masks" in done.notes
    upload(store, UploadRequest("city", "val", "a", inferences=inferred))
    from aquarium_tui.session.choice import Choice
    from aquarium_tui.session.session import Session

    found = Session(store).open(Choice("city", "val", "a")).comparison
    matrix = found.confusion("base")
    assert np.trace(matrix) == matrix.sum() == 12 * values.size
    named = {found.classes[row] for row in np.flatnonzero(matrix.sum(axis=1))}
    assert named == {"road", "sidewalk", "building", "car"}


def test_a_colour_coded_mask_may_have_grey_classes(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    (tmp_path / "images").mkdir()
    Image.new("RGB", (40, 20)).save(tmp_path / "images" / "0.jpg")
    (tmp_path / "labels").mkdir()
    picture = Image.new("RGB", (40, 20), (128, 128, 128))  # Sky
    picture.paste((64, 0, 128), (0, 0, 20, 20))  # Car
    picture.save(tmp_path / "labels" / "0.png")
    options = FileOptions(images=tmp_path / "images", classes=Path("camvid"))
    upload(store, UploadRequest("cam", "val", labels=tmp_path / "labels", options=options))
    dataset = store.load_dataset("cam", "val")
    assert dataset.masks
    names = {entry.id: entry.name for entry in dataset.project.class_map.entries}
    found = {names[dataset.masks.values[value]]: count for value, count in dataset.masks.pixels.items()}
    assert found == {"Sky": 400, "Car": 400}


def test_labels_that_only_have_ids_are_named_by_a_list(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    for folder in ("images", "labels", "model"):
        (tmp_path / folder).mkdir()
    for i in range(6):
        Image.new("RGB", (100, 80)).save(tmp_path / "images" / f"{i}.jpg")
        (tmp_path / "labels" / f"{i}.txt").write_text("0 .5 .5 .2 .2\n62 .2 .2 .1 .1\n")
        (tmp_path / "model" / f"{i}.txt").write_text("1 .5 .5 .2 .2 .9\n72 .2 .2 .1 .1 .8\n")
    options = FileOptions(images=tmp_path / "images", classes=Path("coco"))
    request = UploadRequest("yolo", "val", labels=tmp_path / "labels", options=options)
    done = upload(store, request)
    assert not done.problems
    used = store.load_dataset("yolo", "val")
    names = [used.project.class_map.entries[i].name for i in np.unique(used.labels.class_index)]
    assert sorted(names) == ["person", "tv"]
    model = FileOptions(classes=Path("coco"))
    found = upload(store, UploadRequest("yolo", "val", "a", inferences=tmp_path / "model", options=model))
    assert "classes are matched by the ids that coco_91 lists" in " ".join(found.notes)
