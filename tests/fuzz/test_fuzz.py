"""Every reader, briefly, with fixed seeds: its valid files are read, and changed ones are read or refused."""

import json
import time
from pathlib import Path
from random import Random

import pytest

from aquarium_tui.errors import InputError
from tests.fuzz import rounds
from tests.fuzz.mutators import mutated
from tests.fuzz.rounds import Files, HungryError, SlowError, Subject
from tests.fuzz.subjects import SUBJECTS

ROUNDS = 12
"""Some 0.5 s for each of 70 readers; `python -m tests.fuzz` is for more."""


@pytest.mark.parametrize("subject", SUBJECTS)
def test_whatever_is_changed_is_read_or_refused(tmp_path: Path, subject: str) -> None:
    (tmp_path / "files").mkdir()
    files = Files(SUBJECTS[subject], tmp_path / "files")
    files.read_valid()
    failures = [files.round(0, number, tmp_path) for number in range(ROUNDS)]
    assert [str(failure) for failure in failures if failure] == []


def one_file(folder: Path) -> Path:
    path = folder / "a.json"
    path.write_text(json.dumps({"a": [1, 2, 3]}))
    return path


def careless(path: Path) -> None:
    """A reader without a single check."""
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InputError("not JSON") from error
    assert sum(document["a"]) >= 0


def test_what_escapes_a_reader_is_found_kept_and_found_again(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    files = Files(Subject("careless one", one_file, careless), tmp_path / "files")
    found = [failure for number in range(60) if (failure := files.round(7, number, tmp_path))]
    kinds = {type(failure.error) for failure in found}
    assert {KeyError, TypeError} <= kinds
    first = found[0]
    assert f'--subject "careless one" --seed 7 --round {first.number}' in str(first)
    assert first.kept
    again = files.round(7, first.number)
    assert again
    assert type(again.error) is type(first.error)
    with pytest.raises(type(first.error)):
        careless(first.kept / "a.json")
    assert json.loads((tmp_path / "files" / "a.json").read_text()) == {"a": [1, 2, 3]}


def test_a_reader_that_hangs_or_takes_all_memory_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "SECONDS", 1)
    hanging = Files(Subject("hanging", one_file, lambda _: time.sleep(60)), tmp_path).round(1, 1)
    assert hanging
    assert isinstance(hanging.error, SlowError)
    peaks = iter([0, rounds.BYTES + 1, rounds.BYTES + 1])
    monkeypatch.setattr(rounds, "_peak", lambda: next(peaks))
    hungry = Files(Subject("hungry", one_file, lambda _: None), tmp_path).round(1, 1)
    assert hungry
    assert isinstance(hungry.error, HungryError)


@pytest.mark.parametrize(
    "suffix", [".json", ".jsonl", ".csv", ".txt", ".yaml", ".toml", ".xml", ".png", ".parquet"]
)
@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b'{"a": [1, {"b": null}]}', b"<a><b/></a>", b"a,b\n1,2\n"]
)
def test_any_content_can_be_changed_further(suffix: str, content: bytes) -> None:
    changes = {mutated(Random(seed), f"x{suffix}", content) for seed in range(40)}
    assert len(changes) > 5
    assert changes == {mutated(Random(seed), f"x{suffix}", content) for seed in range(40)}
