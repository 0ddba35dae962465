"""Pipes, sockets and devices are refused at once, whichever file they stand for."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.errors import AquariumError
from aquarium_tui.media.source import source
from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.store import Store
from tests.store import small

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")


def bound(path: Path) -> None:
    """Make a socket at `path`; its own name may be too long for one."""
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


KINDS: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "socket": bound,
    "device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.fixture(params=KINDS)
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        path.unlink(missing_ok=True)
        KINDS[request.param](path)
        return path

    return make


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    store = Store(tmp_path / "home")
    store.add_dataset(small.dataset())
    store.add_inferences(small.dataset(), InferenceSet("a", small.objects([0, 1])))
    return store


def refused(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(done.exception, AquariumError), done.exception
    return str(done.exception)


@pytest.mark.parametrize("option", ["--inferences", "--metrics"])
@pytest.mark.parametrize("suffix", ["json", "csv", "parquet", "jsonl"])
def test_as_an_input(tmp_path: Path, special: Callable[[Path], Path], option: str, suffix: str) -> None:
    path = special(tmp_path / f"x.{suffix}")
    told = refused("upload", "--project", "street", "--dataset", "val", "--inferences-id", "a", option, path)
    assert "not a regular file" in told or "already exists" in told


@pytest.mark.parametrize("option", ["--labels", "--classes", "--metadata"])
def test_as_labels_or_what_comes_with_them(
    tmp_path: Path, special: Callable[[Path], Path], option: str
) -> None:
    labels = tmp_path / "labels.json"
    image = {"id": 1, "file_name": "1.jpg", "width": 9, "height": 9}
    document = {"images": [image], "annotations": [], "categories": [{"id": 1, "name": "car"}]}
    labels.write_text(json.dumps(document))
    given = {"--labels": labels, option: special(tmp_path / "x.json")}
    words = [word for pair in given.items() for word in pair]
    assert "not a regular file" in refused("upload", "--project", "new", "--dataset", "val", *words)


@pytest.mark.parametrize(
    "name",
    [
        "project.json",
        "val/dataset.json",
        "val/frames.parquet",
        "val/labels.parquet",
        "val/inferences/a/set.json",
        "val/inferences/a/inferences.parquet",
    ],
)
def test_in_the_store(store: Store, special: Callable[[Path], Path], name: str) -> None:
    special(store.root / "projects" / "street" / name)
    assert "is not a regular file" in refused("compare", "street/val", "--base", "a")


def test_as_a_cache_or_a_lock(store: Store, special: Callable[[Path], Path]) -> None:
    store.load_dataset("street", "val")
    for path in store.root.rglob("cache/*/*/*"):
        special(path)
    assert len(store.load_dataset("street", "val").frames) == 3
    special(store.root / "projects" / "street" / ".lock")
    assert ".lock" in refused("rm", "street/val/a", "--yes")


def test_as_a_picture(tmp_path: Path, special: Callable[[Path], Path]) -> None:
    with pytest.raises(AquariumError, match="not a file"), source(str(special(tmp_path / "x.png"))).open():
        pass


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "street/val", "--gate"),
        ("compare", "street/val", "--thresholds"),
        ("explain", "street/val", "--as", "ultralytics", "--matrix"),
        ("review", "import", "street/val"),
        ("review", "merge", "street/val"),
        ("scenarios", "street/val", "--import"),
        ("open", "street/val", "--play"),
    ],
    ids=" ".join,
)
def test_as_a_file_beside_the_data(
    tmp_path: Path, special: Callable[[Path], Path], words: tuple[str, ...]
) -> None:
    assert "is not a regular file" in refused(*words, special(tmp_path / "x.json"))
