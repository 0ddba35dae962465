"""What old scripts add to frames that this program does not show: counted, and left out with one warning.

Every method takes any arguments by name, since none of them has an effect.
"""

from collections import Counter


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
