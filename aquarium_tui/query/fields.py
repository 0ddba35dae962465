"""The words of the language in tables: parsing, completion, help and the guide derive from them."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """The type of a value, as messages name it."""

    TEXT = "text"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    DATE = "a date"
    NAMES = "a set of names"


class Scope(IntEnum):
    """What a value belongs to; joined with others it belongs to the narrowest."""

    CONSTANT = 0
    FRAME = 1
    OBJECT = 2


@dataclass(frozen=True)
class Word:
    """One field of the language.

    Attributes:
        entities: What it is asked of: `label` gives `label.class`; empty where it stands alone.
        name: Its name.
        kind: The type of its value.
        scope: What the value belongs to.
        sentence: What it is.
    """

    entities: tuple[str, ...]
    name: str
    kind: Kind
    scope: Scope
    sentence: str


@dataclass(frozen=True)
class Term:
    """An entity, operator, function or keyword.

    Attributes:
        text: As it is written.
        sentence: What it means.
        kinds: What it can be applied to; empty where that says nothing.
    """

    text: str
    sentence: str
    kinds: tuple[Kind, ...] = ()


PARTS = ("label", "base", "other")
"""What an object may have or lack."""

_FRAME = ("frame",)
_LABEL = ("label",)
_SETS = ("base", "other")
_SIDES = ("base", "other", "delta")

FIELDS = (
    Word(_FRAME, "id", Kind.TEXT, Scope.FRAME, "Id of the frame, always text."),
    Word(_FRAME, "path", Kind.TEXT, Scope.FRAME, "Path of the image, as the labels name it."),
    Word(_FRAME, "width", Kind.NUMBER, Scope.FRAME, "Width of the image in pixels."),
    Word(_FRAME, "height", Kind.NUMBER, Scope.FRAME, "Height of the image in pixels."),
    Word(_FRAME, "flag", Kind.NAMES, Scope.FRAME, "Flags the frame carries from review."),
    Word(_FRAME, "tag", Kind.NAMES, Scope.FRAME, "Tags the frame carries from review."),
    Word(_FRAME, "segment", Kind.NAMES, Scope.FRAME, "Segments the frame belongs to."),
    Word(PARTS, "class", Kind.TEXT, Scope.OBJECT, "Class it is evaluated as."),
    Word(PARTS, "own_class", Kind.TEXT, Scope.OBJECT, "Class as the file writes it, before `train_name`."),
    Word(_SETS, "confidence", Kind.NUMBER, Scope.OBJECT, "Confidence of the inference, 0 to 1."),
    Word(_SETS, "iou", Kind.NUMBER, Scope.OBJECT, "IoU of the inference with the object's label."),
    Word(_SETS, "outcome", Kind.TEXT, Scope.OBJECT, "What the set makes of the object."),
    Word((), "change", Kind.TEXT, Scope.OBJECT, "How the object's outcome changes from base to other."),
    Word(
        PARTS, "area", Kind.NUMBER, Scope.OBJECT, "Area in square pixels; of a label's mask, if it has one."
    ),
    Word(PARTS, "left", Kind.NUMBER, Scope.OBJECT, "Left edge of the box in pixels."),
    Word(PARTS, "top", Kind.NUMBER, Scope.OBJECT, "Top edge of the box in pixels."),
    Word(PARTS, "width", Kind.NUMBER, Scope.OBJECT, "Width of the box in pixels."),
    Word(PARTS, "height", Kind.NUMBER, Scope.OBJECT, "Height of the box in pixels."),
    Word(_LABEL, "crowd", Kind.BOOLEAN, Scope.OBJECT, "Whether the label stands for a crowd."),
    Word(PARTS, "id", Kind.TEXT, Scope.OBJECT, "Id in the file; the row number where the file has none."),
    Word(_SIDES, "errors", Kind.NUMBER, Scope.FRAME, "Confused, missed and spurious objects of the frame."),
    Word(_SIDES, "correct", Kind.NUMBER, Scope.FRAME, "Labels of the frame paired with their own class."),
    Word(_SIDES, "confused", Kind.NUMBER, Scope.FRAME, "Labels of the frame paired with another class."),
    Word(_SIDES, "missed", Kind.NUMBER, Scope.FRAME, "Labels of the frame without a partner."),
    Word(_SIDES, "spurious", Kind.NUMBER, Scope.FRAME, "Inferences of the frame without a partner."),
    Word(_SIDES, "precision", Kind.NUMBER, Scope.FRAME, "Correct of all inferences of the frame."),
    Word(_SIDES, "recall", Kind.NUMBER, Scope.FRAME, "Correct of all labels of the frame."),
    Word(_SIDES, "f1", Kind.NUMBER, Scope.FRAME, "Harmonic mean of the frame's precision and recall."),
)

CONFUSION = Term("confusion", "Objects of the frame in one cell: label class, inferred class; or background.")

ENTITIES = (
    Term("label", "The object's label: class, box, attributes."),
    Term("base", "Base's inference for the object, and base's scores of the frame."),
    Term("other", "Other's inference for the object, and other's scores of the frame."),
    Term("delta", "Other minus base, of the frame's scores."),
    Term("frame", "The image: id, size, metadata, flags, tags, segments."),
)

OBJECT = Term("object", "A row of the ledger: a label, or an inference without one.")

AGGREGATES = (
    Term("count", "How many labels, inferences or objects of the frame: count(base where confidence > 0.5)."),
    Term("max", "Largest value among the frame's objects: max(other.confidence where class = …)."),
    Term("min", "Smallest value among the frame's objects."),
    Term("mean", "Mean value over the frame's objects."),
    Term("sum", "Sum over the frame's objects; 0 over none."),
)

_ORDERED = (Kind.NUMBER, Kind.DATE, Kind.TEXT)
_ALIKE = (Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.BOOLEAN)

OPERATORS = (
    Term("=", "Is the same; of a set of names: has it.", (*_ALIKE, Kind.NAMES)),
    Term("!=", "Is there, and is not the same.", _ALIKE),
    Term("<", "Is less, earlier, or before in the alphabet.", _ORDERED),
    Term("<=", "Is less or the same.", _ORDERED),
    Term(">", "Is more, later, or after in the alphabet.", _ORDERED),
    Term(">=", "Is more or the same.", _ORDERED),
    Term("in", "Is one of a list.", (*_ALIKE, Kind.NAMES)),
    Term("not in", "Is there, and is none of a list.", _ALIKE),
    Term("contains", "Has this text somewhere inside.", (Kind.TEXT, Kind.NAMES)),
    Term("matches", "Holds a match of this regular expression.", (Kind.TEXT, Kind.NAMES)),
    Term("is missing", "Has no value here.", tuple(Kind)),
    Term("is not missing", "Has a value here.", tuple(Kind)),
    Term("+", "Plus.", (Kind.NUMBER,)),
    Term("-", "Minus.", (Kind.NUMBER,)),
    Term("*", "Times.", (Kind.NUMBER,)),
    Term("/", "Divided by; nothing where that is 0.", (Kind.NUMBER,)),
)

KEYWORDS = (
    Term("and", "Both hold."),
    Term("or", "At least one holds."),
    Term("not", "It does not hold."),
    Term("order by", "What comes first: order by other.confidence desc."),
    Term("asc", "Smallest first."),
    Term("desc", "Largest first."),
    Term("limit", "No more than so many."),
    Term("where", "Only those for which this holds."),
    Term("true", "Of a true-or-false field."),
    Term("false", "Of a true-or-false field."),
)
