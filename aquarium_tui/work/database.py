"""DuckDB, which reads and writes tables: one database for what is small, one of its own for what is large."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

LARGE = 4_000_000
"""Bytes of a file from which a database with all its threads pays: making one takes 12–18 ms, in which a
shared one has read this much."""


@contextmanager
def database(size: int) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A connection to a database in memory, to read or write one file.

    What is registered is visible to this connection alone; what is created is not, unless it is temporary.

    Args:
        size: About how large the file is, in bytes.
    """
    import duckdb

    with duckdb.connect() if size >= LARGE else _shared().cursor() as connection:
        yield connection


@cache
def _shared() -> "duckdb.DuckDBPyConnection":
    """A database without threads of its own: none can be stuck on a disk that no longer answers."""
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    for setting in (
        "async_threads = 0",  # DuckDB 2 starts eight otherwise.
        "enable_external_file_cache = false",  # A file may be replaced between two reads.
    ):
        try:
            connection.execute(f"SET {setting}")
        except duckdb.Error:  # This version does not have it.
            continue
    return connection
