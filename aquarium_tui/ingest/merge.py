"""What becomes of a dataset or inference set when frames are added, replaced or removed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.masks import Masks, value_text
from aquarium_tui.model.metrics import MetricValues
from aquarium_tui.model.names import joined, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import GONE, Problem
from aquarium_tui.model.tables import (
    Dataset,
    Frames,
    InferenceSet,
    Objects,
    Provenance,
    no_objects,
    starts_of,
)

RowPlaces = NDArray[np.int64]
"""For each row, a row of another table; negative where it has none there."""


def merged_dataset(old: Dataset, new: Dataset) -> Dataset:
    """`old` with the frames of `new`: known frames stay in place with the new labels, others follow.

    Known frames keep the metadata that `new` has no column for.

    Raises:
        InputError: Some masks but not all are replaced, or values of masks mean another class.
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
    before = np.append(np.arange(count), np.full(len(frames) - count, -1))
    masks = _masks(old.masks, new.masks, before, source - count)
    labels = _objects(old.labels, new.labels, place[:count], place[count:], len(frames))
    added = len(frames) - count
    note = f"{counted(len(again) - added, 'frame was', 'frames were')} replaced, {added:,} added"
    return replace(
        new,
        frames=frames,
        labels=labels,
        images=old.images,
        categories={**old.categories, **new.categories},
        provenance=_then(old.provenance, new.provenance, note, stays=len(again) - added < count),
        masks=masks,
    )


def merged_inferences(old: InferenceSet, new: InferenceSet, frames: NDArray[np.bool_]) -> InferenceSet:
    """`old` with everything in `frames` (`(frames,)` bool) replaced by what `new` has there.

    Raises:
        InputError: Some masks but not all are replaced, or values of masks mean another class.
    """
    every = np.arange(len(frames))
    masks = _masks(old.masks, new.masks, every, np.where(frames, every, -1))
    objects = _objects(old.objects, new.objects, np.where(frames, -1, every), every, len(frames))
    metrics = {
        name: _metric(old.metrics.get(name), new.metrics.get(name), frames)
        for name in dict.fromkeys([*old.metrics, *new.metrics])
    }
    told = counted(int(np.count_nonzero(frames)), "frame was", "frames were")
    note = f"inferences of {told} added or replaced"
    stays = bool((covered_frames(old) & ~frames).any())
    provenance = _then(old.provenance, new.provenance, note, stays=stays)
    return replace(
        new, objects=objects, metrics=metrics, masks=masks, provenance=provenance, values=old.values
    )


def covered_frames(inferences: InferenceSet) -> NDArray[np.bool_]:
    """`(frames,)` bool: the frames for which a set has anything."""
    covered = np.diff(inferences.objects.starts) > 0
    if inferences.masks is not None:
        covered |= ~inferences.masks.path.missing
    for values in inferences.metrics.values():
        covered |= values.present
    return np.asarray(covered)


def moved_inferences(inferences: InferenceSet, old: Dataset, new: Dataset) -> InferenceSet:
    """An inference set of `old` as one of `new`, the same dataset with other frames or in another order.

    What it has for frames that are gone is left out, which its provenance reports.
    """
    rows = new.frames.row_by_id
    place = np.array([rows.get(str(id_), -1) for id_ in old.frames.id], dtype=np.int64)
    source = np.full(len(new.frames) + 1, -1)
    source[place] = np.arange(len(place))
    source = source[:-1]
    nothing = np.zeros(0, np.int64)
    objects = _objects(inferences.objects, no_objects(0), place, nothing, len(new.frames))
    lost = len(inferences.objects) - len(objects)
    masks = inferences.masks and replace(inferences.masks, path=_at(inferences.masks.path, source))
    lost += inferences.masks.count - masks.count if inferences.masks and masks else 0
    sizes = [len(each.project.class_map.evaluated_names) for each in (old, new)]
    metrics = {
        name: _moved_metric(values, place, len(new.frames), (sizes[0], sizes[1]))
        for name, values in inferences.metrics.items()
    }
    provenance = inferences.provenance
    if lost:
        hint = "the dataset was replaced and no longer has these frames"
        problem = Problem(GONE, lost, "left out", (), hint)
        provenance = replace(provenance, problems=(*provenance.problems, problem))
    return replace(inferences, objects=objects, masks=masks, metrics=metrics, provenance=provenance)


def with_labels_of(old: Dataset, new: Dataset) -> tuple[Dataset, NDArray[np.bool_]]:
    """The frames of `new` with the labels of `old`, and `(frames,)` bool, which of them `old` has too."""
    rows = new.frames.row_by_id
    place = np.array([rows.get(str(id_), -1) for id_ in old.frames.id], dtype=np.int64)
    source = np.full(len(new.frames) + 1, -1)
    source[place] = np.arange(len(place))
    source = source[:-1]
    labels = _objects(old.labels, no_objects(0), place, np.zeros(0, np.int64), len(new.frames))
    masks = old.masks and replace(old.masks, path=_at(old.masks.path, source))
    return replace(new, labels=labels, masks=masks, provenance=old.provenance), source >= 0


def picked(dataset: Dataset, rows: NDArray[np.int64]) -> Dataset:
    """The dataset with only these frames (`(n,)` int64, ascending) and their labels."""
    place = np.full(len(dataset.frames), -1)
    place[rows] = np.arange(len(rows))
    old = dataset.frames
    frames = Frames(
        id=old.id.take(rows),
        path=old.path.take(rows),
        width=old.width[rows],
        height=old.height[rows],
        metadata={name: column.take(rows) for name, column in old.metadata.items()},
    )
    labels = _objects(dataset.labels, no_objects(0), place, np.zeros(0, np.int64), len(rows))
    masks = dataset.masks and replace(dataset.masks, path=dataset.masks.path.take(rows))
    return replace(dataset, frames=frames, labels=labels, masks=masks)


def _then(old: Provenance, new: Provenance, note: str, stays: bool) -> Provenance:
    """The provenance of something that was added to; its place in the order of uploads stays.

    Args:
        old: Its provenance so far.
        new: The provenance of what was added.
        note: What was done.
        stays: Whether anything old is left, so that what was found in it still holds.
    """
    before = (*old.notes, f"added from {visible(new.source)}:") if stays else ()
    problems = (*old.problems, *new.problems) if stays else new.problems
    return replace(new, created=old.created, notes=(*before, *new.notes, note), problems=problems)


def _masks(old: Masks | None, new: Masks | None, before: RowPlaces, after: RowPlaces) -> Masks | None:
    """The masks of frames at the rows `before` of `old` and `after` of `new`; -1 means not in that one.

    Raises:
        InputError: A value means another class in `new`, or some masks but not all are replaced; pixel counts
            could not be updated then, since those of a single mask are not stored.
    """
    if old is None or new is None:
        return new or old
    paths = [_at(old.path, before), _at(new.path, after)]
    again = ~paths[0].missing & ~paths[1].missing
    if np.array_equal(~paths[0].missing, again):
        return replace(new, path=paths[1])
    if again.any():
        count = int(np.count_nonzero(again))
        raise InputError(
            f"{counted(count, 'frame has', 'frames have')} a mask already, and not all are replaced.",
            "Replace the masks of all frames together, or add masks only for new frames.",
        )
    for value, class_ in new.values.items():
        if old.values.get(value, class_) != class_:
            raise InputError(
                f"The value {value_text(value)} of masks means another class than before.",
                "Upload masks with the values of the existing ones, or replace them all.",
            )
    words = [joined(new.folder, word) for word in paths[1].words]
    both = (
        path or other for path, other in zip(Text.from_words(words, paths[1].codes), paths[0], strict=True)
    )
    pixels = {
        value: old.pixels.get(value, 0) + new.pixels.get(value, 0) for value in {**old.pixels, **new.pixels}
    }
    return Masks(old.folder, Text.from_values(both), {**old.values, **new.values}, pixels)


def _at(column: Text, rows: RowPlaces) -> Text:
    """The column at these rows, absent where they are negative."""
    return Text(np.append(column.codes, np.int32(-1))[rows.clip(-1)], column.offsets, column.blob)


def _moved_metric(
    values: MetricValues, place: RowPlaces, frames: int, classes: tuple[int, int]
) -> MetricValues:
    """The values with frame f at `place[f]`, dropped if negative; background stays the last class."""
    number = np.full(frames + 1, np.nan)
    number[place] = np.where(place < 0, np.nan, values.number)
    frame = place[values.frame].astype(np.int32)
    kept = np.flatnonzero(frame >= 0)
    order = kept[np.argsort(frame[kept], kind="stable")]
    cells = (np.where(cell == classes[0], classes[1], cell) for cell in (values.label, values.inferred))
    label, inferred = (cell[order].astype(np.int32) for cell in cells)
    return MetricValues(number[:-1], frame[order], label, inferred, values.value[order])


def _frames(old: Dataset, new: Dataset, source: RowPlaces) -> Frames:
    """The rows `source` of the frames of `old` followed by `new`; paths start in the folder of `old`."""
    a, b = old.frames, new.frames
    paths = b.path
    if new.images != old.images:
        words = [joined(new.images, word).removeprefix(f"{old.images}/") for word in b.path.words]
        paths = Text.from_words(words, b.path.codes)
    sizes, told, lacking = (len(a), len(b)), dict[str, Column](), dict[str, Column]()
    for name, column in a.metadata.items():
        (told if name in b.metadata else lacking)[name] = column
    stays = np.append(np.arange(len(a)), source[len(a) :])  # Known frames come first, in order.
    return Frames(
        id=_texts(a.id, b.id).take(source),
        path=_texts(a.path, paths).take(source),
        width=np.concatenate([a.width, b.width])[source],
        height=np.concatenate([a.height, b.height])[source],
        metadata=_columns(lacking, {}, sizes, stays) | _columns(told, b.metadata, sizes, source),
    )


def _objects(old: Objects, new: Objects, old_place: RowPlaces, new_place: RowPlaces, frames: int) -> Objects:
    """The objects of both in `frames` frames.

    Args:
        old: Objects.
        new: More objects.
        old_place: `(frames of old,)` int64, where each frame goes; -1 drops its objects.
        new_place: The same for `new`.
        frames: How many frames there are afterwards.
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
    """The text columns that objects may have."""
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
    old: Mapping[str, Column], new: Mapping[str, Column], sizes: tuple[int, int], rows: RowPlaces
) -> dict[str, Column]:
    """Rows of the columns of both, end to end; a column that only one has is absent in the other."""
    empty = [Text.from_values([None] * size) for size in sizes]
    return {
        name: _joined(old.get(name, empty[0]), new.get(name, empty[1])).take(rows)
        for name in dict.fromkeys([*old, *new])
    }


def _joined(old: Column, new: Column) -> Column:
    """Both end to end; as text if their kinds differ."""
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
