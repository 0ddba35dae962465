"""`--spec`, `--info` and errors as JSON, for scripts and agents."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aquarium_tui.__main__ import main
from aquarium_tui.cli import exit_codes
from tests.narrow import of_type

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in an empty store: exit code, stdout, stderr."""
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(exit_codes, "_WANTS", exit_codes._Wanted())

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["aquarium-tui", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return of_type(int, left.value.code or 0), out, err

    return run


def test_the_spec_names_everything_a_script_needs(run: Run) -> None:
    code, out, _ = run("--spec")
    document = json.loads(out)
    assert code == 0 and document["format"] == 1
    commands = {command["name"]: command for command in document["commands"]}
    assert {"compare", "upload", "segments save"} <= set(commands)
    options = {each["name"]: each for each in commands["compare"]["parameters"]}
    assert options["PROJECT/DATASET"]["kind"] == "argument" and options["PROJECT/DATASET"]["required"]
    assert options["--rule"]["choices"] == ["overlap", "same-class", "confidence"]
    assert options["--iou"]["type"] == "number" and options["--fail-on"]["repeatable"]
    assert set(document["exit_codes"]) == {"0", "1", "2", "70", "74", "130", "141"}
    detection = document["tasks"]["detection"]
    assert {"recall", "AP50"} <= set(detection["class_figures"]) and "micro" in detection["averages"]
    fields = {field["name"]: field for field in detection["fields"]}
    assert {"label.class", "frame.id", "change"} <= set(fields) and "label.occlusion" not in fields
    assert fields["change"]["values"] == ["fixed", "broken", "moved", "same_error", "both_correct"]
    assert fields["label.class"]["values"] == [], "classes are those of a project"
    assert document["queries"]["grammar"].startswith("query ") and "count" in document["queries"]["words"]
    assert "missed" in detection["words"] and "delta" in document["conventions"]
    assert "miou" in document["tasks"]["segmentation"]["totals"]


def test_commands_work_on_the_demo_that_the_spec_names(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = json.loads(run("--spec")[1])["tasks"]["detection"]["demo"]
    monkeypatch.setenv("AQUARIUM_HOME", demo["home"])
    query = "count(other where outcome = spurious) > 2 order by delta.errors desc limit 2"
    code, out, _ = run("frames", demo["place"], "--query", query, "--format", "jsonl")
    assert code == 0 and [json.loads(line)["other_spurious"] > 2 for line in out.splitlines()] == [True, True]


def test_info_names_versions_store_and_terminal(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("--info")
    assert code == 0 and f"{tmp_path / 'home'}, 0 projects, 0 datasets" in out
    assert "textual" in out and "terminal" in out


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (["compare", "no/thing", "--errors", "json"], "NotFoundError", "no project no"),
        (["--errors=json", "compare", "no/thing", "--iou", "x"], "UsageError", "--iou"),
        (["--errors", "json", "compare"], "UsageError", "PROJECT/DATASET"),
        (["compare", "--nope", "--errors", "json"], "UsageError", "--nope"),
        (["lss", "--errors", "json"], "UsageError", "lss"),
        (["segments", "--errors", "json"], "UsageError", "`aquarium-tui segments` needs a command"),
        (["ls", "--errors", "text", "--errors=json", "--nope"], "UsageError", "--nope"),
        (["--errors", "xml", "ls"], "UsageError", "'xml'"),
        (["ls", "--errors"], "UsageError", "needs a value"),
    ],
)
def test_every_error_is_json_on_demand(run: Run, arguments: list[str], kind: str, words: str) -> None:
    code, out, err = run(*arguments)
    error = json.loads(err)["error"]
    assert (code, out, error["kind"], error["exit_code"]) == (2, "", kind, 2)
    assert words in error["message"]


def test_without_it_errors_are_sentences(run: Run) -> None:
    assert run("compare", "no/thing")[2].startswith("aquarium-tui: There is no project no.")
    assert run("compare", "no/thing", "--errors", "text")[2].startswith("aquarium-tui: There is no")
    code, out, err = run("config", "--", "--errors", "json")
    assert (code, out) == (2, "") and not err.startswith("{"), "what follows -- is not an option"
