"""Which frame each record means, if its key can be read in several ways."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.ingest.readings import FRAMES, Reading, unknown_way
from aquarium_tui.media.folders import AMBIGUOUS, PathIndex, unsuffixed
from aquarium_tui.model.columns import Text
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
