"""Lists of classes of public datasets, by name: `--classes cityscapes` instead of a file.

A dataset is distributed with several numberings of its classes; the values or ids that files have tell which
one it is. Each is a CSV beside this module, and its name can be given too: `--classes cityscapes_train`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from aquarium_tui.model.masks import COLOR

_NEVER = frozenset({12, 26, 29, 30, 45, 66, 68, 69, 71, 83, 91})
"""Ids that COCO-Stuff names and no pixel has; they tell its three numberings apart."""


@dataclass(frozen=True)
class ClassPreset:
    """How the classes of one dataset may be numbered.

    Attributes:
        masks: The numberings of masks, those that fit fewer values first.
        boxes: Those of boxes and images.
    """

    masks: tuple[str, ...]
    boxes: tuple[str, ...]


_CITY = ("cityscapes_train", "cityscapes_ids")
PRESETS: Mapping[str, ClassPreset] = {
    "ade20k": ClassPreset(("ade20k_from_1", "ade20k_from_0"), ("ade20k_from_1", "ade20k_from_0")),
    "bdd100k": ClassPreset(_CITY, ("bdd100k_from_0", "bdd100k_from_1")),
    "camvid": ClassPreset(("camvid_11", "camvid_32"), ("camvid_11", "camvid_32")),
    "cityscapes": ClassPreset(_CITY, _CITY),
    "coco": ClassPreset(("coco_91", "coco_80"), ("coco_91", "coco_80")),
    "coco-stuff": ClassPreset(
        ("coco_stuff_from_0", "coco_stuff_from_1", "coco_stuff_171"),
        ("coco_stuff_from_1", "coco_stuff_from_0", "coco_stuff_171"),
    ),
    "kitti": ClassPreset(_CITY, ("kitti",)),
    "voc": ClassPreset(("voc_masks",), ("voc_boxes", "voc_boxes_from_1")),
}
"""By the name that `--classes` takes."""


def numberings(name: str, *, masks: bool) -> tuple[str, ...]:
    """The numberings that a name stands for; none if it is no preset."""
    if name in PRESETS:
        return PRESETS[name].masks if masks else PRESETS[name].boxes
    every = {each for preset in PRESETS.values() for each in (*preset.masks, *preset.boxes)}
    return (name,) if name in every else ()


def preset_text(numbering: str) -> str:
    """The CSV of a numbering."""
    return files(__name__).joinpath(f"{numbering}.csv").read_text("utf-8")


def fitting(names: Sequence[str], seen: Collection[int]) -> list[str]:
    """The numberings that have all the values or ids of a file, in their order; the closest one if none has.

    Args:
        names: Numberings.
        seen: The values; colours count as those of any numbering that has colours.
    """
    lacking = {name: len(set(seen) - _possible(name, seen)) for name in names}
    least = min(lacking.values(), default=0)
    return [name for name, missing in lacking.items() if missing == least]


def _possible(name: str, seen: Collection[int]) -> set[int]:
    header, *rows = preset_text(name).splitlines()
    colored = ",r," in header
    shift = {"coco_stuff_from_0": 1, "coco_stuff_from_1": 0}.get(name)
    values = {int(row.split(",")[0]) for row in rows}
    never = set() if shift is None else {value - shift for value in _NEVER}
    return (values - never) | ({value for value in seen if value >= COLOR} if colored else set())
