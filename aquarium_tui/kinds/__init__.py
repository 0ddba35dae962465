"""Kinds of task: each is one object that provides what screens, reports, files and uploads ask of it.

The table has a row for each task that a project can have.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aquarium_tui.errors import StoreError
from aquarium_tui.kinds.classification import ClassificationKind
from aquarium_tui.kinds.detection import DetectionKind
from aquarium_tui.kinds.kind import AnyKind, Kind
from aquarium_tui.kinds.masks.kind import MaskKind
from aquarium_tui.kinds.multilabel import MultilabelKind
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import Project

if TYPE_CHECKING:
    from aquarium_tui.kinds.reader import FileOptions, Reader


_KINDS: dict[str, AnyKind] = {
    kind.task: kind for kind in (DetectionKind(), ClassificationKind(), MultilabelKind(), MaskKind())
}


def kinds() -> tuple[AnyKind, ...]:
    """All kinds, in the order of the table."""
    return tuple(_KINDS.values())


def kind_of(project: Project) -> AnyKind:
    """The kind of a project's task.

    Raises:
        StoreError: There is no such kind; a newer version of the program may have one.
    """
    if project.task not in _KINDS:
        raise StoreError(
            f"Project {visible(project.name)} has an unknown task: {visible(project.task)}.",
            f"Tasks: {', '.join(_KINDS)}. Another version of the program may know it.",
        )
    return _KINDS[project.task]


def reader_of(project: Project, given: Path, options: "FileOptions") -> "Reader":
    """What reads a file or folder into a project: the last kind in the table that claims it.

    The first kinds claim everything, so that a file that nobody knows is refused with their reasons.

    Raises:
        UsageError: The options say what the file or folder is not.
    """
    from aquarium_tui.ingest.labels import TaskForms

    forms = TaskForms(
        tasks={kind.form: kind.task for kind in kinds() if kind.form},
        needs={kind.task: kind.needs for kind in kinds() if kind.needs},
    )
    readers = [kind.reader(forms) for kind in reversed(kinds())]
    return next(reader for reader in readers if reader.claims(project, given, options))


@contextmanager
def registered(kind: AnyKind) -> Iterator[None]:
    """A further kind while the block runs."""
    _KINDS[kind.task] = kind
    try:
        yield
    finally:
        del _KINDS[kind.task]


__all__ = ["AnyKind", "Kind", "kind_of", "kinds", "reader_of", "registered"]
