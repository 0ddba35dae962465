"""Completion: the parser says what it wanted at the cursor, the schema what there is of it."""

import re
from contextlib import suppress
from dataclasses import dataclass

from aquarium_tui.errors import QueryError
from aquarium_tui.query.candidates import Candidate, Offers
from aquarium_tui.query.cursor import Cursor, Wanted
from aquarium_tui.query.parser import parse_from
from aquarium_tui.query.scanner import Token, scan
from aquarium_tui.query.schema import Schema
from aquarium_tui.query.values import Context

MOST = 200
"""No more candidates than this are given."""

_REST_OF_QUOTED = re.compile(r"\w*[\"']")
_REST_OF_NAME = re.compile(r"[\w.]*`?")


@dataclass(frozen=True)
class Completion:
    """What could stand at the cursor.

    Attributes:
        start: Where the text that a candidate replaces begins.
        end: Where it ends, exclusive.
        candidates: The best first.
    """

    start: int
    end: int
    candidates: tuple[Candidate, ...]


def complete(text: str, cursor: int, schema: Schema) -> Completion:
    """What could stand at `cursor` in `text`, finished or not, right or wrong further on."""
    before = text[:cursor]
    start = _start(before)
    if start is None:
        return Completion(cursor, cursor, ())
    typed = _bare(before[start:])
    quoted = before[start : start + 1] in ('"', "'")
    offers = Offers(Context(before, schema), typed).for_all(_wanted(text[:start]))
    ranked: dict[Candidate, int] = {}
    for candidate in offers:
        rank = _rank(candidate, typed)
        if rank is not None and (not quoted or candidate.kind == "value"):
            ranked.setdefault(candidate, rank)
    best = sorted(ranked, key=lambda candidate: ranked[candidate])
    return Completion(start, _end(text, before[start:], cursor), tuple(best[:MOST]))


def _start(before: str) -> int | None:
    """Where the word begins that ends at the cursor; None where no word could."""
    last: Token | None = None
    try:
        for token in scan(before):
            last = token if token.kind != "end" else last
    except QueryError as error:
        return _start_of_open(before[error.position], error.position, last)
    if last is None or last.end < len(before):
        return len(before)
    if last.kind == "name":
        return last.start
    return len(before) if last.kind == "symbol" and last.word != ")" else None


def _start_of_open(opening: str, at: int, last: Token | None) -> int | None:
    """Where text or a name begins whose quote is not closed yet."""
    if opening == "`" and last and last.kind == "name" and last.end == at:
        return last.start
    return at if opening in "\"'`" else None


def _end(text: str, typed: str, cursor: int) -> int:
    """Where the word ends that the cursor is in: a quote is passed only if it closes this very word."""
    if not typed:
        return cursor
    rest = (_REST_OF_QUOTED if typed[0] in "\"'" else _REST_OF_NAME).match(text, cursor)
    return rest.end() if rest else cursor


def _wanted(before: str) -> list[Wanted]:
    cursor = Cursor(before)
    with suppress(QueryError):
        parse_from(cursor)
    return cursor.wanted


def _bare(text: str) -> str:
    return text.strip("\"'").replace("`", "").casefold()


def _rank(candidate: Candidate, typed: str) -> int | None:
    """0 if `typed` begins the candidate, 1 a part of it, 2 if it stands inside; None if nowhere."""
    whole = _bare(candidate.text)
    if (whole == typed and typed) or candidate.text.casefold() == typed:
        return None if candidate.kind != "value" else 0
    if whole.startswith(typed):
        return 0
    if candidate.kind in ("keyword", "operator") or typed not in whole:
        return None
    return 1 if re.search(rf"[._\s]{re.escape(typed)}", whole) else 2
