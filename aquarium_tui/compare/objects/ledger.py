"""The ledger of objects, the one table behind every list, query and export, and what of it is in a cell."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellCounts, CellList
from aquarium_tui.compare.objects.candidates import Candidates
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.geometry import Group, geometry_of
from aquarium_tui.compare.objects.matching import EvaluatedClasses, Matching, in_order, label_cells, match
from aquarium_tui.model.arrays import Boxes, RowNumbers, areas
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import Rule
from aquarium_tui.model.tables import MASK, starts_of


@dataclass(frozen=True)
class Ledger:
    """One row an object, by frame: its labels in file order, then what only the sets have.

    Attributes:
        starts: `(frames + 1,)` int64; the rows of frame f are `starts[f]:starts[f + 1]`.
        frame: `(n,)` int32.
        label: `(n,)` int32 row of the label, -1 without one.
        base: `(n,)` int32 row of base's inference, -1 without one.
        other: The same of other.
        base_outcome: `(n,)` uint8 `Outcome`.
        other_outcome: The same of other.
        base_cell: `(n,)` int32 cell of the confusion as `row * (classes + 1) + column`, -1 in none.
        other_cell: The same of other; with only one set, base's: nothing changes.
        change: `(n,)` uint8 `Change`; `NONE` with only one set.
    """

    starts: NDArray[np.int64]
    frame: RowNumbers
    label: RowNumbers
    base: RowNumbers
    other: RowNumbers
    base_outcome: NDArray[np.uint8]
    other_outcome: NDArray[np.uint8]
    base_cell: RowNumbers
    other_cell: RowNumbers
    change: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.frame)

    def counting(self, frames: NDArray[np.bool_]) -> "Ledger":
        """The same rows, those of other frames than `(frames,)` in no cell and without a change."""
        inside = frames[self.frame]
        cells = (np.where(inside, cell, np.int32(-1)) for cell in (self.base_cell, self.other_cell))
        base_cell, other_cell = cells
        change = self.change * inside
        return replace(self, base_cell=base_cell, other_cell=other_cell, change=change)

    def of_frames(self, frames: NDArray[np.bool_]) -> "Ledger":
        """The rows of those frames alone, the frames numbered anew."""
        rows = np.flatnonzero(frames[self.frame])
        taken = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "starts"}
        number = (np.cumsum(frames) - 1).astype(np.int32)
        taken["frame"] = number[taken["frame"]]
        return Ledger(starts_of(taken["frame"], int(frames.sum())), **taken)


@dataclass(frozen=True)
class SetPart:
    """One set's share in the ledger."""

    evaluation: Evaluation
    matching: Matching

    def alone(self, outcome: Outcome) -> NDArray[np.int32]:
        """Rows of the inferences of that outcome."""
        return np.flatnonzero(self.matching.inference_outcome == outcome).astype(np.int32)


def build_ledger(base: SetPart, other: SetPart | None, iou: float) -> Ledger:
    """The ledger of base and other, or of base alone.

    Args:
        base: The set that other is judged against.
        other: The other set, if there are two.
        iou: Least IoU of a spurious inference of base and one of other to be the same object.
    """
    labels = base.evaluation.dataset.labels
    mine, its = _inferences(base, other, iou)
    label = np.concatenate([np.arange(len(labels), dtype=np.int32), _absent(len(mine) - len(labels))])
    frame = _frames_of(labels.frame, base, other, mine, its)
    outcome, cell = _outcomes(base, label, mine)
    of_other = _outcomes(other, label, its) if other else (np.zeros_like(outcome), cell)
    change = changes(outcome, of_other[0], cell == of_other[1]) if other else np.zeros_like(outcome)
    order = np.argsort(frame, kind="stable")
    columns: list[NDArray[Any]] = [frame, label, mine, its, outcome, of_other[0], cell, of_other[1], change]
    starts = starts_of(frame, len(base.evaluation.dataset.frames))
    return Ledger(starts, *(column[order] for column in columns))


def _inferences(base: SetPart, other: SetPart | None, iou: float) -> tuple[RowNumbers, RowNumbers]:
    """Base's and other's inference of every row: of the labels first, then what only the sets have."""
    spurious, ignored = base.alone(Outcome.SPURIOUS), base.alone(Outcome.IGNORED)
    if other is None:
        mine = np.concatenate([base.matching.label_partner, spurious, ignored])
        return mine, _absent(len(mine))
    partner = np.full(len(base.matching.inference_partner), -1, np.int32)
    new, its_ignored = (other.alone(outcome) for outcome in (Outcome.SPURIOUS, Outcome.IGNORED))
    paired, its = pair_spurious(base, other, iou)
    partner[paired] = its
    known = np.zeros(len(other.matching.inference_partner), bool)
    known[its] = True
    new = new[~known[new]]
    parts = [
        (base.matching.label_partner, other.matching.label_partner),
        (spurious, partner[spurious]),
        (_absent(len(new)), new),
        (ignored, _absent(len(ignored))),
        (_absent(len(its_ignored)), its_ignored),
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def pair_spurious(base: SetPart, other: SetPart, iou: float) -> tuple[RowNumbers, RowNumbers]:
    """Rows of base's and of other's spurious inferences that are the same object.

    They are of one frame and class, with an IoU at the threshold; the best IoU is paired first. What has no
    area, and so no IoU, is the same object where its box is the same.
    """
    mine, its = base.alone(Outcome.SPURIOUS), other.alone(Outcome.SPURIOUS)
    its = its[np.argsort(_group(other, its), kind="stable")]
    groups, wanted = _group(other, its), _group(base, mine)
    dataset = base.evaluation.dataset
    a, b, found = geometry_of(dataset.project).in_common(
        dataset.frames,
        Group(base.evaluation.inferences.objects, mine, wanted),
        Group(other.evaluation.inferences.objects, its, groups),
    )
    pairs = Candidates(a, b, found, a[:0], np.zeros(0), 0.0)
    same = EvaluatedClasses(np.zeros(len(mine), np.int32), np.zeros(len(its), np.int32))
    ordered = in_order(pairs, Rule.OVERLAP, same, np.zeros(len(its)))
    a, b = match(ordered, (len(mine), len(its)), 0.0, iou)
    flat = [np.flatnonzero(_flat(part, rows)) for part, rows in ((base, mine), (other, its))]
    c, d = _with_equal_boxes(
        (_boxes(base, mine[flat[0]]), wanted[flat[0]]), (_boxes(other, its[flat[1]]), groups[flat[1]])
    )
    return np.append(mine[a], mine[flat[0][c]]), np.append(its[b], its[flat[1][d]])


def _boxes(part: SetPart, rows: RowNumbers) -> Boxes:
    return part.evaluation.inferences.objects.box[rows]


def _flat(part: SetPart, rows: RowNumbers) -> NDArray[np.bool_]:
    """Which inferences have no area, or where masks are compared no mask."""
    mask = part.evaluation.inferences.objects.mask
    if part.evaluation.dataset.project.iou_type == MASK and mask is not None:
        return np.asarray(mask.missing[rows])
    return np.asarray(areas(_boxes(part, rows)) == 0)


def _with_equal_boxes(
    mine: tuple[Boxes, NDArray[np.int64]], its: tuple[Boxes, NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of pairs of one group and of equal boxes, one to one; there are few such boxes."""
    waiting: dict[tuple[float, ...], list[int]] = {}
    for position, (box, group) in enumerate(zip(its[0].tolist(), its[1].tolist(), strict=True)):
        waiting.setdefault((group, *box), []).append(position)
    pairs = [
        (position, same.pop(0))
        for position, (box, group) in enumerate(zip(mine[0].tolist(), mine[1].tolist(), strict=True))
        if (same := waiting.get((group, *box)))
    ]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _group(part: SetPart, rows: RowNumbers) -> NDArray[np.int64]:
    """A number for each (frame, class)."""
    evaluation = part.evaluation
    classes = len(evaluation.dataset.project.class_map.evaluated_names)
    frame = evaluation.inferences.objects.frame[rows].astype(np.int64)
    return np.asarray(frame * classes + evaluation.classes.inference[rows])


def _absent(n: int) -> RowNumbers:
    return np.full(n, -1, np.int32)


def _frames_of(
    of_label: RowNumbers, base: SetPart, other: SetPart | None, mine: RowNumbers, its: RowNumbers
) -> RowNumbers:
    frame = np.where(mine >= 0, np.append(base.evaluation.inferences.objects.frame, 0)[mine], -1)
    if other:
        frame = np.where(its >= 0, np.append(other.evaluation.inferences.objects.frame, 0)[its], frame)
    frame[: len(of_label)] = of_label
    return frame.astype(np.int32)


def _outcomes(
    part: SetPart, label: RowNumbers, inference: RowNumbers
) -> tuple[NDArray[np.uint8], RowNumbers]:
    """Outcome and cell of each row under one set."""
    matching, evaluation = part.matching, part.evaluation
    n = len(evaluation.dataset.project.class_map.evaluated_names)
    of_label, of_inference = matching.label_outcome, np.append(matching.inference_outcome, np.uint8(0))
    outcome = np.where(label >= 0, np.append(of_label, np.uint8(0))[label], of_inference[inference])
    in_last_row = np.append(evaluation.classes.inference, 0)[inference] + np.int32(n * (n + 1))
    cell = np.append(label_cells(matching, evaluation.classes, n), np.int32(-1))[label]
    cell = np.where(outcome == Outcome.SPURIOUS, in_last_row, cell)
    return outcome, cell.astype(np.int32)


def changes(
    base: NDArray[np.uint8], other: NDArray[np.uint8], same_cell: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """`Change` of each object, `(n,)` uint8.

    Args:
        base: `Outcome` under base, uint8; nothing there is right where the object has no label.
        other: The same under other.
        same_cell: Whether both fall into one cell.
    """
    right = [(o == Outcome.CORRECT) | (o == Outcome.NONE) for o in (base, other)]
    counted = (base != Outcome.IGNORED) & (other != Outcome.IGNORED)
    kinds = [
        (~counted, Change.NONE),
        (right[0] & right[1], Change.BOTH_CORRECT),
        (right[1], Change.FIXED),
        (right[0], Change.BROKEN),
        (same_cell, Change.SAME_ERROR),
    ]
    return np.select([k for k, _ in kinds], [np.uint8(c) for _, c in kinds], np.uint8(Change.MOVED))


def count_cells(ledger: Ledger, n: int) -> CellCounts:
    """The counts of all cells.

    Args:
        ledger: The ledger of base and other.
        n: How many evaluated classes there are.
    """
    base, other = ledger.base_cell, ledger.other_cell
    same = (base == other) & (base >= 0)
    moved = (base >= 0) & ~same & ~_leaves_for_good(ledger)

    def count(cells: NDArray[np.int32], among: NDArray[np.bool_]) -> NDArray[np.int64]:
        found = np.bincount(cells[among & (cells >= 0)], minlength=(n + 1) ** 2)
        return found.reshape(n + 1, n + 1).astype(np.int64)

    every = np.ones(len(ledger), bool)
    return CellCounts(
        base=count(base, every),
        other=count(other, every),
        fixed=count(base, ~same & ~moved),
        introduced=count(other, ~same),
        moved=count(base, moved),
        unchanged=count(base, same),
    )


def rows_of_cell(ledger: Ledger, cell: int, which: CellList) -> NDArray[np.int64]:
    """Rows of the ledger in one list of one cell, ascending.

    Args:
        ledger: The ledger of base and other.
        cell: `row * (classes + 1) + column`.
        which: The list.
    """
    base, other = ledger.base_cell == cell, ledger.other_cell == cell
    leaves = base & ~other
    for_good = _leaves_for_good(ledger)
    masks = {
        CellList.FIXED: leaves & for_good,
        CellList.MOVED: leaves & ~for_good,
        CellList.INTRODUCED: other & ~base,
        CellList.UNCHANGED: base & other,
    }
    return np.flatnonzero(masks[which])


def _leaves_for_good(ledger: Ledger) -> NDArray[np.bool_]:
    """Rows that do not end in another wrong cell: right under other, or lost from the diagonal."""
    under_other = ledger.other_outcome
    gone = (under_other == Outcome.CORRECT) | (under_other == Outcome.NONE)
    return np.asarray(gone | (ledger.base_outcome == Outcome.CORRECT))
