"""What people say of frames and objects in review: edits in the order of time, and what stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

ReviewField = Literal["flag", "tag", "note", "verdict"]
FIELDS: tuple[ReviewField, ...] = ("flag", "tag", "note", "verdict")

LABEL_ERROR, MODEL_ERROR, AMBIGUOUS = "label error", "model error", "ambiguous"
VERDICTS = (LABEL_ERROR, MODEL_ERROR, AMBIGUOUS)
"""The verdicts that everyone has; people add their own by writing them."""


@dataclass(frozen=True)
class Sighting:
    """A label or an inference as it was when it was reviewed.

    Attributes:
        id: Its id in its file; the row number where the file has none.
        class_name: As the class map names it.
        box: Left, top, right, bottom in pixels.
    """

    id: str
    class_name: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Subject:
    """A frame, or an object in it, known by id and by geometry.

    Attributes:
        frame: The id of the frame.
        label: The object's label; None where it has none.
        inferences: The object's inference in each set, by the id of the set, sorted. An object with a label
            is known by that alone.
    """

    frame: str
    label: Sighting | None = None
    inferences: tuple[tuple[str, Sighting], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it is the frame itself."""
        return self.label is None and not self.inferences

    @property
    def sighting(self) -> Sighting | None:
        """The label, else the first inference; None for a frame."""
        return self.label or next((seen for _, seen in self.inferences), None)


@dataclass(frozen=True)
class Edit:
    """One thing that one person said of one subject.

    Attributes:
        time: When, ISO 8601 in UTC with microseconds; edits are merged in this order.
        user: Who.
        subject: Of what.
        field: What is set.
        value: The tag, the note or the verdict; empty for a flag.
        removed: Whether it is taken away rather than set.
    """

    time: str
    user: str
    subject: Subject
    field: ReviewField
    value: str = ""
    removed: bool = False

    @property
    def order(self) -> tuple[str, str]:
        """What edits are sorted by: people whose clocks agree to the microsecond are told apart by name."""
        return self.time, self.user


@dataclass(frozen=True)
class Review:
    """What stands of one subject, all people's edits merged by time.

    Attributes:
        flag: Who flagged it; empty where it is not flagged.
        tags: Its tags, sorted.
        note: The latest note.
        verdict: The latest verdict.
        said: The latest note and verdict of each person, `(user, field)` to the edit.
        taggers: Who set each tag.
        edited: When it was edited last.
    """

    flag: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    verdict: str = ""
    said: Mapping[tuple[str, ReviewField], Edit] = field(default_factory=dict)
    taggers: Mapping[str, str] = field(default_factory=dict)
    edited: str = ""

    def __bool__(self) -> bool:
        return bool(self.flag or self.tags or self.note or self.verdict)

    def after(self, edit: Edit) -> "Review":
        """What stands once an edit, later than all before, is made."""
        value = "" if edit.removed else edit.value
        said = self.said
        if edit.field in ("note", "verdict"):
            said = {**said, (edit.user, edit.field): edit}
        if edit.field == "flag":
            changed = replace(self, flag="" if edit.removed else edit.user)
        elif edit.field == "tag":
            kept = {tag: user for tag, user in self.taggers.items() if tag != edit.value}
            kept |= {value: edit.user} if value else {}
            changed = replace(self, tags=tuple(sorted(kept)), taggers=kept)
        elif edit.field == "note":
            changed = replace(self, note=value)
        else:
            changed = replace(self, verdict=value)
        return replace(changed, said=said, edited=max(self.edited, edit.time))

    def value(self, field_: ReviewField, of: str = "") -> str:
        """The value of a field; of a tag, `of` where it is set, and of a flag who set it."""
        if field_ == "tag":
            return of if of in self.tags else ""
        return str(getattr(self, field_))

    @property
    def users(self) -> tuple[str, ...]:
        """Who flagged, tagged, noted or judged it, sorted."""
        told = {user for (user, _), edit in self.said.items() if not edit.removed}
        return tuple(sorted(told | {*self.taggers.values()} | ({self.flag} if self.flag else set())))


def folded(edits: Iterable[Edit]) -> Review:
    """What stands of one subject after edits in any order."""
    review = Review()
    for edit in sorted(edits, key=lambda edit: edit.order):
        review = review.after(edit)
    return review
