"""A batch written as a folder of files: completely, or not at all; with what was said in review."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.reviews import Reviews
from aquarium_tui.errors import StoreError, UsageError
from aquarium_tui.export.records import Batch, names_of, place_images, write_jsonl
from aquarium_tui.export.writers import write_coco, write_cvat, write_label_studio, write_yolo
from aquarium_tui.ingest.frame_keys import ids_mislead
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.reviews import Review, Subject
from aquarium_tui.model.tables import Dataset
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


PREFIX = "review_"
_WITHOUT = f"{PREFIX}without_label"


def with_reviews(dataset: Dataset, reviews: Reviews, comparison: ObjectComparison | None) -> Dataset:
    """The dataset with columns such as `review_verdict` and `review_note`, as far as anything was said.

    What was said of objects without a label is a text of their frame, with the class and the box.

    Args:
        dataset: The dataset.
        reviews: What was said of it.
        comparison: What the rows of objects are of; None where there are no objects.
    """
    frames: dict[int, Review] = {}
    labels: dict[int, Review] = {}
    alone: defaultdict[int, list[str]] = defaultdict(list)
    for (kind, row), review in reviews.targets:
        if kind == "frame":
            frames[row] = review
        elif comparison is not None and (label := int(comparison.ledger.label[row])) >= 0:
            labels[label] = review
        elif comparison is not None:
            alone[int(comparison.ledger.frame[row])].append(_told(reviews.subject_of((kind, row)), review))
    metadata = _columns(frames, len(dataset.frames))
    if alone:
        texts = ("; ".join(alone[row]) if row in alone else None for row in range(len(dataset.frames)))
        metadata[_WITHOUT] = Text.from_values(texts)
    return replace(
        dataset,
        frames=replace(dataset.frames, metadata=_joined(dataset.frames.metadata, metadata)),
        labels=replace(
            dataset.labels,
            attributes=_joined(dataset.labels.attributes, _columns(labels, len(dataset.labels))),
        ),
    )


def _joined(own: Mapping[str, Column], said: Mapping[str, Column]) -> dict[str, Column]:
    """Columns of the dataset, and what was said: that of an earlier batch is replaced."""
    return {name: column for name, column in own.items() if not name.startswith(PREFIX)} | dict(said)


def _columns(said: Mapping[int, Review], n: int) -> dict[str, Column]:
    fields = {
        "verdict": {row: review.verdict for row, review in said.items()},
        "note": {row: review.note for row, review in said.items()},
        "tags": {row: ", ".join(review.tags) for row, review in said.items()},
        "flag": {row: review.flag for row, review in said.items()},
    }
    return {
        f"{PREFIX}{name}": Text.from_values(values.get(row) or None for row in range(n))
        for name, values in fields.items()
        if any(values.values())
    }


def _told(subject: Subject, review: Review) -> str:
    seen = subject.sighting
    assert seen
    box = " ".join(f"{edge:g}" for edge in seen.box)
    return f"{seen.class_name} at {box}: {_words([review.verdict, review.note, *review.tags])}"


def _words(texts: Iterable[str]) -> str:
    return ", ".join(text for text in texts if text) or "flagged"
