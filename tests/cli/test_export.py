"""A frame as a picture file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.errors import AquariumError
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.render.palette import palette
from tests.tui import mask_scene, scene

Run = Callable[..., None]


@pytest.fixture
def run() -> Run:
    def run(*arguments: object) -> None:
        words = [*arguments, "--force"] if arguments[0] == "render" else arguments
        done = CliRunner().invoke(app, [str(each) for each in words])
        if isinstance(done.exception, AquariumError):
            raise done.exception
        assert done.exit_code == 0, done.output

    return run


@pytest.fixture
def masks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AQUARIUM_HOME", str(mask_scene.make_store(tmp_path).root))
    return tmp_path / "out.png"


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def count(path: Path, kind: Diff) -> int:
    return int((pixels(path) == palette().word_color(kind.word)).all(axis=2).sum())


def test_the_diff_map_has_the_colours_that_are_counted(masks: Path, run: Run) -> None:
    run("render", "masks/val", "f1", "--out", masks, "--opacity", 1)
    assert (count(masks, Diff.FIXED), count(masks, Diff.BROKEN)) == (800, 0)
    run("render", "masks/val", "f2", "--out", masks, "--opacity", 1, "--cell", "sky:car")
    # Hatched by who is wrong, so darker along the lines; what the cell leaves out is dim.
    red, green = pixels(masks)[..., 0].astype(int), pixels(masks)[..., 1].astype(int)
    assert ((red - green > 60).sum(), count(masks, Diff.BOTH_RIGHT)) == (1600, 0)


def test_a_picture_is_as_wide_as_asked_for(masks: Path, run: Run) -> None:
    run("render", "masks/val", "f2", "--out", masks, "--masks", "other", "--width", 320)
    assert pixels(masks).shape == (160, 320, 3)


def test_boxes_are_drawn_on_the_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", str(scene.make_store(tmp_path).root))
    run("render", "street/val", "f1", "--out", tmp_path / "a.jpg")
    run("render", "street/val", "f4", "--out", tmp_path / "b.png")
    assert pixels(tmp_path / "a.jpg").shape == (*scene.SIZE[::-1], 3)
    assert len(np.unique(pixels(tmp_path / "b.png").reshape(-1, 3), axis=0)) == 1, "f4 has no objects"


def test_one_object_can_be_looked_at_closely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", str(scene.make_store(tmp_path).root))
    out = tmp_path / "a.png"
    looks = []
    for more in ([], ["--cell", "cyclist:pedestrian"], ["--detail", "changes"]):
        run("render", "street/val", "f1", "--out", out, "--width", 400, "--force", *more)
        looks.append(pixels(out))
    assert not any(np.array_equal(looks[0], look) for look in looks[1:])
    run("render", "street/val", "f1", "--out", out, "--cell", "cyclist:pedestrian", "--force")
    assert pixels(out).shape[1] >= 960
    for asked in (["--object", "nobody"], ["--cell", "pedestrian:car"]):
        with pytest.raises(AquariumError, match="No object of this frame"):
            run("render", "street/val", "f1", "--out", out, "--force", *asked)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["f9"], "no frame f9"),
        (["f4"], "mask is missing"),
        (["f1", "--base", "model_a", "--masks", "other"], "no other inference set"),
        (["f1", "--cell", "sky:cra"], "cra"),
    ],
)
def test_what_cannot_be_drawn_is_said(masks: Path, run: Run, arguments: list[str], said: str) -> None:
    with pytest.raises(AquariumError, match=said):
        run("render", "masks/val", *arguments, "--out", masks)
    assert not masks.exists()


def test_a_name_that_is_no_picture_and_a_folder_that_is_not_there_are_said(masks: Path, run: Run) -> None:
    with pytest.raises(AquariumError, match="does not end in the suffix"):
        run("render", "masks/val", "f1", "--out", masks.with_suffix(".txt"))
    with pytest.raises(AquariumError, match="cannot be written"):
        run("render", "masks/val", "f1", "--out", masks.parent / "nowhere" / "x.png")
