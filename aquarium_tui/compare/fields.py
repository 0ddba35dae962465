"""What tables of fields are made of: one row gives a query field, a column of Frames and a key of a file.

A kind of comparison has one table of frame fields and one of object fields. Queries and their completion, the
columns of Frames, CSV, JSON Lines and the guide are made from them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.numbers import COUNT, Unit
from aquarium_tui.model.settings import Side
from aquarium_tui.query.fields import FieldType

Better = Literal["", "higher", "lower"]
"""Which numbers are better; empty where neither is."""

Positions = tuple[int, ...]
"""Classes by their position in a confusion."""

Picked = NDArray[np.int64] | slice
"""Rows of the ledger."""

AskedOf_contra = TypeVar("AskedOf_contra", contravariant=True)
"""The comparison that the values are read from."""


class Shown(Enum):
    """Which columns of Frames a field makes; those of the first two come before the others."""

    EACH = "each set, and the delta"
    CHANGE = "the delta; with one set, its value"
    JUDGED = "the set that is judged, and the delta"
    ALONE = "the one set; nothing where there are two"
    NEVER = "none"


@dataclass(frozen=True)
class FrameField(Generic[AskedOf_contra]):
    """A number of each frame, mostly under one inference set.

    `errors` gives `base.errors`, `other.errors` and `delta.errors` in queries, and `base_errors` and
    `other_errors` in files.

    Attributes:
        key: Its name in queries and files.
        sentence: What it is.
        values: Reads it, of a side and of as many classes as `arguments` says: `(frames,)` float64 or int64,
            NaN where undefined.
        title: Its heading; the key where empty.
        unit: What it is, and how it is written.
        better: Which numbers are better.
        arguments: How many class names it is asked for with: none, one, or two for a cell. One that takes
            any is a method of queries; files and Frames leave it out.
        of_set: Whether it differs between inference sets; if not, files have it under its key alone.
        of_pair: Whether it takes two sets, and files have it only then.
        asked: Whether queries know it.
        shown: Which columns of Frames it makes.
        share_of: The key of the field whose share Frames shows instead, in percent.
    """

    key: str
    sentence: str
    values: Callable[[AskedOf_contra, Side, Positions], NDArray[Any]]
    title: str = ""
    unit: Unit = COUNT
    better: Better = ""
    arguments: int = 0
    of_set: bool = True
    of_pair: bool = False
    asked: bool = True
    shown: Shown = Shown.NEVER
    share_of: str = ""

    @property
    def heading(self) -> str:
        """Its heading."""
        return self.title or self.key


@dataclass(frozen=True)
class ObjectField(Generic[AskedOf_contra]):
    """A value of each object, or of its label or its inference of one set.

    Attributes:
        entities: What it is asked of: `label` gives `label.class`; empty where it stands alone.
        key: Its name in queries.
        type: The type of its values.
        sentence: What it is.
        values: Reads it of an entity for some rows of the ledger, `(rows,)`.
        unit: What a number is counted in.
        better: Which numbers are better.
        asked: Whether queries know it.
        filed: Its name in files, behind that of its entity; empty where files leave it out.
        absent: What files write where it is absent; None leaves the place empty.
    """

    entities: tuple[str, ...]
    key: str
    type: FieldType
    sentence: str
    values: Callable[[AskedOf_contra, str, Picked], Column]
    unit: str = ""
    better: Better = ""
    asked: bool = True
    filed: str = ""
    absent: str | None = None

    def name(self, entity: str) -> str:
        """In queries, of one of its entities; "" where it stands alone."""
        return f"{entity}.{self.key}" if entity else self.key


def numbers(values: NDArray[Any]) -> Values:
    """A column of numbers, absent where they are NaN."""
    values = values.astype(np.float64)
    return Values("number", values, np.isnan(values))


def words(kinds: tuple[str, ...], members: NDArray[np.uint8]) -> Text:
    """A column of the members of an enumeration whose 0 stands for absence."""
    return Text.from_words(kinds, members.astype(np.int32) - 1)


def known(column: Column) -> Column:
    """The column with numbers that are NaN, and dates that are NaT, marked absent."""
    if isinstance(column, Text) or column.kind == "boolean":
        return column
    undefined = np.isnan(column.values) if column.kind == "number" else np.isnat(column.values)
    return Values(column.kind, column.values, column.missing | undefined)


def spread(column: Column, at: NDArray[Any], n: int) -> Column:
    """A column of `n` rows that has `column` in the rows `at` and is absent elsewhere."""
    if isinstance(column, Text):
        codes = np.full(n, -1, np.int32)
        codes[at] = column.codes
        return Text(codes, column.offsets, column.blob)
    values, missing = np.zeros(n, column.values.dtype), np.ones(n, bool)
    values[at], missing[at] = column.values, column.missing
    return Values(column.kind, values, missing)


def minus(left: Column, right: Column) -> Values:
    """The difference of two columns of numbers, absent where either is."""
    if not isinstance(left, Values) or not isinstance(right, Values):
        raise TypeError("text has no difference")
    return Values("number", left.values - right.values, left.missing | right.missing)
