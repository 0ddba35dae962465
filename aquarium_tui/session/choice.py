"""What is to be compared, and the policy for what a choice leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from aquarium_tui.errors import AmbiguousError, NotFoundError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import ClassConfidences, Policy, Rule, Settings, Side
from aquarium_tui.query.wording import nearest


@dataclass(frozen=True)
class Choice:
    """What is to be compared, and how; what is left open is settled by `Session`.

    Attributes:
        project: The name of a project.
        dataset: The name of one of its datasets.
        base: The id of the base set; if empty, `settle_sets` decides.
        other: The id of the other set; the same.
        confidence: The confidence threshold of both sets.
        base_confidence: The confidence threshold of base; None leaves it as the project has it.
        other_confidence: The confidence threshold of other; the same.
        base_classes: Classes of base that have a confidence threshold of their own; None leaves them as the
            project and the set have them, unless a confidence is given: that is of all classes.
        other_classes: The same of other.
        iou: The IoU threshold; the same.
        rule: The matching rule; the same.
        policy: Chooses confidence thresholds once the sets are known, starting from those above.
        query: Only the frames that this query selects are counted; empty counts all.
        segment: Only the frames of the segment of this name are counted; empty counts all.
        only: Only the objects for which this condition holds are counted; empty counts all.
        boundary: Whether boundary IoU of masks is counted, which reads all masks again.
        by_parent: Whether classes are evaluated as their parents, such as COCO's supercategories.
    """

    project: str
    dataset: str
    base: str = ""
    other: str = ""
    confidence: float | None = None
    base_confidence: float | None = None
    other_confidence: float | None = None
    base_classes: ClassConfidences | None = None
    other_classes: ClassConfidences | None = None
    iou: float | None = None
    rule: Rule | None = None
    policy: Policy | None = None
    query: str = ""
    segment: str = ""
    only: str = ""
    by_parent: bool = False
    boundary: bool = False

    @property
    def title(self) -> str:
        """The dataset as commands name it."""
        return f"{self.project}/{self.dataset}"

    @property
    def asks(self) -> bool:
        """Whether it names thresholds or a rule."""
        confidences = (self.confidence, self.base_confidence, self.other_confidence)
        asked = (*confidences, self.base_classes, self.other_classes, self.iou, self.rule)
        return any(value is not None for value in asked)

    def settings(self, start: Settings) -> Settings:
        """The settings that the choice asks for, starting from those of the project and its sets.

        Raises:
            UsageError: `confidence` is given together with that of one set, or a value is out of range.
        """
        of_sets: dict[str, Any] = {
            "base_confidence": self.base_confidence,
            "other_confidence": self.other_confidence,
        }
        if self.confidence is not None:
            if any(value is not None for value in of_sets.values()):
                raise UsageError(
                    "--confidence applies to both sets; "
                    "it cannot be combined with --base-confidence or --other-confidence."
                )
            of_sets = dict.fromkeys(of_sets, self.confidence)
        for side, own in (("base", self.base_classes), ("other", self.other_classes)):
            stated = of_sets[f"{side}_confidence"] is not None
            of_sets[f"{side}_classes"] = () if own is None and stated else own
        asked: dict[str, Any] = {**of_sets, "iou": self.iou, "rule": self.rule}
        return replace(start, **{name: value for name, value in asked.items() if value is not None})

    def under(self, settings: Settings | None) -> "Choice":
        """The same with all settings given; None leaves all of them to the project."""
        return replace(
            self,
            confidence=None,
            base_confidence=settings.base_confidence if settings else None,
            other_confidence=settings.other_confidence if settings else None,
            base_classes=settings.base_classes if settings else None,
            other_classes=settings.other_classes if settings else None,
            iou=settings.iou if settings else None,
            rule=settings.rule if settings else None,
        )

    def everything(self) -> "Choice":
        """The same sets in all frames and objects, classes by their own names."""
        return replace(self, query="", segment="", only="", by_parent=False, boundary=False)

    def within_slice(self, only: str) -> "Choice":
        """The same, of its objects counting those alone for which a further condition holds too."""
        return replace(self, only=f"({self.only}) and ({only})" if self.only else only)

    def with_set(self, side: Side, id_: str) -> "Choice":
        """Another set on one side; a set never stands on both."""
        if side == "base":
            return replace(self, base=id_, other=self.base if id_ == self.other else self.other)
        return replace(self, other=id_, base=self.other if id_ == self.base and self.other else self.base)

    def swapped(self) -> "Choice":
        """Other as base and base as other, each with its confidence threshold."""
        return replace(
            self,
            base=self.other,
            other=self.base,
            base_confidence=self.other_confidence,
            other_confidence=self.base_confidence,
            base_classes=self.other_classes,
            other_classes=self.base_classes,
        )


def settle_sets(choice: Choice, known: Sequence[str]) -> Choice:
    """The choice with its sets named; `other` stays empty where one set is looked at alone.

    Where the choice leaves something open, a dataset with one or two sets settles it: the set uploaded first
    is base, the second is other. A base that is named alone stands alone.

    Args:
        choice: Names both sets, one or none.
        known: Ids of the dataset's inference sets in order of upload.

    Raises:
        NotFoundError: A named set does not exist, or the dataset has no sets.
        AmbiguousError: The dataset has more sets than can be compared; the user must choose.
        UsageError: Only other is named, and there is no further set to be base.
    """
    for id_ in filter(None, (choice.base, choice.other)):
        if id_ not in known:
            raise NotFoundError(f"{choice.title} has no inference set {visible(id_)}.", _offer(id_, known))
    if choice.base:
        return choice
    if not known:
        hint = "Add one with `aquarium-tui upload … --inferences-id ID --inferences FILE`."
        raise NotFoundError(f"{choice.title} has no inference set yet.", hint)
    left = [id_ for id_ in known if id_ != choice.other]
    if not left:
        raise UsageError(
            f"{choice.other} is the only inference set of {choice.title}; "
            "there is nothing to compare it with.",
            f"View it alone with --base {choice.other}.",
        )
    if len(known) > 2:
        raise AmbiguousError(
            f"{choice.title} has {len(known)} inference sets: {', '.join(known)}. Choose which to compare.",
            "Name them with --base and --other.",
        )
    return replace(choice, base=left[0], other=choice.other or "".join(left[1:]))


def _offer(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    meant = f"Did you mean {near}? " if near else ""
    return f"{meant}Inference sets: {', '.join(known) or 'none yet'}."
