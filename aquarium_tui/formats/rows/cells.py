"""Cells of tables that hold boxes: lists, objects, lists of objects, objects of lists, and text of these."""

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aquarium_tui.formats.shared.collector import Corners, four
from aquarium_tui.formats.shared.columns import role_of
from aquarium_tui.formats.shared.values import number

_NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)
_PLAIN = re.compile(
    r"\s*[\[({]?(?:[\s,;]*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?){4}\s*[\])}]?\s*", re.IGNORECASE
)
_BOXES = frozenset(
    {"bbox", "bboxes", "box", "boxes", "boundingbox", "boundingboxes", "boxxyxy", "boxesxyxy", "xyxy", "xywh"}
    | {"bboxxyxy", "bboxxywh", "boxxywh", "boxesxywh", "predbbox", "predbboxes", "predboxes", "coordinates"}
)
_HOLDERS = frozenset(
    {"objects", "object", "annotations", "annotation", "predictions", "prediction", "detections", "instances"}
    | {"target", "targets", "preds", "pred", "groundtruth", "output", "outputs", "labels", "boxes", "bboxes"}
)
_ALWAYS = frozenset({"objects", "annotations", "predictions", "detections", "instances", "predictionstring"})
_CLASSES = (
    *(
        "category",
        "categories",
        "label",
        "labels",
        "class",
        "classes",
        "name",
        "names",
        "labelname",
        "classname",
    ),
    *("categoryname", "categoryid", "classid", "labelid", "predclasses", "predlabels", "boxcaption"),
)
_SCORES = (
    "score",
    "scores",
    "confidence",
    "confidences",
    "conf",
    "probability",
    "probabilities",
    "prob",
    "probs",
)
_STRING = "predictionstring"
_CORNER_KEYS = frozenset({"xyxy", "boxxyxy", "boxesxyxy", "bboxxyxy", "boxes", "predboxes"})
"""Names under which corners are usual: torchmetrics and Detectron2 say boxes, COCO and Hugging Face bbox."""
_EXTREMES = {"minx": "left", "miny": "top", "maxx": "right", "maxy": "bottom"}
_LONGEST = 1 << 24
"""Characters of a cell that is evaluated: a row has thousands of boxes, not millions."""


@dataclass(frozen=True)
class RowBox:
    """One box of a row.

    Attributes:
        sides: Its four numbers, left, top, right, bottom if their names say so; None if there are none.
        named: Whether the names say so.
        usually_corners: Whether the name of its cell is usual for corners.
        fraction: Whether it is given in fractions of its image.
        rest: All other values by name.
    """

    sides: Corners | None
    named: bool
    usually_corners: bool
    fraction: bool
    rest: Mapping[str, Any]

    def class_(self) -> object:
        """The class; a name before an id."""
        return _of(self.rest, _CLASSES)

    def score(self) -> object:
        """The confidence."""
        return _of(self.rest, _SCORES)

    def further(self) -> dict[str, Any]:
        """The values that are neither, without lists and objects."""
        known = {*_CLASSES, *_SCORES}
        return {
            key: value
            for key, value in self.rest.items()
            if normal(key) not in known and not isinstance(value, list | dict)
        }


NOTHING = RowBox(None, False, False, False, {})
"""Stands where a box should be and something else is."""


def normal(key: str) -> str:
    """A name in lower case, without punctuation."""
    return re.sub(r"[\W_]+", "", key.casefold())


def holds_boxes(key: str) -> bool:
    """Whether a cell of that name may hold one or several boxes, or objects with boxes."""
    return normal(key) in _BOXES | _HOLDERS | {_STRING}


def must_hold_boxes(key: str) -> bool:
    """Whether a cell of that name means nothing unless it holds boxes."""
    return normal(key) in _BOXES | _ALWAYS


def is_box(key: str) -> bool:
    """Whether a cell of that name holds one or several boxes themselves."""
    return normal(key) in _BOXES


def entries(row: Mapping[str, Any]) -> Iterator[RowBox]:
    """The boxes of a row, or of an object in it."""
    cells = {key: _evaluated(value) if holds_boxes(key) else value for key, value in row.items()}
    string = next((value for key, value in cells.items() if normal(key) == _STRING), None)
    if isinstance(string, str):
        yield from _of_string(string)
        return
    for key, value in cells.items():
        if normal(key) in _HOLDERS and _holds_objects(value):
            yield from _of_objects(value)
            return
    box = next((key for key, value in cells.items() if is_box(key) and value is not None), None)
    if box is None:
        flat = _sides(cells)
        if flat is not None:
            yield RowBox(flat, True, False, False, _without_sides(cells))
        return
    yield from _of_cell(box, cells[box], {name: value for name, value in cells.items() if name != box})


def _of_objects(value: object) -> Iterator[RowBox]:
    """The boxes of a list of objects, or of an object of lists."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield from entries(one) if _has_box(one) else [RowBox(None, False, False, False, one)]
        else:
            yield NOTHING


def _has_box(one: Mapping[str, Any]) -> bool:
    return any(is_box(key) or normal(key) in _HOLDERS for key in one) or _sides(one) is not None


def _holds_objects(value: object) -> bool:
    if isinstance(value, dict):
        return _has_box(value) and _sides(value) is None
    return isinstance(value, list) and any(isinstance(one, dict) and (_has_box(one)) for one in value)


def _of_cell(key: str, value: object, rest: Mapping[str, Any]) -> Iterator[RowBox]:
    """The boxes of one cell, with what the other cells say about each."""
    usual = normal(key) in _CORNER_KEYS
    several = isinstance(value, list) and (not value or not all(number(side) is not None for side in value))
    if not several:
        yield _entry(value, usual, rest)
        return
    assert isinstance(value, list)
    for i, box in enumerate(value):
        # Lists as long as that of the boxes have a value for each of them.
        own = {k: v[i] if isinstance(v, list) and len(v) == len(value) else v for k, v in rest.items()}
        yield _entry(box, usual, {k: v for k, v in own.items() if not isinstance(v, list)})


def _entry(box: object, usual: bool, rest: Mapping[str, Any]) -> RowBox:
    if isinstance(box, dict):
        return RowBox(_sides(box), True, usual, False, rest)
    return RowBox(four(box) if isinstance(box, list | tuple) else None, False, usual, False, rest)


def _sides(box: Mapping[str, Any]) -> Corners | None:
    """Corners from four values with names such as xmin or width; None if they are not there."""
    by_role: dict[str, object] = {}
    for key, value in box.items():
        role = _EXTREMES.get(normal(key)) or role_of(key)
        if role:
            by_role.setdefault(role, value)
    corners = four([by_role.get(role) for role in ("left", "top", "right", "bottom")])
    if corners is not None:
        return corners
    sized = four([by_role.get(role) for role in ("left", "top", "width", "height")])
    return sized and (sized[0], sized[1], sized[0] + sized[2], sized[1] + sized[3])


def _without_sides(row: Mapping[str, Any]) -> dict[str, Any]:
    roles = ("left", "top", "right", "bottom", "width", "height")
    return {key: value for key, value in row.items() if role_of(key) not in roles}


def _of_string(text: str) -> Iterator[RowBox]:
    """The boxes of a Kaggle submission: `confidence box …`, or `class confidence box …`."""
    words = text.replace("{", " ").replace("}", " ").split()
    if not words:
        return
    fives = len(words) % 5 == 0 and all(_is_share(word) for word in words[::5])
    sixes = len(words) % 6 == 0 and all(_is_share(word) for word in words[1::6])
    step = 5 if fives else 6 if sixes else 0
    if not step:
        yield NOTHING
        return
    for i in range(0, len(words), step):
        one = words[i : i + step]
        named = {"class": one[0]} if step == 6 else {}
        yield RowBox(four(one[-4:]), False, step == 6, False, {**named, "score": one[step - 5]})


def _is_share(word: str) -> bool:
    value = number(word)
    return value is not None and 0 <= value <= 1


def _evaluated(value: object) -> object:
    """A cell; of text that writes a list or an object as Python or JSON do, that value."""
    if not isinstance(value, str):
        return value
    if _PLAIN.fullmatch(value):
        return [float(word) for word in _NUMBERS.findall(value)]
    text = value.strip()
    if text[:1] not in ("[", "{", "(") or len(text) > _LONGEST:
        return value
    for parse in (json.loads, ast.literal_eval):
        try:
            found = parse(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        return list(found) if isinstance(found, tuple) else found
    return value


def _of(rest: Mapping[str, Any], names: Sequence[str]) -> object:
    found = {normal(key): value for key, value in rest.items() if value is not None}
    return next((found[name] for name in names if name in found), None)
