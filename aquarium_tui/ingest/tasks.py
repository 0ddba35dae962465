"""The task of a file, and whether it is that of the project."""

from dataclasses import replace
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Records
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import CLASSIFICATION, DETECTION, SEGMENTATION, Project

_HOLDS = {DETECTION: "boxes", CLASSIFICATION: "one class per image"}
_NEEDED = {
    DETECTION: "boxes",
    CLASSIFICATION: "one class per image",
    SEGMENTATION: "a folder of masks, or records that name masks",
}


def settled_task(project: Project) -> str:
    """The task of a project that has classes; empty for a new project, whose first file decides it."""
    return project.task if project.class_map.entries else ""


def of_task(project: Project, records: Records, path: Path) -> Project:
    """The project with the task of a file; a project that has classes already has a task.

    Raises:
        InputError: The project has another task.
    """
    task = CLASSIFICATION if records.whole else DETECTION
    if not settled_task(project):
        return replace(project, task=task)
    if project.task == task or not len(records):
        return project
    raise InputError(
        f"{visible(path.name)} holds {_HOLDS[task]}, but project {project.name} is a {project.task} project.",
        f"Such a project needs {_NEEDED[project.task]}; upload this file to another one, or name its format "
        "with --format.",
    )
