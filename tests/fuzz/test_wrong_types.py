"""What stands where a list or an object belongs is refused or counted; it never just makes a file emptier."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aquarium_tui.errors import AquariumError
from aquarium_tui.model.tables import Dataset, InferenceSet
from tests.fuzz.rounds import Files
from tests.fuzz.subjects import SUBJECTS

WRONG: tuple[Any, ...] = ("x", 5, True, [], {})
ROLES = [name for name in SUBJECTS if name.endswith((" labels", " inferences"))]


def content(found: Dataset | InferenceSet) -> tuple[int, int]:
    """How many objects and frames were read."""
    if isinstance(found, Dataset):
        return len(found.labels), len(found.frames)
    return len(found.objects), 0


def said(found: Dataset | InferenceSet) -> set[str]:
    return {*found.provenance.notes, *(problem.sentence() for problem in found.provenance.problems)}


def places(of: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[type, tuple[Any, ...]]]:
    """The types and places of all lists and objects in a document, that of the document first."""
    if isinstance(of, dict | list):
        yield type(of), at
        for key in of if isinstance(of, dict) else range(len(of)):
            yield from places(of[key], (*at, key))


def changed(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    if not at:
        return value
    inner = copy
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return copy


def versions(path: Path, seen: set[tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    """The text of a JSON or JSON Lines file with each list or object replaced by one of the wrong values.

    Elements of a list are alike, as are files, so each place is changed in the first that has it.
    """
    text = path.read_text("utf-8")
    lines = text.splitlines() if path.suffix == ".jsonl" else [text]
    for i, line in enumerate(lines):
        document = json.loads(line)
        for number, (kind, at) in enumerate(places(document)):
            alike = tuple(key if isinstance(key, str) else int for key in at)
            if alike in seen:
                continue
            seen.add(alike)
            wrong = [value for value in WRONG if not isinstance(value, kind)]
            value = wrong[number % len(wrong)]
            other = json.dumps(changed(document, at, value))
            yield f"{i} {at} {value!r}", "\n".join([*lines[:i], other, *lines[i + 1 :]])


@pytest.mark.parametrize("subject", ROLES)
def test_a_value_of_another_type_is_refused_or_counted(tmp_path: Path, subject: str) -> None:
    files = Files(SUBJECTS[subject], tmp_path)
    given = sorted(path for path in tmp_path.glob("given/**/*") if path.suffix in (".json", ".jsonl"))
    if not given:
        pytest.skip("not JSON")
    valid: Any = files.read_valid()
    silent = []
    seen: set[tuple[Any, ...]] = set()
    for path in given:
        text = path.read_text("utf-8")
        for what, other in versions(path, seen):
            path.write_text(other, "utf-8")
            try:
                found: Any = files.read_valid()
            except AquariumError as error:
                assert str(error)
                continue
            less = any(now < then for now, then in zip(content(found), content(valid), strict=True))
            if less and said(found) <= said(valid):
                silent.append(f"{path.name} {what}: {content(found)} of {content(valid)}")
        path.write_text(text, "utf-8")
    assert silent == []
