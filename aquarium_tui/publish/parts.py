"""Chapters about parts of the data and of the range of confidences: slices, and curves."""

from collections.abc import Iterator

import numpy as np

from aquarium_tui.compare.certainty.table import State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import CONFIDENCES
from aquarium_tui.compare.slice_table import SliceTable, ready_table
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped, share, signed_share
from aquarium_tui.model.settings import SIDES
from aquarium_tui.publish.chapters import Block, ChartLine, Item, LineChart, Paragraph, TableBlock, Tint
from aquarium_tui.report.certainty import between
from aquarium_tui.report.curves import curves_of
from aquarium_tui.report.slices import slice_name
from aquarium_tui.session.view import View

_SLICES = 5
"""Slices that got worse, and slices that got better."""
_REPLICATES = 200
"""How often frames are drawn for slices; classes are none of them, as the report has a table of these. With
a thousand draws and 80 classes, slices take 5 s at 5,000 frames."""


def slice_blocks(view: View) -> Iterator[Block]:
    """The ready-made slices whose recall fell or rose most; nothing where there are no objects or one set."""
    comparison = view.comparison
    if not isinstance(comparison, ObjectComparison) or comparison.other is None:
        return
    table = ready_table(view.binding, comparison, replicates=_REPLICATES, classes=False)
    known = table.figures.certainty.get("recall")
    if known is None or not len(table):
        return
    values = table.figures.values
    delta = values["other"]["recall"] - values["base"]["recall"]
    states = [known.state(row) for row in range(len(table))]
    sure = np.array([state is State.SURE for state in states])
    worse, better = int((sure & (delta < 0)).sum()), int((sure & (delta > 0)).sum())
    yield Paragraph(
        f"Of {counted(len(table), 'part')} of the objects, by size, place, attributes and metadata, recall "
        f"clearly fell in {grouped(worse)} and clearly rose in {grouped(better)}."
    )
    shown = [row for row in np.argsort(delta, kind="stable").tolist() if states[row] is not State.FEW]
    lowest = [row for row in shown if delta[row] < 0][:_SLICES]
    highest = [row for row in shown[::-1] if delta[row] > 0][:_SLICES]
    rows = [_row(table, row, states[row]) for row in (*lowest, *highest)]
    if rows:
        yield TableBlock(["part of the objects", "condition", "labels", "recall", "F1"], rows, words=2)


def _row(table: SliceTable, row: int, state: State) -> list[Item]:
    support = int(table.figures.support[row])
    condition = Item(visible(table.slices[row].condition), tone="dim")
    figures = [_figure(table, row, name) for name in ("recall", "f1")]
    return [Item(slice_name(table, row)), condition, Item(grouped(support)), *figures]


def _figure(table: SliceTable, row: int, name: str) -> Item:
    base, other = (float(table.figures.values[side][name][row]) for side in SIDES)
    certainty = table.figures.certainty[name]
    state, delta = certainty.state(row), other - base
    tone: Tint = "dim" if state is not State.SURE else "good" if delta > 0 else "bad"
    note = between(certainty, row).rstrip("*~…")
    return Item(share(other), signed_share(delta) + state.mark, tone, note)


def curve_blocks(comparison: Comparison) -> Iterator[Block]:
    """F1 over confidence and precision over recall; nothing where inferences have no confidences."""
    try:
        curves = curves_of(comparison)
    except UsageError:
        return
    names = {side: visible(comparison.inferences(side).id) for side in comparison.sides}
    f1 = {side: found["f1"] for side, found in curves.over_confidence(None).values.items()}
    over = [ChartLine(names[side], CONFIDENCES, f1[side], side == "base") for side in comparison.sides]
    settings = comparison.settings
    marks = {names[side]: settings.confidence(side) for side in comparison.sides} if settings else {}
    yield Paragraph(
        "A model finds less and is right more often where only its more confident inferences count. "
        "Dots are the confidence thresholds of this report.",
        "dim",
    )
    yield LineChart("F1 over confidence, all classes", "confidence", over, marks)
    ranked = {side: curves.over_recall(side, None) for side in comparison.sides}
    lines = [
        ChartLine(names[side], ranked[side].recall, ranked[side].precision, side == "base")
        for side in comparison.sides
    ]
    yield LineChart("Precision over recall, mean over the classes, IoU .50", "recall", lines, {})
