"""Masks of whole frames as datasets and inference sets: from folders of masks, or named by records."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.mask_folder import image_files, mask_files
from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.ingest.classes import inferred_classes, label_classes
from aquarium_tui.ingest.frame_keys import with_metadata
from aquarium_tui.ingest.masks.checks import judged_values, mask_problems, name_problems, problem, slip
from aquarium_tui.ingest.masks.folder import MaskFolder, NamedMasks, mask_folder
from aquarium_tui.ingest.readings import hidden_note, provenance
from aquarium_tui.media.folders import unsuffixed
from aquarium_tui.media.source import image_size
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import check_name, is_remote, joined, place_of
from aquarium_tui.model.picture import Size
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Project, no_objects
from aquarium_tui.work.executor import Watch


@dataclass(frozen=True)
class MaskOptions:
    """How masks are to be read; `images`, `ignore` and `metadata` only apply to datasets.

    Attributes:
        images: The folder of the images, one per frame.
        classes: A list of classes; None takes the known ones.
        ignore: Names or values of classes whose pixels to exclude from all counts.
        suffix: What the stems of the masks have in addition to those of the images; None finds it.
        metadata: A CSV, JSON or Parquet table with more about each frame.
        reading: How the values of inferred masks are to be read; empty lets the labels decide.
    """

    images: Path | None = None
    classes: Path | None = None
    ignore: Sequence[str] = ()
    suffix: str | None = None
    metadata: Path | None = None
    reading: str = ""


def mask_dataset(project: Project, name: str, labels: Path, options: MaskOptions, watch: Watch) -> Dataset:
    """The images of a folder and their label masks, as a dataset of `project`.

    Args:
        project: A project of masks; classes that it does not know by name extend its class map.
        name: The name of the dataset.
        labels: The folder of the masks.
        options: How the masks are to be read.
        watch: Progress and cancelling.

    Raises:
        UsageError: The name is not allowed, or images or classes are missing.
        InputError: A folder or file cannot be read, or no mask belongs to an image.
        CancelledError: `watch.cancelled` said so.
    """
    check_name(name, "dataset")
    if options.images is None:
        raise UsageError("--images is missing: name the folder of the images that the masks belong to.")
    # Missing classes are reported before masks are read, which may take minutes.
    label_classes(project, options.classes, options.ignore)
    pictures, again = _pictures(options.images, labels)
    folder = mask_folder(labels, pictures, options.suffix)
    frames, unread = _frames(pictures, folder.match.keys, options.images)
    found = folder.surveyed("label masks", frames, watch)
    classes = label_classes(project, options.classes, options.ignore, found.pixels().keys())
    extra = with_metadata(frames, options.metadata)
    ids = list(map(str, frames.id))
    problems = (*again, *unread, *name_problems(folder.match, folder.files, ids))
    problems += (*mask_problems(found, classes.values, inferred=False), *extra.problems)
    hidden = hidden_note((labels, options.images))
    notes = (*folder.notes(found), *classes.notes, *extra.notes, *hidden)
    return Dataset(
        project=replace(project, class_map=classes.class_map),
        name=name,
        frames=extra.frames,
        labels=no_objects(len(frames)),
        images=place_of(options.images),
        provenance=provenance(labels, notes, problems),
        masks=folder.masks(classes, found),
    )


def mask_inferences(
    dataset: Dataset, id_: str, path: Path, options: MaskOptions, watch: Watch
) -> InferenceSet:
    """The masks that one model made of the frames of `dataset`.

    Args:
        dataset: A dataset with label masks.
        id_: The name of the set.
        path: The folder of the masks.
        options: How they are to be read.
        watch: Progress and cancelling.

    Raises:
        UsageError: The name is not allowed, or the dataset has no masks.
        InputError: The folder or a file cannot be read, or no mask belongs to a frame.
        CancelledError: `watch.cancelled` said so.
    """
    check_name(id_, "inference set")
    if dataset.masks is None:
        where = f"{dataset.project.name}/{dataset.name}"
        raise UsageError(f"{where} has no label masks; it belongs to a {dataset.project.task} project.")
    inferred_classes(dataset, options.classes)
    folder = mask_folder(path, [image or "" for image in dataset.frames.path], options.suffix)
    found = folder.surveyed("masks", dataset.masks, watch)
    classes = inferred_classes(dataset, options.classes, found.pixels().keys())
    masks, read = folder.masks(classes, found), tuple[str, ...]()
    if options.classes is None:
        masks, read = judged_values(dataset.masks, masks, classes.class_map, options.reading)
    problems = (
        *name_problems(folder.match, folder.files, list(map(str, dataset.frames.id))),
        *mask_problems(found, masks.values, inferred=True),
        *slip(dataset.masks, masks, classes.class_map),
    )
    notes = (*folder.notes(found), *classes.notes, *read, *hidden_note((path,)))
    return InferenceSet(id_, no_objects(len(dataset.frames)), provenance(path, notes, problems), masks)


def folder_of(path: Path) -> Path:
    """The folder in which relative paths start in the records at `path`, a file or a folder."""
    return path if is_folder(path) else path.parent


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
    named = _named_masks(dataset.frames, paths, folder)
    found = named.surveyed("label masks", dataset.frames, watch)
    classes = label_classes(dataset.project, None, (), found.pixels().keys())
    problems = (
        *_record_problems(dataset.frames, paths),
        *mask_problems(found, classes.values, inferred=False),
    )
    known = dataset.provenance
    return replace(
        dataset,
        labels=no_objects(len(dataset.frames)),
        masks=named.masks(classes, found),
        provenance=replace(known, problems=(*known.problems, *problems)),
    )


def with_inferred_masks(
    dataset: Dataset,
    inferences: InferenceSet,
    paths: Mapping[str, str],
    folder: Path,
    watch: Watch,
    *,
    reading: str = "",
) -> InferenceSet:
    """The set with masks instead of objects; the first arguments are those of `with_label_masks`.

    Args:
        dataset: The dataset with label masks.
        inferences: The set without masks.
        paths: The path of the mask by frame id.
        folder: Where relative paths start.
        watch: Progress and cancelling.
        reading: How the values are to be read; empty lets the labels decide.

    Raises:
        CancelledError: `watch.cancelled` said so.
    """
    named = _named_masks(dataset.frames, paths, folder)
    found = named.surveyed("masks", dataset.masks or dataset.frames, watch)
    classes = inferred_classes(dataset, None, found.pixels().keys())
    masks = named.masks(classes, found)
    problems = [*_record_problems(dataset.frames, paths), *mask_problems(found, masks.values, inferred=True)]
    read: tuple[str, ...] = ()
    if dataset.masks is not None:
        masks, read = judged_values(dataset.masks, masks, classes.class_map, reading)
        problems += slip(dataset.masks, masks, classes.class_map)
    known = inferences.provenance
    objects = no_objects(len(dataset.frames))
    return replace(
        inferences,
        objects=objects,
        masks=masks,
        provenance=replace(known, notes=(*known.notes, *read), problems=(*known.problems, *problems)),
    )


def _pictures(images: Path, labels: Path) -> tuple[Sequence[str], tuple[Problem, ...]]:
    """Paths of the images, one per stem; masks in the same folder are not images."""
    found = image_files(images)
    masks = set(mask_files(labels)) if images.resolve() == labels.resolve() else set()
    taken: dict[str, str] = {}
    again: list[str] = []
    for path in found:
        if path not in masks and taken.setdefault(unsuffixed(path), path) != path:
            again.append(path)
    if not taken:
        raise InputError(
            "all images are PNG files in the folder of the masks.", "Put images and masks into two folders."
        )
    return list(taken.values()), tuple(
        problem("images with the same name as an earlier one", again, "left out")
    )


def _frames(pictures: Sequence[str], ids: Sequence[str], folder: Path) -> tuple[Frames, tuple[Problem, ...]]:
    """A frame for each image, with the size in the header of its file."""
    sizes: list[Size] = []
    unread: list[str] = []
    root = place_of(folder)
    places = [joined(root, path) for path in pictures]
    # Servers are asked for many at once: they wait for the line, not for this machine.
    with ThreadPoolExecutor(16) as pool:
        found = pool.map(_size, places) if is_remote(root) else map(_size, places)
        for path, size in zip(pictures, found, strict=True):
            sizes.append((0, 0) if isinstance(size, str) else size)
            unread += [f"{path} ({size})"] * isinstance(size, str)
    width, height = np.array(sizes, dtype=np.int32).reshape(-1, 2).T.copy()
    frames = Frames(Text.from_words(list(ids)), Text.from_words(list(pictures)), width, height)
    hint = "a placeholder is shown for them"
    return frames, tuple(problem("images that cannot be read", unread, "kept", hint))


def _size(place: str) -> Size | str:
    """The size of an image, or why it cannot be read."""
    try:
        return image_size(place)
    except InputError as error:
        return error.message


def _named_masks(frames: Frames, paths: Mapping[str, str], folder: Path) -> MaskFolder:
    ids = list(map(str, frames.id))
    files = list(dict.fromkeys(paths[id_] for id_ in ids if id_ in paths))
    place = {path: i for i, path in enumerate(files)}
    file = np.array([place[paths[id_]] if id_ in paths else -1 for id_ in ids], dtype=np.int64)
    return MaskFolder(folder, files, NamedMasks(ids, "", "", file, (), {}, ()))


def _record_problems(frames: Frames, paths: Mapping[str, str]) -> tuple[Problem, ...]:
    """Frames without a mask, and masks of unknown frames."""
    known = frames.row_by_id
    lacking = [id_ for id_ in known if id_ not in paths]
    strange = [f"frame {id_}" for id_ in paths if id_ not in known]
    return (
        *problem("frames without a mask", lacking, "kept", "they are excluded from all counts"),
        *problem("masks of unknown frames", strange, "left out"),
    )
