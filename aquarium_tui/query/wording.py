"""How messages of a query name what the user wrote, and what they may have meant."""

from collections.abc import Iterable
from difflib import get_close_matches

from aquarium_tui.model.names import visible

_LONGEST = 60
"""Characters of a name or value that a message quotes: with its words it fits into 120 columns."""

HABITS = {
    "like": "use contains, or matches with a regular expression",
    "ilike": "use contains, or matches with a regular expression",
    "startswith": 'use matches "^…"',
    "endswith": 'use matches "…$"',
    "between": "write x >= 1 and x <= 2",
    "null": "write is missing",
    "none": "write is missing",
    "nan": "write is missing",
    "missing": "to test for absence, write is missing",
    "select": "a query is the condition alone",
    "where": "a query is the condition alone; where belongs inside count(…)",
    "xor": "use != between two true-or-false fields, or and, or, not",
    "if": "use and, or, not",
    "having": "use count(… where …) as a value",
    "group": "use count(… where …) as a value",
    "sort": "write order by",
    "orderby": "write order by",
    "descending": "write desc",
    "ascending": "write asc",
    "abs": "write x > 0.1 or x < -0.1",
    "lower": 'class names are case-insensitive; for other text use matches "(?i)…"',
    "upper": 'class names are case-insensitive; for other text use matches "(?i)…"',
    "top": "write limit at the end",
    "avg": "write mean",
    "average": "write mean",
    "median": "write mean, min or max",
    "any": "write count(… where …) > 0",
    "exists": "write count(… where …) > 0",
    "all": "write count(… where not …) = 0",
    "offset": "only limit is available",
}
"""What stands here for the words of other languages."""


def shown(text: str) -> str:
    """`text` safe for a terminal, and not longer than a message bears."""
    return visible(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def quoted(text: str) -> str:
    """`text` as a query writes it: in double quotes, a quote inside doubled."""
    return '"' + text.replace('"', '""') + '"'


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like `name` or holds it, regardless of case; empty where none does."""
    by_folded = {word.casefold(): word for word in known}
    wanted = name[:_LONGEST].casefold()
    found = get_close_matches(wanted, by_folded, n=1) or [
        word for word in by_folded if wanted and wanted in word
    ]
    return by_folded[found[0]] if found else ""


def listed(words: Iterable[str], last: str = "or", most: int = 8) -> str:
    """`a, b or c`; of more than `most` the first ones and an ellipsis."""
    every = list(words)
    if len(every) > most:
        return ", ".join(every[:most]) + ", …"
    return f" {last} ".join(filter(None, [", ".join(every[:-1]), *every[-1:]]))
