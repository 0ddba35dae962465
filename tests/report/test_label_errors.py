"""`compare` says what the figures are with judged label errors and without them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.model.reviews import Edit, Sighting, Subject
from aquarium_tui.store.reviews import ReviewLog, now
from tests.tui.scene import make_store

CAR = Subject("f2", Sighting("3", "car", (200.0, 60.0, 320.0, 140.0)))


def test_figures_with_and_without_label_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    command = ["compare", "street/val", "--no-intervals"]
    assert "label errors" not in CliRunner().invoke(app, command).output
    log = ReviewLog(store.dataset_folder("street", "val"))
    log.append([Edit(now(), "anna", CAR, "verdict", "label error")])
    text = CliRunner().invoke(app, command).output
    assert "1 object judged to be label errors" in text
    assert "recall .600 → .400 (−.200)" in text
    assert "recall .500 → .500 (.000)" in text
    document = json.loads(CliRunner().invoke(app, [*command, "--format", "json"]).output)
    assert document["label_errors"]["without"]["other"]["recall"] == 0.5
    sliced = [*command, "--only", 'object.verdict != "label error"']
    assert "with them" not in CliRunner().invoke(app, sliced).output
