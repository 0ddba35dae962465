"""Reviews bound to the frames and objects of one comparison, and what a correction made of labels.

A label is found again where its frame has a label of the same class and box (IoU at least `SAME`), or
of the same id and class at about the same place (IoU at least `NEAR`). So a file whose rows were numbered
anew keeps its reviews, and a label that was corrected loses what was said of it before. An object without a
label is found again where an inference of the same class is at about the same place and still has no label.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.ledger import Ledger
from aquarium_tui.model.arrays import RowNumbers
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import joined, name_key
from aquarium_tui.model.outlines import is_polygons, run_lengths
from aquarium_tui.model.reviews import Edit, Review, Sighting, Subject, folded
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects

Target = tuple[str, int]
"""`frame` and a row of the frames, or `object` and a row of the ledger."""

NOTHING = Review()

FrameSets = Mapping[str, Sequence[int] | NDArray[Any]]
"""Rows of frames, or of objects, by the name of what they carry."""


class Reviews:
    """What was said of the frames and objects of a comparison.

    It follows what is said while the comparison is looked at: `add` takes further edits.

    Args:
        comparison: Whose objects are meant; which frames it counts does not matter.
        edits: What was said.
    """

    def __init__(self, comparison: Comparison, edits: Iterable[Edit] = ()) -> None:
        self._comparison = comparison
        self._known: set[Edit] = set()
        self._edits: defaultdict[Subject, list[Edit]] = defaultdict(list)
        self._subjects: defaultdict[Target, list[Subject]] = defaultdict(list)
        self._found: dict[Target, Review] = {}
        self._places: dict[Subject, Target | str] = {}
        self.add(edits)

    def __len__(self) -> int:
        """How many edits it has."""
        return len(self._known)

    def unknown(self, edits: Iterable[Edit]) -> list[Edit]:
        """Those of the edits that it does not have yet."""
        return [edit for edit in edits if edit not in self._known]

    def add(self, edits: Iterable[Edit]) -> None:
        """Take further edits, in any order; those that it has already change nothing."""
        for edit in self.unknown(edits):
            self._known.add(edit)
            subject = edit.subject
            if subject not in self._places:
                place = self._places[subject] = self._place(subject)
                if not isinstance(place, str):
                    self._subjects[place].append(subject)
            self._edits[subject].append(edit)
            place = self._places[subject]
            if not isinstance(place, str):
                self._found.pop(place, None)

    def of_frame(self, row: int) -> Review:
        """What stands of a frame."""
        return self._of(("frame", row))

    def of_object(self, row: int) -> Review:
        """What stands of a row of the ledger."""
        return self._of(("object", row))

    def _of(self, target: Target) -> Review:
        if target not in self._subjects:
            return NOTHING
        if target not in self._found:
            said = (edit for subject in self._subjects[target] for edit in self._edits[subject])
            self._found[target] = folded(said)
        return self._found[target]

    def of(self, subject: Subject) -> Review:
        """What stands of a subject, also of one that no longer fits."""
        place = self.place(subject)
        return folded(self._edits[subject]) if isinstance(place, str) else self._of(place)

    def place(self, subject: Subject) -> Target | str:
        """The frame or object that a subject is now; why it no longer fits where it is none."""
        return self._places.get(subject) or self._place(subject)

    @property
    def targets(self) -> list[tuple[Target, Review]]:
        """Every frame and object of which something stands."""
        found = ((target, self._of(target)) for target in list(self._subjects))
        return [(target, review) for target, review in found if review]

    @property
    def unfitting(self) -> list[tuple[Subject, Review, str]]:
        """What was said of subjects that no longer fit, and why they do not."""
        found = [(s, folded(self._edits[s]), p) for s, p in self._places.items() if isinstance(p, str)]
        return [(subject, review, why) for subject, review, why in found if review]

    def subject_of(self, target: Target) -> Subject:
        """The subject that a frame or an object is: the one known already, else as it is seen now."""
        if known := self._subjects.get(target):
            return known[-1]
        kind, row = target
        if kind == "object":
            return self._comparison.subject_at(row)
        return Subject(self._comparison.dataset.frames.id[row] or "")

    # As queries see it

    def members(self, name: str) -> FrameSets:
        """Rows of frames or objects under each name of a field such as `frame.tag` or `object.verdict`.

        `note` has the frames with a note, be it of the frame or of an object in it.
        """
        entity, _, field = name.rpartition(".")
        rows: defaultdict[str, list[int]] = defaultdict(list)
        for (kind, row), review in self.targets:
            if not entity:
                rows[review.note].append(self._frame_of(kind, row))
            elif kind == entity:
                for word in _words(review, field):
                    rows[word].append(row)
        return {word: at for word, at in rows.items() if word}

    def _frame_of(self, kind: str, row: int) -> int:
        return row if kind == "frame" else int(self._comparison.object_frame[row])

    def _place(self, subject: Subject) -> Target | str:
        frame = self._comparison.dataset.frames.row_by_id.get(subject.frame)
        if frame is None:
            return "its frame is gone"
        if subject.whole:
            return ("frame", frame)
        found = self._comparison.object_of(subject, frame)
        return found if isinstance(found, str) else ("object", found)


def _words(review: Review, field: str) -> tuple[str, ...]:
    """The names that something is under for a field."""
    if field == "tag":
        return review.tags
    return (str(getattr(review, field)),)


_NOT_KNOWN = -1
"""The number of a text or mask that is absent."""
_DECIMALS = 2
"""Of pixels, to which boxes are compared: COCO and CVAT write no more."""


@dataclass(frozen=True)
class LabelChanges:
    """How labels differ from those before; of masks, pixels are counted instead of labels.

    Attributes:
        before: How many there were.
        now: How many there are.
        added: Those that nothing stood for before.
        removed: Those before that nothing stands for now.
        relabelled: `(classes, classes)` int64, those of another class: rows are classes now, columns before.
        moved: Those of the same class whose box or outline is another one.
    """

    before: int
    now: int
    added: int
    removed: int
    relabelled: NDArray[np.int64]
    moved: int


def label_changes(labels: Comparison, before: Dataset) -> LabelChanges:
    """What differs between the labels before and now.

    Args:
        labels: The labels before, as base, compared with those of the dataset now.
        before: The same frames with the labels before.
    """
    matrix = labels.confusion("base")
    inner = matrix[:-1, :-1]
    same = int(np.trace(inner))
    counted = slice(None) if labels.counting is None else labels.counting
    moved = same - _unchanged(before, labels.dataset, counted) if labels.no_objects == "" else 0
    return LabelChanges(
        before=int(matrix[:, :-1].sum()),
        now=int(matrix[:-1].sum()),
        added=int(matrix[:-1, -1].sum()),
        removed=int(matrix[-1, :-1].sum()),
        relabelled=inner * ~np.eye(len(inner), dtype=bool),
        # Labels that count for nothing, such as crowds, are in no cell.
        moved=max(moved, 0),
    )


def labels_differ(before: Dataset, now: Dataset) -> bool:
    """Whether the labels of the same frames differ; masks do where they are in other files."""
    if (before.masks is None) != (now.masks is None):
        return True
    if before.masks is not None and now.masks is not None:
        return _files(before) != _files(now)
    equal = _unchanged(before, now, slice(None))
    return not equal == len(before.labels) == len(now.labels)


def as_inferences(before: Dataset) -> InferenceSet:
    """The labels of a dataset as an inference set that is sure of all of them."""
    count = len(before.labels)
    labels = before.labels
    objects = Objects(
        labels.starts,
        labels.class_index,
        labels.box,
        np.ones(count),
        np.zeros(0, bool),
        np.zeros(0),
        labels.id,
        {},
        labels.mask,
    )
    return InferenceSet("labels_before", objects, before.provenance, before.masks)


def _files(dataset: Dataset) -> list[str | None]:
    masks = dataset.masks
    assert masks
    return [path and joined(masks.folder, path) for path in masks.path]


def _unchanged(before: Dataset, now: Dataset, frames: NDArray[np.bool_] | slice) -> int:
    """How many labels have the same frame, class, box but for rounding, outline and crowd, one to one."""
    words: dict[str, int] = {}
    drawn = _has_polygons(before) != _has_polygons(now)
    keys = [_keys(each, frames, words, drawn=drawn) for each in (before, now)]
    found = [np.unique(key, return_counts=True) for key in keys]
    _, one, two = np.intersect1d(found[0][0], found[1][0], assume_unique=True, return_indices=True)
    return int(np.minimum(found[0][1][one], found[1][1][two]).sum())


def _has_polygons(dataset: Dataset) -> bool:
    outlines = dataset.labels.mask
    return outlines is not None and any(map(is_polygons, outlines.words))


def _as_run_lengths(dataset: Dataset) -> Text | None:
    """The outlines of the labels, polygons drawn: files may state the same masks in either form."""
    labels, frames = dataset.labels, dataset.frames
    if labels.mask is None:
        return None
    sizes = np.column_stack([frames.width, frames.height])[labels.frame].tolist()
    pairs = zip(labels.mask, sizes, strict=True)
    return Text.from_values(mask and run_lengths(mask, (width, height)) for mask, (width, height) in pairs)


def _keys(
    dataset: Dataset, frames: NDArray[np.bool_] | slice, words: dict[str, int], *, drawn: bool
) -> NDArray[np.void]:
    """`(n,)`: all that tells labels apart, as bytes; those of other frames are left out.

    Args:
        dataset: Has the labels.
        frames: Which frames count.
        words: Numbers of outlines, which those that are new are added to.
        drawn: Whether outlines are compared as run lengths.
    """
    labels = dataset.labels
    inside = np.zeros(len(labels.starts) - 1, bool)
    inside[frames] = True
    crowd = labels.crowd if len(labels.crowd) else np.zeros(len(labels), bool)
    mask = _as_run_lengths(dataset) if drawn else labels.mask
    outline = _codes(mask, words) if mask is not None else np.full(len(labels), _NOT_KNOWN)
    # Adding 0 makes -0.0 the same bytes as 0.0.
    table = (
        np.column_stack([labels.frame, labels.class_index, crowd, outline, labels.box.round(_DECIMALS)]) + 0.0
    )
    table = np.ascontiguousarray(table[inside[labels.frame]], np.float64)
    return table.view(np.dtype((np.void, table.dtype.itemsize * table.shape[1]))).ravel()


def _codes(text: Text, words: dict[str, int]) -> NDArray[np.int64]:
    numbers = [words.setdefault(word, len(words)) for word in text.words]
    return np.array([*numbers, _NOT_KNOWN], np.int64)[text.codes]


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
