"""What a name in a query stands for."""

from aquarium_tui.errors import QueryError
from aquarium_tui.query.fields import (
    AGGREGATES,
    ENTITIES,
    PARTS,
    Choices,
    FieldType,
    Method,
    QueryField,
    Scope,
)
from aquarium_tui.query.nodes import Call, NameNode, Node, String
from aquarium_tui.query.values import Context, Value, constant
from aquarium_tui.query.wording import HABITS, listed, nearest, quoted, shown

_ENTITIES = tuple(term.text for term in ENTITIES)
_FUNCTIONS = tuple(term.text for term in AGGREGATES)


def unknown_choice(context: Context, node: Node, word: str, choices: Choices) -> QueryError:
    """A value that is none of the choices of its field."""
    start = f'unknown {choices.noun} "{shown(word)}"'
    if word.casefold() in choices.instead:
        return context.error(node, f"{start}; {choices.instead[word.casefold()]}")
    near = nearest(word, choices.words)
    if near:
        return context.error(node, f"{start}; did you mean {quoted(shown(near))}?", quoted(near))
    known = (
        f"there are {listed(map(shown, choices.words), 'and')}"
        if choices.words
        else f"there is no {choices.noun} yet"
    )
    return context.error(node, f"{start}; {known}")


def unknown_function(context: Context, node: Call) -> QueryError:
    """A call of something that is no function."""
    name = node.name.text
    if context.schema.field(name):
        return context.error(node, f"{shown(name)} is a field, not a function")
    if reason := _absence(context, name):
        return context.error(node, reason)
    near = nearest(name, (*_FUNCTIONS, *context.schema.methods))
    hint = HABITS.get(name.lower()) or (
        f"did you mean {near}?" if near else f"there are {listed(_FUNCTIONS, 'and')}"
    )
    return context.error(node, f'unknown function "{shown(name)}"; {hint}', near)


def unknown_name(context: Context, name: NameNode, beside: QueryField | None) -> QueryError:
    """A name that is not a field; `beside` is the field that it is compared with."""
    text = name.text
    if reason := _absence(context, text):
        return context.error(name, reason)
    if method := context.schema.method(text):
        return context.error(name, f"{method.name} is called as {example(method)}")
    if text.lower() in _ENTITIES or not name.parts[-1]:
        return _incomplete(context, name, beside)
    return _unknown_field(context, name) if len(name.parts) > 1 else _unknown_word(context, name, beside)


def example(method: Method) -> str:
    """How a method is called."""
    words = (*method.classes.words[:1], "…", "…")[: method.arguments]
    return f"{method.name}({', '.join(map(quoted, words))})"


def _absence(context: Context, name: str) -> str:
    return context.schema.absent.get(name.casefold().split(".")[0], "")


def _incomplete(context: Context, name: NameNode, beside: QueryField | None) -> QueryError:
    entity = name.parts[0].lower()
    known = [field for field in context.schema.names() if field.startswith(f"{entity}.")]
    if not known:
        return _unknown_field(context, name)
    same = f"{entity}.{beside.name.split('.')[-1]}" if beside else ""
    if same in known:
        return context.error(name, f"{entity} is not a value; did you mean {same}?", same)
    absence = f", or write {entity} is missing" if entity in PARTS else ""
    return context.error(
        name, f"{entity} is not a value; ask for one of its fields, as {listed(known, most=3)}{absence}"
    )


def _unknown_field(context: Context, name: NameNode) -> QueryError:
    schema, text, last = context.schema, name.text, ".".join(name.parts[1:])
    of_object = schema.field(f"other.{last}") if name.parts[0].lower() == "delta" else None
    if of_object:
        wanted = (
            f"other.{last} - base.{last}"
            if of_object.kind == FieldType.NUMBER
            else f"other.{last} != base.{last}"
        )
        return context.error(name, f"delta is of the frame's scores alone; write {wanted}", wanted)
    near = nearest(text, schema.names())
    hint = f"did you mean {near}?" if near else f"names begin with {listed(_ENTITIES)}"
    return context.error(name, f'unknown field "{shown(text)}"; {hint}', near)


def _unknown_word(context: Context, name: NameNode, beside: QueryField | None) -> QueryError:
    text = name.text
    if text.lower() in HABITS:
        return context.error(name, f'"{shown(text)}" is not a field; {HABITS[text.lower()]}')
    if beside and beside.kind in (FieldType.BOOLEAN, FieldType.DATE):
        example = ' such as "2024-05-31"' if beside.kind == FieldType.DATE else ""
        return context.error(name, f"{beside.name} is {beside.kind}{example}; {shown(text)} is none")
    if beside and beside.choices:
        return unknown_choice(context, name, text, beside.choices)
    meant = _alike(context, text.casefold())
    hint = f"did you mean {listed(meant, most=4)}?" if meant else f"names begin with {listed(_ENTITIES)}"
    return context.error(name, f'unknown field "{shown(text)}"; {hint}', meant[0] if meant else "")


def _alike(context: Context, word: str) -> list[str]:
    """Fields and functions that a bare word may stand for; inside `where`, those of its entity first."""
    start = f"{context.entity}." if context.entity else ""
    names = [*(name.removeprefix(start) for name in context.schema.names()), *_FUNCTIONS]
    names.sort(key=lambda name: "." in name)
    last = {name: name.casefold().split(".")[-1] for name in names}
    same = [name for name in names if last[name] == word] or [
        name for name in names if last[name].startswith(word)
    ]
    near = nearest(word, last.values())
    return same or [name for name in names if near and last[name] == near]


def _is_text(context: Context, name: NameNode, beside: QueryField) -> bool:
    """Whether a word that is no field is a value of the field beside it."""
    if len(name.parts) > 1 or beside.kind not in (FieldType.TEXT, FieldType.NAMES):
        return False
    word = name.text.casefold()
    if beside.choices:
        return beside.choices.position(word) >= 0
    taken = word in _ENTITIES or word in HABITS or _absence(context, word)
    return not taken and context.schema.method(word) is None


def field_named(context: Context, name: NameNode) -> QueryField | None:
    """The field of that name; inside `where`, one of its entity before others."""
    short = context.schema.field(f"{context.entity}.{name.text}") if context.entity else None
    return short or context.schema.field(name.text)


def named_value(context: Context, name: NameNode, beside: QueryField | None) -> Value:
    """A field, or text without quotes beside a field of text.

    Words of a fixed set, such as outcomes, come before fields of the same name; other text after them, so
    that `label.class = change` compares two fields even where a class is called change.

    Raises:
        QueryError: It is neither.
    """
    choices = beside.choices if beside else None
    if choices and choices.bare and choices.position(name.text) >= 0:
        return constant(name, FieldType.TEXT, name.text)
    field = field_named(context, name)
    if field is None and beside and _is_text(context, name, beside):
        return constant(name, FieldType.TEXT, name.text)
    if field is None:
        raise unknown_name(context, name, beside)
    return Value(name, field.kind, field.scope, lambda rows: rows.column(field.name), None, field)


def method_value(context: Context, node: Call) -> Value:
    """The value of a call that is no aggregate.

    Raises:
        QueryError: There is no such method, or it is called in another way.
    """
    method = context.schema.method(node.name.text)
    if method is None:
        raise unknown_function(context, node)
    if len(node.arguments) != method.arguments or node.condition:
        raise context.error(node, f"{method.name} is called as {example(method)}")
    positions = tuple(_class_position(context, argument, method) for argument in node.arguments)
    return Value(node, FieldType.NUMBER, Scope.FRAME, lambda rows: rows.method(method.name, positions))


def _class_position(context: Context, argument: Node, method: Method) -> int:
    if not isinstance(argument, String | NameNode):
        raise context.error(argument, f"expected a class, as in {example(method)}")
    word = argument.value if isinstance(argument, String) else argument.text
    position = method.classes.position(word)
    if position < 0:
        raise unknown_choice(context, argument, word, method.classes)
    return position
