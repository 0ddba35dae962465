"""Surveys of masks."""

from pathlib import Path

import numpy as np
from PIL import Image

from aquarium_tui.ingest.masks.folder import Survey, survey
from aquarium_tui.model.masks import color_value


def _saved(path: Path, picture: Image.Image) -> Survey:
    picture.save(path)
    found = survey(str(path))
    assert isinstance(found, Survey)
    return found


def test_a_mask_that_cannot_be_read_is_told_by_its_reason(tmp_path: Path) -> None:
    assert survey(str(tmp_path / "none.png")) == "no such file"


def test_a_survey_counts_every_value(tmp_path: Path) -> None:
    values = np.array([[3, 3, 0], [0, 3, 200]], np.uint8)
    found = _saved(tmp_path / "m.png", Image.fromarray(values))
    assert (found.width, found.height, found.colored) == (3, 2, False)
    assert dict(zip(found.value.tolist(), found.pixels.tolist(), strict=True)) == {0: 2, 3: 3, 200: 1}
    colored = _saved(tmp_path / "c.png", Image.new("RGB", (4, 4), (9, 8, 7)))
    assert colored.colored
    assert (colored.value.tolist(), colored.pixels.tolist()) == ([color_value((9, 8, 7))], [16])
