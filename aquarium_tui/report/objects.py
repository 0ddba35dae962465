"""The objects behind a cell as flat records, for tables and scripts."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.rows import Partner, object_at
from aquarium_tui.model.names import visible
from aquarium_tui.model.outcomes import Change
from aquarium_tui.model.settings import SIDES

_BOX = ("left", "top", "right", "bottom")
_OF_LABEL = ("id", "class", *_BOX)
_OF_SET = (*_OF_LABEL, "confidence", "iou", "outcome")

COLUMNS = (
    *("list", "frame", "path"),
    *(f"label_{name}" for name in _OF_LABEL),
    *(f"{side}_{name}" for side in SIDES for name in _OF_SET),
    *("change", "was_correct"),
)
"""The fields of a record, in order."""

FlatRecord = dict[str, Any]


def object_records(
    comparison: ObjectComparison, cell: tuple[int, int], which: CellList
) -> Iterator[FlatRecord]:
    """One record an object of a list behind a cell, in the order of the ledger.

    Args:
        comparison: Base and other.
        cell: Row and column of the confusion.
        which: The list.

    Yields:
        A value for each of `COLUMNS`, None where there is none. Boxes are in pixels. `was_correct` says of
        an introduced object whether it was right under base; where base rightly saw nothing it is true too.
    """
    return records_of(comparison, comparison.rows_of(*cell, which), which)


def records_of(
    comparison: ObjectComparison, rows: NDArray[np.int64], which: CellList | None = None
) -> Iterator[FlatRecord]:
    """One record for each of these rows of the ledger; see `object_records`."""
    frames = comparison.dataset.frames
    for row in rows.tolist():
        thing = object_at(comparison, row)
        record: FlatRecord = dict.fromkeys(COLUMNS)
        record |= {"list": which, "frame": frames.id[thing.frame], "path": frames.path[thing.frame]}
        record |= _partner("label", thing.label)
        for side in comparison.sides:
            record |= _partner(side, thing.partner(side)) | {f"{side}_outcome": thing.outcome(side).word}
        if comparison.other:
            record["change"] = thing.change.word
        if which is CellList.INTRODUCED:
            record["was_correct"] = thing.change is Change.BROKEN
        yield record


def _partner(owner: str, partner: Partner | None) -> FlatRecord:
    if partner is None:
        return {}
    record = dict(zip(_BOX, partner.box, strict=True)) | {"id": partner.id, "class": partner.class_name}
    if owner != "label":
        record["confidence"] = partner.confidence
    if owner != "label" and partner.iou == partner.iou:
        record["iou"] = partner.iou
    return {f"{owner}_{name}": value for name, value in record.items()}


def as_csv(records: Iterable[FlatRecord], columns: Sequence[str] = COLUMNS) -> Iterator[str]:
    """Lines of CSV, a header first; absent values are empty, control characters are made visible."""
    line = StringIO()
    writer = csv.DictWriter(line, columns, lineterminator="\n")
    writer.writeheader()
    for record in records:
        yield _taken(line)
        writer.writerow({name: _plain(value) for name, value in record.items()})
    yield _taken(line)


def as_jsonl(records: Iterable[FlatRecord]) -> Iterator[str]:
    """Lines of JSON, an object each."""
    return (json.dumps(record, allow_nan=False) + "\n" for record in records)


def _taken(line: StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return visible(value) if isinstance(value, str) else value
