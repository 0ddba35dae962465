"""What rules of matching are made of, and the table of tools: whose rule, of which release.

To add a tool, add a row to `TOOLS`; help, documents and the command derive from it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.confidence_curves import Curve
from aquarium_tui.compare.objects.matching import PAIR_ORDERS, SortKey
from aquarium_tui.errors import UsageError
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


@dataclass(frozen=True)
class AverageRule:
    """How average precision is found.

    Attributes:
        rule: How inferences are matched; its IoU threshold is replaced by each of ten, 0.5 to 0.95.
        curve: How it is taken from precision and recall.
        cap_of_one: The cap that applies instead at a single IoU threshold (AP50, AP75); None for the same.
        correct_first: Whether correct inferences come first among those of equal confidence.
    """

    rule: MatchRule
    curve: Curve = Curve.POINTS
    cap_of_one: int | None = None
    correct_first: bool = False


@dataclass(frozen=True)
class Release:
    """The rules of a tool in some of its releases.

    Attributes:
        versions: Which releases.
        rule: How objects are matched: for the matrix; for tools without one, for AP50.
        average: How average precision is found.
    """

    versions: str
    rule: MatchRule
    average: AverageRule


@dataclass(frozen=True)
class Tool:
    """A tool whose numbers are reproduced.

    Attributes:
        name: As the command line names it.
        where: What in the tool makes the numbers.
        releases: The newest first; the first one is the default.
        matrix: Whether it makes a confusion matrix.
        rows_are_labels: Whether the rows of its matrix are labels, and its columns inferences.
        per_label_class: Whether a normalised matrix sums to 1 over each label class, not each inferred class.
        background: What its matrix calls background.
        figures: What it calls each figure, by our name of it.
        scale: What its figures are multiplied with.
        remarks: Sentences for the document.
    """

    name: str
    where: str
    releases: tuple[Release, ...]
    figures: dict[str, str]
    matrix: bool = True
    rows_are_labels: bool = True
    per_label_class: bool = True
    background: str = "background"
    scale: float = 1.0
    remarks: tuple[str, ...] = ()

    def release(self, version: str) -> Release:
        """The release whose versions hold `version`; the newest for an empty one.

        Raises:
            UsageError: No release does.
        """
        for release in self.releases:
            if version in release.versions:
                return release
        known = ", ".join(f'"{one.versions}"' for one in self.releases)
        raise UsageError(
            f'the rule of {self.name} "{version}" is not known.', f"Known are {known}: give a part of one."
        )


_COCO_ORDER = (SortKey.CONFIDENCE, SortKey.INFERENCE, SortKey.IOU, SortKey.LAST_LABEL)
"""Of two labels with equal IoU, COCO's loop keeps the later one."""

_COCO = MatchRule(
    confidence=0.0,
    iou=0.5,
    order=_COCO_ORDER,
    apart=True,
    crowds=Crowds.ABSORBING,
    precision=Precision.SIZES,
    cap=100,
    cap_per_class=True,
)

_COCO_FIGURES = {
    name: name
    for name in ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")
}

_ULTRALYTICS = MatchRule(
    confidence=0.25,
    above=True,
    iou=0.45,
    beyond=True,
    order=(SortKey.CONFIDENCE, SortKey.INFERENCE, SortKey.IOU, SortKey.LABEL),
    crowds=Crowds.DROPPED,
    precision=Precision.SINGLE_PLUS,
)

_ULTRALYTICS_BEFORE = MatchRule(
    confidence=0.25,
    above=True,
    iou=0.45,
    beyond=True,
    order=(SortKey.IOU, SortKey.LAST_INFERENCE),
    claim=Claim.BEST,
    crowds=Crowds.DROPPED,
    precision=Precision.SINGLE_PLUS,
)

_ULTRALYTICS_FIRST = replace(_ULTRALYTICS_BEFORE, lone=False)

_ULTRALYTICS_AP = MatchRule(
    confidence=0.001,
    above=True,
    iou=0.5,
    order=(SortKey.CONFIDENCE, SortKey.INFERENCE, SortKey.IOU, SortKey.LABEL),
    apart=True,
    crowds=Crowds.DROPPED,
    precision=Precision.SINGLE_PLUS,
    cap=300,
)

_ULTRALYTICS_AP_BEFORE = MatchRule(
    confidence=0.001,
    above=True,
    iou=0.5,
    order=(SortKey.CONFIDENCE, SortKey.INFERENCE),
    claim=Claim.BEST,
    apart=True,
    crowds=Crowds.DROPPED,
    precision=Precision.SINGLE_PLUS,
    cap=300,
)

_SUPERVISION = MatchRule(
    confidence=0.3,
    iou=0.5,
    beyond=True,
    order=(SortKey.CLASS, SortKey.IOU, SortKey.LABEL, SortKey.INFERENCE),
    crowds=Crowds.ORDINARY,
    precision=Precision.ROUNDED,
)

_SUPERVISION_BEFORE = MatchRule(
    confidence=0.3,
    above=True,
    iou=0.5,
    beyond=True,
    order=(SortKey.IOU, SortKey.LAST_INFERENCE),
    claim=Claim.BEST,
    crowds=Crowds.ORDINARY,
    precision=Precision.ROUNDED,
)

_MMDET = MatchRule(
    confidence=0.3,
    iou=0.5,
    order=(SortKey.IOU,),
    claim=Claim.EVERY,
    crowds=Crowds.ORDINARY,
    precision=Precision.SINGLE,
    least_side=1.0,
)

_FIFTYONE = MatchRule(
    confidence=0.0,
    iou=0.5,
    order=_COCO_ORDER,
    apart=True,
    crowds=Crowds.COUNTED,
    precision=Precision.PARTS,
)

_FIFTYONE_AP = MatchRule(
    confidence=0.0,
    iou=0.5,
    order=_COCO_ORDER,
    apart=True,
    crowds=Crowds.ABSORBING,
    precision=Precision.PARTS,
    cap=100,
    cap_per_class=True,
)

TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "ultralytics",
            "`ConfusionMatrix.process_batch` and `DetectionValidator`",
            (
                Release("8.4.190", _ULTRALYTICS, AverageRule(_ULTRALYTICS_AP, Curve.TRAPEZOID)),
                Release("8.4.100", _ULTRALYTICS_BEFORE, AverageRule(_ULTRALYTICS_AP_BEFORE, Curve.TRAPEZOID)),
                Release(
                    "8.3.200 to 8.4.0", _ULTRALYTICS_BEFORE, AverageRule(_ULTRALYTICS_AP_BEFORE, Curve.SLOPE)
                ),
                Release("8.3.0", _ULTRALYTICS_FIRST, AverageRule(_ULTRALYTICS_AP_BEFORE, Curve.SLOPE)),
            ),
            {"P": "P", "R": "R", "F1": "F1", "AP50": "mAP50", "AP75": "mAP75", "AP": "mAP50-95"},
            rows_are_labels=False,
            remarks=(
                "P, R and F1 are class means at the confidence where the smoothed mean F1 is highest.",
                "`yolo val` of 8.4.190 makes the matrix at its own confidence, 0.001, of at most 300 "
                "inferences per frame; `--matrix` tries both.",
                "Its conversion from COCO drops crowds.",
                "8.3.0 skips spurious inferences of frames that have labels but no pair.",
                "Releases before 8.4.190 sort pairs in no fixed order where their IoUs tie exactly.",
            ),
        ),
        Tool(
            "supervision",
            "`ConfusionMatrix` and `metrics.MeanAveragePrecision`",
            (
                Release("0.31.2", _SUPERVISION, AverageRule(_COCO)),
                Release("0.26.1 to 0.27.0", _SUPERVISION_BEFORE, AverageRule(_COCO)),
            ),
            {"AP": "mAP50-95", "AP50": "mAP50", "AP75": "mAP75"},
            per_label_class=False,
            remarks=(
                "The IoU is rounded to single precision before it is compared.",
                "A normalised matrix is divided by the sums of its columns, the inferred classes.",
            ),
        ),
        Tool(
            "mmdet",
            "`tools/analysis_tools/confusion_matrix.py` and `CocoMetric`",
            (Release("3.3.0", _MMDET, AverageRule(_COCO, cap_of_one=1000)),),
            {"AP": "bbox_mAP", "AP50": "bbox_mAP_50", "AP75": "bbox_mAP_75"},
            remarks=(
                "An inference counts once for every label that it overlaps, taken or not, and a confused "
                "label counts as missed too, so rows do not sum to the number of labels.",
                "Labels with a side below one pixel or without an area are dropped; crowds are not.",
                "AP50 and AP75 look at 1000 inferences per frame and class, AP at 100.",
            ),
        ),
        Tool(
            "fiftyone",
            '`evaluate_detections(method="coco")`',
            (Release("1.22.1", _FIFTYONE, AverageRule(_FIFTYONE_AP, correct_first=True)),),
            {"P": "precision", "R": "recall", "F1": "fscore", "AP": "mAP"},
            background="(none)",
            remarks=(
                "No confidence threshold: filter the view first, or give `--their-confidence`.",
                "Boxes are stored as parts of the frame.",
                "For mAP, correct inferences come first among those of equal confidence.",
                "P, R and F1 pool all classes.",
            ),
        ),
        Tool(
            "detectron2",
            "`COCOEvaluator`",
            (Release("0.6", _COCO, AverageRule(_COCO)),),
            {name: name for name in list(_COCO_FIGURES)[:6]},
            matrix=False,
            scale=100.0,
            remarks=("COCO's rule; figures are percentages. It has no confusion matrix.",),
        ),
        Tool(
            "pycocotools",
            "`COCOeval`",
            (Release("2.0.11", _COCO, AverageRule(_COCO)),),
            _COCO_FIGURES,
            matrix=False,
            remarks=("It has no confusion matrix; objects are those of AP50.",),
        ),
    )
}
"""The tools, by name."""


def tool_named(name: str) -> Tool:
    """The tool of a name.

    Raises:
        UsageError: There is none.
    """
    if name not in TOOLS:
        raise UsageError(f'the rule of "{name}" is not known.', f"Known are {', '.join(TOOLS)}.")
    return TOOLS[name]
