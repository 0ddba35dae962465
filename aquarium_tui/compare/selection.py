"""Queries over a comparison of objects: the columns they read, and what they select."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare import query_columns as columns
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.frame_binding import NO_MEASURES, NONE, FrameBinding, FrameSets
from aquarium_tui.compare.measure import Measure
from aquarium_tui.compare.query_schema import CHANGES, OUTCOMES
from aquarium_tui.model.columns import Column
from aquarium_tui.model.settings import Side
from aquarium_tui.query.fields import Scope
from aquarium_tui.query.query import Query, Selection
from aquarium_tui.query.schema import Mask


class Binding(FrameBinding[Comparison]):
    """A comparison of objects as queries see it: its ledger, and its frames."""

    @property
    def frame(self) -> NDArray[np.int32]:
        """`(objects,)`: the frame of each object."""
        return self.comparison.ledger.frame

    def present(self, entity: str) -> Mask:
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
    comparison: Comparison,
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
