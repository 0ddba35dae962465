"""Dictionaries of boxes, scores and labels, as torchmetrics and torchvision have them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.integrations.model_run import ModelRun, arrays, named
from aquarium_tui.upload import UploadResult

BoxFormat = Literal["xyxy", "xywh", "cxcywh"]


def log_predictions(
    project: str,
    dataset: str,
    inferences_id: str,
    images: Iterable[object],
    preds: Iterable[Mapping[str, Any]],
    *,
    classes: Sequence[str] | Mapping[int, str] | None = None,
    box_format: BoxFormat = "xyxy",
) -> UploadResult:
    """Store predictions as an inference set.

    Args:
        project: The project.
        dataset: The dataset in it.
        inferences_id: The name of the set; a set of this name is replaced.
        images: The id of the frame, or the path of the image, of each prediction.
        preds: Dictionaries with `boxes` `(n, 4)`, `scores` and `labels` `(n,)`.
        classes: The names of class ids.
        box_format: As in torchmetrics.

    Raises:
        AquariumError: There is no such dataset, or nothing fits it.
    """
    run = ModelRun(project, dataset, inferences_id)
    for image, pred in zip(images, preds, strict=True):
        add(run, image, pred, classes, box_format)
    return run.close()


def add(
    run: ModelRun,
    image: object,
    pred: Mapping[str, Any],
    classes: Sequence[str] | Mapping[int, str] | None = None,
    box_format: BoxFormat = "xyxy",
) -> None:
    """Add one prediction to a run; the arguments are as in `log_predictions`."""
    box = corners(arrays(pred["boxes"]).reshape(-1, 4), box_format)
    run.add(image, box, named(pred["labels"], classes), arrays(pred["scores"]))


def corners(boxes: NDArray[Any], box_format: BoxFormat) -> NDArray[np.float64]:
    """`(n, 4)` left, top, right, bottom of boxes in one of torchmetrics' formats."""
    first, last = boxes[:, :2].astype(np.float64), boxes[:, 2:].astype(np.float64)
    if box_format == "xywh":
        return np.hstack([first, first + last])
    if box_format == "cxcywh":
        return np.hstack([first - last / 2, first + last / 2])
    return np.hstack([first, last])
