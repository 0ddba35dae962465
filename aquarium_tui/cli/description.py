"""What is in the store, in words: datasets, where they come from, what was wrong with them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aquarium_tui.errors import StoreError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped

if TYPE_CHECKING:
    from aquarium_tui.model.problems import Problem
    from aquarium_tui.model.tables import Dataset, Provenance
    from aquarium_tui.store import DatasetCard, Store


def provenance_lines(provenance: "Provenance") -> Iterator[str]:
    """What was understood, and what was wrong, one line each."""
    yield from _found_lines(provenance.notes, provenance.problems)


def coverage(covered: int, frames: int) -> str:
    """How many frames a set has inferences on; empty if on all of them."""
    return f"covers {grouped(covered)} of {grouped(frames)} frames" if covered < frames else ""


def _found_lines(notes: tuple[str, ...], problems: "tuple[Problem, ...]") -> Iterator[str]:
    yield from (f"  {visible(note)}" for note in notes)
    if problems:
        yield "problems:"
    yield from (f"  {visible(problem.sentence())}" for problem in problems)


def dataset_lines(dataset: "Dataset", card: "DatasetCard") -> Iterator[str]:
    """Everything there is to say about a dataset, line by line."""
    from aquarium_tui.kinds import kind_of
    from aquarium_tui.model.tables import MASK

    by_mask = ", matched by mask IoU" if dataset.project.iou_type == MASK else ""
    yield f"{dataset.project.name}/{dataset.name}  {dataset.project.task}{by_mask}"
    yield f"images    {visible(dataset.images)}"
    yield f"source    {visible(dataset.provenance.source)}  {dataset.provenance.created}"
    yield from (f"{title:<10}{said}" for title, said in kind_of(dataset.project).label_facts(dataset))
    yield f"metadata  {', '.join(map(visible, dataset.frames.metadata)) or 'none'}"
    yield from provenance_lines(dataset.provenance)
    yield ""
    yield from _class_lines(dataset)
    yield ""
    for one in card.sets:
        told = f"{counted(one.objects, 'inference')}  {one.provenance.created}"
        yield "  ".join(filter(None, (one.id, told, coverage(one.frames, card.frames))))
        yield from provenance_lines(one.provenance)
    for sentence in card.damaged:
        yield visible(sentence)
    if not card.sets:
        yield "no inference sets"


def contents(store: "Store", project: str, dataset: str = "", inferences: str = "") -> str:
    """What is in a project, dataset or inference set, in brackets; empty if that cannot be read.

    Raises:
        NotFoundError: It is not in the store.
    """
    if not dataset:
        return f" ({counted(len(store.datasets(project)), 'dataset')})"
    store.dataset_folder(project, dataset)
    try:
        card = store.dataset_card(project, dataset)
    except StoreError:
        return ""
    if inferences:
        one = card.set(inferences)
        return f" ({counted(one.objects, 'inference')})" if one else ""
    reviews = len(list((store.dataset_folder(project, dataset) / "reviews").glob("*.jsonl")))
    parts = [
        counted(card.frames, "frame"),
        counted(card.labels, "label"),
        counted(len(card.sets), "inference set"),
        *([counted(reviews, "review")] if reviews else []),
    ]
    return f" ({', '.join(parts)})"


def _class_lines(dataset: "Dataset") -> Iterator[str]:
    from aquarium_tui.kinds import kind_of
    from aquarium_tui.model.tables import class_counts

    entries = dataset.project.class_map.entries
    counts = class_counts(dataset.project.class_map, dataset.labels, dataset.masks).tolist()
    unit = f"{kind_of(dataset.project).words.label_unit}s"
    wide = max([8, *(len(grouped(count)) for count in counts)])
    width = max([2, *(len(str(entry.id)) for entry in entries)])
    yield f"{'id':>{width}}  {unit:>{wide}}  class"
    for entry, count in zip(entries, counts, strict=True):
        evaluated = f" → {visible(entry.train_name)}" if entry.train_name else ""
        ignored = "  (ignored in evaluation)" if entry.ignore_in_eval else ""
        yield f"{entry.id:>{width}}  {grouped(count):>{wide}}  {visible(entry.name)}{evaluated}{ignored}"
