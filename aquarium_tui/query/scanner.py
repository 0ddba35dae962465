"""Text to tokens.

```
name   := part ("." (part | WORD))*         part := WORD that begins with no digit | "`" … "`"
text   := '"' … '"' | "'" … "'"             WORD := letters, digits and "_"
number := digits ["." digits] ["e" ["+" | "-"] digits]
symbol := = == != <> < <= >= > + - * / ( ) , && || !
```

Inside quotes or back-ticks, that quote is written twice; a backslash is a backslash.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from aquarium_tui.errors import QueryError
from aquarium_tui.query.wording import shown

TokenKind = Literal["name", "text", "number", "symbol", "end"]

MAX_LENGTH = 100_000
"""The longest query, in characters."""

_QUOTED_NAME = r"`(?:[^`]|``)+`"
_PATTERNS: dict[TokenKind, str] = {
    "name": rf"(?:[^\W\d]\w*|{_QUOTED_NAME})(?:\.(?:\w+|{_QUOTED_NAME}))*\.?",
    "text": r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'",
    "number": r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?",
    "symbol": r"===|=>|=<|==|!=|<>|<=|>=|&&|\|\||[=<>!+\-*/(),]",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[\w.]+")
_PART = re.compile(rf"{_QUOTED_NAME}|\w+")
_SAME = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
_HINTS = {
    "“": 'quote text with the plain ", not with “ ”',
    "‘": "quote text with the plain ', not with ‘ ’",
    "[": "lists stand in ( ), patterns in quotes",
    "{": "lists stand in ( ), patterns in quotes",
    ";": "a query is one condition; join two with and",
    "#": "a query holds no comments",
    "~": "use matches",
    "&": "write and",
    "|": "write or",
    "=>": "write >=",
    "=<": "write <=",
    "===": "write =",
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
    "%": "write a share as a number: 0.5, not 50 %",
}


@dataclass(frozen=True)
class Token:
    """One word of a query.

    Attributes:
        kind: What it is.
        value: What it means: a symbol or word of the language in its first spelling, text without its quotes.
        start: Where it begins in the query.
        end: Where it ends, exclusive.
        parts: Of a name, what stands between its dots, without back-ticks; empty after a last dot.
    """

    kind: TokenKind
    value: str
    start: int
    end: int
    parts: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The word or symbol of the language that it may be; empty for text and numbers."""
        return self.value.lower() if self.kind in ("name", "symbol") else ""


def scan(text: str) -> Iterator[Token]:
    """The tokens of `text`, an `end` last.

    Raises:
        QueryError: It is too long, or holds something that begins no token.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"a query has at most {MAX_LENGTH:,} characters, not {len(text):,}", text, MAX_LENGTH
        )
    at = _skip_space(text, 0)
    while at < len(text):
        token = _token(text, at)
        yield token
        at = _skip_space(text, token.end)
    yield Token("end", "", len(text), len(text))


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _token(text: str, at: int) -> Token:
    found = _TOKEN.match(text, at)
    if not found:
        raise _stray(text, at, text[at])
    written, end = found.group(), found.end()
    match found.lastgroup:
        case "name":
            return _name(text, at, end)
        case "text":
            return Token("text", written[1:-1].replace(written[0] * 2, written[0]), at, end)
        case "number":
            return _number(text, at, end)
        case _ if written in _HINTS:
            raise _stray(text, at, written)
        case _:
            return Token("symbol", _SAME.get(written, written), at, end)


def _name(text: str, at: int, end: int) -> Token:
    written = text[at:end]
    found = _PART.findall(written)
    parts = tuple(part[1:-1].replace("``", "`") if part[0] == "`" else part for part in found)
    return Token("name", written, at, end, (*parts, "") if written.endswith(".") else parts)


def _number(text: str, at: int, end: int) -> Token:
    whole = _WORD.match(text, at)
    if whole and whole.end() > end:
        raise QueryError(f"{shown(whole.group())} is neither a number nor a name", text, at)
    return Token("number", text[at:end], at, end)


def _stray(text: str, at: int, found: str) -> QueryError:
    if found in "\"'":
        return QueryError(f"text that begins here is not closed; close it with {found}", text, at)
    if found == "`":
        return QueryError("a name begins here and does not end; close it with `", text, at)
    hint = _HINTS.get(found, "")
    return QueryError(f"{shown(found)} has no meaning here{'; ' if hint else ''}{hint}", text, at)
