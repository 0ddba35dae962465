"""Columns to a Parquet file and back, through DuckDB."""

import errno
import glob
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import StoreError
from aquarium_tui.model.columns import Column, Text, Values, ValueType
from aquarium_tui.model.names import visible
from aquarium_tui.store.access import reading, regular, writing
from aquarium_tui.work.database import database

ParquetColumn = NDArray[Any]
"""A column as DuckDB takes and gives it: a masked array if values are absent, of objects if they are text."""
_TOLD = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
"""Errors of the system that DuckDB names in its own; others count as failures of the disk."""
_KINDS: dict[str, ValueType] = {"f": "number", "i": "number", "u": "number", "b": "boolean", "M": "date"}


def write(path: Path, columns: Mapping[str, Column | ParquetColumn]) -> None:
    """Write `columns`, all of one length, in their order; absent values become NULL.

    Raises:
        StoreError: The file cannot be written.
    """
    arrays: dict[str, ParquetColumn] = {}
    terms = [_term(f"c{i}", name, column, arrays) for i, (name, column) in enumerate(columns.items())]
    size = sum(array.nbytes for array in arrays.values())
    with writing(path), _explained(path), database(size) as connection:
        connection.register("columns", arrays)
        query = f"COPY (SELECT {', '.join(terms)} FROM columns) TO ? (FORMAT parquet, COMPRESSION zstd)"
        connection.execute(query, [str(path)])


def read(path: Path, select: str = "*", clauses: str = "") -> dict[str, ParquetColumn]:
    """The columns of a query on the file, as DuckDB returns them: masked arrays if values are absent.

    Args:
        path: The file.
        select: The SELECT list; it may name `file_row_number`, the position of a row in the file.
        clauses: What follows FROM.

    Raises:
        StoreError: The file is missing or damaged.
    """
    regular(path)
    with reading(path), path.open("rb") as file:  # DuckDB's words for a file that is missing say less.
        size = os.fstat(file.fileno()).st_size
    with reading(path), _explained(path), database(size) as connection:
        query = f"SELECT {select} FROM read_parquet(?) {clauses}"
        return dict(connection.execute(query, [glob.escape(str(path))]).fetchnumpy())


def column(values: ParquetColumn) -> Column:
    """A read array as a typed column."""
    plain, missing = np.ma.getdata(values), np.ma.getmaskarray(values)
    if values.dtype.kind == "O":
        pairs = zip(plain.tolist(), missing.tolist(), strict=True)
        return Text.from_values(None if absent else text for text, absent in pairs)
    kind = _KINDS[values.dtype.kind]
    return Values(kind, plain.astype(np.float64) if kind == "number" else plain, missing)


def full(values: ParquetColumn) -> ParquetColumn:
    """A read array, which must not have absent values.

    Raises:
        ValueError: A value is absent.
    """
    if np.ma.getmaskarray(values).any():
        raise ValueError("a value is absent")
    return np.ma.getdata(values)


def _term(source: str, name: str, values: Column | ParquetColumn, arrays: dict[str, ParquetColumn]) -> str:
    """One term of the SELECT list; puts what it reads into `arrays`."""
    alias = '"' + name.replace('"', '""') + '"'
    if isinstance(values, Text):
        words = [word.encode("utf-8", "backslashreplace").decode() for word in values.words]
        arrays[source] = np.array([*words, None], dtype=object)[values.codes]
        return f"{source}::VARCHAR AS {alias}"
    if isinstance(values, Values):
        arrays[source], arrays[f"{source}_missing"] = values.values, values.missing
        return f"CASE WHEN {source}_missing THEN NULL ELSE {source} END AS {alias}"
    arrays[source] = values
    return f"{source} AS {alias}"


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say what is wrong in words of our own; DuckDB's may hold parts of its code."""
    import duckdb

    try:
        yield
    except duckdb.IOException as error:
        words = str(error).casefold()
        code = next((code for code in _TOLD if os.strerror(code).casefold() in words), errno.EIO)
        raise OSError(code, os.strerror(code)) from error
    except duckdb.OutOfMemoryException as error:
        raise StoreError(f"There is not enough memory for {visible(str(path))}.") from error
    except duckdb.Error as error:
        raise StoreError(
            f"{visible(str(path))} is damaged: it is not a table that can be read.",
            "Restore it from a copy, or upload what it belongs to again with --replace.",
        ) from error
