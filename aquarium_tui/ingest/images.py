"""Where the images of a dataset are, and how large they are."""

import posixpath
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.formats.shared.records import EXAMPLES, Records
from aquarium_tui.media.folders import DEEP, UNKNOWN, Listing, size_of
from aquarium_tui.media.source import listing
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import clean, is_remote, joined, url_of, visible
from aquarium_tui.model.picture import Size
from aquarium_tui.model.problems import Handling, Problem
from aquarium_tui.model.tables import Frames

_ROUNDING = 1.0
"""Pixels by which a box may reach over the edge of its image, as detectors and rounding cause everywhere."""
_SLASHES = "backslashes in file names are read as slashes"
_ENDS = "images are matched by the end of their paths"
_REMOTE = "images are read from a server when they are shown; that they exist was not checked"
_AT_ONCE = 16
"""Images of servers whose headers are read at once: they wait for the line, not for this machine."""
MISSING = "image files that do not exist"
"""The kind of problem of images that are not where the labels say."""
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
    url = url_of(folder) if folder else None
    if url is not None:
        words = [word.replace("\\", "/") for word in paths.words]
        return LocatedImages(url, Text.from_words(words, paths.codes), (_REMOTE,))
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


def with_true_sizes(frames: Frames, folder: str, records: Records) -> tuple[Frames, tuple[Problem, ...]]:
    """The frames with the sizes of the image files, and what is wrong with those that the labels file states.

    Sizes are those of pictures turned upright, as their EXIF data say. Where boxes fit only the stated size,
    as after images were made smaller, that one stays.

    Args:
        frames: The frames, with paths that lead to files and the sizes that the labels file states.
        folder: Where relative paths start.
        records: The labels; how they name frames is how the file gives ids.
    """
    width, height = frames.width.copy(), frames.height.copy()
    reach = _reach(frames, records)
    changed: list[str] = []
    kept: list[str] = []
    places = [joined(folder, path) if path else "" for path in frames.path]
    # Of URLs that a labels file names, no server is asked: that would be for the file to decide.
    sizes = _sizes(places, (width * height > 0) | (not is_remote(folder)))
    for row, (path, size) in enumerate(zip(frames.path, sizes, strict=True)):
        stated = int(width[row]), int(height[row])
        if size in (UNKNOWN, stated):
            continue
        fits = 0 in stated or bool((reach[row] <= np.array(size) + _ROUNDING).all())
        if fits:
            width[row], height[row] = size
        if 0 not in stated:
            told = f"{visible(str(path))} ({size[0]} × {size[1]}, not {stated[0]} × {stated[1]})"
            (changed if fits else kept).append(told)
    found = replace(frames, width=width, height=height)
    return found, (
        *_contradicted(changed, "changed", "the true size is taken, as the boxes fit it"),
        *_contradicted(
            kept,
            "kept",
            "boxes reach beyond the true size: name the folder with the images that "
            "were labelled with --images",
        ),
    )


def _sizes(places: Sequence[str], stated: NDArray[np.bool_]) -> Iterator[Size]:
    """The sizes of images; of those on servers only where no size is stated, as each takes a round trip."""
    remote = [place for place, known in zip(places, stated, strict=True) if is_remote(place) and not known]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = dict(zip(remote, pool.map(size_of, remote), strict=True))
    for place in places:
        local = place and not is_remote(place)
        yield size_of(place) if local else asked.get(place, UNKNOWN)


def _reach(frames: Frames, records: Records) -> NDArray[np.float64]:
    """How far boxes reach to the right and down in each frame, `(frames, 2)`; 0 where they are fractions."""
    reach = np.zeros((len(frames), 2))
    if records.relative or records.whole:
        return reach
    rows = frames.row_by_id
    of_word = np.array([*(rows.get(word, -1) for word in records.frame.words), -1], dtype=np.int64)
    frame = of_word[records.frame.codes]
    usable = (frame >= 0) & np.isfinite(records.box).all(axis=1)
    np.maximum.at(reach, frame[usable], records.box[usable, 2:])
    return reach


def _contradicted(examples: Sequence[str], action: Handling, hint: str) -> tuple[Problem, ...]:
    kind = "images whose size is not the stated one"
    return (Problem(kind, len(examples), action, tuple(examples[:EXAMPLES]), hint),) if examples else ()


def missing_images(folder: str, paths: Text) -> list[str]:
    """Paths of frames whose image files are not there (any more); those on servers are not looked for."""
    return sorted(set(_lost(folder, list(paths.words))))


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
    return (Problem(MISSING, len(lost), "noted", examples, hint),)
