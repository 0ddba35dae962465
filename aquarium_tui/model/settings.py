"""The settings under which every number of a comparison is made."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from aquarium_tui.errors import UsageError

Side = Literal["base", "other"]
SIDES: tuple[Side, Side] = ("base", "other")


class Rule(StrEnum):
    """Which candidate pair the greedy matching takes first."""

    OVERLAP = "overlap"
    SAME_CLASS = "same-class"
    CONFIDENCE = "confidence"


@dataclass(frozen=True)
class Settings:
    """Thresholds and matching rule; every threshold is compared with `>=`.

    Attributes:
        base_confidence: Least confidence of an inference of base, 0 to 1.
        other_confidence: The same of other.
        iou: Least intersection over union of a pair, above 0 and at most 1.
        rule: The order in which candidate pairs are taken.
    """

    base_confidence: float = 0.1
    other_confidence: float = 0.1
    iou: float = 0.5
    rule: Rule = Rule.SAME_CLASS

    def __post_init__(self) -> None:
        for side in SIDES:
            if not 0.0 <= self.confidence(side) <= 1.0:
                raise UsageError(f"confidence threshold {self.confidence(side)} is not between 0 and 1.")
        if not 0.0 < self.iou <= 1.0:
            raise UsageError(f"IoU threshold {self.iou} is not above 0 and at most 1.")

    def confidence(self, side: Side) -> float:
        """The confidence threshold of one side."""
        return self.base_confidence if side == "base" else self.other_confidence
