"""Average precision and recall as COCO defines them, through hotcoco.

A path of its own beside the confusion: it sweeps all confidences, matches every class by itself and
decides the size of a label by its stated area.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import class_mean
from aquarium_tui.compare.objects.geometry import Rle, geometry_of
from aquarium_tui.compare.objects.matching import EvaluatedClasses
from aquarium_tui.model.arrays import Boxes, Floats
from aquarium_tui.model.tables import Dataset, Frames, Objects


def image_order(ids: Iterable[str | None]) -> NDArray[np.int64]:
    """The place of each frame, `(frames,)`, when frames are sorted by id as pycocotools sorts image ids.

    Ids that are all whole numbers are sorted by value. Otherwise all are text and are sorted as text, since
    files with numbers have numeric ids throughout and pycocotools refuses a mixture. The order decides AP
    wherever confidences tie: inferences of equal confidence count in the order of their images.
    """
    words = [id_ or "" for id_ in ids]
    numeric = all(word.isascii() and word.removeprefix("-").isdigit() for word in words)
    keys: list[int] | list[str] = [int(word) for word in words] if numeric else words
    place = np.empty(len(words), np.int64)
    place[sorted(range(len(words)), key=keys.__getitem__)] = np.arange(len(words))
    return place


_PRECISIONS = {"AP": 0, "APs": 1, "APm": 2, "APl": 3}
"""Place of the size range (all, small, medium, large) in hotcoco's result, by metric."""

_RECALLS = {"AR1": (0, 0), "AR10": (0, 1), "AR100": (0, 2), "ARs": (1, 2), "ARm": (2, 2), "ARl": (3, 2)}
"""Places of the size range and of the most inferences a frame (1, 10, 100), by metric."""

_GROUP = 8
"""Classes evaluated together: bounds the memory, and costs no time."""

NAMES = ("AP", "AP50", "AP75", "APs", "APm", "APl", *_RECALLS)


@dataclass(frozen=True)
class AveragePrecision:
    """COCO's twelve summary metrics of one set.

    Attributes:
        per_class: By metric name `(classes,)` float64 of each evaluated class; NaN where it has no labels
            (of that size).
    """

    per_class: Mapping[str, Floats]

    @cached_property
    def total(self) -> dict[str, float]:
        """Each metric's mean over the classes where it is defined, NaN where it is for none."""
        return {name: float(class_mean(values)) for name, values in self.per_class.items()}


def average_precision(
    dataset: Dataset,
    inferences: Objects,
    classes: EvaluatedClasses,
    n: int,
    frames: NDArray[np.bool_] | None = None,
    *,
    partial: NDArray[np.bool_] | None = None,
) -> AveragePrecision:
    """The metrics of one set, per evaluated class.

    Crowd labels take up inferences of their class, labels of ignored classes those of any, without counting
    them; inferences of ignored classes are left out.

    Args:
        dataset: Has the labels; boxes count or masks, as its project says.
        inferences: The inferences of one set.
        classes: Evaluated classes.
        n: How many evaluated classes there are.
        frames: `(frames,)` bool, the frames to look at; all where not given.
        partial: `(frames, classes)` bool, classes of which a frame has objects without labels: inferences of
            them that find no label do not count, as LVIS has it.
    """
    task = _task(dataset, inferences, classes, n, frames, partial)
    groups = [range(first, min(first + _GROUP, n)) for first in range(0, n, _GROUP)]
    found = [_of_group(task, group) for group in groups]
    none = np.zeros(0)
    return AveragePrecision({name: np.concatenate([none, *(f[name] for f in found)]) for name in NAMES})


def matched_by_coco(
    dataset: Dataset,
    inferences: Objects,
    classes: EvaluatedClasses,
    n: int,
    frames: NDArray[np.bool_] | None = None,
    *,
    partial: NDArray[np.bool_] | None = None,
    class_: int | None = None,
) -> Any:  # noqa: ANN401
    """A `hotcoco.COCOeval` that has matched at IoU .5 one class, or all; else as `average_precision`."""
    group = range(n) if class_ is None else range(class_, class_ + 1)
    return _matched(_task(dataset, inferences, classes, n, frames, partial), group, [0.5])


def _task(  # noqa: PLR0917
    dataset: Dataset,
    inferences: Objects,
    classes: EvaluatedClasses,
    n: int,
    frames: NDArray[np.bool_] | None,
    partial: NDArray[np.bool_] | None,
) -> "_Task":
    labels = dataset.labels
    if frames is None:
        frames = np.ones(len(labels.starts) - 1, bool)
    shown = frames[labels.frame], frames[inferences.frame]
    inside = EvaluatedClasses(np.where(shown[0], classes.label, n), np.where(shown[1], classes.inference, n))
    image = image_order(dataset.frames.id)
    images = [_image(dataset.frames, frame, int(image[frame])) for frame in np.flatnonzero(frames).tolist()]
    return _Task(dataset, inferences, inside, image, images, partial)


@dataclass(frozen=True)
class _Task:
    """What is evaluated; `image` is the image id of each frame, `(frames,)`; `images` are those looked at."""

    dataset: Dataset
    inferences: Objects
    classes: EvaluatedClasses
    image: NDArray[np.int64]
    images: list[dict[str, int]]
    partial: NDArray[np.bool_] | None


def _of_group(task: _Task, group: range) -> dict[str, Floats]:
    """The metrics of a few classes, `(len(group),)` each by name."""
    evaluation = _matched(task, group)
    evaluation.accumulate()
    found: Any = evaluation.eval
    return _summary(found["precision"], found["recall"])


def _matched(task: _Task, group: range, ious: list[float] | None = None) -> Any:  # noqa: ANN401
    """An evaluation of a few classes, matched at these IoU thresholds; by default at COCO's ten."""
    import hotcoco

    dataset, classes = task.dataset, task.classes
    labels, geometry = dataset.labels, geometry_of(dataset.project)
    ignored = np.flatnonzero(classes.label < 0)
    mine = np.flatnonzero((classes.label >= group.start) & (classes.label < group.stop))
    rows = np.concatenate([mine, np.tile(ignored, len(group))])
    regions, shapes = _whole_frames(task, group), geometry.outlines(dataset.frames, labels, rows)
    truth = hotcoco.COCO.from_arrays(
        task.images,
        [{"id": class_, "name": str(class_)} for class_ in group],
        np.concatenate([task.image[labels.frame[rows]], regions.image]),
        np.concatenate([classes.label[mine], np.repeat(np.array(group), len(ignored)), regions.class_]),
        np.concatenate([_left_top_width_height(labels.box[rows]), regions.box]),
        area=np.concatenate([labels.area[rows], regions.box[:, 2:].prod(axis=1)]),
        iscrowd=np.append(labels.crowd[mine], np.ones(len(rows) - len(mine) + len(regions.box), bool)),
        segmentation=None if shapes is None else [*shapes],
    )
    its = np.flatnonzero((classes.inference >= group.start) & (classes.inference < group.stop))
    outlines = geometry.outlines(dataset.frames, task.inferences, its)
    results = _boxed(task, its) if outlines is None else _outlined(task, its, outlines)
    evaluation = hotcoco.COCOeval(truth, truth.load_res(results), geometry.coco)
    if ious:
        evaluation.params.iou_thrs = ious
    evaluation.evaluate()
    return evaluation


@dataclass(frozen=True)
class _Regions:
    """Crowds that cover frames: image id, evaluated class, and box as left, top, width, height."""

    image: NDArray[np.int64]
    class_: NDArray[np.int64]
    box: Floats


def _whole_frames(task: _Task, group: range) -> _Regions:
    """A crowd over each frame for each class of which it has objects without labels.

    COCO ignores an inference inside a crowd of its class, unless it finds a label.
    """
    shown = {image["id"] for image in task.images}
    if task.partial is None or not geometry_of(task.dataset.project).covers:
        frame = class_ = np.zeros(0, np.int64)
    else:
        frame, class_ = np.nonzero(task.partial[:, group.start : group.stop])
        inside = np.isin(task.image[frame], list(shown))
        frame, class_ = frame[inside], class_[inside] + group.start
    # Larger than any frame: what juts out of its frame lies inside, too.
    box = np.tile([-_HUGE, -_HUGE, 2 * _HUGE, 2 * _HUGE], (len(frame), 1))
    return _Regions(task.image[frame], class_, box)


_HUGE = 1e6
"""Pixels beyond any image: the reader of images refuses sides above 100,000."""


def _boxed(task: _Task, rows: NDArray[np.intp]) -> Floats:
    inferences = task.inferences
    box, image = _left_top_width_height(inferences.box[rows]), task.image[inferences.frame[rows]]
    columns = [image, box, inferences.confidence[rows], task.classes.inference[rows]]
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def _outlined(task: _Task, rows: NDArray[np.intp], outlines: list[Rle]) -> list[dict[str, Any]]:
    """Results without boxes, so that their areas are those of their masks."""
    inferences = task.inferences
    keys = ("image_id", "category_id", "score", "segmentation")
    columns = (task.image[inferences.frame], task.classes.inference, inferences.confidence)
    values = zip(*(column[rows].tolist() for column in columns), outlines, strict=True)
    return [dict(zip(keys, one, strict=True)) for one in values]


def _image(frames: Frames, frame: int, id_: int) -> dict[str, int]:
    return {"id": id_, "width": int(frames.width[frame]), "height": int(frames.height[frame])}


def _summary(precision: NDArray[Any], recall: NDArray[Any]) -> dict[str, Floats]:
    """Means over thresholds.

    Args:
        precision: `(IoU thresholds, recall thresholds, classes, sizes, most inferences)`, -1 if undefined.
        recall: The same without recall thresholds.
    """
    means = {name: precision[..., size, -1].mean((0, 1)) for name, size in _PRECISIONS.items()}
    means |= {"AP50": precision[0, ..., 0, -1].mean(0), "AP75": precision[5, ..., 0, -1].mean(0)}
    means |= {name: recall[..., size, most].mean(0) for name, (size, most) in _RECALLS.items()}
    return {name: np.where(mean < 0, np.nan, mean) for name, mean in means.items()}


def _left_top_width_height(box: Boxes) -> Boxes:
    return np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], axis=1)
