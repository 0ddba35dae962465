"""The pixel counts of two inference sets of a dataset: counted from their files once, and kept.

Whatever is kept of a frame says from which files it was counted, so that only frames whose files have changed
are counted again, and parts that other machines have counted, or a run that was stopped, fit in.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.boundaries import FrameBoundaries, boundary_scores, count_boundaries
from aquarium_tui.compare.pixels.frame_masks import MaskStack
from aquarium_tui.compare.pixels.joint_counts import Counted, PixelCounts, count_frame, joined
from aquarium_tui.compare.pixels.scores import PixelScores
from aquarium_tui.errors import InputError
from aquarium_tui.media.mask_values import decoding_seconds, read_mask
from aquarium_tui.media.remote import Stamp
from aquarium_tui.media.source import source
from aquarium_tui.model.arrays import NamedArrays
from aquarium_tui.model.names import is_remote
from aquarium_tui.model.shard import Shard, ShardCount
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.store.cache import cached, keep, kept
from aquarium_tui.store.parts import Parts
from aquarium_tui.work.executor import Lost, Watch, worked, workers

Found = dict[int, Counted | str]
"""The counts of frames, by row; a text gives the reason why one has none."""

_PLAIN = ("starts", "label", "base", "other", "pixels", "ignored", "counted")
_CLASSES = ("label", "base", "other", "pixels")
_EDGES = ("correct", "inferred")
_EDGES_COST = 5
"""Decoding a mask and finding its boundaries, as a multiple of decoding alone."""
_DIGEST = "digest"
_AT_ONCE = 32
"""Frames whose servers are asked at once: they wait for the line, not for this machine."""
_LAYOUT = 3
"""Raised when what is kept changes its layout."""


@dataclass(frozen=True)
class PixelPlaces:
    """Where the counts of two sets are kept.

    Attributes:
        whole: The folder of the cache that holds the counts of all frames.
        parts: What was counted of some of them.
    """

    whole: Path
    parts: Parts


def count_pixels(
    dataset: Dataset,
    base: InferenceSet,
    other: InferenceSet | None = None,
    *,
    places: PixelPlaces | None = None,
    watch: Watch | None = None,
    every: bool = False,
) -> PixelCounts:
    """Read every mask of the dataset and of one or two sets, and count.

    Frames that were counted before, by a run that was stopped or as a shard, are not counted again unless
    their files have changed. A frame whose worker process died every time is left out and named, as one whose
    masks cannot be read, and is counted again when the counts are next asked for.

    Args:
        dataset: Has label masks.
        base: Has masks.
        other: The same.
        places: Where the counts of these two sets are kept, whichever is base; None keeps nothing.
        watch: How the work is watched, and where it is done.
        every: Whether to count the frames of missing shards too, where others are there.

    Raises:
        UsageError: The dataset or a set has no masks.
        CancelledError: `watch.cancelled` returned true.
    """
    if other is not None and other.id < base.id:
        swapped = count_pixels(dataset, other, base, places=places, watch=watch, every=every)
        return swapped.swapped()
    frames, classes = len(dataset.frames), len(dataset.project.class_map.evaluated_names)
    work = _Work.of(dataset, [one for one in (base, other) if one], range(frames), bool(places))
    found: Found = {}
    if places:
        before = kept(places.whole, (_LAYOUT, frames, classes))
        if before is not None:
            counts, digests = _unpacked(before, classes)
            if np.array_equal(digests, work.digests(frames)):
                return counts
            found = work.valid(zip(digests.tolist(), _rows_of(counts, frames), strict=True))
        found |= work.valid(_read(places.parts.records()))
    missing = () if every or not places else _missing(places.parts, frames, work, found)
    waiting = {row: shard for shard in missing for row in shard.rows(frames) if row not in found}
    lost = work.count(
        found, [row for row in work.files if row not in found.keys() | waiting.keys()], places, watch
    )
    if waiting:
        found |= {
            row: f"shard {shard} is not counted yet" for row, shard in waiting.items() if row in work.files
        }
        return replace(joined(found, frames, classes), missing=missing)
    counts = joined(found, frames, classes)
    if places:
        journals = places.parts.journals()
        digests = work.digests(frames)
        digests[lost] = 0
        if keep(places.whole, (_LAYOUT, frames, classes), _packed(counts, digests)):
            places.parts.forget(journals)
    return counts


def count_shard(
    dataset: Dataset, sets: Sequence[InferenceSet], shard: Shard, places: PixelPlaces, watch: Watch
) -> ShardCount:
    """Count the frames of a shard into its file, which has the same bytes whenever it is made.

    Args:
        dataset: Has label masks.
        sets: One or two, with masks, in any order.
        shard: Which frames.
        places: Where the file goes.
        watch: How the work is watched, and where it is done.

    Raises:
        UsageError: The dataset or a set has no masks.
        StoreError: The file cannot be written.
        CancelledError: `watch.cancelled` returned true; the next run goes on from there.
    """
    rows = shard.rows(len(dataset.frames))
    work = _Work.of(dataset, sorted(sets, key=lambda one: one.id), rows, True)
    found = work.valid(_read(places.parts.records(shard)))
    left = [row for row in work.files if row not in found]
    lost = set(work.count(found, left, places, watch))
    whole = {row: found[row] for row in sorted(found) if row not in lost}
    places.parts.put(shard, _record_of(whole, work))
    unreadable = sum(isinstance(part, str) for part in found.values())
    return ShardCount(len(rows), len(left), unreadable + len(rows) - len(work.files))


@dataclass(frozen=True)
class _Work:
    """The frames that are to be counted.

    Attributes:
        stack: Their masks.
        files: The mask files of those that have all, by row; of the labels first.
        digest: What the counts of each come from: its files, by size and time of change, and their meaning;
            0 where that cannot be told, so that nothing that is kept will do.
    """

    stack: MaskStack
    files: Mapping[int, tuple[str, ...]]
    digest: Mapping[int, int]
    pixels: NDArray[np.int64]

    @classmethod
    def of(cls, dataset: Dataset, sets: Sequence[InferenceSet], rows: range, stamped: bool) -> "_Work":
        """The work of some rows; without `stamped`, for counts that are not kept, no file is looked at."""
        stack = MaskStack.of(dataset, sets)
        files = {row: paths for row in rows if (paths := stack.files(row))}
        start = hashlib.blake2b(repr(_LAYOUT).encode(), digest_size=8)
        for meaning in stack.meanings:
            start.update(
                meaning.value.tobytes() + meaning.position.tobytes() + repr(meaning.unnamed).encode()
            )
        digest = _digests(start, files) if stamped else {}
        pixels = dataset.frames.width.astype(np.int64) * dataset.frames.height
        return cls(stack, files, digest, pixels)

    def digests(self, frames: int) -> NDArray[np.uint64]:
        """`(frames,)` uint64; 0 where a frame has none."""
        found = np.zeros(frames, np.uint64)
        found[list(self.digest)] = np.fromiter(self.digest.values(), np.uint64, len(self.digest))
        return found

    def valid(self, records: Iterable[tuple[int, tuple[int, Counted | str]]]) -> Found:
        """What was kept, as digest, row and counts, of frames whose files are still the same."""
        return {row: part for digest, (row, part) in records if digest and self.digest.get(row) == digest}

    def count(
        self, found: Found, rows: Sequence[int], places: PixelPlaces | None, watch: Watch | None
    ) -> list[int]:
        """Count frames into `found`; the rows of those whose worker died every time."""
        watch = watch or Watch()
        lost: list[int] = []
        new: list[int] = []
        journal = places.parts.journal() if places else None
        function = partial(count_frame, read_mask, self.stack.meanings)
        seconds = decoding_seconds(int(self.pixels[list(rows)].sum()) * len(self.stack.masks))
        try:
            with workers(watch, seconds) as executor:
                for position, result in worked(function, [self.files[row] for row in rows], executor, watch):
                    row = rows[position]
                    found[row] = result.reason if isinstance(result, Lost) else result
                    (lost if isinstance(result, Lost) else new).append(row)
                    if journal and journal.due:
                        journal.add(_record_of({row: found[row] for row in new}, self))
                        new.clear()
        except BaseException:
            # What was counted is not counted again by the next run.
            if journal and new:
                journal.add(_record_of({row: found[row] for row in new}, self))
            raise
        return lost


def count_edges(
    dataset: Dataset, sets: Sequence[InferenceSet], place: Path, watch: Watch
) -> tuple[PixelScores, ...]:
    """Read every mask again, and count the boundaries of classes: `(frames, classes)` in the order of `sets`.

    Args:
        dataset: Has label masks.
        sets: One or two, with masks.
        place: The folder of the cache where the counts of these sets are kept.
        watch: How the work is watched, and where it is done.

    Raises:
        UsageError: The dataset or a set has no masks.
        CancelledError: `watch.cancelled` returned true.
    """
    frames, classes = len(dataset.frames), len(dataset.project.class_map.evaluated_names)
    order = sorted(range(len(sets)), key=lambda at: sets[at].id)
    work = _Work.of(dataset, [sets[at] for at in order], range(frames), True)

    def make() -> NamedArrays:
        rows = list(work.files)
        found: dict[int, FrameBoundaries | str] = {}
        function = partial(count_boundaries, read_mask, work.stack.meanings)
        pixels = int(work.pixels[rows].sum()) * len(work.stack.masks)
        with workers(watch, _EDGES_COST * decoding_seconds(pixels)) as executor:
            for position, result in worked(function, [work.files[row] for row in rows], executor, watch):
                found[rows[position]] = result.reason if isinstance(result, Lost) else result
        scores = boundary_scores(found, frames, classes, len(sets))
        of_sets = {name: np.stack([getattr(each, name) for each in scores]) for name in _EDGES}
        return {**of_sets, "support": scores[0].support}

    files = hashlib.blake2b(work.digests(frames).tobytes(), digest_size=8).hexdigest()
    arrays = cached(place, (_LAYOUT, classes, files), make)
    correct, inferred = (arrays[name] for name in _EDGES)
    return tuple(
        PixelScores(correct[order.index(at)], arrays["support"], inferred[order.index(at)])
        for at in range(len(sets))
    )


def _missing(parts: Parts, frames: int, work: _Work, found: Found) -> tuple[Shard, ...]:
    """The shards that others are to count: those without a file that have frames to count."""
    return tuple(
        shard
        for shard in Shard.absent(parts.shards())
        if any(row in work.files and row not in found for row in shard.rows(frames))
    )


def _digests(start: Any, files: Mapping[int, tuple[str, ...]]) -> dict[int, int]:  # noqa: ANN401
    """The digest of each frame; of frames on servers many at once, as each takes a round trip."""
    digest = partial(_digest, start)
    if not any(map(is_remote, next(iter(files.values()), ()))):
        return {row: digest(paths) for row, paths in files.items()}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(files, pool.map(digest, files.values()), strict=True))


def _digest(start: Any, paths: Sequence[str]) -> int:  # noqa: ANN401
    stamps = [(path, _stamp(path)) for path in paths]
    if any(stamp is None and is_remote(path) for path, stamp in stamps):
        return 0  # The server may answer next time.
    digest = start.copy()
    digest.update(repr(stamps).encode())
    return int.from_bytes(digest.digest(), "little") or 1


def _stamp(path: str) -> Stamp | None:
    try:
        return source(path).stamp()
    except (OSError, ValueError, InputError):
        return None


def _rows_of(counts: PixelCounts, frames: int) -> Iterator[tuple[int, Counted | str]]:
    """All rows, also those that were not counted."""
    found = counts.by_frame()
    return ((row, found.get(row, "")) for row in range(frames))


def _packed(counts: PixelCounts, digests: NDArray[np.uint64]) -> NamedArrays:
    arrays: NamedArrays = {name: getattr(counts, name) for name in _PLAIN}
    return arrays | {"unreadable": _text(list(counts.unreadable.items())), _DIGEST: digests}


def _unpacked(arrays: NamedArrays, classes: int) -> tuple[PixelCounts, NDArray[np.uint64]]:
    plain: dict[str, Any] = {name: arrays[name] for name in _PLAIN}
    told = json.loads(arrays["unreadable"].tobytes())
    return PixelCounts(classes=classes, unreadable=dict(told), **plain), arrays[_DIGEST]


def _record_of(found: Found, work: _Work) -> NamedArrays:
    """The counts of some frames as one record of a part."""
    parts = {row: part for row, part in found.items() if isinstance(part, Counted)}
    rows = np.array(list(parts), np.int64)
    arrays: NamedArrays = {
        "row": rows,
        _DIGEST: np.array([work.digest[row] for row in parts], np.uint64),
        "length": np.array([len(part.pixels) for part in parts.values()], np.int64),
        "ignored": np.array([part.ignored for part in parts.values()], np.int64),
        "unreadable": _text(
            [(row, work.digest[row], part) for row, part in found.items() if isinstance(part, str)]
        ),
    }
    for name in _CLASSES:
        none = np.zeros(0, np.int32 if name == "pixels" else np.uint16)
        arrays[name] = np.concatenate([none, *(getattr(part, name) for part in parts.values())])
    return arrays


def _read(records: Iterable[NamedArrays]) -> Iterator[tuple[int, tuple[int, Counted | str]]]:
    """Digest, row and counts of every frame in records."""
    for record in records:
        ends = np.cumsum(record["length"]).tolist()
        columns = [record[name].tolist() for name in ("row", _DIGEST, "length", "ignored")]
        for end, row, digest, length, ignored in zip(ends, *columns, strict=True):
            parts = {name: record[name][end - length : end] for name in _CLASSES}
            yield digest, (row, Counted(ignored=ignored, **parts))
        for row, digest, reason in json.loads(record["unreadable"].tobytes()):
            yield digest, (row, reason)


def _text(value: object) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value).encode(), np.uint8)
