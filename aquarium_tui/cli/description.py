"""A dataset in words, for `show` and for the question that `rm` asks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from aquarium_tui.cli.wording import coverage, provenance_lines
from aquarium_tui.errors import StoreError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.tables import MASK, Dataset, class_counts

if TYPE_CHECKING:
    from aquarium_tui.store import DatasetCard, Store


def dataset_lines(dataset: Dataset, card: "DatasetCard") -> Iterator[str]:
    """Everything there is to say about a dataset, line by line."""
    by_mask = ", matched by mask IoU" if dataset.project.iou_type == MASK else ""
    yield f"{dataset.project.name}/{dataset.name}  {dataset.project.task}{by_mask}"
    yield f"images    {visible(dataset.images)}"
    yield f"source    {visible(dataset.provenance.source)}  {dataset.provenance.created}"
    yield from _label_lines(dataset)
    yield f"metadata  {', '.join(map(visible, dataset.frames.metadata)) or 'none'}"
    yield from provenance_lines(dataset.provenance)
    yield ""
    yield from _class_lines(dataset)
    yield ""
    for one in card.sets:
        told = f"{grouped(one.objects)} inferences  {one.provenance.created}"
        yield "  ".join(filter(None, (one.id, told, coverage(one.frames, card.frames))))
        yield from provenance_lines(one.provenance)
    for sentence in card.damaged:
        yield visible(sentence)
    if not card.sets:
        yield "no inference sets"


def _label_lines(dataset: Dataset) -> Iterator[str]:
    frames, masks = len(dataset.frames), dataset.masks
    if masks:
        yield f"frames    {grouped(frames)}, {grouped(frames - masks.count)} without a label mask"
        yield f"masks     {visible(masks.folder)}"
        return
    crowds = int(np.count_nonzero(dataset.labels.crowd))
    bare = int(np.count_nonzero(np.diff(dataset.labels.starts) == 0))
    yield f"frames    {grouped(frames)}, {grouped(bare)} without labels"
    yield f"labels    {grouped(len(dataset.labels))}, {grouped(crowds)} of them crowds"


def contents(store: "Store", project: str, dataset: str = "", inferences: str = "") -> str:
    """What is in a project, dataset or inference set, in brackets; empty if that cannot be read.

    Raises:
        NotFoundError: It is not in the store.
    """
    if not dataset:
        return f" ({_counted(len(store.datasets(project)), 'dataset')})"
    store.dataset_folder(project, dataset)
    try:
        card = store.dataset_card(project, dataset)
    except StoreError:
        return ""
    if inferences:
        one = card.set(inferences)
        return f" ({_counted(one.objects, 'inference')})" if one else ""
    reviews = len(list((store.dataset_folder(project, dataset) / "reviews").glob("*.jsonl")))
    parts = [
        _counted(card.frames, "frame"),
        _counted(card.labels, "label"),
        _counted(len(card.sets), "inference set"),
        *([_counted(reviews, "review")] if reviews else []),
    ]
    return f" ({', '.join(parts)})"


def _class_lines(dataset: Dataset) -> Iterator[str]:
    entries = dataset.project.class_map.entries
    counts = class_counts(dataset.project.class_map, dataset.labels, dataset.masks).tolist()
    counted = "pixels" if dataset.masks else "labels"
    wide = max([8, *(len(grouped(count)) for count in counts)])
    width = max([2, *(len(str(entry.id)) for entry in entries)])
    yield f"{'id':>{width}}  {counted:>{wide}}  class"
    for entry, count in zip(entries, counts, strict=True):
        evaluated = f" → {visible(entry.train_name)}" if entry.train_name else ""
        ignored = "  (ignored in evaluation)" if entry.ignore_in_eval else ""
        yield f"{entry.id:>{width}}  {grouped(count):>{wide}}  {visible(entry.name)}{evaluated}{ignored}"


def _counted(count: int, noun: str) -> str:
    return f"{grouped(count)} {noun}{'' if count == 1 else 's'}"
