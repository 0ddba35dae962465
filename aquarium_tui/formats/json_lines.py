"""JSON Lines read one line at a time, from a file or from all such files of a folder."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats import input_file as source
from aquarium_tui.model.names import visible

_NAMES = ("*.jsonl", "*.jsonl.gz")


@dataclass(frozen=True)
class JsonLine:
    """One line that holds an object.

    Attributes:
        place: Where it stands, such as "a.jsonl line 17".
        value: What it holds.
    """

    place: str
    value: dict[str, Any]


def files_of(path: Path) -> Sequence[Path]:
    """The file at `path`, or the JSON Lines files of the folder there, by name."""
    if not path.is_dir():
        return [path]
    return sorted(file for pattern in _NAMES for file in path.glob(pattern) if file.is_file())


def read_lines(path: Path) -> Iterator[JsonLine]:
    """The objects in the file at `path`, or in the files of that folder; empty lines are passed over.

    Raises:
        InputError: A file cannot be read or is no text, or a line is no JSON object.
    """
    for file in files_of(path):
        yield from _lines_of(file)


def _lines_of(path: Path) -> Iterator[JsonLine]:
    source.head(path)
    with source.opened(path) as file:
        for number, content in enumerate(file, 1):
            place = f"{visible(path.name)} line {number:,}"
            text = _decoded(content, place).strip("\ufeff \t\r\n")
            if text:
                yield JsonLine(place, _object(text, place))


def _decoded(content: bytes, place: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start:,} of it is 0x{content[error.start]:02x}"
        raise InputError(f"{place} is not UTF-8: {wrong}.", "Save the file as UTF-8.") from error


def _object(text: str, place: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) or error.msg.startswith("Unterminated string"):
            hint = "The text ends there: the file was cut off, or is still being written."
        else:
            hint = f"Around it stands: {visible(text[max(error.pos - 20, 0) : error.pos + 20])}"
        raise InputError(f"{place} is not JSON: column {error.colno:,}: {error.msg}.", hint) from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"{place} is not JSON that can be read: {error}.") from error
    if not isinstance(value, dict):
        raise InputError(f"{place} is not an object with keys.", "Each line holds one record in braces.")
    return value
