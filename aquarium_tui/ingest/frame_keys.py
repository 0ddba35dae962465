"""Which frame each record means, where images are and how large, and tables with a row per frame."""

import posixpath
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import EXAMPLES, Gatherer, Records, key_text
from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.formats.shared.tables import SmallTable, read_table
from aquarium_tui.formats.shared.values import typed_column, unique_keys
from aquarium_tui.ingest.readings import FRAMES, Reading, listed, unknown_way
from aquarium_tui.media.folders import AMBIGUOUS, DEEP, UNKNOWN, Listing, PathIndex, size_of, unsuffixed
from aquarium_tui.media.source import listing
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import clean, is_remote, joined, url_of, visible
from aquarium_tui.model.picture import Size
from aquarium_tui.model.problems import Handling, Problem
from aquarium_tui.model.tables import Frames


@dataclass(frozen=True)
class FrameMatch:
    """The frame of each record under one reading.

    Attributes:
        reading: Its words complete "images are matched …".
        rows: `(records,)` int64 row of the frame, -1 if there is none, `AMBIGUOUS` if there are several.
        matched: How many records have one.
    """

    reading: Reading
    rows: NDArray[np.int64]
    matched: int


def possible_frames(
    frames: Frames, keys: Text, names: Text | None = None, forced: str = ""
) -> Sequence[FrameMatch]:
    """The ways to match records with frames that match the most records, the likeliest first.

    There is always one; others match as many records, but some of them with other frames. Positions of frames
    are never plain: nearly any small number is one.

    Args:
        frames: The frames of the dataset.
        keys: The id by which each record names its image.
        names: The file name that each gives as well, if any; certain if it matches all records.
        forced: The name of the only reading to try; empty tries all.

    Raises:
        UsageError: There is no such reading.
    """
    if forced:
        return [_forced(frames, keys, names, forced)]
    by_name = [] if names is None else [_by_path(frames, names)]
    if by_name and by_name[0].matched == len(names or ()):
        return by_name
    matches = [*by_name, *_all(frames, keys)]
    first = max(matches, key=lambda match: match.matched)
    ambiguous = [match for match in matches if (match.rows == AMBIGUOUS).any()]
    if not first.reading.plain and ambiguous:
        # A name that several frames end in is no position, though it may be a number.
        return [max(ambiguous, key=lambda match: int(np.count_nonzero(match.rows == AMBIGUOUS)))]
    rivals = [match for match in matches if match.matched == first.matched > 0]
    # Where all keys are ambiguous names, that is what to tell, not that ids are unknown.
    if not first.matched:
        first = max(matches, key=lambda match: int(np.count_nonzero(match.rows == AMBIGUOUS)))
    return [first, *_different(first, rivals)]


def ids_mislead(frames: Frames) -> bool:
    """Whether the id of a frame names another one if it is read in another plain way."""
    own = np.arange(len(frames))
    plain = (match.rows for match in _all(frames, frames.id) if match.reading.plain)
    return any(bool(((rows >= 0) & (rows != own)).any()) for rows in plain)


def _different(first: FrameMatch, rivals: Sequence[FrameMatch]) -> Iterator[FrameMatch]:
    seen = [first.rows]
    for rival in rivals:
        if not any(np.array_equal(rival.rows, rows) for rows in seen):
            seen.append(rival.rows)
            yield rival


def _forced(frames: Frames, keys: Text, names: Text | None, way: str) -> FrameMatch:
    if way == "path" and names is not None:
        return _by_path(frames, names)
    for match in _all(frames, keys):
        if match.reading.name == way:
            return match
    raise unknown_way(FRAMES, way)


def _all(frames: Frames, keys: Text) -> Iterator[FrameMatch]:
    yield _matched(Reading("id", "by id"), _index(frames.id, _composed), keys, _composed)
    by_number = Reading("id-number", "by id without leading zeros")
    yield _matched(by_number, _index(frames.id, _whole), keys, _whole)
    yield _by_path(frames, keys)
    in_name = Reading("number", "by the number in the file name")
    yield _matched(in_name, _index(frames.path, _stem_number), keys, _whole)
    for start, name in ((0, "position"), (1, "position-1")):
        rows = {str(row + start): row for row in range(len(frames))}
        yield _matched(Reading(name, f"by position from {start}", plain=False), rows, keys, _whole)


def _by_path(frames: Frames, keys: Text) -> FrameMatch:
    index = PathIndex(frames.path)
    found = {word: index.find(word) for word in keys.words}
    return _match(Reading("path", "by the end of the path"), found, keys)


def _matched(
    reading: Reading, rows: dict[str, int], keys: Text, form: Callable[[str], str | None]
) -> FrameMatch:
    found = {word: rows.get(key, -1) for word in keys.words if (key := form(word)) is not None}
    return _match(reading, found, keys)


def _match(reading: Reading, found: dict[str, int], keys: Text) -> FrameMatch:
    rows = np.array([*(found.get(word, -1) for word in keys.words), -1], dtype=np.int64)[keys.codes]
    return FrameMatch(reading, rows, int(np.count_nonzero(rows >= 0)))


def _index(names: Text, form: Callable[[str], str | None]) -> dict[str, int]:
    """Frame row by form; `AMBIGUOUS` for a form that several frames share."""
    index: dict[str, int] = {}
    for row, name in enumerate(names):
        key = form(name) if name is not None else None
        if key is not None:
            index[key] = AMBIGUOUS if key in index else row
    return index


def _composed(text: str) -> str:
    return normalize("NFC", text)


def _whole(text: str) -> str | None:
    """Digits without leading zeros; None for anything else."""
    return (text.lstrip("0") or "0") if text.isascii() and text.isdigit() else None


def _stem_number(path: str) -> str | None:
    return _whole(unsuffixed(path.replace("\\", "/").rpartition("/")[2]))


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
    lost = set(_lost(folder, frames.path.words))
    places = ["" if path is None or path in lost else joined(folder, path) for path in frames.path]
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


_KEY_NAMES = frozenset(
    {"id", "frame", "frame_id", "image_id", "image", "file", "file_name", "filename", "path", "name"}
)


@dataclass(frozen=True)
class KeyedTable:
    """A table with a row per frame.

    Attributes:
        rows: The table.
        key: The column that names the frames.
        words: How it names them; completes "frames are named …".
        source: `(frames,)` int64: the row of each frame, -1 if it has none.
        problems: Rows for unknown frames, further rows for a frame, and frames without a row.
    """

    rows: SmallTable
    key: str
    words: str
    source: NDArray[np.int64]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class ExtendedFrames:
    """Frames with more metadata, and what was noticed about it."""

    frames: Frames
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def with_metadata(frames: Frames, path: Path | None) -> ExtendedFrames:
    """The frames with the columns of the table at `path`; its key column is the one that names most frames.

    Raises:
        InputError: The table cannot be read, or none of its columns names a frame.
    """
    if path is None:
        return ExtendedFrames(frames)
    table = keyed_rows(frames, path, "metadata")
    rows, key = table.rows, table.key
    columns = {name: _spread(values, table.source) for name, values in rows.values.items() if name != key}
    kept = {name: column for name, column in columns.items() if column is not None}
    left = [name for name, column in columns.items() if column is None]
    notes = [
        f"metadata from {path.name}, which names frames {table.words} in its column `{visible(key)}`: "
        f"{listed(list(kept))}"
    ]
    if left:
        notes.append(
            f"columns of {path.name} that are empty or hold lists or objects are not read: {listed(left)}"
        )
    metadata = unique_keys({**frames.metadata, **kept})
    return ExtendedFrames(replace(frames, metadata=metadata), tuple(notes), table.problems)


def keyed_rows(frames: Frames, path: Path, what: str) -> KeyedTable:
    """The table at `path`; its key column is the one that names most frames.

    Args:
        frames: The frames that its rows are about.
        path: The file.
        what: What its rows hold, for messages.

    Raises:
        InputError: The table cannot be read, or none of its columns names a frame.
    """
    rows = read_table(path)
    key, match = _key_column(frames, rows, path)
    gathered = Gatherer(visible(path.name))
    source = _row_of_frame(rows.text[key], match, np.full(len(frames), -1), (gathered, what))
    problems = (*gathered.problems(), *_uncovered(frames, np.flatnonzero(source < 0), what))
    return KeyedTable(rows, key, match.reading.words, source, problems)


def _key_column(frames: Frames, rows: SmallTable, path: Path) -> tuple[str, FrameMatch]:
    matches = {
        name: possible_frames(frames, Text.from_values(map(key_text, values)))[0]
        for name, values in rows.text.items()
    }
    if not matches or not any(match.matched for match in matches.values()):
        raise InputError(
            f"No column of {visible(str(path))} names a frame; its columns are {listed(list(matches))}.",
            f"One must hold frame ids or file names, such as {frames.id[0]} or {frames.path[0]}.",
        )
    key = max(matches, key=lambda name: _likelihood(name, matches[name]))
    return key, matches[key]


def _likelihood(name: str, match: FrameMatch) -> tuple[bool, int]:
    """The rank of a column: counts look like ids too, so a telling name beats the number of matches."""
    frames = len(np.unique(match.rows[match.rows >= 0]))
    return frames > 0 and name.casefold() in _KEY_NAMES, frames


def _row_of_frame(
    keys: Sequence[object],
    match: FrameMatch,
    source: NDArray[np.int64],
    told: tuple[Gatherer, str],
) -> NDArray[np.int64]:
    """The row of each frame, put into `source`; if a frame has several rows, the first."""
    problems, what = told
    for row, frame in enumerate(match.rows.tolist()):
        name = visible(str(keys[row]))
        if frame < 0:
            problems.add(f"rows of {what} for unknown frames", "left out", row, name)
        elif source[frame] >= 0:
            problems.add(f"rows of {what} for a frame that already has one", "left out", row, name)
        else:
            source[frame] = row
    return source


def _uncovered(frames: Frames, rows: NDArray[np.int64], what: str) -> Sequence[Problem]:
    if not len(rows):
        return ()
    examples = tuple(visible(str(frames.id[row])) for row in rows[:EXAMPLES].tolist())
    return (Problem(f"frames without a row of {what}", len(rows), "noted", examples),)


def _spread(values: list[object], source: NDArray[np.int64]) -> Column | None:
    column = typed_column([*values, None])
    return None if column is None else column.take(source)
