"""Objects as flat records, for tables and scripts."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.fields import ObjectField
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.fields import FILED_FIRST, OBJECT_FIELDS
from aquarium_tui.model.names import visible
from aquarium_tui.model.outcomes import Change
from aquarium_tui.query.fields import PARTS


def _filed() -> dict[str, tuple[ObjectField[Any], str]]:
    """The fields of records by name, with what they are asked of, in order."""
    place = {name: i for i, name in enumerate(FILED_FIRST)}
    fields = sorted(
        (field for field in OBJECT_FIELDS if field.filed),
        key=lambda field: place.get(field.filed, len(place)),
    )
    return {
        f"{entity}_{field.filed}" if entity else field.filed: (field, entity)
        for entity in (*PARTS, "")
        for field in fields
        if entity in field.entities
    }


_FIELDS = _filed()

COLUMNS = ("list", "frame", "path", *_FIELDS, "was_correct")
"""The fields of a record, in order."""

FlatRecord = dict[str, Any]

_AT_ONCE = 4096
"""Objects read together: few enough to hold in memory, and enough that reading columns pays."""


def object_records(
    comparison: ObjectComparison, cell: tuple[int, int], which: CellList
) -> Iterator[FlatRecord]:
    """One record per object of a list behind a cell, in the order of the ledger.

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
    for start in range(0, len(rows), _AT_ONCE):
        yield from _records(comparison, rows[start : start + _AT_ONCE], which)


def _records(
    comparison: ObjectComparison, rows: NDArray[np.int64], which: CellList | None
) -> Iterator[FlatRecord]:
    ledger, frames = comparison.ledger, comparison.dataset.frames
    entities = ("label", *comparison.sides, *(("",) if comparison.other else ()))
    columns = {
        name: (field.values(comparison, entity, rows), field.absent)
        for name, (field, entity) in _FIELDS.items()
        if entity in entities
    }
    for place, row in enumerate(rows.tolist()):
        frame = int(ledger.frame[row])
        record: FlatRecord = dict.fromkeys(COLUMNS)
        record |= {"list": which, "frame": frames.id[frame], "path": frames.path[frame]}
        for name, (column, absent) in columns.items():
            value = column[place]
            record[name] = absent if value is None else value
        if which is CellList.INTRODUCED:
            record["was_correct"] = bool(ledger.change[row] == Change.BROKEN)
        yield record


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
