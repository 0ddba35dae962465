"""What a rule of matching is made of, so that the rules of all tools, and ours, are values of one type."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.matching import PAIR_ORDERS, SortKey
from aquarium_tui.model.arrays import Boxes, ious
from aquarium_tui.model.settings import Settings


class Precision(StrEnum):
    """The arithmetic in which a tool computes an IoU; it decides pairs that lie at a threshold."""

    DOUBLE = "double"
    """Ours: edges in double precision."""
    SINGLE_PLUS = "single-plus"
    """Ultralytics: edges in single precision, 1e-7 added to the union."""
    SINGLE = "single"
    """mmdetection: edges in single precision, the union at least 1e-6."""
    ROUNDED = "rounded"
    """supervision: edges in double precision, the result rounded to single precision."""
    SIZES = "sizes"
    """pycocotools: left, top, width and height in double precision."""
    PARTS = "parts"
    """FiftyOne: left, top, width and height as parts of the frame, in double precision."""


class Claim(StrEnum):
    """How candidate pairs become counted pairs."""

    GREEDY = "greedy"
    """In the order of the rule; a pair counts where neither side is taken yet."""
    BEST = "best"
    """Each inference claims only its label of highest IoU; of the claims on a label, the first in the order
    of the rule counts. An inference that loses its label gets no second choice."""
    EVERY = "every"
    """Each candidate pair counts, so an inference may count once for each of several labels. A label is
    missed unless an inference of its own class is among its pairs."""


class Crowds(StrEnum):
    """What becomes of crowd labels and of the inferences on them."""

    REGION = "region"
    """Ours: crowds and labels of ignored classes are regions. They are never paired or missed, and an
    inference without a partner that lies inside one is not counted."""
    DROPPED = "dropped"
    """The tool never sees crowd labels; an inference on one is spurious."""
    ORDINARY = "ordinary"
    """A crowd is a label like any other."""
    ABSORBING = "absorbing"
    """An inference without a partner that lies inside a crowd of its class is not counted; crowds are never
    missed."""
    COUNTED = "counted"
    """As `ABSORBING`, but each such inference counts as correct, and a crowd without one as missed."""


@dataclass(frozen=True)
class MatchRule:
    """How one set is matched with the labels and counted.

    Attributes:
        confidence: Least confidence of an inference; with `above`, it must exceed it.
        above: Whether the confidence must exceed the threshold, not only reach it.
        iou: Least IoU of a pair; with `beyond`, it must exceed it.
        beyond: Whether the IoU must exceed the threshold.
        order: Sort keys of candidate pairs, the first one first.
        claim: How candidate pairs become counted pairs.
        apart: Whether each class is matched by itself, so that no pair has two classes.
        crowds: What becomes of crowds.
        precision: The arithmetic of the IoU.
        cap: The most inferences that are looked at, in order of confidence; None for all.
        cap_per_class: Whether the cap applies to each class of a frame, not to the frame.
        least_side: Labels whose width or height is less, in pixels, are left out.
        lone: Whether spurious inferences of frames that have labels but no pair are counted.
    """

    confidence: float
    iou: float
    order: tuple[SortKey, ...]
    above: bool = False
    beyond: bool = False
    claim: Claim = Claim.GREEDY
    apart: bool = False
    crowds: Crowds = Crowds.REGION
    precision: Precision = Precision.DOUBLE
    cap: int | None = None
    cap_per_class: bool = False
    least_side: float = 0.0
    lone: bool = True

    @property
    def order_words(self) -> str:
        """What pairs are sorted by, without the keys that only decide ties."""
        if self.claim is Claim.EVERY:
            return "every pair counts"
        return ", then ".join(
            key for key in self.order if key in (SortKey.IOU, SortKey.CLASS, SortKey.CONFIDENCE)
        )


def our_rule(settings: Settings) -> MatchRule:
    """The rule of this program for base, under these settings."""
    return MatchRule(settings.base_confidence, settings.iou, PAIR_ORDERS[settings.rule].keys)


PairMeasure = Callable[[Boxes, Boxes, NDArray[np.float64]], NDArray[np.floating]]


def _single_plus(labels: Boxes, inferences: Boxes, size: NDArray[np.float64]) -> NDArray[np.floating]:
    common, union = _parts(labels.astype(np.float32), inferences.astype(np.float32))
    return common / (union + np.float32(1e-7))


def _single(labels: Boxes, inferences: Boxes, size: NDArray[np.float64]) -> NDArray[np.floating]:
    common, union = _parts(labels.astype(np.float32), inferences.astype(np.float32))
    return common / np.maximum(union, np.float32(1e-6))


def _rounded(labels: Boxes, inferences: Boxes, size: NDArray[np.float64]) -> NDArray[np.floating]:
    return ious(labels, inferences).astype(np.float32)


def _sizes(labels: Boxes, inferences: Boxes, size: NDArray[np.float64]) -> NDArray[np.floating]:
    common, one, two = _of_sizes(_with_sizes(labels), _with_sizes(inferences))
    return common / (one + two - common)


def _relative(labels: Boxes, inferences: Boxes, size: NDArray[np.float64]) -> NDArray[np.floating]:
    common, one, two = _of_sizes(_as_parts(labels, size), _as_parts(inferences, size))
    return common / (one + two - common)


def _share_by_sizes(labels: Boxes, inferences: Boxes, size: NDArray[np.float64]) -> NDArray[np.floating]:
    common, _, own = _of_sizes(_with_sizes(labels), _with_sizes(inferences))
    return common / own


def _share_by_parts(labels: Boxes, inferences: Boxes, size: NDArray[np.float64]) -> NDArray[np.floating]:
    common, _, own = _of_sizes(_as_parts(labels, size), _as_parts(inferences, size))
    return common / own


def _as_parts(boxes: Boxes, size: NDArray[np.float64]) -> Boxes:
    """Left, top, width, height as parts of the frame; in pixels where its size is not known."""
    return np.asarray(_with_sizes(boxes) / np.tile(np.where(size > 0, size, 1.0), 2))


def _parts(a: NDArray[np.float32], b: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Common area and union, in the precision of the boxes."""
    sides = np.maximum(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0)
    common = sides[:, 0] * sides[:, 1]
    one, two = ((x[:, 2] - x[:, 0]) * (x[:, 3] - x[:, 1]) for x in (a, b))
    return common, one + two - common


def _with_sizes(boxes: Boxes) -> Boxes:
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)


def _of_sizes(a: Boxes, b: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Common areas, and the areas of both."""
    sides = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    return np.prod(np.maximum(sides, 0.0), axis=1), a[:, 2] * a[:, 3], b[:, 2] * b[:, 3]


PAIR_IOUS: dict[Precision, PairMeasure] = {
    Precision.DOUBLE: lambda labels, inferences, size: ious(labels, inferences),
    Precision.SINGLE_PLUS: _single_plus,
    Precision.SINGLE: _single,
    Precision.ROUNDED: _rounded,
    Precision.SIZES: _sizes,
    Precision.PARTS: _relative,
}
"""IoUs `(n,)` of boxes that overlap, from labels' boxes, inferences' boxes and `(n, 2)` sizes of frames."""

PAIR_SHARES: dict[Precision, PairMeasure] = {
    Precision.SIZES: _share_by_sizes,
    Precision.PARTS: _share_by_parts,
}
"""The parts `(n,)` of inferences' areas inside labels, for the tools that let crowds absorb inferences."""
