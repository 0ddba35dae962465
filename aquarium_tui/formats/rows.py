"""Plain tables in a file: CSV with a header, JSON Lines, a JSON list of objects, or Parquet."""

import csv
import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats import input_file as source
from aquarium_tui.formats.json_scanner import Scanner
from aquarium_tui.formats.values import parsed
from aquarium_tui.model.names import visible

_DELIMITERS = ",;\t"
_PARQUET = b"PAR1"


@dataclass(frozen=True)
class SmallTable:
    """A table.

    Attributes:
        text: Each column by name as it stands in the file.
        values: The same with numbers and booleans read from text, and None where there is nothing.
        count: How many rows there are.
    """

    text: dict[str, list[Any]]
    values: dict[str, list[Any]]
    count: int


def read_table(path: Path) -> SmallTable:
    """The table at `path`.

    Raises:
        InputError: It cannot be read, or is no table.
    """
    if source.first_bytes(path, len(_PARQUET)) == _PARQUET:
        return _read_parquet(path)
    start = source.head(path).lstrip()
    return _read_json(path) if start[:1] in ("{", "[") else _read_csv(path)


def _read_json(path: Path) -> SmallTable:
    scanner = Scanner.of(path)
    records: list[Any] = []
    while bracket := scanner.peek():
        records.extend(scanner.elements() if bracket == "[" else [scanner.value()])
    columns: dict[str, list[Any]] = {}
    for i, record in enumerate(records):
        if not isinstance(record, dict):
            raise InputError(f"{visible(str(path))}: element {i} is not an object with keys.")
        for key in record:
            columns.setdefault(key, [None] * len(records))[i] = record[key]
    return SmallTable(columns, columns, len(records))


def _read_parquet(path: Path) -> SmallTable:
    import duckdb

    try:
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [glob.escape(str(path))])
            names = [column[0] for column in found.description]
            rows = found.fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{visible(str(path))} is not Parquet: {visible(reason)}") from error
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return SmallTable(columns, columns, len(rows))


def _read_csv(path: Path) -> SmallTable:
    lines = source.text(path).splitlines()
    delimiter = max(_DELIMITERS, key=lines[0].count)
    try:
        header, *rows = csv.reader(lines, delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise InputError(f"{visible(str(path))} is not CSV: {error}.") from error
    _check_widths(path, header, rows)
    filled = [row for row in rows if row]
    columns = {name: [row[i] for row in filled] for i, name in enumerate(header)}
    return SmallTable(columns, {name: parsed(values) for name, values in columns.items()}, len(filled))


def _check_widths(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for number, row in enumerate(rows, 2):
        if row and len(row) != len(header):
            raise InputError(
                f"{visible(str(path))} row {number:,} has {len(row)} fields, and the header {len(header)}.",
                "Put text that holds the separator in double quotes.",
            )
