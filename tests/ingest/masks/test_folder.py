"""Masks find their images, whatever is added to their names."""

import pytest

from aquarium_tui.ingest.masks.folder import named

STEMS = ["a_000_1", "a_000_2", "b_001_1"]


def matched(images, masks, suffix=None) -> list[str | None]:
    found = named(images, masks, suffix)
    return [masks[i] if i >= 0 else None for i in found.file]


@pytest.mark.parametrize(
    ("image", "mask", "suffix"),
    [
        ("{}.jpg", "{}.png", ""),
        ("{}.png", "{}.png", ""),
        ("{}.jpg", "{}_mask.png", "_mask"),
        ("{}.jpg", "{}_pred.png", "_pred"),
        ("{}.jpg", "{}_L.png", "_L"),
        ("{}.jpg", "{}.labels.png", ".labels"),
        ("val/{}.jpg", "deep/er/{}_labelTrainIds.png", "_labelTrainIds"),
        ("{}_leftImg8bit.png", "{}_gtFine_labelIds.png", "_gtFine_labelIds"),
        ("{}_leftImg8bit.png", "{}_leftImg8bit.png", ""),
        ("{}_leftImg8bit.png", "{}.png", ""),
        ("{}_rgb.png", "{}_seg.png", "_seg"),
    ],
)
def test_suffixes_are_found(image, mask, suffix):
    images, masks = ([pattern.format(stem) for stem in STEMS] for pattern in (image, mask))
    found = named(images, masks)
    assert [masks[i] for i in found.file] == masks
    assert found.mask_suffix == suffix
    assert not found.strange


def test_frames_are_called_by_what_is_common():
    images = [f"city/{stem}_leftImg8bit.png" for stem in STEMS]
    assert list(named(images, [f"{stem}_gtFine_labelIds.png" for stem in STEMS]).keys) == STEMS
    assert list(named(images, [f"{stem}_leftImg8bit.png" for stem in STEMS]).keys) == [
        f"{stem}_leftImg8bit" for stem in STEMS
    ]


def test_of_several_suffixes_the_likeliest_is_taken():
    kinds = ("color", "instanceIds", "labelIds", "labelTrainIds")
    images = [f"{stem}_leftImg8bit.png" for stem in STEMS]
    masks = [f"{stem}_gtFine_{kind}.png" for stem in STEMS for kind in kinds]
    found = named(images, masks)
    assert found.mask_suffix == "_gtFine_labelIds"
    assert found.others == {"_gtFine_color": 3, "_gtFine_instanceIds": 3, "_gtFine_labelTrainIds": 3}
    assert named(images, masks, "_gtFine_labelTrainIds").mask_suffix == "_gtFine_labelTrainIds"
    assert named(images, masks, "_nothing").matched == 0


def test_the_suffix_that_covers_most_frames_is_taken():
    masks = ["a_000_1.png", "a_000_1_mask.png", "a_000_2_mask.png"]
    assert matched([f"{stem}.jpg" for stem in STEMS], masks) == [masks[1], masks[2], None]


def test_the_longest_name_wins():
    assert matched(["x_1.jpg", "x_1_2.jpg"], ["x_1_2_mask.png", "x_1_mask.png"]) == [
        "x_1_mask.png",
        "x_1_2_mask.png",
    ]


def test_equal_stems_are_told_apart_by_their_folders():
    images = ["cam1/0001.jpg", "cam2/0001.jpg"]
    found = named(images, ["cam2/0001.png", "cam1/0001.png"])
    assert found.file.tolist() == [1, 0]
    assert list(found.keys) == ["cam1/0001", "cam2/0001"]


def test_masks_of_nothing_and_masks_again():
    found = named(["a.jpg", "b.jpg"], ["one/a.png", "two/a.png", "c.png", "ab.png"])
    assert found.file.tolist() == [0, -1]
    assert (found.repeated, found.strange) == ([1], [2, 3])
    assert found.matched == 1
