"""Folders of small text files with one object per line, as YOLO and KITTI have them."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from posixpath import splitext

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import Finding
from aquarium_tui.formats.shared.format import names_below
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible

_BOM = b"\xef\xbb\xbf"
_OTHERS = frozenset({"classes.txt", "labels.txt", "notes.txt", "train.txt", "val.txt", "test.txt"})
_APPENDED = "a second run appended to the files: empty the folder before the model writes to it again"


@dataclass
class ObjectLines:
    """The lines of many files, in order.

    Attributes:
        names: The name of each file in messages.
        file: Which file each line comes from.
        number: Its number in that file, from 1.
        repeated: Lines that equal an earlier one of their file.
        absent: How many files do not exist.
    """

    names: Sequence[str]
    file: "array[int]" = field(default_factory=lambda: array("i"))
    number: "array[int]" = field(default_factory=lambda: array("i"))
    repeated: list[int] = field(default_factory=list)
    absent: int = 0

    def read(self, paths: Sequence[str]) -> Iterator[list[bytes]]:
        """Yield the words of every line that is not empty.

        Args:
            paths: Where the files are, in the order of `names`.

        Raises:
            InputError: A file cannot be read.
        """
        for i, path in enumerate(paths):
            lines = self._content(path).splitlines()
            seen: set[bytes] | None = set() if len(set(lines)) < len(lines) else None
            for number, line in enumerate(lines, 1):
                words = line.split()
                if words:
                    if seen is not None:
                        self._check(line, seen)
                    self.file.append(i)
                    self.number.append(number)
                    yield words

    def place(self) -> Callable[[int], str]:
        """A function that says where line i is."""
        return lambda row: f"{visible(self.names[self.file[row]])} line {self.number[row]}"

    def keys(self, words: Sequence[str]) -> Text:
        """A column with the word of each line's file; `words` has one per file."""
        return Text.from_words(words, np.array(self.file, dtype=np.int32))

    def findings(self) -> tuple[Finding, ...]:
        """Lines that occur in their file twice."""
        return finding("lines equal to an earlier line of their file", np.array(self.repeated), _APPENDED)

    def _check(self, line: bytes, seen: set[bytes]) -> None:
        if line in seen:
            self.repeated.append(len(self.file))
        seen.add(line)

    def _content(self, path: str) -> bytes:
        try:
            with FileIO(path) as file:
                return file.readall().removeprefix(_BOM)
        except FileNotFoundError:
            self.absent += 1
            return b""
        except OSError as error:
            raise InputError(f"{visible(path)} cannot be read: {error.strerror}.") from error


def text_files(folder: Path) -> list[str]:
    """Paths, relative to `folder`, of the .txt files below it that may hold objects, sorted."""
    return [name for name in names_below(folder, ".txt") if not _is_other(name.rpartition("/")[2])]


def keys_of(files: Sequence[str]) -> list[str]:
    """The paths without their suffixes."""
    return [splitext(name)[0] for name in files]


def finding(kind: str, rows: NDArray[np.int64], hint: str, *, kept: bool = False) -> tuple[Finding, ...]:
    """One finding about `rows`; none if there are no rows."""
    if not len(rows):
        return ()
    return (Finding(kind, rows.astype(np.int64), "kept" if kept else "left out", hint),)


def _is_other(name: str) -> bool:
    return name in _OTHERS or name.lower().startswith("readme")
