"""COCO results: a fast reader for regular files, and a careful one for files of any shape."""

import glob
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.coco.annotations import RecordReader
from aquarium_tui.formats.shared.collector import Records, key_text, nested_note, record_place, renamed
from aquarium_tui.formats.shared.format import InferenceFile, contains, is_gzip, read_head
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    import duckdb

_READ = """
CREATE TEMP TABLE results AS SELECT image_id, file_name, category_id, score, len(bbox) AS numbers,
    bbox[1] AS x, bbox[2] AS y, bbox[3] AS width, bbox[4] AS height
FROM read_json(?, format = 'array', compression = ?, columns = {
    image_id: 'JSON', file_name: 'JSON', category_id: 'JSON', bbox: 'DOUBLE[]', score: 'DOUBLE'})
"""
_REGULAR = """
SELECT coalesce(bool_and(image_id IS NOT NULL AND category_id IS NOT NULL AND numbers = 4
    AND x + y + width + height + score IS NOT NULL), false), count(file_name) > 0 FROM results
"""
_KEYS = ("image_id", "category_id")
_REGULAR_KEYS = {*_KEYS, "file_name", "bbox", "score"}
_USUAL_LISTS = ("annotations", "predictions", "results", "detections")
_TABLES = ("images", "categories", "licenses")


def read_regular(path: Path) -> InferenceFile | None:
    """The results in a list whose records all have an image, a class, four numbers and a score.

    None if the file is anything else, or if its first records have further keys. DuckDB reads a 75 MB file in
    a third of a second, but leniently: it rounds ids, takes `true` for 1, and fills in what is absent. So ids
    are fetched as JSON text, and absent values, `true` and `false` send the file to the careful reader, as do
    masks.

    Raises:
        InputError: The file cannot be read or is not text.
    """
    keys = _first_keys(read_head(path))
    if not keys or keys - _REGULAR_KEYS or contains(path, b"true", b"false", b'mentation"'):
        return None
    columns = _columns(path)
    if columns is None:
        return None
    name = visible(path.name)
    return InferenceFile(_records(columns, name))


def read_any(path: Path) -> InferenceFile:
    """The results in a list, or in a list inside an object.

    Raises:
        InputError: The file cannot be read, is not JSON, or holds no results.
    """
    scanner = Scanner.of(path)
    if scanner.peek() == "{":
        return _read_object(scanner, path)
    reader = RecordReader.of(scanner.elements())
    scanner.finish()
    return _inference_file(reader, visible(path.name))


def _first_keys(start: str) -> set[str]:
    """The keys of the records that a list begins with; empty if the text is not a list of records."""
    keys: set[str] = set()
    scanner = Scanner(start, "")
    try:
        for record in scanner.elements():
            keys |= record.keys() if isinstance(record, dict) else set()
    except InputError:
        pass
    return keys


def _columns(path: Path) -> dict[str, Any] | None:
    import duckdb

    with duckdb.connect() as connection:
        try:
            connection.execute(_READ, [glob.escape(str(path)), "gzip" if is_gzip(path) else "none"])
        except (duckdb.Error, UnicodeDecodeError):
            return None
        regular, has_names = connection.execute(_REGULAR).fetchall()[0]
        if not regular:
            return None
        keys = [*_KEYS, "file_name"] if has_names else list(_KEYS)
        try:
            columns: dict[str, Any] = {key: _coded(connection, key) for key in keys}
        except (RecursionError, ValueError):  # An id is nested or long; the careful reader says where.
            return None
        return columns | dict(
            connection.execute("SELECT x, y, width, height, score FROM results").fetchnumpy()
        )


def _coded(connection: "duckdb.DuckDBPyConnection", key: str) -> Text:
    """A column of ids as dictionary-coded text, made from the distinct JSON values."""
    connection.execute(
        f"CREATE TYPE of_{key} AS ENUM (SELECT DISTINCT {key}::VARCHAR FROM results WHERE {key} NOT NULL)"
    )
    values = connection.execute(f"SELECT unnest(enum_range(NULL::of_{key}))::VARCHAR").fetchall()
    ids = json.loads(f"[{','.join(value for (value,) in values)}]")
    codes = connection.execute(
        f"SELECT enum_code({key}::VARCHAR::of_{key})::INTEGER AS c FROM results"
    ).fetchnumpy()
    words = Text.from_values([*map(key_text, ids), None])
    return words.take(np.ma.filled(codes["c"], -1))


def _records(columns: dict[str, Any], name: str) -> Records:
    x, y, width, height = (_plain(columns[side]) for side in ("x", "y", "width", "height"))
    return Records(
        place=lambda row: record_place(name, row),
        frame=columns["image_id"],
        file_name=columns.get("file_name"),
        category=columns["category_id"],
        box=np.stack([x, y, x + width, y + height], axis=1),
        sides="size",
        confidence=_plain(columns["score"]),
    )


def _plain(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.ma.filled(values, np.nan))


def _read_object(scanner: Scanner, path: Path) -> InferenceFile:
    lists: dict[str, RecordReader] = {}
    tables: dict[str, list[Any]] = {}
    for key in scanner.members():
        if scanner.peek() != "[":
            scanner.value()
        elif key in _TABLES:
            tables[key] = list(scanner.elements())
        else:
            lists[key] = RecordReader.of(scanner.elements())
    scanner.finish()
    key = _list_key(path, lists)
    if tables.get("images") and tables.get("categories") and not lists[key].scores:
        raise InputError(
            f"{visible(str(path))} is a labels file: it has images and categories, but no scores.",
            "Upload it with --labels, without --inferences-id.",
        )
    file = _inference_file(lists[key], f"{visible(path.name)} {visible(key)}")
    note = f"results read from the list `{visible(key)}` inside an object"
    return replace(file, records=_with_names(file.records, tables), notes=(note, *file.notes))


def _list_key(path: Path, lists: Mapping[str, RecordReader]) -> str:
    """The key whose list holds the results."""
    usual = [key for key in _USUAL_LISTS if key in lists]
    filled = [key for key, reader in lists.items() if len(reader)]
    if usual:
        return usual[0]
    if len(filled) == 1:
        return filled[0]
    found = ", ".join(f"`{visible(key)}`" for key in lists) or "none"
    raise InputError(
        f"{visible(str(path))} is an object without one list of results; its lists are {found}.",
        "Write the results as a list of {image_id, category_id, bbox, score}.",
    )


def _inference_file(reader: RecordReader, name: str) -> InferenceFile:
    return InferenceFile(reader.inferences(lambda row: record_place(name, row)), nested_note(reader.nested()))


def _with_names(records: Records, tables: Mapping[str, Sequence[Any]]) -> Records:
    """The records with the file names and class names that the file's own tables give its ids."""
    return replace(
        records,
        file_name=records.file_name or _looked_up(records.frame, tables.get("images", ()), "file_name"),
        class_name=records.class_name or _looked_up(records.category, tables.get("categories", ()), "name"),
    )


def _looked_up(keys: Text, table: Sequence[Any], name: str) -> Text | None:
    rows = [row for row in table if isinstance(row, dict) and isinstance(row.get(name), str)]
    return renamed(keys, {key: row[name] for row in rows if (key := key_text(row.get("id"))) is not None})
