"""Where the images of a dataset are."""

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.formats.shared.records import EXAMPLES
from aquarium_tui.media.folders import DEEP, Listing
from aquarium_tui.media.source import listing
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import clean, joined, visible
from aquarium_tui.model.problems import Problem

_SLASHES = "backslashes in file names are read as slashes"
_ENDS = "images are matched by the end of their paths"
_NEAR = 2
"""How deep images are looked for beside a labels file if no folder is named; that may be anyone's home."""


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
    root = (folder or beside.parent).absolute()
    start, words, notes = str(root), list(paths.words), dict[str, None]()
    if _lost(start, words) and any("\\" in word for word in words):
        slashed = [word.replace("\\", "/") for word in words]
        if len(_lost(start, slashed)) < len(_lost(start, words)):
            words, notes = slashed, {_SLASHES: None}
    if lost := set(_lost(start, words)):
        found = Listing.of(root, _NEAR if folder is None else DEEP)
        ends = {word: path for word in lost if (path := found.find(word)) is not None}
        words = [ends.get(word, word) for word in words]
        notes |= {_ENDS: None} if ends else {}
    located = Text.from_words(words, paths.codes)
    problems = _problems(_lost(start, words), folder is not None)
    return LocatedImages(clean(start), located, tuple(notes), problems)


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
