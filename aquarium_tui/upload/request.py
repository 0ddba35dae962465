"""What is asked of an upload: where to, which files, how to read them, and what to do with what is there."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from aquarium_tui.errors import UsageError
from aquarium_tui.kinds.reader import FileOptions
from aquarium_tui.model.names import check_name


class UploadMode(StrEnum):
    """What to do if the dataset or inference set exists; one that does not exist is always created."""

    NEW = "new"
    """Refuse to touch it."""
    REPLACE = "replace"
    """Replace it."""
    APPEND = "append"
    """Add new frames, and replace the frames that are given again."""


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
        """Make sure that metrics come for an inference set.

        Raises:
            UsageError: They do not.
        """
        if self and not inferences:
            raise UsageError("--inferences-id is missing: metrics belong to an inference set.")


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
        values: Figures of the whole inference set, each as `NAME=NUMBER[:lower|higher]`.
        group_by: What says which frames of a dataset belong together; empty leaves none, None what there is.
        mode: What to do with what already exists.
        dry: Whether to store nothing.
        strict: Whether to refuse a file of which any record would be left out.
    """

    project: str
    dataset: str
    inferences_id: str = ""
    labels: Path | None = None
    inferences: Path | None = None
    options: FileOptions = field(default_factory=FileOptions)
    metrics: MetricOptions = field(default_factory=MetricOptions)
    values: tuple[str, ...] = ()
    group_by: str | None = None
    mode: UploadMode = UploadMode.NEW
    dry: bool = False
    strict: bool = False

    @property
    def only_declares(self) -> bool:
        """Whether metrics that the project has get another direction or unit, and nothing is uploaded."""
        files = self.labels or self.inferences or self.metrics
        return bool(self.metrics.declared) and not files

    @property
    def only_metrics(self) -> bool:
        """Whether metrics are added to an inference set that already exists."""
        return bool(self.inferences_id and self.metrics) and self.inferences is None

    @property
    def only_values(self) -> bool:
        """Whether an inference set that exists only gets figures of its own."""
        files = self.labels or self.inferences or self.metrics
        return bool(self.inferences_id and self.values) and not files

    @property
    def only_groups(self) -> bool:
        """Whether a dataset that exists is only told what groups its frames."""
        return self.group_by is not None and self.labels is None and not self.inferences_id

    @property
    def only_images(self) -> bool:
        """Whether a dataset that exists is only told where its images are now."""
        nothing = self.labels is None and not self.inferences_id and self.group_by is None
        return self.options.images is not None and nothing

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
        if self.inferences_id and self.group_by is not None:
            raise UsageError("--group-by: only for datasets, so leave out --inferences-id.")
        if self.values and not self.inferences_id:
            raise UsageError("--inferences-id is missing: --value is of an inference set.")
        if self.metrics.declared and self.labels is not None:
            raise UsageError("--metric: metrics belong to an inference set, so leave out --labels.")
        if not (
            self.only_values
            or self.only_metrics
            or self.only_groups
            or self.only_declares
            or self.only_images
        ):
            self.given()
