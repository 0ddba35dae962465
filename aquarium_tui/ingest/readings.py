"""One judge of readings: what can be read in several ways is decided by the labels, or refused.

A reading is one way to understand the ids, keys, boxes or values of a file. All plausible readings are tried
against the labels. Only records on which two readings differ count for or against them. Where something came
from is recorded as it is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.media.folders import hidden_files
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Provenance

ENOUGH = 10
"""Fewer deciding records do not prove a reading that the file does not state: with three equally common
classes, two of six records agree by chance."""
_TIMES = 2
"""A reading is clear if it wins this many times as many deciding records as any other: a wrong one wins by
chance, for about a quarter of the records if one class has a quarter of all labels."""
_HINTED, _HINTED_SHARE = 3, 0.25
"""So many records, and so large a share of all, that fit only another reading make a stated one doubtful
even in a small file. Three of a poor model's fifty boxes lie on some label under some odd reading by chance;
three of four boxes do not."""

Agreements = NDArray[np.bool_]
"""`(readings, records)`: whether a record agrees with the labels under a reading."""
FRAMES, CLASSES, BOXES, SCALE, VALUES = "frames", "classes", "boxes", "scale", "values"
"""What can be read in several ways, as `--reading WHAT=WAY` calls it."""
_SUBJECTS: Mapping[str, str] = {
    FRAMES: "id, id-number, path, number, position or position-1",
    CLASSES: "id, name, position, position-1 or alphabet",
    BOXES: "size, corners, center, yx, yx-size, yx-center or ends",
    SCALE: "pixels, fractions, thousandths, a factor such as 0.5, WIDTHxHEIGHT, longest-N or letterbox-N",
    VALUES: "id, +1 or -1",
}


@dataclass(frozen=True)
class Reading:
    """One way to understand something in a file.

    Attributes:
        name: What `--reading` calls it, such as `position`.
        words: Completes "classes are matched …" or "boxes are read …".
        plain: Whether the file itself makes it possible, so that it must be ruled out; other readings are
            considered only if the labels speak for them.
    """

    name: str
    words: str
    plain: bool = True


@dataclass(frozen=True)
class Decision:
    """The reading that was taken.

    Attributes:
        taken: Its position.
        notes: How sure that is, if there was a choice.
    """

    taken: int
    notes: tuple[str, ...] = ()


def judged(what: str, readings: Sequence[Reading], hits: Agreements, unit: str) -> Decision:
    """The reading that the labels support; the first is what the file states, if it states anything.

    The first reading stands unless the labels speak for another, or a plain one is not ruled out. Any other
    needs at least `ENOUGH` deciding records, and at least twice as many as each rival.

    Args:
        what: One of the subjects, such as `CLASSES`.
        readings: All plausible readings, the most literal first.
        hits: Which records agree under each.
        unit: What a record is, such as "boxes".

    Raises:
        InputError: The evidence does not decide; the hint names the option that does.
    """
    won = hits.astype(np.int64) @ (~hits).T.astype(np.int64)
    leader = int(np.argmax(hits.sum(axis=1)))
    if leader and _negligible(int(won[leader, 0]), int(won[0, leader]), hits.shape[1]):
        leader = 0
    needed = 1 if leader == 0 else ENOUGH
    rivals = [i for i in range(len(readings)) if i != leader and (leader or readings[i].plain)]
    doubts = [i for i in rivals if won[leader, i] < max(needed, _TIMES * won[i, leader])]
    if doubts:
        first = max(doubts, key=lambda i: int(won[i, leader]))
        counts = int(won[leader, first]), int(won[first, leader])
        raise _unclear(what, (readings[leader], readings[first]), counts, unit)
    if not rivals:
        return Decision(leader)
    nearest = min(rivals, key=lambda i: int(won[leader, i] - won[i, leader]))
    counts = int(won[leader, nearest]), int(won[nearest, leader])
    return Decision(leader, (_sure(counts, unit),))


def one_to_one(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """The class of each id if every class has at most one: greedily, the most frequent pairs first.

    Args:
        table: `(ids, classes)` how many records of each id lie on each class.

    Returns:
        `(ids,)` the class of each id, -1 where none is left.
    """
    found = np.full(len(table), -1, np.int64)
    taken: set[int] = set()
    for cell in np.argsort(-table, axis=None, kind="stable").tolist():
        id_, class_ = divmod(cell, table.shape[1])
        if table[id_, class_] and found[id_] < 0 and class_ not in taken:
            found[id_] = class_
            taken.add(class_)
    return found


def forced(options: Sequence[str]) -> dict[str, str]:
    """The readings that the user forces, by subject.

    Args:
        options: Texts such as `classes=position`.

    Raises:
        UsageError: One has another form, or names no subject.
    """
    found: dict[str, str] = {}
    for text in options:
        what, equals, way = text.partition("=")
        if not equals or what not in _SUBJECTS or not way:
            known = "; ".join(f"{name}={ways}" for name, ways in _SUBJECTS.items())
            raise UsageError(f'--reading "{visible(text)}" does not name a reading.', f"Known are {known}.")
        found[what] = way
    return found


def unknown_way(what: str, way: str) -> UsageError:
    """The error for a reading that a subject does not have."""
    return UsageError(f"--reading {what}={visible(way)} is not known.", f"Write {what}={_SUBJECTS[what]}.")


def _negligible(others: int, first: int, records: int) -> bool:
    """Whether a few of all records that fit only another reading are no reason to doubt the first."""
    least = max(_HINTED, _HINTED_SHARE * records)
    return others < ENOUGH and (others < least or others <= _TIMES * first)


def _sure(counts: tuple[int, int], unit: str) -> str:
    won, lost = map(grouped, counts)
    return f"this is sure: {won} {unit} fit only this reading, and {lost} only the next best"


def _unclear(what: str, readings: tuple[Reading, Reading], counts: tuple[int, int], unit: str) -> InputError:
    first, second = readings
    won, lost = map(grouped, counts)
    return InputError(
        f"The {what} can be read {first.words} or {second.words}, and the labels do not decide it.",
        f"{won} {unit} fit only the former reading and {lost} only the latter; it takes {ENOUGH}, and twice "
        "as many as for any other.\n"
        f"Say what is meant with --reading {what}={first.name} or --reading {what}={second.name}.",
    )


_LISTED = 6
"""How many words a list in a note shows: about a line of them."""


def provenance(path: Path, notes: Iterable[str], problems: Iterable[Problem]) -> Provenance:
    """The provenance of what was just read from `path`."""
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        source=clean(str(path.absolute())),
        notes=tuple(notes),
        problems=tuple(problems),
    )


def hidden_note(places: Iterable[Path | None]) -> tuple[str, ...]:
    """A note on how many hidden files lie in folders; none if there are no such files."""
    count = len(hidden_files(place for place in places if place is not None and is_folder(place)))
    return (f"{counted(count, 'hidden file')} skipped",) if count else ()


def listed(words: Sequence[str]) -> str:
    """The first of `words`, and how many there are if that is not all."""
    shown = ", ".join(visible(word) for word in words[:_LISTED])
    return f"{shown} … ({len(words):,} in all)" if len(words) > _LISTED else shown or "nothing"
