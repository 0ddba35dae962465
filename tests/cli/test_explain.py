"""`explain` on the command line."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.cli.figures import ToolName
from aquarium_tui.errors import AquariumError, UsageError
from aquarium_tui.explain.explanation import OBJECT_COLUMNS, Asked, explain
from aquarium_tui.explain.rules import TOOLS
from aquarium_tui.model.tables import CLASSIFICATION, MASK
from tests.compare.scenes import comparison, tiny
from tests.tui.scene import make_store

Run = Callable[..., str]
ALONE = ("explain", "street/val", "--set", "model_b", "--as")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("AQUARIUM_HOME", str(make_store(tmp_path).root))

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, arguments)
        if isinstance(done.exception, AquariumError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_the_tools_that_may_be_named_are_those_of_the_table() -> None:
    assert get_args(ToolName) == tuple(TOOLS)


@pytest.mark.parametrize("tool", TOOLS)
def test_text_json_and_csv_say_the_same(tool: str, run: Run) -> None:
    document = json.loads(run(*ALONE, tool, "--format", "json"))
    rows = list(csv.DictReader(StringIO(run(*ALONE, tool, "--format", "csv"))))
    text = run(*ALONE, tool)
    assert (document["tool"], document["set"]) == (tool, "model_b")
    total = sum(document["differing"].values())
    assert total == len(document["objects"]) == len(rows)
    assert total == sum(one["labels"] + one["inferences"] for one in document["reasons"])
    assert tuple(rows[0]) == OBJECT_COLUMNS if rows else True
    for one in document["reasons"]:
        assert one["why"] in text
    for figure in document["figures"]:
        assert figure in text
    if document["matrix"]:
        counted = sum(map(sum, document["matrix"]["counts"]))
        assert counted >= 5 and document["matrix"]["rows"] == (
            "labels" if TOOLS[tool].rows_are_labels else "inferences"
        )


def test_a_matrix_and_figures_are_checked_first(run: Run, tmp_path: Path) -> None:
    document = json.loads(run(*ALONE, "mmdet", "--format", "json"))
    path = tmp_path / "theirs.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in document["matrix"]["counts"]))
    ap = document["figures"]["bbox_mAP"]
    arguments = (
        *ALONE,
        "mmdet",
        "--matrix",
        str(path),
        "--figure",
        f"bbox_mAP={ap:.3f}",
        "--figure",
        "AP50=.001",
    )
    text = run(*arguments).split("\n\n")
    assert text[1].startswith("The matrix is equal: all 16 cells")
    assert text[2].startswith(f"bbox_mAP = {ap:.3f} is equal, to the digits given")
    assert text[3].startswith("bbox_mAP_50 = 0.001 differs")
    found = json.loads(run(*arguments, "--format", "json"))
    assert found["given_matrix"] == {"equal": True, "cells": [], "outside": 0}
    assert [one["equal"] for one in found["given_figures"]] == [True, False]
    path.write_text(path.read_text().replace("1", "7", 1))
    text = run(*arguments).split("\n\n")
    assert text[1].startswith("1 of 16 cells differs from what mmdet gives by its rule.")
    assert text[2].splitlines()[0].split() == ["label", "inferred", "given", "reproduced"]


def test_the_screen_and_the_tool_have_thresholds_of_their_own(run: Run) -> None:
    options = ("--confidence", "0.2", "--their-confidence", "0.2", "--iou", "0.6", "--their-iou", "0.6")
    found = json.loads(run(*ALONE, "fiftyone", *options, "--format", "json"))
    assert found["rule"]["confidence"] == found["screen"]["confidence"] == 0.2
    assert found["rule"]["iou"] == found["screen"]["iou"] == 0.6
    older = json.loads(run(*ALONE, "ultralytics", "--release", "8.3.0", "--format", "json"))
    assert (older["release"], older["rule"]["claim"]) == ("8.3.0", "best")


def test_a_long_list_is_cut_and_says_so(run: Run) -> None:
    total = sum(json.loads(run(*ALONE, "pycocotools", "--format", "json"))["differing"].values())
    assert total > 1
    assert f"… {total - 1} more: --limit 0 shows all" in run(*ALONE, "pycocotools", "--limit", "1")
    assert "more:" not in run(*ALONE, "pycocotools", "--limit", "0")


def test_only_frames_of_a_query_count(run: Run) -> None:
    query = 'frame.time_of_day = "night"'
    whole, part = (
        json.loads(run(*ALONE, "supervision", *extra, "--format", "json"))
        for extra in ((), ("--query", query))
    )
    assert sum(map(sum, part["matrix"]["counts"])) < sum(map(sum, whole["matrix"]["counts"]))


def test_one_of_several_sets_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = make_store(tmp_path, ("model_a", "model_b", "model_c"))
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    done = CliRunner().invoke(app, ["explain", "street/val", "--as", "mmdet"])
    assert "Name one with --set" in str(done.exception)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "street/val", "--as", "mmdet"), "has the sets model_a and model_b"),
        ((*ALONE, "pycocotools", "--figure", "P=.5"), 'does not print "P"'),
        ((*ALONE, "ultralytics", "--release", "1.0"), 'the rule of ultralytics "1.0" is not known'),
    ],
)
def test_what_cannot_be_explained_is_refused(arguments: tuple[str, ...], words: str, run: Run) -> None:
    with pytest.raises(UsageError, match=words):
        run(*arguments)


def test_a_tool_without_a_matrix_has_none_to_compare_with(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("1,2\n3,4")
    with pytest.raises(UsageError, match="pycocotools makes no confusion matrix"):
        run(*ALONE, "pycocotools", "--matrix", str(path))


def test_other_tasks_are_refused() -> None:
    one = comparison(["car"], [(0, "car", tiny(10))], [])
    for change, words in (
        ({"task": CLASSIFICATION}, "test is about classification"),
        ({"iou_type": MASK}, "objects matched by their masks"),
    ):
        project = replace(one.dataset.project, **change)
        with pytest.raises(UsageError, match=words):
            explain(replace(one, dataset=replace(one.dataset, project=project)), Asked(TOOLS["mmdet"]))
