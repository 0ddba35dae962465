"""A comparison as queries see it: its frames, its objects, and the numbers of frames."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import known, minus, numbers
from aquarium_tui.compare.metrics import frame_fields
from aquarium_tui.compare.schema import schema_of
from aquarium_tui.model.arrays import RowNumbers
from aquarium_tui.model.columns import Column, Values
from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Frames
from aquarium_tui.query.fields import RowMask, Schema
from aquarium_tui.query.patterns import patience
from aquarium_tui.query.query import Query, Selection, compile_query, run

FrameSets = Mapping[str, Sequence[int] | NDArray[Any]]
"""Rows of frames by the name of what they carry."""

NONE: FrameSets = MappingProxyType({})

AnyComparison = TypeVar("AnyComparison", bound=Comparison)


class Binding(Generic[AnyComparison]):
    """A comparison, and what review and the user add to it, as queries see it.

    Columns are computed when a query first asks for them and kept as long as the comparison.

    Args:
        comparison: What is asked.
        segments: Frames of each segment.
        flags: Frames under each flag.
        tags: Frames under each tag.
    """

    def __init__(
        self,
        comparison: AnyComparison,
        *,
        segments: FrameSets = NONE,
        flags: FrameSets = NONE,
        tags: FrameSets = NONE,
    ) -> None:
        self.comparison = comparison
        self._sets = {"frame.segment": segments, "frame.flag": flags, "frame.tag": tags}
        self._fields = frame_fields(comparison)
        self._objects = {
            field.name(e): (field, e) for field in comparison.object_fields for e in field.entities
        }

    @cached_property
    def schema(self) -> Schema:
        """What a query may name."""
        return schema_of(self.comparison, {field: tuple(found) for field, found in self._sets.items()})

    @patience()
    def select(self, query: str | Query) -> Selection:
        """What a query selects.

        Raises:
            QueryError: It cannot be understood, or its regular expressions take too long.
            CancelledError: The `patience` around this was cancelled.
        """
        return run(compile_query(query, self.schema) if isinstance(query, str) else query, self)

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.comparison.dataset.frames)

    @property
    def frame(self) -> RowNumbers:
        """`(objects,)`: the frame of each object."""
        return self.comparison.object_frame

    def present(self, entity: str) -> RowMask:
        """`(objects,)`: which objects have a label, base or other; every `object` is one."""
        if entity == "object":
            return np.ones(len(self.frame), bool)
        return self.comparison.object_present(entity)

    def column(self, name: str) -> Column:
        """A field's values, one per frame or one per object."""
        kept = self.comparison.kept_columns
        if name not in kept:
            kept[name] = self._read(name)
        return kept[name]

    def method(self, name: str, classes: tuple[int, ...]) -> Column:
        """`(frames,)` numbers of a frame field."""
        entity, _, rest = name.partition(".")
        if entity == "delta":
            of_other, of_base = (self.method(f"{side}.{rest}", classes) for side in ("other", "base"))
            return minus(of_other, of_base)
        side: Side = "base" if entity == "base" else "other"
        field = self._fields[rest.removeprefix("metrics.")]
        return numbers(field.values(self.comparison, side, classes))

    def members(self, name: str) -> FrameSets:
        """Frames by name, of flags, tags or segments."""
        return self._sets[name]

    def _read(self, name: str) -> Column:
        entity, _, rest = name.partition(".")
        if entity == "frame":
            return _of_frame(self.comparison.dataset.frames, rest)
        if name in self._objects:
            field, of = self._objects[name]
            return field.values(self.comparison, of, slice(None))
        if entity != "label" and rest.removeprefix("metrics.") in self._fields:
            return self.method(name, ())
        return self.comparison.object_attribute(entity, rest)


def _of_frame(frames: Frames, name: str) -> Column:
    """A column `(frames,)` of the frame table."""
    match name:
        case "id":
            return frames.id
        case "path":
            return frames.path
        case "width" | "height":
            size = frames.width if name == "width" else frames.height
            return Values("number", size.astype(np.float64), size <= 0)
    return known(frames.metadata[name if name in frames.metadata else name.removeprefix("metadata.")])
