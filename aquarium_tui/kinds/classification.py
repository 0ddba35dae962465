"""The kind of task whose labels and inferences are one class per image."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aquarium_tui.compare.bootstrap import Significance
from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.accuracy import ClassComparison
from aquarium_tui.compare.objects.confidence_curves import Curves
from aquarium_tui.compare.objects.verdict import object_verdict, sensitivity
from aquarium_tui.compare.verdict import Sensitivity, Verdict
from aquarium_tui.kinds.kind import Kind, PictureOptions, Sources, StoredSources
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
    IMAGE_PICTURES,
    IMAGES,
    ClassReport,
    DocumentFacts,
    Heading,
    Total,
    TotalGroup,
)
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import CLASSIFICATION

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


class ClassificationKind(Kind[ClassComparison]):
    """One class per image: an object fills its frame, so IoU and AP mean nothing."""

    task = CLASSIFICATION
    frame_screen = "objects"
    form = "classes"
    needs = "one class per image"
    glossary = IMAGES
    picture_words = IMAGE_PICTURES
    client_tasks = ("CLASSIFICATION", "BINARY_CLASSIFICATION")
    settings = frozenset({"confidence"})
    several = False

    def reader(self, forms: "TaskForms") -> "Reader":
        """What reads its files."""
        from aquarium_tui.kinds.readers import ObjectReader

        return ObjectReader(forms)

    def compare(self, sources: Sources, names: Sequence[str], settings: Settings) -> ClassComparison:
        """Classes, matched by their frames."""
        return ClassComparison.judged(*evaluated(sources, names, settings), settings)

    def leaderboard(
        self, sources: StoredSources, contest: "Contest", resampling_of: Callable[["Flags"], "Resampling"]
    ) -> "Leaderboard":
        """The tallies of all sets, ranked."""
        from aquarium_tui.kinds.objects.report import ranked

        return ranked(sources, replace(contest, drawn=None), resampling_of)

    def heading(self, comparison: ClassComparison) -> Heading:
        """The confidence threshold, and sizes."""
        parts = (
            confidence_words(comparison),
            counted(comparison.frame_count, "frame"),
            counted(comparison.label_count, "label"),
        )
        note = (
            "Cells are label → inferred; the label of an image without a sure inference is missed, "
            "an inference for an image without label spurious."
        )
        return Heading(parts, (note, *class_confidence_notes(comparison)))

    def class_report(self, comparison: ClassComparison) -> ClassReport:
        """Precision, recall, F1 and counts."""
        return class_report(comparison)

    def totals(self, comparison: ClassComparison) -> tuple[TotalGroup, ...]:
        """Accuracy, top-k accuracy where there are ranks, and calibration; then images by outcome."""
        found = comparison.accuracies
        shared = [name for name in found["base"] if all(name in each for each in found.values())]
        totals = tuple(
            Total(name, {side: each[name] for side, each in found.items()}, _title(name), _short(name))
            for name in shared
        )
        if not any(comparison.inferences(side).unranked for side in comparison.sides):
            curves = Curves(comparison)
            gaps = {side: curves.reliability(side, None).ece for side in comparison.sides}
            totals = (*totals, Total("ece", gaps, "ECE", "ECE", better="lower"))
        return (TotalGroup(totals, "accuracy"), count_totals(comparison))

    def picture(self, view: Seen[ClassComparison], frame: int, options: PictureOptions) -> "Drawing":
        """The frame with its classes."""
        from aquarium_tui.kinds.objects.presentation import object_picture

        return object_picture(view, frame, options, boxed=False)

    def presentation(
        self, view: Seen[ClassComparison], photos: "PhotoCache", colors: "Palette | None" = None
    ) -> "Presentation[Any]":
        """Cells with images."""
        from aquarium_tui.kinds.objects.presentation import class_presentation

        return class_presentation(self, view, photos, colors)

    def verdict(
        self, comparison: ClassComparison, significance: Significance, sensitivity: Sensitivity | None
    ) -> Verdict:
        """Labels: an image has one label and at most one inference, so false alarms are no question."""
        found = sensitivity or self.sensitivity(comparison)
        return object_verdict(comparison, significance, found, alarms=False)

    def sensitivity(self, comparison: ClassComparison) -> Sensitivity:
        """The headline under other confidences; no rule decides which label an inference belongs to."""
        return sensitivity(comparison, rules=False)

    def document_facts(self, comparison: ClassComparison) -> DocumentFacts:
        """The confidence thresholds."""
        inferences = {side: comparison.inference_count(side) for side in comparison.sides}
        return DocumentFacts(inferences, confidence_fact(comparison))


def _short(name: str) -> str:
    return name.replace("top_", "top-")


def _title(name: str) -> str:
    return f"{_short(name)} accuracy" if name.startswith("top") else name
