"""JSON and JSON Lines read piece by piece: one element in memory at a time, and a place for every error."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.format import is_file, is_folder, open_file, read_head, read_text
from aquarium_tui.media.folders import is_hidden
from aquarium_tui.model.names import visible

_NAMES = ("*.jsonl", "*.jsonl.gz")
_AROUND = 20
"""Characters before and after an error that its hint shows."""
_CUT_OFF = "The text ends there: the file was cut off, or is still being written."
_TOO_DEEP = "brackets are nested too deeply"
_SPACE = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True)
class JsonLine:
    """One line that holds an object.

    Attributes:
        place: Where it is, such as "a.jsonl line 17".
        value: What it holds.
    """

    place: str
    value: dict[str, Any]


class Scanner:
    """A position in a JSON text that every call moves forward.

    Every method raises `InputError` with line and column where the text is not JSON.
    """

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name
        self._at = 0
        self._decode = json.JSONDecoder().raw_decode

    @classmethod
    def of(cls, path: Path) -> "Scanner":
        """A scanner of the file at `path`.

        Raises:
            InputError: The file cannot be read or is not text.
        """
        return cls(read_text(path), visible(path.name))

    def peek(self) -> str:
        """The first character of the next value; empty at the end."""
        self._skip()
        return self._text[self._at : self._at + 1]

    def members(self) -> Iterator[str]:
        """The keys of the next value, an object; the caller reads each value before the next key."""
        for _ in self._separated("{", "}"):
            key = self.value()
            if not isinstance(key, str):
                raise self._error("a key in quotes is missing")
            self._take(":")
            yield key

    def elements(self) -> Iterator[Any]:
        """The elements of the next value, a list."""
        for _ in self._separated("[", "]"):
            yield self.value()

    def value(self) -> object:
        """The next value."""
        self._skip()
        try:
            value, self._at = self._decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            raise self._error(error.msg) from error
        except RecursionError as error:
            raise self._error(_TOO_DEEP) from error
        except ValueError as error:
            raise self._error(str(error)) from error
        return value

    def finish(self) -> None:
        """Make sure that only white space is left."""
        if self.peek():
            raise self._error("there is more text after the end of the document")

    def _separated(self, opening: str, closing: str) -> Iterator[None]:
        """Yield before each item, from the opening bracket to the closing bracket."""
        self._take(opening)
        if self.peek() == closing:
            self._at += 1
            return
        while True:
            yield
            if self.peek() == closing:
                self._at += 1
                return
            self._take(",")

    def _take(self, character: str) -> None:
        if self.peek() != character:
            raise self._error(f"{character!r} is missing")
        self._at += 1

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at

    def _error(self, message: str) -> InputError:
        line = self._text.count("\n", 0, self._at) + 1
        column = self._at - self._text.rfind("\n", 0, self._at)
        if not self.peek():
            hint = _CUT_OFF
        else:
            around = self._text[max(self._at - _AROUND, 0) : self._at + _AROUND]
            hint = f"The text there: {visible(around)}"
        return InputError(f"{self._name} is not JSON: line {line:,}, column {column:,}: {message}.", hint)


def files_of(path: Path) -> Sequence[Path]:
    """The file at `path`, or the JSON Lines files in that folder, sorted."""
    if not is_folder(path):
        return [path]
    return sorted(file for pattern in _NAMES for file in path.glob(pattern) if _is_data(file))


def _is_data(file: Path) -> bool:
    return is_file(file) and not is_hidden(file.name)


def read_lines(path: Path) -> Iterator[JsonLine]:
    """The objects in the file at `path`, or in the files of that folder; empty lines are skipped.

    Raises:
        InputError: A file cannot be read or is not text, or a line is not a JSON object.
    """
    for file in files_of(path):
        yield from _lines_of(file)


def _lines_of(path: Path) -> Iterator[JsonLine]:
    read_head(path)
    with open_file(path) as file:
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
            hint = _CUT_OFF
        else:
            hint = f"The text there: {visible(text[max(error.pos - _AROUND, 0) : error.pos + _AROUND])}"
        raise InputError(f"{place} is not JSON: column {error.colno:,}: {error.msg}.", hint) from error
    except RecursionError as error:
        raise InputError(f"{place} cannot be read as JSON: {_TOO_DEEP}.") from error
    except ValueError as error:
        raise InputError(f"{place} cannot be read as JSON: {error}.") from error
    if not isinstance(value, dict):
        raise InputError(f"{place} is not an object with keys.", "Each line holds one record in braces.")
    return value
