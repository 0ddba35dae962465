"""`LabeledFrame` and `InferencesFrame`: the labels, or one model's inferences, of one image."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from aquarium_tui.client import checks, objects
from aquarium_tui.client.objects import FrameObjects, JsonRecord, OmittedInferences, OmittedLabels, Polygons
from aquarium_tui.formats.aquarium.crops import MASK_KIND

_DEFAULT = "DEFAULT"


class LabeledFrame(OmittedLabels):
    """One frame with its labels. Methods raise `UsageError` for arguments that cannot be used.

    Args:
        frame_id: Unique in its dataset.
        date_captured: ISO 8601, or None.
        device_id: The device that captured it.
        update_type: "ADD" or "MODIFY", which mean the same here.
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(
        self,
        frame_id: str,
        *,
        date_captured: str | None = None,
        device_id: str | None = None,
        update_type: str = "ADD",
        **further: object,
    ) -> None:
        checks.unused("LabeledFrame", further)
        self.frame_id = checks.identity(frame_id, "frame_id")
        self.update_type = update_type
        self.objects = FrameObjects("LabeledFrame")
        self.omitted = Counter()
        self._sensors: dict[str, JsonRecord] = {}
        self._metadata: JsonRecord = {}
        self._kinds: JsonRecord = {}
        self._places: JsonRecord = {}
        self._when = _moment(date_captured)
        self._device = "default_device" if device_id is None else checks.text(device_id, "device_id")

    def add_image(
        self,
        *,
        image_url: str,
        sensor_id: str = _DEFAULT,
        preview_url: str | None = None,
        width: int | None = None,
        height: int | None = None,
        **further: object,
    ) -> None:
        """Add an image by path or URL. Relative paths start in the working directory."""
        checks.unused("add_image", {"preview_url": preview_url, **further})
        checks.text(sensor_id, "sensor_id")
        if sensor_id in self._sensors:
            raise checks.RefusedValueError(
                f"Frame {self.frame_id!r} already has an image for sensor {sensor_id!r}."
            )
        sides = {"width": checks.pixels(width, "width"), "height": checks.pixels(height, "height")}
        self._sensors[sensor_id] = {
            "coordinate_frame": sensor_id,
            "data_urls": {"image_url": checks.text(image_url, "image_url")},
            "sensor_id": sensor_id,
            "sensor_metadata": {key: side for key, side in sides.items() if side is not None},
            "sensor_type": "IMAGE_V0",
        }

    def add_user_metadata(self, key: str, val: object, val_type: str | None = None) -> None:
        """Add text, a number, a boolean, or a list of one of these; None needs `val_type`."""
        named = f"user__{checks.name(key, 'the key of metadata')}"
        self._kinds[named] = checks.metadata(key, val, val_type)
        self._metadata[named] = list(val) if isinstance(val, tuple) else val

    def add_user_metadata_list(
        self, key: str, val: Sequence[Any], list_elt_type: str | None = None, *, val_type: str | None = None
    ) -> None:
        """Add a list or tuple of values of one type; an empty one needs `list_elt_type` (or `val_type`)."""
        if not isinstance(val, list | tuple):
            raise checks.RefusedTypeError(f"Metadata {key!r} must be a list or tuple, not {val!r}.")
        self.add_user_metadata(key, val, list_elt_type or val_type)

    def add_stored_metadata(self, key: str, val: object) -> None:
        """Add metadata under any key, as other files may have named it."""
        self._metadata[f"user__{key}"] = val

    def add_geo_latlong_data(self, lat: float, lon: float) -> None:
        """Add the place where it was captured, in degrees."""
        self._places = {"latitude": checks.number(lat, "lat"), "longitude": checks.number(lon, "lon")}

    def add_label_2d_bbox(
        self,
        *,
        label_id: str,
        classification: str,
        top: float,
        left: float,
        width: float,
        height: float,
        sensor_id: str = _DEFAULT,
        iscrowd: bool | None = None,
        user_attrs: Mapping[str, Any] | None = None,
        **further: object,
    ) -> None:
        """Add a box, in pixels."""
        shape = objects.box(top, left, width, height, iscrowd)
        self.objects.add(
            "BBOX_2D", label_id, classification, sensor_id, shape, user_attrs=user_attrs, further=further
        )

    def add_label_2d_polygon_list(
        self,
        *,
        label_id: str,
        classification: str,
        polygons: Polygons,
        center: Sequence[float] | None = None,
        sensor_id: str = _DEFAULT,
        iscrowd: bool | None = None,
        user_attrs: Mapping[str, Any] | None = None,
        **further: object,
    ) -> None:
        """Add an object made of one or more polygons, in pixels."""
        shape = objects.polygon_list(polygons, center, iscrowd)
        self.objects.add(
            "POLYGON_LIST_2D",
            label_id,
            classification,
            sensor_id,
            shape,
            user_attrs=user_attrs,
            further=further,
        )

    def add_label_2d_classification(
        self,
        *,
        label_id: str,
        classification: str,
        sensor_id: str = _DEFAULT,
        secondary_labels: Mapping[str, Any] | None = None,
        user_attrs: Mapping[str, Any] | None = None,
        **further: object,
    ) -> None:
        """Add the class of the whole image."""
        further["secondary_labels"] = secondary_labels
        self.objects.add(
            "CLASSIFICATION_2D",
            label_id,
            classification,
            sensor_id,
            {},
            user_attrs=user_attrs,
            further=further,
        )

    def add_label_2d_semseg(
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
        shape = objects.mask(mask_url, mask_data, resize_mode)
        self.objects.add(MASK_KIND, label_id, objects.MASK, sensor_id, shape, further=further)

    # The names that labels and inferences share in the classic client.
    add_2d_bbox = add_label_2d_bbox
    add_2d_polygon_list = add_label_2d_polygon_list
    add_2d_classification = add_label_2d_classification
    add_2d_semseg = add_label_2d_semseg

    def to_dict(self) -> JsonRecord:
        """The same as `record`."""
        return self.record()

    def record(self) -> JsonRecord:
        """The frame with its labels, as one line of the client's records."""
        when = {} if self._when is None else {"date_captured": self._when}
        return {
            "task_id": self.frame_id,
            **when,
            "device_id": self._device,
            "sensor_data": list(self._sensors.values()),
            "geo_data": self._places,
            **self._metadata,
            "user_metadata_types": self._kinds,
            "label_data": self.objects.records,
        }


class UnlabeledFrame(LabeledFrame):
    """A frame of an `UnlabeledDataset`, which has no place here: its labels and image are not kept."""


class UpdateGTLabelSet(LabeledFrame):
    """Labels to add to a frame that is stored, or to take the place of those with the same ids.

    Args:
        frame_id: The id of the frame.
        is_snapshot: Whether these are all labels of the frame.
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, frame_id: str, is_snapshot: bool = False, **further: object) -> None:
        checks.unused("UpdateGTLabelSet", further)
        super().__init__(frame_id)
        self.is_snapshot = is_snapshot

    def update_label_2d_bbox(self, **label: Any) -> None:
        """Replace a box; takes what `add_label_2d_bbox` takes."""
        self.add_label_2d_bbox(**label)

    def update_label_2d_polygon_list(self, **label: Any) -> None:
        """Replace polygons; takes what `add_label_2d_polygon_list` takes."""
        self.add_label_2d_polygon_list(**label)

    def update_label_2d_classification(self, **label: Any) -> None:
        """Replace the class of the image; takes what `add_label_2d_classification` takes."""
        self.add_label_2d_classification(**label)

    def update_label_2d_semseg(self, **label: Any) -> None:
        """Replace the mask; takes what `add_label_2d_semseg` takes."""
        self.add_label_2d_semseg(**label)

    def update_label_text_token(self, **unused: object) -> None:
        """Left out, and counted."""
        self.add_label_text_token(**unused)

    def update_label_2d_line_segment(self, **unused: object) -> None:
        """Left out, and counted."""
        self.add_label_2d_line_segment(**unused)

    def update_label_2d_keypoints(self, **unused: object) -> None:
        """Left out, and counted."""
        self.add_label_2d_keypoints(**unused)

    def update_label_2d_instance_seg(self, **unused: object) -> None:
        """Left out, and counted."""
        self.add_label_2d_instance_seg(**unused)

    def update_label_3d_cuboid(self, **unused: object) -> None:
        """Left out, and counted."""
        self.add_label_3d_cuboid(**unused)

    def update_label_3d_classification(self, **unused: object) -> None:
        """Left out, and counted."""
        self.add_label_3d_classification(**unused)


def _moment(text: str | None) -> str | None:
    """An ISO 8601 date in UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(checks.text(text, "date_captured"))
    except ValueError as error:
        raise checks.RefusedValueError(f"date_captured {text!r} is not an ISO 8601 date.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


class InferencesFrame(OmittedInferences):
    """One model's inferences in one frame. Methods raise `UsageError` for arguments that cannot be used.

    Args:
        frame_id: The id of the `LabeledFrame`.
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, frame_id: str, **further: object) -> None:
        checks.unused("InferencesFrame", further)
        self.frame_id = checks.identity(frame_id, "frame_id")
        self.objects = FrameObjects("InferencesFrame")
        self.omitted = Counter()
        self.custom_metrics: JsonRecord = {}
        self._metadata: JsonRecord = {}

    def add_custom_metric(self, name: str, value: object) -> None:
        """Add the value of a project metric: a number, or a confusion matrix with label classes as rows."""
        checks.text(name, "the name of a metric")
        if isinstance(value, list | tuple | np.ndarray):
            self.custom_metrics[name] = _matrix(name, value)
        else:
            self.custom_metrics[name] = checks.number(value, f"Metric {name!r}")

    def add_user_metadata(self, key: str, val: object, val_type: str | None = None) -> None:
        """Add text, a number or a boolean about the inferences of this frame; not shown anywhere."""
        checks.metadata(checks.name(key, "the key of metadata"), val, val_type)
        self._metadata[key] = val

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
        shape = objects.box(top, left, width, height)
        self.objects.add(
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
        """Add an object made of one or more polygons, in pixels."""
        sure = checks.confidence(confidence)
        shape = objects.polygon_list(polygons, center)
        self.objects.add(
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
        self.objects.add(
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
        shape = objects.mask(mask_url, mask_data, resize_mode)
        self.objects.add(MASK_KIND, label_id, objects.MASK, sensor_id, shape, further=further)

    # The names that labels and inferences share in the classic client.
    add_2d_bbox = add_inference_2d_bbox
    add_2d_polygon_list = add_inference_2d_polygon_list
    add_2d_classification = add_inference_2d_classification
    add_2d_semseg = add_inference_2d_semseg

    def to_dict(self) -> JsonRecord:
        """The same as `record`."""
        return self.record()

    def record(self) -> JsonRecord:
        """The inferences, as one line of the client's records."""
        return {
            "task_id": self.frame_id,
            "type": "Inference",
            "custom_metrics": self.custom_metrics,
            "inference_metadata": {"user_metadata": self._metadata},
            "inference_data": self.objects.records,
        }


def _matrix(name: str, value: object) -> list[list[float]]:
    """A square matrix of finite numbers."""
    try:
        cells = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise checks.RefusedTypeError(f"Metric {name!r} is neither a number nor a matrix.") from error
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1] or not math.isfinite(cells.sum()):
        raise checks.RefusedValueError(f"Metric {name!r} is not a square matrix of finite numbers.")
    rows: list[list[float]] = cells.tolist()
    return rows
