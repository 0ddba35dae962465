"""What was compared and asked last, kept beside the store so that the next start begins there."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aquarium_tui.errors import StoreError
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
            return [
                Choice(str(r["project"]), str(r["dataset"]), str(r["base"]), str(r["other"]))
                for r in self._read()["recent"]
            ]
        except (KeyError, TypeError):
            return []

    def remember(self, choice: Choice) -> None:
        """Put the dataset and sets of a choice first."""
        kept = [c for c in self.choices if c.title != choice.title]
        names = ("project", "dataset", "base", "other")
        rows = [{name: getattr(c, name) for name in names} for c in (choice, *kept)]
        self._write({"recent": rows[:_CHOICES]})

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
