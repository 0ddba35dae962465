"""Folders of masks as a dataset of a project, and as an inference set of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.reading import mask_size
from aquarium_tui.compare.pixels.survey import Survey, survey
from aquarium_tui.compare.pixels.working import Watch, worked, workers
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.masks import image_files, mask_files
from aquarium_tui.formats.values import clean
from aquarium_tui.ingest.mask_checks import Size, Surveyed, mask_problems, name_problems, problem, slip
from aquarium_tui.ingest.mask_classes import MaskClasses, inferred_classes, label_classes
from aquarium_tui.ingest.mask_names import Named, named
from aquarium_tui.ingest.metadata import with_metadata
from aquarium_tui.ingest.provenance import listed, provenance
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.names import check_name, visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import SEGMENTATION, Dataset, Frames, InferenceSet, Project, no_objects
from aquarium_tui.render.decode import upright_size
from aquarium_tui.render.files import opened


@dataclass(frozen=True)
class MaskOptions:
    """How masks are to be read.

    Attributes:
        classes: A list of classes; None takes those that are known.
        ignore: Names or values of classes whose pixels leave every count.
        suffix: What the stems of the masks have besides those of the images; None finds it.
        metadata: A CSV or JSONL file with more about each frame.
    """

    classes: Path | None = None
    ignore: Sequence[str] = ()
    suffix: str | None = None
    metadata: Path | None = None


def mask_dataset(
    project: Project, name: str, labels: Path, images: Path, options: MaskOptions, watch: Watch
) -> Dataset:
    """The images of a folder and their label masks, as a dataset of `project`.

    Args:
        project: Its class map is extended, where classes are new; they are known by name.
        name: The name of the dataset.
        labels: The folder of the masks.
        images: The folder of the images; each is a frame.
        options: How the masks are to be read.
        watch: How the reading is watched.

    Raises:
        UsageError: The name is not legal, or the project is of another task, or classes are not known.
        InputError: A folder or file cannot be read, or no mask is of an image.
    """
    check_name(name, "dataset")
    if project.class_map.entries and project.task != SEGMENTATION:
        raise UsageError(f"Project {project.name} is of {project.task}, and masks are of segmentation.")
    classes = label_classes(project, options.classes, options.ignore)
    pictures, files = image_files(images), mask_files(labels)
    if images.resolve() == labels.resolve():
        pictures = [path for path in pictures if path not in set(files)]
    match = _named(pictures, files, options.suffix, labels)
    frames, sizes = _frames(pictures, match, images)
    masks, found = _masks("label masks", labels, files, match, (classes, frames), watch)
    frames, more = _with_metadata(frames, options.metadata)
    problems = (*sizes, *name_problems(match, files, list(map(str, frames.id))))
    problems += (*mask_problems(found, masks.values, resized=False), *more[1])
    notes = (*_notes(match, found), *classes.notes, *more[0])
    return Dataset(
        project=replace(project, task=SEGMENTATION, class_map=classes.class_map),
        name=name,
        frames=frames,
        labels=no_objects(len(frames)),
        images=clean(str(images.absolute())),
        provenance=provenance(labels, notes, problems),
        masks=masks,
    )


def mask_inferences(
    dataset: Dataset, id_: str, folder: Path, options: MaskOptions, watch: Watch
) -> InferenceSet:
    """The masks that one model made of the frames of `dataset`.

    Args:
        dataset: Has label masks.
        id_: The name of the set.
        folder: The folder of the masks.
        options: How they are to be read; `ignore` and `metadata` are of the dataset.
        watch: How the reading is watched.

    Raises:
        UsageError: The name is not legal, or the dataset has no masks.
        InputError: The folder or a file cannot be read, or no mask is of a frame.
    """
    check_name(id_, "inference set")
    if dataset.masks is None:
        raise UsageError(f"{dataset.project.name}/{dataset.name} is of {dataset.project.task}, not of masks.")
    classes = inferred_classes(dataset, options.classes)
    files = mask_files(folder)
    pictures = [path or "" for path in dataset.frames.path]
    match = _named(pictures, files, options.suffix, folder)
    masks, found = _masks("masks", folder, files, match, (classes, dataset.masks), watch)
    problems = name_problems(match, files, list(map(str, dataset.frames.id)))
    problems = (*problems, *mask_problems(found, masks.values, resized=True))
    problems += tuple(slip(dataset.masks, masks, classes.class_map))
    notes = (*_notes(match, found), *classes.notes)
    return InferenceSet(id_, no_objects(len(dataset.frames)), provenance(folder, notes, problems), masks)


def _named(pictures: Sequence[str], files: Sequence[str], suffix: str | None, folder: Path) -> Named:
    match = named(pictures, files, suffix)
    if not match.matched:
        others = f" Suffixes there are: {listed(list(match.others))}." if match.others else ""
        raise InputError(
            f"None of the {len(files):,} masks in {visible(str(folder))} is of an image.",
            f"Masks are named like the images, with or without a suffix: they are {listed(files)}, "
            f"the images are {listed(pictures)}.{others}",
        )
    return match


def _frames(pictures: Sequence[str], match: Named, folder: Path) -> tuple[Frames, Sequence[Problem]]:
    """A frame for each image, its size read from the file's header."""
    sizes: list[Size] = []
    unread: list[str] = []
    for path in pictures:
        try:
            with opened(str(folder / path)) as image:
                sizes.append(upright_size(image))
        except InputError as error:
            sizes.append((0, 0))
            unread.append(f"{path} ({error.message})")
    width, height = np.array(sizes, dtype=np.int32).reshape(-1, 2).T.copy()
    frames = Frames(Text.from_words(list(match.keys)), Text.from_words(list(pictures)), width, height)
    hint = "a placeholder is shown for them"
    return frames, tuple(problem("images that cannot be read", unread, "kept", hint))


def _with_metadata(
    frames: Frames, path: Path | None
) -> tuple[Frames, tuple[Sequence[str], Sequence[Problem]]]:
    extra = with_metadata(frames, path)
    return extra.frames, (extra.notes, extra.problems)


def _masks(
    what: str,
    folder: Path,
    files: Sequence[str],
    match: Named,
    of: tuple[MaskClasses, Frames | Masks],
    watch: Watch,
) -> tuple[Masks, Surveyed]:
    """The masks of the frames, and what was found in them.

    Args:
        what: Their name in messages.
        folder: Where they lie.
        files: Their paths.
        match: Which is of which frame.
        of: What their values mean; and whose size they should have, the images' or other masks'.
        watch: How the reading is watched.
    """
    classes, sized = of
    start = folder.absolute()
    rows = np.flatnonzero(match.file >= 0)
    paths = [files[i] for i in match.file[rows].tolist()]
    sizes = list(_sizes(sized, rows))
    with workers(sum(width * height for width, height in sizes)) as executor:
        surveys = list(worked(survey, [str(start / path) for path in paths], executor, watch))
    found = Surveyed(what, paths, surveys, sizes)
    path = Text.from_words(files, match.file.astype(np.int32))
    return Masks(clean(str(start)), path, classes.values, found.pixels()), found


def _sizes(sized: Frames | Masks, rows: NDArray[np.int64]) -> Iterator[Size]:
    """Width and height of images or masks, 0 where not known."""
    for row in rows.tolist():
        if isinstance(sized, Frames):
            yield int(sized.width[row]), int(sized.height[row])
        else:
            yield _size(sized.file(row))


def _size(file: str | None) -> Size:
    try:
        return mask_size(file) if file else (0, 0)
    except InputError:
        return 0, 0


def _notes(match: Named, found: Surveyed) -> Iterator[str]:
    """How the masks are named and coded."""
    less = f" less {match.image_suffix}" if match.image_suffix else ""
    more = f" with {match.mask_suffix}" if match.mask_suffix else ""
    yield f"masks are named like the images{visible(less)}{visible(more)}"
    if match.others:
        told = ", ".join(f"{visible(suffix) or 'none'} ({n:,})" for suffix, n in match.others.items())
        yield f"further masks have another suffix and are left out: {told}; --suffix names the one to take"
    colored = sum(isinstance(each, Survey) and each.colored for each in found.surveys)
    if colored:
        yield f"{colored:,} masks are colour-coded: their colours are read as those of the classes"
