"""Metadata of frames from a separate table, and tables with a row per frame in general."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.records import EXAMPLES, Gatherer, key_text
from aquarium_tui.formats.shared.tables import SmallTable, read_table
from aquarium_tui.formats.shared.values import typed_column, unique_keys
from aquarium_tui.ingest.frame_keys import FrameMatch, possible_frames
from aquarium_tui.ingest.provenance import listed
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames

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
    gathered = Gatherer(f"{visible(path.name)} rows")
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
