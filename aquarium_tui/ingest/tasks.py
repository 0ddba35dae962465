"""Which task a file is of, and whether that is the project's."""

from dataclasses import replace
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Records
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import CLASSIFICATION, DETECTION, SEGMENTATION, Project

_HOLDS = {DETECTION: "boxes", CLASSIFICATION: "a class an image"}
_NEEDED = {
    DETECTION: "boxes",
    CLASSIFICATION: "a class an image",
    SEGMENTATION: "a folder of masks, or records that name masks",
}


def settled_task(project: Project) -> str:
    """The task of a project that has classes; empty for a new one, whose first file decides."""
    return project.task if project.class_map.entries else ""


def of_task(project: Project, records: Records, path: Path) -> Project:
    """The project with the task of a file; one that has classes has its task already.

    Raises:
        InputError: The project is of another task.
    """
    task = CLASSIFICATION if records.whole else DETECTION
    if not settled_task(project):
        return replace(project, task=task)
    if project.task == task or not len(records):
        return project
    raise InputError(
        f"{visible(path.name)} holds {_HOLDS[task]}, and project {project.name} is of {project.task}.",
        f"That needs {_NEEDED[project.task]}; upload this into a project of its own, or name its format "
        "with --format.",
    )
