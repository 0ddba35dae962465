"""Finds the objects that were reviewed again: by id and by geometry.

A label is found again where its frame has a label of the same class and box (IoU at least `SAME`), or
of the same id and class at about the same place (IoU at least `NEAR`). So a file whose rows were numbered
anew keeps its reviews, and a label that was corrected loses what was said of it before. An object without a
label is found again where an inference of the same class is at about the same place and still has no label.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.model.arrays import RowNumbers
from aquarium_tui.model.names import name_key
from aquarium_tui.model.reviews import Sighting, Subject
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

SAME, NEAR = 0.9, 0.5
"""IoU. Files that went through another tool come back with boxes rounded to pixels, which leaves a box of
20 px an IoU of .9; .5 is where objects are matched by default."""


@dataclass(frozen=True, eq=False)
class Subjects:
    """The objects of a ledger as things that are reviewed.

    Attributes:
        dataset: Frames and labels.
        ledger: One row per object.
        sets: The sets compared, base first.
    """

    dataset: Dataset
    ledger: Ledger
    sets: tuple[InferenceSet, ...]

    def at(self, row: int) -> Subject:
        """A row of the ledger as it is seen now."""
        frame = self.dataset.frames.id[int(self.ledger.frame[row])] or ""
        if (label := int(self.ledger.label[row])) >= 0:
            return Subject(frame, self._seen(self.dataset.labels, label))
        seen = [
            (one.id, self._seen(one.objects, int(rows[row])))
            for one, rows, _ in self._sides
            if rows[row] >= 0
        ]
        return Subject(frame, None, tuple(sorted(seen)))

    def find(self, subject: Subject, frame: int) -> int | str:
        """The row of the ledger that an object is now; where it is none, why."""
        return self._labelled(subject.label, frame) if subject.label else self._unlabelled(subject, frame)

    def _labelled(self, seen: Sighting, frame: int) -> int | str:
        found = list(self._alike(self.dataset.labels, frame, seen))
        fits = [
            (iou >= SAME, named, iou, row)
            for row, iou, named, alike in found
            if alike and (iou >= SAME or (named and iou >= NEAR))
        ]
        if fits:
            return int(self._row_of_label[max(fits)[-1]])
        if any(iou >= NEAR and not alike for _, iou, _, alike in found):
            return "its label has another class now"
        return "its label was moved" if any(named for _, _, named, _ in found) else "its label is gone"

    def _unlabelled(self, subject: Subject, frame: int) -> int | str:
        free: list[tuple[bool, float, int]] = []
        labelled = False
        for one, _, row_of in self._sides:
            for id_, seen in subject.inferences:
                for row, iou, _, alike in self._alike(one.objects, frame, seen):
                    at = int(row_of[row])
                    if not alike or iou < NEAR or at < 0:
                        continue
                    if self.ledger.label[at] >= 0:
                        labelled = True
                    else:
                        free.append((one.id == id_, iou, at))
        if free:
            return max(free)[-1]
        return "it has a label now" if labelled else "no set has it under these settings"

    def _alike(self, objects: Objects, frame: int, seen: Sighting) -> Iterator[tuple[int, float, bool, bool]]:
        """Each object of a frame: its row, its IoU with what was seen, whether id and class are the same."""
        wanted = name_key(seen.class_name)
        for row in range(int(objects.starts[frame]), int(objects.starts[frame + 1])):
            box = objects.box[row].tolist()
            alike = self._classes[int(objects.class_index[row])] == wanted
            yield row, _iou(box, seen.box), objects.name(row) == seen.id, alike

    def _seen(self, objects: Objects, row: int) -> Sighting:
        entry = self.dataset.project.class_map.entries[int(objects.class_index[row])]
        left, top, right, bottom = objects.box[row].tolist()
        return Sighting(objects.name(row), entry.name, (left, top, right, bottom))

    @cached_property
    def _classes(self) -> list[str]:
        return [name_key(entry.name) for entry in self.dataset.project.class_map.entries]

    @cached_property
    def _row_of_label(self) -> RowNumbers:
        return _places(self.ledger.label, len(self.dataset.labels))

    @cached_property
    def _sides(self) -> list[tuple[InferenceSet, RowNumbers, RowNumbers]]:
        """Each set, its inference of each row of the ledger, and the row of each of its inferences."""
        columns = (self.ledger.base, self.ledger.other)
        return [
            (one, rows, _places(rows, len(one.objects)))
            for one, rows in zip(self.sets, columns, strict=False)
        ]


def _places(rows: RowNumbers, n: int) -> RowNumbers:
    """The row of the ledger of each of `n` labels or inferences, `(n,)`; -1 for none."""
    place = np.full(n, -1, np.int32)
    at = np.flatnonzero(rows >= 0)
    place[rows[at]] = at
    return place


def _iou(one: list[float], other: tuple[float, float, float, float]) -> float:
    """IoU of two boxes; 1 for two equal ones without an area."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if tuple(one) == other:
        return 1.0
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return width * height / (sum(areas) - width * height)
