"""What is read where a path names an archive, standard input, or a folder around the file that is meant."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Given, entry_of, format_of
from aquarium_tui.formats.mask_folder import looks_like_masks
from aquarium_tui.kinds.reader import FileOptions
from aquarium_tui.media.archive import STANDARD_INPUT, unpacked
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.tables import Dataset, InferenceSet, Provenance

_MASKS = "masks"


@dataclass(frozen=True)
class Entry:
    """Where reading begins.

    Attributes:
        path: The file or folder to read.
        options: The options that still apply to it.
        given: The path that was named.
        room: What stands for the archive in paths that were read; empty if nothing was unpacked.
    """

    path: Path
    options: FileOptions
    given: Path
    room: str = ""

    def of_dataset(self, dataset: Dataset) -> Dataset:
        """The dataset with paths into the archive, which stay valid, in place of those that were unpacked."""
        masks = dataset.masks and replace(dataset.masks, folder=self._back(dataset.masks.folder))
        told = self._told(dataset.provenance)
        return replace(dataset, images=self._back(dataset.images), masks=masks, provenance=told)

    def of_inferences(self, inferences: InferenceSet) -> InferenceSet:
        """The inference set, in the same way."""
        masks = inferences.masks and replace(inferences.masks, folder=self._back(inferences.masks.folder))
        return replace(inferences, masks=masks, provenance=self._told(inferences.provenance))

    def _back(self, path: str) -> str:
        return path.replace(self.room, clean(str(self.given.absolute())), 1) if self.room else path

    def _told(self, provenance: Provenance) -> Provenance:
        if self.path == self.given:
            return provenance
        read = visible(self.path.name)
        source = "-" if self.given == STANDARD_INPUT else clean(str(self.given.absolute()))
        notes = (f"read from {read} in {visible(self.given.name)}", *provenance.notes)
        return replace(provenance, source=source, notes=notes)


_LABELS = re.compile(r"(?:gt|ground[-_ ]?truths?|labels?|annotations?|targets?)(?:[-_ ]?(?:txt|xml))?", re.I)
_INFERENCES = re.compile(
    r"(?:preds?|predictions?|predict\d*|det|dets|dt|detections?|detection[-_]results|results?|inferences?"
    r"|outputs?)(?:[-_ ]?\w+)?",
    re.I,
)


@contextmanager
def entered(path: Path, options: FileOptions, *, inferences: bool = False) -> Iterator[Entry]:
    """The entry for a path; what is unpacked is gone when the block ends.

    Args:
        path: The file or folder that was named.
        options: How it is read.
        inferences: Whether inferences are wanted, not labels.

    Raises:
        InputError: An archive is damaged, too large, or made to fill a disk, or a folder has several sets.
    """
    with unpacked(path) as found:
        room = "" if found.room is None else str(found.room)
        inner, left = found.path, options
        if options.format != _MASKS and not looks_like_masks(inner):
            entry = entry_of(Given(inner, split=options.split), options.format)
            inner, left = entry.path, replace(options, split=entry.split)
            inner = _one_side(inner, options, inferences)
        yield Entry(inner, left, path, room)


def _one_side(path: Path, options: FileOptions, inferences: bool) -> Path:
    """Of a folder that has both labels and inferences, the one that is wanted; else the folder itself.

    Some layouts have such folders themselves, and their readers know which is which.

    Raises:
        InputError: Several folders may be meant.
    """
    given = Given(path)
    if not given.is_dir:
        return path
    labels = [name for name in given.folders if _LABELS.fullmatch(name)]
    others = [name for name in given.folders if _INFERENCES.fullmatch(name)]
    wanted = others if inferences else labels
    if not (labels and others):
        return path
    name = format_of(given, options.format).name
    if name in _KNOW_SIDES or (name == _KNOWS_LABELS and not inferences):
        return path
    if len(wanted) > 1:
        what = "inferences" if inferences else "labels"
        raise InputError(
            f"{visible(str(path))} has several folders of {what}: {', '.join(map(visible, wanted))}.",
            f"Name the one that is meant with --{what}.",
        )
    return path / wanted[0]


_KNOW_SIDES = ("mot", "kitti", "coco", "aquarium")
_KNOWS_LABELS = "yolo"
