"""`compare` as a gate: exit codes, what it prints where, and the files that it writes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aquarium_tui.__main__ import main
from aquarium_tui.model.metrics import SetValue
from aquarium_tui.store import Store
from aquarium_tui.store.starts import put_values
from tests.narrow import of_type
from tests.report.scene import scene

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `compare` on the scene: exit code, stdout, stderr."""
    store, found = Store(tmp_path / "home"), scene()
    store.add_dataset(found.dataset)
    for side in ("base", "other"):
        store.add_inferences(store.load_dataset("test", "val"), found.inferences(side))
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))

    def run(*arguments: str) -> tuple[int, str, str]:
        command = ["aquarium-tui", "compare", "test/val", "--base", "old", "--other", "new", *arguments]
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return of_type(int, left.value.code or 0), out, err

    return run


def test_passed_is_0_failed_1_and_a_rule_that_cannot_be_used_2(run: Run) -> None:
    code, out, err = run("--fail-on", "recall < 0.1", "--no-intervals")
    assert (code, err) == (0, "") and "gate: passed, 1 rule" in out
    code, out, err = run("--fail-on", "recall < 0.9", "--fail-on", "f1 < 0", "--no-intervals")
    assert code == 1 and "gate: 1 of 2 rules failed" in out
    assert err == "aquarium-tui: gate: recall < 0.9: other.recall is 0.5\n"
    code, out, err = run("--fail-on", "recal < 0.9")
    assert (code, out) == (2, "") and "Did you mean recall?" in err
    assert run("--fail-on", "scenario('night').f1 < 1")[0] == 2
    for rule, code in (("slice('label.width > 1').f1 < 2", 1), ("slice('label.wide > 1').f1 < 2", 2)):
        assert run("--fail-on", rule, "--no-intervals")[0] == code
    assert run("--junit", "x.xml")[0] == 2


def test_rules_from_a_file_and_results_as_json_and_junit(run: Run, tmp_path: Path) -> None:
    gate, junit = tmp_path / "gate.toml", tmp_path / "results.xml"
    gate.write_text('[[rule]]\nwhen = "recall < 0.9"\nname = "finds enough"\n')
    code, out, err = run("--gate", str(gate), "--junit", str(junit), "--format", "json", "--no-intervals")
    assert code == 1 and "finds enough (recall < 0.9)" in err
    (rule,) = json.loads(out)["gate"]["rules"]
    assert (rule["name"], rule["outcome"], rule["value"]) == ("finds enough", "failed", 0.5)
    assert 'name="finds enough"' in junit.read_text("utf-8")
    assert run("--gate", str(gate), "--junit", str(tmp_path / "no" / "x.xml"))[0] == 2


def test_markdown_is_the_same_each_time_and_shows_names_as_they_are(run: Run) -> None:
    options = ("--format", "md", "--no-pictures", "--fail-on", "worse(recall)")
    first, again = run(*options), run(*options)
    assert first == again and first[0] == 0
    assert first[1].startswith("### test/val   base old → other new")
    assert "| car | 3 | 1.000 (+.500\\~) |" in first[1]
    assert "- ? worse(recall): delta 0" in first[1]


def test_figures_of_sets_that_are_in_no_file_are_known_by_name(run: Run) -> None:
    put_values(Store.default(), "test", "val", "new", [SetValue("latency_ms", 19.0, higher_is_better=False)])
    code, out, _ = run("--no-intervals", "--fail-on", "latency_ms > 15")
    assert (code, "other.latency_ms is 19" in out) == (1, True)
    code, _, err = run("--no-intervals", "--fail-on", "delta.latency_ms > 15")
    assert code == 2 and "delta.latency_ms is not defined" in err
