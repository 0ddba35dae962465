"""Frames and classes of files that only name them: ids, image files, sizes, metadata and class numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.formats.shared.format import Given
from aquarium_tui.formats.shared.records import Gatherer, Records, renamed
from aquarium_tui.formats.shared.values import number, typed_column, unique_keys
from aquarium_tui.media.folders import DEEP, UNKNOWN, Listing, images_below, size_of, unsuffixed
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import clean, joined, visible
from aquarium_tui.model.picture import Size
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames

_BESIDE = ("data", "images")
"""Folders beside the file in which images are looked for; FiftyOne exports to data."""
NumberedClasses = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class FoundFrames:
    """Frames whose image files have been looked for.

    Attributes:
        table: The frames.
        ids: Frame id by the name that the labels file uses.
        folder: Where their paths start.
        problems: Images of unknown size.
    """

    table: Frames
    ids: Mapping[str, str]
    folder: Path
    problems: tuple[Problem, ...] = ()


def pictures(
    given: Given,
    names: Sequence[str],
    metadata: Mapping[str, Column],
    sizes: Mapping[str, Size] | None = None,
) -> FoundFrames:
    """The frames that a file names, with the images that those names lead to.

    Args:
        given: The file, and the folder of the images if one was named.
        names: The names of the images, unique: paths, file names or stems.
        metadata: Further columns, one row per frame.
        sizes: Sizes that the file states; the others are read from the images.
    """
    folder, paths = _found(given, names)
    return measured(visible(given.path.name), folder, dict(zip(names, paths, strict=True)), metadata, sizes)


def measured(
    where: str,
    folder: Path,
    paths: Mapping[str, str],
    metadata: Mapping[str, Column],
    sizes: Mapping[str, Size] | None = None,
) -> FoundFrames:
    """The frames of images whose paths are known.

    Args:
        where: The file that names them, for messages.
        folder: Where their paths start.
        paths: The path of each by its name.
        metadata: As for `pictures`.
        sizes: As for `pictures`.
    """
    names = list(paths)
    problems = Gatherer(f"{where} images")
    known = sizes or {}
    found = [
        size if 0 not in (size := known.get(name, UNKNOWN)) else size_of(joined(str(folder), path))
        for name, path in paths.items()
    ]
    for i, size in enumerate(found):
        if size == UNKNOWN:
            hint = "name the folder of the images with --images: sizes are read from the image files"
            problems.add("images of unknown size", "kept", i, visible(names[i]), hint)
    ids = frame_ids(names)
    width, height = np.array(found, dtype=np.int32).reshape(-1, 2).T.copy()
    return FoundFrames(
        table=Frames(Text.from_words(ids), Text.from_values(paths.values()), width, height, metadata),
        ids=dict(zip(names, ids, strict=True)),
        folder=folder,
        problems=problems.problems(),
    )


def further_images(given: Given, names: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Images in the named folder that `names` leave out, and a note that says so.

    A table of boxes has no row for an image without boxes, and such an image is a frame all the same.
    """
    if given.images is None:
        return [], ()
    listing = Listing.of(given.images, DEEP)
    named = {listing.find(name) for name in names}
    further = [path for path in images_below(given.images, DEEP) if path not in named]
    note = f"{len(further):,} more images in the folder become frames without labels"
    return further, (note,) if further else ()


def pixels(value: object) -> int:
    """A width or height in pixels as a file states it; 0 if it is not one."""
    given = number(value)
    return int(given) if given is not None and 1 <= given < 2**31 else 0


def frame_ids(names: Sequence[str]) -> list[str]:
    """A unique id for each of `names`: the stem if all stems differ, else more of the path."""
    posix = [name.replace("\\", "/").removeprefix("./") for name in names]
    paths = [unsuffixed(name) for name in posix]
    stems = [path.rpartition("/")[2] for path in paths]
    return next((ids for ids in (stems, paths, posix) if len(set(ids)) == len(ids)), list(names))


def with_ids(records: Records, ids: Mapping[str, str]) -> Records:
    """The records with the names of their frames replaced by ids."""
    return replace(records, frame=renamed(records.frame, ids) or records.frame)


def numbered(records: Records, names: Sequence[str] = ()) -> tuple[NumberedClasses, Records]:
    """Classes numbered from 1, and the records with those numbers for the names in their category.

    Args:
        records: Records whose categories are class names.
        names: Classes in the order of their file, if it has one; others follow alphabetically.
    """
    others = sorted(set(records.category.words) - set(names), key=lambda name: (name.casefold(), name))
    classes = list(enumerate([*dict.fromkeys(names), *others], 1))
    numbers = {name: str(id_) for id_, name in classes}
    return classes, replace(records, category=renamed(records.category, numbers) or records.category)


def metadata_of(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Typed columns of what each frame says beside its name, and notes that list them."""
    keys = dict.fromkeys(key for row in rows for key in row)
    columns = {key: typed_column([row.get(key) for row in rows]) for key in keys}
    kept = unique_keys({key: column for key, column in columns.items() if column is not None})
    skipped = [visible(key) for key in keys if columns[key] is None]
    notes = [f"frame metadata: {', '.join(kept)}"] if kept else []
    if skipped:
        notes.append(
            f"keys of frames that are empty or hold lists or objects are not read: {', '.join(skipped)}"
        )
    return kept, tuple(notes)


def _found(given: Given, names: Sequence[str]) -> tuple[Path, list[str]]:
    """The folder that holds most of the images, and their paths in it; names that lead nowhere stay."""
    start = given.path if given.is_dir else given.path.parent
    folders = [given.images] if given.images else [start, *(start / name for name in _BESIDE)]
    best: tuple[Path, list[str | None]] = (folders[0], [])
    for folder in folders:
        listing = Listing.of(folder, 0 if folder == start and not given.images else DEEP)
        found = [listing.find(name) for name in names]
        if _count(found) > _count(best[1]):
            best = (folder, found)
        if _count(found) == len(names):
            break
    lost = [None] * len(names)
    return best[0], [path or clean(name) for path, name in zip(best[1] or lost, names, strict=True)]


def _count(paths: Sequence[str | None]) -> int:
    return sum(path is not None for path in paths)
