"""The meaning of thresholds to objects, and sets evaluated under them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.kinds.kind import Sources
from aquarium_tui.kinds.report import Facts
from aquarium_tui.model.numbers import threshold
from aquarium_tui.model.settings import Settings
from aquarium_tui.store.cache import cached


def confidence_words(comparison: ObjectComparison) -> str:
    """`conf ≥ .10`, or of two sets that differ `conf ≥ .10 / .25`."""
    sure = [threshold(comparison.settings.confidence(side)) for side in comparison.sides]
    return f"conf ≥ {' / '.join(sure if len(set(sure)) > 1 else sure[:1])}"


def confidence_fact(comparison: ObjectComparison) -> Facts:
    """The confidence thresholds as files have them."""
    return {"confidence": {side: comparison.settings.confidence(side) for side in comparison.sides}}


def evaluated(
    sources: Sources, names: Sequence[str], settings: Settings
) -> tuple[Evaluation, Evaluation | None]:
    """Base and other, matched; both at the same time, as much of it waits for the disk."""

    def matched(name: str, confidence: float) -> Evaluation:
        evaluation = _evaluation(sources, name)
        evaluation.matching(confidence, settings.iou, settings.rule)
        return evaluation

    with ThreadPoolExecutor(2) as pool:
        confidences = (settings.base_confidence, settings.other_confidence)[: len(names)]
        base, *other = pool.map(matched, names, confidences)
    return base, other[0] if other else None


def _evaluation(sources: Sources, name: str) -> Evaluation:
    """An inference set matched with the labels; its pairs are kept while labels, set and classes stay."""

    def make() -> Evaluation:
        dataset, inferences = sources.dataset, sources.inferences(name)
        folder = sources.cache("pairs", [name])
        classes = dataset.project.class_map.evaluated.tolist()
        key = (dataset.provenance.fingerprint, inferences.provenance.fingerprint, classes)
        return Evaluation(dataset, inferences, lambda part, found: cached(folder / part, key, found))

    return sources.remembered("evaluation", name, make)
