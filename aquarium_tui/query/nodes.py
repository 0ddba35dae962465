"""The nodes of a parsed query; `start` and `end` are places in its text, the end exclusive."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """Any part of a query."""

    start: int
    end: int


@dataclass(frozen=True)
class Number(Node):
    """`0.5`."""

    value: float


@dataclass(frozen=True)
class String(Node):
    """`"cyclist"`, without its quotes."""

    value: str


@dataclass(frozen=True)
class Truth(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True)
class NameNode(Node):
    """A field such as `label.class`, an entity such as `base`, or a bare word such as `fixed`."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name without back-ticks."""
        return ".".join(self.parts)


@dataclass(frozen=True)
class Call(Node):
    """`name(arguments where condition)`."""

    name: NameNode
    arguments: tuple[Node, ...]
    condition: Node | None


@dataclass(frozen=True)
class Negative(Node):
    """`-operand`."""

    operand: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """`first + a - b`, or `first * a / b`, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class ComparisonNode(Node):
    """`left operator right`, the operator one of `= != < <= > >=`."""

    left: Node
    operator: str
    right: Node


@dataclass(frozen=True)
class Membership(Node):
    """`left [not] in (values)`."""

    left: Node
    values: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True)
class Search(Node):
    """`left [not] contains "…"` or `left [not] matches "…"`."""

    left: Node
    operator: str
    wanted: String
    negated: bool


@dataclass(frozen=True)
class Missing(Node):
    """`left is [not] missing`."""

    left: Node
    negated: bool


@dataclass(frozen=True)
class Not(Node):
    """`not operand`."""

    operand: Node


@dataclass(frozen=True)
class Both(Node):
    """`parts[0] and parts[1] …`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either(Node):
    """`parts[0] or parts[1] …`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class OrderKey(Node):
    """One key of `order by`."""

    value: Node
    descending: bool


@dataclass(frozen=True)
class Parsed:
    """A whole query.

    Attributes:
        text: As it was written.
        condition: What must hold; None where everything is asked for.
        keys: Of `order by`, the first weighs most.
        limit: At most so many.
    """

    text: str
    condition: Node | None
    keys: tuple[OrderKey, ...]
    limit: int | None


def names(part: object) -> Iterator[NameNode]:
    """Every name in a node or in a tuple of nodes."""
    if isinstance(part, NameNode):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from names(inner)
    elif isinstance(part, Node):
        yield from names(tuple(vars(part).values()))


def entity_of(arguments: Iterable[Node]) -> str:
    """The one entity that all names in `arguments` begin with; empty where they differ."""
    entities = {name.parts[0].lower() for name in names(tuple(arguments))}
    return entities.pop() if len(entities) == 1 else ""
