"""The words of the language in tables, and what a query may ask of one comparison."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Column


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
        single: Of a set of names, whether it holds at most one.
    """

    name: str
    type: FieldType
    sentence: str
    single: bool = False


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
    FrameWord("flag", FieldType.NAMES, "Who flagged the frame in review; `frame.flag` alone asks whether."),
    FrameWord("tag", FieldType.NAMES, "Tags of the frame from review."),
    FrameWord("note", FieldType.NAMES, "Note on the frame from review.", single=True),
    FrameWord("verdict", FieldType.NAMES, "Verdict on the frame from review.", single=True),
    FrameWord("segment", FieldType.NAMES, "Segments the frame belongs to."),
)

REVIEW_WORDS = (
    FrameWord("flag", FieldType.NAMES, "Who flagged the object; `object.flag` alone asks whether."),
    FrameWord("tag", FieldType.NAMES, "Tags of the object from review."),
    FrameWord("note", FieldType.NAMES, "Note on the object from review.", single=True),
    FrameWord(
        "verdict", FieldType.NAMES, "Verdict on the object, such as label error, from review.", single=True
    ),
)
"""What review says of an object, `object.flag` and so on."""

NOTE = FrameWord("note", FieldType.NAMES, "Notes on the frame and on objects in it.")
"""Stands alone."""

ENTITIES = (
    Term("label", "The object's label: class, box, attributes."),
    Term("base", "Base's inference for the object, and base's scores of the frame."),
    Term("other", "Other's inference for the object, and other's scores of the frame."),
    Term("delta", "Other minus base, of the frame's scores."),
    Term("frame", "The image: id, size, metadata, segments, and its review."),
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


RowMask = NDArray[np.bool_]


@dataclass(frozen=True)
class Choices:
    """The only values that a text field takes.

    Attributes:
        noun: What they are, such as "class".
        words: In the order of the column's dictionary, so that a code is a position here.
        bare: Whether they may stand without quotes.
        folded: Whether case is ignored.
        instead: What to write for words that are none, but near at hand: the words to a sentence.
    """

    noun: str
    words: tuple[str, ...]
    bare: bool = False
    folded: bool = True
    instead: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {self._key(word): i for i, word in reversed(list(enumerate(self.words)))}

    def position(self, word: str) -> int:
        """The code of a word, -1 for none of them."""
        return self._positions.get(self._key(word), -1)

    def _key(self, word: str) -> str:
        return word.casefold() if self.folded else word


@dataclass(frozen=True)
class QueryField:
    """A field as one comparison has it.

    Attributes:
        name: In full, without back-ticks: `label.class`.
        kind: The type of its values.
        scope: What a value belongs to, a frame or an object.
        sentence: What it is.
        choices: The only values it takes, if they are few and known.
        single: Of a set of names, whether it holds at most one: it can then differ from a name.
    """

    name: str
    kind: FieldType
    scope: Scope
    sentence: str
    choices: Choices | None = None
    single: bool = False


@dataclass(frozen=True)
class Method:
    """A number of each frame that is asked for with class names: `base.confusion("car", "van")`.

    Attributes:
        name: In full.
        arguments: How many class names it takes.
        sentence: What it is.
        classes: The classes it knows.
    """

    name: str
    arguments: int
    sentence: str
    classes: Choices


@dataclass(frozen=True)
class Schema:
    """Everything a query may name.

    Attributes:
        fields: By full name.
        methods: By full name.
        values: The known values of a free text field by its full name, for completion.
        absent: Why the names that begin with a word are not there: the word to a sentence.
    """

    fields: Mapping[str, QueryField]
    methods: Mapping[str, Method] = field(default_factory=dict)
    values: Callable[[str], Sequence[str]] = lambda name: ()
    absent: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {name.casefold(): name for name in (*self.methods, *self.fields)}

    def field(self, name: str) -> QueryField | None:
        """The field of that name; case matters only where two differ in nothing else."""
        return self.fields.get(name) or self.fields.get(self._folded.get(name.casefold(), ""))

    def method(self, name: str) -> Method | None:
        """The method of that name."""
        return self.methods.get(name) or self.methods.get(self._folded.get(name.casefold(), ""))

    def names(self) -> Iterable[str]:
        """Every name there is."""
        return (*self.fields, *self.methods)


class QueryRows(Protocol):
    """The columns a query is run over."""

    @property
    def frames(self) -> int:
        """How many frames there are."""

    @property
    def frame(self) -> NDArray[np.int32]:
        """`(objects,)`: the frame of each object, ascending."""

    @property
    def of_frames(self) -> "QueryRows":
        """What sums over a frame's objects are taken over: these rows, unless they stand for others."""

    def column(self, name: str) -> Column:
        """A field's values: one per frame or one per object, as its scope says; not of kind NAMES."""

    def present(self, entity: str) -> RowMask:
        """`(objects,)`: which objects have a `label`, `base` or `other`; every `object` is one."""

    def method(self, name: str, classes: tuple[int, ...]) -> Column:
        """`(frames,)` numbers of a method for classes by their position in its `Choices`."""

    def members(self, name: str) -> Mapping[str, Sequence[int] | NDArray[Any]]:
        """Frames or objects by name, of a field of kind NAMES."""
