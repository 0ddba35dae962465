"""Readers of folders of masks, and of boxes and classes of images, whose task the content decides."""

from dataclasses import replace
from pathlib import Path

from aquarium_tui.errors import UsageError
from aquarium_tui.formats import Given
from aquarium_tui.formats.aquarium import looks_like as looks_like_records
from aquarium_tui.formats.mask_folder import looks_like_masks
from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.ingest.agreement import Wishes
from aquarium_tui.ingest.labels import TaskForms
from aquarium_tui.ingest.masks import MaskOptions, mask_dataset, mask_inferences
from aquarium_tui.ingest.readings import VALUES, forced
from aquarium_tui.kinds.reader import FileOptions, Reader, UploadProgress, stages_of, watch_of
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import SEGMENTATION, Dataset, InferenceSet, Project

READING_MASKS = "reading masks"
_MASKS = "masks"


class MaskReader(Reader):
    """Folders with one picture per frame whose values are classes."""

    def claims(self, project: Project, given: Path, options: FileOptions) -> bool:
        """Folders of masks.

        Raises:
            UsageError: It is not one, but the options say that it is.
        """
        if options.format == _MASKS or options.suffix is not None:
            if not is_folder(given):
                said = "--format masks" if options.suffix is None else "--suffix"
                raise UsageError(
                    f"{said} needs a folder of masks, and {visible(str(given))} is not a folder."
                )
            return True
        if options.format != "auto" or options.iou_type or not is_folder(given):
            return False
        if project.task == SEGMENTATION and project.class_map.entries:
            return not looks_like_records(Given(given))
        return looks_like_masks(given)

    def dataset(
        self, project: Project, name: str, labels: Path, options: FileOptions, progress: UploadProgress
    ) -> Dataset:
        """The dataset of a folder; a new project becomes one of masks.

        Raises:
            AquariumError: It cannot be read, or does not fit the project.
        """
        if not project.class_map.entries:
            project = replace(project, task=SEGMENTATION)
        if project.task != SEGMENTATION:
            raise UsageError(
                f"Project {project.name} is a {project.task} project, and masks need a segmentation project."
            )
        return mask_dataset(project, name, labels, _options(options), watch_of(READING_MASKS, progress))

    def inferences(
        self, dataset: Dataset, id_: str, file: Path, options: FileOptions, progress: UploadProgress
    ) -> InferenceSet:
        """The inferred masks of a folder.

        Raises:
            AquariumError: They cannot be read, or do not fit the dataset.
        """
        return mask_inferences(dataset, id_, file, _options(options), watch_of(READING_MASKS, progress))


def _options(options: FileOptions) -> MaskOptions:
    reading = forced(options.readings).get(VALUES, "")
    return MaskOptions(
        options.images, options.classes, options.ignore, options.suffix, options.metadata, reading
    )


class ObjectReader(Reader):
    """Every format of objects; records may also name masks.

    Args:
        forms: Which task a file means by what it holds.
    """

    def __init__(self, forms: TaskForms) -> None:
        self.forms = forms

    def claims(self, project: Project, given: Path, options: FileOptions) -> bool:
        """Everything that no other reader claims: what is wrong with it is reported as it is read."""
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
