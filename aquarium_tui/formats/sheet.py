"""Tables of boxes in a CSV or Parquet file, read by DuckDB column by column."""

import csv
import glob
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
_CSV = """CREATE TEMP TABLE sheet AS SELECT * FROM read_csv(?, delim = ?, compression = ?, header = true,
    all_varchar = true, quote = '"', escape = '"', store_rejects = true, null_padding = false)"""
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
    _name: str
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
            return f"{self._name} row {row:,}"
        return f"{self._name} line {self._lines[row]:,}"

    @property
    def _lines(self) -> NDArray[np.int64]:
        """The line of each row, counted from 1; quoted text is taken to hold no line breaks."""
        lines = np.arange(2, self.count + 2)
        return np.concatenate([np.setdiff1d(lines, self.spoilt), np.array(self.spoilt, np.int64)])

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
    line = start.lstrip("\r\n").split("\n", 1)[0].rstrip("\r")
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
            spoilt = _spoilt(connection) if is_csv else []
            (count,) = connection.execute("SELECT count(*) FROM sheet").fetchall()[0]
        except (duckdb.Error, UnicodeDecodeError) as error:
            kind = "CSV" if is_csv else "Parquet"
            reason = visible(str(error).strip().split("\n", 1)[0])
            raise InputError(f"{visible(str(path))} cannot be read as {kind}: {reason}") from error
        yield Sheet(columns, count + len(spoilt), spoilt, connection, visible(path.name), is_csv)


def _load(connection: "duckdb.DuckDBPyConnection", path: Path, is_csv: bool) -> None:
    if not is_csv:
        connection.execute(_PARQUET, [glob.escape(str(path))])
        return
    first = source.head(path).lstrip("\r\n").split("\n", 1)[0]
    packed = "gzip" if source.is_gzip(path) else "none"
    connection.execute(_CSV, [glob.escape(str(path)), _delimiter(first), packed])


def _spoilt(connection: "duckdb.DuckDBPyConnection") -> list[int]:
    return [
        line
        for (line,) in connection.execute("SELECT DISTINCT line FROM reject_errors ORDER BY 1").fetchall()
    ]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
