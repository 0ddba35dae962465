"""What screens show of reviews: signs in every list, what people said, and lists of reviewed things."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison, Seen
from aquarium_tui.compare.reviews import Target
from aquarium_tui.kinds.columns import CellText, Span, TableColumn
from aquarium_tui.kinds.lists import brief
from aquarium_tui.model.names import visible
from aquarium_tui.model.reviews import AMBIGUOUS, LABEL_ERROR, MODEL_ERROR, Review, Subject

FLAG, TAG, NOTE = "⚑", "#", "✎"
LETTERS = {LABEL_ERROR: "L", MODEL_ERROR: "M", AMBIGUOUS: "A"}
OWN = "V"
"""The sign of a verdict of one's own."""
SIGNS = "⚑ flag   L label error   M model error   A ambiguous   V own verdict   # tag   ✎ note"


def review_spans(review: Review) -> list[Span]:
    """The signs of what stands, such as `⚑L#✎`; nothing where nothing does."""
    parts: list[Span] = [
        (FLAG if review.flag else "", "accent"),
        (LETTERS.get(review.verdict, OWN) if review.verdict else "", "strong"),
        ((TAG if review.tags else "") + (NOTE if review.note else ""), "accent"),
    ]
    return [span for span in parts if span[0]]


def review_words(review: Review) -> list[Span]:
    """All that stands in words, with who said it; verdicts and notes of others that differ come after."""
    spans: list[Span] = [(f"{FLAG} {visible(review.flag)}  ", "accent")] if review.flag else []
    spans += [(f"{TAG}{visible(tag)}  ", "accent") for tag in review.tags]
    for (user, about), edit in sorted(review.said.items(), key=lambda item: item[1].order, reverse=True):
        if edit.removed:
            continue
        stands = edit.value == (review.verdict if about == "verdict" else review.note)
        text = visible(edit.value) if about == "verdict" else f"“{visible(edit.value)}”"
        spans.append((f"{text} ", "strong" if stands and about == "verdict" else "" if stands else "dim"))
        spans.append((f"{visible(user)}  ", "dim"))
    return spans


def frame_column(view: Seen[Comparison]) -> list[TableColumn]:
    """The reviews of frames, and how many of their objects were reviewed; nothing where there are none."""
    reviews, frames = view.reviews, view.comparison.object_frame
    targets = [target for target, _ in reviews.targets]
    if not targets:
        return []
    objects = Counter(int(frames[row]) for kind, row in targets if kind == "object")

    def cell(row: int) -> CellText:
        inside = objects[row]
        return [*review_spans(reviews.of_frame(row)), (f" {inside}" if inside else "", "dim")]

    def keys() -> NDArray[np.int64]:
        count = np.zeros(len(view.comparison.dataset.frames), np.int64)
        for kind, row in targets:
            count[row if kind == "frame" else int(frames[row])] += 1
        return count

    return [TableColumn("review", "review", 7, cell, keys, descending=True)]


@dataclass(frozen=True)
class ReviewRow:
    """One line of a list of what was or is to be reviewed.

    Attributes:
        subject: What it is about.
        target: The frame or object that it is now; None where it no longer fits.
        why: Why it does not fit.
    """

    subject: Subject
    target: Target | None
    why: str = ""


@dataclass(frozen=True, eq=False)
class ReviewList:
    """Frames and objects in an order.

    Attributes:
        title: What the list is called.
        rows: What it holds.
        seen: What of it was looked at; None where the list is no queue.
        stored: Whether it was made by a person and can be removed.
        notes: A text for each row, such as why it is suspected; empty where there are none.
    """

    title: str
    rows: Sequence[ReviewRow]
    seen: frozenset[Subject] | None = None
    stored: bool = False
    notes: Sequence[str] = ()

    @cached_property
    def done(self) -> int:
        """How many were looked at."""
        return sum(row.subject in (self.seen or ()) for row in self.rows)

    @property
    def progress(self) -> str:
        """`34 of 212 seen`; nothing where the list is no queue."""
        return "" if self.seen is None else f"{self.done} of {len(self.rows)} seen"

    def resumes(self) -> int:
        """Where to go on: the first row not seen that comes after those seen."""
        seen = self.seen or frozenset()
        looked = [place for place, row in enumerate(self.rows) if row.subject in seen]
        unseen = [place for place, row in enumerate(self.rows) if row.subject not in seen]
        after = [place for place in unseen if place > max(looked, default=-1)]
        return (after or unseen or [0])[0]

    def columns(self, view: Seen[Comparison]) -> list[TableColumn]:
        """Signs, frame, object, verdict, tags, note, by whom, when; first whether it was seen."""
        reviews = [view.reviews.of(row.subject) for row in self.rows]
        frames = [row.subject.frame for row in self.rows]
        seen = self.seen

        def text(values: Sequence[str], key: str, title: str, width: int = 0, least: int = 8) -> TableColumn:
            order = np.argsort(np.argsort([value.casefold() for value in values], kind="stable"))
            return TableColumn(
                key, title, width, lambda row: visible(values[row]), lambda: order, least=least
            )

        columns = []
        if seen is not None:
            there = np.array([row.subject in seen for row in self.rows], np.int64)
            columns.append(
                TableColumn("seen", "seen", 4, lambda row: ("✓" if there[row] else "", "dim"), lambda: there)
            )
        columns += [
            TableColumn("signs", "", 4, lambda row: review_spans(reviews[row])),
            text(frames, "frame", "frame", least=8),
            text([sighted(row.subject) for row in self.rows], "object", "object", least=10),
            text([review.verdict for review in reviews], "verdict", "verdict", 12),
            text([", ".join(review.tags) for review in reviews], "tags", "tags", 10),
            text([review.note for review in reviews], "note", "note", least=10),
            text([", ".join(review.users) for review in reviews], "user", "by", 8),
            text([review.edited[:16].replace("T", " ") for review in reviews], "edited", "edited", 16),
        ]
        if self.notes:
            columns.insert(3, text(self.notes, "about", "suspected", 24))
        if any(row.why for row in self.rows):
            columns.insert(1, text([row.why for row in self.rows], "why", "no longer fits", least=14))
        return columns


def sighted(subject: Subject) -> str:
    """What a subject is in a few words."""
    if subject.label is not None:
        return f"{brief(subject.label.class_name, 20)} {subject.label.id}"
    if subject.inferences:
        sets = ", ".join(id_ for id_, _ in subject.inferences)
        return f"{brief(subject.inferences[0][1].class_name, 16)} of {sets}"
    return "whole frame"


def place_of(view: Seen[Comparison], subject: Subject) -> ReviewRow:
    """A subject as a row of a list."""
    place = view.reviews.place(subject)
    return ReviewRow(subject, None, place) if isinstance(place, str) else ReviewRow(subject, place)


def reviewed(view: Seen[Comparison]) -> ReviewList:
    """Everything of which something stands, what was edited last first."""
    found = [
        (review.edited, ReviewRow(view.reviews.subject_of(target), target))
        for target, review in view.reviews.targets
    ]
    found += [
        (review.edited, ReviewRow(subject, None, why)) for subject, review, why in view.reviews.unfitting
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    return ReviewList("Reviewed", [row for _, row in found])
