"""What the columns of a table mean, judged by their names, and what the four numbers of boxes mean."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.names import visible

_NAMES: Mapping[str, str] = {
    "frame": "frame frame_id image image_id img img_id",
    "file_name": "file_name file path file_path image_name image_path image_file image_file_name img_path",
    "class": "class label category class_name label_name category_name",
    "class id": "class_id label_id category_id",
    "left": "left x xmin x1 bbox_x bbox_left bbox_xmin bbox_x1 box_left",
    "top": "top y ymin y1 bbox_y bbox_top bbox_ymin bbox_y1 box_top",
    "right": "right xmax x2 bbox_right bbox_xmax bbox_x2 box_right",
    "bottom": "bottom ymax y2 bbox_bottom bbox_ymax bbox_y2 box_bottom",
    "width": "width w bbox_width bbox_w box_width",
    "height": "height h bbox_height bbox_h box_height",
    "confidence": "confidence score conf probability",
    "crowd": "iscrowd crowd",
    "area": "area",
    "id": "id box_id object_id annotation_id detection_id",
    "image width": "image_width img_width frame_width",
    "image height": "image_height img_height frame_height",
}
_CORNERS = ("left", "top", "right", "bottom")
_SIZED = ("left", "top", "width", "height")
_OF_BOXES = {*_CORNERS, *_SIZED}


@dataclass(frozen=True)
class Columns:
    """The columns of a table.

    Attributes:
        of: The column for each role.
        further: The columns without a role.
        corners: Whether boxes are left, top, right, bottom instead of left, top, width, height.
    """

    of: Mapping[str, str]
    further: Sequence[str]
    corners: bool

    @property
    def box(self) -> list[str]:
        """The four columns of the box."""
        return [self.of[role] for role in (_CORNERS if self.corners else _SIZED)]

    def sentence(self) -> str:
        """Which column was taken for what."""
        sides = "left, top, right, bottom" if self.corners else "left, top, width, height"
        told = [f"{role} from {visible(self.of[role])}" for role in self.of if role not in _OF_BOXES]
        return f"columns: {', '.join(told)}; box {sides} from {', '.join(map(visible, self.box))}"


def role_of(name: str) -> str | None:
    """The role of a column of that name, if it has one."""
    return _ROLES.get(_normal(name))


def is_of_boxes(name: str) -> bool:
    """Whether a column of that name is part of a box."""
    return role_of(name) in _OF_BOXES


def are_plain(names: Sequence[str]) -> bool:
    """Whether a table with these columns has a frame, a class and a box in each row."""
    return not _lacking({_ROLES.get(_normal(name)) for name in names})


def columns_of(names: Sequence[str], where: str) -> Columns:
    """The meaning of columns.

    Args:
        names: Their names.
        where: What the table is called in messages.

    Raises:
        InputError: A role has no column, or several.
    """
    by_role: dict[str, list[str]] = {}
    for name in names:
        if role := _ROLES.get(_normal(name)):
            by_role.setdefault(role, []).append(name)
    told = f"Its columns are {', '.join(map(visible, names))}."
    for role, several in by_role.items():
        if len(several) > 1:
            wanted = " and ".join(map(visible, several))
            raise InputError(f"{where}: {wanted} could each be the {role}.", "Rename or delete all but one.")
    if lacking := _lacking(by_role):
        wanted = ", ".join(name for role in lacking for name in _NAMES[role].split())
        raise InputError(
            f"{where} has no column for {' or '.join(lacking)}.", f"{told} Known names: {wanted}."
        )
    corners = set(_CORNERS) <= by_role.keys()
    of = {role: several[0] for role, several in by_role.items()}
    taken = set(of.values())
    return Columns(of, [name for name in names if name not in taken], corners)


def _normal(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _lacking(roles: Collection[str | None]) -> Sequence[str]:
    """Roles that have no column although one of them must; empty if nothing is missing."""
    for needed in (("frame", "file_name"), ("class", "class id"), ("left",), ("top",)):
        if not any(role in roles for role in needed):
            return needed
    return min(([role for role in box if role not in roles] for box in (_SIZED, _CORNERS)), key=len)[:1]


_ROLES = {_normal(name): role for role, names in _NAMES.items() for name in names.split()}

CORNERS, SIZE, CENTER = "corners", "size", "center"
WORDS = {
    CORNERS: "left, top, right, bottom",
    SIZE: "left, top, width, height",
    CENTER: "centre, width, height",
}
_FRACTION = 1.01
"""Boxes of which no number exceeds this, 1 and a rounding error, are fractions of their image."""
_SLACK = 1.02
"""A box may reach over the edge of its image by so much of its side, as annotators and rounding cause."""
_MOST = 0.95
"""The share of boxes that must fit a meaning: a few boxes of any file are wrong."""


@dataclass(frozen=True)
class Sides:
    """How boxes are read.

    Attributes:
        kind: "corners", "size" or "center".
        relative: Whether they are fractions of their image.
    """

    kind: str
    relative: bool

    def boxes(self, numbers: NDArray[np.float64]) -> Boxes:
        """`(n, 4)` numbers as left, top, right, bottom."""
        first, last = numbers[:, :2], numbers[:, 2:]
        # Infinite numbers make sides that are none, which is reported with their box.
        with np.errstate(invalid="ignore", over="ignore"):
            if self.kind == SIZE:
                return np.hstack([first, first + last])
            if self.kind == CENTER:
                return np.hstack([first - last / 2, first + last / 2])
        return numbers

    def note(self) -> str:
        """The reading as a sentence."""
        unit = "fractions of the image" if self.relative else "pixels"
        return f"boxes are read as {WORDS[self.kind]} in {unit}"


def judged(
    numbers: NDArray[np.float64], size: NDArray[np.float64], order: Sequence[str], center: bool = False
) -> Sides:
    """The first of the meanings that fits nearly all boxes; the first of all if none does.

    Boxes must have positive sides and lie in their images, as far as the sizes of these are known.

    Args:
        numbers: `(n, 4)` float64 as the file has them; rows of NaN do not count.
        size: `(n, 2)` float64 width and height of the image of each, NaN where unknown.
        order: The meanings to try, the usual one first.
        center: Whether fractions are tried as a centre first, as YOLO has them.
    """
    known = ~np.isnan(numbers).any(axis=1)
    values, sizes = numbers[known], size[known]
    relative = bool(len(values)) and bool((np.abs(values) <= _FRACTION).all())
    limits = np.ones_like(sizes) if relative else np.where(np.isnan(sizes), np.inf, sizes)
    tried = [CENTER, *order] if relative and center else list(order)
    for kind in dict.fromkeys(tried):
        box = Sides(kind, relative).boxes(values)
        fits = (box[:, 2:] > box[:, :2]).all(axis=1) & (box[:, 2:] <= limits * _SLACK + 1).all(axis=1)
        if relative:
            fits &= (box >= 1 - _SLACK).all(axis=1) & (box <= _SLACK).all(axis=1)
        if not len(values) or fits.mean() >= _MOST:
            return Sides(kind, relative)
    return Sides(tried[0], relative)
