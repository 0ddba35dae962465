"""What is asked of an upload: where to, which files, how to read them, and what to do with what is there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import check_name
from aquarium_tui.work.watch import Watch

UploadProgress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is to do."""


def silent(doing: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def watch_of(doing: str, progress: UploadProgress) -> Watch:
    """A watch over work that counts what is done, told to `progress` as `doing`."""
    return Watch(lambda done, total: progress(doing, done, total))


class UploadMode(StrEnum):
    """What to do if the dataset or inference set exists; one that does not exist is always created."""

    NEW = "new"
    """Refuse to touch it."""
    REPLACE = "replace"
    """Replace it."""
    APPEND = "append"
    """Add new frames, and replace the frames that are given again."""


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
        voc_zero_based: Whether Pascal VOC coordinates count from 0.
        field: The field of a FiftyOne dataset to read; empty takes the only possible one.
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
    field: str = ""
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
        }
        wrong = [name for name, value in of_dataset.items() if value] if inferences else []
        if wrong:
            raise UsageError(f"{', '.join(wrong)}: only for datasets, so leave out --inferences-id.")
        if not inferences and self.category_offset is not None:
            raise UsageError("--inferences-id is missing: --category-offset is only for inferences.")


@dataclass(frozen=True)
class MetricOptions:
    """The user's metrics of an inference set.

    Attributes:
        file: A table with one row per frame.
        functions: Python functions, each as `FILE.py:FUNCTION`.
        declared: Declarations, each as `NAME:higher|lower[:UNIT]`.
    """

    file: Path | None = None
    functions: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.file is not None or bool(self.functions)

    def check(self, inferences: bool) -> None:
        """Make sure that metrics come for an inference set, and declarations come with metrics.

        Raises:
            UsageError: They do not.
        """
        if self and not inferences:
            raise UsageError("--inferences-id is missing: metrics belong to an inference set.")
        if self.declared and not self:
            raise UsageError("--metric describes a metric: add --metrics FILE or --metric-from.")


@dataclass(frozen=True)
class UploadRequest:
    """An upload of a labelled dataset, or with `inferences_id` of one model's inferences, metrics, or both.

    Attributes:
        project: The project; created if it does not exist.
        dataset: The dataset in it.
        inferences_id: The inference set; empty for a dataset.
        labels: The file or folder of the labels.
        inferences: The file or folder of the inferences; None uploads only metrics.
        options: How the files are read.
        metrics: The user's metrics of the inference set.
        mode: What to do with what already exists.
        dry: Whether to store nothing.
    """

    project: str
    dataset: str
    inferences_id: str = ""
    labels: Path | None = None
    inferences: Path | None = None
    options: FileOptions = field(default_factory=FileOptions)
    metrics: MetricOptions = field(default_factory=MetricOptions)
    mode: UploadMode = UploadMode.NEW
    dry: bool = False

    @property
    def only_metrics(self) -> bool:
        """Whether metrics are added to an inference set that already exists."""
        return bool(self.inferences_id and self.metrics) and self.inferences is None

    def given(self) -> Path:
        """The file or folder of the inferences or, for a dataset, of the labels.

        Raises:
            UsageError: It is missing.
        """
        path = self.inferences if self.inferences_id else self.labels
        if path is None:
            what = "inferences" if self.inferences_id else "labels"
            raise UsageError(f"--{what} is missing: the file or folder that holds the {what}.")
        return path

    def check(self) -> None:
        """Make sure, before any file is read, that the parts of the request fit together.

        Raises:
            UsageError: They do not, or a name is not legal.
        """
        check_name(self.project, "project")
        check_name(self.dataset, "dataset")
        if self.inferences_id:
            check_name(self.inferences_id, "inference set")
        self.metrics.check(bool(self.inferences_id))
        self.options.check(bool(self.inferences_id))
        if self.inferences_id and self.labels is not None:
            raise UsageError("--labels: only for datasets, so leave out --inferences-id.")
        if not self.inferences_id and self.inferences is not None:
            raise UsageError("--inferences-id is missing: the name of the inference set, such as model_a.")
        if not self.only_metrics:
            self.given()
