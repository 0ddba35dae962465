"""What queries ask of any comparison: its frames, and the numbers of frames."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare import fields as columns
from aquarium_tui.compare.fields import CHANGES, OUTCOMES, schema_of
from aquarium_tui.compare.measures import Compared, Measure
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.columns import Column
from aquarium_tui.model.settings import Side
from aquarium_tui.query.fields import Scope
from aquarium_tui.query.query import Query, Selection, compile_query, run
from aquarium_tui.query.schema import RowMask, Schema

FrameSets = Mapping[str, Sequence[int] | NDArray[Any]]
"""Rows of frames by the name of what they carry."""

NONE: FrameSets = MappingProxyType({})
NO_MEASURES: Mapping[str, Measure] = MappingProxyType({})
_KEPT: WeakKeyDictionary[Any, dict[str, Column]] = WeakKeyDictionary()

AnyComparison = TypeVar("AnyComparison", bound=Compared)


class FrameBinding(ABC, Generic[AnyComparison]):
    """A comparison, and what review and the user add to it, as queries see it.

    Columns are computed when a query first asks for them and kept as long as the comparison.

    Args:
        comparison: What is asked.
        segments: Frames of each segment.
        flags: Frames under each flag.
        tags: Frames under each tag.
        measures: Further numbers of frames, by name, beside those of the comparison.
    """

    def __init__(
        self,
        comparison: AnyComparison,
        *,
        segments: FrameSets = NONE,
        flags: FrameSets = NONE,
        tags: FrameSets = NONE,
        measures: Mapping[str, Measure] = NO_MEASURES,
    ) -> None:
        self.comparison = comparison
        self._sets = {"frame.segment": segments, "frame.flag": flags, "frame.tag": tags}
        self._measures = {**comparison.measures, **measures}
        self._kept = _KEPT.setdefault(comparison, {})

    @cached_property
    def schema(self) -> Schema:
        """What a query may name."""
        names = {field: tuple(found) for field, found in self._sets.items()}
        return schema_of(self.comparison, self._measures, names)

    def select(self, query: str | Query) -> Selection:
        """What a query selects.

        Raises:
            QueryError: It cannot be understood, or a regular expression in it takes too long.
        """
        return run(compile_query(query, self.schema) if isinstance(query, str) else query, self)

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.comparison.dataset.frames)

    @property
    @abstractmethod
    def frame(self) -> NDArray[np.int32]:
        """`(objects,)`: the frame of each object."""

    @abstractmethod
    def present(self, entity: str) -> RowMask:
        """`(objects,)`: which objects have a label, base or other; every `object` is one."""

    def column(self, name: str) -> Column:
        """A field's values, one a frame or one an object."""
        entity, _, rest = name.partition(".")
        if self.schema.fields[name].scope == Scope.FRAME and self._measure(entity, rest):
            return self.method(name, ())
        if name not in self._kept:
            self._kept[name] = self._read(entity, rest)
        return self._kept[name]

    def method(self, name: str, classes: tuple[int, ...]) -> Column:
        """`(frames,)` numbers of a measure."""
        entity, _, rest = name.partition(".")
        if entity == "delta":
            of_other, of_base = (self.method(f"{side}.{rest}", classes) for side in ("other", "base"))
            return columns.minus(of_other, of_base)
        side: Side = "base" if entity == "base" else "other"
        return columns.numbers(self._measures[rest.removeprefix("metrics.")].values(side, classes))

    def members(self, name: str) -> FrameSets:
        """Frames by name, of flags, tags or segments."""
        return self._sets[name]

    def _measure(self, entity: str, rest: str) -> Measure | None:
        return None if entity == "frame" else self._measures.get(rest.removeprefix("metrics."))

    def _read(self, entity: str, rest: str) -> Column:
        if entity == "frame":
            return columns.frame_column(self.comparison.dataset.frames, rest)
        return columns.minus(self.column(f"other.{rest}"), self.column(f"base.{rest}"))


class Binding(FrameBinding[ObjectComparison]):
    """A comparison of objects as queries see it: its ledger, and its frames."""

    @property
    def frame(self) -> NDArray[np.int32]:
        """`(objects,)`: the frame of each object."""
        return self.comparison.ledger.frame

    def present(self, entity: str) -> RowMask:
        """`(objects,)`: which objects have a label, base or other; every `object` is one."""
        if entity == "object":
            return np.ones(len(self.frame), bool)
        return np.asarray(self._rows(entity) >= 0)

    def method(self, name: str, classes: tuple[int, ...]) -> Column:
        """`(frames,)` numbers: objects in a cell, or a measure."""
        entity, _, rest = name.partition(".")
        if entity == "delta" or self._measure(entity, rest):
            return super().method(name, classes)
        ledger = self.comparison.ledger
        cells = ledger.base_cell if entity == "base" else ledger.other_cell
        label, inferred = classes
        inside = np.flatnonzero(cells == label * len(self.comparison.classes) + inferred)
        return columns.numbers(np.bincount(ledger.frame[inside], minlength=self.frames))

    def _read(self, entity: str, rest: str) -> Column:
        match entity:
            case "base" | "other":
                return self._of_set(entity, rest)
            case "change":
                return columns.words(CHANGES, self.comparison.ledger.change)
            case "label":
                return self._objects(entity, rest)
        return super()._read(entity, rest)

    def _of_set(self, side: Side, rest: str) -> Column:
        comparison, ledger = self.comparison, self.comparison.ledger
        if rest == "outcome":
            members = ledger.base_outcome if side == "base" else ledger.other_outcome
            return columns.words(OUTCOMES, members)
        if rest == "iou":
            inferences = comparison.inferences(side).objects
            return columns.overlaps(comparison.dataset, ledger.label, inferences, self._rows(side))
        if self.schema.fields[f"{side}.{rest}"].scope == Scope.FRAME:
            return columns.numbers(getattr(comparison.frame_scores[side], rest))
        return self._objects(side, rest)

    def _rows(self, entity: str) -> NDArray[np.int32]:
        ledger = self.comparison.ledger
        return {"label": ledger.label, "base": ledger.base, "other": ledger.other}[entity]

    def _objects(self, entity: str, rest: str) -> Column:
        """A column of the labels or inferences, spread over the ledger."""
        dataset, rows = self.comparison.dataset, self._rows(entity)
        objects = dataset.labels
        if entity != "label":
            objects = self.comparison.inferences("base" if entity == "base" else "other").objects
        at = np.flatnonzero(rows >= 0)
        column = columns.object_column(objects, rows[at], rest, dataset.project.class_map)
        return columns.spread(column, at, len(rows))


def select(
    comparison: ObjectComparison,
    query: str | Query,
    *,
    segments: FrameSets = NONE,
    flags: FrameSets = NONE,
    tags: FrameSets = NONE,
    measures: Mapping[str, Measure] = NO_MEASURES,
) -> Selection:
    """What a query selects in a comparison; the arguments are those of `Binding`.

    Raises:
        QueryError: It cannot be understood, or a regular expression in it takes too long.
    """
    return Binding(comparison, segments=segments, flags=flags, tags=tags, measures=measures).select(query)
