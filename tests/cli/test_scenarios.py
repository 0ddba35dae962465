"""`scenarios`: exit codes, what is stored, and the file that goes into git."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aquarium_tui.__main__ import main
from aquarium_tui.store import Segments, Store
from tests.narrow import of_type
from tests.report.scene import scene

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    store, found = Store(tmp_path / "home"), scene()
    store.add_dataset(found.dataset)
    for side in ("base", "other"):
        store.add_inferences(store.load_dataset("test", "val"), found.inferences(side))
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))

    def run(command: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["aquarium-tui", command, "test/val", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return of_type(int, left.value.code or 0), out, err

    return run


def test_without_any_all_frames_are_listed(run: Run) -> None:
    code, out, err = run("scenarios", "--check")
    assert (code, err) == (0, "") and "All frames" in out


def test_added_checked_exported_removed_and_imported(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "scenarios.toml"
    added = ("--add", "cars", "--query", 'frame.id = "f0"', "--kind", "regression test")
    assert run("scenarios", *added, "--target", "recall >= 0.6")[0] == 0
    assert run("scenarios", *added)[0] == 2  # the name is taken
    assert run("scenarios")[0] == 0
    code, _, err = run("scenarios", "--check")
    assert code == 1 and "cars: recall >= 0.6: fail; other.recall is 0.5" in err
    code, out, _ = run("compare", "--format", "md", "--no-intervals")
    assert code == 0 and "  ✗ recall >= 0.6: fail; other.recall is 0.5" in out
    code, out, err = run("scenarios", "--format", "json")
    whole, cars = json.loads(out)["scenarios"]
    assert whole["frames"] == 1 and whole["outcome"] is None
    assert (cars["kind"], cars["outcome"], cars["targets"][0]["value"]) == ("regression test", "fail", 0.5)
    assert run("scenarios", "--export", str(file))[0] == 0
    assert run("scenarios", "--export", str(file))[0] == 2
    text = file.read_text("utf-8")
    Segments(tmp_path / "home" / "projects" / "test" / "val").delete("cars")
    file.write_text(text.replace("0.6", "0.5"))
    assert run("scenarios", "--import", str(file))[0] == 0
    assert run("scenarios", "--check")[0] == 0
    assert run("scenarios", "--export", "-")[1] == file.read_text("utf-8")


def test_a_file_that_does_not_fit_stores_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "scenarios.toml"
    file.write_text(
        '[[scenario]]\nname = "a"\nquery = "true"\n[[scenario]]\nname = "b"\nquery = "frame.x = 1"\n'
    )
    code, _, err = run("scenarios", "--import", str(file))
    assert code == 2 and "scenario" in err
    assert "a" not in run("scenarios", "--export", "-")[1].split()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--query", "true"),
        ("--target", "f1 > 0"),
        ("--add", "a"),
        ("--add", "All frames", "--query", "change = broken"),
        ("--add", "a", "--query", "true", "--target", "worse(f1)"),
        ("--import", "no.toml"),
        ("--add", "a", "--export", "-"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("scenarios", *arguments)[0] == 2


def test_the_gate_counts_the_frames_of_a_scenario(run: Run) -> None:
    run("scenarios", "--add", "first", "--query", 'frame.id = "f0"')
    for name in ("first", "All frames"):
        rule = f'scenario("{name}").recall < 0.6'
        assert run("compare", "--base", "old", "--other", "new", "--no-intervals", "--fail-on", rule)[0] == 1
