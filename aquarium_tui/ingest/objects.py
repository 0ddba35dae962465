"""Records in their frames as stored objects, with all that was wrong with them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Finding
from aquarium_tui.ingest.checks import Placed, doubtful, unusable
from aquarium_tui.model.boxes import areas
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames, Objects, starts_of


def settle(placed: Placed, frames: Frames, classes: str) -> tuple[Objects, tuple[Problem, ...]]:
    """The records that can be used as objects, and the problems of all.

    Args:
        placed: The records.
        frames: The frames they lie in.
        classes: What classes there are, for a hint.

    Raises:
        InputError: There are records, and none can be used.
    """
    findings = list(unusable(placed, classes))
    use = np.ones(len(placed.records), bool)
    for finding in findings:
        if finding.action == "left out":
            use[finding.rows] = False
    kept = np.flatnonzero(use)
    if len(placed.records) and not len(kept):
        raise InputError(f"None of the {len(use):,} {placed.what} can be used.", _told(placed, findings))
    findings += doubtful(placed, kept, frames)
    order = kept[np.argsort(placed.frame[kept], kind="stable")]
    problems = tuple(placed.records.problem(finding) for finding in findings if len(finding.rows))
    return objects_of(placed, order, len(frames)), problems


def _told(placed: Placed, findings: Sequence[Finding]) -> str:
    return "\n".join(placed.records.problem(finding).sentence() for finding in findings if len(finding.rows))


def objects_of(placed: Placed, order: NDArray[np.int64], frames: int) -> Objects:
    """The records named by `order` (`(n,)` int64, sorted by frame) as objects in `frames` frames."""
    records = placed.records
    box = records.box[order]
    area = records.area[order] if len(records.area) else records.area
    return Objects(
        starts=starts_of(placed.frame[order], frames),
        class_index=placed.class_index[order],
        box=box,
        confidence=records.confidence[order] if len(records.confidence) else records.confidence,
        crowd=records.crowd[order] if len(records.crowd) else records.crowd,
        area=np.where(np.isfinite(area), area, areas(box)) if len(area) else area,
        id=records.id.take(order) if records.id is not None else None,
        mask=records.mask.take(order) if records.mask is not None else None,
        attributes={name: column.take(order) for name, column in records.attributes.items()},
    )
