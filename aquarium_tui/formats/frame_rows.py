"""Frames of files that list objects frame by frame, and what there is to say of such files."""

from collections.abc import Iterable, Mapping
from typing import Any

from aquarium_tui.formats.collected import Place
from aquarium_tui.formats.problems import Gatherer
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Problem


class FrameRows:
    """Takes frames one by one; one that occurs again is the frame that it was.

    Args:
        where: What they lie in, such as "val.json frames".
    """

    def __init__(self, where: str) -> None:
        self._again = Gatherer(where)
        self.rows: dict[str, Mapping[str, Any]] = {}

    def add(self, i: int, name: str, row: Mapping[str, Any]) -> None:
        """Take frame `i` of the file, with what is to be kept of it."""
        if name in self.rows:
            hint = "its objects are added to those of the earlier one"
            self._again.add("frames with the name of an earlier one", "changed", i, visible(name), hint)
        else:
            self.rows[name] = row

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with them."""
        return self._again.problems()


def places(file: str, outer: str, inner: str) -> Place:
    """Places such as "val.json frame 3 labels[2]", of the words `val.json`, `frame` and `labels`."""

    def place(i: int, j: int) -> str:
        return f"{file} {outer} {i}" if j < 0 else f"{file} {outer} {i} {inner}[{j}]"

    return place


def score_note(scores: int) -> tuple[str, ...]:
    """The sentence on labels of which `scores` have a confidence, if any has."""
    advice = "if these are a model's inferences, upload them with --inferences-id"
    return (f"{scores:,} labels have a confidence: {advice}",) if scores else ()


def nested_note(keys: Iterable[str]) -> tuple[str, ...]:
    """The sentence on keys that are not read, if there are any."""
    words = ", ".join(map(visible, keys))
    return (f"keys with lists or objects are not read: {words}",) if words else ()
