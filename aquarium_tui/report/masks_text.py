"""A comparison of masks as text for a terminal or a log."""

import numpy as np

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.scores import TOTALS, macro, total
from aquarium_tui.compare.rates import rate
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped, percent, share, signed_share
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.report.metrics import metric_lines
from aquarium_tui.report.table import change, left, lines, right
from aquarium_tui.report.text import cell_lines

_TITLES = {"precision": "precision", "recall": "recall", "f1": "F1", "iou": "IoU"}
_TOTALS = {"accuracy": "pixel accuracy", "miou": "mIoU", "fwiou": "IoU weighted by support"}
_AVERAGES = ("all (weighted by support)", "all (macro)")


def masks_as_text(comparison: PixelComparison) -> str:
    """Header, report, totals, what changed and the cells that changed most, as lines of text."""
    blocks = [_header(comparison), _report(comparison), _totals(comparison)]
    blocks += [cell_lines(comparison), metric_lines(comparison)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _header(comparison: PixelComparison) -> list[str]:
    dataset = comparison.dataset
    names = [visible(comparison.inferences(side).id) for side in comparison.sides]
    parts = [
        visible(f"{dataset.project.name}/{dataset.name}"),
        f"base {names[0]} → other {names[1]}" if comparison.other else names[0],
        f"{grouped(comparison.frame_count)} frame{'s' * (comparison.frame_count != 1)}",
        f"{grouped(comparison.pixel_count)} pixels",
    ]
    found = ["   ".join(parts)]
    found += _left_out(comparison)
    delta = " Delta is other − base." if comparison.other else ""
    where = (
        "Counts are pixels. Cells are label → inferred; an inferred value without a class is → background."
    )
    return [*found, where, f"{delta} An undefined number is –.".strip()]


def _left_out(comparison: PixelComparison) -> list[str]:
    """What leaves every count: ignored pixels, and frames without all their masks."""
    found = []
    if comparison.ignored_count:
        names = [*map(visible, comparison.ignored), "no class"]
        found.append(f"Ignored: {grouped(comparison.ignored_count)} pixels labelled {' or '.join(names)}.")
    chosen = comparison.frames if comparison.frames is not None else np.ones(comparison.counts.frames, bool)
    uncounted = chosen & ~comparison.counts.counted
    if uncounted.any():
        unread = sum(bool(uncounted[row]) for row in comparison.counts.unreadable)
        told = f", {grouped(unread)} of them unreadable" if unread else ""
        found.append(f"Not counted: {grouped(uncounted.sum())} frames without all their masks{told}.")
    return found


def _report(comparison: PixelComparison) -> list[str]:
    """One line a class that has labels or inferences, then the averages."""
    scores = [comparison.scores[side] for side in comparison.sides]
    seen = np.flatnonzero(sum(s.support + s.inferred for s in scores))
    names = [*(visible(comparison.classes[row]) for row in seen), *_AVERAGES]
    support = [*scores[0].support[seen].tolist(), *[int(scores[0].pixels)] * len(_AVERAGES)]
    columns = [left("class", names), right("support", [grouped(n) for n in support])]
    for metric, title in _TITLES.items():
        values = [[*getattr(s, metric)[seen], total(s)[metric], macro(s)[metric]] for s in scores]
        columns.append(_shares(title, values))
    found = lines(columns)
    unseen = len(comparison.classes) - 1 - len(seen)
    if unseen:
        found.append(f"and {grouped(unseen)} class{'es' * (unseen != 1)} without labels and inferences")
    return found


def _totals(comparison: PixelComparison) -> list[str]:
    values = [[total(comparison.scores[side])[name] for name in TOTALS] for side in comparison.sides]
    found = lines([left("", [_TOTALS[name] for name in TOTALS]), _shares("", values)])[1:]
    return found + ([_changes(comparison)] if comparison.other else [])


def _changes(comparison: PixelComparison) -> str:
    """The four shares of the diff map, and their pixels."""
    kinds = [kind for kind in Diff if kind is not Diff.IGNORED]
    pixels = np.array([comparison.diffs[kind] for kind in kinds])
    shares = rate(pixels, np.full(len(kinds), pixels.sum()))
    words = [
        f"{percent(share_)} {kind.word.replace('_', ' ')} ({grouped(n)})"
        for kind, n, share_ in zip(kinds, pixels, shares, strict=True)
    ]
    return f"pixels: {', '.join(words)}"


def _shares(title: str, values: list[list[float]]) -> list[str]:
    return change(title, values[0], values[1] if len(values) > 1 else None, share, signed_share)
