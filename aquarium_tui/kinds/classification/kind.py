"""The kind of task whose labels and inferences are one class per image."""

from aquarium_tui.compare.objects.accuracy import accuracies
from aquarium_tui.compare.objects.comparison import ClassComparison
from aquarium_tui.kinds.kind import Kind
from aquarium_tui.kinds.objects.report import class_report, count_totals, counted
from aquarium_tui.kinds.objects.settings import confidence_fact, confidence_words
from aquarium_tui.kinds.report import ClassReport, DocumentFacts, Heading, Total, TotalGroup
from aquarium_tui.model.tables import CLASSIFICATION


class ClassificationKind(Kind[ClassComparison]):
    """One class per image: an object fills its frame, so IoU and AP mean nothing."""

    task = CLASSIFICATION

    def heading(self, comparison: ClassComparison) -> Heading:
        """The confidence threshold, and sizes."""
        dataset = comparison.dataset
        parts = (
            confidence_words(comparison),
            counted(len(dataset.frames), "frame"),
            counted(len(dataset.labels), "label"),
        )
        note = (
            "Cells are label → inferred; a label without a sure inference is → background, "
            "a spurious inference background →."
        )
        return Heading(parts, (note,))

    def class_report(self, comparison: ClassComparison) -> ClassReport:
        """Precision, recall, F1 and counts."""
        return class_report(comparison)

    def totals(self, comparison: ClassComparison) -> tuple[TotalGroup, ...]:
        """Accuracy, and top-k accuracy where there are ranks; then images by outcome."""
        found = {side: accuracies(comparison, side) for side in comparison.sides}
        shared = [name for name in found["base"] if all(name in each for each in found.values())]
        totals = tuple(
            Total(name, {side: each[name] for side, each in found.items()}, _title(name), _short(name))
            for name in shared
        )
        return (TotalGroup(totals, "accuracy"), count_totals(comparison))

    def document_facts(self, comparison: ClassComparison) -> DocumentFacts:
        """The confidence thresholds."""
        inferences = {side: len(comparison.inferences(side).objects) for side in comparison.sides}
        return DocumentFacts(inferences, confidence_fact(comparison))


def _short(name: str) -> str:
    return name.replace("top_", "top-")


def _title(name: str) -> str:
    return f"{_short(name)} accuracy" if name.startswith("top") else name
