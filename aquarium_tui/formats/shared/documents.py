"""Documents of other forms than JSON: XML, and YAML as data of a few levels.

PyYAML parses; its resolver is left out on purpose. YAML 1.1 reads `yes`, `no`, `on`, `off` and `1:30` as
booleans and numbers, and classes have such names.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

import yaml

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.format import first_bytes, read_text
from aquarium_tui.model.names import visible

_ENTITIES = ("<!DOCTYPE", "<!ENTITY")
Element = Xml.Element


def read_xml(path: Path, root: str) -> Element:
    """The outermost element of the file at `path`, which must be called `root`.

    Raises:
        InputError: The file cannot be read, is not well-formed, declares entities, or has another element.
    """
    text = read_text(path)
    if any(word in text for word in _ENTITIES):
        raise InputError("it has a document type or entities, which are not read")
    try:
        found = Xml.fromstring(text)
    except Xml.ParseError as error:
        raise InputError(f"not well-formed: {visible(str(error))}") from error
    if found.tag != root:
        raise InputError(f"its element is <{visible(found.tag)}>, not <{root}>")
    return found


YamlValue = str | list[str] | dict[str, str]
"""A scalar as text, a list of scalars, or a map of scalars."""
_LARGEST = 1 << 20
"""Bytes. The names of 40,000 classes fit; PyYAML needs 3 s for them, and longer files are something else."""
_DEEPEST = 50
"""Levels of nesting. PyYAML recurses, and Python stops at 1,000 calls; people write three or four levels."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TAGS = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"})
_SHAPES = "Write it as text, as a list such as `[car, van]` or `- car`, or as a map such as `0: car`."
_QUOTES = "Put text that holds `: ` or ` #`, or begins with one of [ { & * ! % @ `, in single quotes."


def read_yaml(path: Path, wanted: Collection[str]) -> dict[str, YamlValue]:
    """The values of those top-level keys of the file at `path` that are in `wanted` and are not null.

    Other keys may hold anything. An alias stands for the text that it names; since values are one level deep,
    no chain of aliases can grow.

    Raises:
        InputError: The file cannot be read or is not YAML, or one of these keys is written twice or holds
            lists or maps inside its list or map.
    """
    root = _parsed(path)
    found: dict[str, YamlValue] = {}
    for key_node, node in root.value if isinstance(root, yaml.MappingNode) else ():
        key = str(key_node.value)
        if key not in wanted:
            continue
        if key in found:
            raise _error(path, key_node, f"`{key}` is written a second time", "Delete one of the two.")
        if not _is_null(node):
            found[key] = _value(path, key, node)
    return found


class _ShallowLoader(yaml.BaseLoader):
    """A loader that resolves no types, and refuses deep nesting before Python does."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > _DEEPEST:
            told = f"lists and maps are nested more than {_DEEPEST} levels deep"
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, told, mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _parsed(path: Path) -> yaml.Node | None:
    """The root of the document; None if it is empty."""
    if len(first_bytes(path, _LARGEST + 1)) > _LARGEST:
        raise InputError(
            f"{visible(str(path))} is larger than {_LARGEST >> 20} MB, so it is not read as YAML.",
            "Name the data.yaml, which holds `names` and the folders of the images.",
        )
    text = read_text(path)
    try:
        return yaml.compose(text, Loader=_ShallowLoader)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        where = before.count("\n") + 1, error.position - before.rfind("\n")
        told = f"the character {chr(error.character)!a} is not allowed"
        raise _not_yaml(path, where, told, "Delete it, or write it as an escape in double quotes.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        told = error.problem or "it cannot be parsed"
        raise _not_yaml(path, where, told, _hint(told)) from error


def _is_null(node: yaml.Node) -> bool:
    """Whether a value is absent; in quotes, the same letters are text."""
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _NULLS


def _value(path: Path, key: str, node: yaml.Node) -> YamlValue:
    if isinstance(node, yaml.SequenceNode) and node.tag in _TAGS:
        return [_scalar(path, key, item) for item in node.value]
    if isinstance(node, yaml.MappingNode) and node.tag in _TAGS:
        return dict(_pairs(path, key, node))
    return _scalar(path, key, node)


def _pairs(path: Path, key: str, node: yaml.MappingNode) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for inner_node, value in node.value:
        inner = _scalar(path, key, inner_node)
        if inner in seen:
            told = f"`{visible(inner)}` is written a second time in `{key}`"
            raise _error(path, inner_node, told, "Delete one of the two.")
        seen.add(inner)
        yield inner, _scalar(path, key, value)


def _scalar(path: Path, key: str, node: yaml.Node) -> str:
    if node.tag not in _TAGS:
        raise _error(path, node, f"`{key}` has the tag {visible(node.tag)}, which is not read", _SHAPES)
    if not isinstance(node, yaml.ScalarNode):
        raise _error(path, node, f"`{key}` holds a list or map inside a list or map", _SHAPES)
    return str(node.value)


def _hint(told: str) -> str:
    if "\\t" in told:
        return "Indent with spaces, not with tabs."
    if "unknown escape" in told:
        return "Write a Windows path without quotes, or in single quotes."
    return "Name a file with fewer levels." if "nested" in told else _QUOTES


def _not_yaml(path: Path, where: tuple[int, int], told: str, hint: str) -> InputError:
    line, column = where
    return InputError(f"{visible(str(path))} is not YAML: line {line:,}, column {column:,}: {told}.", hint)


def _error(path: Path, node: yaml.Node, told: str, hint: str) -> InputError:
    mark = node.start_mark
    return InputError(
        f"{visible(str(path))} line {mark.line + 1:,}, column {mark.column + 1:,}: {told}.", hint
    )
