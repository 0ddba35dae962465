"""COCO instances: a labelled dataset in one object."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.coco.annotations import RecordReader
from aquarium_tui.formats.coco.polygons import without_polygons
from aquarium_tui.formats.shared.collector import Gatherer, key_text, nested_note, record_place
from aquarium_tui.formats.shared.format import LabelFile, decoded, read_bytes
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.formats.shared.listed_images import metadata_of, pixels
from aquarium_tui.formats.shared.values import whole
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import clean, name_key, visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames

_KNOWN = ("id", "file_name", "width", "height")
_NEEDED = ("images", "categories")
ABSENT, PARTIAL = "neg_category_ids", "not_exhaustive_category_ids"
"""Lists of class ids that LVIS gives each image; they are kept as text, as metadata hold plain values."""


@dataclass(frozen=True)
class FileClasses:
    """The id in the file and the name of each class, ordered by id, and what was noticed about them.

    Attributes:
        parents: The broader class of each name that has one.
    """

    classes: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    parents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileFrames:
    """Frames, and what was noticed about them."""

    table: Frames
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_classes(categories: Sequence[Any], where: str, used: Collection[str]) -> FileClasses:
    """Classes of COCO's `categories`.

    Args:
        categories: The elements of the list, whatever they are.
        where: What the list is called in messages, such as "val.json categories".
        used: The category ids, as text, that annotations refer to.
    """
    problems = Gatherer(where)
    names: dict[int, str] = {}
    parents: dict[int, Any] = {}
    for i, category in enumerate(categories):
        id_ = _id(category)
        if id_ is None:
            problems.add("categories without a whole number as id", "left out", i)
        elif id_ in names:
            problems.add("categories with the same id as an earlier one", "left out", i, str(id_))
        else:
            names[id_] = _name(category, id_, i, problems)
            parents[id_] = category.get("supercategory")
    _check_class_names(names, problems)
    notes = _drop_root(names, parents, used)
    broader = {
        names[id_]: clean(parent)
        for id_, parent in parents.items()
        if id_ in names and isinstance(parent, str) and parent.strip() and parent != "none"
    }
    return FileClasses(tuple(sorted(names.items())), notes, problems.problems(), broader)


def read_images(images: Sequence[Any], where: str) -> FileFrames:
    """Frames of COCO's `images`, the first for each id, with further keys as metadata.

    Args:
        images: The elements of the list, whatever they are.
        where: What the list is called in messages, such as "val.json images".
    """
    problems = Gatherer(where)
    ids: dict[str, dict[str, Any]] = {}
    for i, image in enumerate(images):
        id_ = key_text(image.get("id")) if isinstance(image, dict) else None
        if id_ is None:
            problems.add("images without an id", "left out", i)
        elif id_ in ids:
            problems.add("images with the same id as an earlier one", "left out", i, visible(id_))
        else:
            ids[id_] = image
            _check(image, i, problems)
    rows = list(ids.values())
    paths = [_path(row) for row in rows]
    _check_file_names(paths, problems)
    metadata, notes = metadata_of([_further(row) for row in rows])
    frames = Frames(
        id=Text.from_words(list(ids)),
        path=Text.from_values(paths),
        width=_sides(rows, "width"),
        height=_sides(rows, "height"),
        metadata=metadata,
    )
    return FileFrames(frames, notes, problems.problems())


def read_instances(path: Path) -> LabelFile:
    """The labelled dataset in the instances file at `path`.

    Raises:
        InputError: The file cannot be read, is not JSON, or has no images or no categories.
    """
    name, content = visible(path.name), read_bytes(path)
    parts = _read_cut(content) or _read_whole(path, content)
    del content  # Polygons are copies: with the text, they would take twice the memory.
    _check_parts(parts, path)
    annotations = parts.annotations or RecordReader()
    frames = read_images(parts.tables["images"], f"{name} images")
    records = annotations.labels(lambda row: record_place(f"{name} annotations", row))
    used = set(records.category.words)
    classes = read_classes(parts.tables["categories"], f"{name} categories", used)
    return LabelFile(
        frames=frames.table,
        classes=classes.classes,
        parents=classes.parents,
        records=records,
        notes=(*frames.notes, *classes.notes, *_notes(parts.annotations)),
        problems=(*frames.problems, *classes.problems),
        states_sizes=True,
    )


def _read_whole(path: Path, content: bytes) -> "_Parts":
    text = decoded(path, content)
    if text.lstrip().startswith("["):
        raise InputError(
            f"{visible(str(path))} is a list of results, not a labels file.",
            "Upload it with --inferences and --inferences-id.",
        )
    return _read_parts(Scanner(text, visible(path.name)))


def _read_cut(content: bytes) -> "_Parts | None":
    """The parts of a regular file with polygons; None for any other, which is read with care."""
    cut = without_polygons(content)
    if cut is None:
        return None
    try:
        document = json.loads(cut.rest.decode().lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    lists = ("annotations", *_NEEDED)
    if not isinstance(document, dict) or not all(isinstance(document.get(key), list) for key in lists):
        return None
    annotations = RecordReader(cut.outlines)
    annotations.extend(document["annotations"])
    if annotations.outlined != len(cut.outlines):
        return None
    return _Parts({key: document[key] for key in _NEEDED}, annotations)


@dataclass
class _Parts:
    tables: dict[str, list[Any]] = field(default_factory=dict)
    annotations: RecordReader | None = None


def _id(category: object) -> int | None:
    return whole(key_text(category.get("id"))) if isinstance(category, dict) else None


def _name(category: dict[str, Any], id_: int, i: int, problems: Gatherer) -> str:
    name = category.get("name")
    if isinstance(name, str) and name:
        return clean(name)
    problems.add("categories without a name", "changed", i, hint="the id is used as the name")
    return str(id_)


def _check_class_names(names: dict[int, str], problems: Gatherer) -> None:
    first: dict[str, int] = {}
    for i, (id_, name) in enumerate(names.items()):
        if first.setdefault(name_key(name), id_) != id_:
            hint = "they are one class, since names are compared case-insensitively and outer blanks"
            problems.add("categories with the same name as an earlier one", "kept", i, visible(name), hint)


def _drop_root(names: dict[int, str], parents: dict[int, Any], used: Collection[str]) -> tuple[str, ...]:
    """Leave out Roboflow's category 0, which is only the parent of the others."""
    if 0 not in names or "0" in used or names[0] not in [parents[id_] for id_ in names if id_ != 0]:
        return ()
    root = names.pop(0)
    return (f"category 0 ({visible(root)}) is only the parent of the others and is left out",)


def _check(image: dict[str, Any], i: int, problems: Gatherer) -> None:
    if _path(image) is None:
        problems.add("images without a file_name", "kept", i, hint="they are shown without a picture")
    if not (pixels(image.get("width")) and pixels(image.get("height"))):
        problems.add(
            "images without a width and height", "kept", i, hint="boxes outside these images cannot be found"
        )


def _check_file_names(paths: Sequence[str | None], problems: Gatherer) -> None:
    seen: set[str] = set()
    for i, path in enumerate(paths):
        if path is not None and path in seen:
            problems.add("images with the same file_name as an earlier one", "kept", i, visible(path))
        seen.add(path or "")


def _path(image: dict[str, Any]) -> str | None:
    """The file name; LVIS has a URL instead, whose last part is the file's name."""
    name, url = image.get("file_name"), image.get("coco_url")
    if isinstance(name, str) and name:
        return clean(name)
    return clean(url.rsplit("/", 1)[-1]) if isinstance(url, str) and url else None


def _sides(rows: Sequence[dict[str, Any]], key: str) -> NDArray[np.int32]:
    return np.array([pixels(row.get(key)) for row in rows], dtype=np.int32)


def _further(image: dict[str, Any]) -> dict[str, Any]:
    further = {key: value for key, value in image.items() if key not in _KNOWN}
    for key in (ABSENT, PARTIAL):
        if isinstance(ids := further.get(key), list):
            further[key] = " ".join(word for id_ in ids if (word := key_text(id_)) is not None)
    return further


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
        return ["the file has no annotations: no frame has labels"]
    notes = []
    if annotations.scores:
        notes.append(
            "annotations have scores: if these are a model's inferences, upload them with --inferences-id"
        )
    return [*notes, *nested_note(annotations.nested())]
