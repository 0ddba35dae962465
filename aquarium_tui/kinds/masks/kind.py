"""The kind of task whose labels and inferences are a class for every pixel."""

import numpy as np

from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.kinds.kind import Kind
from aquarium_tui.kinds.masks.report import changes, class_report, whole_totals
from aquarium_tui.kinds.report import ClassReport, DocumentFacts, Facts, Heading, TotalGroup
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import SEGMENTATION

_CELLS = "Counts are pixels. Cells are label → inferred; an inferred value without a class is → background."


class MaskKind(Kind[PixelComparison]):
    """A class for every pixel."""

    task = SEGMENTATION

    def heading(self, comparison: PixelComparison) -> Heading:
        """Sizes, and what is excluded from all counts."""
        frames = comparison.frame_count
        parts = (
            f"{grouped(frames)} frame{'s' * (frames != 1)}",
            f"{grouped(comparison.pixel_count)} pixels",
        )
        return Heading(parts, (*_left_out(comparison), _CELLS))

    def class_report(self, comparison: PixelComparison) -> ClassReport:
        """Precision, recall, F1, IoU and pixels."""
        return class_report(comparison)

    def totals(self, comparison: PixelComparison) -> tuple[TotalGroup, ...]:
        """Accuracy, mIoU and weighted IoU, and with two sets the shares of the diff map."""
        return (whole_totals(comparison, changes(comparison) if comparison.other else ""),)

    def document_facts(self, comparison: PixelComparison) -> DocumentFacts:
        """What is ignored or not counted, and the pixels of the diff map."""
        return DocumentFacts(
            inferences={side: _masks(comparison, side) for side in comparison.sides},
            settings={"ignored": list(comparison.ignored)},
            about={"task": comparison.dataset.project.task},
            counts={
                "pixels": comparison.pixel_count,
                "ignored": comparison.ignored_count,
                "uncounted": _uncounted(comparison),
            },
            further={
                "diff": {kind.word: comparison.diffs[kind] for kind in Diff} if comparison.other else None
            },
        )


def _masks(comparison: PixelComparison, side: Side) -> int:
    masks = comparison.inferences(side).masks
    return masks.count if masks else 0


def _uncounted(comparison: PixelComparison) -> list[Facts]:
    """The chosen frames that lack a mask, and why where a mask cannot be read."""
    counts, ids = comparison.counts, comparison.dataset.frames.id
    chosen = ~counts.counted if comparison.frames is None else comparison.frames & ~counts.counted
    return [
        {"frame": ids[row], "reason": counts.unreadable.get(row, "a mask is missing")}
        for row in np.flatnonzero(chosen).tolist()
    ]


def _left_out(comparison: PixelComparison) -> list[str]:
    """What is excluded from all counts: ignored pixels, and frames without all their masks."""
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
