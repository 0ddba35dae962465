"""JSON read piece by piece: one element in memory at a time, and a place for every error."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats import input_file as source
from aquarium_tui.model.names import visible

_SPACE = re.compile(r"[ \t\n\r]*")


class Scanner:
    """A position in a JSON text, moved on by each call.

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
            InputError: It cannot be read or is no text.
        """
        return cls(source.text(path), visible(path.name))

    def peek(self) -> str:
        """The first character of what comes next; empty at the end."""
        self._skip()
        return self._text[self._at : self._at + 1]

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next; the caller reads each value before asking on."""
        for _ in self._separated("{", "}"):
            key = self.value()
            if not isinstance(key, str):
                raise self._error("a key in quotes is missing")
            self._take(":")
            yield key

    def elements(self) -> Iterator[Any]:
        """The elements of the list that comes next."""
        for _ in self._separated("[", "]"):
            yield self.value()

    def value(self) -> object:
        """The value that comes next."""
        self._skip()
        try:
            value, self._at = self._decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            raise self._error(error.msg) from error
        except RecursionError as error:
            raise self._error("brackets are nested too deeply") from error
        except ValueError as error:
            raise self._error(str(error)) from error
        return value

    def finish(self) -> None:
        """Make sure that nothing but space is left."""
        if self.peek():
            raise self._error("there is more text after the end of the document")

    def _separated(self, opening: str, closing: str) -> Iterator[None]:
        """Yield before each item, from the opening bracket to the closing one."""
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
            hint = "The text ends there: the file was cut off, or is still being written."
        else:
            around = self._text[max(self._at - 20, 0) : self._at + 20]
            hint = f"Around it stands: {visible(around)}"
        return InputError(f"{self._name} is not JSON: line {line:,}, column {column:,}: {message}.", hint)
