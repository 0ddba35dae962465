import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aquarium_tui.errors import StoreError
from aquarium_tui.store import Store, atomic
from aquarium_tui.store import folders as content
from aquarium_tui.store.access import writing
from tests.narrow import present
from tests.store import interrupting, small


def contents(store: Store) -> dict[str, object]:
    """Everything a user can find in the store; its tables must be whole."""
    found: dict[str, object] = {}
    for project in store.projects():
        found[project] = [entry.name for entry in store.project(project).class_map.entries]
        for dataset in store.datasets(project):
            card = store.dataset_card(project, dataset)
            assert card.damaged == ()
            folder = store.dataset_folder(project, dataset)
            tables = (folder / "frames.parquet", folder / "labels.parquet")
            assert content.hash_files(*tables) == card.provenance.fingerprint
            for one in card.sets:
                table = folder / "inferences" / one.id / "inferences.parquet"
                assert content.hash_files(table) == one.provenance.fingerprint
            found[f"{project}/{dataset}"] = (card.labels, {one.id: one.objects for one in card.sets})
    return found


def leftovers(store: Store) -> list[str]:
    return [path.name for path in store.root.rglob(".*") if path.name != atomic.NAME]


OLD: dict[str, Any] = {"street": ["car"], "street/val": (3, {"a": 1})}
STATES: dict[str, list[dict[str, Any]]] = {
    "first upload": [{}, {"street": ["car"], "street/val": (3, {})}],
    "second dataset": [
        OLD,
        OLD | {"street": ["car", "van"], "street/test": (3, {})},
    ],
    "inference set": [OLD, OLD | {"street/val": (3, {"a": 1, "b": 1})}],
    "replaced dataset": [
        OLD,
        {"street": ["car", "van"], "street/val": (1, {"a": 2})},
    ],
    "replaced set": [OLD, OLD | {"street/val": (3, {"a": 2})}],
    "removal": [OLD, {"street": ["car"]}],
    "removal of a project": [OLD, {}],
    "renamed set": [OLD, OLD | {"street/val": (3, {"b": 1})}],
    "renamed dataset": [OLD, {"street": ["car"], "street/test": (3, {"a": 1})}],
    "renamed project": [OLD, {"road": ["car"], "road/val": (3, {"a": 1})}],
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("action", STATES)
def test_a_kill_at_any_step_leaves_the_old_state_or_the_new(tmp_path, action):
    command = [sys.executable, "-m", "tests.store.interrupting", str(tmp_path), action]
    cut = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert cut >= 2
    seen = []
    for n in range(1, cut + 1):
        store = Store(tmp_path / str(n))
        seen.append(contents(store))
        assert seen[-1] in STATES[action], f"cut at step {n}"
        if seen[-1] != STATES[action][-1]:
            interrupting.ACTIONS[action](store)
        assert contents(store) == STATES[action][-1], f"again after step {n}"
        store.sweep()
        assert leftovers(store) == []
    assert STATES[action][0] in seen


@pytest.mark.parametrize("action", STATES)
def test_a_full_disk_at_any_step_is_told_and_leaves_the_old_state_or_the_new(tmp_path, action):
    interrupting.prepare(tmp_path / "before", action)
    for n in range(1, 100):
        store = Store(shutil.copytree(tmp_path / "before", tmp_path / str(n)))
        with pytest.MonkeyPatch.context() as patch:
            for owner, name in interrupting.STEPS:
                patch.setattr(owner, name, getattr(owner, name))
            interrupting.at_step(n, full_disk)
            try:
                interrupting.ACTIONS[action](store)
            except StoreError as error:
                assert "No space left on device" in str(error)
            else:
                break
        assert contents(store) in STATES[action], f"full at step {n}"
        assert leftovers(store) == [], f"full at step {n}"
    assert 2 < n < 99


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="needs an exchange of names")
def test_a_folder_takes_the_place_of_another_in_one_step(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "rename", full_disk)
    replaced(tmp_path / "x")


def test_a_folder_takes_the_place_of_another_where_there_is_no_such_step(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "_swapped", lambda one, other: False)
    replaced(tmp_path / "x")


def replaced(target: Path) -> None:
    target.mkdir()
    (target / "old").touch()
    with atomic.arrival(target, replaces=True) as place:
        (place / "new").touch()
    assert [path.name for path in target.iterdir()] == ["new"]
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("names", [("street",), ("street", "val"), ("street", "val", "a")])
def test_a_full_disk_can_be_emptied(tmp_path, monkeypatch, names):
    interrupting.prepare(tmp_path / "store", "removal")

    def make_none(path: Path, **_: object) -> None:
        if not path.exists():
            full_disk()

    monkeypatch.setattr(Path, "mkdir", make_none)
    for step in ("write_bytes", "write_text"):
        monkeypatch.setattr(Path, step, full_disk)
    Store(tmp_path / "store").remove(*names)
    assert "a" not in str(contents(Store(tmp_path / "store")).get("street/val"))


class TestSweep:
    def test_what_a_dead_process_left_is_removed_and_what_a_live_one_does_is_not(self, tmp_path):
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait()
        mine = atomic.beside(tmp_path / "x", "new")
        gone = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{dead.pid}-"))
        elsewhere = tmp_path / f".new-another_host-{dead.pid}-00ff"
        for folder in (mine, gone, elsewhere, tmp_path / ".other"):
            folder.mkdir()
            (folder / "file").write_text("")
        gone_file = Path(str(gone) + "0")
        gone_file.write_text("")
        atomic.sweep(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
            [mine.name, elsewhere.name, ".other"]
        )

    def test_an_upload_sweeps_the_place_it_writes_to(self, tmp_path):
        store = Store(tmp_path)
        store.add_dataset(small.dataset())
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait()
        mine = atomic.beside(tmp_path / "projects" / "street" / "x", "new")
        gone = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{dead.pid}-"))
        gone.mkdir()
        store.add_dataset(small.dataset("test"))
        assert not gone.exists()


PROGRAM = (
    "import sys; from pathlib import Path; from aquarium_tui.store.atomic import held\n"
    "print('waiting', flush=True)\n"
    "with held(Path(sys.argv[1])):\n"
    "    print('in', flush=True)\n"
    "    sys.stdin.read()"
)


def test_two_writers_of_one_project_wait_for_each_other(tmp_path):
    with atomic.held(tmp_path):
        child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert present(child.stdout).readline() == "waiting\n"
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(0.3)
    assert child.communicate(timeout=30)[0] == "in\n"


def test_waiting_for_a_lock_ends_with_a_sentence_about_its_holder(tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    out = present(child.stdout)
    assert (out.readline(), out.readline()) == ("waiting\n", "in\n")
    with pytest.raises(StoreError, match=f"process {child.pid} on "), atomic.held(tmp_path, patience=0.1):
        pass
    child.kill()
    child.communicate()
    with atomic.held(tmp_path, patience=0):
        pass


def test_a_file_system_without_locks_is_written_all_the_same(tmp_path, monkeypatch):
    def refuse(handle, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    store = Store(tmp_path)
    store.add_dataset(small.dataset())
    assert store.datasets("street") == ["val"]


def test_a_lock_in_a_folder_that_is_removed_meanwhile_is_not_taken(tmp_path):
    store = Store(tmp_path)
    store.add_dataset(small.dataset())
    (tmp_path / "projects" / "street" / atomic.NAME).unlink(missing_ok=True)
    with atomic.held(tmp_path / "projects" / "street"):
        shutil.rmtree(tmp_path / "projects" / "street")
        with (
            pytest.raises(StoreError, match="cannot be written"),
            atomic.held(tmp_path / "projects" / "street"),
        ):
            pass


@pytest.mark.parametrize("name", [".new-host-1-ab.parquet", ".new-host-1-ab/labels.parquet"])
def test_what_cannot_be_prepared_is_called_by_its_folder(tmp_path, name):
    with (
        pytest.raises(StoreError, match=f"^{tmp_path} cannot be written: Permission denied"),
        writing(tmp_path / name),
    ):
        raise PermissionError(errno.EACCES, "Permission denied")
