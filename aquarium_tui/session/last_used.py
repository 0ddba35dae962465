"""What was opened and asked last in a store."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aquarium_tui.errors import StoreError
from aquarium_tui.model.settings import Rule
from aquarium_tui.session.choice import Choice
from aquarium_tui.store.access import read_bytes
from aquarium_tui.store.atomic import write_file

_CHOICES = 20
"""Comparisons that are remembered: more than anyone goes back to, and still a file of a few kB."""
_QUERIES = 200
"""Enough for any history that is walked through by hand, and still a small file."""


@dataclass(frozen=True)
class LastUsed:
    """The file `recent.json` of a store.

    A file that is missing or damaged holds nothing; one that cannot be written is left as it is.

    Attributes:
        root: The folder of the store.
    """

    root: Path

    @property
    def choices(self) -> list[Choice]:
        """Datasets that were opened, with their sets, the last first."""
        try:
            return [choice_in(row) for row in self._read()["recent"]]
        except (KeyError, TypeError, ValueError, OverflowError):
            return []

    def remember(self, choice: Choice) -> None:
        """Put a choice first, in the place of what was remembered of the same sets of its dataset."""
        kept = [
            c for c in self.choices if (c.title, c.base, c.other) != (choice.title, choice.base, choice.other)
        ]
        self._write({"recent": [row_of(c) for c in (choice, *kept)][:_CHOICES]})

    def rename(self, names: Sequence[str], new: str) -> None:
        """Have what is remembered of a project, dataset or set (`names`, outermost first) follow."""
        within, old = tuple(names[:-1]), names[-1]
        # A set may stand on either side.
        fields = _NAMES[len(within) :][:1] if len(within) < len(_NAMES[:2]) else _NAMES[2:]

        def renamed(choice: Choice) -> Choice:
            if (choice.project, choice.dataset)[: len(within)] != within:
                return choice
            changed: dict[str, Any] = {name: new for name in fields if getattr(choice, name) == old}
            return replace(choice, **changed)

        choices = [renamed(choice) for choice in self.choices]
        self._write({"recent": [row_of(choice) for choice in choices]})

    @property
    def toured(self) -> bool:
        """Whether the lines for newcomers have been dismissed."""
        return self._read().get("toured") is True

    def remember_tour(self) -> None:
        """Show the lines for newcomers no more."""
        self._write({"toured": True})

    @property
    def queries(self) -> tuple[str, ...]:
        """The queries that were applied, the latest first."""
        found = self._read().get("queries", [])
        return tuple(q for q in found if isinstance(q, str)) if isinstance(found, list) else ()

    def remember_query(self, query: str) -> None:
        """Put a query first."""
        self._write({"queries": [query, *(q for q in self.queries if q != query)][:_QUERIES]})

    def columns(self, table: str) -> Mapping[str, Any]:
        """What `remember_columns` was given for a table."""
        try:
            found = self._read()["columns"][table]
        except (KeyError, TypeError):
            return {}
        return found if isinstance(found, dict) else {}

    def remember_columns(self, table: str, columns: Mapping[str, Any]) -> None:
        """Keep how the columns of a table are arranged, as something that JSON can hold."""
        known = self._read().get("columns")
        self._write({"columns": {**(known if isinstance(known, dict) else {}), table: columns}})

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(read_bytes(self.root / "recent.json"))
        except (StoreError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, changes: dict[str, Any]) -> None:
        content = json.dumps({**self._read(), "format": 1, **changes}, indent=1)
        with suppress(StoreError):
            write_file(self.root / "recent.json", content.encode())


_NAMES = ("project", "dataset", "base", "other")
THRESHOLDS = ("base_confidence", "other_confidence", "iou")
CONDITIONS = ("query", "only")
CLASSES_OF_SETS = ("base_classes", "other_classes")


def row_of(choice: Choice) -> dict[str, Any]:
    """A choice as JSON can hold it."""
    return {
        name: getattr(choice, name) for name in (*_NAMES, *THRESHOLDS, *CLASSES_OF_SETS, "rule", *CONDITIONS)
    }


def choice_in(row: Mapping[str, Any]) -> Choice:
    """The choice that `row_of` made a row of; only its names must be there.

    Raises:
        KeyError: A name is missing.
        ValueError: A value cannot be read.
    """
    texts = {name: str(row[name]) for name in _NAMES}
    numbers = {name: float(row[name]) for name in THRESHOLDS if row.get(name) is not None}
    conditions = {name: str(row.get(name, "")) for name in CONDITIONS}
    classes = {
        name: tuple((str(key), float(value)) for key, value in row[name])
        for name in CLASSES_OF_SETS
        if row.get(name) is not None
    }
    found: dict[str, Any] = {**texts, **numbers, **classes, **conditions}
    return Choice(**found, rule=Rule(row["rule"]) if row.get("rule") else None)
