"""Tables of boxes in a CSV or Parquet file, read by DuckDB column by column."""

import csv
import glob
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import source
from aquarium_tui.formats.records import Finding
from aquarium_tui.formats.values import clean, parsed, typed_column
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    import duckdb

PARQUET = b"PAR1"
_DELIMITERS = ",;\t"
_WHOLE = re.compile(r"-?\d+\.0+", re.ASCII)
_PLAIN_TYPES = re.compile(
    r"BOOLEAN|VARCHAR|U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DATE|TIMESTAMP.*|DECIMAL.*|ENUM.*"
)
_CSV = """CREATE TEMP TABLE sheet AS SELECT * FROM read_csv(?, delim = ?, compression = ?, columns = ?,
    header = true, auto_detect = false, skip = ?, quote = '"', escape = '"', store_rejects = true)"""
_UNCLOSED = ("opens a double quote that is not closed", "Close it; a quote within quotes is written twice.")
_FATAL = {
    "INVALID ENCODING": ("is not UTF-8", "Save it as UTF-8."),
    "UNQUOTED VALUE": _UNCLOSED,
    "LINE SIZE OVER MAXIMUM": _UNCLOSED,
}
"""What DuckDB calls errors after which the lines that follow mean nothing."""
_PARQUET = "CREATE TEMP TABLE sheet AS SELECT * FROM read_parquet(?)"


@dataclass(frozen=True)
class Sheet:
    """A table.

    Attributes:
        columns: The names of its columns, in order.
        count: How many rows there are, those that could not be read last.
        spoilt: Lines of the file that do not have the columns of the header.
    """

    columns: Sequence[str]
    count: int
    spoilt: Sequence[int]
    _connection: "duckdb.DuckDBPyConnection"
    _path: Path
    _is_csv: bool

    def text(self, column: str) -> Text:
        """A column as text; 12 and 12.0 are the same, empty is absent."""
        values = Text.from_values(self._fetch(f"{_quoted(column)}::VARCHAR"))
        words = [clean(word[: word.index(".")] if _WHOLE.fullmatch(word) else word) for word in values.words]
        merged = Text.from_values([*words, None])
        return merged.take(values.codes)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column as `(rows,)` float64, NaN where it is no number."""
        query = f"SELECT try_cast({_quoted(column)} AS DOUBLE) AS value FROM sheet"
        values = self._connection.execute(query).fetchnumpy()["value"]
        return np.append(np.ma.filled(values, np.nan), np.full(len(self.spoilt), np.nan))

    def typed(self, column: str) -> Column | None:
        """A column as what it holds; None where it is empty, or holds lists or structures."""
        kind = self._connection.execute(f"SELECT typeof({_quoted(column)}) FROM sheet LIMIT 1").fetchall()
        if not kind or not _PLAIN_TYPES.fullmatch(kind[0][0]):
            return None
        values = self._fetch(_quoted(column))
        return typed_column(parsed(values) if self._is_csv else values)

    def place(self, row: int) -> str:
        """Where a row stands."""
        if not self._is_csv:
            return f"{visible(self._path.name)} row {row:,}"
        good = self.count - len(self.spoilt)
        line = self._lines[row] if row < good else self.spoilt[row - good]
        return f"{visible(self._path.name)} line {line:,}"

    @cached_property
    def _lines(self) -> Sequence[int]:
        """The line that each row which could be read begins in, found by reading the file once more."""
        text = source.text(self._path)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(_first_line(text)))
        lines, last = [], 0
        for row in reader:
            if len(row) == len(self.columns):
                lines.append(last + 1)
            last = reader.line_num
        return lines[1:]

    def findings(self) -> tuple[Finding, ...]:
        """The lines that are spoilt, which are the last rows."""
        if not self.spoilt:
            return ()
        rows = np.arange(self.count - len(self.spoilt), self.count)
        hint = "put text that holds the separator in double quotes"
        return (Finding("lines that do not have the columns of the header", rows, "left out", hint),)

    def _fetch(self, expression: str) -> list[Any]:
        rows = self._connection.execute(f"SELECT {expression} FROM sheet").fetchall()
        return [*(value for (value,) in rows), *[None] * len(self.spoilt)]


def header(start: str) -> list[str]:
    """The columns that a CSV text begins with; empty where the text is JSON or has but one."""
    line = _first_line(start)
    if line.lstrip()[:1] in ("{", "["):
        return []
    names = next(csv.reader([line], delimiter=_delimiter(line)), [])
    return [name.strip() for name in names] if len(names) > 1 else []


@contextmanager
def opened_sheet(path: Path) -> Iterator[Sheet]:
    """The table in the file at `path`.

    Raises:
        InputError: It cannot be read, or is neither CSV nor Parquet.
    """
    import duckdb

    is_csv = not source.first_bytes(path, 4).startswith(PARQUET)
    with duckdb.connect() as connection:
        try:
            _load(connection, path, is_csv)
            columns = [row[0] for row in connection.execute("DESCRIBE sheet").fetchall()]
            spoilt = _spoilt(connection, path) if is_csv else []
            (count,) = connection.execute("SELECT count(*) FROM sheet").fetchall()[0]
        except (duckdb.Error, UnicodeDecodeError) as error:
            kind = "CSV" if is_csv else "Parquet"
            reason = visible(str(error).strip().split("\n", 1)[0])
            raise InputError(f"{visible(str(path))} cannot be read as {kind}: {reason}") from error
        yield Sheet(columns, count + len(spoilt), spoilt, connection, path, is_csv)


def _load(connection: "duckdb.DuckDBPyConnection", path: Path, is_csv: bool) -> None:
    if not is_csv:
        connection.execute(_PARQUET, [glob.escape(str(path))])
        return
    start = source.head(path)
    columns = dict.fromkeys(_different(header(start)), "VARCHAR")
    if not columns:
        raise InputError(
            f"{visible(str(path))} is no CSV: its first line has no columns.", "Wanted is a header."
        )
    packed = "gzip" if source.is_gzip(path) else "none"
    blank = len(start[: len(start) - len(start.lstrip("\r\n"))].splitlines())
    delimiter = _delimiter(_first_line(start))
    connection.execute(_CSV, [glob.escape(str(path)), delimiter, packed, columns, blank])


def _different(names: Sequence[str]) -> list[str]:
    """The names, different regardless of case, and none empty."""
    found: dict[str, str] = {}
    for i, name in enumerate(names, 1):
        alone = name if name and name.casefold() not in found else f"{name} column {i}".strip()
        found[alone.casefold()] = alone
    return list(found.values())


def _spoilt(connection: "duckdb.DuckDBPyConnection", path: Path) -> list[int]:
    """The lines that DuckDB could not read, ascending.

    Raises:
        InputError: One of them is no UTF-8, or opens a quote that swallows all that follows.
    """
    query = "SELECT line, list(error_type::VARCHAR) FROM reject_errors GROUP BY line ORDER BY line"
    lines: dict[int, list[str]] = dict(connection.execute(query).fetchall())
    for line, errors in lines.items():
        for error, (sentence, hint) in _FATAL.items():
            if error in errors:
                raise InputError(f"{visible(str(path))} line {line:,} {sentence}.", hint)
    return list(lines)


def _first_line(text: str) -> str:
    return text.lstrip("\r\n").replace("\r", "\n").split("\n", 1)[0]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
