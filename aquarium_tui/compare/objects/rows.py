"""One object of the ledger in full, and the keys by which lists of objects are sorted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.geometry import geometry_of
from aquarium_tui.model.arrays import areas
from aquarium_tui.model.outcomes import Change, Outcome
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Objects

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Partner:
    """What one set has for an object.

    Attributes:
        id: The inference's id.
        class_name: As the class map names it.
        class_index: Position in the class map's entries.
        box: Left, top, right, bottom in pixels.
        confidence: Of the inference; NaN for a label.
        iou: With the object's label; NaN without one.
        mask: Its mask as `Objects` holds it; None without one.
    """

    id: str
    class_name: str
    class_index: int
    box: Box
    confidence: float = float("nan")
    iou: float = float("nan")
    mask: str | None = None


@dataclass(frozen=True)
class ObjectRow:
    """One row of the ledger with everything that is known of it; `label`, `base`, `other` may be absent."""

    row: int
    frame: int
    label: Partner | None
    crowd: bool
    base: Partner | None
    other: Partner | None
    base_outcome: Outcome
    other_outcome: Outcome
    change: Change

    def partner(self, side: Side) -> Partner | None:
        """The inference of one side."""
        return self.base if side == "base" else self.other

    def outcome(self, side: Side) -> Outcome:
        """The outcome under one side."""
        return self.base_outcome if side == "base" else self.other_outcome


def object_at(comparison: ObjectComparison, row: int) -> ObjectRow:
    """The object of one row of the comparison's ledger."""
    ledger = comparison.ledger
    labels = comparison.dataset.labels
    at = int(ledger.label[row])
    label = _partner(comparison, labels, at) if at >= 0 else None
    return ObjectRow(
        row=row,
        frame=int(ledger.frame[row]),
        label=label,
        crowd=bool(labels.crowd[at]) if label else False,
        base=_inference(comparison, "base", int(ledger.base[row]), at),
        other=_inference(comparison, "other", int(ledger.other[row]), at),
        base_outcome=Outcome(int(ledger.base_outcome[row])),
        other_outcome=Outcome(int(ledger.other_outcome[row])),
        change=Change(int(ledger.change[row])),
    )


def _inference(comparison: ObjectComparison, side: Side, at: int, label: int) -> Partner | None:
    if at < 0:
        return None
    return _partner(comparison, comparison.evaluation(side).inferences.objects, at, label)


def _partner(comparison: ObjectComparison, objects: Objects, at: int, label: int = -1) -> Partner:
    left, top, right, bottom = objects.box[at].tolist()
    box = (left, top, right, bottom)
    class_index = int(objects.class_index[at])
    dataset, one = comparison.dataset, np.array([at])
    ious = geometry_of(dataset.project).ious
    iou = ious(dataset.frames, dataset.labels, np.array([label]), objects, one)[0] if label >= 0 else np.nan
    return Partner(
        id=objects.name(at),
        class_name=dataset.project.class_map.entries[class_index].name,
        class_index=class_index,
        box=box,
        confidence=float(objects.confidence[at]) if len(objects.confidence) else float("nan"),
        iou=float(iou),
        mask=objects.mask[at] if objects.mask is not None else None,
    )


@dataclass(frozen=True)
class ObjectKeys:
    """Sort keys of some rows of the ledger, `(n,)` float64, NaN where a partner is absent.

    Attributes:
        confidence: The highest of the two sets.
        iou: With the label, the highest of the two sets.
        size: Area of the label, else of base's box, else of other's, in square pixels.
        confidence_change: Other's confidence minus base's.
    """

    confidence: NDArray[np.float64]
    iou: NDArray[np.float64]
    size: NDArray[np.float64]
    confidence_change: NDArray[np.float64]


def object_keys(comparison: ObjectComparison, rows: NDArray[np.int64]) -> ObjectKeys:
    """Sort keys of these rows of the ledger."""
    ledger = comparison.ledger
    label = _picked(comparison.dataset.labels.box, ledger.label[rows])
    size = _areas(label)
    sure, iou = [], []
    for side in comparison.sides:
        objects = comparison.evaluation(side).inferences.objects
        at = (ledger.base if side == "base" else ledger.other)[rows]
        box = _picked(objects.box, at)
        sure.append(_picked(objects.confidence, at))
        both = np.flatnonzero(~np.isnan(box[:, 0] + label[:, 0]))
        common = np.full(len(rows), np.nan)
        labelled = ledger.label[rows][both]
        dataset = comparison.dataset
        ious = geometry_of(dataset.project).ious
        common[both] = ious(dataset.frames, dataset.labels, labelled, objects, at[both])
        iou.append(common)
        size = np.where(np.isnan(size), _areas(box), size)
    return ObjectKeys(
        confidence=np.fmax(sure[0], sure[-1]),
        iou=np.fmax(iou[0], iou[-1]),
        size=size,
        confidence_change=sure[-1] - sure[0],
    )


def _picked(column: NDArray[np.float64], at: NDArray[np.int32]) -> NDArray[np.float64]:
    """`column[at]`, NaN where `at` is -1."""
    picked = np.full((len(at), *column.shape[1:]), np.nan)
    known = at >= 0
    picked[known] = column[at[known]]
    return picked


def _areas(box: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(box[:, 0]), np.nan, areas(box))
