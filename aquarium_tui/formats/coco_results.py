"""COCO results, read with care: any shape of file, one record at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.coco_records import RecordReader
from aquarium_tui.formats.records import InferenceFile, Records, key_text, renamed
from aquarium_tui.formats.scanner import Scanner
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible

_USUAL = ("annotations", "predictions", "results", "detections")
_TABLES = ("images", "categories", "licenses")


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
    return _inference_file(reader, f"{visible(path.name)} ")


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
            f"{visible(str(path))} is a labels file: it has images and categories, and no scores.",
            "Give it with --labels, without --inferences-id.",
        )
    file = _inference_file(lists[key], f"{visible(path.name)} {visible(key)}")
    note = f"results read from the list `{visible(key)}` inside an object"
    return replace(file, records=_with_names(file.records, tables), notes=(note, *file.notes))


def _list_key(path: Path, lists: Mapping[str, RecordReader]) -> str:
    """The key whose list holds the results."""
    usual = [key for key in _USUAL if key in lists]
    filled = [key for key, reader in lists.items() if len(reader)]
    if usual:
        return usual[0]
    if len(filled) == 1:
        return filled[0]
    found = ", ".join(f"`{visible(key)}`" for key in lists) or "none"
    raise InputError(
        f"{visible(str(path))} is an object without one list of results; lists in it: {found}.",
        "Write the results as a list of {image_id, category_id, bbox, score}.",
    )


def _inference_file(reader: RecordReader, name: str) -> InferenceFile:
    notes = []
    if nested := reader.nested():
        notes.append(f"keys with lists or objects are not read: {', '.join(map(visible, nested))}")
    return InferenceFile(reader.inferences(lambda row: f"{name}[{row}]"), tuple(notes))


def _with_names(records: Records, tables: Mapping[str, Sequence[Any]]) -> Records:
    """The records with the file names and class names that the file's own tables give to its ids."""
    return replace(
        records,
        file_name=records.file_name or _looked_up(records.frame, tables.get("images", ()), "file_name"),
        class_name=records.class_name or _looked_up(records.category, tables.get("categories", ()), "name"),
    )


def _looked_up(keys: Text, table: Sequence[Any], name: str) -> Text | None:
    rows = [row for row in table if isinstance(row, dict) and isinstance(row.get(name), str)]
    return renamed(keys, {key: row[name] for row in rows if (key := key_text(row.get("id"))) is not None})
