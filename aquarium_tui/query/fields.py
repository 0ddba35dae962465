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
class FrameWord:
    """A field of the frame itself, whatever is compared: `frame.id`.

    Attributes:
        name: Its name.
        type: The type of its value.
        sentence: What it is.
    """

    name: str
    type: FieldType
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

FRAME_WORDS = (
    FrameWord("id", FieldType.TEXT, "Id of the frame, always text."),
    FrameWord("path", FieldType.TEXT, "Path of the image, as the labels name it."),
    FrameWord("width", FieldType.NUMBER, "Width of the image in pixels."),
    FrameWord("height", FieldType.NUMBER, "Height of the image in pixels."),
    FrameWord("flag", FieldType.NAMES, "Flags of the frame from review."),
    FrameWord("tag", FieldType.NAMES, "Tags of the frame from review."),
    FrameWord("segment", FieldType.NAMES, "Segments the frame belongs to."),
)

ENTITIES = (
    Term("label", "The object's label: class, box, attributes."),
    Term("base", "Base's inference for the object, and base's scores of the frame."),
    Term("other", "Other's inference for the object, and other's scores of the frame."),
    Term("delta", "Other minus base, of the frame's scores."),
    Term("frame", "The image: id, size, metadata, flags, tags, segments."),
)

OBJECT = Term("object", "A row of the ledger: a label, or an inference without one.")

AGGREGATES = (
    Term("count", "Labels, inferences or objects of the frame: count(base where confidence > 0.5)."),
    Term("max", "Largest value among the frame's objects: max(other.confidence where class = …)."),
    Term("min", "Smallest value among the frame's objects."),
    Term("mean", "Mean value of the frame's objects."),
    Term("sum", "Sum over the frame's objects; 0 if there are none."),
)

_ORDERED = (FieldType.NUMBER, FieldType.DATE, FieldType.TEXT)
_ALIKE = (FieldType.TEXT, FieldType.NUMBER, FieldType.DATE, FieldType.BOOLEAN)

OPERATORS = (
    Term("=", "Is equal; for a set of names, has this one.", (*_ALIKE, FieldType.NAMES)),
    Term("!=", "Has a value, and it is not equal.", _ALIKE),
    Term("<", "Is less, earlier, or before alphabetically.", _ORDERED),
    Term("<=", "Is less or equal.", _ORDERED),
    Term(">", "Is greater, later, or after alphabetically.", _ORDERED),
    Term(">=", "Is greater or equal.", _ORDERED),
    Term("in", "Is in the list.", (*_ALIKE, FieldType.NAMES)),
    Term("not in", "Has a value, and it is not in the list.", _ALIKE),
    Term("contains", "Contains this text.", (FieldType.TEXT, FieldType.NAMES)),
    Term("matches", "Contains a match of this regular expression.", (FieldType.TEXT, FieldType.NAMES)),
    Term("is missing", "Has no value.", tuple(FieldType)),
    Term("is not missing", "Has a value.", tuple(FieldType)),
    Term("+", "Plus.", (FieldType.NUMBER,)),
    Term("-", "Minus.", (FieldType.NUMBER,)),
    Term("*", "Times.", (FieldType.NUMBER,)),
    Term("/", "Divided by; missing if that is 0.", (FieldType.NUMBER,)),
)

KEYWORDS = (
    Term("and", "Both hold."),
    Term("or", "At least one holds."),
    Term("not", "It does not hold."),
    Term("order by", "What comes first: order by other.confidence desc."),
    Term("asc", "Smallest first."),
    Term("desc", "Largest first."),
    Term("limit", "At most this many."),
    Term("where", "Only those for which this holds."),
    Term("true", "Of a true-or-false field."),
    Term("false", "Of a true-or-false field."),
)
