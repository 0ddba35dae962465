"""What a user named for upload: a file or a folder, and what is seen of it at a glance."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats import input_file as source

_LOOKED_AT = 200
"""How many files of a folder are opened to see what they are."""
_GLANCE = 4096


@dataclass(frozen=True)
class Given:
    """A file or folder of labels or inferences, and what was given with it.

    Attributes:
        path: The file or folder.
        images: The folder of the images, if one was named; for labels only.
        split: Which part of a YOLO dataset to read, or all; empty takes val, else test, else train.
        zero_based: Whether Pascal VOC's coordinates are to be taken as counted from 0.
        field: Which field of a FiftyOne dataset is wanted; empty takes the only one that can be meant.
        task: Of the project, where that is settled; else empty.
    """

    path: Path
    images: Path | None = None
    split: str = ""
    zero_based: bool = False
    field: str = ""
    task: str = ""

    @cached_property
    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return self.path.is_dir()

    @cached_property
    def content(self) -> bytes:
        """The first bytes of the file, unpacked; empty for a folder.

        Raises:
            InputError: It cannot be read.
        """
        return b"" if self.is_dir else source.first_bytes(self.path)

    @cached_property
    def start(self) -> str:
        """The same as text; empty where it is none."""
        return source.as_text(self.content)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in the folder, sorted; empty for a file."""
        return tuple(sorted(entry.name for entry in self.path.iterdir())) if self.is_dir else ()

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The names of the folders in the folder, sorted; empty for a file."""
        return tuple(sorted(e.name for e in os.scandir(self.path) if e.is_dir())) if self.is_dir else ()

    def starts(self, suffix: str) -> Iterator[str]:
        """How files below the folder begin whose names end in `suffix`, the first of them, not the empty."""
        for path in islice(files_below(self.path, suffix) if self.is_dir else (), _LOOKED_AT):
            try:
                text = source.as_text(source.first_bytes(path, _GLANCE))
            except InputError:
                continue
            if text.strip():
                yield text


def names_below(folder: Path, suffix: str | tuple[str, ...]) -> Iterator[str]:
    """Paths, relative to `folder`, of the files in it and its folders, as `files_below` has them."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        start = "" if place == str(folder) else f"{Path(place).relative_to(folder).as_posix()}/"
        yield from (f"{start}{name}" for name in sorted(names) if name.lower().endswith(suffix))


def files_below(folder: Path, suffix: str | tuple[str, ...]) -> Iterator[Path]:
    """The files in `folder` and its folders whose names end in `suffix`, or in one of several, in order."""
    return (folder / name for name in names_below(folder, suffix))
