"""Image files in a folder: where they lie, and how large they are."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import splitext

from aquarium_tui.errors import InputError
from aquarium_tui.model.names import clean, joined
from aquarium_tui.model.picture import Size

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".ppm", ".pgm"})


UNKNOWN: Size = (0, 0)
"""The size of an image that cannot be read."""
DEEP = 8
"""How many folders deep images are looked for: datasets nest by part, camera and sequence, but no deeper."""


@dataclass
class Listing:
    """The image files of a folder by what a file may call them; None where that may be several."""

    folder: Path
    paths: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, depth: int) -> "Listing":
        """The images in `folder`, down to `depth` folders below it."""
        listing = cls(folder)
        for path in images_below(folder, depth):
            last = path.rpartition("/")[2]
            for name in {path, last, unsuffixed(path), unsuffixed(last)}:
                listing.paths[name] = None if name in listing.paths else path
        return listing

    def find(self, name: str) -> str | None:
        """The path that `name` leads to; None where there is no such file, or several."""
        posix = name.replace("\\", "/").removeprefix("./")
        if "/" in posix and _is_file(joined(str(self.folder), posix)):
            return posix
        last = posix.rpartition("/")[2]
        return self.paths.get(posix) or self.paths.get(last) or self.paths.get(unsuffixed(last))


def images_below(folder: Path, depth: int) -> Iterator[str]:
    """Paths of the image files down to `depth` folders below `folder`, relative to it, by name."""
    for place, folders, names in os.walk(folder):
        relative = Path(place).relative_to(folder)
        folders[:] = sorted(folders) if len(relative.parts) < depth else []
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES:
                yield clean((relative / name).as_posix())


def size_of(place: str) -> Size:
    """The size that an image is shown with, from its header; `UNKNOWN` where it cannot be read."""
    from aquarium_tui.media.header import image_size

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
