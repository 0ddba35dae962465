"""Problems gathered one place at a time."""

from dataclasses import dataclass, field

from aquarium_tui.formats.records import EXAMPLES
from aquarium_tui.model.problems import Action, Problem


@dataclass
class _Kind:
    action: Action
    hint: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


class Gatherer:
    """Counts troubles by kind and keeps the first places of each.

    Args:
        where: What the places are in, such as "val.json images".
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._kinds: dict[str, _Kind] = {}

    def add(self, kind: str, action: Action, index: int, detail: str = "", hint: str = "") -> None:
        """Count one more trouble, at element `index`."""
        gathered = self._kinds.setdefault(kind, _Kind(action, hint))
        gathered.count += 1
        if gathered.count <= EXAMPLES:
            place = f"{self._where}[{index}]"
            gathered.examples.append(f"{place} ({detail})" if detail else place)

    def problems(self) -> tuple[Problem, ...]:
        """One problem a kind, in order of first appearance."""
        return tuple(
            Problem(kind, gathered.count, gathered.action, tuple(gathered.examples), gathered.hint)
            for kind, gathered in self._kinds.items()
        )
