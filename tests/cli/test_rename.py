"""`rename`: what lies in it, and what was computed and remembered, follow."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from aquarium_tui.cli.app import app
from aquarium_tui.errors import NotFoundError, StoreError, UsageError
from aquarium_tui.model.problems import Segment
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.last_used import LastUsed
from aquarium_tui.store import Segments, Store
from tests.tui.scene import CHOSEN, make_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    store = make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    folder = store.dataset_folder("street", "val")
    Segments(folder).save(Segment("trucks", 'label.class = "truck"'))
    (folder / "reviews").mkdir()
    (folder / "reviews" / "me.jsonl").write_text("{}\n")
    LastUsed(store.root).remember(CHOSEN)
    return store


def run(*arguments: str) -> str:
    """What a command prints; its error if it fails."""
    done = CliRunner().invoke(app, list(arguments))
    if done.exception:
        raise done.exception
    return done.output


def cells(project: str, dataset: str, other: str) -> list[str]:
    printed = run("compare", f"{project}/{dataset}", "--base", "model_a", "--other", other, "--no-intervals")
    return [line for line in printed.splitlines() if "→" in line and "other" not in line]


def test_everything_follows_a_rename(store: Store) -> None:
    before = cells("street", "val", "model_b")
    kept = {path.name for path in store.set_cache("street", "val", "pairs", ["model_b"]).rglob("*.bin")}
    assert kept
    said = [
        run("rename", "street/val/model_b", "newest"),
        run("rename", "street/val", "street/night"),
        run("rename", "street", "road"),
    ]
    assert said == [
        "renamed inference set street/val/model_b to street/val/newest\n",
        "renamed dataset street/val to street/night\n",
        "renamed project street to road\n",
    ]
    moved = store.set_cache("road", "night", "pairs", ["newest"])
    assert {path.name for path in moved.rglob("*.bin")} == kept
    assert cells("road", "night", "newest") == before
    folder = store.dataset_folder("road", "night")
    assert [segment.name for segment in Segments(folder).all()] == ["trucks"]
    assert (folder / "reviews" / "me.jsonl").exists()
    last = LastUsed(store.root).choices[0]
    assert (last.title, last.base, last.other) == ("road/night", "model_a", "newest")


def test_what_only_has_the_same_name_stays(store: Store) -> None:
    other = Choice("street", "test", base="val", other="model_a")
    LastUsed(store.root).remember(other)
    LastUsed(store.root).rename(("street", "val"), "night")
    LastUsed(store.root).rename(("street", "night", "model_a"), "old")
    assert [(c.title, c.base, c.other) for c in LastUsed(store.root).choices] == [
        ("street/test", "val", "model_a"),
        ("street/night", "old", "model_b"),
    ]


@pytest.mark.parametrize(
    ("what", "new", "error"),
    [
        ("street/val/model_a", "model_b", StoreError),
        ("street/val/model_a", "model_a", StoreError),
        ("street/val/nope", "x", NotFoundError),
        ("street/val", "a-b", UsageError),
        ("street/", "x", UsageError),
        ("street/val", "other/night", UsageError),
    ],
)
def test_a_rename_that_cannot_be_is_refused(store: Store, what: str, new: str, error: type) -> None:
    with pytest.raises(error):
        run("rename", what, new)
    assert store.datasets("street") == ["val"]
