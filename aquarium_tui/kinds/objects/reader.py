"""Reads boxes, and classes of images: which of them a file holds decides the task of a new project."""

from pathlib import Path

from aquarium_tui.errors import UsageError
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.ingest.agreement import Wishes
from aquarium_tui.ingest.labels import TaskForms
from aquarium_tui.ingest.readings import forced
from aquarium_tui.kinds.masks.reader import READING_MASKS
from aquarium_tui.kinds.reader import FileOptions, Reader, UploadProgress, stages_of, watch_of
from aquarium_tui.model.tables import Dataset, InferenceSet, Project


class ObjectReader(Reader):
    """Every format of objects; records may also name masks.

    Args:
        forms: Which task a file means by what it holds.
    """

    def __init__(self, forms: TaskForms) -> None:
        self.forms = forms

    def claims(self, project: Project, given: Path, options: FileOptions) -> bool:
        """Everything that no other reader claims: what is wrong with it is said as it is read."""
        del project, given, options
        return True

    def dataset(
        self, project: Project, name: str, labels: Path, options: FileOptions, progress: UploadProgress
    ) -> Dataset:
        """The dataset of a file in one of the formats.

        Raises:
            AquariumError: It cannot be read, or does not fit the project.
        """
        return labelled_dataset(
            project,
            name,
            labels,
            stages_of(progress),
            images=options.images,
            metadata=options.metadata,
            format_=options.format,
            split=options.split,
            zero_based=options.voc_zero_based,
            one_based=options.voc_one_based,
            ignored=options.coco_ignore,
            field=options.field,
            classes=options.classes,
            ignore=options.ignore,
            watch=watch_of(READING_MASKS, progress),
            forms=self.forms,
        )

    def inferences(
        self, dataset: Dataset, id_: str, file: Path, options: FileOptions, progress: UploadProgress
    ) -> InferenceSet:
        """The inferences of a file in one of the formats.

        Raises:
            AquariumError: They cannot be read, or do not fit the dataset.
        """
        if options.classes and options.category_offset is not None:
            raise UsageError(
                "--category-offset is an offset to the classes of the labels; leave out --classes."
            )
        return inference_set(
            dataset,
            id_,
            file,
            options.format,
            stages_of(progress),
            wishes=Wishes(
                forced(options.readings), options.category_offset, options.classes, options.class_alias
            ),
            zero_based=options.voc_zero_based,
            one_based=options.voc_one_based,
            field=options.field,
            masks=options.images,
            watch=watch_of(READING_MASKS, progress),
            forms=self.forms,
        )
