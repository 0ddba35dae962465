"""The report of masks; every count is in pixels."""

from dataclasses import replace

import numpy as np

from aquarium_tui.compare.cells import FEWER_IS_BETTER, class_mean, rate
from aquarium_tui.compare.fields import Better
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.scores import (
    BOUNDARY_IOU,
    BOUNDARY_MIOU,
    COUNTS,
    RATES,
    TOTALS,
    macro,
    total,
)
from aquarium_tui.kinds.report import ClassField, ClassReport, Total, TotalGroup
from aquarium_tui.model.numbers import PIXELS, SHARE, grouped, percent
from aquarium_tui.model.outcomes import Diff

_TITLES = {
    "precision": ("precision", "P"),
    "recall": ("recall", "R"),
    "f1": ("F1", "F1"),
    "iou": ("IoU", "IoU"),
}
_BETTER: dict[str, Better] = {"support": "", "inferred": ""}
"""Which pixels are better, where neither more nor fewer are."""
_TOTALS = {
    "accuracy": ("pixel accuracy", "accuracy"),
    "miou": ("mIoU", ""),
    "fwiou": ("IoU weighted by support", "weighted IoU"),
}


def class_report(comparison: PixelComparison) -> ClassReport:
    """The rates and pixels of each class; the macro average of IoU is mIoU."""
    scores = comparison.scores
    weighted = {side: total(each) for side, each in scores.items()}
    means = {side: macro(each) for side, each in scores.items()}
    rates = tuple(
        ClassField(
            name,
            {side: getattr(each, name) for side, each in scores.items()},
            {
                "weighted": {side: each[name] for side, each in weighted.items()},
                "macro": {side: each[name] for side, each in means.items()},
            },
            *_TITLES[name],
            SHARE,
        )
        for name in RATES
    )
    counts = tuple(
        ClassField(
            name,
            {side: getattr(each, name) for side, each in scores.items()},
            {"weighted": {side: int(each[name]) for side, each in weighted.items()}},
            unit=PIXELS,
            better=_BETTER.get(name, "lower" if name in FEWER_IS_BETTER else "higher"),
        )
        for name in COUNTS
    )
    if comparison.boundary_scores:
        # Screens have room for four rates, and F1 is IoU on another scale: 2 IoU / (1 + IoU).
        rates = tuple(replace(each, short="") if each.key == "f1" else each for each in rates)
        rates = (*rates, _boundary_field(comparison))
    return ClassReport(
        names=comparison.classes[:-1],
        support=scores["base"].support,
        seen=np.flatnonzero(sum(s.support + s.inferred for s in scores.values())),
        averages={"weighted": "all (weighted by support)", "macro": "all (macro)"},
        fields=(*rates, *counts),
        unit=PIXELS,
    )


def _boundary_field(comparison: PixelComparison) -> ClassField:
    edges = comparison.boundary_scores
    return ClassField(
        BOUNDARY_IOU,
        {side: each.iou for side, each in edges.items()},
        {
            "weighted": {side: float(class_mean(each.iou, each.support)) for side, each in edges.items()},
            "macro": {side: float(each.miou) for side, each in edges.items()},
        },
        "boundary IoU",
        "bIoU",
        SHARE,
    )


def whole_totals(comparison: PixelComparison, remark: str = "") -> TotalGroup:
    """Accuracy, mIoU and IoU weighted by support."""
    found = {side: total(each) for side, each in comparison.scores.items()}
    totals = tuple(
        Total(name, {side: each[name] for side, each in found.items()}, *_TOTALS[name]) for name in TOTALS
    )
    if edges := comparison.boundary_scores:
        values = {side: float(each.miou) for side, each in edges.items()}
        totals = (*totals, Total(BOUNDARY_MIOU, values, "boundary mIoU"))
    return TotalGroup(totals, remark=remark, leads=True)


def changes(comparison: PixelComparison) -> str:
    """The four shares of the diff map, and their pixels."""
    kinds = [kind for kind in Diff if kind is not Diff.IGNORED]
    pixels = np.array([comparison.diffs[kind] for kind in kinds])
    shares = rate(pixels, np.full(len(kinds), pixels.sum()))
    words = [
        f"{percent(share_)} {kind.word.replace('_', ' ')} ({grouped(n)})"
        for kind, n, share_ in zip(kinds, pixels, shares, strict=True)
    ]
    return f"pixels: {', '.join(words)}"
