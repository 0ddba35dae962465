"""Boxes of many frames, written to disk as they come."""

import shutil
import tempfile
import weakref
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aquarium_tui.client import checks
from aquarium_tui.formats import Records
from aquarium_tui.ingest.objects import Placed
from aquarium_tui.model.boxes import Boxes
from aquarium_tui.model.columns import Text

_ROW = np.dtype([("box", np.float64, 4), ("confidence", np.float64), ("class", np.int32)])


@dataclass(frozen=True)
class FrameArrays:
    """The objects of one frame, checked.

    Attributes:
        box: `(n, 4)` float64 left, top, right, bottom in pixels.
        classes: `(n,)` of ints or text.
        confidence: `(n,)` float64; NaN for labels.
    """

    box: Boxes
    classes: NDArray[np.generic]
    confidence: NDArray[np.float64]


class ArraySpool:
    """Rows of boxes in a file that goes when this does."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="aquarium_tui_"))
        self._path = folder / "rows"
        self._file = self._path.open("wb")
        self._counts, self._frames = array("q"), array("q")
        self.discard = weakref.finalize(self, _discard, self._file, folder)

    def add(self, frame: int, arrays: FrameArrays, class_index: NDArray[np.int32]) -> None:
        """Write the objects of the frame at row `frame`, whose classes are at those positions."""
        rows = np.empty(len(class_index), _ROW)
        rows["box"], rows["confidence"], rows["class"] = arrays.box, arrays.confidence, class_index
        self._file.write(rows.tobytes())
        self._frames.append(frame)
        self._counts.append(len(rows))

    def placed(self, what: str, frame_ids: Text, names: list[str]) -> Placed:
        """All rows in their frames.

        Args:
            what: "labels" or "inferences".
            frame_ids: Of the frames that rows are numbers of.
            names: Of the classes by position.
        """
        self._file.flush()
        rows = np.fromfile(self._path, _ROW)
        counts, frames = np.array(self._counts, np.int64), np.array(self._frames, np.int64)
        frame = np.repeat(frames, counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        classes = np.ascontiguousarray(rows["class"])
        labels = what == "labels"
        records = Records(
            place=lambda row: f"frame {frame_ids[frame[row]]} [{row - first[row]}]",
            frame=frame_ids.take(frame),
            category=Text.from_words(names, classes),
            box=np.ascontiguousarray(rows["box"]),
            confidence=np.zeros(0) if labels else np.ascontiguousarray(rows["confidence"]),
            crowd=np.zeros(len(rows) if labels else 0, bool),
            area=np.full(len(rows) if labels else 0, np.nan),
        )
        return Placed(what, records, frame, classes)


def frame_arrays(
    where: str, boxes: ArrayLike, classes: ArrayLike, confidences: NDArray[np.float64] | None
) -> FrameArrays:
    """What was given for one frame, as arrays.

    Args:
        where: Names the frame, for messages.
        boxes: `(n, 4)` left, top, right, bottom in pixels, right and bottom exclusive.
        classes: `(n,)` of class ids or class names.
        confidences: `(n,)`; None for labels.

    Raises:
        UsageError: They are not of these shapes, or not numbers.
    """
    box = numbers(where, "boxes", boxes)
    box = box.reshape(0, 4) if box.size == 0 else box
    if box.ndim != 2 or box.shape[1] != 4:
        raise checks.RefusedValueError(f"{where}: boxes are of shape {box.shape}, not (n, 4).")
    named = np.asarray(classes)
    if named.size and named.dtype.kind not in "iuUO":
        raise checks.RefusedTypeError(f"{where}: classes are {named.dtype}, not integers or names.")
    sure = np.full(len(box), np.nan) if confidences is None else confidences
    for what, values in (("classes", named), ("confidences", sure)):
        if values.shape != (len(box),):
            shape = f"of shape {values.shape}, not ({len(box)},) as there are boxes"
            raise checks.RefusedValueError(f"{where}: {what} are {shape}.")
    return FrameArrays(box, named, sure)


def numbers(where: str, what: str, values: ArrayLike) -> NDArray[np.float64]:
    """`values` as float64.

    Raises:
        UsageError: They are not numbers, or not in rows of one length.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise checks.RefusedTypeError(f"{where}: {what} are not numbers in rows of one length.") from error


def _discard(file: BinaryIO, folder: Path) -> None:
    file.close()
    shutil.rmtree(folder, ignore_errors=True)
