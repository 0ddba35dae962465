"""The objects behind a figure of AP: those that add to a part of a difference, and those of TIDE's errors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.objects.candidates import pair_ious
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.switches import Contributions
from aquarium_tui.compare.objects.tide import ErrorObjects, TideError
from aquarium_tui.kinds.columns import CellText, TableColumn
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import share
from aquarium_tui.model.settings import Side

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ObjectsBehind:
    """A list of objects; a row of `label`, `base` and `other` each, -1 for none. A walk through it, too.

    Attributes:
        title: What they are, in a few words.
        frame: `(n,)` int64.
        class_: `(n,)` int64 evaluated class.
        label: `(n,)` int64 rows of the labels.
        base: `(n,)` int64 rows of base's inferences.
        other: `(n,)` int64 rows of other's inferences.
        value: `(n,)` float64, what each adds; NaN where that is not the question.
        words: `(n,)` what the list says of each; empty where `value` says it.
    """

    title: str
    frame: Rows
    class_: Rows
    label: Rows
    base: Rows
    other: Rows
    value: Floats
    words: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, view: Seen[ObjectComparison]) -> Rows:
        """Their rows of the ledger in the order of the list, without those below the thresholds."""
        found = self.places(view.comparison)
        return found[found >= 0]

    def places(self, comparison: ObjectComparison) -> Rows:
        """`(n,)`: the row of the ledger that holds the label, else the inference; -1 without one."""
        ledger = comparison.ledger
        found = np.full(len(self), -1, np.int64)
        parts = ((self.other, ledger.other), (self.base, ledger.base), (self.label, ledger.label))
        for mine, theirs in parts:
            if not len(theirs):
                continue
            place = np.full(max(int(theirs.max()), int(mine.max(initial=0))) + 1, -1, np.int64)
            there = np.flatnonzero(theirs >= 0)
            place[theirs[there]] = there
            at = np.where(mine >= 0, place[mine], -1)
            found = np.where(at >= 0, at, found)
        return found


def contributing(title: str, found: Contributions) -> ObjectsBehind:
    """The objects that add to a part of a difference in AP."""
    return ObjectsBehind(title, found.frame, found.class_, found.label, found.base, found.other, found.value)


def of_error(
    comparison: ObjectComparison, error: TideError, found: dict[Side, ErrorObjects]
) -> ObjectsBehind:
    """The objects of one of TIDE's errors: those of other, then of base, the most confident first."""
    parts: list[tuple[Side, Rows, Rows, Rows]] = []
    for side in reversed(comparison.sides):
        some = np.flatnonzero(found[side].error == list(TideError).index(error))
        sure = np.append(comparison.inferences(side).objects.confidence, 0.0)
        some = some[np.argsort(-sure[found[side].inference[some]], kind="stable")]
        parts.append((side, found[side].frame[some], found[side].label[some], found[side].inference[some]))
    frame, label, inference = (np.concatenate([part[i] for part in parts]) for i in (1, 2, 3))
    of_other = np.repeat([part[0] == "other" for part in parts], [len(part[1]) for part in parts])
    classes = comparison.evaluation("base").classes.label
    class_ = classes[np.maximum(label, 0)].astype(np.int64) if len(classes) else label
    for side in comparison.sides:
        mine = np.flatnonzero((inference >= 0) & (of_other == (side == "other")))
        class_[mine] = comparison.evaluation(side).classes.inference[inference[mine]]
    return ObjectsBehind(
        error.value,
        frame,
        class_,
        label,
        np.where(of_other, -1, inference),
        np.where(of_other, inference, -1),
        np.full(len(frame), np.nan),
        tuple(np.where(of_other, "other", "base").tolist()),
    )


def of_labels(comparison: ObjectComparison, title: str, rows: Rows) -> ObjectsBehind:
    """Some labels, with their partners in each set of a comparison."""
    partners = {
        side: comparison.matching(side).label_partner[rows].astype(np.int64) for side in comparison.sides
    }
    none = np.full(len(rows), -1)
    return ObjectsBehind(
        title,
        comparison.dataset.labels.frame[rows].astype(np.int64),
        comparison.evaluation("base").classes.label[rows].astype(np.int64),
        rows,
        partners["base"],
        partners.get("other", none),
        np.full(len(rows), np.nan),
        ("label",) * len(rows),
    )


def behind_columns(comparison: ObjectComparison, found: ObjectsBehind) -> list[TableColumn]:
    """Frame, class, what each adds or whose error it is, and confidence and IoU under each set."""
    ids, names = comparison.dataset.frames.id, comparison.classes

    def added(row: int) -> CellText:
        value = float(found.value[row])
        size = f"{abs(value):.5f}".removeprefix("0")
        return f"{'+' if value > 0 else '−'}{size}", "good" if value > 0 else "bad"

    first = (
        TableColumn("set", "of", 5, lambda row: found.words[row])
        if found.words
        else TableColumn("adds", "adds", 8, added, lambda: np.abs(found.value), right=True, descending=True)
    )
    columns = [
        first,
        TableColumn(
            "class", "class", 12, lambda row: visible(names[found.class_[row]]), lambda: found.class_
        ),
        TableColumn(
            "frame", "frame", 0, lambda row: visible(ids[int(found.frame[row])] or ""), lambda: found.frame
        ),
        TableColumn("label", "label", 12, _label(comparison, found)),
    ]
    for side in comparison.sides:
        rows = found.base if side == "base" else found.other
        columns += _of_side(comparison, side, rows, found.label)
    return columns


def _label(comparison: ObjectComparison, found: ObjectsBehind) -> Callable[[int], CellText]:
    classes, names = comparison.evaluation("base").classes.label, comparison.classes

    def cell(row: int) -> CellText:
        at = int(found.label[row])
        return "–" if at < 0 else visible(names[classes[at]]) if classes[at] >= 0 else "ignored"

    return cell


def _of_side(comparison: ObjectComparison, side: Side, rows: Rows, label: Rows) -> list[TableColumn]:
    """Confidence and IoU of one set's inferences; the title says whose they are."""
    objects, dataset = comparison.inferences(side).objects, comparison.dataset
    sure = np.append(objects.confidence, np.nan)[rows]
    both = np.flatnonzero((rows >= 0) & (label >= 0))
    iou = np.full(len(rows), np.nan)
    iou[both] = pair_ious(dataset, dataset.labels, label[both], objects, rows[both])

    def column(key: str, title: str, values: NDArray[Any]) -> TableColumn:
        return TableColumn(
            f"{side}_{key}",
            title,
            max(5, len(title)),
            lambda row: "" if rows[row] < 0 else share(float(values[row]), 2),
            lambda: values,
            right=True,
            descending=True,
        )

    return [column("confidence", side, sure), column("iou", "IoU", iou)]
