"""The files of a project, dataset or inference set, written into a folder before it is put in place."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from aquarium_tui.errors import StoreError
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.metrics import Metric
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from aquarium_tui.store import documents, tables
from aquarium_tui.store.access import reading, regular
from aquarium_tui.store.tables import masks_document, write_masks
from aquarium_tui.store.transaction import Transaction

PREVIOUS = "previous"
"""The folder of a dataset with its files as they were before its labels were replaced."""
HASHES = "hashes"
"""The key under which a JSON file has the hashes of tables beside it."""


def write_project(folder: Path, project: Project) -> None:
    """Write `project.json`."""
    (folder / "project.json").write_bytes(documents.encode(documents.project_document(project)))


def write_dataset(folder: Path, dataset: Dataset) -> None:
    """Write a dataset's tables, and `dataset.json` with their hash."""
    frames, labels = folder / "frames.parquet", folder / "labels.parquet"
    tables.write_frames(frames, dataset.frames)
    tables.write_objects(labels, dataset.labels, dataset.frames, dataset.project.class_map)
    masks = write_masks(folder, dataset.masks, dataset.frames)
    provenance = replace(dataset.provenance, fingerprint=hash_files(frames, labels, *masks))
    document = {
        "frames": len(dataset.frames),
        "labels": int(dataset.label_counts.sum()),
        "images": dataset.images,
        "categories": dict(dataset.categories),
        "group_by": dataset.group_by,
        **masks_document(dataset.masks),
        **documents.provenance_document(provenance),
        HASHES: hashes_of(frames, labels, *masks),
    }
    (folder / "dataset.json").write_bytes(documents.encode(document))


def write_inferences(folder: Path, inferences: InferenceSet, dataset: Dataset) -> None:
    """Write an inference set's tables, and `set.json` with the hash of its inferences or masks."""
    table = folder / "inferences.parquet"
    objects = inferences.objects
    tables.write_objects(table, objects, dataset.frames, dataset.project.class_map)
    masks = write_masks(folder, inferences.masks, dataset.frames)
    provenance = replace(inferences.provenance, fingerprint=hash_files(table, *masks))
    document = {
        "inferences": int(inferences.counts.sum()),
        "frames": int(np.count_nonzero(inferences.counts)),
        **masks_document(inferences.masks),
        **documents.provenance_document(provenance),
    }
    if inferences.values:
        document.update(documents.values_document({}, inferences.values))
    metrics = folder / tables.METRICS
    if inferences.metrics:
        classes = dataset.project.class_map
        tables.write_metrics(metrics, inferences.metrics, dataset.frames, classes)
    hashes = hashes_of(table, *masks, *([metrics] if inferences.metrics else ()))
    (folder / "set.json").write_bytes(documents.encode({**document, HASHES: hashes}))


def link(source: Path, target: Path) -> None:
    """Hard-link the files of the folder `source`, if it exists, below `target`."""
    if source.exists():
        shutil.copytree(source, target, copy_function=_linked)


def link_labels(source: Path, target: Path) -> None:
    """Hard-link the tables of the dataset in `source`, but not what belongs to it, below `target`."""
    target.mkdir()
    for name in ("dataset.json", "frames.parquet", "labels.parquet", tables.MASKS):
        if (source / name).exists():
            _linked(str(source / name), str(target / name))


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # The file system has no hard links.
        shutil.copy2(source, target)


def extend_project(change: Transaction, project: Project) -> None:
    """Have `project.json` hold the class map of `project`, if it grew from the one there.

    Raises:
        StoreError: It did not.
    """
    path = change.project / "project.json"
    stored = documents.project_of(project.name, path)
    known, entries = stored.class_map.entries, project.class_map.entries
    if entries[: len(known)] != known:
        raise StoreError(
            f"The class map of project {project.name} was changed by another upload in the meantime.",
            "Run the same upload again.",
        )
    if len(entries) > len(known):
        document = documents.project_document(replace(stored, class_map=project.class_map))
        change.put(path).write_bytes(documents.encode(document))


def declare_metrics(change: Transaction, name: str, declared: Iterable[Metric]) -> Project:
    """Have `project.json` declare metrics; returns the project `name` as it is afterwards.

    Direction and unit of a metric that it has are replaced.

    Raises:
        StoreError: A metric of the same name is of another kind there.
    """
    path = change.project / "project.json"
    stored = documents.project_of(name, path)
    known = {metric.name.casefold(): metric for metric in stored.metrics}
    for metric in declared:
        there = known.get(metric.name.casefold(), metric)
        if there.kind != metric.kind:
            raise StoreError(
                f"Project {name} has another metric called {there.name}, of the kind {there.kind}.",
                "Give this one another name.",
            )
        # What differs was said anew: readers of files leave known metrics as they are.
        known[metric.name.casefold()] = replace(metric, name=there.name)
    project = replace(stored, metrics=tuple(known.values()))
    if project != stored:
        change.put(path).write_bytes(documents.encode(documents.project_document(project)))
    return project


def recolor(change: Transaction, name: str, class_map: ClassMap) -> None:
    """Have the classes of `project.json` take the colours that those of `class_map` have."""
    path = change.project / "project.json"
    stored = documents.project_of(name, path)
    colors = {entry.id: entry.color for entry in class_map.entries}
    entries = tuple(replace(e, color=colors.get(e.id, e.color)) for e in stored.class_map.entries)
    project = replace(stored, class_map=ClassMap(entries))
    change.put(path).write_bytes(documents.encode(documents.project_document(project)))


def forget_metric(change: Transaction, project: Project, name: str) -> None:
    """Have `project.json` no longer declare a metric."""
    kept = tuple(metric for metric in project.metrics if metric.name != name)
    path = change.project / "project.json"
    change.put(path).write_bytes(documents.encode(documents.project_document(replace(project, metrics=kept))))


def hashes_of(*paths: Path) -> dict[str, str]:
    """The hash of each file by its name."""
    return {path.name: hash_files(path) for path in paths}


def check_hash(path: Path, document: documents.JsonDocument) -> None:
    """Make sure that a file is the one that the JSON document beside it speaks of.

    Raises:
        StoreError: It is not, or cannot be read.
    """
    expected = document.get(HASHES, {}).get(path.name)
    if expected is not None and hash_files(path) != expected:
        raise documents.damaged(path, "its content has changed")


def hash_files(*paths: Path) -> str:
    """One hash of the contents of several files."""
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        regular(path)
        with reading(path), path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()
