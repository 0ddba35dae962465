"""What a name in a query stands for."""

from aquarium_tui.query.fields import Kind, Scope
from aquarium_tui.query.nodes import Call, Name, Node, String
from aquarium_tui.query.schema import Field, Method
from aquarium_tui.query.unknown import example, unknown_choice, unknown_function, unknown_name
from aquarium_tui.query.values import Context, Value, constant


def field_named(context: Context, name: Name) -> Field | None:
    """The field of that name; inside `where`, one of its entity before others."""
    short = context.schema.field(f"{context.entity}.{name.text}") if context.entity else None
    return short or context.schema.field(name.text)


def named_value(context: Context, name: Name, beside: Field | None) -> Value:
    """A field, or a word of the fixed set that the field beside it takes.

    Raises:
        QueryError: It is neither.
    """
    choices = beside.choices if beside else None
    if choices and choices.bare and choices.position(name.text) >= 0:
        return constant(name, Kind.TEXT, name.text)
    field = field_named(context, name)
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
    return Value(node, Kind.NUMBER, Scope.FRAME, lambda rows: rows.method(method.name, positions))


def _class_position(context: Context, argument: Node, method: Method) -> int:
    if not isinstance(argument, String):
        raise context.error(argument, f"expected a class in quotes, as in {example(method)}")
    position = method.classes.position(argument.value)
    if position < 0:
        raise unknown_choice(context, argument, argument.value, method.classes)
    return position
