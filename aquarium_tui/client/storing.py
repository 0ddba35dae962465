"""What the client puts into the store: projects without datasets, and new states of what is there."""

import os
import shutil
from collections.abc import Sequence

from aquarium_tui.errors import StoreError
from aquarium_tui.model.metrics import Metric
from aquarium_tui.model.names import check_name
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from aquarium_tui.store import Store, saving
from aquarium_tui.store.atomic import arrival, locked, remove_tree
from aquarium_tui.store.metrics import NAME as METRICS
from aquarium_tui.store.metrics import write_metrics

_KEPT = ("inferences", "segments", "reviews")


def add_project(store: Store, project: Project) -> None:
    """Store a new project without datasets.

    Raises:
        StoreError: There is one of that name, or it cannot be written.
    """
    target = store.root / "projects" / check_name(project.name, "project")
    if target.exists():
        hint = "Leave out create_project, call delete_project before, or choose another name."
        raise StoreError(f"There already is a project {project.name}.", hint)
    with arrival(target) as folder:
        saving.write_project(folder, project)


def put_dataset(store: Store, dataset: Dataset) -> None:
    """Put a dataset in place of the one that is there, whose inference sets, segments and reviews stay.

    Args:
        store: The store.
        dataset: Has all frames of the one that is there, in their order, before any others.
    """
    target = store.dataset_folder(dataset.project.name, dataset.name)
    with locked(target.parent), arrival(target) as folder:
        saving.write_dataset(folder, dataset)
        for name in _KEPT:
            if (target / name).exists():
                shutil.copytree(target / name, folder / name, copy_function=_same)
        remove_tree(target)


def put_inferences(
    store: Store, dataset: Dataset, inferences: InferenceSet, metrics: Sequence[Metric] = ()
) -> None:
    """Put an inference set with the values of its metrics in its place, whether one is there or not.

    Raises:
        StoreError: A metric of that name is declared otherwise, or it cannot be written.
    """
    project, name = dataset.project.name, dataset.name
    owner = store.dataset_folder(project, name)
    target = owner / "inferences" / check_name(inferences.id, "inference set")
    with locked(owner.parent), arrival(target) as folder:
        declared = saving.declare_metrics(owner.parent / "project.json", project, metrics)
        saving.write_inferences(folder, inferences, dataset)
        if inferences.metrics:
            write_metrics(folder / METRICS, inferences.metrics, dataset.frames, declared.class_map)
        if target.exists():
            store.remove(project, name, inferences.id)


def _same(source: str, target: str) -> None:
    """Another name for a file; a copy where the file system has no such names."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
