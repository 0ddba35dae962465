"""Six typical queries beside the same by hand in NumPy: `python -m benchmarks.query [FRAMES]`."""

import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import Settings
from aquarium_tui.query.suggestions import complete
from benchmarks.data import dataset, inferences

Mask = NDArray[np.bool_]

QUERIES = (
    'label.class = "class 0" and base.class = "class 5" and other.class = "class 0"',
    "other.confidence > base.confidence + 0.2 and base.outcome = correct",
    'frame.time_of_day = "night" and change = broken and base.confidence >= 0.7',
    'count(base where confidence > 0.5 and class = "class 1") >= 2',
    "delta.f1 < -0.1 and frame.speed > 30",
    "base is not missing and base.class != label.class and label.area < 1024",
)


class ByHand:
    """The six queries over columns that lie ready, as one would write them for this data alone."""

    def __init__(self, comparison: ObjectComparison) -> None:
        self.ledger = comparison.ledger
        self.n = len(comparison.dataset.frames)
        labels, ledger = comparison.dataset.labels, self.ledger
        base = comparison.base.objects
        other = comparison.evaluation("other").inferences.objects
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


def milliseconds(work: Callable[[], object], times: int = 7) -> float:
    """The shortest of some runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1e3


def main(frames: int) -> None:
    """Prints what each query and all together take, by hand, cold and warm, and one completion."""
    data = dataset(frames)
    comparison = ObjectComparison.of(data, inferences(data, "a", 1), inferences(data, "b", 2), Settings())
    hand, binding = ByHand(comparison), Binding(comparison)
    start = time.perf_counter()
    selections = [binding.select(query) for query in QUERIES]
    cold = (time.perf_counter() - start) * 1e3
    for mask, found in zip(hand.masks(), selections, strict=True):
        assert np.array_equal(mask, found.frames)
    total = 0.0
    for query, found in zip(QUERIES, selections, strict=True):
        taken = milliseconds(lambda query=query: binding.select(query))  # type: ignore[misc]
        total += taken
        counts = f"{int(found.frames.sum()):6,} frames {int(found.objects.sum()):8,} objects"
        print(f"{taken:8.2f} ms  {counts}  {query}")
    print(f"{total:8.2f} ms  all six, warm (first time, columns included: {cold:.1f} ms)")
    print(f"{milliseconds(hand.masks):8.2f} ms  the same by hand in NumPy, frames alone")
    text = "base.outcome = correct and frame.ti"
    typing = milliseconds(lambda: complete(text, len(text), binding.schema))
    print(f"{typing:8.2f} ms  one completion    {len(comparison.ledger):,} objects in {frames:,} frames")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
