"""The reviews of a dataset: one file of JSON lines for each person, to which lines are only ever added.

A line is written by one call, so that a killed process leaves a whole line or a part of the last one. Nobody
writes to the file of another person, so two people need no lock between them.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aquarium_tui.errors import StoreError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.reviews import FIELDS, Edit, Sighting, Subject
from aquarium_tui.store import transaction
from aquarium_tui.store.access import read_bytes, reading, there, writing
from aquarium_tui.store.atomic import sync

FORMAT = 1
"""Of the lines; what reads them says so of one that has another."""
SUFFIX = ".jsonl"
_QUEUE = "queue"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_TICK = timedelta(microseconds=1)
"""The least by which a later edit is later, even where a clock was set back."""


def person(name: str = "") -> str:
    """Who reviews: `name`, else `$AQUARIUM_USER`, else who is logged in.

    Raises:
        UsageError: The name cannot be that of a file.
    """
    import getpass

    try:
        wanted = name or os.environ.get("AQUARIUM_USER") or getpass.getuser()
    except (KeyError, OSError):  # A container's user may have no name.
        wanted = f"user_{os.getuid()}" if hasattr(os, "getuid") else "user"
    if not _NAME.fullmatch(wanted) or wanted.startswith("."):
        raise UsageError(
            f'"{visible(wanted)}" cannot be the name of a reviewer.',
            "Set AQUARIUM_USER to a name of letters, digits and underscores.",
        )
    return wanted


@dataclass(frozen=True)
class QueueStep:
    """What one person did with a queue.

    Attributes:
        time: When.
        user: Who.
        queue: The name of the queue.
        subjects: What it holds, in order, where the queue is made anew; empty otherwise.
        seen: What of it was looked at.
        removed: Whether the queue is taken away.
    """

    time: str
    user: str
    queue: str
    subjects: tuple[Subject, ...] = ()
    seen: Subject | None = None
    removed: bool = False


ReviewLine = Edit | QueueStep


@dataclass
class _Read:
    """What was read of a file so far: its identity, how many bytes, and what they say."""

    identity: tuple[int, int]
    size: int = 0
    lines: list[ReviewLine] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    tail: str = ""


class ReviewLog:
    """The reviews in one folder; it reads only what was added since it read last.

    Args:
        folder: The dataset's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "reviews"
        self._files: dict[Path, _Read] = {}

    def stamp(self) -> tuple[tuple[str, int], ...]:
        """What changes whenever anyone reviews: names and sizes of the files."""
        return tuple((path.name, path.stat().st_size) for path in self._paths())

    def read(self) -> list[ReviewLine]:
        """All lines of all people, by time.

        Raises:
            StoreError: A file cannot be read.
        """
        paths = self._paths()
        self._files = {path: self._files[path] for path in paths if path in self._files}
        found = [line for path in paths for line in self._file(path).lines]
        return sorted(found, key=lambda line: (line.time, line.user))

    def edits(self) -> list[Edit]:
        """What was said of frames and objects, by time."""
        return [line for line in self.read() if isinstance(line, Edit)]

    @property
    def damage(self) -> list[str]:
        """A sentence for each line that could not be read, as of the last `read`."""
        return [
            sentence
            for read in self._files.values()
            for sentence in (*read.damage, *([read.tail] if read.tail else []))
        ]

    def append(self, lines: Sequence[ReviewLine]) -> None:
        """Add lines to the file of the person who says them; they are on the disk when this returns.

        Raises:
            StoreError: They cannot be written.
        """
        for user in dict.fromkeys(line.user for line in lines):
            path = self.folder / f"{person(user)}{SUFFIX}"
            text = "".join(f"{json.dumps(written(line))}\n" for line in lines if line.user == user)
            with self._made(path), writing(path):
                _add(path, text.encode())

    @contextmanager
    def _made(self, path: Path) -> Iterator[None]:
        """Make a new file under the lock of the project.

        An upload that replaces the dataset at the same time takes along only the files that it has seen.
        """
        if there(path):
            yield
            return
        project = self.folder.parent.parent
        with transaction.locked(project), writing(path):
            path.parent.mkdir(exist_ok=True)
            yield
            sync(path.parent)

    def _paths(self) -> list[Path]:
        if not there(self.folder):
            return []
        with reading(self.folder):
            return sorted(path for path in self.folder.iterdir() if path.suffix == SUFFIX)

    def _file(self, path: Path) -> _Read:
        """The file, with what was added to it read."""
        with reading(path):
            state = path.stat()
        kept = self._files.get(path)
        if kept is None or kept.identity != (state.st_dev, state.st_ino) or kept.size > state.st_size:
            self._files[path] = kept = _Read((state.st_dev, state.st_ino))
        if state.st_size != kept.size:
            _read_on(kept, path)
        return kept


def _add(path: Path, text: bytes) -> None:
    """Add text to a file, behind what a killed process may have left of a line."""
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR | os.O_CLOEXEC, 0o666)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            text = b"\n" + text
        left = text
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_on(kept: _Read, path: Path) -> None:
    whole, _, rest = read_bytes(path)[kept.size :].rpartition(b"\n")
    kept.tail = f"{visible(path.name)}: the last line is incomplete and is left out." if rest else ""
    if not whole:
        return
    kept.size += len(whole) + 1
    for text in whole.split(b"\n"):
        try:
            if text.strip():
                kept.lines.append(line_of(json.loads(text)))
        except StoreError as error:
            kept.damage.append(f"{visible(path.name)}: {error.message}")
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            shown = visible(text[:40].decode("utf-8", "replace"))
            kept.damage.append(f"{visible(path.name)}: a line cannot be read and is left out: {shown} …")


def now(after: Iterable[str] = ()) -> str:
    """The time of a new edit: later than those it is made after, though clocks of two machines disagree."""
    latest = max((datetime.fromisoformat(time) + _TICK for time in after), default=datetime.now(UTC))
    return max(latest, datetime.now(UTC)).isoformat(timespec="microseconds")


def written(line: ReviewLine) -> dict[str, Any]:
    """A line as JSON has it."""
    head: dict[str, Any] = {"format": FORMAT, "time": line.time, "user": line.user}
    if isinstance(line, Edit):
        value = {"value": line.value} if line.value else {}
        gone = {"removed": True} if line.removed else {}
        return {**head, **_subject(line.subject), "field": line.field, **value, **gone}
    found = {**head, _QUEUE: line.queue}
    if line.subjects:
        found["subjects"] = [_subject(subject) for subject in line.subjects]
    if line.seen is not None:
        found["seen"] = _subject(line.seen)
    return {**found, **({"removed": True} if line.removed else {})}


def _subject(subject: Subject) -> dict[str, Any]:
    found: dict[str, Any] = {"frame": subject.frame}
    if subject.label is not None:
        found["label"] = _sighting(subject.label)
    if subject.inferences:
        found["inferences"] = {id_: _sighting(seen) for id_, seen in subject.inferences}
    return found


def _sighting(seen: Sighting) -> dict[str, Any]:
    return {"id": seen.id, "class": seen.class_name, "box": list(seen.box)}


def line_of(document: Mapping[str, Any]) -> ReviewLine:
    """A line that `written` wrote.

    Raises:
        StoreError: A newer version of the program wrote it.
        KeyError, TypeError, ValueError, AttributeError, OverflowError: Something else did.
    """
    format_ = document["format"]
    if format_ != FORMAT:
        raise StoreError(
            f"a line has the format {visible(str(format_))}, and this version reads format {FORMAT}.",
            "Update aquarium-tui to read it.",
        )
    time, user, removed = _utc(document["time"]), str(document["user"]), bool(document.get("removed", False))
    if _QUEUE in document:
        subjects = tuple(subject_of(each) for each in document.get("subjects", ()))
        seen = subject_of(document["seen"]) if "seen" in document else None
        return QueueStep(time, user, str(document[_QUEUE]), subjects, seen, removed)
    if document["field"] not in FIELDS:
        raise ValueError(document["field"])
    value = str(document.get("value", ""))
    return Edit(time, user, subject_of(document), document["field"], value, removed)


def _utc(time: str) -> str:
    """A time so written that text sorts as time."""
    return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec="microseconds")


def subject_of(document: Mapping[str, Any]) -> Subject:
    """A subject as JSON has it."""
    label = document.get("label")
    inferences = document.get("inferences", {})
    seen = tuple(sorted((str(id_), _sighting_of(each)) for id_, each in inferences.items()))
    return Subject(str(document["frame"]), _sighting_of(label) if label else None, seen)


def _sighting_of(document: Mapping[str, Any]) -> Sighting:
    left, top, right, bottom = map(float, document["box"])
    return Sighting(str(document["id"]), str(document["class"]), (left, top, right, bottom))
