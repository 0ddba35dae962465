"""A comparison as text for a terminal or a log."""

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.accuracy import accuracies
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.rates import RATES, total
from aquarium_tui.compare.significance import mcnemar
from aquarium_tui.model.arrays import CountMatrix
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped, share, signed, signed_share, threshold
from aquarium_tui.model.outcomes import Change
from aquarium_tui.report.metrics import metric_lines
from aquarium_tui.report.table import change, left, lines, right

MOST_CELLS = 20

_TITLES = {"precision": "precision", "recall": "recall", "f1": "F1"}
_COUNTS = ("correct", "confused", "missed", "spurious", "false_positives", "false_negatives")
_AVERAGES = {"weighted": "all (weighted by support)", "macro": "all (macro)", "micro": "all (micro)"}


def as_text(comparison: ObjectComparison) -> str:
    """Header, report, counts, the cells that changed most and average precision, as lines of text."""
    blocks = [_header(comparison), _report(comparison), _accuracies(comparison), _counts(comparison)]
    blocks += [cell_lines(comparison), _average_precision(comparison), metric_lines(comparison)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _header(comparison: ObjectComparison) -> list[str]:
    dataset, settings = comparison.dataset, comparison.settings
    names = [visible(comparison.evaluation(side).inferences.id) for side in comparison.sides]
    sets = f"base {names[0]} → other {names[1]}" if comparison.other else names[0]
    sure = [threshold(settings.confidence(side)) for side in comparison.sides]
    parts = [
        visible(f"{dataset.project.name}/{dataset.name}"),
        sets,
        f"conf ≥ {' / '.join(sure if len(set(sure)) > 1 else sure[:1])}",
        *(
            []
            if comparison.whole
            else [f"{comparison.iou_words} ≥ {threshold(settings.iou)}", settings.rule.value]
        ),
        _counted(len(dataset.frames), "frame"),
        _counted(len(dataset.labels), "label"),
    ]
    delta = " Delta is other − base." if comparison.other else ""
    missed = "label without a sure inference" if comparison.whole else "missed label"
    return [
        "   ".join(parts),
        f"Cells are label → inferred; a {missed} is → background, a spurious inference background →.",
        f"{delta} An undefined number is –.".strip(),
    ]


def _counted(count: int, what: str, plural: str = "s") -> str:
    return f"{grouped(count)} {what}{plural if count != 1 else ''}"


def _report(comparison: ObjectComparison) -> list[str]:
    """One line a class that has labels or inferences, then the totals."""
    scores = [comparison.scores[side] for side in comparison.sides]
    seen = np.flatnonzero(sum(s.support + s.correct + s.false_positives for s in scores))
    names = [visible(comparison.classes[row]) for row in seen] + list(_AVERAGES.values())
    supports = [*scores[0].support[seen], *[scores[0].support.sum()] * len(_AVERAGES)]
    columns = [left("class", names), right("support", [grouped(n) for n in supports])]
    for metric in RATES:
        values = [
            [*getattr(s, metric)[seen], *(total(s, average)[metric] for average in _AVERAGES)] for s in scores
        ]
        columns.append(_shares(_TITLES[metric], values))
    if not comparison.whole:
        precision = [comparison.average_precision(side) for side in comparison.sides]
        means = _shares("AP50", [[*p.ap50[seen], p.total["AP50"]] for p in precision])
        weighted, micro = "", ""
        columns.append([*means[:-1], weighted, means[-1], micro])
    found = lines(columns)
    unseen = len(comparison.classes) - 1 - len(seen)
    if unseen:
        found.append(f"and {_counted(unseen, 'class', 'es')} without labels and inferences")
    return found


def _shares(title: str, values: list[list[float]]) -> list[str]:
    return change(title, values[0], values[1] if len(values) > 1 else None, share, signed_share)


def _accuracies(comparison: ObjectComparison) -> list[str]:
    """Accuracy and, where there are scores, top-k accuracy of classifiers."""
    if not comparison.whole:
        return []
    found = [accuracies(comparison, side) for side in comparison.sides]
    names = [name for name in found[0] if all(name in each for each in found)]
    titles = [name.replace("top_", "top-") + " accuracy" * name.startswith("top") for name in names]
    return lines([left("", titles), _shares("", [[each[name] for name in names] for each in found])])[1:]


def _counts(comparison: ObjectComparison) -> list[str]:
    names = [name.replace("_", " ") for name in _COUNTS]
    values = [
        [total(comparison.scores[side], "micro")[name] for name in _COUNTS] for side in comparison.sides
    ]
    other = values[1] if comparison.other else None
    found = lines([left("objects", names), change("", values[0], other, grouped, signed)])
    return found + ([_changes(comparison)] if comparison.other else [])


def _changes(comparison: ObjectComparison) -> str:
    """How many objects changed and how, and how likely that is by chance."""
    counts = np.bincount(comparison.ledger.change, minlength=len(Change))
    words = [f"{grouped(counts[c])} {c.word.replace('_', ' ')}" for c in Change if c is not Change.NONE]
    p = mcnemar(counts[[Change.FIXED]], counts[[Change.BROKEN]])[0]
    chance = "p < .001" if p < 0.001 else f"p = {share(p)}"
    return f"{', '.join(words)}; fixed against broken by exact McNemar test: {chance}"


def cell_lines(comparison: ObjectComparison | PixelComparison) -> list[str]:
    """The cells with the largest delta; without another set the largest wrong cells."""
    counts, n = comparison.cells, len(comparison.classes)
    churn = counts.fixed + counts.moved + counts.introduced
    wrong = counts.base * ~np.eye(n, dtype=bool)
    title, shown = ("cells that changed most", churn) if comparison.other else ("largest wrong cells", wrong)
    weight = np.abs(comparison.delta) if comparison.other else wrong
    order = np.lexsort((-churn.ravel(), -weight.ravel()))
    ranked = order[shown.ravel()[order] > 0]
    if not len(ranked):
        return [f"{title}: none"]
    sums = ": base → other, and how delta comes about" if comparison.other else ""
    found = [f"{title}{sums}", *lines(_cell_columns(comparison, ranked[:MOST_CELLS]))[1:]]
    rest = len(ranked) - MOST_CELLS
    return found + ([f"… and {grouped(rest)} more; --format json has them all"] if rest > 0 else [])


def _cell_columns(
    comparison: ObjectComparison | PixelComparison, cells: NDArray[np.int64]
) -> list[list[str]]:
    """Name, counts and, with two sets, how the delta comes about."""
    names, counts = [visible(name) for name in comparison.classes], comparison.cells
    rows, inferred = np.divmod(cells, len(names))
    diagonal = rows == inferred

    def of(matrix: CountMatrix) -> list[int]:
        return [int(count) for count in matrix.flat[cells]]

    def term(sign: str, matrix: CountMatrix, wrong: str, right_: str) -> list[str]:
        numbers = right("", [f"{sign}{grouped(count)}" for count in of(matrix)])
        words = left("", np.where(diagonal, right_, wrong).tolist())
        return [f"{number} {word}" for number, word in zip(numbers, words, strict=True)]

    columns = [left("", [f"{names[r]} → {names[c]}" for r, c in zip(rows, inferred, strict=True)])]
    if comparison.other is None:
        return [*columns, right("", [grouped(count) for count in of(counts.base)])]
    moved = [
        "" if d else f"− {grouped(count)} moved" for count, d in zip(of(counts.moved), diagonal, strict=True)
    ]
    return [
        *columns,
        change("", of(counts.base), of(counts.other), grouped, signed),
        ["", *["="] * len(cells)],
        term("+", counts.introduced, "new", "gained"),
        term("− ", counts.fixed, "fixed", "lost"),
        right("", moved),
    ]


def _average_precision(comparison: ObjectComparison) -> list[str]:
    if comparison.whole:
        return []
    values = [list(comparison.average_precision(side).total.values()) for side in comparison.sides]
    names = list(comparison.average_precision("base").total)
    title = "COCO average precision and recall, over all confidences"
    return [title, *lines([left("", names), _shares("", values)])[1:]]
