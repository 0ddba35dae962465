"""`slices`, and what `--only` leaves of other commands."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from tests.tui import scene


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AQUARIUM_HOME", str(scene.make_store(tmp_path).root))
    return tmp_path


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_slices_are_listed_as_text_and_json(home: Path) -> None:
    name = f"{scene.CHOSEN.project}/{scene.CHOSEN.dataset}"
    assert "size: medium" in run("slices", name)
    document = json.loads(run("slices", name, "--format", "json", "--ap"))
    first = document["slices"][0]
    assert "label.area" in first["condition"] and "AP" in first["other"]
    assert "0 slices found" in run("slices", name, "--find")


def test_only_the_objects_of_a_slice_are_counted_listed_and_exported(home: Path) -> None:
    name = f"{scene.CHOSEN.project}/{scene.CHOSEN.dataset}"
    whole = json.loads(run("compare", name, "--format", "json", "--no-intervals"))
    condition = f'label.class = "{whole["classes"][0]}"'
    part = json.loads(run("compare", name, "--format", "json", "--no-intervals", "--only", condition))
    assert part["only"] == condition
    support = whole["report"]["per_class"][0]["base"]["support"]
    assert part["labels"] == part["report"]["total"]["base"]["support"] == support
    records = run(
        "objects", name, "--query", "label is not missing", "--only", condition, "--format", "jsonl"
    )
    assert len(records.splitlines()) == support
    out = home / "out"
    told = run(
        "export", name, "--only", condition, "--out", out, "--inferences", scene.CHOSEN.base or "model_a"
    )
    assert f"{support} label" in told
    exported = json.loads((out / "labels.json").read_text("utf-8"))
    assert len(exported["annotations"]) == support
