"""What was said in review, as attributes of labels and metadata of frames, for those who label next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.reviews import Reviews
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.reviews import Review, Subject
from aquarium_tui.model.tables import Dataset

PREFIX = "review_"
_WITHOUT = f"{PREFIX}without_label"


def with_reviews(dataset: Dataset, reviews: Reviews, comparison: ObjectComparison | None) -> Dataset:
    """The dataset with columns such as `review_verdict` and `review_note`, as far as anything was said.

    What was said of objects without a label is a text of their frame, with the class and the box.

    Args:
        dataset: The dataset.
        reviews: What was said of it.
        comparison: What the rows of objects are of; None where there are no objects.
    """
    frames: dict[int, Review] = {}
    labels: dict[int, Review] = {}
    alone: defaultdict[int, list[str]] = defaultdict(list)
    for (kind, row), review in reviews.targets:
        if kind == "frame":
            frames[row] = review
        elif comparison is not None and (label := int(comparison.ledger.label[row])) >= 0:
            labels[label] = review
        elif comparison is not None:
            alone[int(comparison.ledger.frame[row])].append(_told(reviews.subject_of((kind, row)), review))
    metadata = _columns(frames, len(dataset.frames))
    if alone:
        texts = ("; ".join(alone[row]) if row in alone else None for row in range(len(dataset.frames)))
        metadata[_WITHOUT] = Text.from_values(texts)
    return replace(
        dataset,
        frames=replace(dataset.frames, metadata=_joined(dataset.frames.metadata, metadata)),
        labels=replace(
            dataset.labels,
            attributes=_joined(dataset.labels.attributes, _columns(labels, len(dataset.labels))),
        ),
    )


def _joined(own: Mapping[str, Column], said: Mapping[str, Column]) -> dict[str, Column]:
    """Columns of the dataset, and what was said: that of an earlier batch is replaced."""
    return {name: column for name, column in own.items() if not name.startswith(PREFIX)} | dict(said)


def _columns(said: Mapping[int, Review], n: int) -> dict[str, Column]:
    fields = {
        "verdict": {row: review.verdict for row, review in said.items()},
        "note": {row: review.note for row, review in said.items()},
        "tags": {row: ", ".join(review.tags) for row, review in said.items()},
        "flag": {row: review.flag for row, review in said.items()},
    }
    return {
        f"{PREFIX}{name}": Text.from_values(values.get(row) or None for row in range(n))
        for name, values in fields.items()
        if any(values.values())
    }


def _told(subject: Subject, review: Review) -> str:
    seen = subject.sighting
    assert seen
    box = " ".join(f"{edge:g}" for edge in seen.box)
    return f"{seen.class_name} at {box}: {_words([review.verdict, review.note, *review.tags])}"


def _words(texts: Iterable[str]) -> str:
    return ", ".join(text for text in texts if text) or "flagged"
