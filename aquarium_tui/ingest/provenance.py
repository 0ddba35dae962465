"""Where something came from, recorded as it is read."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aquarium_tui.formats.shared.format import is_folder
from aquarium_tui.media.folders import hidden_files
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Provenance

_LISTED = 6
"""How many words a list in a note shows: about a line of them."""


def provenance(path: Path, notes: Iterable[str], problems: Iterable[Problem]) -> Provenance:
    """The provenance of what was just read from `path`."""
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        source=clean(str(path.absolute())),
        notes=tuple(notes),
        problems=tuple(problems),
    )


def hidden_note(places: Iterable[Path | None]) -> tuple[str, ...]:
    """A note on how many hidden files lie in folders; none if there are no such files."""
    count = len(hidden_files(place for place in places if place is not None and is_folder(place)))
    return (f"{count:,} hidden files skipped",) if count else ()


def listed(words: Sequence[str]) -> str:
    """The first of `words`, and how many there are if that is not all."""
    shown = ", ".join(visible(word) for word in words[:_LISTED])
    return f"{shown} … ({len(words):,} in all)" if len(words) > _LISTED else shown or "nothing"
