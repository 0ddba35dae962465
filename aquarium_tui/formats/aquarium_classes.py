"""A class map as the Aquarium client sends it: JSON, a list of entries."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.scanner import Scanner
from aquarium_tui.formats.values import clean
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.names import visible

_KEYS = ("label_class_map", "class_map", "entries", "classes")
_SHAPE = (
    "A class map is a list of objects with `name`, and `class_id`, `train_name`, `ignore_in_eval`, `color`."
)


def read_class_map(path: Path) -> ClassMap:
    """The class map at `path`: a list of entries, or an object that holds such a list.

    An entry without `class_id` gets the next free one.

    Raises:
        InputError: It cannot be read, is no class map, or gives a name or id twice.
    """
    scanner = Scanner.of(path)
    value = scanner.value()
    scanner.finish()
    if isinstance(value, dict):
        value = next((value[key] for key in _KEYS if key in value), None)
    if not isinstance(value, list) or not value:
        raise InputError(f"{visible(str(path))} is no class map.", _SHAPE)
    class_map = ClassMap()
    for i, entry in enumerate(value):
        class_map = _with_entry(class_map, entry, f"{visible(path.name)} [{i}]")
    return class_map


def _with_entry(class_map: ClassMap, entry: object, place: str) -> ClassMap:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"]:
        raise InputError(f"{place} has no `name`.", _SHAPE)
    name = clean(entry["name"])
    id_ = entry.get("class_id", entry.get("id", max(class_map.positions_by_id, default=-1) + 1))
    if type(id_) is not int or id_ < 0:
        raise InputError(f"{place}: `class_id` is not a whole number from 0.", _SHAPE)
    if id_ in class_map.positions_by_id or name.casefold() in class_map.positions_by_name:
        raise InputError(f"{place}: an earlier entry has the id {id_} or the name {visible(name)}.")
    train_name = entry.get("train_name")
    new = ClassEntry(
        id=id_,
        name=name,
        color=_color(entry, place),
        train_name=clean(train_name) if isinstance(train_name, str) and train_name else None,
        ignore_in_eval=entry.get("ignore_in_eval") is True,
    )
    return ClassMap((*class_map.entries, new))


def _color(entry: Mapping[str, Any], place: str) -> tuple[int, int, int] | None:
    color = entry.get("color")
    if color is None:
        return None
    whole = isinstance(color, list) and all(type(part) is int and 0 <= part <= 255 for part in color)
    if not whole or len(color) != 3:
        raise InputError(f"{place}: `color` is not three whole numbers from 0 to 255.", _SHAPE)
    red, green, blue = color
    return red, green, blue
