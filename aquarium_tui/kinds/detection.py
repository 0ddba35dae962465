"""The kind of task whose labels and inferences are boxes, with or without masks."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from aquarium_tui.compare.bootstrap import Significance, ValueIntervals
from aquarium_tui.compare.certainty.precision import PrecisionSignificance
from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.average_precision import NAMES
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.verdict import object_verdict, sensitivity
from aquarium_tui.compare.verdict import Sensitivity, Verdict
from aquarium_tui.errors import CancelledError
from aquarium_tui.kinds.kind import Kind, PictureOptions, Sources, StoredSources, never
from aquarium_tui.kinds.objects.report import (
    class_confidence_notes,
    class_report,
    confidence_fact,
    confidence_words,
    count_totals,
    counted,
    evaluated,
)
from aquarium_tui.kinds.report import (
    BOX_PICTURES,
    OBJECTS,
    ClassField,
    ClassReport,
    DocumentFacts,
    Heading,
    Total,
    TotalGroup,
)
from aquarium_tui.model.numbers import threshold
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.model.tables import DETECTION, MASK, Project

if TYPE_CHECKING:
    from aquarium_tui.compare.bootstrap import Resampling
    from aquarium_tui.compare.objects.leaderboard import Contest, Leaderboard
    from aquarium_tui.drawing.drawing import Drawing
    from aquarium_tui.ingest.labels import TaskForms
    from aquarium_tui.kinds.presentation import Presentation
    from aquarium_tui.kinds.reader import Reader
    from aquarium_tui.media.photo import PhotoCache
    from aquarium_tui.model.arrays import Flags
    from aquarium_tui.render.palette import Palette


class DetectionKind(Kind[ObjectComparison]):
    """Boxes."""

    task = DETECTION
    frame_screen = "objects"
    form = "boxes"
    needs = "boxes"
    glossary = OBJECTS
    picture_words = BOX_PICTURES
    client_tasks = ("2D_OBJECT_DETECTION",)
    settings = frozenset({"confidence", "iou", "rule"})
    boxes = True

    def reader(self, forms: "TaskForms") -> "Reader":
        """What reads its files."""
        from aquarium_tui.kinds.readers import ObjectReader

        return ObjectReader(forms)

    def compare(self, sources: Sources, names: Sequence[str], settings: Settings) -> ObjectComparison:
        """Boxes, matched by overlap."""
        return ObjectComparison.judged(*evaluated(sources, names, settings), settings)

    def iou_title(self, project: Project) -> str:
        """`IoU` of boxes, or `mask IoU`."""
        return "mask IoU" if project.iou_type == MASK else "IoU"

    def as_boxes(self, comparison: ObjectComparison) -> ObjectComparison | None:
        """The comparison, unless its objects are matched by their masks."""
        return None if comparison.dataset.project.iou_type == MASK else comparison

    def ranked(self, comparison: ObjectComparison) -> ObjectComparison | None:
        """The comparison, if it has two sets whose inferences are ranked."""
        told = comparison.other and not any(comparison.inferences(s).unranked for s in comparison.sides)
        return comparison if told else None

    def leaderboard(
        self, sources: StoredSources, contest: "Contest", resampling_of: Callable[["Flags"], "Resampling"]
    ) -> "Leaderboard":
        """The tallies of all sets, ranked."""
        from aquarium_tui.kinds.objects.report import ranked

        return ranked(sources, contest, resampling_of)

    def heading(self, comparison: ObjectComparison) -> Heading:
        """Thresholds, rule and sizes."""
        dataset, settings = comparison.dataset, comparison.settings
        parts = (
            confidence_words(comparison),
            f"{self.iou_title(dataset.project)} ≥ {threshold(settings.iou)}",
            settings.rule.value,
            counted(comparison.frame_count, "frame"),
            counted(comparison.label_count, "label"),
        )
        note = "Cells are label → inferred; missed labels have no inference, spurious inferences no label."
        return Heading(parts, (note, *class_confidence_notes(comparison)))

    def class_report(self, comparison: ObjectComparison) -> ClassReport:
        """Precision, recall, F1 and counts."""
        return class_report(comparison)

    def slow_fields(
        self, comparison: ObjectComparison, cancelled: Callable[[], bool] = never
    ) -> tuple[ClassField, ...]:
        """AP, AP50 and AP75, from COCO's evaluation.

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
            for key, title in (("AP", ""), ("AP50", "AP50"), ("AP75", ""))
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

    def picture(self, view: Seen[ObjectComparison], frame: int, options: PictureOptions) -> "Drawing":
        """The frame with labels and both sets."""
        from aquarium_tui.kinds.objects.presentation import object_picture

        return object_picture(view, frame, options)

    def presentation(
        self, view: Seen[ObjectComparison], photos: "PhotoCache", colors: "Palette | None" = None
    ) -> "Presentation[Any]":
        """Cells with crops, and frames with boxes."""
        from aquarium_tui.kinds.objects.presentation import object_presentation

        return object_presentation(self, view, photos, colors)

    def verdict(
        self, comparison: ObjectComparison, significance: Significance, sensitivity: Sensitivity | None
    ) -> Verdict:
        """Labels, and false alarms."""
        return object_verdict(comparison, significance, sensitivity or self.sensitivity(comparison))

    def sensitivity(self, comparison: ObjectComparison) -> Sensitivity:
        """The headline under the other rules and confidences."""
        return sensitivity(comparison)

    def precision_significance(
        self,
        comparison: ObjectComparison,
        names: Sequence[str] = (),
        replicates: int = 1000,
        cancelled: Callable[[], bool] = never,
    ) -> PrecisionSignificance:
        """How sure the deltas of COCO's twelve metrics are, or of some of them.

        Raises:
            CancelledError: `cancelled` said so.
        """
        return comparison.precision_significance(tuple(names) or NAMES, replicates, cancelled=cancelled)

    def precision_intervals(
        self, comparison: ObjectComparison, side: Side, names: Sequence[str]
    ) -> ValueIntervals:
        """How sure some of COCO's twelve metrics of one set are."""
        return comparison.precision_intervals(side, names)

    def document_facts(self, comparison: ObjectComparison) -> DocumentFacts:
        """Thresholds and rule."""
        settings = comparison.settings
        matched = {
            "rule": settings.rule.value,
            "iou": settings.iou,
            "iou_type": comparison.dataset.project.iou_type,
        }
        inferences = {side: comparison.inference_count(side) for side in comparison.sides}
        return DocumentFacts(inferences, {**matched, **confidence_fact(comparison)})
