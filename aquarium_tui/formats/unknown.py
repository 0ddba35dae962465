"""What a file in no known format holds, and which format is nearest to it."""

import re
from collections import Counter
from collections.abc import Sequence

from aquarium_tui.formats.shared.format import Format, Given, names_below
from aquarium_tui.formats.shared.tables import header
from aquarium_tui.model.names import visible

_SHOWN = 8
"""How many keys, columns or endings are named: about a line of them."""
_LINE = 60
"""Characters of a line of text that are shown."""
_TAG = re.compile(r"<([A-Za-z_][\w.-]*)")
_NOTHING = "nothing that any format has"


def description(given: Given, formats: Sequence[Format]) -> str:
    """Sentences: what was found, the nearest format, and what that one has besides.

    Args:
        given: The file or folder.
        formats: The known formats.
    """
    found, words = _found(given)
    near = max(formats, key=lambda format_: _share(format_, words))
    if _share(near, words) == 0:
        return f"Found: {found}. It has {_NOTHING}."
    lacking = [mark for mark in near.marks if mark.casefold() not in words]
    missing = f"; missing: {', '.join(lacking)}" if lacking else ", but not in the places where it has them"
    return f"Found: {found}. The nearest format is {near.name}{missing}."


def _share(format_: Format, words: set[str]) -> float:
    return sum(mark.casefold() in words for mark in format_.marks) / len(format_.marks)


def _found(given: Given) -> tuple[str, set[str]]:
    """What is in a file or folder, in words, and the names in it in lower case."""
    if given.is_dir:
        names = list(names_below(given.path, ""))
        counts = Counter(name.rpartition("/")[2].rpartition(".")[2].lower() for name in names)
        told = ", ".join(f"{count:,} .{visible(ending)}" for ending, count in counts.most_common(_SHOWN))
        return f"a folder with {told or 'no files'}", {
            word for o in given.outlines() for word in _folded(o.keys())
        }
    start = given.start
    if keys := given.outline.keys():
        outer = given.outline.kinds.get("")
        kind = "JSON Lines" if given.outline.documents > 1 else "a list" if outer == "[" else "an object"
        return f"JSON, {kind} with the keys {_named(list(keys))}", _folded(keys)
    if tags := list(dict.fromkeys(_TAG.findall(start))) if start.lstrip()[:1] == "<" else []:
        return f"XML with the elements {_named(tags)}", _folded(tags)
    if columns := header(start):
        return f"a table with the columns {_named(columns)}", _folded(columns)
    line = next((line for line in start.splitlines() if line.strip()), "")
    return f'text that begins with "{visible(line[:_LINE])}"', _folded(line.split())


def _folded(words: Sequence[str] | set[str]) -> set[str]:
    return {word.strip().casefold() for word in words}


def _named(words: Sequence[str]) -> str:
    more = f" … ({len(words):,} in all)" if len(words) > _SHOWN else ""
    return ", ".join(visible(word) for word in words[:_SHOWN]) + more
