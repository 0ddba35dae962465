"""Lists of classes: the name of each id or pixel value, its colour, and whether it counts.

- Text: one name per line; the value is the number of the line, from 0. Empty lines name nothing.
- CSV: `value,name[,r,g,b][,ignore]`, with or without a header.
- JSON: a list of names (the value is the position) or of objects with `value` (or `id`), `name`, `color`,
  `train_name` and `ignore`, as the Aquarium client's class maps are; or an object of values and names.

Values with the same name are one class.
"""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.class_presets import PRESETS, fitting, numberings, preset_text
from aquarium_tui.formats.shared.format import is_file, is_folder, read_text
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.formats.shared.values import number
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.picture import Color

LARGEST = 65535
"""The largest value of a pixel in a 16-bit mask."""
_VALUE = ("value", "id", "class_id", "label_id", "trainid", "index")
_NAME = ("name", "class", "label", "class_name")
_PARENT = ("parent", "supercategory", "category", "group")
_IGNORE = ("ignore", "ignore_in_eval", "ignoreineval")
_LISTS = ("classes", "labels", "categories", "label_class_map", "class_map", "entries")
_CHANNELS = (("r", "g", "b"), ("red", "green", "blue"))
_COLOR = ("color", "colour", "rgb")
_YES = frozenset({"1", "true", "yes", "y", "ignore"})
ClassFields = Mapping[str, Any]


@dataclass(frozen=True)
class ListedClass:
    """One class of a list.

    Attributes:
        value: Its id, which is also the value of its pixels.
        name: The name of the class; several values may share one.
        color: The colour of its pixels in a colour-coded mask; None if the list has none.
        ignore: Whether it is excluded from all counts; None if the list does not say.
        train_name: The name it is evaluated as, if another.
        parent: The broader class that it belongs to, if the list has one.
    """

    value: int
    name: str
    color: Color | None = None
    ignore: bool | None = None
    train_name: str | None = None
    parent: str | None = None


def read_class_list(path: Path, seen: Collection[int] = (), *, masks: bool = False) -> list[ListedClass]:
    """The classes that the file at `path` lists, in order, or those of a preset that is named so.

    Args:
        path: The file; where there is none of this name, the name of a preset.
        seen: The values or ids that the preset's numbering is chosen by.
        masks: Whether they are those of masks.

    Raises:
        InputError: The file cannot be read, a class lacks its value or name, or a value occurs twice.
    """
    preset = preset_numberings(path, seen, masks=masks)
    if preset:
        table = _table(preset_text(preset[0]).splitlines())
        return [_class(path, place, row) for place, row in _csv(table)]
    text = _text(path)
    if text.lstrip()[:1] in ("[", "{"):
        rows = _json(path)
    else:
        lines = text.splitlines()
        table = _table(lines)
        rows = _csv(table) if table else _lines(lines)
    found = [_class(path, place, row) for place, row in rows]
    if not found:
        raise InputError(f"{visible(str(path))} lists no classes.", "Write one name per line.")
    _check_unique(path, found)
    return found


def preset_numberings(path: Path, seen: Collection[int] = (), *, masks: bool) -> list[str]:
    """The numberings of the preset that `path` names which fit some values; none where it is a file."""
    names = numberings(str(path), masks=masks)
    return [] if not names or path.exists() else fitting(names, seen)


def preset_note(path: Path | None, seen: Collection[int], *, masks: bool) -> tuple[str, ...]:
    """Which numbering of a preset was taken, in words; empty where none was named."""
    found = preset_numberings(path, seen, masks=masks) if path else []
    others = f"; {_options(found[1:])} would fit too" if found[1:] else ""
    return (f"the classes are those of {found[0]}{others}",) if found else ()


def _options(names: Sequence[str]) -> str:
    """Names, and the option that chooses one of them."""
    return " and ".join(f"--classes {name}" for name in names)


def _text(path: Path) -> str:
    try:
        return read_text(path)
    except InputError as error:
        if is_file(path) or is_folder(path):
            raise
        hint = f"Name a file, or the classes of a dataset: {', '.join(PRESETS)}."
        raise InputError(error.message, hint) from error


def _lines(lines: Sequence[str]) -> Iterator[tuple[str, ClassFields]]:
    for value, line in enumerate(lines):
        if line.strip():
            yield f"line {value + 1}", {"value": value, "name": line.strip()}


def _table(lines: Sequence[str]) -> list[list[str]]:
    """The lines as CSV, if they are CSV: every row has a number in the column of the value."""
    filled = [line for line in lines if line.strip() and not line.startswith("#")]
    try:
        table = [[cell.strip() for cell in row] for row in csv.reader(filled, skipinitialspace=True) if row]
    except csv.Error:
        return []
    if not table:
        return []
    header = _header(table[0])
    at = next((header.index(name) for name in _VALUE if name in header), 0)
    body = table[1:] if header else table
    plain = bool(body) and all(len(row) > max(at, 1) and row[at].isdigit() for row in body)
    return table if plain else []


def _header(row: Sequence[str]) -> Sequence[str]:
    """The names of the columns, if the row holds them; else empty."""
    names = [cell.casefold() for cell in row]
    return names if set(names) & set(_NAME) and set(names) & set(_VALUE) else ()


def _csv(table: Sequence[Sequence[str]]) -> Iterator[tuple[str, ClassFields]]:
    header = _header(table[0])
    for i, row in enumerate(table[1:] if header else table, 1):
        yield f"record {i}", dict(zip(header or _positional(len(row)), row, strict=False))


def _positional(width: int) -> Sequence[str]:
    names = ["value", "name", *(("r", "g", "b") if width >= 5 else ()), "ignore"]
    return names[:width]


def _json(path: Path) -> Iterator[tuple[str, ClassFields]]:
    scanner = Scanner.of(path)
    document = scanner.value()
    scanner.finish()
    if isinstance(document, Mapping):
        named = next((document[key] for key in _LISTS if key in document), None)
        document = named if named is not None else document
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield f'"{visible(str(key))}"', _pair(key, value)
        return
    for i, element in enumerate(document if isinstance(document, Sequence) else ()):
        plain = {"name": element} if isinstance(element, str) else element
        folded = {str(k).casefold(): v for k, v in plain.items()} if isinstance(plain, Mapping) else {}
        yield f"record {i + 1}", folded if any(key in folded for key in _VALUE) else {"value": i, **folded}


def _pair(key: str, value: object) -> ClassFields:
    """A member of an object: value → name, value → more about the class, or name → value."""
    if isinstance(value, Mapping):
        return {"value": key, **{str(k).casefold(): v for k, v in value.items()}}
    return {"value": value, "name": key} if isinstance(value, int) else {"value": key, "name": value}


def _class(path: Path, place: str, row: ClassFields) -> ListedClass:
    value, name = number(_first(row, _VALUE)), _first(row, _NAME)
    if value is None or not value.is_integer() or not 0 <= value <= LARGEST:
        raise _wrong(path, place, f"has no value from 0 to {LARGEST}")
    if not isinstance(name, str) or not name.strip():
        raise _wrong(path, place, "has no name")
    ignore = _first(row, _IGNORE)
    train_name, parent = (_words(row, names) for names in (("train_name",), _PARENT))
    return ListedClass(
        value=int(value),
        name=clean(name.strip()),
        color=_color(path, place, row),
        ignore=_flag(ignore),
        train_name=train_name,
        parent=parent,
    )


def _words(row: ClassFields, names: Sequence[str]) -> str | None:
    found = _first(row, names)
    return clean(found.strip()) if isinstance(found, str) and found.strip() else None


def _color(path: Path, place: str, row: ClassFields) -> Color | None:
    given = _first(row, _COLOR)
    channels = next((names for names in _CHANNELS if all(row.get(name, "") != "" for name in names)), None)
    if given is None and channels is None:
        return None
    if given is None or given == "":
        given = [row[name] for name in channels or ()]
    elif isinstance(given, str):
        given = _hexadecimal(given) or given.split()
    parts = [number(part) for part in given] if isinstance(given, list) else []
    if len(parts) != 3 or not all(part is not None and 0 <= part <= 255 for part in parts):
        raise _wrong(path, place, "has a colour that is not three numbers from 0 to 255")
    red, green, blue = (int(part or 0) for part in parts)
    return red, green, blue


def _hexadecimal(text: str) -> list[int] | None:
    try:
        return list(bytes.fromhex(text.removeprefix("#"))) if len(text.removeprefix("#")) == 6 else None
    except ValueError:
        return None


def _flag(value: object) -> bool | None:
    if value is None or value == "":
        return None
    return value.casefold() in _YES if isinstance(value, str) else bool(value)


def _first(row: ClassFields, names: Sequence[str]) -> Any:  # noqa: ANN401
    return next((row[name] for name in names if name in row), None)


def _wrong(path: Path, place: str, what: str) -> InputError:
    hint = "Write one name per line, CSV with value,name[,r,g,b][,ignore], or JSON; see docs/masks.md."
    return InputError(f"{visible(str(path))} {place} {what}.", hint)


def _check_unique(path: Path, found: Sequence[ListedClass]) -> None:
    seen: dict[int, str] = {}
    for each in found:
        if each.value in seen:
            names = f"{visible(seen[each.value])} and {visible(each.name)}"
            raise InputError(
                f"{visible(str(path))} gives the value {each.value} to {names}.",
                "Give each class a value of its own, or the same name to both.",
            )
        seen[each.value] = each.name
