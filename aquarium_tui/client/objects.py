"""Labels or inferences of a frame as the records that `upload` reads, and what is counted and left out."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.client import checks
from aquarium_tui.formats.class_list import LARGEST
from aquarium_tui.media.mask_values import mask_file
from aquarium_tui.store import Store
from aquarium_tui.store.atomic import write_file

JsonRecord = dict[str, Any]
Polygons = Sequence[Mapping[str, Any]]


class FrameObjects:
    """The objects of one frame.

    Args:
        where: The class whose methods fill it; named in messages.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self.records: list[JsonRecord] = []

    def add(
        self,
        kind: str,
        id_: str,
        classification: str,
        sensor_id: str,
        shape: JsonRecord,
        *,
        confidence: float | None = None,
        user_attrs: Mapping[str, Any] | None = None,
        further: Mapping[str, object],
    ) -> None:
        """Add one object.

        Args:
            kind: Its `label_type`.
            id_: Its id.
            classification: Its class.
            sensor_id: The image that it is on.
            shape: Attributes that give its shape.
            confidence: None for a label.
            user_attrs: Further attributes, defined by the user.
            further: Arguments of the hosted product that mean nothing here.

        Raises:
            UsageError: An argument cannot be used.
        """
        checks.unused(f"{self._where} {kind}", further)
        attributes = {**shape, **_user(user_attrs)}
        if confidence is not None:
            attributes["confidence"] = checks.confidence(confidence)
        record = {
            "uuid": checks.identity(id_, "the id of a label or inference"),
            "label_type": kind,
            "label": checks.text(classification, "classification"),
            "label_coordinate_frame": checks.text(sensor_id, "sensor_id"),
            "attributes": attributes,
        }
        self.records.append(record)

    @property
    def ids(self) -> list[str]:
        """The ids of all objects."""
        return [record["uuid"] for record in self.records]

    @property
    def classes(self) -> list[str]:
        """The classes of all objects that have one."""
        return [record["label"] for record in self.records if record["label"] != MASK]


MASK = "__mask"
"""Stands in for the class where the object is the mask of the whole frame."""


def box(top: float, left: float, width: float, height: float, iscrowd: bool | None = None) -> JsonRecord:
    """The attributes of a box, in pixels.

    Raises:
        UsageError: A value is not a finite number.
    """
    sides = {"top": top, "left": left, "width": width, "height": height}
    attributes: JsonRecord = {key: checks.number(value, key) for key, value in sides.items()}
    return attributes if iscrowd is None else {**attributes, "iscrowd": bool(iscrowd)}


def polygon_list(
    polygons: Polygons, center: Sequence[float] | None, iscrowd: bool | None = None
) -> JsonRecord:
    """The attributes of polygons, `[{"vertices": [[x, y], …]}, …]` in pixels.

    Raises:
        UsageError: They do not have this form, or a coordinate is not a finite number.
    """
    shape = 'polygons must be a list such as [{"vertices": [[x, y], …]}]'
    if not isinstance(polygons, list | tuple) or not polygons:
        raise checks.RefusedTypeError(f"{shape}.")
    for polygon in polygons:
        if not isinstance(polygon, Mapping) or not isinstance(polygon.get("vertices"), list | tuple):
            raise checks.RefusedTypeError(f"{shape}.")
        for vertex in polygon["vertices"]:
            _check_vertex(vertex, shape)
    attributes: JsonRecord = {"polygons": [dict(polygon) for polygon in polygons], "center": center}
    return attributes if iscrowd is None else {**attributes, "iscrowd": bool(iscrowd)}


def mask(mask_url: str | None, mask_data: object, resize_mode: str | None) -> JsonRecord:
    """The attributes of a frame's mask, given as a URL or path, or as a 2-D integer array.

    An array is written as a PNG file to the folder `masks` of the store, named after a hash of its content.

    Raises:
        UsageError: Neither or both are given, or a value is too large to be a class id.
        StoreError: The file cannot be written.
    """
    if (mask_url is None) == (mask_data is None):
        raise checks.RefusedValueError("Give either mask_url or mask_data.")
    if mask_data is None:
        return {"url": checks.text(mask_url, "mask_url"), "resize_mode": resize_mode}
    if not isinstance(mask_data, np.ndarray) or mask_data.ndim != 2 or mask_data.dtype.kind not in "iu":
        raise checks.RefusedTypeError("mask_data must be a 2-D integer array of shape (height, width).")
    return {"url": str(_stored(mask_data)), "resize_mode": resize_mode}


def _stored(values: NDArray[np.integer[Any]]) -> Path:
    """The path of the PNG file with these values, written unless it is already there."""
    if values.size == 0 or values.min() < 0 or values.max() > LARGEST:
        raise checks.RefusedValueError(
            f"mask_data must not be empty, and its values must be from 0 to {LARGEST}."
        )
    plain = np.ascontiguousarray(values.astype(np.uint8 if values.max() < 256 else np.uint16))
    content = mask_file(plain)
    name = hashlib.blake2b(content, digest_size=12).hexdigest()
    path = Store.default().root.absolute() / "masks" / f"{name}.png"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, content)
    return path


def _check_vertex(vertex: object, shape: str) -> None:
    if not isinstance(vertex, list | tuple) or len(vertex) != 2:
        raise checks.RefusedTypeError(f"{shape}.")
    for coordinate in vertex:
        checks.number(coordinate, "a coordinate of a vertex")


def _user(user_attrs: Mapping[str, Any] | None) -> JsonRecord:
    attributes = {}
    for key, value in (user_attrs or {}).items():
        checks.metadata(checks.text(key, "the key of an attribute"), value, "str" if value is None else None)
        attributes[f"user__{key}"] = value
    return attributes


class Omissions:
    """Counts what is left out of a frame, by what it is called."""

    omitted: Counter[str]

    def _omit(self, what: str) -> None:
        self.omitted[what] += 1

    def add_embedding(self, **unused: object) -> None:
        """Left out: embeddings are not used here."""
        del unused

    def add_frame_embedding(self, **unused: object) -> None:
        """Left out: embeddings are not used here."""
        del unused

    def add_crop_embedding(self, **unused: object) -> None:
        """Left out: embeddings are not used here."""
        del unused

    def validate_and_backfill_crop_embeddings(self) -> None:
        """Does nothing: there are no embeddings."""


class OmittedSensors(Omissions):
    """Sensors and coordinate frames of a `LabeledFrame` beside images."""

    def add_point_cloud_pcd(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("point clouds")

    def add_point_cloud_bins(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("point clouds")

    def add_obj(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("3-D models")

    def add_image_overlay(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("image overlays")

    def add_audio(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("sounds")

    def add_video(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("videos")

    def add_text(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("texts")

    def add_coordinate_frame_3d(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("3-D coordinate frames")

    def add_coordinate_frame_2d(self, **unused: object) -> None:
        """Left out without a word: a camera's calibration changes nothing in two dimensions."""
        del unused


class OmittedLabels(OmittedSensors):
    """Labels of a `LabeledFrame` of kinds that are not compared here."""

    def add_label_text_token(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("text tokens")

    def add_label_2d_line_segment(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("line segments")

    def add_label_2d_keypoints(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("keypoints")

    def add_label_2d_instance_seg(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("instance masks")

    def add_label_3d_cuboid(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("3-D cuboids")

    def add_label_3d_classification(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("3-D classes")

    # The names that labels and inferences share in the classic client.
    add_text_token = add_label_text_token
    add_2d_line_segment = add_label_2d_line_segment
    add_2d_keypoints = add_label_2d_keypoints
    add_2d_instance_seg = add_label_2d_instance_seg
    add_3d_cuboid = add_label_3d_cuboid
    add_3d_classification = add_label_3d_classification


class OmittedInferences(Omissions):
    """Inferences of an `InferencesFrame` of kinds that are not compared here."""

    def add_inference_text_token(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("text tokens")

    def add_inference_2d_line_segment(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("line segments")

    def add_inference_2d_keypoints(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("keypoints")

    def add_inference_2d_instance_seg(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("instance masks")

    def add_inference_3d_cuboid(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("3-D cuboids")

    def add_inference_3d_classification(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("3-D classes")

    def add_visualization_asset(self, **unused: object) -> None:
        """Left out, and counted."""
        del unused
        self._omit("visualization assets")

    # The names that labels and inferences share in the classic client.
    add_text_token = add_inference_text_token
    add_2d_line_segment = add_inference_2d_line_segment
    add_2d_keypoints = add_inference_2d_keypoints
    add_2d_instance_seg = add_inference_2d_instance_seg
    add_3d_cuboid = add_inference_3d_cuboid
    add_3d_classification = add_inference_3d_classification
