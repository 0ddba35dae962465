"""The kind of task whose labels and inferences are boxes, with or without masks."""

from collections.abc import Callable

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.errors import CancelledError
from aquarium_tui.kinds.kind import Kind, never
from aquarium_tui.kinds.objects.report import class_report, count_totals, counted
from aquarium_tui.kinds.objects.settings import confidence_fact, confidence_words
from aquarium_tui.kinds.report import (
    ClassField,
    ClassReport,
    DocumentFacts,
    Heading,
    Total,
    TotalGroup,
)
from aquarium_tui.model.numbers import threshold
from aquarium_tui.model.tables import DETECTION, MASK, Project


class DetectionKind(Kind[ObjectComparison]):
    """Boxes."""

    task = DETECTION

    def heading(self, comparison: ObjectComparison) -> Heading:
        """Thresholds, rule and sizes."""
        dataset, settings = comparison.dataset, comparison.settings
        parts = (
            confidence_words(comparison),
            f"{iou_title(dataset.project)} ≥ {threshold(settings.iou)}",
            settings.rule.value,
            counted(len(dataset.frames), "frame"),
            counted(len(dataset.labels), "label"),
        )
        note = (
            "Cells are label → inferred; a missed label is → background, a spurious inference background →."
        )
        return Heading(parts, (note,))

    def class_report(self, comparison: ObjectComparison) -> ClassReport:
        """Precision, recall, F1 and counts."""
        return class_report(comparison)

    def slow_fields(
        self, comparison: ObjectComparison, cancelled: Callable[[], bool] = never
    ) -> tuple[ClassField, ...]:
        """AP and AP50, from COCO's evaluation.

        Raises:
            CancelledError: `cancelled` said so.
        """
        found = {}
        for side in comparison.sides:
            if cancelled():
                raise CancelledError
            found[side] = comparison.average_precision(side)
        return tuple(
            ClassField(
                key,
                {side: each.per_class[key] for side, each in found.items()},
                {"macro": {side: each.total[key] for side, each in found.items()}},
                title,
                title,
                filed=False,
            )
            for key, title in (("AP", ""), ("AP50", "AP50"))
        )

    def totals(self, comparison: ObjectComparison) -> tuple[TotalGroup, ...]:
        """Objects by outcome."""
        return (count_totals(comparison),)

    def slow_totals(self, comparison: ObjectComparison) -> tuple[TotalGroup, ...]:
        """COCO's metrics of each set."""
        found = {side: comparison.average_precision(side).total for side in comparison.sides}
        totals = tuple(
            Total(name, {side: each[name] for side, each in found.items()}, name) for name in found["base"]
        )
        return (TotalGroup(totals, "ap", "COCO average precision and recall, over all confidences"),)

    def document_facts(self, comparison: ObjectComparison) -> DocumentFacts:
        """Thresholds and rule."""
        settings = comparison.settings
        matched = {
            "rule": settings.rule.value,
            "iou": settings.iou,
            "iou_type": comparison.dataset.project.iou_type,
        }
        inferences = {side: len(comparison.inferences(side).objects) for side in comparison.sides}
        return DocumentFacts(inferences, {**matched, **confidence_fact(comparison)})


def iou_title(project: Project) -> str:
    """What the IoU threshold is of: `IoU` of boxes, or `mask IoU`."""
    return "mask IoU" if project.iou_type == MASK else "IoU"
