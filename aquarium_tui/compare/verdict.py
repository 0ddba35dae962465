"""The verdict of a comparison: better, worse or no clear difference, by how much, and what is against it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.model.settings import Rule


class Direction(StrEnum):
    """What is said of one figure."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "no clear difference"


@dataclass(frozen=True)
class Statement:
    """What is said of one figure of the whole comparison, or of one class.

    Attributes:
        about: `labels`, `false_alarms`, `pixels`, or the name of a class.
        figure: The figure: `recall`, `false_alarms` (per frame), `accuracy`, ….
        delta: Other minus base; NaN where undefined.
        interval: The 95 % interval of the delta; NaN where there is none.
        p: Two-sided p-value.
        state: How sure it is.
        higher_is_better: Whether a positive delta is an improvement.
    """

    about: str
    figure: str
    delta: float
    interval: tuple[float, float]
    p: float
    state: State
    higher_is_better: bool = True

    @property
    def direction(self) -> Direction:
        """Better or worse where that is sure."""
        if self.state is not State.SURE:
            return Direction.UNCLEAR
        return Direction.BETTER if (self.delta > 0) == self.higher_is_better else Direction.WORSE


@dataclass(frozen=True)
class Variation:
    """The headline under other settings.

    Attributes:
        name: What is changed: the name of a rule, or `confidence .20 / .20`.
        deltas: Other minus base by figure, NaN where undefined.
        turns: Figures whose sign is the opposite of that under the settings in use.
    """

    name: str
    deltas: dict[str, float]
    turns: tuple[str, ...]

    @property
    def words(self) -> str:
        """The setting in a sentence: `rule confidence`, or `confidence .20 / .20`."""
        return f"rule {self.name}" if self.name in {rule.value for rule in Rule} else self.name


@dataclass(frozen=True)
class Sensitivity:
    """How far the headline depends on the rule and the thresholds.

    Attributes:
        deltas: The headline deltas under the settings in use, by figure.
        rules: The same under each matching rule.
        confidences: The same with both confidences lower and higher.
        outranked: By side, labels whose inference of the right class lost them to one of a wrong class, as it
            overlaps a little less or is less confident.
    """

    deltas: dict[str, float]
    rules: tuple[Variation, ...] = ()
    confidences: tuple[Variation, ...] = ()
    outranked: dict[str, int] = field(default_factory=dict)

    @property
    def turning(self) -> tuple[Variation, ...]:
        """The variations that reverse the sign of a headline delta."""
        return tuple(v for v in (*self.rules, *self.confidences) if v.turns)


@dataclass(frozen=True)
class Verdict:
    """What a comparison comes to.

    Attributes:
        claims: One for each question: labels and false alarms, or pixels.
        against: Classes that are sure to have changed the other way than the first claim; the worst first.
        turned_by: Variations of rule or confidence that reverse the sign of a headline delta.
        operating_points: Inferences per frame under base and other, where they differ clearly; else None.
        unit: What was drawn to say how sure it is: `frames`, or `groups` of them.
    """

    claims: tuple[Statement, ...]
    against: tuple[Statement, ...] = ()
    turned_by: tuple[Variation, ...] = ()
    operating_points: tuple[float, float] | None = None
    unit: str = "frames"


CLEARLY = 2.0
"""From this ratio of inferences per frame on, two sets work at clearly different operating points: recall and
false alarms then differ for that reason alone."""


def contradicting(first: Statement, classes: Sequence[Statement]) -> tuple[Statement, ...]:
    """The classes that are sure to have gone the other way than `first`, the worst first.

    Where `first` is not clear, those that are sure to have become worse.
    """
    bad = Direction.BETTER if first.direction is Direction.WORSE else Direction.WORSE
    found = [claim for claim in classes if claim.direction is bad]
    return tuple(sorted(found, key=lambda claim: -abs(claim.delta)))


def clearly_apart(base: float, other: float) -> tuple[float, float] | None:
    """Both where one is a multiple of the other."""
    low, high = sorted((base, other))
    return (base, other) if high >= CLEARLY * low and high > 0 else None
