"""The segments of a dataset: one JSON file each, in its folder `segments/`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from aquarium_tui.errors import NotFoundError, StoreError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import ALL_FRAMES, Segment, SegmentKind
from aquarium_tui.store import documents, transaction
from aquarium_tui.store.access import reading, there

_LONGEST = 80
"""Characters of a name: file systems allow 255 bytes, and a quoted character takes up to three."""


class Segments:
    """The segments in one folder.

    Args:
        folder: The dataset's folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "segments"

    def all(self, told: Callable[[StoreError], object] = lambda error: None) -> list[Segment]:
        """All segments that can be read, sorted by name.

        Args:
            told: Called with the reason why a segment, or the whole folder, cannot be read.
        """
        found = []
        for path in self._paths(told):
            try:
                found.append(_read(path))
            except StoreError as error:
                told(error)
        return sorted(found, key=lambda segment: segment.name.casefold())

    def _paths(self, told: Callable[[StoreError], object]) -> list[Path]:
        try:
            with reading(self.folder):
                return sorted(path for path in self.folder.iterdir() if path.suffix == ".json")
        except StoreError as error:
            if not isinstance(error.__cause__, FileNotFoundError):
                told(error)
            return []

    def get(self, name: str) -> Segment:
        """One segment.

        Raises:
            NotFoundError: There is none of that name.
        """
        path = self._path(name)
        if not there(path):
            names = ", ".join(visible(segment.name) for segment in self.all()) or "none yet"
            raise NotFoundError(f'There is no segment "{visible(name)}".', f"Segments: {names}.")
        return _read(path)

    def save(self, segment: Segment, replaces: bool = False) -> Segment:
        """Save a segment, and when it was created.

        Raises:
            UsageError: The name is empty, too long or unreadable, or is taken and must not be replaced.
            StoreError: It cannot be written.
        """
        path = self._path(_checked(segment.name))
        if segment.name.casefold() == ALL_FRAMES.casefold() and not segment.whole:
            raise UsageError(f'"{segment.name}" is always all frames.', "Choose another name.")
        dated = replace(segment, created=segment.created or datetime.now(UTC).isoformat(timespec="seconds"))
        with self._changing() as change:
            if not replaces:
                _refuse_taken(path, segment.name)
            change.put(path).write_bytes(documents.encode(_document(dated)))
        return dated

    def rename(self, old: str, new: str) -> None:
        """Rename a segment.

        Raises:
            NotFoundError: There is none of the old name.
            UsageError: The new name cannot be used.
        """
        source, target = self._path(old), self._path(_checked(new))
        with self._changing() as change:
            segment = replace(self.get(old), name=new)
            if source != target:  # Names that differ only in case share a file.
                _refuse_taken(target, new)
                change.remove(source)
            change.put(target).write_bytes(documents.encode(_document(segment)))

    def delete(self, name: str) -> None:
        """Delete a segment.

        Raises:
            NotFoundError: There is none of that name.
        """
        project = self._swept()
        with transaction.locked(project):
            if not there(self._path(name)):
                self.get(name)
            transaction.remove(project, self._path(name))

    @contextmanager
    def _changing(self) -> Iterator[transaction.Transaction]:
        project = self._swept()
        with transaction.locked(project), transaction.change(project) as change:
            yield change

    def _swept(self) -> Path:
        """The folder of the project, without what killed commands have left in any."""
        project = self.folder.parent.parent
        transaction.sweep(project.parent)
        return project

    def _path(self, name: str) -> Path:
        return self.folder / f"{quote(name.casefold(), safe='').replace('.', '%2E')}.json"


def _checked(name: str) -> str:
    if not name.strip() or name != name.strip() or visible(name) != name or len(quote(name)) > _LONGEST * 3:
        raise UsageError(
            f'A segment cannot be called "{visible(name)}".',
            "A name is a short text without control characters and without spaces at its ends.",
        )
    return name


def _refuse_taken(path: Path, name: str) -> None:
    if there(path):
        raise UsageError(f'Segment "{name}" already exists.', "Delete it or choose another name.")


def _document(segment: Segment) -> documents.JsonDocument:
    frames = None if segment.frames is None else list(segment.frames)
    purpose = {"kind": segment.kind.value, "targets": list(segment.targets), "only": segment.only}
    return {
        "name": segment.name,
        "query": segment.query,
        "frames": frames,
        "created": segment.created,
        **purpose,
    }


def _read(path: Path) -> Segment:
    document = documents.read(path)
    with documents.sound(path):
        frames = document["frames"]
        ids = None if frames is None else tuple(str(id_) for id_ in frames)
        kind = SegmentKind(document.get("kind", SegmentKind.SCENARIO))
        targets = tuple(str(target) for target in document.get("targets", ()))
        name, query, created = (str(document[key]) for key in ("name", "query", "created"))
        return Segment(name, query, ids, created, kind, targets, str(document.get("only", "")))
