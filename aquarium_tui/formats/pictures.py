"""Frames of files that only name their images: which image files they mean, and how large those are."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aquarium_tui.formats.given import Given
from aquarium_tui.formats.problems import Gatherer
from aquarium_tui.formats.tables import SUFFIXES, frame_ids, unsuffixed
from aquarium_tui.formats.values import clean, number
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames

Size = tuple[int, int]
"""Width and height in pixels; 0 where not known."""
UNKNOWN = (0, 0)
_ORIENTATION = 0x0112
_BESIDE = ("data", "images")
_DEEP = 8


@dataclass(frozen=True)
class Pictures:
    """Frames with what there is to say of their images.

    Attributes:
        table: The frames.
        ids: Frame id by the name that the file uses.
        folder: Where their paths start.
        problems: Images whose size is not known.
    """

    table: Frames
    ids: Mapping[str, str]
    folder: Path
    problems: tuple[Problem, ...] = ()


@dataclass
class _Listing:
    """The image files of a folder by what a file may call them; None where that may be several."""

    folder: Path
    paths: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, depth: int) -> "_Listing":
        listing = cls(folder)
        for path in _images_below(folder, depth):
            last = path.rpartition("/")[2]
            for name in {path, last, unsuffixed(path), unsuffixed(last)}:
                listing.paths[name] = None if name in listing.paths else path
        return listing

    def find(self, name: str) -> str | None:
        """The path that `name` leads to; None where there is no such file, or several."""
        posix = name.replace("\\", "/").removeprefix("./")
        if "/" in posix and (self.folder / posix).is_file():
            return posix
        last = posix.rpartition("/")[2]
        return self.paths.get(posix) or self.paths.get(last) or self.paths.get(unsuffixed(last))


def pictures(
    given: Given,
    names: Sequence[str],
    metadata: Mapping[str, Column],
    sizes: Mapping[str, Size] | None = None,
) -> Pictures:
    """The frames that a file names.

    Args:
        given: The file, and the folder of the images if that was named.
        names: The names of images, unique: paths, file names or stems.
        metadata: Further columns, a row a frame.
        sizes: The sizes of those that the file tells; of the others they are read from the images.
    """
    folder, paths = _found(given, names)
    problems = Gatherer(f"{visible(given.path.name)} images")
    known = sizes or {}
    found = [
        size if 0 not in (size := known.get(name, UNKNOWN)) else _size(folder / path)
        for name, path in zip(names, paths, strict=True)
    ]
    for i, size in enumerate(found):
        if size == UNKNOWN:
            hint = "name the folder of the images with --images: sizes are read from the image files"
            problems.add("images of unknown size", "kept", i, visible(names[i]), hint)
    ids = frame_ids(names)
    width, height = np.array(found, dtype=np.int32).reshape(-1, 2).T.copy()
    return Pictures(
        table=Frames(Text.from_words(ids), Text.from_values(paths), width, height, metadata),
        ids=dict(zip(names, ids, strict=True)),
        folder=folder,
        problems=problems.problems(),
    )


def further_images(given: Given, names: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Images in the folder that was named which `names` leave out, and a sentence that says so.

    A table of boxes has no row for an image without any; those images are frames all the same.
    """
    if given.images is None:
        return [], ()
    listing = _Listing.of(given.images, _DEEP)
    named = {listing.find(name) for name in names}
    further = [path for path in _images_below(given.images, _DEEP) if path not in named]
    note = f"{len(further):,} more images in the folder are frames without labels"
    return further, (note,) if further else ()


def pixels(value: object) -> int:
    """A width or height in pixels as a file states it; 0 where it is none."""
    given = number(value)
    return int(given) if given is not None and 1 <= given < 2**31 else 0


def _found(given: Given, names: Sequence[str]) -> tuple[Path, list[str]]:
    """The folder that holds most of the images, and their paths in it; the names where they are not there."""
    start = given.path if given.is_dir else given.path.parent
    folders = [given.images] if given.images else [start, *(start / name for name in _BESIDE)]
    best: tuple[Path, list[str | None]] = (folders[0], [])
    for folder in folders:
        listing = _Listing.of(folder, 0 if folder == start and not given.images else _DEEP)
        found = [listing.find(name) for name in names]
        if _count(found) > _count(best[1]):
            best = (folder, found)
    lost = [None] * len(names)
    return best[0], [path or clean(name) for path, name in zip(best[1] or lost, names, strict=True)]


def _count(paths: Sequence[str | None]) -> int:
    return sum(path is not None for path in paths)


def _images_below(folder: Path, depth: int) -> Iterator[str]:
    """Paths of the image files down to `depth` folders below `folder`, relative to it, by name."""
    for place, folders, names in os.walk(folder):
        relative = Path(place).relative_to(folder)
        folders[:] = sorted(folders) if len(relative.parts) < depth else []
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES:
                yield clean((relative / name).as_posix())


def _size(path: Path) -> Size:
    """The size that an image is shown with, from its header."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            width, height = image.size
            turned = image.getexif().get(_ORIENTATION, 1) >= 5
    except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError):
        return UNKNOWN
    return (height, width) if turned else (width, height)
