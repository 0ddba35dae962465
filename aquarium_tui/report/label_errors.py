"""The figures with and without the objects that were judged to be label errors."""

from dataclasses import dataclass

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.rates import RATES, total
from aquarium_tui.compare.slice_rows import sliced
from aquarium_tui.model.numbers import counted, share, signed_share
from aquarium_tui.model.reviews import LABEL_ERROR
from aquarium_tui.report.certainty import JsonObject
from aquarium_tui.session.reviews import WITHOUT_ERRORS
from aquarium_tui.session.view import View


@dataclass(frozen=True)
class JudgedErrors:
    """A comparison with and without judged label errors.

    Attributes:
        count: How many objects were judged to be label errors.
        with_: All objects.
        without: All others.
    """

    count: int
    with_: ObjectComparison
    without: ObjectComparison


def judged_errors(view: View) -> JudgedErrors | None:
    """The figures of a view with and without judged label errors; None without any, and in a slice."""
    judged = view.reviews.members("object.verdict").get(LABEL_ERROR, ())
    if not len(judged) or view.choice.only or not isinstance(view.comparison, ObjectComparison):
        return None
    without: Comparison = sliced(view.everything, WITHOUT_ERRORS)
    if view.selection is not None:
        without = without.within(view.selection.frames)
    assert isinstance(without, ObjectComparison)
    return JudgedErrors(len(judged), view.comparison, without)


def label_error_lines(found: JudgedErrors) -> list[str]:
    """Precision, recall and F1 over all objects, with the judged label errors and without them."""
    head = (
        f"{counted(found.count, 'object')} judged to be label errors, in all figures above; over all objects:"
    )
    rows = [("with them", found.with_), ("without", found.without)]
    return [head, *(f"  {title:<10}{_figures(comparison)}" for title, comparison in rows)]


def _figures(comparison: ObjectComparison) -> str:
    totals = [total(comparison.scores[side], "micro") for side in comparison.sides]
    parts = []
    for name in RATES:
        values = [one[name] for one in totals]
        change = f" ({signed_share(values[1] - values[0])})" if len(values) > 1 else ""
        title = "F1" if name == "f1" else name
        parts.append(f"{title} {' → '.join(map(share, values))}{change}")
    return "   ".join(parts)


def label_error_document(found: JudgedErrors) -> JsonObject:
    """The same as plain values."""
    document: JsonObject = {"objects": found.count}
    for key, comparison in (("with", found.with_), ("without", found.without)):
        document[key] = {
            side: {name: _known(total(comparison.scores[side], "micro")[name]) for name in RATES}
            for side in comparison.sides
        }
    return {"label_errors": document}


def _known(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124
