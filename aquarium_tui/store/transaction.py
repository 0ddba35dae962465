"""Several files and folders of a project that change together, or not at all.

A change is prepared in a folder `.new-…` of the project, with a plan of what goes where. Renaming that folder
to `.commit-…` is the moment of the change: before it, nothing has happened; after it, whoever comes next
carries the plan out if this process could not. Only the holder of the project's lock writes there, so what a
new holder finds of the kind was left by a process that is dead, on whichever machine.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from aquarium_tui.errors import StoreError
from aquarium_tui.model.names import visible
from aquarium_tui.store.access import writing
from aquarium_tui.store.atomic import beside, delete, held, sync, sync_tree
from aquarium_tui.store.cache import room_for_data

_PLAN = "plan.json"
_COMMITTED = ".commit-"
_LEFT = (".new-", ".old-", _COMMITTED)
_LEAST = 1 << 20
"""Bytes that any change needs; its tables come on top. Caches give way where they are short."""


@dataclass
class Transaction:
    """What is to change in a project.

    Attributes:
        project: The folder of the project.
        staging: The folder in which the change is prepared.
        targets: What is to be replaced by what was staged under its position, relative to the project.
        removed: What is to be removed, relative to the project.
        moved: Old and new name of what is renamed once all else has happened, relative to the project.
    """

    project: Path
    staging: Path
    targets: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)

    def put(self, target: Path) -> Path:
        """Where to write the file or folder that will be at `target`; it replaces what is there.

        Raises:
            StoreError: Something else lies where its folder should be.
        """
        if target.parent.exists() and not target.parent.is_dir():
            raise StoreError(f"{visible(str(target.parent))} is not a folder.", "Delete it.")
        self.targets.append(str(target.relative_to(self.project)))
        return self.staging / str(len(self.targets) - 1)

    def put_folder(self, target: Path) -> Path:
        """The same, for a folder, which is made."""
        place = self.put(target)
        place.mkdir()
        return place

    def remove(self, target: Path) -> None:
        """Remove a file or folder."""
        self.removed.append(str(target.relative_to(self.project)))

    def move(self, source: Path, target: Path) -> None:
        """Give a file or folder another name, under which there is nothing yet."""
        self.moved.append((str(source.relative_to(self.project)), str(target.relative_to(self.project))))


@contextmanager
def locked(project: Path, patience: float | None = None) -> Iterator[None]:
    """Hold the lock of a project, with what dead processes left there carried out or deleted.

    Raises:
        StoreError: Another process holds it, or it cannot be written.
    """
    with held(project, patience):
        with writing(project):
            _settle(project)
        yield


@contextmanager
def change(project: Path) -> Iterator[Transaction]:
    """A change of a project whose lock is held; it happens when the block ends well.

    Raises:
        StoreError: The file system refuses; nothing has changed then.
    """
    room_for_data(project, _LEAST)
    with writing(project):
        staging = beside(project / _PLAN, "new")
        staging.mkdir()
        try:
            made = Transaction(project, staging)
            yield made
            plan = {"targets": made.targets, "removed": made.removed, "moved": made.moved}
            (staging / _PLAN).write_text(json.dumps(plan), "utf-8")
            sync_tree(staging)
            committed = staging.with_name(staging.name.replace(".new-", _COMMITTED, 1))
            staging.rename(committed)
        except BaseException:
            delete(staging)
            raise
        sync(project)
        _carry_out(committed)


def remove(project: Path, target: Path) -> None:
    """Remove a file or folder of a project whose lock is held, by one rename: that needs no room on the disk.

    Raises:
        StoreError: The file system refuses; nothing has changed then.
    """
    with writing(project):
        doomed = beside(project / target.name, "old")
        target.rename(doomed)
        try:
            sync(target.parent)
        finally:
            delete(doomed)


@contextmanager
def listed(projects: Path, patience: float | None = None) -> Iterator[None]:
    """Hold the folder of all projects, made if missing, so that none comes or goes; swept of what was left.

    Raises:
        StoreError: Another process holds it, or it cannot be written.
    """
    with writing(projects):
        projects.mkdir(parents=True, exist_ok=True)
    with held(projects, patience):
        for name in _left(projects):
            delete(projects / name)
        yield


def settle(project: Path) -> None:
    """Carry out what a dead process had committed, if there is something; readers see whole changes then."""
    if any(name.startswith(_COMMITTED) for name in _left(project)):
        with suppress(StoreError), locked(project):  # A store that cannot be written is read as it is.
            pass


def sweep(projects: Path) -> None:
    """Settle and delete what dead processes left in each of the projects; those in use are left alone."""
    if _left(projects):
        with suppress(StoreError), listed(projects, patience=0):
            pass
    with suppress(OSError):
        for project in projects.iterdir():
            if not project.name.startswith(".") and _left(project):
                with suppress(StoreError), locked(project, patience=0):
                    pass


def _left(project: Path) -> list[str]:
    try:
        return [path.name for path in project.iterdir() if path.name.startswith(_LEFT)]
    except OSError:
        return []


def _settle(project: Path) -> None:
    for name in _left(project):
        if name.startswith(_COMMITTED):
            _carry_out(project / name)
        else:
            delete(project / name)


def _carry_out(committed: Path) -> None:
    """Do what the plan says. It may have been begun before: what was done already is not staged any more."""
    project = committed.parent
    plan = json.loads((committed / _PLAN).read_text("utf-8"))
    for i, name in enumerate(plan["targets"]):
        staged, target = committed / str(i), project / name
        if staged.exists():
            if target.is_dir():
                target.rename(committed / f"was-{i}")
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
            sync(target.parent)
    for i, name in enumerate(plan["removed"]):
        target = project / name
        if target.exists():
            target.rename(committed / f"removed-{i}")
            sync(target.parent)
    # A plan that an earlier version left has no moves.
    for old, new in plan.get("moved", ()):
        if (project / old).exists():
            (project / old).rename(project / new)
            sync((project / new).parent)
    done = committed.with_name(committed.name.replace(_COMMITTED, ".old-", 1))
    committed.rename(done)
    delete(done)
