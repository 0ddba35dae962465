"""Reviews on disk: only ever added to, whole after any kill, read from where reading ended."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aquarium_tui.errors import UsageError
from aquarium_tui.model.reviews import Edit, Sighting, Subject
from aquarium_tui.store.reviews import QueueStep, ReviewLog, now, person

CAR = Subject("f1", Sighting("17", "car", (1.0, 2.0, 30.5, 40.0)))
SPURIOUS = Subject("f1", None, (("model_a", Sighting("3", "car", (5.0, 5.0, 9.0, 9.0))),))


def edit(subject: Subject = CAR, value: str = "label error", user: str = "anna") -> Edit:
    return Edit(now(), user, subject, "verdict", value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "project" / "dataset"
    place.mkdir(parents=True)
    return place


def test_what_is_written_is_read_by_others_who_read_on(folder: Path) -> None:
    mine, other = ReviewLog(folder), ReviewLog(folder)
    first, step = edit(), QueueStep(now(), "bob", "night", (CAR, SPURIOUS), SPURIOUS)
    mine.append([first])
    assert other.edits() == [first]
    mine.append([step])
    second = edit(SPURIOUS, "ambiguous", "bob")
    mine.append([second])
    assert other.read() == [first, step, second]
    assert sorted(path.name for path in (folder / "reviews").iterdir()) == ["anna.jsonl", "bob.jsonl"]


def test_a_line_that_a_kill_cut_off_is_told_and_the_next_one_is_whole(folder: Path) -> None:
    log, path = ReviewLog(folder), folder / "reviews" / "anna.jsonl"
    log.append([edit(), edit(value="model error")])
    path.write_bytes(path.read_bytes()[:-20])
    assert len(log.edits()) == 1
    assert "incomplete" in log.damage[0]
    last = edit(value="ambiguous")
    log.append([last])
    assert log.edits()[-1] == last
    assert len(log.edits()) == 2
    assert len(log.damage) == 1


def test_a_newer_format_is_left_out_with_what_to_do(folder: Path) -> None:
    log, path = ReviewLog(folder), folder / "reviews" / "anna.jsonl"
    log.append([edit()])
    line = json.loads(path.read_text()) | {"format": 2}
    huge = {"id": "", "class": "car", "box": [10**400, 0, 1, 1]}
    wrong = [[], line | {"format": 1, "inferences": []}, line | {"format": 1, "label": huge}]
    path.write_text(path.read_text() + "\n".join(map(json.dumps, [line, *wrong])) + "\n")
    assert len(log.edits()) == 1
    assert "format 2" in log.damage[0]
    assert ["cannot be read" in each for each in log.damage[1:]] == [True] * 3


def test_two_processes_that_write_at_once_lose_nothing(folder: Path) -> None:
    ReviewLog(folder).append([edit()])
    program = (
        "import sys; from pathlib import Path; from aquarium_tui.store.reviews import *;"
        "from aquarium_tui.model.reviews import *; log = ReviewLog(Path(sys.argv[1]));"
        "[log.append([Edit(now(), 'anna', Subject(f'{sys.argv[2]}-{i}'), 'flag')]) for i in range(40)]"
    )
    both = [subprocess.Popen([sys.executable, "-c", program, str(folder), name]) for name in ("a", "b")]
    assert [one.wait(30) for one in both] == [0, 0]
    found = ReviewLog(folder)
    assert len({edit.subject.frame for edit in found.edits()}) == 81
    assert not found.damage


def test_a_later_edit_is_later_whatever_the_clocks_say() -> None:
    ahead = "2999-01-01T00:00:00.000000+00:00"
    assert now([ahead]) > ahead


def test_who_reviews_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AQUARIUM_USER", "anna")
    assert person() == "anna"
    with pytest.raises(UsageError, match="reviewer"):
        person("../anna")
