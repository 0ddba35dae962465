"""Files, as `upload` is given them, into a dataset or an inference set."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from aquarium_tui.cli.options import counted, progress
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.ingest.masks import MaskOptions
    from aquarium_tui.model.tables import Dataset, InferenceSet, Project
    from aquarium_tui.store import Store
    from aquarium_tui.work.watch import Watch

_STAGES = 4
_MASKS = "masks"
Read = TypeVar("Read")


@dataclass(frozen=True)
class How:
    """How files are to be read; each is an option of `upload`."""

    images: Path | None = None
    metadata: Path | None = None
    format: str = "auto"
    split: str = ""
    category_offset: int | None = None
    voc_zero_based: bool = False
    field: str = ""
    iou_type: Literal["box", "mask"] | None = None
    classes: Path | None = None
    ignore: Sequence[str] = ()
    suffix: str | None = None

    def check(self, inferences: bool) -> None:
        """Make sure that what is said is said of a dataset, or of inferences.

        Raises:
            UsageError: It is not.
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
            raise UsageError(f"{', '.join(wrong)}: of a dataset, so leave out --inferences-id.")
        if not inferences and self.category_offset is not None:
            raise UsageError("--inferences-id is missing: --category-offset is of inferences.")


def read_dataset(store: "Store", project: str, name: str, labels: Path, how: How) -> "Dataset":
    """The labelled dataset in a file or folder, in a project that is made where it is not there.

    Raises:
        AquariumError: It cannot be read, or does not fit the project.
    """
    from aquarium_tui.ingest import labelled_dataset
    from aquarium_tui.ingest.masks import mask_dataset
    from aquarium_tui.model.tables import SEGMENTATION

    owner = _owner(store, project, how)
    if _are_masks(owner, labels, how):
        return _masks(
            lambda options, watch: mask_dataset(_new(owner, task=SEGMENTATION), name, labels, options, watch),
            how,
        )
    with progress(_STAGES) as tell:
        return labelled_dataset(
            owner,
            name,
            labels,
            tell,
            images=how.images,
            metadata=how.metadata,
            format_=how.format,
            split=how.split,
            zero_based=how.voc_zero_based,
            field=how.field,
            classes=how.classes,
            ignore=how.ignore,
        )


def read_inferences(dataset: "Dataset", id_: str, file: Path, how: How) -> "InferenceSet":
    """The inferences of one model on a dataset, in a file or folder.

    Raises:
        AquariumError: They cannot be read, or do not fit the dataset.
    """
    from aquarium_tui.ingest import inference_set
    from aquarium_tui.ingest.masks import mask_inferences

    if _are_masks(dataset.project, file, how):
        return _masks(lambda options, watch: mask_inferences(dataset, id_, file, options, watch), how)
    if how.classes:
        raise UsageError("--classes is of a dataset, or of a folder of masks: leave it out.")
    with progress(_STAGES) as tell:
        return inference_set(
            dataset,
            id_,
            file,
            how.format,
            tell,
            category_offset=how.category_offset,
            zero_based=how.voc_zero_based,
            field=how.field,
        )


def _masks(read: Callable[["MaskOptions", "Watch"], Read], how: How) -> Read:
    from aquarium_tui.ingest.masks import MaskOptions
    from aquarium_tui.work.watch import Watch

    with counted("reading masks") as advance:
        options = MaskOptions(how.images, how.classes, how.ignore, how.suffix, how.metadata)
        return read(options, Watch(advance))


def _are_masks(project: "Project", given: Path, how: How) -> bool:
    """Whether a folder of masks was given.

    Raises:
        UsageError: None was, where the options are of masks.
    """
    from aquarium_tui.formats import Given
    from aquarium_tui.formats.aquarium import looks_like as looks_like_records
    from aquarium_tui.formats.mask_folder import looks_like_masks
    from aquarium_tui.model.tables import SEGMENTATION

    if how.format == _MASKS or how.suffix is not None:
        if not given.is_dir():
            said = "--format masks" if how.suffix is None else "--suffix"
            raise UsageError(f"{said} is of folders of masks, and {visible(str(given))} is none.")
        return True
    if how.format != "auto" or how.iou_type or not given.is_dir():
        return False
    if project.task == SEGMENTATION and project.class_map.entries:
        return not looks_like_records(Given(given))
    return looks_like_masks(given)


def _owner(store: "Store", name: str, how: How) -> "Project":
    """The project of a dataset, made where it is not there.

    Raises:
        UsageError: It matches objects otherwise.
    """
    from aquarium_tui.model.tables import BOX, Project

    if name not in store.projects():
        return Project(name, iou_type=how.iou_type or BOX)
    owner = store.project(name)
    if how.iou_type not in (None, owner.iou_type):
        raise UsageError(
            f"project {name} matches by {owner.iou_type} IoU: leave out --iou-type, or name a new project."
        )
    return owner


def _new(project: "Project", task: str) -> "Project":
    """The project, of that task if it has no classes yet."""
    from dataclasses import replace

    return project if project.class_map.entries else replace(project, task=task)
