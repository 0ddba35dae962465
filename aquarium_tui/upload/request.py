"""What is asked of an upload, and what is read where a path names an archive, a stream or a folder."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce
from pathlib import Path

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats import Given, entry_of, format_of
from aquarium_tui.formats.mask_folder import looks_like_masks
from aquarium_tui.kinds.reader import FileOptions
from aquarium_tui.media.folders import STANDARD_INPUT, Unpacked, unpacked
from aquarium_tui.model.names import check_name, clean, url_of, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.tables import Dataset, InferenceSet, Provenance


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


_MASKS = "masks"


@dataclass(frozen=True)
class Entry:
    """Where reading begins.

    Attributes:
        path: The file or folder to read.
        options: The options that still apply to it.
        given: The path that was named.
        unpacked: The archives that were unpacked for it, each with the folder that stands for it.
    """

    path: Path
    options: FileOptions
    given: Path
    unpacked: Sequence[Unpacked] = ()

    def of_dataset(self, dataset: Dataset) -> Dataset:
        """The dataset with paths into archives, which stay valid, in place of those that were unpacked."""
        masks = dataset.masks and replace(dataset.masks, folder=self._back(dataset.masks.folder))
        lost = [each for each in self.unpacked if not each.lasting and each.holds(dataset.images)]
        told = self._told(dataset.provenance, [_lost_note(each) for each in lost if len(dataset.frames)])
        return replace(dataset, images=self._back(dataset.images), masks=masks, provenance=told)

    def of_inferences(self, inferences: InferenceSet) -> InferenceSet:
        """The inference set, in the same way."""
        masks = inferences.masks and replace(inferences.masks, folder=self._back(inferences.masks.folder))
        return replace(inferences, masks=masks, provenance=self._told(inferences.provenance, ()))

    def _back(self, path: str) -> str:
        return reduce(lambda found, each: each.kept(found), self.unpacked, path)

    def _told(self, provenance: Provenance, notes: Sequence[str]) -> Provenance:
        hidden = [
            f"{counted(each.hidden, 'hidden file')} skipped in {visible((each.archive or self.given).name)}"
            for each in self.unpacked
            if each.hidden
        ]
        if self.path == self.given:
            return replace(provenance, notes=(*provenance.notes, *notes, *hidden))
        read = visible(self.path.name)
        source = "-" if self.given == STANDARD_INPUT else clean(str(self.given.absolute()))
        notes = (f"read from {read} in {visible(self.given.name)}", *provenance.notes, *notes, *hidden)
        return replace(provenance, source=source, notes=notes)


def _lost_note(archive: Unpacked) -> str:
    return (
        f"images in {visible((archive.archive or STANDARD_INPUT).name)} cannot be shown, as only those in a "
        "folder or a plain zip can: unpack it, and name the folder with `upload --images`"
    )


_LABELS = re.compile(r"(?:gt|ground[-_ ]?truths?|labels?|annotations?|targets?)(?:[-_ ]?(?:txt|xml))?", re.I)
_INFERENCES = re.compile(
    r"(?:preds?|predictions?|predict\d*|det|dets|dt|detections?|detection[-_]results|results?|inferences?"
    r"|outputs?)(?:[-_ ]?\w+)?",
    re.I,
)


@contextmanager
def entered(path: Path, options: FileOptions, *, inferences: bool = False) -> Iterator[Entry]:
    """The entry for a path; what is unpacked is gone when the block ends.

    Args:
        path: The file or folder that was named.
        options: How it is read.
        inferences: Whether inferences are wanted, not labels.

    Raises:
        InputError: An archive is damaged, too large, or made to fill a disk, a folder has several sets, or
            the images are in an archive that is not a zip.
    """
    with unpacked(path) as found, unpacked_images(options.images) as images:
        inner, left = found.path, replace(options, images=None if images is None else images.path)
        options = left
        if options.format != _MASKS and not looks_like_masks(inner):
            entry = entry_of(Given(inner, split=options.split), options.format)
            inner, left = entry.path, replace(options, split=entry.split)
            inner = _one_side(inner, options, inferences)
        yield Entry(inner, left, path, [each for each in (found, images) if each and each.room])


@contextmanager
def unpacked_images(path: Path | None) -> Iterator[Unpacked | None]:
    """The folder of images that is named, unpacked if it is a zip archive; None for None.

    Raises:
        InputError: It is another archive, in which no image can be found later.
    """
    if path is None or url_of(path) is not None:
        yield None if path is None else Unpacked(path)
        return
    with unpacked(path) as found:
        if not found.lasting:
            raise InputError(
                f"{visible(str(path))} is neither a folder nor a plain zip: images cannot be read there.",
                "Unpack it, and name the folder with --images.",
            )
        yield found


def _one_side(path: Path, options: FileOptions, inferences: bool) -> Path:
    """Of a folder that has both labels and inferences, the one that is wanted; else the folder itself.

    Some layouts have such folders themselves, and their readers know which is which.

    Raises:
        InputError: Several folders may be meant.
    """
    given = Given(path)
    if not given.is_dir:
        return path
    labels = [name for name in given.folders if _LABELS.fullmatch(name)]
    others = [name for name in given.folders if _INFERENCES.fullmatch(name)]
    wanted = others if inferences else labels
    if not (labels and others):
        return path
    name = format_of(given, options.format).name
    if name in _KNOW_SIDES or (name == _KNOWS_LABELS and not inferences):
        return path
    if len(wanted) > 1:
        what = "inferences" if inferences else "labels"
        raise InputError(
            f"{visible(str(path))} has several folders of {what}: {', '.join(map(visible, wanted))}.",
            f"Name the one that is meant with --{what}.",
        )
    return path / wanted[0]


_KNOW_SIDES = ("mot", "kitti", "coco", "aquarium")
_KNOWS_LABELS = "yolo"
