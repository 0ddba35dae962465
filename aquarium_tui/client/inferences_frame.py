"""`InferencesFrame`: what one model found in one frame."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aquarium_tui.client import checks, crops
from aquarium_tui.client.crops import Crops, Polygons, Record
from aquarium_tui.formats.aquarium.crops import MASK_KIND

_DEFAULT = "DEFAULT"


class InferencesFrame:
    """The inferences in one frame; its methods refuse with `UsageError` what cannot be used.

    Args:
        frame_id: That of the `LabeledFrame`.
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, frame_id: str, **further: object) -> None:
        checks.unused("InferencesFrame", further)
        self.frame_id = checks.identity(frame_id, "frame_id")
        self.crops = Crops("InferencesFrame")
        self.custom_metrics: Record = {}
        self._metadata: Record = {}

    def add_custom_metric(self, name: str, value: object) -> None:
        """Add the value of a metric of the project: a number, or a confusion matrix with labels as rows."""
        checks.text(name, "the name of a metric")
        if isinstance(value, list | tuple | np.ndarray):
            self.custom_metrics[name] = _matrix(name, value)
        else:
            self.custom_metrics[name] = checks.number(value, f"metric {name!r}")

    def add_user_metadata(self, key: str, val: object, val_type: str | None = None) -> None:
        """Add text, a number or a boolean about the inferences of this frame; it is not shown."""
        checks.metadata(checks.name(key, "the key of metadata"), val, val_type)
        self._metadata[key] = val

    def add_frame_embedding(self, **further: object) -> None:
        """Accepted, and ignored: embeddings have no place here."""
        checks.unused("add_frame_embedding", further)

    def add_crop_embedding(self, **further: object) -> None:
        """Accepted, and ignored: embeddings have no place here."""
        checks.unused("add_crop_embedding", further)

    def add_inference_2d_bbox(
        self,
        *,
        label_id: str,
        classification: str,
        top: float,
        left: float,
        width: float,
        height: float,
        confidence: float,
        sensor_id: str = _DEFAULT,
        user_attrs: Mapping[str, Any] | None = None,
        **further: object,
    ) -> None:
        """Add a box, in pixels, with a confidence from 0 to 1."""
        sure = checks.confidence(confidence)
        shape = crops.box(top, left, width, height)
        self.crops.add(
            "BBOX_2D",
            label_id,
            classification,
            sensor_id,
            shape,
            confidence=sure,
            user_attrs=user_attrs,
            further=further,
        )

    def add_inference_2d_polygon_list(
        self,
        *,
        label_id: str,
        classification: str,
        polygons: Polygons,
        confidence: float,
        center: Sequence[float] | None = None,
        sensor_id: str = _DEFAULT,
        user_attrs: Mapping[str, Any] | None = None,
        **further: object,
    ) -> None:
        """Add an object of one or more polygons, in pixels; it is shown as the box around them."""
        sure = checks.confidence(confidence)
        shape = crops.polygon_list(polygons, center)
        self.crops.add(
            "POLYGON_LIST_2D",
            label_id,
            classification,
            sensor_id,
            shape,
            confidence=sure,
            user_attrs=user_attrs,
            further=further,
        )

    def add_inference_2d_classification(
        self,
        *,
        label_id: str,
        classification: str,
        confidence: float,
        sensor_id: str = _DEFAULT,
        user_attrs: Mapping[str, Any] | None = None,
        **further: object,
    ) -> None:
        """Add the class of the whole image."""
        sure = checks.confidence(confidence)
        self.crops.add(
            "CLASSIFICATION_2D",
            label_id,
            classification,
            sensor_id,
            {},
            confidence=sure,
            user_attrs=user_attrs,
            further=further,
        )

    def add_inference_2d_semseg(
        self,
        *,
        label_id: str,
        mask_url: str | None = None,
        mask_data: object = None,
        resize_mode: str | None = None,
        sensor_id: str = _DEFAULT,
        **further: object,
    ) -> None:
        """Add the mask of the frame: a URL or path, or a 2-D integer array."""
        shape = crops.mask(mask_url, mask_data, resize_mode)
        self.crops.add(MASK_KIND, label_id, crops.MASK, sensor_id, shape, further=further)

    def record(self) -> Record:
        """The inferences, as one line of the client's records."""
        return {
            "task_id": self.frame_id,
            "type": "Inference",
            "custom_metrics": self.custom_metrics,
            "inference_metadata": {"user_metadata": self._metadata},
            "inference_data": self.crops.records,
        }


def _matrix(name: str, value: object) -> list[list[float]]:
    """A square matrix of finite numbers."""
    try:
        cells = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise checks.RefusedTypeError(f"metric {name!r} is neither a number nor a matrix.") from error
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or not math.isfinite(cells.sum()):
        raise checks.RefusedValueError(f"metric {name!r} is not a square matrix of finite numbers.")
    rows: list[list[float]] = cells.tolist()
    return rows
