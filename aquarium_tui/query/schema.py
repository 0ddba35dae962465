"""What a query may ask of one comparison, and where its answers come from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Column
from aquarium_tui.query.fields import FieldType, Scope

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
    """

    name: str
    kind: FieldType
    scope: Scope
    sentence: str
    choices: Choices | None = None


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

    def column(self, name: str) -> Column:
        """A field's values: one a frame or one an object, as its scope says; not of kind NAMES."""

    def present(self, entity: str) -> RowMask:
        """`(objects,)`: which objects have a `label`, `base` or `other`; every `object` is one."""

    def method(self, name: str, classes: tuple[int, ...]) -> Column:
        """`(frames,)` numbers of a method for classes by their position in its `Choices`."""

    def members(self, name: str) -> Mapping[str, Sequence[int] | NDArray[Any]]:
        """Frames by name, of a field of kind NAMES."""
