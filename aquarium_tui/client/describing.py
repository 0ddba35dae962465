"""Projects and datasets as the dictionaries that the classic interface answers with."""

from dataclasses import asdict
from typing import Any

from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.tables import CLASSIFICATION, DETECTION, SEGMENTATION, Project
from aquarium_tui.store import DatasetCard

TASKS = {
    "2D_OBJECT_DETECTION": DETECTION,
    "2D_SEMSEG": SEGMENTATION,
    "CLASSIFICATION": CLASSIFICATION,
    "BINARY_CLASSIFICATION": CLASSIFICATION,
}
"""Tasks by what the hosted product called them."""


def describe_project(project: Project) -> dict[str, Any]:
    """A project with its class map and metrics."""
    return {
        "id": project.name,
        "primary_task": next(name for name, task in TASKS.items() if task == project.task),
        "label_class_map": [_described(entry) for entry in project.class_map.entries],
        "custom_metrics": [{"name": m.name, "metrics_type": str(m.kind)} for m in project.metrics],
    }


def _described(entry: ClassEntry) -> dict[str, Any]:
    return {"class_id" if key == "id" else key: value for key, value in asdict(entry).items()}


def describe_dataset(card: DatasetCard) -> dict[str, Any]:
    """A dataset with counts and the ids of its inference sets."""
    return {
        "id": card.name,
        "project_id": card.project,
        "num_frames": card.frames,
        "num_labels": card.labels,
        "created_at": card.provenance.created,
        "inferences": [one.id for one in card.sets],
    }
