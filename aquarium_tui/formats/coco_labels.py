"""COCO instances: a labelled dataset in one object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats import source
from aquarium_tui.formats.coco_classes import read_classes
from aquarium_tui.formats.coco_images import read_images
from aquarium_tui.formats.coco_records import RecordReader
from aquarium_tui.formats.records import LabelFile
from aquarium_tui.formats.scanner import Scanner
from aquarium_tui.model.names import visible

_NEEDED = ("images", "categories")


@dataclass
class _Parts:
    tables: dict[str, list[Any]] = field(default_factory=dict)
    annotations: RecordReader | None = None


def read_instances(path: Path) -> LabelFile:
    """The labelled dataset in the instances file at `path`.

    Raises:
        InputError: It cannot be read, is not JSON, or has no images or no categories.
    """
    text, name = source.text(path), visible(path.name)
    if text.lstrip().startswith("["):
        raise InputError(
            f"{visible(str(path))} is a list of results, not a labels file.",
            "Give it with --inferences and --inferences-id.",
        )
    parts = _read_parts(Scanner(text, name))
    _check_parts(parts, path)
    annotations = parts.annotations or RecordReader()
    frames = read_images(parts.tables["images"], f"{name} images")
    records = annotations.labels(lambda row: f"{name} annotations[{row}]")
    used = set(records.category.words)
    classes = read_classes(parts.tables["categories"], f"{name} categories", used)
    return LabelFile(
        frames=frames.table,
        classes=classes.classes,
        records=records,
        notes=(*frames.notes, *classes.notes, *_notes(parts.annotations)),
        problems=(*frames.problems, *classes.problems),
    )


def _read_parts(scanner: Scanner) -> _Parts:
    parts = _Parts()
    for key in scanner.members():
        if key == "annotations":
            parts.annotations = RecordReader.of(scanner.elements())
        elif key in _NEEDED:
            parts.tables[key] = list(scanner.elements())
        else:
            scanner.value()
    scanner.finish()
    return parts


def _check_parts(parts: _Parts, path: Path) -> None:
    lacking = [key for key in _NEEDED if not parts.tables.get(key)]
    if lacking:
        raise InputError(
            f"{visible(str(path))} has no {' and no '.join(lacking)}.",
            "A labels file is an object with `images`, `annotations` and `categories`.",
        )


def _notes(annotations: RecordReader | None) -> Sequence[str]:
    if annotations is None:
        return ["the file has no annotations: every frame is without labels"]
    notes = []
    if annotations.scores:
        notes.append(
            "annotations have scores: if these are a model's inferences, upload them with --inferences-id"
        )
    if nested := annotations.nested():
        notes.append(f"keys with lists or objects are not read: {', '.join(map(visible, nested))}")
    return notes
