"""Segments on disk."""

from pathlib import Path

import pytest

from aquarium_tui.errors import NotFoundError, StoreError, UsageError
from aquarium_tui.model.problems import Segment
from aquarium_tui.store import Segments


@pytest.mark.parametrize("name", ["night cyclists", "../../etc", "ünï/cödé", ".", "CON", "a" * 80])
def test_what_is_saved_is_found_again_and_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    segments = Segments(tmp_path)
    saved = segments.save(Segment(name, "change = broken", ("1", "2")))
    assert segments.all() == [saved]
    assert segments.get(name) == saved
    assert saved.created.endswith("+00:00")
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "segments"]


@pytest.mark.parametrize("name", ["", " ", "a ", "line\nbreak", "\x1b[2J", "x" * 300])
def test_unreadable_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Segments(tmp_path).save(Segment(name, "change = broken"))
    assert not list(tmp_path.rglob("*.json"))


def test_a_name_is_taken_whatever_its_case(tmp_path: Path) -> None:
    segments = Segments(tmp_path)
    segments.save(Segment("Night", "change = broken"))
    with pytest.raises(UsageError, match="already"):
        segments.save(Segment("night", "change = fixed"))


def test_rename_and_delete(tmp_path: Path) -> None:
    segments = Segments(tmp_path)
    segments.save(Segment("a", "change = broken"))
    segments.rename("a", "b")
    assert [s.name for s in segments.all()] == ["b"]
    segments.delete("b")
    assert segments.all() == []
    with pytest.raises(NotFoundError, match="no segment"):
        segments.delete("b")


def test_a_damaged_file_hides_no_other(tmp_path: Path) -> None:
    segments = Segments(tmp_path)
    segments.save(Segment("a", "change = broken"))
    (tmp_path / "segments" / "b.json").write_text("{")
    damage: list[StoreError] = []
    assert [s.name for s in segments.all(damage.append)] == ["a"]
    assert ["b.json is damaged" in error.message for error in damage] == [True]
    assert "delete it" in damage[0].hint
