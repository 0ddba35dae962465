"""Measures of frames that slices are made from: brightness and blur of images, and the user's features."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.drawing.drawing import image_path
from aquarium_tui.errors import CancelledError, InputError, UsageError
from aquarium_tui.formats.shared.tables import opened_sheet
from aquarium_tui.media.photo import Appearance, appearance
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.tables import Dataset

MOST_FIELDS = 12
"""Columns of a file that become fields each; more are a vector, which says something only as a whole."""
CLUSTERS = 12
"""Groups that vectors are divided into: with 5,000 frames about 400 each, enough for a slice of a slice."""
_ROUNDS = 25
"""Rounds of k-means; it rarely moves after twenty."""
_KEYS = ("frame", "id", "frame_id", "image_id", "image", "file_name")
"""What the column of frame ids may be called, the first that is there."""


def appearances(
    dataset: Dataset,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, Column]:
    """`brightness` and `blur` of every frame, `(frames,)`; absent where the image cannot be read.

    Raises:
        CancelledError: `cancelled` said so.
    """
    total = len(dataset.frames)
    found = np.full((2, total), np.nan)

    def look(frame: int) -> Appearance | None:
        if cancelled():
            raise CancelledError
        try:
            return appearance(image_path(dataset, frame))
        except InputError:
            return None

    # Pillow lets go of the interpreter while it decodes.
    with ThreadPoolExecutor() as pool:
        for frame, seen in enumerate(pool.map(look, range(total))):
            if seen is not None:
                found[:, frame] = seen.brightness, seen.blur
            progress(frame + 1, total)
    return {"brightness": _numbers(found[0]), "blur": _numbers(found[1])}


def features(dataset: Dataset, path: Path) -> dict[str, Column]:
    """The user's features of the frames, `(frames,)` by name.

    A table has a column with the frame's id, and features; up to `MOST_FIELDS` are taken one by one. More
    numbers, and arrays of a `.npy` file with one row per frame in the order of upload, are vectors: they are
    divided into groups of vectors that are alike, and the feature is the group.

    Raises:
        UsageError: The file has no ids of frames, or another number of rows than there are frames.
        InputError: It cannot be read.
    """
    if path.suffix == ".npy":
        return _of_array(dataset, path)
    with opened_sheet(path) as sheet:
        named = {name.casefold(): name for name in sheet.columns}
        key = next((named[each] for each in _KEYS if each in named), "")
        if not key:
            known = ", ".join(map(visible, sheet.columns))
            raise UsageError(
                f"{visible(path.name)} has no column of frame ids, such as frame or id.", f"It has {known}."
            )
        ids = sheet.text(key)
        columns = {name: sheet.typed(name) for name in sheet.columns if name != key}
    typed = {name: column for name, column in columns.items() if column is not None}
    rows = _rows(dataset, ids, path)
    found = {name: _placed(column, rows, len(dataset.frames)) for name, column in typed.items()}
    numbers = {
        name: each for name, each in found.items() if isinstance(each, Values) and each.kind == "number"
    }
    if len(numbers) <= MOST_FIELDS:
        return found
    vectors = np.stack([np.where(each.missing, np.nan, each.values) for each in numbers.values()], axis=1)
    others = {name: column for name, column in found.items() if name not in numbers}
    return others | {path.stem: groups_of(vectors)}


def _of_array(dataset: Dataset, path: Path) -> dict[str, Column]:
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{visible(str(path))} is not an array that can be read.") from error
    if vectors.ndim != 2 or len(vectors) != len(dataset.frames) or vectors.dtype.kind not in "fiu":
        wanted = f"({len(dataset.frames)}, features)"
        raise UsageError(f"{visible(path.name)} has the shape {vectors.shape}, not {wanted} of numbers.")
    return {path.stem: groups_of(vectors.astype(np.float64))}


def _rows(dataset: Dataset, ids: Text, path: Path) -> NDArray[np.int64]:
    """The frame of each row of a table, -1 for none."""
    places = dataset.frames.row_by_id
    rows = np.array([places.get(id_ or "", -1) for id_ in ids], np.int64)
    if not (rows >= 0).any():
        first = visible(ids[0] or "") if len(ids) else ""
        raise UsageError(
            f"None of the {counted(len(ids), 'row')} in {visible(path.name)} belongs to a frame here.",
            f"Its first id is {first!r}; ids of frames look like {visible(dataset.frames.id[0] or '')!r}.",
        )
    return rows


def _placed(column: Column, rows: NDArray[np.int64], frames: int) -> Column:
    """A column of a table as one of the frames."""
    known = rows >= 0
    if isinstance(column, Text):
        codes = np.full(frames, -1, np.int32)
        codes[rows[known]] = column.codes[known]
        return Text(codes, column.offsets, column.blob)
    values, missing = np.zeros(frames, column.values.dtype), np.ones(frames, bool)
    values[rows[known]], missing[rows[known]] = column.values[known], column.missing[known]
    return Values(column.kind, values, missing)


def groups_of(vectors: Floats, groups: int = CLUSTERS, seed: int = 0) -> Text:
    """Which of some groups of vectors that are alike each belongs to, as text.

    k-means (Lloyd 1982) on standardised features, its first centres drawn far apart (Arthur and Vassilvitskii
    2007). Absent for a vector with a number that is not finite.

    Args:
        vectors: `(n, features)`.
        groups: How many groups at most.
        seed: Of the first centres.
    """
    there = np.isfinite(vectors).all(axis=1)
    known = vectors[there]
    codes = np.full(len(vectors), -1, np.int32)
    if len(known):
        spread = known.std(axis=0)
        scaled = (known - known.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        codes[there] = _clustered(scaled, min(groups, len(known)), np.random.default_rng(seed))
    return Text.from_words([str(at + 1) for at in range(groups)], codes)


def _clustered(points: Floats, groups: int, random: np.random.Generator) -> NDArray[np.int32]:
    centres = points[[random.integers(len(points))]]
    nearest = ((points - centres[0]) ** 2).sum(axis=1)
    while len(centres) < groups and nearest.sum() > 0:
        chosen = random.choice(len(points), p=nearest / nearest.sum())
        centres = np.concatenate([centres, points[[chosen]]])
        nearest = np.minimum(nearest, ((points - points[chosen]) ** 2).sum(axis=1))
    member = np.zeros(len(points), np.int32)
    for _ in range(_ROUNDS):
        distance = (centres**2).sum(axis=1) - 2 * points @ centres.T
        member = distance.argmin(axis=1).astype(np.int32)
        for at in np.unique(member):
            centres[at] = points[member == at].mean(axis=0)
    return member


def _numbers(values: Floats) -> Values:
    return Values("number", np.nan_to_num(values), np.isnan(values))
