"""Masks that records name by path, one per frame, instead of a folder of masks."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from aquarium_tui.ingest.classes import inferred_classes, label_classes
from aquarium_tui.ingest.masks.checks import mask_problems, problem, slip
from aquarium_tui.ingest.masks.folder import MaskFolder, NamedMasks
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import SEGMENTATION, Dataset, Frames, InferenceSet, no_objects
from aquarium_tui.work.watch import Watch


def folder_of(path: Path) -> Path:
    """The folder in which relative paths start in the records at `path`, a file or a folder."""
    return path if path.is_dir() else path.parent


def with_label_masks(dataset: Dataset, paths: Mapping[str, str], folder: Path, watch: Watch) -> Dataset:
    """The dataset with label masks instead of labels; pixel values are class ids of its project.

    Args:
        dataset: The dataset with the frames.
        paths: The path of the mask by frame id.
        folder: Where relative paths start.
        watch: Progress and cancelling.

    Raises:
        UsageError: The project has no classes.
        CancelledError: `watch.cancelled` said so.
    """
    classes = label_classes(dataset.project, None, ())
    named = _named(dataset.frames, paths, folder)
    found = named.surveyed("label masks", dataset.frames, watch)
    problems = (*_problems(dataset.frames, paths), *mask_problems(found, classes.values, inferred=False))
    provenance = replace(dataset.provenance, problems=(*dataset.provenance.problems, *problems))
    return replace(
        dataset,
        project=replace(dataset.project, task=SEGMENTATION),
        labels=no_objects(len(dataset.frames)),
        masks=named.masks(classes, found),
        provenance=provenance,
    )


def with_inferred_masks(
    dataset: Dataset, inferences: InferenceSet, paths: Mapping[str, str], folder: Path, watch: Watch
) -> InferenceSet:
    """The set with masks instead of objects; the arguments are those of `with_label_masks`.

    Raises:
        CancelledError: `watch.cancelled` said so.
    """
    classes = inferred_classes(dataset, None)
    named = _named(dataset.frames, paths, folder)
    found = named.surveyed("masks", dataset.masks or dataset.frames, watch)
    masks = named.masks(classes, found)
    problems = [*_problems(dataset.frames, paths), *mask_problems(found, masks.values, inferred=True)]
    if dataset.masks is not None:
        problems += slip(dataset.masks, masks, classes.class_map)
    provenance = replace(inferences.provenance, problems=(*inferences.provenance.problems, *problems))
    objects = no_objects(len(dataset.frames))
    return replace(inferences, objects=objects, masks=masks, provenance=provenance)


def _named(frames: Frames, paths: Mapping[str, str], folder: Path) -> MaskFolder:
    ids = list(map(str, frames.id))
    files = list(dict.fromkeys(paths[id_] for id_ in ids if id_ in paths))
    place = {path: i for i, path in enumerate(files)}
    file = np.array([place[paths[id_]] if id_ in paths else -1 for id_ in ids], dtype=np.int64)
    return MaskFolder(folder, files, NamedMasks(ids, "", "", file, (), {}, ()))


def _problems(frames: Frames, paths: Mapping[str, str]) -> tuple[Problem, ...]:
    """Frames without a mask, and masks of unknown frames."""
    known = frames.row_by_id
    lacking = [id_ for id_ in known if id_ not in paths]
    strange = [f"frame {id_}" for id_ in paths if id_ not in known]
    return (
        *problem("frames without a mask", lacking, "kept", "they are excluded from all counts"),
        *problem("masks of unknown frames", strange, "left out"),
    )
