"""Frames and arrays that are written to a temporary file as they come, until the upload reads them."""

import json
import shutil
import tempfile
import weakref
from array import array
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aquarium_tui.client import checks
from aquarium_tui.client.frames import InferencesFrame, LabeledFrame
from aquarium_tui.client.objects import JsonRecord
from aquarium_tui.formats import Records
from aquarium_tui.formats.shared.collector import record_place
from aquarium_tui.ingest.objects import PlacedRecords
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.columns import Text

SOURCE = "aquarium_tui.client"
"""What datasets and inference sets from Python have in place of a file."""
_ROW = np.dtype([("box", np.float64, 4), ("confidence", np.float64), ("class", np.int32)])


class _TemporaryFile:
    """A file in a folder of its own, deleted by `discard` or together with this object.

    Attributes:
        discard: Deletes the file; calling it again does nothing. `discard.alive` tells whether it is there.
    """

    def __init__(self, name: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="aquarium_tui_"))
        self._path = folder / name
        self._file = self._path.open("wb")
        self.discard = weakref.finalize(self, _discard, self._file, folder)

    def write(self, content: bytes) -> None:
        """Append to the file."""
        self._file.write(content)

    def path(self) -> Path:
        """The file with everything written so far."""
        self._file.flush()
        return self._path


def _discard(file: BinaryIO, folder: Path) -> None:
    file.close()
    shutil.rmtree(folder, ignore_errors=True)


class _FrameRecords:
    """What `LabeledDataset` and `Inferences` share: unique ids, and which frames and classes came."""

    def __init__(self, name: str) -> None:
        self._file = _TemporaryFile(name)
        self.frames: set[str] = set()
        self.deleted: set[str] = set()
        self.omitted: Counter[str] = Counter()
        self._first: JsonRecord | None = None
        self._ids: set[str] = set()
        self.classes: set[str] = set()

    def _add(self, frame: LabeledFrame | InferencesFrame) -> None:
        if frame.frame_id in self.frames | self.deleted:
            raise checks.RefusedValueError(f"Frame {frame.frame_id!r} was already added or deleted.")
        if taken := self._ids.intersection(frame.objects.ids):
            raise checks.RefusedValueError(
                f"Frame {frame.frame_id!r} has the label or inference id {min(taken)!r}, "
                "which an earlier frame already uses."
            )
        record = frame.record()
        self._first = self._first or record
        self._file.write(f"{json.dumps(record)}\n".encode())
        self.omitted.update(frame.omitted)
        self.frames.add(frame.frame_id)
        self._ids.update(frame.objects.ids)
        self.classes.update(frame.objects.classes)

    def delete_frame(self, frame_id: str) -> None:
        """Have a frame that is stored removed when this updates it.

        Raises:
            UsageError: It was added here.
        """
        if checks.identity(frame_id, "frame_id") in self.frames:
            raise checks.RefusedValueError(f"Frame {frame_id!r} was added, so it cannot be deleted too.")
        self.deleted.add(frame_id)

    def get_first_frame_dict(self) -> JsonRecord:
        """The record of the frame that was added first."""
        self.path()
        return self._first or {}

    def write_to_file(self, filelike: IO[Any]) -> None:
        """Write the records of all frames to a text file, one per line."""
        filelike.write(self.path().read_text("utf-8"))

    def write_frames_to_file_streaming(self, filelike: IO[Any]) -> None:
        """The same as `write_to_file`: labels are in the records of their frames."""
        self.write_to_file(filelike)

    def write_labels_to_file_streaming(self, filelike: IO[Any]) -> None:
        """Writes nothing: labels are in the records of their frames."""

    def write_label_assets_to_file(self, filelike: IO[Any]) -> None:
        """Writes nothing: masks are files of their own."""

    def write_embeddings_to_file(self, filelike: IO[Any]) -> None:
        """Writes nothing: there are no embeddings."""

    def write_frame_embeddings_to_file_streaming(self, filelike: IO[Any]) -> None:
        """Writes nothing: there are no embeddings."""

    def write_crop_embeddings_to_file_streaming(self, filelike: IO[Any]) -> None:
        """Writes nothing: there are no embeddings."""

    def path(self) -> Path:
        """The file of records.

        Raises:
            UsageError: No frame was added.
        """
        if not self.frames:
            raise checks.RefusedValueError("There are no frames: add them with add_frame.")
        return self._file.path()


class LabeledDataset(_FrameRecords):
    """The frames of a dataset, kept on disk until `Client.create_dataset` stores them.

    Args:
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, **further: object) -> None:
        checks.unused("LabeledDataset", further)
        super().__init__("dataset")

    def add_frame(self, frame: LabeledFrame) -> None:
        """Add one frame. Later changes to `frame` have no effect.

        Raises:
            UsageError: It is not a `LabeledFrame`, or its id or the id of a label was used before.
        """
        if not isinstance(frame, LabeledFrame):
            raise checks.RefusedTypeError(f"A frame must be a LabeledFrame, not {type(frame).__name__}.")
        self._add(frame)


class UnlabeledDataset(LabeledDataset):
    """Frames without labels, which have no place here: `Client.create_dataset` counts and skips them."""


class Inferences(_FrameRecords):
    """The inferences of one model, kept on disk until `Client.create_inferences` stores them.

    Args:
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, **further: object) -> None:
        checks.unused("Inferences", further)
        super().__init__("inferences")

    def add_frame(self, frame: InferencesFrame) -> None:
        """Add the inferences of one frame. Later changes to `frame` have no effect.

        Raises:
            UsageError: It is not an `InferencesFrame`, or its id or the id of an inference was used before.
        """
        if not isinstance(frame, InferencesFrame):
            raise checks.RefusedTypeError(f"A frame must be an InferencesFrame, not {type(frame).__name__}.")
        self._add(frame)


@dataclass(frozen=True)
class FrameArrays:
    """The objects of one frame, checked.

    Attributes:
        box: `(n, 4)` float64 left, top, right, bottom in pixels.
        classes: `(n,)` ints or text.
        confidence: `(n,)` float64; NaN for labels.
    """

    box: Boxes
    classes: NDArray[np.generic]
    confidence: NDArray[np.float64]


class ArraySpool:
    """Rows of boxes in a temporary file, deleted by `discard` or together with this object."""

    def __init__(self) -> None:
        self._file = _TemporaryFile("rows")
        self._counts, self._frames = array("q"), array("q")

    @property
    def open(self) -> bool:
        """Whether the rows are still there."""
        return self._file.discard.alive

    def discard(self) -> None:
        """Delete the rows; calling it again does nothing."""
        self._file.discard()

    def add(self, frame: int, arrays: FrameArrays, class_index: NDArray[np.int32]) -> None:
        """Write the objects of the frame at row `frame`; `class_index`: `(n,)` positions in the class map."""
        rows = np.empty(len(class_index), _ROW)
        rows["box"], rows["confidence"], rows["class"] = arrays.box, arrays.confidence, class_index
        self._file.write(rows.tobytes())
        self._frames.append(frame)
        self._counts.append(len(rows))

    def placed(self, what: str, frame_ids: Text, names: list[str]) -> PlacedRecords:
        """All rows in their frames.

        Args:
            what: "labels" or "inferences".
            frame_ids: The ids of the frames, in the order that row numbers refer to.
            names: The names of the classes by position.
        """
        rows = np.fromfile(self._file.path(), _ROW)
        counts, frames = np.array(self._counts, np.int64), np.array(self._frames, np.int64)
        frame = np.repeat(frames, counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        classes = np.ascontiguousarray(rows["class"])
        labels = what == "labels"
        records = Records(
            place=lambda row: record_place(f"frame {frame_ids[frame[row]]}", row - first[row]),
            frame=frame_ids.take(frame),
            category=Text.from_words(names, classes),
            box=np.ascontiguousarray(rows["box"]),
            confidence=np.zeros(0) if labels else np.ascontiguousarray(rows["confidence"]),
            crowd=np.zeros(len(rows) if labels else 0, bool),
            area=np.full(len(rows) if labels else 0, np.nan),
        )
        return PlacedRecords(what, records, frame, classes)


def frame_arrays(
    where: str, boxes: ArrayLike, classes: ArrayLike, confidences: NDArray[np.float64] | None
) -> FrameArrays:
    """The arrays given for one frame, checked.

    Args:
        where: Names the frame in messages.
        boxes: `(n, 4)` left, top, right, bottom in pixels, right and bottom exclusive.
        classes: `(n,)` class ids or class names.
        confidences: `(n,)`; None for labels.

    Raises:
        UsageError: An array does not have this shape, or does not hold numbers.
    """
    box = numbers(where, "boxes", boxes)
    box = box.reshape(0, 4) if box.size == 0 else box
    if box.ndim != 2 or box.shape[1] != 4:
        raise checks.RefusedValueError(f"{where}: boxes have shape {box.shape}, not (n, 4).")
    named = np.asarray(classes)
    if named.size and named.dtype.kind not in "iuUO":
        raise checks.RefusedTypeError(f"{where}: classes are {named.dtype}, not integers or names.")
    sure = np.full(len(box), np.nan) if confidences is None else confidences
    for what, values in (("classes", named), ("confidences", sure)):
        if values.shape != (len(box),):
            raise checks.RefusedValueError(
                f"{where}: {what} have shape {values.shape}, not ({len(box)},): there must be one per box."
            )
    return FrameArrays(box, named, sure)


def numbers(where: str, what: str, values: ArrayLike) -> NDArray[np.float64]:
    """`values` as float64.

    Raises:
        UsageError: They are not numbers, or not in rows of equal length.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise checks.RefusedTypeError(f"{where}: {what} are not numbers in rows of equal length.") from error
