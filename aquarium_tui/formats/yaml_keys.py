"""The few plain keys that a settings file in YAML is read for; everything else in it is passed over."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats import source
from aquarium_tui.model.names import visible

Plain = str | list[str] | dict[str, str]
"""A scalar as text, a list of such, or a map of such."""

_TOP = re.compile(r"""(['"]?)([\w-]+)\1\s*:(?:\s+(.*)|)$""")
_COMMENT = re.compile(r"""((?:'[^']*'|"(?:\\.|[^"\\])*"|[^'"#]|(?<=[^\s,\[{:])['"]|(?<=\S)\#)*)""")
_ITEM = re.compile(r"""((?:'(?:[^']|'')*'|"(?:\\.|[^"\\])*"|[^,'"]|(?<=\w)')+)""")
_PAIR = re.compile(r"""('(?:[^']|'')*'|"(?:\\.|[^"\\])*"|[^'":]+?)\s*:(?:\s+(.*)|)$""", re.DOTALL)
_BEYOND = ("&", "*", "!", "|", ">", "%", "@", "`")


def read_keys(path: Path, wanted: Collection[str]) -> dict[str, Plain]:
    """Those of the keys `wanted` that stand at the left edge of the file at `path`.

    Values are scalars, lists or maps of scalars, each in block or in flow style; scalars come as text.

    Raises:
        InputError: The file cannot be read, or one of these keys is written in another way.
    """
    found: dict[str, Plain] = {}
    for number, key, inline, block in _entries(source.text(path).splitlines()):
        if key in wanted:
            try:
                value = _value(inline, block)
            except ValueError as error:
                where = f"{visible(str(path))} line {number}"
                raise InputError(f"{where}: `{key}` cannot be read ({error}).", _HINT) from error
            if value != "":
                found[key] = value
    return found


_HINT = "Write it as text, as a list `[a, b]` or `- a`, or as a map `0: a`."


def _entries(lines: Sequence[str]) -> Iterator[tuple[int, str, str, list[str]]]:
    """Line number, key, what follows on its line, and the lines below that belong to it."""
    key, inline, block, start = "", "", list[str](), 0
    for number, raw in enumerate(lines, 1):
        line = _uncommented(raw)
        match = _TOP.match(line)
        if match:
            yield start, key, inline, block
            key, inline, block, start = match[2], (match[3] or "").strip(), [], number
        elif line.strip():
            block.append(line)
    yield start, key, inline, block


def _uncommented(line: str) -> str:
    match = _COMMENT.match(line)
    return (match[1] if match else line).rstrip()


def _value(inline: str, block: Sequence[str]) -> Plain:
    if inline.startswith(("[", "{")):
        return _flow(" ".join([inline, *map(str.strip, block)]))
    if inline or not block:
        return _scalar(" ".join([inline, *map(str.strip, block)]).strip())
    stripped = [line.strip() for line in block]
    if all(line.startswith("- ") for line in stripped):
        return [_scalar(line[2:].strip()) for line in stripped]
    if stripped[0].startswith(("[", "{")):
        return _flow(" ".join(stripped))
    return dict(_pair(line) for line in stripped)


def _flow(text: str) -> Plain:
    closing = {"[": "]", "{": "}"}[text[0]]
    if not text.endswith(closing):
        raise ValueError(f"there is no closing {closing} at its end")
    items = [item.strip() for item in _ITEM.findall(text[1:-1])]
    filled = [item for item in items if item]
    return [_scalar(item) for item in filled] if closing == "]" else dict(_pair(item) for item in filled)


def _pair(text: str) -> tuple[str, str]:
    match = _PAIR.match(text)
    if match is None:
        raise ValueError(f"`{visible(text[:40])}` is no `key: value`")
    return _scalar(match[1].strip()), _scalar((match[2] or "").strip())


def _scalar(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _unescaped(text)
    if text.startswith((*_BEYOND, "[", "{")):
        raise ValueError(f"`{visible(text[:40])}` is YAML that is not read here")
    return "" if text in ("~", "null") else text


def _unescaped(text: str) -> str:
    """Text in double quotes; YAML's escapes are JSON's and some more, of which the letter itself is taken."""
    try:
        return str(json.loads(text))
    except ValueError:
        return re.sub(r"\\(.)", r"\1", text[1:-1])
