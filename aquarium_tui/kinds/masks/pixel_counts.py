"""The pixel counts of two inference sets of a dataset: counted from their files once, and kept in a cache."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import numpy as np

from aquarium_tui.compare.pixels.frame_masks import MaskStack
from aquarium_tui.compare.pixels.joint_counts import Counted, PixelCounts, count_frame, joined
from aquarium_tui.errors import InputError
from aquarium_tui.media.mask_values import decoding_seconds, read_mask
from aquarium_tui.media.source import Stamp, source
from aquarium_tui.model.arrays import NamedArrays
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.store.cache import keep, kept
from aquarium_tui.work.executor import Lost, Watch, worked, workers

Files = Mapping[int, tuple[str, ...]]
"""The mask files of frames, by row; of the labels first."""

_PLAIN = ("starts", "label", "base", "other", "pixels", "ignored", "counted")
_LOST = "lost"
_LAYOUT = 2
"""Raised when what is kept changes its layout."""


def count_pixels(
    dataset: Dataset,
    base: InferenceSet,
    other: InferenceSet | None = None,
    *,
    cache: Path | None = None,
    watch: Watch | None = None,
) -> PixelCounts:
    """Read every mask of the dataset and of one or two sets, and count.

    A frame whose worker process died every time is left out and named, as one whose masks cannot be read.
    It is counted again when the counts are next asked for; the others are not.

    Args:
        dataset: Has label masks.
        base: Has masks.
        other: The same.
        cache: The folder that keeps the counts of these two sets, whichever is base; None keeps nothing.
        watch: How the work is watched, and where it is done.

    Raises:
        UsageError: The dataset or a set has no masks.
        CancelledError: `watch.cancelled` returned true.
    """
    if other is not None and other.id < base.id:
        swapped = count_pixels(dataset, other, base, cache=cache, watch=watch)
        return swapped.swapped()
    stack = MaskStack.of(dataset, [one for one in (base, other) if one])
    frames, classes = len(dataset.frames), len(dataset.project.class_map.evaluated_names)
    files = {row: paths for row in range(frames) if (paths := stack.files(row))}
    key = _key(files, stack, frames) if cache else ""
    before = kept(cache, key) if cache else None
    found: dict[int, Counted | str] = {}
    missing = list(files)
    if before is not None:
        counts, missing = _unpacked(before, classes)
        if not missing:
            return counts
        found = counts.by_frame()
    watch = watch or Watch()
    pixels = dataset.frames.width[missing].astype(np.int64) * dataset.frames.height[missing]
    with workers(watch, decoding_seconds(int(pixels.sum()) * len(stack.masks))) as executor:
        lost = _count(stack, {row: files[row] for row in missing}, found, executor, watch)
    counts = joined(found, frames, classes)
    if cache:
        keep(cache, key, _packed(counts, lost))
    return counts


def _count(
    stack: MaskStack, files: Files, found: dict[int, Counted | str], executor: Executor | None, watch: Watch
) -> list[int]:
    """Count frames into `found`; the rows of those whose worker died every time."""
    count, rows, lost = partial(count_frame, read_mask, stack.meanings), list(files), []
    for position, result in worked(count, list(files.values()), executor, watch):
        if isinstance(result, Lost):
            lost.append(rows[position])
        found[rows[position]] = result.reason if isinstance(result, Lost) else result
    return lost


def _key(files: Files, stack: MaskStack, frames: int) -> str:
    """A hash of everything the counts come from: the files, by size and time of change, and their meaning."""
    digest = hashlib.blake2b(repr((_LAYOUT, frames)).encode(), digest_size=16)
    for meaning in stack.meanings:
        digest.update(meaning.value.tobytes() + meaning.position.tobytes() + repr(meaning.unnamed).encode())
    for row, paths in files.items():
        digest.update(repr((row, [(path, _stamp(path)) for path in paths])).encode())
    return digest.hexdigest()


def _stamp(path: str) -> Stamp | None:
    try:
        return source(path).stamp()
    except (OSError, ValueError, InputError):
        return None


def _packed(counts: PixelCounts, lost: Sequence[int]) -> NamedArrays:
    arrays: NamedArrays = {name: getattr(counts, name) for name in _PLAIN}
    told = json.dumps(list(counts.unreadable.items())).encode()
    return arrays | {"unreadable": np.frombuffer(told, np.uint8), _LOST: np.array(sorted(lost), np.int64)}


def _unpacked(arrays: NamedArrays, classes: int) -> tuple[PixelCounts, list[int]]:
    """The counts, and the rows that are to be counted again."""
    plain = {name: arrays[name] for name in _PLAIN}
    told = json.loads(arrays["unreadable"].tobytes())
    return PixelCounts(classes=classes, unreadable=dict(told), **plain), arrays[_LOST].tolist()
