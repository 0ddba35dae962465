"""The settings under which every number of a comparison is made."""

from dataclasses import dataclass, replace
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


class Aim(StrEnum):
    """What thresholds are chosen for."""

    RECALL = "recall"
    PRECISION = "precision"
    FALSE_ALARMS = "false-alarms"
    BEST_F1 = "best-f1"

    @property
    def figure(self) -> str:
        """The figure that it is about, as results name it."""
        return {"false-alarms": "false_alarms", "best-f1": "f1"}.get(self.value, self.value)

    @property
    def words(self) -> str:
        """The same in words."""
        return {"false-alarms": "false alarms per frame", "best-f1": "F1"}.get(self.value, self.value)


@dataclass(frozen=True)
class Policy:
    """How thresholds are chosen.

    Attributes:
        aim: `best-f1` chooses those of all sets, everything else those of other, so that its figure is that
            of base.
        per_class: Whether each class gets its own.
    """

    aim: Aim
    per_class: bool = False


ClassConfidences = tuple[tuple[str, float], ...]
"""Evaluated names of classes, each with the least confidence of its inferences, sorted by name."""


@dataclass(frozen=True)
class SetConfidence:
    """What is said of the least confidence of the inferences of one set.

    Attributes:
        rest: Of all classes that are not named; None leaves it as it is.
        classes: Of the classes that have a threshold of their own.
    """

    rest: float | None
    classes: ClassConfidences = ()

    def __post_init__(self) -> None:
        for value in (*([] if self.rest is None else [self.rest]), *dict(self.classes).values()):
            if not 0.0 <= value <= 1.0:
                raise UsageError(f"confidence threshold {value:g} is not between 0 and 1.")


@dataclass(frozen=True)
class Settings:
    """Thresholds and matching rule; every threshold is compared with `>=`.

    Attributes:
        base_confidence: Least confidence of an inference of base, 0 to 1.
        other_confidence: The same of other.
        iou: Least intersection over union of a pair, above 0 and at most 1.
        rule: The order in which candidate pairs are taken.
        base_classes: Classes whose inferences in base have a threshold of their own in the place of
            `base_confidence`.
        other_classes: The same of other.
    """

    base_confidence: float = 0.1
    other_confidence: float = 0.1
    iou: float = 0.5
    rule: Rule = Rule.SAME_CLASS
    base_classes: ClassConfidences = ()
    other_classes: ClassConfidences = ()

    def __post_init__(self) -> None:
        for side in SIDES:
            SetConfidence(self.confidence(side), self.classes(side))
        if not 0.0 < self.iou <= 1.0:
            raise UsageError(f"IoU threshold {self.iou} is not above 0 and at most 1.")

    def confidence(self, side: Side) -> float:
        """The confidence threshold of one side, of all classes that have none of their own."""
        return self.base_confidence if side == "base" else self.other_confidence

    def classes(self, side: Side) -> ClassConfidences:
        """The classes of one side that have a threshold of their own."""
        return self.base_classes if side == "base" else self.other_classes

    def with_confidence(self, side: Side, confidence: SetConfidence) -> "Settings":
        """The same with the thresholds of one side as stated."""
        rest = self.confidence(side) if confidence.rest is None else confidence.rest
        if side == "base":
            return replace(self, base_confidence=rest, base_classes=confidence.classes)
        return replace(self, other_confidence=rest, other_classes=confidence.classes)

    @property
    def least(self) -> float:
        """The lowest of all confidence thresholds."""
        values = [value for _, value in (*self.base_classes, *self.other_classes)]
        return min(self.base_confidence, self.other_confidence, *values)

    @property
    def per_class(self) -> bool:
        """Whether any class has a threshold of its own."""
        return bool(self.base_classes or self.other_classes)
