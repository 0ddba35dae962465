"""Queries and segments from the shell."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.errors import AquariumError, QueryError, UsageError
from tests.tui.scene import make_store

Run = Callable[..., str]


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


def test_frames_are_listed_in_the_order_asked_for(run: Run) -> None:
    assert run("frames", "street/val").split() == ["f1", "f2", "f3", "f4"]
    query = 'frame.time_of_day = "night" order by frame.id desc'
    assert run("frames", "street/val", "--query", query).split() == ["f3", "f2"]


def test_frames_as_records_carry_counts_and_metadata(run: Run) -> None:
    out = run("frames", "street/val", "--query", 'frame.id = "f2"', "--format", "csv")
    (row,) = csv.DictReader(StringIO(out))
    assert (row["labels"], row["base_errors"], row["other_errors"]) == ("2", "0", "2")
    assert row["meta_time_of_day"] == "night"
    (record,) = map(
        json.loads,
        run("frames", "street/val", "--query", 'frame.id = "f4"', "--format", "jsonl").splitlines(),
    )
    assert record["base_f1"] is None


def test_objects_of_a_query_and_of_a_cell_within_it(run: Run) -> None:
    out = run(
        "objects", "street/val", "--query", "change = broken and label is not missing", "--format", "jsonl"
    )
    assert [json.loads(line)["label_id"] for line in out.splitlines()] == ["2", "3"]
    night = 'frame.time_of_day = "night"'
    out = run("objects", "street/val", "--cell", "cyclist:pedestrian", "--query", night, "--format", "jsonl")
    assert [json.loads(line)["list"] for line in out.splitlines()] == ["unchanged"]


def test_compare_counts_only_what_the_query_selects(run: Run) -> None:
    whole = json.loads(run("compare", "street/val", "--format", "json"))
    night = json.loads(
        run("compare", "street/val", "--query", 'frame.time_of_day = "night"', "--format", "json")
    )
    assert (whole["frames"], night["frames"]) == (4, 2)
    assert (whole["labels"], night["labels"]) == (5, 3)
    assert night["confusion"]["base"] == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    assert night["confusion"]["delta"] == [[-1, 0, 0, 1], [0, 0, 0, 0], [0, 1, -1, 0], [0, 0, 0, 0]]


def test_segments_are_saved_used_renamed_and_deleted(run: Run) -> None:
    assert run(
        "segments", "save", "street/val", "--name", "dark", "--query", 'frame.time_of_day = "night"'
    ) == ("dark: live, now 2 frames\n")
    run("segments", "save", "street/val", "--name", "broken", "--query", "change = broken", "--snapshot")
    assert run("segments", "list", "street/val").splitlines() == [
        "broken  2 frames      change = broken",
        'dark    live          frame.time_of_day = "night"',
    ]
    both = 'frame.segment = "dark" and frame.segment = "broken"'
    assert run("frames", "street/val", "--query", both).split() == ["f2"]
    run("segments", "rename", "street/val", "dark", "night")
    run("segments", "rm", "street/val", "broken")
    assert run("segments", "list", "street/val").split()[0] == "night"


def test_what_cannot_be_asked_is_said(run: Run) -> None:
    with pytest.raises(QueryError, match="unknown class"):
        run("frames", "street/val", "--query", 'label.class = "cyclst"')
    with pytest.raises(UsageError, match="which objects"):
        run("objects", "street/val")
    with pytest.raises(UsageError, match="--query is missing"):
        run("segments", "save", "street/val", "--name", "x")
