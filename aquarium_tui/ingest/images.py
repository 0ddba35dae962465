"""Where the images of a dataset are."""

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.formats.shared.records import EXAMPLES
from aquarium_tui.media.source import listing
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import clean, joined, visible
from aquarium_tui.model.problems import Problem

_READINGS: Sequence[tuple[str, Callable[[str], str]]] = (
    ("", lambda path: path),
    ("backslashes in file names are read as slashes", lambda path: path.replace("\\", "/")),
    (
        "images are matched by the last part of their paths",
        lambda path: path.replace("\\", "/").rpartition("/")[2],
    ),
)


@dataclass(frozen=True)
class LocatedImages:
    """Paths that lead to files, and what was noticed about them.

    Attributes:
        folder: Where relative paths start, absolute.
        paths: One per frame.
        notes: What was recognised.
        problems: Images that do not exist.
    """

    folder: str
    paths: Text
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def locate(paths: Text, folder: Path | None, beside: Path) -> LocatedImages:
    """Find the images that `paths` name.

    Args:
        paths: The paths in the labels file.
        folder: The folder named for them; None takes the folder of `beside`.
        beside: The labels file.

    Raises:
        InputError: The folder does not exist.
    """
    if folder is not None and not is_folder(folder):
        raise InputError(
            f"There is no folder {visible(str(folder))}.", "Name the folder of the images with --images."
        )
    start = str((folder or beside.parent).absolute())
    note, words, lost = "", paths.words, _lost(start, paths.words)
    for other_note, read in _READINGS[1:]:
        if not lost:
            break
        other = [read(word) for word in paths.words]
        if len(other_lost := _lost(start, other)) < len(lost):
            note, words, lost = other_note, other, other_lost
    located = Text.from_words(words, paths.codes)
    return LocatedImages(clean(start), located, (note,) if note else (), _problems(lost, folder is not None))


def _lost(start: str, paths: Sequence[str]) -> list[str]:
    """The `paths` that lead to no file. Each folder is listed once; what is remote is not checked."""
    names = cache(listing)
    places = ((path, *posixpath.split(joined(start, path))) for path in paths)
    return [path for path, folder, name in places if (held := names(folder)) is not None and name not in held]


def _problems(lost: Sequence[str], given: bool) -> tuple[Problem, ...]:
    if not lost:
        return ()
    hint = "a placeholder is shown for them" if given else "name their folder with --images"
    examples = tuple(visible(path) for path in lost[:EXAMPLES])
    return (Problem("image files that do not exist", len(lost), "noted", examples, hint),)
