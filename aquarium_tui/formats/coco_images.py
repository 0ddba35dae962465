"""COCO's `images` as frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.formats.problems import Gatherer
from aquarium_tui.formats.records import key_text
from aquarium_tui.formats.values import clean, number, typed_column, unique_keys
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames

_KNOWN = ("id", "file_name", "width", "height")
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Images:
    """Frames, and what there is to say of them."""

    table: Frames
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_images(images: Sequence[Any], where: str) -> Images:
    """Frames of COCO's `images`, the first of each id, further keys as metadata.

    Args:
        images: The elements of the list, whatever they are.
        where: What the list is called in messages, such as "val.json images".
    """
    problems = Gatherer(where)
    ids: dict[str, dict[str, Any]] = {}
    for i, image in enumerate(images):
        id_ = key_text(image.get("id")) if isinstance(image, dict) else None
        if id_ is None:
            problems.add("images without an id", "left out", i)
        elif id_ in ids:
            problems.add("images with the id of an earlier one", "left out", i, visible(id_))
        else:
            ids[id_] = image
            _check(image, i, problems)
    rows = list(ids.values())
    paths = [_path(row) for row in rows]
    _check_names(paths, problems)
    metadata, notes = _metadata(rows)
    frames = Frames(
        id=Text.from_words(list(ids)),
        path=Text.from_values(paths),
        width=_pixels(rows, "width"),
        height=_pixels(rows, "height"),
        metadata=metadata,
    )
    return Images(frames, notes, problems.problems())


def _check(image: dict[str, Any], i: int, problems: Gatherer) -> None:
    if _path(image) is None:
        problems.add("images without a file_name", "kept", i, hint="they are shown without a picture")
    if not (_size(image.get("width")) and _size(image.get("height"))):
        problems.add(
            "images without a width and height", "kept", i, hint="boxes off the image are not found there"
        )


def _check_names(paths: Sequence[str | None], problems: Gatherer) -> None:
    seen: set[str] = set()
    for i, path in enumerate(paths):
        if path is not None and path in seen:
            problems.add("images with the file_name of an earlier one", "kept", i, visible(path))
        seen.add(path or "")


def _path(image: dict[str, Any]) -> str | None:
    """The file name; LVIS has a URL instead, whose last part is the file's name."""
    name, url = image.get("file_name"), image.get("coco_url")
    if isinstance(name, str) and name:
        return clean(name)
    return clean(url.rsplit("/", 1)[-1]) if isinstance(url, str) and url else None


def _pixels(rows: Sequence[dict[str, Any]], key: str) -> NDArray[np.int32]:
    return np.array([_size(row.get(key)) for row in rows], dtype=np.int32)


def _size(value: object) -> int:
    """A width or height in pixels; 0 where it is none."""
    given = number(value)
    return int(given) if given is not None and 1 <= given <= _LARGEST else 0


def _metadata(rows: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], tuple[str, ...]]:
    keys = dict.fromkeys(key for row in rows for key in row if key not in _KNOWN)
    columns = {key: typed_column([row.get(key) for row in rows]) for key in keys}
    kept = unique_keys({key: column for key, column in columns.items() if column is not None})
    skipped = [visible(key) for key in keys if columns[key] is None]
    notes = [f"metadata of frames: {', '.join(kept)}"] if kept else []
    if skipped:
        notes.append(f"keys of images that are empty, lists or objects are not read: {', '.join(skipped)}")
    return kept, tuple(notes)
