"""What a kind reads files with: the options that say how, and the reader that does it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal

from aquarium_tui.errors import UsageError
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from aquarium_tui.work.executor import Tell, Watch

UploadProgress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is to do."""


def silent(doing: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def watch_of(doing: str, progress: UploadProgress) -> Watch:
    """A watch over work that counts what is done, told to `progress` as `doing`."""
    return Watch(lambda done, total: progress(doing, done, total))


@dataclass(frozen=True)
class FileOptions:
    """How files are read; each field is an option of `upload`.

    Attributes:
        images: The folder where relative image paths start; for records of inferences that name masks, where
            the paths of the masks start. None takes the folder of the file.
        metadata: A table with more values for each frame.
        format: The name of a format, "masks", or "auto".
        split: The part of a YOLO dataset to read, or "all".
        category_offset: How far the class ids of inferences are above those of the labels; None finds it.
        voc_zero_based: Whether Pascal VOC coordinates are said to count from 0.
        voc_one_based: Whether they are said to count from 1.
        coco_ignore: Whether COCO annotations with `ignore` are crowds.
        field: The field of a FiftyOne dataset to read; empty takes the only possible one.
        readings: Readings that the user forces, each as `WHAT=WAY`.
        class_alias: A table of other names for classes.
        iou_type: Whether a new project matches objects by box or by mask; None matches by box.
        classes: A list of classes, or of the values of masks.
        ignore: Classes that are excluded from all counts.
        suffix: What the names of masks have in addition to those of their images; None finds it.
    """

    images: Path | None = None
    metadata: Path | None = None
    format: str = "auto"
    split: str = ""
    category_offset: int | None = None
    voc_zero_based: bool = False
    voc_one_based: bool = False
    coco_ignore: bool = False
    field: str = ""
    readings: tuple[str, ...] = ()
    class_alias: Path | None = None
    iou_type: Literal["box", "mask"] | None = None
    classes: Path | None = None
    ignore: tuple[str, ...] = ()
    suffix: str | None = None

    def check(self, inferences: bool) -> None:
        """Make sure that every option given applies to a dataset, or to inferences.

        Raises:
            UsageError: One does not.
        """
        of_dataset = {
            "--images": self.images,
            "--metadata": self.metadata,
            "--split": self.split,
            "--iou-type": self.iou_type,
            "--ignore": self.ignore,
            "--coco-ignore": self.coco_ignore,
        }
        if self.voc_zero_based and self.voc_one_based:
            raise UsageError("--voc-zero-based and --voc-one-based cannot be combined.")
        wrong = [name for name, value in of_dataset.items() if value] if inferences else []
        if wrong:
            raise UsageError(f"{', '.join(wrong)}: only for datasets, so leave out --inferences-id.")
        if not inferences and self.category_offset is not None:
            raise UsageError("--inferences-id is missing: --category-offset is only for inferences.")
        of_inferences = {"--reading": self.readings, "--class-alias": self.class_alias}
        wrong = [name for name, value in of_inferences.items() if value and not inferences]
        if wrong:
            raise UsageError(f"--inferences-id is missing: {', '.join(wrong)}: only for inferences.")


STAGES = 4
"""Steps of reading a file that are reported one by one, and storing it."""


def stages_of(progress: UploadProgress) -> Tell:
    """Counts the steps of reading one file."""
    step = count(1)
    return lambda doing: progress(doing, next(step), STAGES)


class Reader(ABC):
    """Reads the files of one kind, or of a few that look alike."""

    @abstractmethod
    def claims(self, project: Project, given: Path, options: FileOptions) -> bool:
        """Whether a file or folder is for this reader.

        Raises:
            UsageError: It is not, but the options say that it is.
        """

    @abstractmethod
    def dataset(
        self, project: Project, name: str, labels: Path, options: FileOptions, progress: UploadProgress
    ) -> Dataset:
        """The labelled dataset in a file or folder, of the project or of the task that the file shows.

        Raises:
            AquariumError: It cannot be read, or does not fit the project.
        """

    @abstractmethod
    def inferences(
        self, dataset: Dataset, id_: str, file: Path, options: FileOptions, progress: UploadProgress
    ) -> InferenceSet:
        """The inferences of one model on a dataset, in a file or folder.

        Raises:
            AquariumError: They cannot be read, or do not fit the dataset.
        """
