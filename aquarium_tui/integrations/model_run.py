"""What a model found, image by image, as an inference set of a stored dataset."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aquarium_tui.client.logs import log_inferences
from aquarium_tui.errors import InputError
from aquarium_tui.media.folders import PathIndex
from aquarium_tui.model.names import name_key, suggest_name, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.store import Store
from aquarium_tui.upload import UploadResult

_STRANGE = "images of no frame"


class ModelRun:
    """Takes what a model finds until `close` stores it, and prints the command to look at it.

    Images are known by the ids of frames, or by the end of their paths. What belongs to no frame, or has a
    class that the project does not have, is left out and counted.

    Args:
        project: The project.
        dataset: The dataset in it.
        inferences_id: The name of the set; characters that a name cannot have become underscores.
        replace: Whether a set of this name is replaced.

    Raises:
        NotFoundError: There is no such project or dataset.
        StoreError: There is a set of this name, and it is not to be replaced.
    """

    def __init__(self, project: str, dataset: str, inferences_id: str, *, replace: bool = True) -> None:
        self.id = suggest_name(inferences_id) or inferences_id
        self.place = f"{project}/{dataset}"
        self._log = log_inferences(project, dataset, self.id, replace=replace)
        stored = Store.default().load_dataset(project, dataset)
        self._ids = [str(id_) for id_ in stored.frames.id]
        self._rows = stored.frames.row_by_id
        self._paths = PathIndex(stored.frames.path)
        self._classes = stored.project.class_map.positions_by_name
        self._seen: set[int] = set()
        self._lost = {_STRANGE: 0, "boxes of unknown classes": 0}

    def add(
        self,
        image: object,
        boxes: ArrayLike,
        classes: Sequence[str] | NDArray[Any],
        confidences: ArrayLike,
    ) -> None:
        """Add what was found in one image; an image that was added before keeps its first inferences.

        Args:
            image: The id of its frame, or its path.
            boxes: `(n, 4)` left, top, right, bottom in pixels.
            classes: `(n,)` names.
            confidences: `(n,)`, 0 to 1.
        """
        name = os.fspath(image) if isinstance(image, os.PathLike) else str(image)
        row = self._rows.get(name)
        row = self._paths.find(name) if row is None else row
        if row < 0:
            self._lost[_STRANGE] += 1
            return
        if row in self._seen:
            return
        self._seen.add(row)
        names = [str(class_) for class_ in classes]
        known = np.array([name_key(class_) in self._classes for class_ in names], bool)
        self._lost["boxes of unknown classes"] += int(np.count_nonzero(~known))
        box = np.asarray(boxes, np.float64).reshape(-1, 4)
        sure = np.asarray(confidences, np.float64).reshape(-1)
        kept = [class_ for class_, fits in zip(names, known, strict=True) if fits]
        self._log.add(self._ids[row], boxes=box[known], classes=np.array(kept, str), confidences=sure[known])

    def close(self) -> UploadResult:
        """Store what was added, and print the command to look at it.

        A model that found nothing, as at the beginning of training, has an empty set.

        Raises:
            InputError: Images were added, and none belongs to a frame of the dataset.
        """
        if not self._seen and self._lost[_STRANGE]:
            self._log.discard()
            raise InputError(
                f"No image belongs to a frame of {self.place}.",
                f"Its frames are {', '.join(self._ids[:3])} …",
            )
        self._log.close()
        result = self._log.result
        assert result
        others = [one.id for one in Store.default().dataset_card(*self.place.split("/")).sets]
        base = next((id_ for id_ in others if id_ != self.id), "")
        sets = f"--base {base} --other {self.id}" if base else f"--base {self.id}"
        told = [f"{what} left out: {count:,}" for what, count in self._lost.items() if count]
        lines = [f"{self.place}/{self.id}: {counted(len(self._seen), 'frame')}", *told]
        print("\n".join([*lines, f"aquarium-tui open {self.place} {sets}"]), file=sys.stderr)  # noqa: T201
        return result

    def discard(self) -> None:
        """Forget what was added."""
        self._log.discard()


def arrays(values: object) -> NDArray[Any]:
    """A NumPy array of a tensor on any device, or of anything array-like."""
    for method in ("detach", "cpu", "numpy"):
        values = getattr(values, method)() if hasattr(values, method) else values
    return np.asarray(values)


def named(ids: object, names: Sequence[str] | Mapping[int, str] | None) -> list[str]:
    """The name of each class id; without names, the ids as text."""
    found = arrays(ids).reshape(-1).tolist()
    if names is None:
        return [visible(str(id_)) for id_ in found]
    by_id = dict(names) if isinstance(names, Mapping) else dict(enumerate(names))
    return [str(by_id.get(int(id_), id_)) if not isinstance(id_, str) else id_ for id_ in found]
