"""What a correction of the labels, or leaving out judged label errors, changed: as text and as JSON."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import RATES, total
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.slice_rows import sliced
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.report import ClassField, ClassReport, Total
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped, share, signed, signed_share
from aquarium_tui.model.reviews import LABEL_ERROR
from aquarium_tui.model.settings import Side
from aquarium_tui.report.certainty import JsonObject, change, left, lines, right
from aquarium_tui.report.document import FORMAT, as_document
from aquarium_tui.report.text import header_lines
from aquarium_tui.session.comparisons import Correction
from aquarium_tui.session.reviews import WITHOUT_ERRORS
from aquarium_tui.session.view import View

_MOST = 10
"""Pairs of classes that are listed: more would hide the numbers below them."""


def correction_text(correction: Correction) -> str:
    """What became of the labels, then the report of each set and of their delta, before and now."""
    now, kind = correction.now, kind_of(correction.now.dataset.project)
    reports = kind.class_report(correction.before), kind.class_report(now)
    blocks = [
        [
            *header_lines(now, kind.heading(now), correction.view.choice.query),
            "Each number is before → now: the labels were corrected, the inferences are the same.",
        ],
        _label_lines(correction),
        *(_set_lines(correction, reports, side) for side in now.sides),
    ]
    if now.other:
        blocks.append(_delta_lines(correction, reports))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def correction_json(correction: Correction) -> str:
    """The labels, and the whole comparison under the labels before and under those now."""
    labels, classes = correction.labels, correction.now.classes
    document: JsonObject = {
        "format": FORMAT,
        "labels": {
            "before": labels.before,
            "now": labels.now,
            "added": labels.added,
            "removed": labels.removed,
            "moved": labels.moved,
            "relabelled": [
                {"before": classes[old], "now": classes[new], "count": count}
                for new, old, count in _relabelled(correction)
            ],
        },
        "uploaded": {
            "before": correction.before.dataset.provenance.created,
            "now": correction.now.dataset.provenance.created,
        },
        "changed": {side: _changed(correction, side) for side in correction.now.sides},
        "before": as_document(correction.before, correction.view.choice.query),
        "now": as_document(correction.now, correction.view.choice.query),
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _relabelled(correction: Correction) -> Iterator[tuple[int, int, int]]:
    """Class now, class before, and how many; the most first."""
    matrix = correction.labels.relabelled
    for cell in np.argsort(-matrix, axis=None, kind="stable")[: np.count_nonzero(matrix)].tolist():
        new, old = divmod(cell, len(matrix))
        yield new, old, int(matrix[new, old])


def _label_lines(correction: Correction) -> list[str]:
    labels, dataset = correction.labels, correction.now.dataset
    unit = kind_of(dataset.project).class_report(correction.now).unit
    write = unit.written
    dates = [each.dataset.provenance.created[:10] for each in (correction.before, correction.now)]
    when = f" (uploaded {dates[0]} → {dates[1]})" if all(dates) else ""
    counts = {
        "added": labels.added,
        "removed": labels.removed,
        "of another class": int(labels.relabelled.sum()),
        "with another box or outline": labels.moved,
    }
    told = ", ".join(f"{write(count)} {what}" for what, count in counts.items() if count) or "none differs"
    found = [f"labels {write(labels.before)} → {write(labels.now)}{when}: {told}"]
    names = [visible(name) for name in correction.now.classes]
    pairs = list(_relabelled(correction))
    rows = [f"{names[old]} → {names[new]}" for new, old, _ in pairs[:_MOST]]
    if rows:
        found += lines([left("", rows), right("", [write(count) for *_, count in pairs[:_MOST]])])[1:]
    rest = len(pairs) - _MOST
    return found + ([f"… and {grouped(rest)} more; --format json has them all"] if rest > 0 else [])


Reports = tuple[ClassReport, ClassReport]
"""The report under the labels before and under those now."""


def _set_lines(correction: Correction, reports: Reports, side: Side) -> list[str]:
    """The report of one set, before and now, and its totals."""
    now, seen = reports[1], _seen(reports)
    support = [[*each.support[seen].tolist(), *_sums(each)] for each in reports]
    columns = [
        left(visible(correction.now.inferences(side).id), _names(now, seen)),
        change("support", support[0], support[1], now.unit.written, signed),
    ]
    for old, new in _titled(reports):
        values = [_numbers(each, now, seen, side).tolist() for each in (old, new)]
        columns.append(change(new.title, values[0], values[1], new.unit.written, new.unit.signed))
    pairs = _totals(correction)
    found = lines(columns)
    if pairs:
        titles = left("", [new.title for _, new in pairs])
        texts = [
            change("", [old.values[side]], [new.values[side]], new.unit.written, new.unit.signed)[1]
            for old, new in pairs
        ]
        found += lines([titles, left("", texts)])[1:]
    return found


def _delta_lines(correction: Correction, reports: Reports) -> list[str]:
    """Other − base, under the labels before and under those now."""
    now, seen = reports[1], _seen(reports)
    columns = [left("delta, other − base", _names(now, seen))]
    for old, new in _titled(reports):
        deltas = [
            (_numbers(each, now, seen, "other") - _numbers(each, now, seen, "base")).tolist()
            for each in (old, new)
        ]
        columns.append(change(new.title, deltas[0], deltas[1], new.unit.signed, new.unit.signed))
    return lines(columns)


def _names(report: ClassReport, seen: Sequence[int]) -> list[str]:
    return [*(visible(report.names[row]) for row in seen), *report.averages.values()]


def _sums(report: ClassReport) -> list[int]:
    return [int(report.support.sum())] * len(report.averages)


def _titled(reports: Reports) -> list[tuple[ClassField, ClassField]]:
    """The rates of both reports."""
    pairs = zip(reports[0].fields, reports[1].fields, strict=True)
    return [(old, new) for old, new in pairs if new.title]


def _seen(reports: Reports) -> list[int]:
    """Classes with labels or inferences, before or now."""
    return sorted({*reports[0].seen.tolist(), *reports[1].seen.tolist()})


def _numbers(field: ClassField, report: ClassReport, seen: list[int], side: Side) -> NDArray[np.float64]:
    """`(seen + averages,)`: of the classes, then of all; NaN where undefined."""
    of_all = [field.totals.get(average, {}).get(side, np.nan) for average in report.averages]
    return np.array([*field.values[side][seen].tolist(), *of_all], np.float64)


def _totals(correction: Correction) -> list[tuple[Total, Total]]:
    """What belongs to no class, before and now."""

    def of(comparison: Comparison) -> list[Total]:
        kind = kind_of(comparison.dataset.project)
        groups = (*kind.totals(comparison), *kind.slow_totals(comparison))
        return [total for group in groups for total in group.totals]

    return list(zip(of(correction.before), of(correction.now), strict=True))


def _changed(correction: Correction, side: Side) -> JsonObject:
    """Now minus before, of all classes together and of each."""
    reports = [
        kind_of(each.dataset.project).class_report(each) for each in (correction.before, correction.now)
    ]
    pairs = _titled((reports[0], reports[1]))

    def of_all(average: str) -> JsonObject:
        return {
            new.key: _less(new.totals[average][side], old.totals[average][side])
            for old, new in pairs
            if average in new.totals
        }

    def of_class(row: int) -> JsonObject:
        support = int(reports[1].support[row] - reports[0].support[row])
        return {"support": support} | {
            new.key: _less(new.values[side][row].item(), old.values[side][row].item()) for old, new in pairs
        }

    wholes = {new.key: _less(new.values[side], old.values[side]) for old, new in _totals(correction)}
    return {
        "total": {average: of_all(average) for average in reports[1].averages} | wholes,
        "per_class": [{"class": name, **of_class(row)} for row, name in enumerate(reports[1].names)],
    }


def _less(now: float, before: float) -> float | None:
    """Now minus before; None where one of them is undefined."""
    found = now - before
    return None if math.isnan(found) else found


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
