"""What was looked at and asked last, so that the next start begins there."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from aquarium_tui.tui.state import Chosen
from aquarium_tui.tui.widgets.columns import Arrangement

_MOST = 20
_QUERIES = 200


def recent(root: Path) -> list[Chosen]:
    """What was opened, the last first; nothing where the memory is missing or damaged."""
    try:
        rows = _read(root)["recent"]
        return [Chosen(str(r["project"]), str(r["dataset"]), str(r["base"]), str(r["other"])) for r in rows]
    except (KeyError, TypeError):
        return []


def remember(root: Path, chosen: Chosen) -> None:
    """Put a choice at the front; a store that cannot be written is left alone."""
    kept = [c for c in recent(root) if c.title != chosen.title]
    rows = [asdict(replace(c, settings=None, query="")) for c in (chosen, *kept)][:_MOST]
    _write(root, {"recent": rows})


def history(root: Path) -> tuple[str, ...]:
    """The queries that were applied, the latest first."""
    queries = _read(root).get("queries", [])
    return tuple(q for q in queries if isinstance(q, str)) if isinstance(queries, list) else ()


def remember_query(root: Path, query: str) -> None:
    """Put a query at the front of the history."""
    _write(root, {"queries": [query, *(q for q in history(root) if q != query)][:_QUERIES]})


def arrangement(root: Path, table: str) -> Arrangement:
    """Which columns of a table were wanted last."""
    try:
        told = _read(root)["columns"][table]
        widths = {str(key): int(width) for key, width in told["widths"].items()}
        return Arrangement(frozenset(map(str, told["hidden"])), widths)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Arrangement()


def remember_arrangement(root: Path, table: str, wanted: Arrangement) -> None:
    """Keep which columns of a table are wanted."""
    known = _read(root).get("columns")
    told = {"hidden": sorted(wanted.hidden), "widths": dict(wanted.widths)}
    _write(root, {"columns": {**(known if isinstance(known, dict) else {}), table: told}})


def _read(root: Path) -> dict[str, Any]:
    try:
        found = json.loads((root / "recent.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(root: Path, changes: dict[str, Any]) -> None:
    new = root / "recent.json.new"
    try:
        new.write_text(json.dumps({**_read(root), "format": 1, **changes}, indent=1), "utf-8")
        new.replace(root / "recent.json")
    except OSError:
        return
