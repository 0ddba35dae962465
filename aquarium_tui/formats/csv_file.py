"""CSV files with a header, loaded by DuckDB; every line that it cannot read is known."""

import csv
import glob
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aquarium_tui.errors import InputError
from aquarium_tui.formats import source
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    import duckdb

_DELIMITERS = ",;\t"
_LOAD = """CREATE TEMP TABLE sheet AS SELECT * FROM read_csv(?, delim = ?, compression = ?, columns = ?,
    header = true, auto_detect = false, skip = ?, quote = '"', escape = '"', store_rejects = true,
    strict_mode = ?)"""
_ODD_QUOTE = (
    "has a double quote out of place, or one that is not closed",
    "Text with quotes in it stands in quotes, and each quote within is written twice.",
)
_FATAL = {
    "INVALID ENCODING": ("is not UTF-8", "Save it as UTF-8."),
    "UNQUOTED VALUE": _ODD_QUOTE,
    "LINE SIZE OVER MAXIMUM": _ODD_QUOTE,
}
"""What DuckDB calls errors after which the lines that follow may mean nothing."""


def header(start: str) -> list[str]:
    """The columns that a CSV text begins with; empty where the text is JSON or has but one."""
    line = _first_line(start)
    if line.lstrip()[:1] in ("{", "["):
        return []
    names = next(csv.reader([line], delimiter=_delimiter(line)), [])
    return [name.strip() for name in names] if len(names) > 1 else []


def load_csv(connection: "duckdb.DuckDBPyConnection", path: Path, *, strict: bool) -> int:
    """Load the file into the table `sheet`, all columns as text.

    Args:
        connection: Gets the table.
        path: The file.
        strict: Whether DuckDB finds fault with odd quotes; it then cannot read mixed line ends.

    Returns:
        How many lines do not have the columns of the header, and are not in the table.

    Raises:
        InputError: The file has no header, is no UTF-8, or a quote in it is out of place.
    """
    start = source.head(path)
    columns = dict.fromkeys(_different(header(start)), "VARCHAR")
    if not columns:
        told = f"{visible(str(path))} is no CSV: its first line has no columns."
        raise InputError(told, "The first line names the columns, such as frame,class,x,y,width,height.")
    packed = "gzip" if source.is_gzip(path) else "none"
    blank = len(start[: len(start) - len(start.lstrip("\r\n"))].splitlines())
    delimiter = _delimiter(_first_line(start))
    connection.execute(_LOAD, [glob.escape(str(path)), delimiter, packed, columns, blank, strict])
    query = "SELECT line, list(error_type::VARCHAR) FROM reject_errors GROUP BY line ORDER BY line"
    spoilt = connection.execute(query).fetchall()
    for line, errors in spoilt:
        for told, hint in (_FATAL[error] for error in errors if error in _FATAL):
            raise InputError(f"{visible(str(path))} line {line:,} {told}.", hint)
    return len(spoilt)


def line_numbers(path: Path, columns: int) -> list[int]:
    """The lines that the rows of the file begin in, those without its number of columns last.

    Empty where a value is too large for the reader that counts them.
    """
    text = source.text(path)
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


def _different(names: Sequence[str]) -> list[str]:
    """The names, different regardless of case, and none empty."""
    found: dict[str, str] = {}
    for i, name in enumerate(names, 1):
        alone = name if name and name.casefold() not in found else f"{name} column {i}".strip()
        found[alone.casefold()] = alone
    return list(found.values())


def _first_line(text: str) -> str:
    return text.lstrip("\r\n").replace("\r", "\n").split("\n", 1)[0]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)
