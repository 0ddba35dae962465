"""The files of an upload, read into a dataset or an inference set."""

from pathlib import Path

from aquarium_tui.errors import UsageError
from aquarium_tui.kinds import reader_of
from aquarium_tui.kinds.reader import FileOptions, UploadProgress, silent
from aquarium_tui.model.tables import BOX, Dataset, InferenceSet, Project
from aquarium_tui.store import Store


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
    return reader_of(owner, labels, options).dataset(owner, name, labels, options, progress)


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
    reader = reader_of(dataset.project, file, options)
    return reader.inferences(dataset, id_, file, options, progress)


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
