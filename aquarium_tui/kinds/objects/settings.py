"""The meaning of thresholds to objects."""

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.kinds.report import Facts
from aquarium_tui.model.numbers import threshold


def confidence_words(comparison: ObjectComparison) -> str:
    """`conf ≥ .10`, or of two sets that differ `conf ≥ .10 / .25`."""
    sure = [threshold(comparison.settings.confidence(side)) for side in comparison.sides]
    return f"conf ≥ {' / '.join(sure if len(set(sure)) > 1 else sure[:1])}"


def confidence_fact(comparison: ObjectComparison) -> Facts:
    """The confidence thresholds as files have them."""
    return {"confidence": {side: comparison.settings.confidence(side) for side in comparison.sides}}
