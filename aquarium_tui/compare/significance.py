"""Is it real? What is known of how sure the deltas of a comparison are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aquarium_tui.compare.certainty.table import LEAST_FRAMES, Certainty


@dataclass(frozen=True)
class ChangeTest:
    """Whether more objects got better than worse, tested frame by frame (see `cluster_test`).

    Attributes:
        better: How many objects got better: fixed labels, or false alarms that went away.
        worse: How many got worse.
        frames: How many frames, or groups, have a part in the difference.
        p: Two-sided p-value; 1 where nothing differs.
    """

    better: int
    worse: int
    frames: int
    p: float

    @property
    def few(self) -> bool:
        """Whether too few frames have a part in it to say anything."""
        return self.frames < LEAST_FRAMES

    @property
    def sure(self) -> bool:
        """Whether the difference is more than chance, at 5 %."""
        return not self.few and self.p <= 0.05


@dataclass(frozen=True)
class ValueIntervals:
    """How sure the figures of one set are, had other frames of the same kind been drawn: without p and q.

    Attributes:
        per_class: Of each class, `(classes,)` by figure.
        totals: Over all classes, `(1,)` by average and figure.
        wholes: Of numbers that belong to no class, `(1,)` by name.
    """

    per_class: Mapping[str, Certainty] = field(default_factory=dict)
    totals: Mapping[str, Mapping[str, Certainty]] = field(default_factory=dict)
    wholes: Mapping[str, Certainty] = field(default_factory=dict)


@dataclass(frozen=True)
class Significance:
    """How sure the deltas are, had other frames of the same kind been drawn.

    Attributes:
        replicates: How often the frames were drawn anew.
        cells: Of the delta of every cell, `((classes + 1) ** 2,)` in reading order.
        per_class: Of the deltas of each class, `(classes,)` by figure.
        totals: Of the deltas over all classes, `(1,)` by average (`weighted` by support, `macro`, `micro`)
            and figure.
        headline: Of the deltas that the verdict rests on, `(1,)` by figure.
        labels: Whether more labels got better than worse; None where there are no objects to test.
        false_alarms: The same of spurious inferences.
        wholes: Of the deltas of numbers that belong to no class, such as accuracy, `(1,)` by name.
        unit: What was drawn: `frames`, or `groups` of them.
    """

    replicates: int
    cells: Certainty
    per_class: Mapping[str, Certainty]
    totals: Mapping[str, Mapping[str, Certainty]]
    headline: Mapping[str, Certainty]
    labels: ChangeTest | None = None
    false_alarms: ChangeTest | None = None
    wholes: Mapping[str, Certainty] = field(default_factory=dict)
    unit: str = "frames"
