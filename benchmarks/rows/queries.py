"""Six typical queries, and the same by hand in NumPy next to them."""

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.query.suggestions import complete
from benchmarks.rows import view
from benchmarks.work import NotMeasuredError, Site, Work, timed, timed_with

Mask = NDArray[np.bool_]

QUERIES = (
    'label.class = "class 0" and base.class = "class 5" and other.class = "class 0"',
    "other.confidence > base.confidence + 0.2 and base.outcome = correct",
    'frame.time_of_day = "night" and change = broken and base.confidence >= 0.7',
    'count(base where confidence > 0.5 and class = "class 1") >= 2',
    "delta.f1 < -0.1 and frame.speed > 30",
    "base is not missing and base.class != label.class and label.area < 1024",
)
_TYPED = "base.outcome = correct and frame.ti"


def six(site: Site) -> Work:
    """All six, one after the other."""
    found = view.objects(site)
    binding, hand = Binding(found), ByHand(found)
    for query, mask in zip(QUERIES, hand.masks(), strict=True):
        if not np.array_equal(binding.select(query).frames, mask):
            raise NotMeasuredError(f"the reference selects other frames than: {query}")
    return timed(lambda: [binding.select(query) for query in QUERIES])


def six_first(site: Site) -> Work:
    """All six in a comparison whose columns no query has asked for yet."""
    found = view.objects(site)

    def make() -> Binding[ObjectComparison]:
        fresh = found.under(found.settings)
        assert len(fresh.ledger) and fresh.frame_scores
        return Binding(fresh)

    return timed_with(make, lambda binding: [binding.select(query) for query in QUERIES])


def by_hand(site: Site) -> Work:
    hand = ByHand(view.objects(site))
    return timed(hand.masks)


def completion(site: Site) -> Work:
    schema = Binding(view.objects(site)).schema
    return timed(lambda: complete(_TYPED, len(_TYPED), schema))


class ByHand:
    """The six queries over columns in memory, written for this data alone."""

    def __init__(self, comparison: ObjectComparison) -> None:
        self.ledger = comparison.ledger
        self.n = len(comparison.dataset.frames)
        labels, ledger = comparison.dataset.labels, self.ledger
        base = comparison.base.objects
        other = comparison.inferences("other").objects
        self.label = np.append(labels.class_index, -1)[ledger.label]
        self.base = np.append(base.class_index, -1)[ledger.base]
        self.other = np.append(other.class_index, -1)[ledger.other]
        self.base_sure = np.append(base.confidence, np.nan)[ledger.base]
        self.other_sure = np.append(other.confidence, np.nan)[ledger.other]
        self.area = np.append(labels.area, np.nan)[ledger.label]
        time_of_day = comparison.dataset.frames.metadata["time_of_day"]
        speed = comparison.dataset.frames.metadata["speed"]
        assert isinstance(time_of_day, Text) and isinstance(speed, Values)
        self.night = time_of_day.codes == time_of_day.words.index("night")
        self.fast = (speed.values > 30) & ~speed.missing
        scores = comparison.frame_scores
        self.worse = scores["other"].f1 - scores["base"].f1 < -0.1

    def masks(self) -> list[Mask]:
        """The frames of each query."""
        ledger = self.ledger
        rows = [
            (self.label == 0) & (self.base == 5) & (self.other == 0),
            (self.other_sure > self.base_sure + 0.2) & (ledger.base_outcome == Outcome.CORRECT),
            self.night[ledger.frame] & (ledger.change == Change.BROKEN) & (self.base_sure >= 0.7),
            (self.base_sure > 0.5) & (self.base == 1),
            (ledger.base >= 0) & (ledger.label >= 0) & (self.base != self.label) & (self.area < 1024),
        ]
        frames = [np.bincount(ledger.frame[mask], minlength=self.n) for mask in rows]
        found = [frames[0] > 0, frames[1] > 0, frames[2] > 0, frames[3] >= 2, self.worse & self.fast]
        return [*found, frames[4] > 0]
