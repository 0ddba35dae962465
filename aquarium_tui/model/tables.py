"""The tables of a dataset: frames, labels, inferences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.metrics import Metric, MetricValues, SetValue
from aquarium_tui.model.problems import UNRANKED, Problem
from aquarium_tui.model.settings import Settings

DETECTION: Literal["detection"] = "detection"
SEGMENTATION: Literal["segmentation"] = "segmentation"
CLASSIFICATION: Literal["classification"] = "classification"
"""One class an image: labels and inferences are objects whose boxes are all of their frame."""
MULTILABEL: Literal["multilabel"] = "multilabel"
"""Any number of classes an image, each a label or an inference whose box is all of its frame."""

BOX: Literal["box"] = "box"
MASK: Literal["mask"] = "mask"
"""What the IoU of two objects compares."""

RANK = "rank"
"""The attribute of an inference of a class of an image: 1 where the label's class has the best score."""


@dataclass(frozen=True)
class Frames:
    """The frames of a dataset, in the order of their file.

    Attributes:
        id: Text, unique.
        path: The image's path as the input names it, relative to `Dataset.images` unless absolute.
        width: `(n,)` int32 pixels, 0 where not known.
        height: The same.
        metadata: Further columns by name.
    """

    id: Text
    path: Text
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    metadata: Mapping[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def row_by_id(self) -> dict[str, int]:
        """Row of each frame id."""
        return {str(id_): row for row, id_ in enumerate(self.id)}


@dataclass(frozen=True)
class Objects:
    """Labels, or the inferences of one set, sorted by frame and in file order within it.

    Attributes:
        starts: `(frames + 1,)` int64; the rows of frame f are `starts[f]:starts[f + 1]`.
        class_index: `(n,)` int32, position in the class map's entries.
        box: `(n, 4)` float64, left, top, right, bottom in pixels.
        confidence: `(n,)` float64; for labels empty.
        crowd: `(n,)` bool, the region holds many objects (COCO `iscrowd`); for inferences empty.
        area: `(n,)` float64 square pixels as the input states it (a mask's area); for inferences empty.
        id: As the input names them; where it names none, the row number as text stands for it.
        attributes: Further columns by name.
        mask: Which pixels of its frame an object has, as COCO's compressed run lengths of a mask of the
            frame's size, or as polygons (`model.outlines`); absent where it has none, and None where no
            object has one.
    """

    starts: NDArray[np.int64]
    class_index: NDArray[np.int32]
    box: Boxes
    confidence: NDArray[np.float64]
    crowd: NDArray[np.bool_]
    area: NDArray[np.float64]
    id: Text | None = None
    attributes: Mapping[str, Column] = field(default_factory=dict)
    mask: Text | None = None

    def __len__(self) -> int:
        return len(self.class_index)

    @cached_property
    def frame(self) -> NDArray[np.int32]:
        """`(n,)` int32: the frame of each row."""
        counts = np.diff(self.starts)
        return np.repeat(np.arange(len(counts), dtype=np.int32), counts)

    def among(self, rows: NDArray[np.bool_]) -> "Objects":
        """The objects where `(n,)` is true; one without an id is known by its row from then on."""

        def part(column: NDArray[Any]) -> NDArray[Any]:
            return column[rows] if len(column) else column

        kept = np.flatnonzero(rows)
        return Objects(
            starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(rows)])[self.starts],
            class_index=self.class_index[rows],
            box=self.box[rows],
            confidence=part(self.confidence),
            crowd=part(self.crowd),
            area=part(self.area),
            id=self.id and self.id.take(kept),
            attributes={name: column.take(kept) for name, column in self.attributes.items()},
            mask=self.mask and self.mask.take(kept),
        )

    def name(self, row: int) -> str:
        """The id of one row as text."""
        named = self.id[row] if self.id is not None else None
        return str(row) if named is None else named


@dataclass(frozen=True)
class Project:
    """A task with its class map, the settings a comparison starts with, and the user's metrics.

    Attributes:
        iou_type: Whether objects are matched by the IoU of their boxes or of their masks.
    """

    name: str
    task: str = DETECTION
    class_map: ClassMap = field(default_factory=ClassMap)
    settings: Settings = field(default_factory=Settings)
    metrics: tuple[Metric, ...] = ()
    iou_type: str = BOX


@dataclass(frozen=True)
class Provenance:
    """Where a dataset or inference set came from.

    Attributes:
        created: When it was uploaded, ISO 8601 in UTC.
        source: The file it was read from.
        notes: Sentences on what was recognised.
        problems: What was found wrong, and what was done.
        fingerprint: Hash of the stored tables.
    """

    created: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True)
class Dataset:
    """Frames and their labels.

    Attributes:
        images: The folder that relative frame paths start from.
        categories: Class id of the project by the id that the dataset's own files use.
        masks: The label masks, where the task is segmentation; `labels` is empty then.
        group_by: What says which frames belong together, such as a field of metadata called `video`; empty
            where each frame stands for itself.
    """

    project: Project
    name: str
    frames: Frames
    labels: Objects
    images: str = ""
    categories: Mapping[int, int] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)
    masks: Masks | None = None
    group_by: str = ""

    @property
    def label_counts(self) -> NDArray[np.int64]:
        """`(frames,)` int64: labels, or label masks, of each."""
        return _counts(self.labels, self.masks)


@dataclass(frozen=True)
class InferenceSet:
    """All inferences of one model on one dataset.

    Attributes:
        masks: Its masks, where the task is segmentation; `objects` is empty then.
        metrics: Values of the user's metrics, by name.
        declared: Those of them that came with the set, as its project is to declare them.
        values: Figures of the whole set that are in no file.
    """

    id: str
    objects: Objects
    provenance: Provenance = field(default_factory=Provenance)
    masks: Masks | None = None
    metrics: Mapping[str, MetricValues] = field(default_factory=dict)
    declared: tuple[Metric, ...] = ()
    values: tuple[SetValue, ...] = ()

    @property
    def unranked(self) -> bool:
        """Whether its file had no confidences, so that AP, which ranks inferences by them, is not defined."""
        return any(problem.kind == UNRANKED for problem in self.provenance.problems)

    @property
    def counts(self) -> NDArray[np.int64]:
        """`(frames,)` int64: inferences, or inferred masks, of each."""
        return _counts(self.objects, self.masks)


def _counts(objects: Objects, masks: Masks | None) -> NDArray[np.int64]:
    return np.diff(objects.starts) if masks is None else np.asarray(~masks.path.missing, np.int64)


def class_counts(class_map: ClassMap, objects: Objects, masks: Masks | None) -> NDArray[np.int64]:
    """`(entries,)` int64: how many objects, or pixels of masks, each entry of the class map has.

    Pixels whose value belongs to no class are not counted.
    """
    if masks is None:
        return np.bincount(objects.class_index, minlength=len(class_map.entries))
    counts = np.zeros(len(class_map.entries), np.int64)
    for value, pixels in masks.pixels.items():
        position = class_map.positions_by_id.get(masks.values.get(value, -1))
        if position is not None:
            counts[position] += pixels
    return counts


def no_objects(frames: int) -> Objects:
    """The objects of a dataset whose labels or inferences are masks: none in any of its frames."""
    none = np.zeros(0)
    return Objects(
        starts=np.zeros(frames + 1, np.int64),
        class_index=np.zeros(0, np.int32),
        box=np.zeros((0, 4)),
        confidence=none,
        crowd=np.zeros(0, bool),
        area=none,
    )


def starts_of(frame: NDArray[Any], frames: int) -> NDArray[np.int64]:
    """`Objects.starts` of rows sorted by `frame` (`(n,)` integers below `frames`)."""
    counts = np.bincount(frame, minlength=frames)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
