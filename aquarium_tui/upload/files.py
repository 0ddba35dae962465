"""The files of an upload, read into a dataset or an inference set."""

from dataclasses import replace
from itertools import count
from pathlib import Path

from aquarium_tui.errors import UsageError
from aquarium_tui.formats import Given
from aquarium_tui.formats.aquarium import looks_like as looks_like_records
from aquarium_tui.formats.mask_folder import looks_like_masks
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.ingest.masks import MaskOptions, mask_dataset, mask_inferences
from aquarium_tui.ingest.provenance import Tell
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import BOX, SEGMENTATION, Dataset, InferenceSet, Project
from aquarium_tui.store import Store
from aquarium_tui.upload.request import FileOptions, UploadProgress, silent, watch_of

STAGES = 4
"""Steps of reading a file that are told one by one, and storing it."""
_MASKS, _READING_MASKS = "masks", "reading masks"


def read_dataset(
    store: Store,
    project: str,
    name: str,
    labels: Path,
    options: FileOptions,
    *,
    progress: UploadProgress = silent,
) -> Dataset:
    """The labelled dataset in a file or folder, as one of a project that may not exist yet.

    Args:
        store: Has the project, if it exists.
        project: The name of the project.
        name: The name of the dataset.
        labels: The file or folder.
        options: How to read it.
        progress: Told how the reading goes.

    Raises:
        AquariumError: It cannot be read, or does not fit the project.
    """
    owner = _owner(store, project, options)
    if _are_masks(owner, labels, options):
        if not owner.class_map.entries:
            owner = replace(owner, task=SEGMENTATION)
        return mask_dataset(owner, name, labels, _mask_options(options), watch_of(_READING_MASKS, progress))
    return labelled_dataset(
        owner,
        name,
        labels,
        _stages(progress),
        images=options.images,
        metadata=options.metadata,
        format_=options.format,
        split=options.split,
        zero_based=options.voc_zero_based,
        field=options.field,
        classes=options.classes,
        ignore=options.ignore,
        watch=watch_of(_READING_MASKS, progress),
    )


def read_inferences(
    dataset: Dataset, id_: str, file: Path, options: FileOptions, *, progress: UploadProgress = silent
) -> InferenceSet:
    """The inferences of one model on a dataset, in a file or folder.

    Args:
        dataset: The dataset.
        id_: The name of the set.
        file: The file or folder.
        options: How to read it.
        progress: Told how the reading goes.

    Raises:
        AquariumError: They cannot be read, or do not fit the dataset.
    """
    if _are_masks(dataset.project, file, options):
        return mask_inferences(dataset, id_, file, _mask_options(options), watch_of(_READING_MASKS, progress))
    if options.classes:
        raise UsageError("--classes: only for datasets and folders of masks, so leave it out.")
    return inference_set(
        dataset,
        id_,
        file,
        options.format,
        _stages(progress),
        category_offset=options.category_offset,
        zero_based=options.voc_zero_based,
        field=options.field,
        masks=options.images,
        watch=watch_of(_READING_MASKS, progress),
    )


def _stages(progress: UploadProgress) -> Tell:
    """Counts the steps of reading one file."""
    step = count(1)
    return lambda doing: progress(doing, next(step), STAGES)


def _mask_options(options: FileOptions) -> MaskOptions:
    return MaskOptions(options.images, options.classes, options.ignore, options.suffix, options.metadata)


def _are_masks(project: Project, given: Path, options: FileOptions) -> bool:
    """Whether `given` is a folder of masks.

    Raises:
        UsageError: It is not, but the options say that it is.
    """
    if options.format == _MASKS or options.suffix is not None:
        if not given.is_dir():
            said = "--format masks" if options.suffix is None else "--suffix"
            raise UsageError(f"{said} needs a folder of masks, and {visible(str(given))} is not a folder.")
        return True
    if options.format != "auto" or options.iou_type or not given.is_dir():
        return False
    if project.task == SEGMENTATION and project.class_map.entries:
        return not looks_like_records(Given(given))
    return looks_like_masks(given)


def _owner(store: Store, name: str, options: FileOptions) -> Project:
    """The project of a dataset, a new one if it does not exist.

    Raises:
        UsageError: It matches objects by another IoU than the options ask for.
    """
    if name not in store.projects():
        return Project(name, iou_type=options.iou_type or BOX)
    owner = store.project(name)
    if options.iou_type not in (None, owner.iou_type):
        raise UsageError(
            f"Project {name} matches by {owner.iou_type} IoU: leave out --iou-type, or name a new project."
        )
    return owner
