"""The kind of task whose labels and inferences are any number of classes per image."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aquarium_tui.compare.bootstrap import Significance, ValueIntervals
from aquarium_tui.compare.certainty.precision import PrecisionSignificance
from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.confidence_curves import Curves
from aquarium_tui.compare.objects.multilabel import (
    AP,
    AVERAGE_NAMES,
    MultilabelComparison,
    MultilabelEvaluation,
)
from aquarium_tui.compare.objects.verdict import object_verdict, sensitivity
from aquarium_tui.compare.verdict import Sensitivity, Verdict
from aquarium_tui.kinds.kind import Kind, PictureOptions, Sources, StoredSources, never
from aquarium_tui.kinds.objects.report import (
    AVERAGES,
    class_confidence_notes,
    class_report,
    confidence_fact,
    confidence_words,
    count_totals,
    counted,
    evaluated,
)
from aquarium_tui.kinds.report import (
    IMAGE_PICTURES,
    MULTILABEL_IMAGES,
    ClassField,
    ClassReport,
    DocumentFacts,
    Heading,
    Total,
    TotalGroup,
)
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.model.tables import MULTILABEL

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


class MultilabelKind(Kind[MultilabelComparison]):
    """Several classes per image: a label and an inference of one class and frame are a pair."""

    task = MULTILABEL
    frame_screen = "objects"
    form = "multilabel"
    needs = "classes of images"
    glossary = MULTILABEL_IMAGES
    picture_words = IMAGE_PICTURES
    client_tasks = ("MULTI_LABEL_CLASSIFICATION",)
    settings = frozenset({"confidence"})
    several = False

    def reader(self, forms: "TaskForms") -> "Reader":
        """What reads its files."""
        from aquarium_tui.kinds.readers import ObjectReader

        return ObjectReader(forms)

    def compare(self, sources: Sources, names: Sequence[str], settings: Settings) -> MultilabelComparison:
        """Classes, matched by their frames and names."""
        sets = evaluated(sources, names, settings, MultilabelEvaluation)
        return MultilabelComparison.judged(*sets, settings)

    def leaderboard(
        self, sources: StoredSources, contest: "Contest", resampling_of: Callable[["Flags"], "Resampling"]
    ) -> "Leaderboard":
        """The tallies of all sets, ranked."""
        from aquarium_tui.kinds.objects.report import ranked

        return ranked(sources, replace(contest, drawn=None), resampling_of, MultilabelEvaluation)

    def heading(self, comparison: MultilabelComparison) -> Heading:
        """The confidence threshold, and sizes."""
        parts = (
            confidence_words(comparison),
            counted(comparison.frame_count, "frame"),
            counted(comparison.label_count, "label"),
        )
        note = (
            "An image has any number of classes: one that only labels have is missed, one that only "
            "inferences have spurious."
        )
        return Heading(parts, (note, *class_confidence_notes(comparison)))

    def class_report(self, comparison: MultilabelComparison) -> ClassReport:
        """Precision, recall, F1 and counts."""
        return class_report(comparison)

    def slow_fields(
        self, comparison: MultilabelComparison, cancelled: Callable[[], bool] = never
    ) -> tuple[ClassField, ...]:
        """AP, as scikit-learn has it."""
        del cancelled
        found = comparison.class_precision
        values = {side: each.per_class for side, each in found.items()}
        totals = {name: {side: each.averages[name] for side, each in found.items()} for name in AVERAGES}
        return (ClassField(AP, values, {"macro": totals.pop("macro"), **totals}, AP, AP, filed=False),)

    def totals(self, comparison: MultilabelComparison) -> tuple[TotalGroup, ...]:
        """Exact matches, Hamming loss and calibration; then classes by outcome."""
        exact = {side: comparison.exact(side) for side in comparison.sides}
        totals = [
            Total("exact_match", {s: each[0] for s, each in exact.items()}, "all classes right", "all right"),
            Total(
                "hamming_loss",
                {s: each[1] for s, each in exact.items()},
                "Hamming loss",
                "Hamming loss",
                better="lower",
            ),
        ]
        if not any(comparison.inferences(side).unranked for side in comparison.sides):
            curves = Curves(comparison)
            gaps = {side: curves.reliability(side, None).ece for side in comparison.sides}
            totals.append(Total("ece", gaps, "ECE", "ECE", better="lower"))
        return (TotalGroup(tuple(totals), "images", "images"), count_totals(comparison))

    def slow_totals(self, comparison: MultilabelComparison) -> tuple[TotalGroup, ...]:
        """The averages of AP over the classes."""
        found = comparison.class_precision
        titles = {"macro": AP, "weighted": "AP (weighted by support)", "micro": "AP (micro)"}
        totals = tuple(
            Total(
                AVERAGE_NAMES[name],
                {side: each.averages[name] for side, each in found.items()},
                title,
            )
            for name, title in titles.items()
        )
        return (TotalGroup(totals, "ap", "average precision, over all confidences"),)

    def picture(self, view: Seen[MultilabelComparison], frame: int, options: PictureOptions) -> "Drawing":
        """The frame with its classes."""
        from aquarium_tui.kinds.objects.presentation import object_picture

        return object_picture(view, frame, options, boxed=False)

    def presentation(
        self, view: Seen[MultilabelComparison], photos: "PhotoCache", colors: "Palette | None" = None
    ) -> "Presentation[Any]":
        """Cells with images."""
        from aquarium_tui.kinds.objects.presentation import object_presentation

        return object_presentation(self, view, photos, colors, boxed=False)

    def verdict(
        self, comparison: MultilabelComparison, significance: Significance, sensitivity: Sensitivity | None
    ) -> Verdict:
        """Labels, and false alarms."""
        return object_verdict(comparison, significance, sensitivity or self.sensitivity(comparison))

    def sensitivity(self, comparison: MultilabelComparison) -> Sensitivity:
        """The headline under other confidences; no rule decides which label an inference belongs to."""
        return sensitivity(comparison, rules=False)

    def precision_significance(
        self,
        comparison: MultilabelComparison,
        names: Sequence[str] = (),
        replicates: int = 1000,
        cancelled: Callable[[], bool] = never,
    ) -> PrecisionSignificance:
        """How sure the deltas of AP are.

        Raises:
            CancelledError: `cancelled` said so.
        """
        return comparison.precision_significance(tuple(names) or (AP,), replicates, cancelled=cancelled)

    def precision_intervals(
        self, comparison: MultilabelComparison, side: Side, names: Sequence[str]
    ) -> ValueIntervals:
        """How sure AP of one set is by itself."""
        return comparison.precision_intervals(side, names)

    def document_facts(self, comparison: MultilabelComparison) -> DocumentFacts:
        """The confidence thresholds."""
        inferences = {side: comparison.inference_count(side) for side in comparison.sides}
        return DocumentFacts(inferences, confidence_fact(comparison))
