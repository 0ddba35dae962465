"""Every row of the benchmarks runs, at a tiny scale, and the command as a whole."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import parts
from benchmarks.__main__ import main
from benchmarks.child import loaded
from benchmarks.report import lines
from benchmarks.runs import Result
from benchmarks.table import ROWS, THEMES, Theme, chosen
from benchmarks.work import NotMeasuredError, Site

FRAMES = 20
SLOW = {"link-kitty-large", "link-sixel"}
"""Rows of the slow line that differ from another only in their terminal; each takes 10 s."""
TINY = ["--scale", str(FRAMES / 5_000)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.mark.filterwarnings("ignore:Image.Image.getdata is deprecated:DeprecationWarning")  # by textual-image
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_row_gives_its_figures(theme: Theme, data: Path, tmp_path: Path) -> None:
    for row in theme.rows:
        if row.name in SLOW:
            continue
        for part in row.needs:
            parts.make(data, part, FRAMES)
        for side, place in enumerate((row.work, row.against)):
            if not place or place == "terminal:shown_stock":  # It takes 20 s over a slow line.
                continue
            folder = tmp_path / row.name / str(side)
            folder.mkdir(parents=True)
            with contextlib.redirect_stdout(None):
                figures = loaded(place)(Site(data, FRAMES, folder), *row.arguments)()
            for figure in row.figures:
                assert figures[figure.name] > 0, (row.name, figure.name)


def test_the_command_measures_prints_and_writes(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run.json"
    options = [*TINY, "--repeat", "3", "--data", str(data), "--json", str(out)]
    assert main([*options, "--only", "ledger", "--only", "version", "--only", "ap-small"]) == 0
    printed = capsys.readouterr().out
    assert "ledger of objects" in printed and "next to pycocotools" in printed
    document = json.loads(out.read_text())
    assert set(document) == {"format", "generator", "scale", "repeat", "about", "rows"}
    assert list(document["rows"]) == ["version", "ledger", "ap-small"]
    row = document["rows"]["ap-small"]
    assert set(row) == {"ours", "reference", "ratio"}
    time = row["ours"]["figures"]["time"]
    assert len(time["values"]) == 3 and time["median"] == sorted(time["values"])[1]
    assert row["ours"]["peak"] > 20
    assert row["ratio"]["time"] > 0
    assert main(["--read", str(out), "--against", str(out)]) == 0
    assert "Nothing moved beyond noise." in capsys.readouterr().out


def test_what_was_not_measured_has_no_figure() -> None:
    row = ROWS["open"]
    (printed,) = [line for line in lines(row, Result(failed="nothing was drawn"), 1) if line.strip()]
    assert printed.split("  ")[-1].strip() == "not measured: nothing was drawn"


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    from benchmarks.rows.commands import aquarium, launched

    work = launched(Site(tmp_path, 1, tmp_path), aquarium("show", "no/thing"), home=tmp_path)
    with pytest.raises(NotMeasuredError, match="exit code 2"):
        work()


def test_a_screen_that_is_never_drawn_is_not_measured(tmp_path: Path) -> None:
    from benchmarks.rows.commands import launched

    work = launched(Site(tmp_path, 1, tmp_path), [sys.executable, "-c", "print('no')"], sign="cells", quiet=0)
    with pytest.raises(NotMeasuredError, match="was not drawn"):
        work()


def test_a_row_that_fails_says_why_and_the_exit_code_is_1(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts.make(data, "detections", 1)
    table = parts.folder_of(data, "detections", 1) / "projects" / "bench" / "val" / "dataset.json"
    table.write_text("{}")
    options = ["--scale", "0.0002", "--repeat", "1", "--data", str(data), "--only", "ledger"]
    assert main(options) == 1
    assert "not measured: StoreError" in capsys.readouterr().out


def test_rows_are_chosen_by_part_of_a_name_pattern_or_theme() -> None:
    assert [row.name for row in chosen(["thresh"])] == [
        "threshold-overlap",
        "threshold-same-class",
        "threshold-confidence",
        "classes-thresholds",
    ]
    assert [row.name for row in chosen(["samp", "ledg*"])] == ["ledger", "resamples", "masks-resamples"]
    assert {row.name for row in chosen(["commands"])} == {row.name for row in THEMES[0].rows}
    assert len(chosen([])) == len(ROWS)


def test_wrong_usage_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.json"
    file.write_text("{}")
    for options, said in (
        (["--only", "nothing"], "no row matches nothing"),
        (["--read", str(file)], "does not hold the results of a run"),
        (["--repeat", "0"], "must be above 0"),
        (["--json", str(tmp_path / "no" / "run.json")], "there is no folder"),
        (["--only", "ledger", "--write-docs"], "--write-docs needs these rows, too: version"),
        (["--against", str(file)], "does not hold the results of a run"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(options)
        assert ended.value.code == 2
        assert said in capsys.readouterr().err


def test_the_measuring_process_loads_nothing_heavy() -> None:
    show = "import sys, benchmarks.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert not {"numpy", "duckdb", "PIL", "textual"} & set(done.stdout.split())
