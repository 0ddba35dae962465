"""Chapters about parts of the data: classes, slices, curves, and the cells that matter with their samples."""

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np

from aquarium_tui.compare.certainty.table import Certainty, State
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.confidence_curves import CONFIDENCES
from aquarium_tui.compare.slice_table import SliceTable, ready_table
from aquarium_tui.drawing.crops import CropDrawing
from aquarium_tui.drawing.drawing import picture
from aquarium_tui.errors import UsageError
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.columns import Span, Tiles
from aquarium_tui.kinds.lists import Confusion
from aquarium_tui.kinds.report import ClassField, ClassReport
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped, share, signed_share
from aquarium_tui.model.settings import SIDES, Side
from aquarium_tui.publish.chapters import (
    Block,
    ChartLine,
    Gallery,
    Item,
    LineChart,
    Paragraph,
    Shot,
    TableBlock,
    Tint,
)
from aquarium_tui.report import Findings
from aquarium_tui.report.certainty import between
from aquarium_tui.report.curves import curves_of
from aquarium_tui.report.leaderboard import slice_name
from aquarium_tui.session.view import View

_SLICES = 5
"""Slices that got worse, and slices that got better."""
_REPLICATES = 200
"""How often frames are drawn for slices; classes are none of them, as the report has a table of these. With
a thousand draws and 80 classes, slices take 5 s at 5,000 frames."""
_CLASSES = 40
"""Classes of the table: two pages of paper. Those that are not shown have the least labels."""
_PRECISIONS = ("AP50",)
"""What reports show of AP: all twelve metrics take 50 s at 5,000 frames with 2 × 500,000 inferences. Frames
are drawn as often as for JSON, or the intervals would be others than there."""


def findings_of(comparison: Comparison) -> Findings | None:
    """How sure a comparison is, as far as reports show it; None with one set."""
    return Findings.of(comparison, _PRECISIONS)


def class_blocks(comparison: Comparison, findings: Findings | None) -> Iterator[Block]:
    """The report class by class with its totals, and what its marks mean.

    Args:
        comparison: What is written.
        findings: How sure the deltas are; None leaves that out.
    """
    kind = kind_of(comparison.dataset.project)
    report = kind.class_report(comparison)
    fields = [each for each in (*report.fields, *kind.slow_fields(comparison)) if each.title]
    seen = report.seen.tolist()
    shown = sorted(sorted(seen, key=lambda row: -report.support[row])[:_CLASSES])
    rows = [[Item(visible(report.names[row])), _support(report, row),
             *(_of_class(each, row, findings) for each in fields)] for row in shown]  # fmt: skip
    total = Item(report.unit.written(report.support.sum()))
    for average, title in report.averages.items():
        entries = [_of_all(each, average, findings) for each in fields]
        rows.append([Item(title, tone="strong"), total, *entries])
    head = ["class", "labels", *(each.title for each in fields)]
    yield TableBlock(head, rows, totals=len(report.averages))
    if len(seen) > len(shown):
        yield Paragraph(
            f"{counted(len(seen) - len(shown), 'class', 'classes')} with fewer labels are left out.", "dim"
        )
    if comparison.other:
        yield Paragraph(
            f"Each number is that of {visible(comparison.other.id)}, with the difference to "
            f"{visible(comparison.base.id)} and its 95 % interval. "
            "* sure; ~ too few frames or labels to tell; no mark: may be chance.",
            "dim",
        )


def _support(report: ClassReport, row: int) -> Item:
    return Item(report.unit.written(report.support[row]))


def _of_class(each: ClassField, row: int, findings: Findings | None) -> Item:
    values = {side: float(column[row]) for side, column in each.values.items()}
    return _entry(each, values, findings.of_classes.get(each.key) if findings else None, row)


def _of_all(each: ClassField, average: str, findings: Findings | None) -> Item:
    if average not in each.totals:
        return Item("")
    values = {side: float(value) for side, value in each.totals[average].items()}
    return _entry(each, values, findings.of_all(each.key, average) if findings else None, 0)


def _entry(each: ClassField, values: Mapping[Side, float], certainty: Certainty | None, row: int) -> Item:
    if "other" not in values:
        return Item(each.unit.written(values["base"]))
    delta = values["other"] - values["base"]
    state = certainty.state(row) if certainty else State.UNKNOWN
    gain = delta if each.better == "higher" else -delta
    mark = "" if state is State.UNKNOWN or math.isnan(delta) else state.mark
    note = between(certainty, row, each.unit.signed).rstrip("*~…") if not math.isnan(delta) else ""
    return Item(
        each.unit.written(values["other"]), each.unit.signed(delta) + mark, sure_tint(gain, state), note
    )


def sure_tint(gain: float, state: State) -> Tint:
    """The colour of a delta: only sure ones have one.

    Args:
        gain: By how much it is better.
        state: How sure it is.
    """
    if state is not State.SURE or not gain or math.isnan(gain):
        return "dim"
    return "good" if gain > 0 else "bad"


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


CELLS, SHOTS = 3, 6
"""Cells that got worse and cells that got better, and pictures of each: enough to see a pattern."""
_ASPECT = (4, 3)
_WIDTH = 320
"""Pixels across a picture: twice as many as a page shows, for sharp screens and for paper."""
_QUALITY = 80
"""Of JPEG: a report with 36 pictures took .6 MB, where 5 MB are the most it may take."""
_THREADS = 4
"""Photos decoded at once; Pillow decodes without the interpreter's lock."""


def galleries(view: View, findings: Findings | None, pictures: bool) -> Iterator[Gallery]:
    """The wrong cells that got worse or better most; with one set, the largest.

    Args:
        view: What is looked at.
        findings: How sure the deltas are; None where that is not known.
        pictures: Whether samples are drawn.
    """
    comparison = view.comparison
    presentation = kind_of(comparison.dataset.project).presentation(view, PhotoCache())
    confusion: Confusion = presentation.confusions[0]
    evidence = Evidence(len(comparison.classes) - 1, significance=findings.significance if findings else None)
    for cell in _cells(comparison, findings):
        walk = confusion.start(cell)
        shots = _shots(confusion.tiles(walk)) if pictures else ()
        listed, _ = confusion.lists(cell)[walk.which]
        of = f" Pictures: {visible(listed).lower()}." if shots and comparison.other else ""
        yield Gallery(_meaning(comparison, cell), _change(comparison, cell, evidence) + of, shots)


def _cells(comparison: Comparison, findings: Findings | None) -> list[tuple[int, int]]:
    """Those that got worse, then those that got better, of each the sure ones and the largest first."""
    n = len(comparison.classes)
    wrong = ~np.eye(n, dtype=bool)
    weight = (comparison.delta if comparison.other else comparison.confusion("base")) * wrong
    sure = np.zeros(n * n, bool)
    if findings:
        cells = findings.significance.cells
        sure = np.array([cells.state(row) is State.SURE for row in range(n * n)])
    found = []
    for sign in (1, -1):
        order = np.lexsort((-sign * weight.ravel(), ~sure))
        found += [int(at) for at in order if sign * weight.flat[at] > 0][:CELLS]
    return [divmod(at, n) for at in found]


def _meaning(comparison: Comparison, cell: tuple[int, int]) -> str:
    """A wrong cell in plain words."""
    names, last = [visible(name) for name in comparison.classes], len(comparison.classes) - 1
    label, inferred = cell
    if inferred == last:
        return f"Labelled {names[label]}, and not found"
    if label == last:
        return f"Reported as {names[inferred]} where nothing is labelled"
    return f"Labelled {names[label]}, reported as {names[inferred]}"


def _change(comparison: Comparison, cell: tuple[int, int], evidence: Evidence) -> str:
    """How often that happens under each set, and whether the difference may be chance."""
    kind = kind_of(comparison.dataset.project)
    unit = kind.class_report(comparison).unit
    base = unit.written(comparison.confusion("base")[cell])
    if comparison.other is None:
        return f"{base} {unit.name}".rstrip() + "."
    delta = int(comparison.delta[cell])
    names = [visible(comparison.inferences(side).id) for side in comparison.sides]
    counts = f"{base} {unit.name}".rstrip(), unit.written(comparison.confusion("other")[cell])
    how = "▼ worse" if delta > 0 else "▲ better"
    state = evidence.cell(*cell)
    how += {State.WEAK: ", which may be chance", State.FEW: ", in too few frames to tell"}.get(state, "")
    words = f"{how}: {counts[0]} by {names[0]}, {counts[1]} by {names[1]} ({unit.signed(delta)}"
    known = evidence.cell_words(*cell).replace("   ", ", ")
    return f"{words}{f'; {known}' if known else ''})."


_CAPTION = 30
"""Characters that fit below a crop of a page without a second line."""


def _shots(tiles: Tiles) -> Sequence[Shot]:
    count = min(len(tiles), SHOTS)
    crops = [tiles.crop(index, _ASPECT) for index in range(count)]
    with ThreadPoolExecutor(_THREADS) as pool:
        drawn = list(pool.map(_drawn, crops))
    captions = [[_words(line) for line in tiles.caption(index, _CAPTION)] for index in range(count)]
    return [
        Shot(data, size, lines, crop.description)
        for (data, size), lines, crop in zip(drawn, captions, crops, strict=True)
    ]


def _words(line: Sequence[Span]) -> str:
    """A line of a caption; gaps between its parts become signs, as pages show no gaps."""
    return "".join(text for text, _ in line).strip().replace("  ", " · ")


def _drawn(crop: CropDrawing) -> tuple[bytes, tuple[int, int]]:
    image = picture(crop, _WIDTH)
    file = BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue(), image.size
