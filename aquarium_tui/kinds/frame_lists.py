"""Confusions whose samples are frames: of pixels, and the matrices that the user brings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cell_frames import CellFrames, frames_of_cell
from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.compare.comparison import Comparison, Reviewed, Seen
from aquarium_tui.compare.metrics import MetricTotal, metric_totals
from aquarium_tui.drawing.crops import CropDrawing
from aquarium_tui.drawing.drawing import typical_size
from aquarium_tui.kinds.columns import Span
from aquarium_tui.kinds.lists import (
    CellTable,
    ConfusionCell,
    Grid,
    brief,
    cell_table,
    cell_title,
    change_spans,
    sum_spans,
)
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.kinds.reviews import review_spans
from aquarium_tui.kinds.walks import CellWalk, FrameLook
from aquarium_tui.model.metrics import MetricKind
from aquarium_tui.model.names import NO_CLASS, background_words, visible
from aquarium_tui.model.numbers import number, signed_number
from aquarium_tui.query.wording import quoted

ALL, MORE, FEWER = "all", "more", "fewer"
CAPTIONS = {ALL: "Frames", MORE: "More in other", FEWER: "Fewer in other"}
SORTS = ("change", "other", "base", "frame")


@dataclass(frozen=True, eq=False)
class FrameConfusion:
    """A confusion that every frame has a part in.

    Attributes:
        comparison: What is shown.
        title: What it counts.
        measure: The frame field that gives a cell's number in each frame.
        full: All of it.
        tile: The picture of a frame, for a cell.
        counts: How deltas of cells come about; None where that is not known.
        metric: The metric of the user whose matrix it is; empty for the kind's own.
        shows_cell: Whether a frame that is opened shows the pixels of the cell.
        reviews: What was said of frames.
    """

    comparison: Comparison
    title: str
    measure: str
    full: Grid
    tile: Callable[[int, ConfusionCell], CropDrawing]
    counts: CellCounts | None = None
    metric: str = ""
    shows_cell: bool = False
    reviews: Reviewed | None = None

    sorts = SORTS

    def grid(self, evidence: Evidence | None) -> Grid:
        """All of it."""
        if evidence is None:
            return self.full
        return replace(self.full, state=lambda label, inferred: evidence.cell(label, inferred, self.metric))

    def table(self, evidence: Evidence | None) -> CellTable:
        """The cells, with what came and went where that is known."""
        parts: Mapping[str, NDArray[Any]] = {}
        if self.counts and self.full.other is not None:
            at = np.ix_(list(self.full.labels), list(self.full.inferred))
            found = {"new": self.counts.introduced, "fixed": self.counts.fixed, "moved": self.counts.moved}
            parts = {title: counts[at] for title, counts in found.items()}
        return cell_table(self.grid(evidence), parts)

    def sentence(self, cell: ConfusionCell, evidence: Evidence | None) -> list[Span]:
        """What happened in a cell, and whether it may be chance."""
        title = cell_title(self.comparison.classes, cell, *background_words(False))
        spans = change_spans(title, self.grid(evidence), cell)
        if self.counts and self.full.other is not None:
            spans += sum_spans(self.counts, cell)
        known = evidence.cell_words(*cell, self.metric) if evidence else ""
        return [*spans, (f"   {known}" if known else "", "dim")]

    def start(self, cell: ConfusionCell) -> CellWalk:
        """All frames, the largest change in either direction first."""
        return CellWalk(*cell, ALL, "change" if self.full.other is not None else "base")

    def lists(self, cell: ConfusionCell) -> Mapping[str, tuple[str, int]]:
        """All frames with anything in the cell, those with more and those with less of it under other."""
        found = self.frames_of(cell)
        counts = {ALL: len(found)}
        if self.full.other is not None:
            counts |= {MORE: int((found.change > 0).sum()), FEWER: int((found.change < 0).sum())}
        return {name: (CAPTIONS[name], count) for name, count in counts.items()}

    def frames_of(self, cell: ConfusionCell) -> CellFrames:
        """The frames with anything in a cell."""
        return frames_of_cell(self.comparison, self.measure, cell)

    def samples(self, walk: CellWalk) -> NDArray[np.int64]:
        """Rows of frames."""
        found = self.frames_of(walk.cell)
        among = {ALL: found.change == found.change, MORE: found.change > 0, FEWER: found.change < 0}[
            walk.which
        ]
        keys = {
            "change": np.abs(found.change),
            "base": found.base,
            "other": found.other,
            "frame": found.frame,
        }[walk.sort][among]
        order = np.argsort(-keys if walk.descending else keys, kind="stable")
        return np.asarray(found.frame[among][order])

    def tiles(self, walk: CellWalk) -> "FrameTiles":
        """The frames, small."""
        return FrameTiles(self, walk.cell, self.samples(walk))

    def look(self, walk: CellWalk, sample: int) -> FrameLook:
        """The frame."""
        return FrameLook(
            self.samples(walk), sample, CAPTIONS[walk.which], walk.cell if self.shows_cell else None
        )

    def why_empty(self, cell: ConfusionCell) -> str:
        """Other lists, or nothing at all."""
        if self.lists(cell)[ALL][1]:
            return "No frame in this list. [ and ] go to the other lists of the cell."
        return "Neither set has anything in this cell."

    def query(self, walk: CellWalk) -> str:
        """The frames of the list, in its order."""
        comparison = self.comparison
        names = ", ".join(
            "background" if position == len(comparison.classes) - 1 else quoted(comparison.classes[position])
            for position in walk.cell
        )
        of = {entity: f"{entity}.{self.measure}({names})" for entity in ("base", "other", "delta")}
        if comparison.other is None:
            return f"{of['base']} > 0 order by {of['base']} desc"
        found = {
            ALL: f"{of['base']} > 0 or {of['other']} > 0",
            MORE: f"{of['delta']} > 0",
            FEWER: f"{of['delta']} < 0",
        }[walk.which]
        return f"{found} order by {of['delta']} {'asc' if walk.which == FEWER else 'desc'}"

    def query_of_class(self, position: int) -> str:
        """Frames by the IoU of a class of pixels; every class of the user's has to do with most frames."""
        if "iou" not in {field.key for field in self.comparison.own_fields} or self.measure != "confusion":
            return ""
        side = "base" if self.comparison.other is None else "delta"
        iou = f"{side}.iou({quoted(self.comparison.classes[position])})"
        return f"{iou} is not missing order by {iou}"


@dataclass(frozen=True, eq=False)
class FrameTiles:
    """Frames as tiles."""

    confusion: FrameConfusion
    cell: ConfusionCell
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def form(self) -> tuple[int, int] | None:
        """That of frames."""
        return typical_size(self.confusion.comparison.dataset)

    def crop(self, index: int, aspect: tuple[int, int]) -> CropDrawing:
        """The frame."""
        del aspect
        return self.confusion.tile(int(self.rows[index]), self.cell)

    def caption(self, index: int, room: int) -> Sequence[Sequence[Span]]:
        """The frame, then what each set has in the cell."""
        confusion, frame = self.confusion, int(self.rows[index])
        full, name = confusion.full, confusion.comparison.dataset.frames.id[frame] or ""
        base, other = confusion.frames_of(self.cell).of(frame)
        signs = review_spans(confusion.reviews.of_frame(frame)) if confusion.reviews else []
        head: list[Span] = [*signs, (f"{' ' if signs else ''}{brief(name, room - 4)}", "")]
        if full.other is None:
            return [head, [(full.written(base), "dim")]]
        worse = (base - other) if self.cell[0] == self.cell[1] else (other - base)
        sign: Span = ("▼ ", "bad") if worse > 0 else ("▲ ", "good") if worse < 0 else ("", "")
        counts = f"{full.written(base)} → {full.written(other)}  "
        return [[sign, *head], [(counts, "dim"), (full.signed(other - base), sign[1])]]


def matrix_metrics(
    view: Seen[Comparison],
    color: Callable[[int], str],
    whole_frame: Callable[[int], CropDrawing],
) -> Iterator[FrameConfusion]:
    """The confusion matrices that the user brings.

    Args:
        view: What is shown.
        color: `#rrggbb` of an evaluated class by position.
        whole_frame: The picture of a frame.
    """
    comparison = view.comparison
    for total in metric_totals(comparison):
        if total.metric.kind is MetricKind.CONFUSION_MATRIX:
            yield FrameConfusion(
                comparison,
                visible(total.metric.name),
                total.metric.name,
                _metric_grid(comparison, total, color),
                lambda frame, _: whole_frame(frame),
                metric=total.metric.name,
                reviews=view.reviews,
            )


def _metric_grid(comparison: Comparison, total: MetricTotal, color: Callable[[int], str]) -> Grid:
    """All classes, and background where either set has anything there."""
    sets = [total.matrix[side] for side in comparison.sides]
    last = len(comparison.classes) - 1
    rows = used([values[last] for values in sets], last)
    columns = used([values[:, last] for values in sets], last)
    at = np.ix_(rows, columns)
    names = [*map(visible, comparison.classes[:-1]), NO_CLASS]
    return Grid(
        rows,
        columns,
        [names[i] for i in rows],
        [names[i] for i in columns],
        ["" if i == last else color(i) for i in rows],
        sets[0][at],
        sets[1][at] if len(sets) > 1 else None,
        written=number,
        signed=signed_number,
    )


def used(background: Sequence[NDArray[Any]], last: int) -> list[int]:
    """The classes, and background, which is `last`, where it holds anything."""
    return [*range(last), *([last] if any(values.any() for values in background) else [])]
