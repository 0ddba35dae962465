"""The labels and inferences of one set as other tools would get them, with the pairs that overlap."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.average_precision import image_order
from aquarium_tui.compare.objects.candidates import overlapping
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.errors import UsageError
from aquarium_tui.explain.rules import PAIR_IOUS, PAIR_SHARES, PairMeasure, Precision
from aquarium_tui.kinds import kind_of
from aquarium_tui.model.arrays import RowNumbers, areas, ious, ratio
from aquarium_tui.model.tables import Objects

_FLOOR = 0.1
"""Pairs of a lower IoU are kept only if a threshold is that low: most overlapping pairs are below."""

_MARGIN = 0.99
"""Keeps pairs that reach a threshold only in the arithmetic of a tool."""


@dataclass(frozen=True)
class OverlapTable:
    """Pairs of a label and an inference of one frame that overlap, ordered by label, then by inference.

    Attributes:
        label: `(pairs,)` int32 rows of the labels.
        inference: `(pairs,)` int32 rows of the inferences.
        share: `(pairs,)` float64, the part of the inference's own area that lies inside the label.
    """

    label: RowNumbers
    inference: RowNumbers
    share: NDArray[np.float64]


@dataclass(frozen=True)
class ExplainedSet:
    """One inference set and the labels, as arrays; rows are those of the tables.

    Attributes:
        labels: The labels of the dataset.
        inferences: The inferences of the set.
        size: `(frames, 2)` float64 width and height of each frame in pixels, 0 where not known.
        label_class: `(labels,)` int32 evaluated class, -1 for ignored classes.
        inference_class: `(inferences,)` int32, the same.
        shown_labels: `(labels,)` bool, in a frame that is counted.
        shown_inferences: `(inferences,)` bool, the same.
        image: `(frames,)` int64 place of each frame in the order in which pycocotools takes images.
        classes: Names of the classes, background last.
        pairs: The pairs that overlap.
    """

    labels: Objects
    inferences: Objects
    size: NDArray[np.float64]
    label_class: NDArray[np.int32]
    inference_class: NDArray[np.int32]
    shown_labels: NDArray[np.bool_]
    shown_inferences: NDArray[np.bool_]
    image: NDArray[np.int64]
    classes: tuple[str, ...]
    pairs: OverlapTable
    _measured: dict[str, NDArray[np.floating]] = field(default_factory=dict)

    @classmethod
    def of(cls, comparison: ObjectComparison, least_iou: float = 1.0) -> "ExplainedSet":
        """The base set of a comparison of boxes, in the frames that it counts.

        Args:
            comparison: Has the set as base.
            least_iou: The least IoU threshold that will be asked for, beside that of the comparison.
        """
        dataset, inferences = comparison.dataset, comparison.base.objects
        project = dataset.project
        evaluated = np.append(project.class_map.evaluated, np.int32(-1))
        frames = comparison.frames
        shown = np.ones(len(dataset.frames), bool) if frames is None else frames
        labels = dataset.labels
        floor = _MARGIN * min(_FLOOR, least_iou, comparison.settings.iou)
        return cls(
            labels,
            inferences,
            np.column_stack([dataset.frames.width, dataset.frames.height]).astype(np.float64),
            evaluated[labels.class_index],
            evaluated[inferences.class_index],
            shown[labels.frame],
            shown[inferences.frame],
            image_order(dataset.frames.id),
            comparison.classes,
            overlap_table(labels, inferences, evaluated, shown, floor),
        )

    @property
    def background(self) -> int:
        """The number of background, the class after the last."""
        return len(self.classes) - 1

    def iou_of(self, label: int, inference: int) -> float:
        """The IoU of a label and an inference; of a pair with a crowd it is that of the boxes too."""
        return float(ious(self.labels.box[[label]], self.inferences.box[[inference]])[0])

    def ious(self, precision: Precision) -> NDArray[np.floating]:
        """`(pairs,)` IoUs in the arithmetic of a tool."""
        return self._measure(f"iou {precision}", PAIR_IOUS[precision])

    def shares(self, precision: Precision) -> NDArray[np.floating]:
        """`(pairs,)` the part of each inference's area inside the label, in the arithmetic of a tool."""
        if precision not in PAIR_SHARES:
            return self.pairs.share
        return self._measure(f"share {precision}", PAIR_SHARES[precision])

    def _measure(self, name: str, measure: PairMeasure) -> NDArray[np.floating]:
        if name not in self._measured:
            label, inference = self.pairs.label, self.pairs.inference
            size = self.size[self.labels.frame[label]]
            self._measured[name] = measure(self.labels.box[label], self.inferences.box[inference], size)
        return self._measured[name]


def of_boxes(comparison: Comparison) -> ObjectComparison:
    """The comparison, if it is one of boxes.

    Raises:
        UsageError: The project is not a detection project, or its objects are matched by mask IoU.
    """
    project = comparison.dataset.project
    kind = kind_of(project)
    found = kind.as_boxes(comparison)
    if found is not None:
        return found
    about = "objects matched by their masks" if kind.boxes else project.task
    raise UsageError(
        f"explain reproduces the rules of detection by boxes; {project.name} is about {about}.",
        "Use it with a detection project whose IoU is that of boxes.",
    )


def overlap_table(
    labels: Objects,
    inferences: Objects,
    evaluated: NDArray[np.int32],
    shown: NDArray[np.bool_],
    floor: float,
) -> OverlapTable:
    """The pairs that any rule may need: of an IoU that a threshold may reach, or with a region.

    Args:
        labels: The labels.
        inferences: The inferences.
        evaluated: Evaluated class by position in the class map, -1 for ignored classes.
        shown: `(frames,)` bool, the frames that are counted.
        floor: The least IoU of a pair that is kept.
    """
    rows = np.flatnonzero(shown[labels.frame])
    frame = labels.frame[rows]
    begin, end = inferences.starts[frame], inferences.starts[frame + 1]
    at, inference, common = overlapping(labels.box[rows], begin, end, inferences.box)
    label = rows[at].astype(np.int32)
    size = areas(inferences.box)[inference]
    region = labels.crowd | (evaluated[labels.class_index] < 0)
    iou = ratio(common, areas(labels.box)[label] + size - common)
    keep = (iou >= floor) | region[label]
    return OverlapTable(label[keep], inference[keep], ratio(common, size)[keep])
