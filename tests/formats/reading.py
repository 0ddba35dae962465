"""Files of a user read as a whole: what is understood, and what is said."""

from pathlib import Path
from typing import Any

from aquarium_tui import ingest
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from tests.ingest import made
from tests.ingest.files import nothing, write


def labels(folder: Path, content: Any, name: str = "x.json", **options: Any) -> Dataset:
    """`content` as labels, on the made images."""
    if not (folder / "images").is_dir():
        made.images(folder)
    path = write(folder / name, content)
    options.setdefault("images", folder / "images")
    return ingest.labelled_dataset(Project("street"), "val", path, nothing, **options)


def inferences(folder: Path, content: Any, name: str = "x.json", **options: Any) -> InferenceSet:
    """`content` as inferences on the made set."""
    if not (folder / "images").is_dir():
        made.images(folder)
    given = made.coco_labels(folder)
    dataset = ingest.labelled_dataset(Project("street"), "val", given, nothing, images=folder / "images")
    format_ = options.pop("format_", "auto")
    return ingest.inference_set(dataset, "m", write(folder / name, content), format_, nothing, **options)


def problems(of: Dataset | InferenceSet) -> dict[str, tuple[int, str, tuple[str, ...]]]:
    """Count, action and first places of each kind of trouble."""
    return {one.kind: (one.count, one.action, one.examples) for one in of.provenance.problems}


def notes(of: Dataset | InferenceSet) -> str:
    return "\n".join(of.provenance.notes)


def class_names(dataset: Dataset) -> list[str]:
    return [entry.name for entry in dataset.project.class_map.entries]
