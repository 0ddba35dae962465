"""The words of the language in tables: parsing, completion, help and the guide derive from them."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class FieldType(StrEnum):
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
    kind: FieldType
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
    kinds: tuple[FieldType, ...] = ()


PARTS = ("label", "base", "other")
"""What an object may have or lack."""

_FRAME = ("frame",)
_LABEL = ("label",)
_SETS = ("base", "other")
_SIDES = ("base", "other", "delta")

FIELDS = (
    Word(_FRAME, "id", FieldType.TEXT, Scope.FRAME, "Id of the frame, always text."),
    Word(_FRAME, "path", FieldType.TEXT, Scope.FRAME, "Path of the image, as the labels name it."),
    Word(_FRAME, "width", FieldType.NUMBER, Scope.FRAME, "Width of the image in pixels."),
    Word(_FRAME, "height", FieldType.NUMBER, Scope.FRAME, "Height of the image in pixels."),
    Word(_FRAME, "flag", FieldType.NAMES, Scope.FRAME, "Flags the frame carries from review."),
    Word(_FRAME, "tag", FieldType.NAMES, Scope.FRAME, "Tags the frame carries from review."),
    Word(_FRAME, "segment", FieldType.NAMES, Scope.FRAME, "Segments the frame belongs to."),
    Word(PARTS, "class", FieldType.TEXT, Scope.OBJECT, "Class it is evaluated as."),
    Word(
        PARTS, "own_class", FieldType.TEXT, Scope.OBJECT, "Class as the file writes it, before `train_name`."
    ),
    Word(_SETS, "confidence", FieldType.NUMBER, Scope.OBJECT, "Confidence of the inference, 0 to 1."),
    Word(_SETS, "iou", FieldType.NUMBER, Scope.OBJECT, "IoU of the inference with the object's label."),
    Word(_SETS, "outcome", FieldType.TEXT, Scope.OBJECT, "What the set makes of the object."),
    Word((), "change", FieldType.TEXT, Scope.OBJECT, "How the object's outcome changes from base to other."),
    Word(
        PARTS,
        "area",
        FieldType.NUMBER,
        Scope.OBJECT,
        "Area in square pixels; of a label's mask, if it has one.",
    ),
    Word(PARTS, "left", FieldType.NUMBER, Scope.OBJECT, "Left edge of the box in pixels."),
    Word(PARTS, "top", FieldType.NUMBER, Scope.OBJECT, "Top edge of the box in pixels."),
    Word(PARTS, "width", FieldType.NUMBER, Scope.OBJECT, "Width of the box in pixels."),
    Word(PARTS, "height", FieldType.NUMBER, Scope.OBJECT, "Height of the box in pixels."),
    Word(_LABEL, "crowd", FieldType.BOOLEAN, Scope.OBJECT, "Whether the label stands for a crowd."),
    Word(
        PARTS, "id", FieldType.TEXT, Scope.OBJECT, "Id in the file; the row number where the file has none."
    ),
    Word(
        _SIDES, "errors", FieldType.NUMBER, Scope.FRAME, "Confused, missed and spurious objects of the frame."
    ),
    Word(
        _SIDES, "correct", FieldType.NUMBER, Scope.FRAME, "Labels of the frame paired with their own class."
    ),
    Word(_SIDES, "confused", FieldType.NUMBER, Scope.FRAME, "Labels of the frame paired with another class."),
    Word(_SIDES, "missed", FieldType.NUMBER, Scope.FRAME, "Labels of the frame without a partner."),
    Word(_SIDES, "spurious", FieldType.NUMBER, Scope.FRAME, "Inferences of the frame without a partner."),
    Word(_SIDES, "precision", FieldType.NUMBER, Scope.FRAME, "Correct of all inferences of the frame."),
    Word(_SIDES, "recall", FieldType.NUMBER, Scope.FRAME, "Correct of all labels of the frame."),
    Word(_SIDES, "f1", FieldType.NUMBER, Scope.FRAME, "Harmonic mean of the frame's precision and recall."),
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

_ORDERED = (FieldType.NUMBER, FieldType.DATE, FieldType.TEXT)
_ALIKE = (FieldType.TEXT, FieldType.NUMBER, FieldType.DATE, FieldType.BOOLEAN)

OPERATORS = (
    Term("=", "Is the same; of a set of names: has it.", (*_ALIKE, FieldType.NAMES)),
    Term("!=", "Is there, and is not the same.", _ALIKE),
    Term("<", "Is less, earlier, or before in the alphabet.", _ORDERED),
    Term("<=", "Is less or the same.", _ORDERED),
    Term(">", "Is more, later, or after in the alphabet.", _ORDERED),
    Term(">=", "Is more or the same.", _ORDERED),
    Term("in", "Is one of a list.", (*_ALIKE, FieldType.NAMES)),
    Term("not in", "Is there, and is none of a list.", _ALIKE),
    Term("contains", "Has this text somewhere inside.", (FieldType.TEXT, FieldType.NAMES)),
    Term("matches", "Holds a match of this regular expression.", (FieldType.TEXT, FieldType.NAMES)),
    Term("is missing", "Has no value here.", tuple(FieldType)),
    Term("is not missing", "Has a value here.", tuple(FieldType)),
    Term("+", "Plus.", (FieldType.NUMBER,)),
    Term("-", "Minus.", (FieldType.NUMBER,)),
    Term("*", "Times.", (FieldType.NUMBER,)),
    Term("/", "Divided by; nothing where that is 0.", (FieldType.NUMBER,)),
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
