"""What the beginning of a JSON file holds, without reading the whole: the paths of its keys."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(:)?|[{}\[\],]|[^\s"{}\[\],:]+|"')
_DEEPEST = 12
"""Levels that are looked at: no format's marks lie deeper, and hostile files nest by the thousand."""


@dataclass(frozen=True)
class Outline:
    """The keys of a JSON document, or of the records of JSON Lines.

    A path names the keys that lead to a value, as in `annotations[].bbox`; elements of a list are `[]`, and
    `*` stands for any key of the outermost object.

    Attributes:
        kinds: What is at each path, the first time it occurs: "{", "[" or "" for plain values.
        documents: How many values follow one another; several are JSON Lines.
    """

    kinds: dict[str, str]
    documents: int

    @classmethod
    def of(cls, start: str) -> "Outline":
        """The outline of a text that may end anywhere; of anything else than JSON, without paths."""
        if start.lstrip()[:1] not in ("{", "["):
            return cls({}, 0)
        scan = _Scan(start)
        scan.run()
        return cls(scan.kinds, scan.documents)

    def has(self, *paths: str) -> bool:
        """Whether there is something at every one of `paths`."""
        return all(path in self.kinds for path in paths)

    def has_any(self, *paths: str) -> bool:
        """Whether there is something at one of `paths`."""
        return any(path in self.kinds for path in paths)

    def keys(self) -> list[str]:
        """The keys at any depth, in order."""
        names = (path.rpartition(".")[2].rstrip("[]") for path in self.kinds)
        return [name for name in dict.fromkeys(names) if name not in ("", "*")]


class _Scan:
    """Follows brackets and keys through a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[str, tuple[str, ...]]] = []
        self._key = ""
        self.kinds: dict[str, str] = {}
        self.documents = 0

    def run(self) -> None:
        for token in _TOKEN.finditer(self._text):
            text = token[0]
            if token[2] and self._open and self._open[-1][0] == "{":
                self._key = token[1]
            elif text in ("{", "["):
                self._open.append((text, self._told(text)))
            elif text in ("}", "]"):
                del self._open[-1:]
            elif text == '"':
                return  # The text ends inside a string.
            elif text != ",":
                self._told("")

    def _told(self, kind: str) -> tuple[str, ...]:
        """Keep what is at the place of the next value; returns its paths."""
        paths = self._paths()
        for path in paths if len(self._open) <= _DEEPEST else ():
            self.kinds.setdefault(path, kind)
        return paths

    def _paths(self) -> tuple[str, ...]:
        if not self._open:
            self.documents += 1
            return ("",)
        bracket, outer = self._open[-1]
        if bracket == "[":
            return tuple(f"{path}[]" for path in outer)
        if len(self._open) == 1:
            return (self._key, "*")
        return tuple(f"{path}.{self._key}" for path in outer)
