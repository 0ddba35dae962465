"""Measures of frames: of their images, and the features that a user brings."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from aquarium_tui.errors import UsageError
from aquarium_tui.media.photo import appearance
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.session.measures import features, groups_of
from aquarium_tui.store.measures import measures_stamp, read_measures, with_measures, write_measures
from tests.compare.scenes import dataset
from tests.narrow import of_type


def test_a_blurred_photo_is_as_bright_and_more_blurred(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300), np.uint8)
    sharp = Image.fromarray(noise)
    for name, image in (("sharp", sharp), ("soft", sharp.filter(ImageFilter.GaussianBlur(4)))):
        image.save(tmp_path / f"{name}.png")
    Image.new("L", (40, 30), 12).save(tmp_path / "dark.png")
    clear, soft, dark = (appearance(str(tmp_path / f"{n}.png")) for n in ("sharp", "soft", "dark"))
    assert abs(clear.brightness - soft.brightness) < 2 and clear.blur < 0.1 < soft.blur
    assert dark.brightness == 12 and dark.blur == 1


def test_features_are_kept_with_the_dataset_and_known_to_its_frames(tmp_path: Path) -> None:
    data = dataset(["car"], [(0, "car", (0.0, 0.0, 9.0, 9.0))], frames=3)
    table = tmp_path / "features.csv"
    table.write_text("frame,haze,site\nf2,0.5,b\nf0,0.25,a\nelsewhere,1,c\n")
    found = features(data, table)
    assert [of_type(Values, found["haze"])[row] for row in range(3)] == [0.25, None, 0.5]
    before = measures_stamp(tmp_path)
    write_measures(tmp_path, data.frames, found)
    assert measures_stamp(tmp_path) != before
    metadata = with_measures(data, read_measures(tmp_path, data.frames)).frames.metadata
    assert list(of_type(Text, metadata["site"])) == ["a", None, "b"]
    table.write_text("frame,haze\nx,1\n")
    with pytest.raises(UsageError, match="None of the 1 row"):
        features(data, table)
    table.write_text("haze,site\n1,a\n")
    with pytest.raises(UsageError, match="no column of frame ids"):
        features(data, table)


def test_vectors_that_are_alike_are_one_group(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    vectors = np.repeat(np.eye(3), 20, axis=0) * 9 + random.normal(0, 0.1, (60, 3))
    groups = groups_of(vectors, 3)
    assert [len(set(groups.codes[at : at + 20].tolist())) for at in (0, 20, 40)] == [1, 1, 1]
    assert len(set(groups.codes.tolist())) == 3
    vectors[0, 0] = np.nan
    assert groups_of(vectors, 3)[0] is None
    np.save(tmp_path / "seen.npy", vectors[:2])
    with pytest.raises(UsageError, match="has the shape"):
        features(dataset(["car"], [], frames=3), tmp_path / "seen.npy")
