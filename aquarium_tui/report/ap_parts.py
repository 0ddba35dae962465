"""A difference in AP written as a sum, with what AP does not see and TIDE's errors beside it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aquarium_tui.compare.bootstrap import Significance
from aquarium_tui.compare.cells import class_mean, total
from aquarium_tui.compare.certainty.precision import PrecisionSignificance
from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.objects.ap_difference import ApParts
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.hybrids import PARTS
from aquarium_tui.compare.objects.tide import TideError, TideErrors
from aquarium_tui.kinds.objects.report import confidence_words
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped, share, signed, signed_share
from aquarium_tui.model.settings import Side
from aquarium_tui.report.certainty import Findings, JsonObject, certainty_document, change, left, lines, right

REPLICATES = 200
"""Draws of frames for the parts: sixteen sets are evaluated for each, where AP alone needs two."""

PART_TITLES = {
    "found": "found",
    "localisation": "localisation",
    "confidence": "confidence",
    "false_alarms": "false alarms",
}


@dataclass(frozen=True)
class ApSum:
    """Everything that is said of a difference in AP.

    Attributes:
        comparison: Of two sets.
        parts: The difference as a sum.
        tide: TIDE's errors of each set; empty for a slice.
        certainty: How sure the parts are; None leaves that out.
        significance: How sure the figures at the operating point are; None leaves that out.
    """

    comparison: ObjectComparison
    parts: ApParts
    tide: Mapping[Side, TideErrors]
    certainty: PrecisionSignificance | None = None
    significance: Significance | None = None

    @classmethod
    def of(cls, comparison: ObjectComparison, findings: Findings | None = None) -> "ApSum":
        """Of a comparison; with findings, how sure the parts are too."""
        difference = comparison.ap_difference
        tide = {side: errors for side in comparison.sides if (errors := difference.tide(side))}
        sure = difference.significance(REPLICATES) if findings else None
        return cls(comparison, difference.parts, tide, sure, findings.significance if findings else None)


def ap_sum_lines(found: ApSum) -> list[str]:
    """The sum, what it does not say, and TIDE's errors, as lines of text."""
    tide = ["", *_tide_lines(found.tide)] if found.tide else []
    return [*_parts_lines(found), "", *ap_reasons(found), *tide]


def _parts_lines(found: ApSum) -> list[str]:
    parts, names = found.parts, found.comparison.classes[:-1]
    rows = np.flatnonzero(~np.isnan(parts.base))
    rows = rows[np.argsort(-np.abs(parts.shares[rows]), kind="stable")].tolist()
    support = found.comparison.scores["base"].support
    base, other = (float(class_mean(each)) for each in (parts.base, parts.other))
    columns = [
        left("class", ["all (macro)", *(visible(names[row]) for row in rows)]),
        right("labels", [grouped(int(support.sum())), *(grouped(int(support[row])) for row in rows)]),
        change(
            "AP",
            [base, *parts.base[rows].tolist()],
            [other, *parts.other[rows].tolist()],
            share,
            signed_share,
        ),
    ]
    for place, part in enumerate(PARTS):
        texts = [_part(float(parts.total[place]), found.certainty, part, None)]
        texts += [_part(float(parts.per_class[place, row]), found.certainty, part, row) for row in rows]
        columns.append(right(PART_TITLES[part], texts))
    columns.append(right("adds to all", ["", *(signed_share(float(parts.shares[row])) for row in rows)]))
    title = "ΔAP as a sum: the four parts of a class add up to its Δ, what the classes add to Δ of all"
    return [title, *lines(columns)]


def _part(value: float, known: PrecisionSignificance | None, part: str, row: int | None) -> str:
    """A part with its mark; a space where there is none, so that digits line up."""
    if known is None or math.isnan(value):
        return signed_share(value)
    table: Mapping[str, Certainty] = known.total if row is None else known.per_class
    return signed_share(value) + (table[part].state(row or 0).mark or " ")


def ap_reasons(found: ApSum) -> list[str]:
    """Why users may see something else than AP does: sentences, each with its figures."""
    parts = found.parts
    delta = float(parts.total.sum())
    delta = 0.0 if abs(delta) < _ROUNDING else delta
    if math.isnan(delta):
        return ["No class has labels, so there is no AP."]
    told = [*_operating(found, delta), *_of_classes(found, delta), *_of_parts(parts, delta)]
    found_same = "AP and the figures at the thresholds agree on which set is better."
    title = f"what AP ({signed_share(delta)}) does not show"
    return [title, *(f"- {sentence}" for sentence in told or [found_same])]


def _operating(found: ApSum, delta: float) -> list[str]:
    """AP sweeps all confidences; users see one threshold."""
    comparison = found.comparison
    figures = {side: total(comparison.scores[side], "micro") for side in comparison.sides}
    frames = max(comparison.frame_count, 1)
    alarms = {side: each["spurious"] / frames for side, each in figures.items()}
    recall = figures["other"]["recall"] - figures["base"]["recall"]
    precision = figures["other"]["precision"] - figures["base"]["precision"]
    more = alarms["other"] - alarms["base"]
    gains = recall, precision, -more
    if not any(gain and (not delta or (gain > 0) != (delta > 0)) for gain in gains):
        return []
    conf = confidence_words(comparison)
    mark = _headline_marks(found.significance)
    figures_text = (
        f"recall {signed_share(recall)}{mark['recall']}, "
        f"precision {signed_share(precision)}{mark['precision']}, "
        f"false alarms per frame {'+' if more > 0 else '−' if more < 0 else ''}{abs(more):.2f}"
        f"{mark['false_alarms']}"
    )
    return [
        f"AP is over all confidences. At {conf}, which is what users see: {figures_text}.",
        *_shifted(comparison),
    ]


def _headline_marks(known: Significance | None) -> Mapping[str, str]:
    names = ("recall", "precision", "false_alarms")
    micro = known.totals.get("micro", {}) if known else {}
    found = {name: micro.get(name) for name in names}
    found["false_alarms"] = known.headline.get("false_alarms") if known else None
    return {name: each.state(0).mark if each else "" for name, each in found.items()}


_SHIFT = 0.05
"""What confidences must move by, or the share of labels that cross the threshold, to explain complaints."""


def _shifted(comparison: ObjectComparison) -> list[str]:
    """Whether confidences of the labels that both sets find moved, which AP does not see."""
    found = comparison.ap_difference.hybrids
    b, o = found.partners[:, (found.partners >= 0).all(axis=0)]
    if not len(b):
        return []
    sure, row = found.detections.confidence, found.detections.row
    base, other = float(np.median(sure[b])), float(np.median(sure[o]))
    below, settings = [], comparison.settings
    for at, side in zip((b, o), comparison.sides, strict=True):
        active = comparison.evaluation(side).active(settings.confidence(side), settings.classes(side))
        below.append(int(np.count_nonzero(~active[row[at]])))
    if abs(other - base) < _SHIFT and abs(below[1] - below[0]) < _SHIFT * len(b):
        return []
    return [
        f"Confidence of the {counted(len(b), 'label')} that both find: median {share(base, 2)} → "
        f"{share(other, 2)}; {grouped(below[0])} → {grouped(below[1])} of them below the threshold. "
        "AP looks at ranks alone, so a shift of the scale costs it nothing: compare at matched thresholds."
    ]


def _of_classes(found: ApSum, delta: float) -> list[str]:
    """AP counts each class alike; users see objects."""
    parts, names = found.parts, found.comparison.classes
    support = found.comparison.scores["base"].support
    weighted, told = parts.by_labels(support), []
    if weighted * delta < 0 and abs(weighted) > _ROUNDING:
        told.append(
            f"AP counts every class alike. Weighted by labels, ΔAP is {signed_share(weighted)}: "
            "large classes went the other way."
        )
    change = np.nan_to_num(parts.other - parts.base)
    against = np.flatnonzero(change * np.sign(delta) < 0)
    order = against[np.argsort(-np.abs(change[against]) * support[against], kind="stable")][:3]
    if len(order):
        words = []
        for row in order.tolist():
            labels = counted(int(support[row]), "label")
            words.append(f"{visible(names[row])} {signed_share(float(change[row]))} ({labels})")
        told.append(f"Against it: {', '.join(words)}.")
    return told


def _of_parts(parts: ApParts, delta: float) -> list[str]:
    """Parts that went the other way."""
    against = [
        f"{PART_TITLES[part]} {signed_share(float(value))}"
        for part, value in zip(PARTS, parts.total, strict=True)
        if value * np.sign(delta) < -_VISIBLE
    ]
    return [f"Parts that went the other way: {', '.join(against)}."] if against else []


_ROUNDING = 1e-9
"""Two sums of the same numbers in another order differ in the last of 16 digits: that is no difference."""

_VISIBLE = 0.0005
"""A part that would be written as .000 is not worth a sentence."""


def _tide_lines(tide: Mapping[Side, TideErrors]) -> list[str]:
    base, other = tide["base"], tide["other"]
    columns = [
        left("error", [error.value for error in TideError]),
        change(
            "AP50 it costs",
            [base.cost[error] for error in TideError],
            [other.cost[error] for error in TideError],
            share,
            signed_share,
        ),
        change(
            "how many",
            [base.count[error] for error in TideError],
            [other.count[error] for error in TideError],
            grouped,
            signed,
        ),
    ]
    ap = f"AP50 {share(base.ap50)} → {share(other.ap50)}"
    return [f"TIDE's errors, over all confidences: what each kind costs   {ap}", *lines(columns)]


def ap_parts_document(found: ApSum) -> JsonObject:
    """The sum as plain values; what is undefined is None."""
    parts, names = found.parts, found.comparison.classes[:-1]
    support = found.comparison.scores["base"].support

    def sure(row: int | None) -> JsonObject:
        if found.certainty is None:
            return {}
        table = found.certainty.total if row is None else found.certainty.per_class
        return {"certainty": certainty_document(table, row or 0)}

    def of(base: float, other: float, values: Sequence[float]) -> JsonObject:
        numbers = {"base": base, "other": other, "delta": other - base}
        found_ = {name: _plain(value) for name, value in numbers.items()}
        return {**found_, "parts": {p: _plain(v) for p, v in zip(PARTS, values, strict=True)}}

    mean = [float(class_mean(each)) for each in (parts.base, parts.other)]
    per_class = [
        {"class": name, "labels": int(support[row])}
        | of(float(parts.base[row]), float(parts.other[row]), parts.per_class[:, row].tolist())
        | {"share": float(parts.shares[row])}
        | sure(row)
        for row, name in enumerate(names)
    ]
    whole = of(mean[0], mean[1], parts.total.tolist()) | sure(None)
    weighted = _plain(parts.by_labels(support))
    return {**whole, "delta_by_labels": weighted, "per_class": per_class, "remarks": ap_reasons(found)[1:]}


def tide_document(tide: Mapping[Side, TideErrors]) -> JsonObject | None:
    """TIDE's errors of each set and their delta; None for a slice."""
    if not tide:
        return None

    def of(each: TideErrors) -> JsonObject:
        errors = {e.value: {"ap50": each.cost[e], "count": each.count[e]} for e in TideError}
        return {"ap50": each.ap50, "errors": errors}

    base, other = tide["base"], tide["other"]
    delta = {
        e.value: {"ap50": other.cost[e] - base.cost[e], "count": other.count[e] - base.count[e]}
        for e in TideError
    }
    return {
        "base": of(base),
        "other": of(other),
        "delta": {"ap50": other.ap50 - base.ap50, "errors": delta},
    }


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
