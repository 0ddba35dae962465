"""Reads folders of masks."""

from dataclasses import replace
from pathlib import Path

from aquarium_tui.errors import UsageError
from aquarium_tui.formats import Given
from aquarium_tui.formats.aquarium import looks_like as looks_like_records
from aquarium_tui.formats.mask_folder import looks_like_masks
from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.ingest.masks import MaskOptions, mask_dataset, mask_inferences
from aquarium_tui.ingest.readings import VALUES, forced
from aquarium_tui.kinds.reader import FileOptions, Reader, UploadProgress, watch_of
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
