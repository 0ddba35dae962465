"""A batch written as a folder of files: completely, or not at all."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from aquarium_tui.errors import StoreError, UsageError
from aquarium_tui.export.batch import Batch
from aquarium_tui.export.coco import write_coco
from aquarium_tui.export.cvat import write_cvat
from aquarium_tui.export.images import names_of, place_images
from aquarium_tui.export.label_studio import write_label_studio
from aquarium_tui.export.records import write_jsonl
from aquarium_tui.export.yolo import write_yolo
from aquarium_tui.ingest.frame_keys import ids_mislead
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.store.atomic import arrival

CLASSES, IMAGES = "classes.json", "images"


@dataclass(frozen=True)
class ExportFormat:
    """A format that `export` writes.

    Attributes:
        write: Writes a batch without its images; returns sentences on what the format cannot hold.
        labels: The file or folder to give to `upload --labels`.
        inferences: The same for `upload --inferences`, with `{}` for the id of the set.
        links: Whether the images must be in the folder, as links if they are not copied.
        objects: Whether it holds only objects, neither masks of frames nor classes of images.
    """

    write: Callable[[Batch, Path], list[str]]
    labels: str
    inferences: str
    links: bool = False
    objects: bool = True


FORMATS: Mapping[str, ExportFormat] = {
    "coco": ExportFormat(write_coco, "labels.json", "{}.json"),
    "yolo": ExportFormat(write_yolo, "data.yaml", "{}", links=True),
    "cvat": ExportFormat(write_cvat, "annotations.xml", "{}.xml"),
    "label-studio": ExportFormat(write_label_studio, "tasks.json", "{}.json"),
    "jsonl": ExportFormat(write_jsonl, "labels.jsonl", "{}.jsonl", objects=False),
}


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        notes: Sentences on what could not be written, and why.
        uploads: Options for `upload` that read it back, those of the dataset first.
    """

    notes: tuple[str, ...]
    uploads: tuple[str, ...]


def write_batch(
    batch: Batch, format_: str, folder: Path, *, with_images: bool = False, force: bool = False
) -> Written:
    """Write a batch into a new folder.

    Args:
        batch: What to write.
        format_: A key of `FORMATS`.
        folder: Created; must be empty if it exists.
        with_images: Whether to copy the images into it.
        force: Whether to replace a folder that an export wrote; any other folder stays as it is.

    Raises:
        UsageError: The format cannot hold this kind of dataset.
        StoreError: The folder exists and is not empty, or cannot be written.
    """
    chosen = FORMATS[format_]
    taken = _is_taken(folder)
    if taken and not (force and (folder / CLASSES).is_file()):
        hint = "It was not written by `export`." if force else "--force replaces what an export wrote."
        raise StoreError(f"{visible(str(folder))} exists and is not empty.", f"Name a new folder. {hint}")
    dataset = batch.dataset
    if chosen.objects and not kind_of(dataset.project).boxes:
        raise UsageError(f"{format_} cannot hold {dataset.project.task}: choose --format jsonl.")
    inside = with_images or chosen.links
    with arrival(folder.absolute(), durable=False, replaces=taken) as place:
        notes = []
        if inside:
            names = names_of(dataset)
            notes += place_images(dataset, names, place / IMAGES, with_images)
            moved = replace(dataset.frames, path=Text.from_words(names))
            batch = replace(batch, dataset=replace(dataset, frames=moved))
        notes = [*chosen.write(batch, place), *notes]
        (place / CLASSES).write_text(json.dumps(_entries(dataset.project.class_map), indent=1) + "\n")
    return Written(tuple(notes), tuple(_uploads(batch, chosen, folder, inside)))


def _is_taken(folder: Path) -> bool:
    """Whether there is anything but an empty folder.

    Raises:
        StoreError: No file system can have such a folder, or it cannot be reached.
    """
    try:
        return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise StoreError(f"{visible(str(folder))} cannot be written: {error.strerror}.") from error


def _uploads(batch: Batch, format_: ExportFormat, folder: Path, inside: bool) -> list[str]:
    images = str(folder / IMAGES) if inside else batch.dataset.images
    given = "" if format_.links else f" --images {images}"
    first = f"--labels {folder / format_.labels} --classes {folder / CLASSES}{given}"
    # Where images are named like the ids of other frames, a set with few boxes would be refused.
    reading = "" if format_.links or not ids_mislead(batch.dataset.frames) else " --reading frames=id"
    sets = [
        f"--inferences-id {s.id} --inferences {folder / format_.inferences.format(s.id)}{reading}"
        for s in batch.sets
    ]
    return [first, *sets]


def _entries(class_map: ClassMap) -> list[dict[str, object]]:
    """The class map in the form of the Aquarium client."""
    return [
        {
            "class_id": entry.id,
            "name": entry.name,
            "color": entry.color,
            "train_name": entry.train_name,
            "ignore_in_eval": entry.ignore_in_eval,
        }
        for entry in class_map.entries
    ]
