"""Tables whose rows hold boxes in a cell: Hugging Face, torchmetrics, Kaggle, MLflow, Weights & Biases."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats.rows.cells import NOTHING, RowBox, entries, is_box, must_hold_boxes, normal
from aquarium_tui.formats.shared.collector import NAN, NO_BOX, Corners, four
from aquarium_tui.formats.shared.columns import CORNERS, SIZE, Sides, are_plain, judged, role_of
from aquarium_tui.formats.shared.format import Given, is_file
from aquarium_tui.formats.shared.listed_images import ListedImages, document, list_format, pixels
from aquarium_tui.formats.shared.tables import (
    PARQUET,
    class_names,
    header,
    parquet_columns,
    read_table,
    split_columns,
)
from aquarium_tui.formats.shared.values import number
from aquarium_tui.media.folders import UNKNOWN
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.picture import Size

_CLASS = "object"
"""The class of boxes in a table that has none, as tables of one class do not name it."""
_BOXES = re.compile(r'"(?:bbox|bboxes|boxes|box_data)"\s*:')
_NONE: tuple[object, ...] = (None, "", [])
_PATHS = ("path", "file_name", "filename", "name")


def read(given: Given, scored: bool) -> ListedImages:
    """The rows of a file: CSV, JSON, JSON Lines or Parquet, one per image or one per box.

    Raises:
        InputError: The file cannot be read, is not a table, or no row of labels names its image.
    """
    listed = ListedImages.of_file(given, "row", "box")
    found = _Found(listed)
    for i, row in enumerate(_rows(given)):
        found.take(i, row, given.path)
    if not found.named and found.boxes and not scored:
        raise InputError(
            f"No row of {visible(str(given.path))} names its image.", "Add a column such as file_name."
        )
    found.settle(class_names(given.path) if given.content.startswith(PARQUET) else {})
    return listed


@dataclass
class _Box:
    at: tuple[int, int]
    name: str
    entry: RowBox
    size: Size


class _Found:
    """Boxes before it is known what their numbers mean."""

    def __init__(self, listed: ListedImages) -> None:
        self.listed = listed
        self.boxes: list[_Box] = []
        self.named = False

    def take(self, i: int, row: Mapping[str, Any], path: Path) -> None:
        """Add the boxes of row `i` of the table at `path`."""
        name, picture = _image(row)
        size = _size(row, picture)
        self.named |= name is not None
        known = self.listed.frames.rows
        stem = str(i) if name is None else name
        if stem not in known:
            self.listed.image(i, stem, size)
        found = [*_logged(picture, path, size)] or list(entries(row))
        if not found and any(
            must_hold_boxes(key) and value not in _NONE and not isinstance(value, dict)
            for key, value in row.items()
        ):
            found = [NOTHING]
        for j, entry in enumerate(found):
            self.boxes.append(_Box((i, j), stem, entry, size))

    def settle(self, names: Mapping[int, str]) -> None:
        """Judge what the numbers mean, and add the boxes as objects; `names` has those of class ids."""
        sides = self._sides()
        listed = self.listed
        listed.relative, listed.sides = sides.relative, sides.kind
        listed.classes.update(dict.fromkeys(names.values()))
        listed.sparse = all(box.at[1] == 0 for box in self.boxes)
        numbers = np.array([box.entry.sides or NO_BOX for box in self.boxes], dtype=np.float64).reshape(-1, 4)
        corners = sides.boxes(numbers)
        classes = [box.entry.class_() for box in self.boxes]
        nameless = all(class_ is None for class_ in classes)
        for box, class_, edges in zip(self.boxes, classes, corners.tolist(), strict=True):
            listed.objects.add(
                box.at,
                box.name,
                (edges[0], edges[1], edges[2], edges[3]),
                category=_CLASS if nameless else _named(class_, names),
                confidence=box.entry.score(),
                further=box.entry.further() if len(self.boxes) else None,
            )
        if self.boxes:
            listed.notes.append(sides.note())
            if nameless:
                listed.notes.append(f"the table names no classes: all boxes are called {_CLASS}")
        if self.boxes and not self.named:
            listed.notes.append("rows do not name their images: their positions are taken, from 0")

    def _sides(self) -> Sides:
        known = [box for box in self.boxes if box.entry.sides is not None]
        numbers = np.array([box.entry.sides for box in known], dtype=np.float64).reshape(-1, 4)
        sizes = np.array([box.size for box in known], dtype=np.float64).reshape(-1, 2)
        sizes[sizes == 0] = NAN
        if known and all(box.entry.named for box in known):
            return judged(numbers, sizes, (CORNERS,))
        usual = sum(box.entry.usually_corners for box in known) * 2 > len(known)
        return judged(numbers, sizes, (CORNERS, SIZE) if usual else (SIZE, CORNERS), center=not usual)


def _rows(given: Given) -> Iterator[dict[str, Any]]:
    """The rows of the table; of an object with one entry per image, those with its name."""
    if _is_keyed(given):
        for key, value in document(given.path).items():
            yield {"file_name": key, **(value if isinstance(value, dict) else {"objects": "none"})}
        return
    table = read_table(given.path)
    for i in range(table.count):
        yield {name: values[i] for name, values in table.values.items()}


def _image(row: Mapping[str, Any]) -> tuple[str | None, Mapping[str, Any]]:
    """How a row names its image, and what else its cell says about it."""
    for wanted in ("file_name", "frame"):
        for key, value in row.items():
            if role_of(key) != wanted or is_box(key):
                continue
            holder = value if isinstance(value, dict) else {}
            name = next((holder[path] for path in _PATHS if isinstance(holder.get(path), str)), None)
            name = name if holder else _text(value)
            if name:
                return name, holder
    return None, {}


def _text(value: object) -> str | None:
    if isinstance(value, str) and value.strip():
        return clean(value.strip())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _size(row: Mapping[str, Any], picture: Mapping[str, Any]) -> Size:
    """The size of the image, which a row of one box states as well."""
    for holder in (picture, row):
        by_role = {role_of(key): value for key, value in holder.items()}
        size = tuple(pixels(by_role.get(f"image {side}", by_role.get(side))) for side in ("width", "height"))
        if 0 not in size and "left" not in by_role:
            return size[0], size[1]
    return UNKNOWN


def _named(class_: object, names: Mapping[int, str]) -> object:
    value = number(class_)
    return names.get(int(value), class_) if value is not None and value.is_integer() else class_


def _logged(picture: Mapping[str, Any], path: Path, size: Size) -> Iterator[RowBox]:
    """The boxes that Weights & Biases logs with an image: in its cell, or in a file that the cell names."""
    boxes = picture.get("boxes")
    if boxes is not None and not isinstance(boxes, dict):
        yield NOTHING
    for group in boxes.values() if isinstance(boxes, dict) else ():
        holder = group if isinstance(group, dict) else {}
        stated = holder.get("path")
        place = next((p / str(stated) for p in path.absolute().parents[:6] if is_file(p / str(stated))), None)
        if "box_data" not in holder and place is not None:
            found = document(place)
            holder = found if isinstance(found, dict) else {}
        data, labels = holder.get("box_data"), holder.get("class_labels")
        if not isinstance(data, list):
            yield NOTHING
        for one in data if isinstance(data, list) else ():
            yield _of_box_data(one if isinstance(one, dict) else {}, labels, size)


def _of_box_data(one: Mapping[str, Any], labels: object, size: Size) -> RowBox:
    position = one.get("position")
    corners = _position(position) if isinstance(position, dict) else None
    if corners is not None and one.get("domain") != "pixel" and 0 not in size:
        corners = (corners[0] * size[0], corners[1] * size[1], corners[2] * size[0], corners[3] * size[1])
    scores = one.get("scores")
    score = next(iter(scores.values()), None) if isinstance(scores, dict) else None
    id_ = one.get("class_id")
    name = labels.get(str(id_), id_) if isinstance(labels, dict) else id_
    return RowBox(corners, True, True, False, {"class": name, "score": score})


def _position(position: Mapping[str, Any]) -> Corners | None:
    middle = position.get("middle")
    if isinstance(middle, list) and len(middle) == 2:
        values = four([*middle, position.get("width"), position.get("height")])
        return values and (
            values[0] - values[2] / 2,
            values[1] - values[3] / 2,
            values[0] + values[2] / 2,
            values[1] + values[3] / 2,
        )
    return four([position.get(side) for side in ("minX", "minY", "maxX", "maxY")])


def _columns(given: Given) -> Sequence[str]:
    """The columns of the table that a file begins with; empty if it is none."""
    if given.is_dir:
        return ()
    if given.content.startswith(PARQUET):
        return parquet_columns(given.path)
    split = split_columns(given.start)
    if split:
        return split
    keys = [path.removeprefix("[].") for path in given.outline.kinds if path]
    if (
        given.outline.kinds.get("") == "{"
        and given.outline.documents < 2
        and not given.outline.has("objects")
    ):
        return ()
    return header(given.start) or [key for key in keys if key.isidentifier()]


def _is_keyed(given: Given) -> bool:
    """Whether the file is an object with one entry of boxes and labels per image."""
    outline = given.outline
    one = outline.kinds.get("") == "{" and outline.documents < 2
    return one and outline.has_any("*.boxes", "*.bboxes") and outline.has("*.labels")


def _is_split(given: Given) -> bool:
    """Whether the file is `{columns, data}` with boxes in it."""
    columns = split_columns(given.start)
    return bool(columns) and (
        any(is_box(name) or normal(name) == "predictionstring" for name in columns)
        or are_plain(columns)
        or _BOXES.search(given.start) is not None
    )


def _is_table(given: Given) -> bool:
    """Whether the file is such a table, or has rows of one box each as objects."""
    if given.is_dir or _is_split(given):
        return not given.is_dir
    outline = given.outline
    start = "[]." if outline.kinds.get("") == "[" else ""
    if not start and outline.documents < 2:
        return False
    keys = [path.removeprefix(start) for path in outline.kinds if path.startswith(start)]
    flat = [key for key in keys if "." not in key and "[" not in key and key not in ("", "*")]
    if {"image_id", "category_id"} <= set(flat) and start:
        return False
    named = any(role_of(key) in ("frame", "file_name") for key in flat)
    kinds = [
        outline.kinds[f"{start}{key}[]"] for key in flat if is_box(key) and f"{start}{key}[]" in outline.kinds
    ]
    return are_plain(flat) or (named and "" in kinds and not _is_torchmetrics(given))


def _is_huggingface(given: Given) -> bool:
    if _is_split(given):
        return False
    if given.content.startswith(PARQUET):
        return "objects" in _columns(given)
    outline = given.outline
    return outline.has_any("objects.bbox", "objects[].bbox", "[].objects.bbox", "[].objects[].bbox")


def _is_torchmetrics(given: Given) -> bool:
    outline = given.outline
    listed = outline.has("[].boxes", "[].labels") or (
        outline.has("boxes", "labels") and outline.documents > 1
    )
    return listed or _is_keyed(given)


def _is_kaggle(given: Given) -> bool:
    if _is_split(given) or (given.content.startswith(PARQUET) and "objects" in _columns(given)):
        return False
    names = list(_columns(given)) if given.content.startswith(PARQUET) else header(given.start)
    boxed = any(is_box(name) or normal(name) == "predictionstring" for name in names)
    annotated = "annotations" in map(normal, names)
    return (boxed or annotated) and any(role_of(name) in ("frame", "file_name") for name in names)


HUGGING_FACE = list_format(
    "huggingface",
    "Hugging Face rows (JSON Lines, JSON or Parquet), one per image, with objects: {bbox, category}",
    ("objects", "bbox", "category", "file_name"),
    _is_huggingface,
    read,
)
TORCHMETRICS = list_format(
    "torchmetrics",
    "torchmetrics dictionaries as JSON, {boxes, labels, scores} by image, or in a list with file_name",
    ("boxes", "labels", "scores"),
    _is_torchmetrics,
    read,
)
KAGGLE = list_format(
    "box-column",
    "a CSV or Parquet table with boxes in one column (bbox, annotations, PredictionString), as on Kaggle",
    ("image_id", "bbox", "PredictionString"),
    _is_kaggle,
    read,
)
TABLE = list_format(
    "prediction-table",
    "a table of MLflow or Weights & Biases as JSON, {columns, data} or rows, with an image and boxes in each",
    ("columns", "data"),
    _is_table,
    read,
)


def holds_boxes(given: Given) -> bool:
    """Whether the file is one of these tables."""
    return any(format_.looks_like(given) for format_ in (HUGGING_FACE, TORCHMETRICS, KAGGLE, TABLE))
