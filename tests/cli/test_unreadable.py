"""What cannot be read or written is said, and nothing is left out without a word."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aquarium_tui.__main__ import main
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Segments, Store
from tests.narrow import of_type
from tests.store import small

UNPRIVILEGED: list[str] = []
if os.geteuid() == 0:
    without = "-dac_override,-dac_read_search"
    UNPRIVILEGED = ["setpriv", f"--bounding-set={without}", f"--inh-caps={without}"]
    pytestmark = pytest.mark.skipif(shutil.which("setpriv") is None, reason="root may do everything")


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = Store(tmp_path / "home")
    store.add_dataset(small.dataset())
    for id_ in ("a", "b", "c"):
        store.add_inferences(small.dataset(), InferenceSet(id_, small.objects([0, 1])))
    return store


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command."""

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        monkeypatch.setattr(sys, "argv", ["aquarium-tui", *words])
        with pytest.raises(SystemExit) as left:
            main()
        return subprocess.CompletedProcess(words, of_type(int, left.value.code or 0), *capsys.readouterr())

    return run


def run_restricted(*words: str) -> "subprocess.CompletedProcess[str]":
    """A command, for which permissions hold even where root runs the tests."""
    done = subprocess.run(
        [*UNPRIVILEGED, sys.executable, "-m", "aquarium_tui", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def allow(store: Store, mode: int) -> None:
    """Give every file and folder of the store a mode."""
    for place in (*store.root.rglob("*"), store.root):
        place.chmod(mode if place.is_dir() else mode & 0o666)


def damage(store: Store, id_: str = "b") -> Path:
    path = store.root / "projects" / "street" / "val" / "inferences" / id_ / "set.json"
    path.write_text("{")
    return path


@pytest.mark.parametrize("how", ["content", "gone"])
@pytest.mark.parametrize("command", ["compare", "frames", "objects"])
def test_a_damaged_set_is_not_left_out(store: Store, run: Run, command: str, how: str) -> None:
    damage(store).unlink() if how == "gone" else damage(store)
    query = ["--query", "label.area > 0"] if command == "objects" else []
    open_ = run(command, "street/val", *query)
    assert (open_.returncode, open_.stdout) == (2, "")
    assert "set.json is " in open_.stderr
    assert "Name those to compare with --base and --other: a, c." in open_.stderr
    named = run(command, "street/val", "--base", "a", "--other", "c", *query)
    assert named.returncode == 0
    assert "left out, as it cannot be read: b: " in named.stderr
    of_damaged = run(command, "street/val", "--base", "a", "--other", "b", *query)
    assert of_damaged.returncode == 2
    assert "Inference set street/val/b cannot be used" in of_damaged.stderr


@pytest.mark.parametrize("command", ["leaderboard", "metrics list"])
def test_a_damaged_set_is_named_beside_the_others(store: Store, run: Run, command: str) -> None:
    damage(store)
    done = run(*command.split(), "street/val")
    assert done.returncode == 2
    assert "b: " in done.stderr
    assert ("c" in done.stdout) == (command == "leaderboard")


def test_thresholds_of_a_damaged_set_are_not_known(store: Store, run: Run) -> None:
    damage(store)
    done = run("thresholds", "show", "street/val/b")
    assert (done.returncode, done.stdout) == (2, "")
    assert "set.json" in done.stderr
    assert run("thresholds", "show", "street/val/nowhere").returncode == 2


def test_a_store_of_damaged_sets_alone_is_not_called_empty(store: Store, run: Run) -> None:
    for id_ in "abc":
        damage(store, id_)
    done = run("compare", "street/val")
    assert done.returncode == 2
    assert "no inference set" not in done.stderr
    assert "has inference sets that cannot be read" in done.stderr
    assert run("doctor", "street/val").returncode == 2


def test_a_damaged_segment_is_not_left_out_of_a_list(store: Store, run: Run) -> None:
    segments = Segments(store.dataset_folder("street", "val"))
    for name in ("large", "small"):
        segments.save(Segment(name, "label.area > 9"))
    (segments.folder / "small.json").write_text("{")
    listed = run("segments", "list", "street/val")
    assert (listed.returncode, listed.stdout.split()[0]) == (2, "large")
    compared = run("compare", "street/val", "--base", "a", "--other", "c")
    assert compared.returncode == 0
    checked = run("doctor", "street/val")
    assert checked.returncode == 2
    for done in (listed, compared, checked):
        assert "small.json is damaged" in done.stderr


@pytest.mark.parametrize("place", ["", "projects", "projects/street", "projects/street/val/inferences"])
def test_what_may_not_be_read_belongs_to_somebody(store: Store, place: str) -> None:
    allow(store, 0o755)
    (store.root / place).chmod(0)
    done = run_restricted("compare", "street/val")
    (store.root / place).chmod(0o755)
    assert done.returncode == 2
    assert "cannot be read: Permission denied" in done.stderr
    assert "belongs to user" in done.stderr
    for false in ("There is no", "no inference set", "rm "):
        assert false not in done.stderr


@pytest.mark.parametrize(
    "name", ["project.json", "val/dataset.json", "val/labels.parquet", "val/inferences/a/set.json"]
)
def test_a_file_that_may_not_be_read_is_not_called_damaged(store: Store, name: str) -> None:
    allow(store, 0o755)
    (store.root / "projects" / "street" / name).chmod(0)
    done = run_restricted("compare", "street/val", "--base", "a", "--other", "c")
    assert done.returncode == 2
    assert "cannot be read: Permission denied" in done.stderr
    assert "damaged" not in done.stderr


def test_a_store_that_cannot_be_written_is_read(store: Store) -> None:
    allow(store, 0o555)
    done = run_restricted("compare", "street/val", "--base", "a", "--other", "c")
    assert (done.returncode, done.stderr) == (0, "")
    for command in (
        ["rm", "street/val/a", "--yes"],
        ["segments", "save", "street/val", "--base", "a", "--query", "label.area > 0", "--name", "s"],
    ):
        refused = run_restricted(*command)
        assert refused.returncode == 2
        assert "cannot be written: Permission denied" in refused.stderr
    allow(store, 0o755)


def test_the_interface_says_that_a_store_is_read_only(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    assert "read-only store" in Session(store).open(Choice("street", "val", "a", "c")).warning
    damage(store)
    assert "1 more unreadable" in Session(store).open(Choice("street", "val", "a", "c")).warning


def test_no_word_of_the_database_reaches_the_user(store: Store, run: Run) -> None:
    table = store.root / "projects" / "street" / "val" / "labels.parquet"
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 255
    table.write_bytes(content)
    done = run("compare", "street/val", "--base", "a", "--other", "c")
    assert done.returncode == 2
    assert "labels.parquet is damaged: its content has changed" in done.stderr
    assert "rm " not in done.stderr
