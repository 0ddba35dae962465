"""Tables in files: large ones as a `Sheet`, read by DuckDB column by column, small ones as a whole."""

import csv
import glob
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import Finding, record_place
from aquarium_tui.formats.shared.format import Given, first_bytes, is_gzip, read_head, read_text
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.formats.shared.values import parsed, typed_column
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import clean, visible
from aquarium_tui.work.database import database

if TYPE_CHECKING:
    import duckdb

_DELIMITERS = ",;\t"
PARQUET = b"PAR1"
"""What a Parquet file begins with."""
_LOAD = """CREATE TEMP TABLE sheet AS SELECT * FROM read_csv(?, delim = ?, compression = ?, columns = ?,
    header = true, auto_detect = false, skip = ?, quote = '"', escape = '"', store_rejects = true,
    strict_mode = ?)"""
_ODD_QUOTE = (
    "has a double quote that is misplaced or not closed",
    "Put text that holds quotes in quotes, and write each inner quote twice.",
)
_FATAL = {
    "INVALID ENCODING": ("is not UTF-8", "Save it as UTF-8."),
    "UNQUOTED VALUE": _ODD_QUOTE,
    "LINE SIZE OVER MAXIMUM": _ODD_QUOTE,
}
"""Errors, as DuckDB calls them, after which the following lines may mean nothing."""
_SPLIT = re.compile(r'"columns"\s*:\s*(\[[^\[\]{}]*\])')
_DATA = re.compile(r'"data"\s*:\s*\[')
_WHOLE = re.compile(r"-?\d+\.0+", re.ASCII)
_PLAIN_TYPES = re.compile(r"BOOLEAN|VARCHAR|U?\w*INT\w*|FLOAT|DOUBLE|DATE|TIMESTAMP.*|DECIMAL.*|ENUM.*")
_PARQUET = "CREATE TEMP TABLE sheet AS SELECT * FROM read_parquet(?)"


@dataclass(frozen=True)
class SmallTable:
    """A table that fits in memory as Python values: one row per frame, not per box.

    Attributes:
        text: Each column by name, as it is in the file.
        values: The same with numbers and booleans read from text, and None for empty fields.
        count: How many rows there are.
    """

    text: dict[str, list[Any]]
    values: dict[str, list[Any]]
    count: int


@dataclass(frozen=True)
class Sheet:
    """A table of any size, whose columns are fetched one at a time.

    Attributes:
        columns: The names of its columns, in order.
        count: How many rows there are, including those that could not be read, which come last.
        spoilt: How many could not be read, for having more or fewer columns than the header; their values are
            absent.
    """

    columns: Sequence[str]
    count: int
    spoilt: int
    _connection: "duckdb.DuckDBPyConnection"
    _path: Path
    _is_csv: bool

    def text(self, column: str) -> Text:
        """A column as text; 12 and 12.0 are the same, empty is absent."""
        values = Text.from_values(self._fetch(f"{_quoted(column)}::VARCHAR"))
        words = [clean(word[: word.index(".")] if _WHOLE.fullmatch(word) else word) for word in values.words]
        return Text.from_values([*words, None]).take(values.codes)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column as `(rows,)` float64, NaN for what is not a number."""
        query = f"SELECT try_cast({_quoted(column)} AS DOUBLE) AS value FROM sheet"
        values = self._connection.execute(query).fetchnumpy()["value"]
        return np.append(np.ma.filled(values, np.nan), np.full(self.spoilt, np.nan))

    def typed(self, column: str) -> Column | None:
        """A column typed by what it holds; None if it is empty or holds lists or structures."""
        kind = self._connection.execute(f"SELECT typeof({_quoted(column)}) FROM sheet LIMIT 1").fetchall()
        if not kind or not _PLAIN_TYPES.fullmatch(kind[0][0]):
            return None
        values = self._fetch(_quoted(column))
        return typed_column(parsed(values) if self._is_csv else values)

    def place(self, row: int) -> str:
        """Where a row is, such as "boxes.csv line 17"."""
        if not self._is_csv or len(self._lines) != self.count:
            return record_place(visible(self._path.name), row)
        return f"{visible(self._path.name)} line {self._lines[row]:,}"

    @cached_property
    def _lines(self) -> Sequence[int]:
        return line_numbers(self._path, len(self.columns))

    def findings(self) -> tuple[Finding, ...]:
        """One finding about the rows that could not be read; none if all could."""
        if not self.spoilt:
            return ()
        rows = np.arange(self.count - self.spoilt, self.count)
        hint = "put text that holds the separator in double quotes"
        return (Finding("lines with more or fewer columns than the header", rows, "left out", hint),)

    def _fetch(self, expression: str) -> list[Any]:
        rows = self._connection.execute(f"SELECT {expression} FROM sheet").fetchall()
        return [*(value for (value,) in rows), *[None] * self.spoilt]


def read_table(path: Path) -> SmallTable:
    """The table at `path`.

    Raises:
        InputError: The file cannot be read, or is not a table.
    """
    if first_bytes(path, len(PARQUET)) == PARQUET:
        return _read_parquet(path)
    start = read_head(path).lstrip()
    return _read_json(path) if start[:1] in ("{", "[") else _read_csv(path)


def header(start: str) -> list[str]:
    """The columns that a CSV text begins with; empty if the text is JSON or has only one column."""
    line = _first_line(start)
    if line.lstrip()[:1] in ("{", "["):
        return []
    names = next(csv.reader([line], delimiter=_delimiter(line)), [])
    return [name.strip() for name in names] if len(names) > 1 else []


def load_csv(connection: "duckdb.DuckDBPyConnection", path: Path, *, strict: bool) -> int:
    """Load a CSV file into the table `sheet`, all columns as text.

    Args:
        connection: Where the table is made.
        path: The file.
        strict: Whether DuckDB reports misplaced quotes; it then cannot read mixed line endings.

    Returns:
        How many lines have more or fewer columns than the header; they are not in the table.

    Raises:
        InputError: The file has no header, is not UTF-8, or has a misplaced quote.
    """
    start = read_head(path)
    columns = dict.fromkeys(_different(header(start)), "VARCHAR")
    if not columns:
        told = f"{visible(str(path))} is not CSV: its first line names no columns."
        raise InputError(told, "Name the columns in the first line, as in frame,class,x,y,width,height.")
    packed = "gzip" if is_gzip(path) else "none"
    blank = len(start[: len(start) - len(start.lstrip("\r\n"))].splitlines())
    delimiter = _delimiter(_first_line(start))
    connection.execute(_LOAD, [glob.escape(str(path)), delimiter, packed, columns, blank, strict])
    query = "SELECT line, list(error_type::VARCHAR) FROM reject_errors GROUP BY line ORDER BY line"
    spoilt = connection.execute(query).fetchall()
    for line, errors in spoilt:
        for told, hint in (_FATAL[error] for error in errors if error in _FATAL):
            raise InputError(f"{visible(str(path))} line {line:,} {told}.", hint)
    return len(spoilt)


def csv_rows(
    lines: Iterable[str], path: Path, *, delimiter: str = ",", padded: bool = False
) -> Iterator[list[str]]:
    """The rows of the CSV at `path`, whose lines are given; `padded` says that blanks follow delimiters.

    Raises:
        InputError: A row cannot be read, such as one with a field of more than 128 KiB.
    """
    rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=padded)
    try:
        yield from rows
    except csv.Error as error:
        message = f"{visible(str(path))} line {rows.line_num:,} is not CSV: {error}."
        raise InputError(message, "Look for a double quote that is not closed.") from error


def line_numbers(path: Path, columns: int) -> list[int]:
    """The numbers of the lines in which the rows begin; rows with the wrong number of columns come last.

    Empty if a field is too large for Python's CSV reader, which counts them.
    """
    text = read_text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(_first_line(text)))
    good: list[int] = []
    spoilt: list[int] = []
    last = 0
    try:
        for row in reader:
            if row:
                (good if len(row) == columns else spoilt).append(last + 1)
            last = reader.line_num
    except csv.Error:
        return []
    return good[1:] + spoilt


@contextmanager
def opened_sheet(path: Path) -> Iterator[Sheet]:
    """The table in the file at `path`.

    Raises:
        InputError: The file cannot be read, or is neither CSV nor Parquet.
    """
    import duckdb

    is_csv = not first_bytes(path, 4).startswith(PARQUET)
    with duckdb.connect() as connection:
        try:
            spoilt = _load(connection, path, is_csv)
        except (duckdb.Error, UnicodeDecodeError) as error:
            kind = "CSV" if is_csv else "Parquet"
            reason = visible(str(error).strip().split("\n", 1)[0])
            raise InputError(f"{visible(str(path))} cannot be read as {kind}: {reason}") from error
        columns = [row[0] for row in connection.execute("DESCRIBE sheet").fetchall()]
        (count,) = connection.execute("SELECT count(*) FROM sheet").fetchall()[0]
        yield Sheet(columns, count + spoilt, spoilt, connection, path, is_csv)


def _read_json(path: Path) -> SmallTable:
    scanner = Scanner.of(path)
    records: list[Any] = []
    while bracket := scanner.peek():
        records.extend(scanner.elements() if bracket == "[" else [scanner.value()])
    records = _of_split(records)
    columns: dict[str, list[Any]] = {}
    for i, record in enumerate(records):
        if not isinstance(record, dict):
            raise InputError(f"{record_place(visible(str(path)), i)} is not an object with keys.")
        for key in record:
            columns.setdefault(key, [None] * len(records))[i] = record[key]
    return SmallTable(columns, columns, len(records))


def _of_split(records: list[Any]) -> list[Any]:
    """The rows of `{columns, data}`, as pandas, MLflow and Weights & Biases write tables; else `records`."""
    only = records[0] if len(records) == 1 and isinstance(records[0], dict) else {}
    names, rows = only.get("columns"), only.get("data")
    if not (isinstance(names, list) and isinstance(rows, list)):
        return records
    keys = [str(name) for name in names]
    return [dict(zip(keys, row, strict=False)) if isinstance(row, list) else row for row in rows]


def split_columns(start: str) -> list[str]:
    """The columns that JSON of the form `{columns, data}` names; empty if a text begins in another way."""
    found = _SPLIT.search(start) if start.lstrip()[:1] == "{" else None
    if found is None or not _DATA.search(start):
        return []
    try:
        names = json.loads(found[1])
    except ValueError:
        return []
    return [str(name) for name in names]


def beginning_columns(
    given: Given, fits: Callable[[Mapping[str, Any]], bool] = lambda _: True
) -> Sequence[str]:
    """The columns that a file begins with; of JSON the keys of its first object, if that `fits`."""
    if given.content.startswith(PARQUET):
        return parquet_columns(given.path)
    if split := split_columns(given.start):
        return split
    first = first_object(given.start)
    if first is None:
        return header(given.start)
    return list(first) if fits(first) else []


def first_object(start: str) -> Mapping[str, Any] | None:
    """The object that JSON begins with, in a list or not; empty where it is cut off, None for other text."""
    text = start.lstrip().removeprefix("[").lstrip()
    if not text.startswith("{"):
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def parquet_columns(path: Path) -> list[str]:
    """The columns of a Parquet file, read from its end alone.

    Raises:
        InputError: It is not Parquet.
    """
    import duckdb

    try:
        with database(0) as connection:
            found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [glob.escape(str(path))])
            return [row[0] for row in found.fetchall()]
    except duckdb.Error as error:
        raise InputError(
            f"{visible(str(path))} is not Parquet: {visible(str(error).splitlines()[0])}"
        ) from error


def class_names(path: Path) -> dict[int, str]:
    """Class name by id, as the `datasets` library writes them into a Parquet file; empty if it has none."""
    import duckdb

    query = "SELECT value FROM parquet_kv_metadata(?) WHERE key = 'huggingface'"
    try:
        with database(0) as connection:
            found = connection.execute(query, [glob.escape(str(path))]).fetchall()
        told = json.loads(found[0][0]) if found else {}
    except (duckdb.Error, ValueError, RecursionError):
        return {}
    names = next(_names_in(told), [])
    return {i: name for i, name in enumerate(names) if isinstance(name, str)}


def _names_in(value: object) -> Iterator[list[Any]]:
    """The names of every ClassLabel feature."""
    if isinstance(value, dict):
        if value.get("_type") == "ClassLabel" and isinstance(value.get("names"), list):
            yield value["names"]
        for inner in value.values():
            yield from _names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names_in(inner)


def _read_parquet(path: Path) -> SmallTable:
    import duckdb

    try:
        with database(path.stat().st_size) as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [glob.escape(str(path))])
            names = [column[0] for column in found.description]
            rows = found.fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{visible(str(path))} is not Parquet: {visible(reason)}") from error
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return SmallTable(columns, columns, len(rows))


def _read_csv(path: Path) -> SmallTable:
    lines = read_text(path).splitlines()
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
                f"{visible(str(path))} line {number:,} has {len(row)} fields, the header {len(header)}.",
                "Put text that holds the separator in double quotes.",
            )


def _different(names: Sequence[str]) -> list[str]:
    """The names, made unique regardless of case; an empty one becomes "column 3"."""
    found: dict[str, str] = {}
    for i, name in enumerate(names, 1):
        alone = name if name and name.casefold() not in found else f"{name} column {i}".strip()
        found[alone.casefold()] = alone
    return list(found.values())


def _first_line(text: str) -> str:
    return text.lstrip("\r\n").replace("\r", "\n").split("\n", 1)[0]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _load(connection: "duckdb.DuckDBPyConnection", path: Path, is_csv: bool) -> int:
    """Make the table `sheet`, and count the lines that could not be read."""
    import duckdb

    if not is_csv:
        connection.execute(_PARQUET, [glob.escape(str(path))])
        return 0
    try:
        return load_csv(connection, path, strict=True)
    except duckdb.Error:
        return load_csv(connection, path, strict=False)


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
