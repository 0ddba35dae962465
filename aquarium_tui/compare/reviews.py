"""Reviews bound to the frames and objects of one comparison, and as queries see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.model.reviews import Edit, Review, Subject, folded

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
