"""The pixel counts of two inference sets of a dataset, made once and kept in a cache."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from aquarium_tui.compare.pixels.counting import (
    Job,
    Meaning,
    PixelCounts,
    count_frame,
    inferred_meaning,
    joined,
    joint_runs,
    label_meaning,
)
from aquarium_tui.compare.pixels.diff import FrameMasks
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.store.cache import Arrays, cached
from aquarium_tui.work.pool import Watch, worked, workers

_PLAIN = ("starts", "label", "base", "other", "pixels", "ignored", "counted")


def count_pixels(
    dataset: Dataset,
    base: InferenceSet,
    other: InferenceSet | None = None,
    *,
    cache: Path | None = None,
    executor: Executor | None = None,
    watch: Watch | None = None,
) -> PixelCounts:
    """Read every mask of the dataset and of one or two sets, and count.

    Args:
        dataset: Has label masks.
        base: Has masks.
        other: The same.
        cache: The folder that keeps the counts of these two sets, whichever is base; None keeps nothing.
        executor: Where the work is done; None starts processes where that is worth it.
        watch: How the work is watched.

    Raises:
        UsageError: The dataset or a set has no masks.
        CancelledError: `watch.cancelled` said so.
    """
    if other is not None and other.id < base.id:
        swapped = count_pixels(dataset, other, base, cache=cache, executor=executor, watch=watch)
        return swapped.swapped()
    masks = _all_masks(dataset, [one for one in (base, other) if one])
    meanings = _meanings(dataset, masks)
    frames, classes = len(dataset.frames), len(dataset.project.class_map.evaluated_names)
    files = {row: paths for row in range(frames) if (paths := _frame_files(masks, row))}

    def make() -> Arrays:
        jobs = [Job(paths, meanings) for paths in files.values()]
        with _place(executor, dataset, len(masks)) as place:
            found = worked(count_frame, jobs, place, watch or Watch())
            return _packed(joined(dict(zip(files, found, strict=True)), frames, classes))

    arrays = make() if cache is None else cached(cache, _key(files, meanings, frames), make)
    return _unpacked(arrays, classes)


def read_masks(dataset: Dataset, sets: Sequence[InferenceSet], row: int) -> FrameMasks:
    """The masks of one frame, of the labels and of one or two sets, read from their files.

    Raises:
        UsageError: The dataset or a set has no masks.
        InputError: One of the frame is missing or cannot be read.
    """
    masks = _all_masks(dataset, sets)
    files = _frame_files(masks, row)
    if files is None:
        raise InputError("a mask is missing", "Upload the masks again once it is there.")
    label, *inferred = (read_mask(file) for file in files)
    return FrameMasks(joint_runs(label, inferred, _meanings(dataset, masks)))


def _all_masks(dataset: Dataset, sets: Sequence[InferenceSet]) -> Sequence[Masks]:
    return [_masks(dataset.masks, dataset.name), *(_masks(one.masks, one.id) for one in sets)]


def _masks(masks: Masks | None, name: str) -> Masks:
    if masks is None:
        raise UsageError(f"{name} has no masks to compare.")
    return masks


def _meanings(dataset: Dataset, masks: Sequence[Masks]) -> tuple[Meaning, ...]:
    """What values mean in the label masks, and in the masks of sets after them."""
    classes = dataset.project.class_map
    labels, *inferred = masks
    return (label_meaning(labels, classes), *(inferred_meaning(each, classes) for each in inferred))


def _frame_files(masks: Sequence[Masks], row: int) -> tuple[str, ...] | None:
    """The mask files of a frame; None where one is lacking."""
    files = [each.file(row) for each in masks]
    return tuple(filter(None, files)) if all(files) else None


def _place(
    executor: Executor | None, dataset: Dataset, masks: int
) -> AbstractContextManager[Executor | None]:
    if executor is not None:
        return nullcontext(executor)
    pixels = dataset.frames.width.astype(np.int64) * dataset.frames.height
    return workers(int(pixels.sum()) * masks)


def _key(files: dict[int, tuple[str, ...]], meanings: Sequence[Meaning], frames: int) -> str:
    """A hash of everything the counts come from: the files, by size and time of change, and their meaning."""
    digest = hashlib.blake2b(repr(frames).encode(), digest_size=16)
    for meaning in meanings:
        digest.update(meaning.value.tobytes() + meaning.position.tobytes() + repr(meaning.unnamed).encode())
    for row, paths in files.items():
        digest.update(repr((row, [(path, _stamp(path)) for path in paths])).encode())
    return digest.hexdigest()


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def _packed(counts: PixelCounts) -> Arrays:
    arrays: Arrays = {name: getattr(counts, name) for name in _PLAIN}
    told = json.dumps(list(counts.unreadable.items())).encode()
    return arrays | {"unreadable": np.frombuffer(told, np.uint8)}


def _unpacked(arrays: Arrays, classes: int) -> PixelCounts:
    plain = {name: arrays[name] for name in _PLAIN}
    told = json.loads(arrays["unreadable"].tobytes())
    return PixelCounts(classes=classes, unreadable=dict(told), **plain)
