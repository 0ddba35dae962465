"""What could stand at a place in a query, as completion offers it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from aquarium_tui.errors import QueryError
from aquarium_tui.query.fields import (
    AGGREGATES,
    ENTITIES,
    KEYWORDS,
    OBJECT,
    OPERATORS,
    PARTS,
    FieldType,
    QueryField,
    Schema,
    Scope,
    Term,
)
from aquarium_tui.query.meanings import field_named
from aquarium_tui.query.nodes import NameNode, Node, String, Token, Truth, scan
from aquarium_tui.query.parser import (
    CONDITIONS,
    RESERVED,
    Cursor,
    Level,
    Operand,
    Operator,
    TokenPlace,
    Wanted,
    Words,
    parse_from,
)
from aquarium_tui.query.values import Context
from aquarium_tui.query.wording import quoted

CandidateKind = Literal["entity", "field", "function", "operator", "keyword", "value"]

_PLAIN = re.compile(r"\w+(\.\w+)*")
_PLAIN_ALONE = re.compile(r"[^\W\d]\w*")
_KEYWORDS = {term.text.split()[0]: term for term in KEYWORDS}
_FUNCTIONS = frozenset(term.text for term in AGGREGATES)
_ARITHMETIC = frozenset("+-*/")


@dataclass(frozen=True)
class Candidate:
    """One continuation.

    Attributes:
        text: What to put into the query.
        sentence: What it means; empty for a value of the data.
        kind: What it is.
    """

    text: str
    sentence: str
    kind: CandidateKind


def written(name: str) -> str:
    """A full field name as a query writes it, with back-ticks where it needs them."""
    entity, dot, rest = name.partition(".")
    if not dot:
        return name if _PLAIN_ALONE.fullmatch(name) and name.lower() not in RESERVED else _ticked(name)
    return f"{entity}.{rest if _PLAIN.fullmatch(rest) else _ticked(rest)}"


def _ticked(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


class Offers:
    """Candidates for what the parser wanted at the end of `context.text`.

    Args:
        context: The query up to the cursor, and what it may name.
        typed: What has been typed of the candidate, in lower case.
    """

    def __init__(self, context: Context, typed: str) -> None:
        self.context = context
        self.typed = typed

    def for_all(self, wanted: Iterable[Wanted]) -> Iterator[Candidate]:
        """Candidates in the order of usefulness, some more than once."""
        wanted = list(wanted)
        operators = [each for each in wanted if isinstance(each, Operator)]
        unfinished = any(each.least <= Level.COMPARISON and self._needs_more(each) for each in operators)
        for each in wanted:
            if isinstance(each, Operand):
                yield from self._operands(each)
            elif isinstance(each, Operator):
                yield from self._operators(each)
            else:
                yield from self._words(each, unfinished)

    def _kind(self, node: Node, place: TokenPlace) -> FieldType | None:
        """The type of a value; None of a condition, or of a name that is not known."""
        if isinstance(node, NameNode):
            field = self._field(node, place)
            return field.kind if field else None
        if isinstance(node, (*CONDITIONS, Truth)):
            return None
        return FieldType.TEXT if isinstance(node, String) else FieldType.NUMBER

    def _field(self, node: Node | None, place: TokenPlace) -> QueryField | None:
        inside = Context(self.context.text, self.context.schema, place.entity)
        return field_named(inside, node) if isinstance(node, NameNode) else None

    def _needs_more(self, operator: Operator) -> bool:
        """Whether its left side is a value, not a condition yet."""
        kind = self._kind(operator.left, operator.place)
        named = isinstance(operator.left, NameNode) and kind is None
        return named or kind not in (None, FieldType.BOOLEAN, FieldType.NAMES)

    def _operators(self, operator: Operator) -> Iterator[Candidate]:
        for term in self._fitting(operator.left, operator.place):
            level = Level.SUM if term.text in _ARITHMETIC else Level.COMPARISON
            if level >= operator.least:
                yield Candidate(term.text, term.sentence, "operator")
        if not self._needs_more(operator):
            for word, level in (("and", Level.AND), ("or", Level.OR)):
                if level >= operator.least:
                    yield Candidate(word, _KEYWORDS[word].sentence, "keyword")

    def _fitting(self, left: Node, place: TokenPlace) -> list[Term]:
        """The operators that fit a left side."""
        kind, field = self._kind(left, place), self._field(left, place)
        if place.call:
            aggregates = place.call.text.lower() in _FUNCTIONS and kind == FieldType.NUMBER
            return [term for term in OPERATORS if aggregates and term.text in _ARITHMETIC]
        if isinstance(left, NameNode) and field is None:
            there = left.text.lower() in PARTS
            return [term for term in OPERATORS if there and "missing" in term.text]
        fixed = field is not None and field.choices is not None
        return [term for term in OPERATORS if kind in term.kinds and not (fixed and term.text[0] in "<>")]

    def _words(self, words: Words, unfinished: bool) -> Iterator[Candidate]:
        for word in words.words:
            term = _KEYWORDS.get(word)
            if word == "missing":
                yield Candidate(word, "Has no value here.", "keyword")
            elif word in ("contains", "matches", "in", "by"):
                yield Candidate(word, "", "keyword")
            elif term and not (unfinished and word in ("order", "limit")):
                yield Candidate(term.text, term.sentence, "keyword")

    def _operands(self, operand: Operand) -> Iterator[Candidate]:
        place = operand.place
        method = self.context.schema.method(place.call.text) if place.call else None
        if method:
            yield from (Candidate(quoted(word), "", "value") for word in method.classes.words)
            return
        beside = self._field(place.beside, place)
        if beside:
            yield from self._values(beside, operand.form)
        kind = self._kind(place.beside, place) if place.beside else None
        if operand.form in ("plain", "text") or kind == FieldType.NAMES:
            return
        if place.call and place.call.text.lower() == "count":
            counted = [term for term in ENTITIES if term.text in PARTS and self._exists(term)]
            yield from (Candidate(term.text, term.sentence, "entity") for term in (*counted, OBJECT))
            return
        yield from self._fields(place, kind)
        if place.call:
            return
        if kind in (None, FieldType.NUMBER):
            yield from (Candidate(f"{term.text}(", term.sentence, "function") for term in AGGREGATES)
            yield from self._methods()
        if operand.form == "condition":
            yield Candidate("not", _KEYWORDS["not"].sentence, "keyword")

    def _values(self, field: QueryField, form: str) -> Iterator[Candidate]:
        """Values that a field can be compared with."""
        if field.kind == FieldType.BOOLEAN:
            yield from (Candidate(word, "", "value") for word in ("true", "false"))
        words = field.choices.words if field.choices else self.context.schema.values(field.name)
        bare = bool(field.choices and field.choices.bare and form != "text")
        for word in words:
            if self.typed in word.casefold():
                yield Candidate(word if bare else quoted(word), "", "value")

    def _fields(self, place: TokenPlace, kind: FieldType | None) -> Iterator[Candidate]:
        """Entities first; their fields once a part of their name is typed."""
        fields = [each for each in self.context.schema.fields.values() if kind in (None, each.kind)]
        if place.call:
            fields = [each for each in fields if each.kind == FieldType.NUMBER and each.scope == Scope.OBJECT]
        start = f"{place.entity}."
        for field in fields:
            if place.entity and field.name.startswith(start) and field.scope == Scope.OBJECT:
                short = written(field.name.removeprefix(start))
                yield Candidate(short, field.sentence, "field")
        for term in (*ENTITIES, OBJECT):
            if any(field.name.startswith(f"{term.text}.") for field in fields):
                yield Candidate(f"{term.text}.", term.sentence, "entity")
        for field in fields:
            if self.typed or "." not in field.name:
                yield Candidate(written(field.name), field.sentence, "field")

    def _methods(self) -> Iterator[Candidate]:
        if self.typed:
            for method in self.context.schema.methods.values():
                yield Candidate(f"{written(method.name)}(", method.sentence, "function")

    def _exists(self, term: Term) -> bool:
        return any(name.startswith(f"{term.text}.") for name in self.context.schema.fields)


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
