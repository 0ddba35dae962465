"""Frames and classes of files that give neither ids: made from their names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aquarium_tui.formats.records import Records, renamed
from aquarium_tui.formats.values import typed_column, unique_keys
from aquarium_tui.media.folders import unsuffixed
from aquarium_tui.model.columns import Column
from aquarium_tui.model.names import visible

NumberedClasses = Sequence[tuple[int, str]]


def frame_ids(names: Sequence[str]) -> list[str]:
    """An id for each of `names`, all different: stems where those differ, else more."""
    posix = [name.replace("\\", "/").removeprefix("./") for name in names]
    paths = [unsuffixed(name) for name in posix]
    stems = [path.rpartition("/")[2] for path in paths]
    return next((ids for ids in (stems, paths, posix) if len(set(ids)) == len(ids)), list(names))


def with_ids(records: Records, ids: Mapping[str, str]) -> Records:
    """The records with the names of their frames replaced by ids."""
    return replace(records, frame=renamed(records.frame, ids) or records.frame)


def numbered(records: Records, names: Sequence[str] = ()) -> tuple[NumberedClasses, Records]:
    """Classes numbered from 1, and the records with those numbers for the names in their category.

    Args:
        records: They name classes by name.
        names: The classes in the order of their file, if it says so; others follow by alphabet.
    """
    others = sorted(set(records.category.words) - set(names), key=lambda name: (name.casefold(), name))
    classes = list(enumerate([*dict.fromkeys(names), *others], 1))
    numbers = {name: str(id_) for id_, name in classes}
    return classes, replace(records, category=renamed(records.category, numbers) or records.category)


def metadata_of(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Typed columns of what each frame says beside its name, and sentences on which there are."""
    keys = dict.fromkeys(key for row in rows for key in row)
    columns = {key: typed_column([row.get(key) for row in rows]) for key in keys}
    kept = unique_keys({key: column for key, column in columns.items() if column is not None})
    skipped = [visible(key) for key in keys if columns[key] is None]
    notes = [f"metadata of frames: {', '.join(kept)}"] if kept else []
    if skipped:
        notes.append(f"keys of frames that are empty, lists or objects are not read: {', '.join(skipped)}")
    return kept, tuple(notes)
