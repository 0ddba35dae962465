"""A kind that only the tests know goes the whole way: upload, compare, Frames, render."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from aquarium_tui.cli.app import app as commands
from aquarium_tui.errors import StoreError
from aquarium_tui.kinds import kind_of, registered
from aquarium_tui.model.tables import Project
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from tests.kinds.tags import TAGS, TagKind
from tests.tui.screen import sees

LABELS = "a.png: cat dog\nb.png: dog\nc.png:\n"
BASE = "a.png: cat=0.9\nb.png: dog=0.8 cat=0.7\nc.png: cat=0.05\n"
OTHER = "a.png: cat=0.9 dog=0.6\nb.png: dog=0.8\nc.png: cat=0.95\n"
SETS = ("pets/val", "--base", "old", "--other", "new")
CHOSEN = Choice("pets", "val", "old", "new")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store that two uploads have filled, while the kind is registered."""
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "store"))
    for name in ("a", "b", "c"):
        Image.new("RGB", (40, 30), "red").save(tmp_path / f"{name}.png")
    for name, text in (("labels", LABELS), ("old", BASE), ("new", OTHER)):
        (tmp_path / f"{name}.tags").write_text(text)
    with registered(TagKind()):
        to = ("--aquarium-project", "pets", "--aquarium-dataset", "val")
        run("upload", *to, "--labels", str(tmp_path / "labels.tags"))
        for name in ("old", "new"):
            run("upload", *to, "--inferences-id", name, "--inferences", str(tmp_path / f"{name}.tags"))
        yield tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_its_reader_decides_the_task_of_a_new_project(home: Path) -> None:
    assert Store(home / "store").project("pets").task == TAGS


def test_it_is_compared_as_text_and_json(home: Path) -> None:
    text = run("compare", *SETS)
    assert "base old → other new   3 tags" in text
    assert "wrong tags" in text
    assert "dog → no class 1 → 0" in " ".join(text.split())
    found = json.loads(run("compare", *SETS, "--format", "json"))
    assert found["labels"] == 3
    assert found["tags"] == {"base": {"errors": 2.0}, "other": {"errors": 1.0}, "delta": {"errors": -1.0}}
    assert found["report"]["total"]["delta"]["recall"] == 0.25


def test_its_settings_and_fields_are_understood_everywhere(home: Path) -> None:
    found = json.loads(run("compare", *SETS, "--confidence", "0.01", "--format", "json"))
    assert found["tags"]["base"] == {"errors": 3.0}
    rows = run("frames", *SETS, "--query", "delta.errors < 0 order by delta.errors", "--format", "csv")
    assert rows.splitlines() == [
        "frame,path,width,height,base_errors,other_errors",
        "a,a.png,,,1,0",
        "b,b.png,,,1,0",
    ]
    assert run("frames", *SETS, "--cell", "background:cat", "--format", "ids").split() == ["b", "c"]


def test_its_frames_are_written_as_pictures(home: Path) -> None:
    run("render", "pets/val", "a", *SETS[1:], "--out", str(home / "out.png"))
    with Image.open(home / "out.png") as picture:
        assert picture.size == (40, 30)


async def test_its_metrics_and_frames_are_shown(home: Path) -> None:
    async with AquariumApp(Store(home / "store"), CHOSEN).run_test(size=(140, 40)) as pilot:
        await sees(pilot, "old", "new", "3 labels", "cat", "dog", "wrong 2 → 1 −1")
        await pilot.press("1")
        await sees(pilot, "Δ errors", "by Δ errors ↓", "tagged")


def test_a_task_that_nobody_knows_is_named() -> None:
    with pytest.raises(StoreError, match="unknown task: tags"):
        kind_of(Project("pets", TAGS))
