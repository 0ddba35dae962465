"""The verdict on two sets of masks."""

import numpy as np

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.scores import total
from aquarium_tui.compare.significance import Significance
from aquarium_tui.compare.verdict import Statement, Verdict, contradicting


def pixel_verdict(comparison: PixelComparison, significance: Significance) -> Verdict:
    """Better or worse by mIoU, and which classes went the other way by IoU."""
    sides = comparison.scores
    totals = {side: total(scores) for side, scores in sides.items()}
    headline = significance.headline["miou"]
    first = Statement(
        about="pixels",
        figure="miou",
        delta=totals["other"]["miou"] - totals["base"]["miou"],
        interval=(float(headline.low[0]), float(headline.high[0])),
        p=float(headline.p[0]),
        state=headline.state(0),
    )
    delta = sides["other"].iou - sides["base"].iou
    iou = significance.per_class["iou"]
    classes = [
        Statement(
            name,
            "iou",
            float(delta[row]),
            (float(iou.low[row]), float(iou.high[row])),
            float(iou.p[row]),
            iou.state(row),
        )
        for row, name in enumerate(comparison.classes[:-1])
        if not np.isnan(delta[row])
    ]
    return Verdict((first,), contradicting(first, classes), unit=significance.unit)
