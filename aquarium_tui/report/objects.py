"""Objects as flat records, for tables and scripts."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import CellList
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.fields import ObjectField
from aquarium_tui.compare.objects.fields import FILED_FIRST
from aquarium_tui.model.names import visible
from aquarium_tui.model.outcomes import Change
from aquarium_tui.query.fields import PARTS

FlatRecord = dict[str, Any]

_AT_ONCE = 4096
"""Objects read together: few enough to hold in memory, and enough that reading columns pays."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How text begins that spreadsheets run as a formula when they open a CSV file."""


def object_columns(comparison: Comparison) -> tuple[str, ...]:
    """The fields of a record, in order."""
    return ("list", "frame", "path", *_filed(comparison), "was_correct")


def _filed(comparison: Comparison) -> dict[str, tuple[ObjectField[Any], str]]:
    """The fields of records by name, with what they are asked of, in order; those of both sets always."""
    place = {name: i for i, name in enumerate(FILED_FIRST)}
    fields = [field for field in comparison.object_fields if field.filed]
    fields.sort(key=lambda field: place.get(field.filed, len(place)))
    return {
        f"{entity}_{field.filed}" if entity else field.filed: (field, entity)
        for entity in (*PARTS, "")
        for field in fields
        if entity in field.entities
    }


def records_of(
    comparison: Comparison, rows: NDArray[np.int64], which: CellList | None = None
) -> Iterator[FlatRecord]:
    """One record for each of these rows of the ledger.

    Args:
        comparison: Base and other.
        rows: The rows.
        which: The list behind a cell that they are of, if any.

    Yields:
        A value for each of `object_columns`, None where there is none. Boxes are in pixels. `was_correct`
        says of an introduced object whether it was right under base; where base rightly saw nothing it is
        true too.
    """
    for start in range(0, len(rows), _AT_ONCE):
        yield from _records(comparison, rows[start : start + _AT_ONCE], which)


def _records(comparison: Comparison, rows: NDArray[np.int64], which: CellList | None) -> Iterator[FlatRecord]:
    names, frames = object_columns(comparison), comparison.dataset.frames
    entities = ("label", *comparison.sides, *(("",) if comparison.other else ()))
    columns = {
        name: (field.values(comparison, entity, rows), field.absent)
        for name, (field, entity) in _filed(comparison).items()
        if entity in entities
    }
    for place, frame in enumerate(comparison.object_frame[rows].tolist()):
        record: FlatRecord = dict.fromkeys(names)
        record |= {"list": which, "frame": frames.id[frame], "path": frames.path[frame]}
        for name, (column, absent) in columns.items():
            value = column[place]
            record[name] = absent if value is None else value
        if which is CellList.INTRODUCED:
            record["was_correct"] = record["change"] == Change.BROKEN.word
        yield record


def as_csv(records: Iterable[FlatRecord], columns: Sequence[str], safe: bool = False) -> Iterator[str]:
    """Lines of CSV, a header first; absent values are empty, control characters are made visible.

    Args:
        records: A row each.
        columns: The names of the columns, in their order.
        safe: Put `'` before text that a spreadsheet would take for a formula; numbers stay as they are.
    """
    line = StringIO()
    writer = csv.DictWriter(line, columns, lineterminator="\n")
    told = _harmless if safe else _plain
    writer.writerow({name: told(name) for name in columns})
    for record in records:
        yield _taken(line)
        writer.writerow({name: told(value) for name, value in record.items()})
    yield _taken(line)


def as_jsonl(records: Iterable[FlatRecord]) -> Iterator[str]:
    """Lines of JSON, an object each."""
    return (json.dumps(record, allow_nan=False) + "\n" for record in records)


def _taken(line: StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _harmless(value: object) -> object:
    plain = _plain(value)
    return f"'{plain}" if isinstance(value, str) and value.startswith(_FORMULA) else plain


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return visible(value) if isinstance(value, str) else value
