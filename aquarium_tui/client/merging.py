"""A dataset or inference set with new frames, and those that come again in their new state."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import StoreError
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.metrics import MetricValues
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, starts_of

_Rows = NDArray[np.int64]


def merged_dataset(old: Dataset, new: Dataset) -> Dataset:
    """`old` with the frames of `new`: known ones in their place with the new labels, others after them.

    Raises:
        StoreError: They have masks, and `new` does not name all frames.
    """
    known, again = old.frames.row_by_id, new.frames.row_by_id
    count = len(known)
    kept = [count + again[id_] if id_ in again else row for id_, row in known.items()]
    source = np.array(
        [*kept, *(count + row for id_, row in again.items() if id_ not in known)], dtype=np.int64
    )
    place = np.full(count + len(again), -1)
    place[source] = np.arange(len(source))
    frames = _frames(old, new, source)
    masks = _all_masks(old.masks, new.masks, source - count)
    labels = _objects(old.labels, new.labels, place[:count], place[count:], len(frames))
    added = len(frames) - count
    note = f"{len(again) - added:,} frames were replaced, {added:,} added"
    provenance = replace(new.provenance, notes=(*new.provenance.notes, note))
    return replace(new, frames=frames, labels=labels, images=old.images, provenance=provenance, masks=masks)


def merged_inferences(old: InferenceSet, new: InferenceSet, frames: NDArray[np.bool_]) -> InferenceSet:
    """`old` with what `new` has in `frames` (`(frames,)` bool) in place of what `old` had there.

    Raises:
        StoreError: They are masks, and `frames` are not all.
    """
    every = np.arange(len(frames))
    masks = _all_masks(old.masks, new.masks, np.where(frames, every, -1))
    objects = _objects(old.objects, new.objects, np.where(frames, -1, every), every, len(frames))
    metrics = {
        name: _metric(old.metrics.get(name), new.metrics.get(name), frames)
        for name in dict.fromkeys([*old.metrics, *new.metrics])
    }
    return replace(new, objects=objects, metrics=metrics, masks=masks)


def _all_masks(old: Masks | None, new: Masks | None, rows: _Rows) -> Masks | None:
    """The masks of `new` in the order `rows`, negative for frames that it does not have.

    Raises:
        StoreError: There is such a frame: how many pixels its old mask has of each class is not known apart.
    """
    if old is None or new is None:
        return new
    if (rows < 0).any():
        hint = "Name all frames, or delete the dataset or inference set before."
        raise StoreError("Masks are updated for all frames together.", hint)
    return replace(new, path=new.path.take(rows))


def _frames(old: Dataset, new: Dataset, source: _Rows) -> Frames:
    """The rows `source` of the frames of `old` and then `new`; paths start in the folder of `old`."""
    a, b = old.frames, new.frames
    paths = b.path
    if new.images != old.images:
        words = [word if "://" in word else str(Path(new.images) / word) for word in b.path.words]
        paths = Text.from_words(words, b.path.codes)
    return Frames(
        id=_texts(a.id, b.id).take(source),
        path=_texts(a.path, paths).take(source),
        width=np.concatenate([a.width, b.width])[source],
        height=np.concatenate([a.height, b.height])[source],
        metadata=_columns(a.metadata, b.metadata, (len(a), len(b)), source),
    )


def _objects(old: Objects, new: Objects, old_place: _Rows, new_place: _Rows, frames: int) -> Objects:
    """The objects of both in `frames` frames.

    Args:
        old: Objects.
        new: More of them.
        old_place: `(frames of old,)` int64, where each frame goes; -1 where its objects are dropped.
        new_place: The same of `new`.
        frames: How many there are then.
    """
    frame = np.concatenate([old_place[old.frame], new_place[new.frame]])
    kept = np.flatnonzero(frame >= 0)
    order = kept[np.argsort(frame[kept], kind="stable")]
    sizes = (len(old), len(new))
    texts = _columns(_named(old), _named(new), sizes, order)
    plain = {
        name: np.concatenate([getattr(old, name), getattr(new, name)])
        for name in ("class_index", "box", "confidence", "crowd", "area")
    }
    return Objects(
        starts=starts_of(frame[order], frames),
        id=cast(Text | None, texts.get("id")),
        mask=cast(Text | None, texts.get("mask")),
        attributes=_columns(old.attributes, new.attributes, sizes, order),
        **{name: values[order] if len(values) else values for name, values in plain.items()},
    )


def _named(objects: Objects) -> dict[str, Column]:
    """The columns of text that objects may have."""
    return {name: c for name, c in (("id", objects.id), ("mask", objects.mask)) if c is not None}


def _metric(old: MetricValues | None, new: MetricValues | None, frames: NDArray[np.bool_]) -> MetricValues:
    """The values of `new` in `frames`, and of `old` elsewhere."""
    absent = MetricValues(np.full(len(frames), np.nan))
    old, new = old or absent, new or absent
    kept, taken = ~frames[old.frame], frames[new.frame]
    frame = np.concatenate([old.frame[kept], new.frame[taken]])
    order = np.argsort(frame, kind="stable")
    parts = {
        name: np.concatenate([getattr(old, name)[kept], getattr(new, name)[taken]])[order]
        for name in ("label", "inferred", "value")
    }
    return MetricValues(np.where(frames, new.number, old.number), frame[order], **parts)


def _columns(
    old: Mapping[str, Column], new: Mapping[str, Column], sizes: tuple[int, int], rows: _Rows
) -> dict[str, Column]:
    """The rows of the columns of both, end to end; a column that only one has is absent in the other."""
    empty = [Text.from_values([None] * size) for size in sizes]
    return {
        name: _joined(old.get(name, empty[0]), new.get(name, empty[1])).take(rows)
        for name in dict.fromkeys([*old, *new])
    }


def _joined(old: Column, new: Column) -> Column:
    """Both end to end; as text where their kinds differ."""
    if isinstance(old, Values) and isinstance(new, Text) and new.missing.all():
        new = Values(old.kind, np.zeros(len(new), old.values.dtype), np.ones(len(new), bool))
    if isinstance(new, Values) and isinstance(old, Text) and old.missing.all():
        old = Values(new.kind, np.zeros(len(old), new.values.dtype), np.ones(len(old), bool))
    if isinstance(old, Values) and isinstance(new, Values) and old.kind == new.kind:
        missing = np.concatenate([old.missing, new.missing])
        return Values(old.kind, np.concatenate([old.values, new.values]), missing)
    return _texts(_as_text(old), _as_text(new))


def _as_text(column: Column) -> Text:
    if isinstance(column, Text):
        return column
    values = (column[row] for row in range(len(column)))
    return Text.from_values(None if value is None else str(value) for value in values)


def _texts(old: Text, new: Text) -> Text:
    return Text.from_values([*old, *new])
