"""What was looked at last, so that the next start begins there."""

import json
from dataclasses import asdict, replace
from pathlib import Path

from aquarium_tui.tui.state import Chosen

_MOST = 20


def recent(root: Path) -> list[Chosen]:
    """What was opened, the last first; nothing where the memory is missing or damaged."""
    try:
        rows = json.loads((root / "recent.json").read_text("utf-8"))["recent"]
        return [Chosen(str(r["project"]), str(r["dataset"]), str(r["base"]), str(r["other"])) for r in rows]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def remember(root: Path, chosen: Chosen) -> None:
    """Put a choice at the front; a store that cannot be written is left alone."""
    kept = [c for c in recent(root) if c.title != chosen.title]
    rows = [asdict(replace(c, settings=None)) for c in (chosen, *kept)][:_MOST]
    new = root / "recent.json.new"
    try:
        new.write_text(json.dumps({"format": 1, "recent": rows}, indent=1), "utf-8")
        new.replace(root / "recent.json")
    except OSError:
        return
