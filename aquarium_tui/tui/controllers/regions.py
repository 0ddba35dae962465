"""Changed regions of a frame of masks: which are walked through, and what is said of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.regions import Regions
from aquarium_tui.drawing.mask_painter import KINDS, MaskLayers, kinds_in_cell
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.frame_lists import NOTHING
from aquarium_tui.kinds.lists import cell_title
from aquarium_tui.kinds.masks.presentation import MaskPresentation
from aquarium_tui.model.numbers import UNDEFINED, compact, grouped
from aquarium_tui.model.outcomes import Diff, InCell
from aquarium_tui.tui.widgets.lines import Part

WORDS = {
    Diff.BOTH_RIGHT: "both right",
    Diff.BOTH_WRONG: "both wrong",
    Diff.FIXED: "fixed",
    Diff.BROKEN: "broken",
}
INITIALS = {Diff.BOTH_RIGHT: "r", Diff.BOTH_WRONG: "w", Diff.FIXED: "f", Diff.BROKEN: "b"}
"""The words in the legend of a narrow screen."""
IN_CELL = {InCell.BASE: "base only", InCell.OTHER: "other only", InCell.BOTH: "both"}
_SMALL = 20_000
"""A region below this part of the frame is noise of an edge: 100 pixels of 2048 × 1024."""


def least_pixels(pixels: int) -> int:
    """Smaller regions are not walked through, in a frame of so many pixels."""
    return max(4, pixels // _SMALL)


def walked(values: NDArray[np.uint8], shown: MaskLayers, pair: bool) -> NDArray[np.uint8]:
    """What is walked through of a diff map: the changed pixels that are shown, else all that are.

    Args:
        values: `(height, width)` `Diff`, or with a cell `InCell`.
        shown: Which colours are shown.
        pair: Whether there are two sets; with one, what is wrong takes the place of what changed.
    """
    changed = (Diff.FIXED, Diff.BROKEN) if pair else (Diff.BOTH_WRONG,)
    kinds = _kinds(shown.cell)
    told = [kind for kind in kinds.values() if kind in shown.kinds]
    wanted = [kind for kind in told if kind in changed] or told
    table = np.zeros(len(Diff), np.uint8)
    for value, kind in kinds.items():
        table[value] = kind if kind in wanted else 0
    return table[values]


def _kinds(cell: tuple[int, int] | None) -> Mapping[Any, Diff]:
    return {kind: kind for kind in KINDS} if cell is None else kinds_in_cell(cell)


def legend(task: MaskPresentation, frame: int, shown: MaskLayers) -> list[list[Part]]:
    """The colours of the diff map with their shares, or with a cell, who has how many pixels in it."""
    comparison = task.view.comparison
    if shown.cell is not None:
        counts = _in_cell(task, frame, shown.cell)
        told = IN_CELL if comparison.other else {InCell.BOTH: "in the cell"}
        kinds = {who: kind for who, kind in kinds_in_cell(shown.cell).items() if who in told}
        words = {kind: told[who] for who, kind in kinds.items()}
        numbers = {kind: compact(counts[who]) + " px" for who, kind in kinds.items()}
    else:
        pixels = comparison.frame_diffs[frame]
        words = WORDS if comparison.other else {Diff.BOTH_RIGHT: "right", Diff.BOTH_WRONG: "wrong"}
        numbers = {kind: _share(int(pixels[kind]), int(pixels[1:].sum())) for kind in words}
    long = [_switch(task, kind, f"{words[kind]} {numbers[kind]}", shown) for kind in words]
    middle = [
        _switch(task, kind, f"{words[kind].removeprefix('both ')} {numbers[kind]}", shown) for kind in words
    ]
    short = [
        _switch(task, kind, f"{INITIALS[kind]} {numbers[kind].removesuffix(' px')}", shown) for kind in words
    ]
    return [long, middle, short]


def _switch(task: MaskPresentation, kind: Diff, words: str, shown: MaskLayers) -> Part:
    on = kind in shown.kinds
    color = "#" + bytes(task.painter.kind_color(kind)).hex()
    return kind.word, [(" ■ " if on else " □ ", color), (words, "" if on else "dim")]


def _share(part: int, whole: int) -> str:
    if not whole:
        return UNDEFINED
    value = 100 * part / whole
    return f"{value:.1f}%" if part and value < 9.95 else f"{value:.0f}%"


def _in_cell(task: MaskPresentation, frame: int, cell: tuple[int, int]) -> dict[InCell, int]:
    """Pixels of a frame by which set has them in a cell."""
    counts = task.view.comparison.counts
    rows = slice(int(counts.starts[frame]), int(counts.starts[frame + 1]))
    labelled = counts.label[rows] == cell[0]
    by_base, by_other = (labelled & (each[rows] == cell[1]) for each in (counts.base, counts.other))
    pixels = counts.pixels[rows]
    among = {
        InCell.BASE: by_base & ~by_other,
        InCell.OTHER: by_other & ~by_base,
        InCell.BOTH: by_base & by_other,
    }
    return {who: int(pixels[mask].sum()) for who, mask in among.items()}


def sides_switches(shown: MaskLayers, pair: bool) -> list[list[Part]]:
    """Which masks lie on the photo, and how."""
    names = ["all", "labels", "base", *(["other"] if pair else [])]
    parts: list[Part] = [
        (name, [(f" {name} ", "accent" if name == shown.masks else "dim"), ("│", "dim")]) for name in names
    ]
    form = "outline" if shown.outline else "filled"
    how: Part = ("", [(f" {form} {round(100 * shown.opacity)}%", "dim")])
    return [[*parts, how], parts]


def meaning(shown: MaskLayers, pair: bool) -> str:
    """What fill and hatching on the photo mean."""
    form = "outlined" if shown.outline else "filled"
    if shown.masks != "all":
        return f" {form} by class: {shown.masks}"
    other = "   other ╲╲╲" if pair else ""
    return f" labels {form}   where wrong: base ╱╱╱{other}"


def region_text(
    task: MaskPresentation, shown: MaskLayers, regions: Regions | None, region: int | None, next_key: str
) -> Sequence[Span]:
    """The cell that is shown, and which region of how many is looked at."""
    spans: list[Span] = [(" ", ""), _region(regions, region)]
    if shown.cell is not None:
        names = task.view.comparison.classes
        title = cell_title(names, shown.cell, f"→ {NOTHING}", f"{NOTHING} →")
        spans += [(" · ", "dim"), (f"{title} only", "strong")]
    return [*spans, (f" · {next_key}: the largest", "dim")] if regions and region is None else spans


def _region(regions: Regions | None, region: int | None) -> Span:
    if regions is None:
        return "looking for regions", "dim"
    if not len(regions):
        return "no changed region here", "dim"
    if region is None:
        return f"{grouped(len(regions))} region{'s' * (len(regions) > 1)}", "dim"
    pixels = grouped(int(regions.pixels[region]))
    return f"region {grouped(region + 1)} of {grouped(len(regions))} · {pixels} px", ""
