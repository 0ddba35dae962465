"""Files in a folder: which are data, which are images, where these lie, and how large they are."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from posixpath import splitext
from unicodedata import normalize

from aquarium_tui.errors import InputError
from aquarium_tui.model.names import clean, joined
from aquarium_tui.model.picture import Size

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm"})
_FOREIGN = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin"})
"""What systems leave in folders, in lower case, besides names that begin with a dot."""
_COUNTED = 10_000
"""Hidden files that are looked for at most: bounded where a folder holds a repository."""
AMBIGUOUS = -2
"""What `PathIndex.find` gives for a name that leads to several rows."""

UNKNOWN: Size = (0, 0)
"""The size of an image that cannot be read."""
DEEP = 8
"""How many folders deep images are looked for: datasets nest by part, camera and sequence, but no deeper."""


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name was made by a system or an editor, and is never data."""
    return name.startswith(".") or name.lower() in _FOREIGN


def walked(folder: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """As `os.walk`, with sorted names and without hidden files and folders."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        yield place, folders, sorted(name for name in names if not is_hidden(name))


def hidden_files(folders: Iterable[Path]) -> list[str]:
    """Paths of the hidden files in these folders and below; files in hidden folders count, too."""
    found: dict[str, None] = {}
    for folder in dict.fromkeys(each.absolute() for each in folders):
        for place, _, names in os.walk(folder):
            inside = any(map(is_hidden, Path(place).relative_to(folder).parts))
            found |= dict.fromkeys(f"{place}/{name}" for name in sorted(names) if inside or is_hidden(name))
            if len(found) >= _COUNTED:
                break
    return list(found)


class PathIndex:
    """Rows by the end of a path: the one rule by which a name in a file means an image or frame.

    A name means the row with which it has the longest path suffix in common, counted in folders and without
    the extension of an image. Names are compared in Unicode's composed normal form, and without case if no
    row has the name as it is. Where several rows share that suffix, the one with the same extension is meant.

    Args:
        paths: One per row; None for a row without a path.
    """

    def __init__(self, paths: Iterable[str | None]) -> None:
        parts = [_parted(path or "") for path in paths]
        self._extensions = [extension for _, extension in parts]
        self._stems = [stem for stem, _ in parts]
        self._rows = _by_suffix(self._stems)

    @cached_property
    def _folded(self) -> dict[str, list[int]]:
        return _by_suffix([stem.casefold() for stem in self._stems])

    def find(self, name: str) -> int:
        """The row that `name` means, -1 if there is none, and `AMBIGUOUS` if there are several."""
        stem, extension = _parted(name)
        rows = _longest(self._rows, stem) or _longest(self._folded, stem.casefold())
        if len(rows) > 1:
            rows = [row for row in rows if self._extensions[row] == extension] or rows
        return (rows[0] if len(rows) == 1 else AMBIGUOUS) if rows else -1


@dataclass
class Listing:
    """The image files of a folder, found by what a file may call them."""

    folder: Path
    paths: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._index = PathIndex(self.paths)

    @classmethod
    def of(cls, folder: Path, depth: int) -> "Listing":
        """The images in `folder`, down to `depth` folders below it."""
        return cls(folder, list(images_below(folder, depth)))

    def find(self, name: str) -> str | None:
        """The path that `name` leads to; None where there is no such file, or several."""
        posix = name.replace("\\", "/").removeprefix("./")
        if "/" in posix and _is_file(joined(str(self.folder), posix)):
            return posix
        row = self._index.find(name)
        return self.paths[row] if row >= 0 else None


def images_below(folder: Path, depth: int) -> Iterator[str]:
    """Paths of the image files down to `depth` folders below `folder`, relative to it, by name."""
    for place, folders, names in walked(folder):
        relative = Path(place).relative_to(folder)
        if len(relative.parts) >= depth:
            folders.clear()
        for name in names:
            if Path(name).suffix.lower() in SUFFIXES:
                yield clean((relative / name).as_posix())


def size_of(place: str) -> Size:
    """The size that an image is shown with, from its header; `UNKNOWN` where it cannot be read."""
    from aquarium_tui.media.source import image_size

    try:
        return image_size(place)
    except InputError:
        return UNKNOWN


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:
        return False


def unsuffixed(name: str) -> str:
    """A path without the suffix of an image; other dots belong to the name."""
    suffix = splitext(name)[1]
    return name[: -len(suffix)] if suffix.lower() in SUFFIXES else name


def ends_alike(one: str, two: str) -> bool:
    """Whether one of two paths is the whole end of the other, apart from the suffix of an image."""
    parts = [_parted(path)[0].split("/") for path in (one, two)]
    both = min(map(len, parts))
    return parts[0][-both:] == parts[1][-both:]


def _parted(path: str) -> tuple[str, str]:
    """A path in normal form without the extension of an image, and that extension in lower case."""
    posix = normalize("NFC", path).replace("\\", "/")
    stem = unsuffixed(posix)
    return stem, posix[len(stem) :].lower()


def _by_suffix(stems: Iterable[str]) -> dict[str, list[int]]:
    """The rows of each suffix of a path."""
    rows: dict[str, list[int]] = {}
    for row, stem in enumerate(stems):
        for suffix in _suffixes(stem):
            rows.setdefault(suffix, []).append(row)
    return rows


def _longest(rows: dict[str, list[int]], stem: str) -> list[int]:
    """The rows that share the longest suffix with a path; none if there is no such suffix."""
    return next((found for suffix in _suffixes(stem) if (found := rows.get(suffix))), [])


def _suffixes(stem: str) -> Iterator[str]:
    """The path, then ever fewer of its last parts; at most `DEEP`, as an index holds all of them."""
    parts = [part for part in stem.split("/") if part not in ("", ".")]
    for start in range(max(len(parts) - DEEP, 0), len(parts)):
        yield "/".join(parts[start:])
