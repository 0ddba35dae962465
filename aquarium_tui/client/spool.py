"""`LabeledDataset` and `Inferences`: frames written to disk as they come, read by the importer at the end."""

import json
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import IO

from aquarium_tui.client import checks
from aquarium_tui.client.crops import Record
from aquarium_tui.client.inferences_frame import InferencesFrame
from aquarium_tui.client.labeled_frame import LabeledFrame


class _Spool:
    """Records in a file that goes when this does."""

    def __init__(self, name: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="aquarium_tui_"))
        self._path = folder / name
        self._file = self._path.open("w", encoding="utf-8")
        weakref.finalize(self, _discard, self._file, folder)

    def add(self, record: Record) -> None:
        """Write one more record."""
        self._file.write(json.dumps(record) + "\n")

    def path(self) -> Path:
        """The file, with all that was added."""
        self._file.flush()
        return self._path


class _Frames:
    """What the two kinds of upload share: ids are unique, classes are remembered."""

    def __init__(self, name: str) -> None:
        self._spool = _Spool(name)
        self.frames: set[str] = set()
        self._ids: set[str] = set()
        self.classes: set[str] = set()

    def _add(self, frame: LabeledFrame | InferencesFrame) -> None:
        if frame.frame_id in self.frames:
            raise checks.RefusedValueError(f"frame {frame.frame_id!r} was added before.")
        if taken := self._ids.intersection(frame.crops.ids):
            raise checks.RefusedValueError(f"id {min(taken)!r} is that of a label or inference added before.")
        self._spool.add(frame.record())
        self.frames.add(frame.frame_id)
        self._ids.update(frame.crops.ids)
        self.classes.update(frame.crops.classes)

    def path(self) -> Path:
        """The file of records.

        Raises:
            UsageError: No frame was added.
        """
        if not self.frames:
            raise checks.RefusedValueError("there are no frames: add them with add_frame.")
        return self._spool.path()


class LabeledDataset(_Frames):
    """The frames of a dataset, kept on disk until `Client.create_dataset`.

    Args:
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, **further: object) -> None:
        checks.unused("LabeledDataset", further)
        super().__init__("dataset")

    def add_frame(self, frame: LabeledFrame) -> None:
        """Add one frame; what is added to that afterwards is not seen.

        Raises:
            UsageError: It is no `LabeledFrame`, or its id or that of a label came before.
        """
        if not isinstance(frame, LabeledFrame):
            raise checks.RefusedTypeError(f"a frame must be a LabeledFrame, not {type(frame).__name__}.")
        self._add(frame)


class Inferences(_Frames):
    """The inferences of one model, kept on disk until `Client.create_inferences`.

    Args:
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, **further: object) -> None:
        checks.unused("Inferences", further)
        super().__init__("inferences")

    def add_frame(self, frame: InferencesFrame) -> None:
        """Add the inferences of one frame; what is added to that afterwards is not seen.

        Raises:
            UsageError: It is no `InferencesFrame`, or its id or that of an inference came before.
        """
        if not isinstance(frame, InferencesFrame):
            raise checks.RefusedTypeError(f"a frame must be an InferencesFrame, not {type(frame).__name__}.")
        self._add(frame)


def _discard(file: IO[str], folder: Path) -> None:
    file.close()
    shutil.rmtree(folder, ignore_errors=True)
