"""Which class a record means: by the labels file's id, by name, or by position in the list of classes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible
from aquarium_tui.model.tables import Dataset


@dataclass(frozen=True)
class ClassMatch:
    """The class of each record under one rule.

    Attributes:
        words: Completes "classes are named …".
        positions: `(records,)` int32 position in the class map, -1 where there is none.
        matched: How many records have one.
        complete: Whether every record that names a class has one.
    """

    words: str
    positions: NDArray[np.int32]
    matched: int
    complete: bool


def possible_classes(dataset: Dataset, keys: Text, names: Text | None = None) -> Sequence[ClassMatch]:
    """The ways to read the classes of records, the likeliest first.

    There is always one; further ones find other classes for some records. A way that leaves no record
    without a class goes before one that does. Names are certain. Positions, from 0 or from 1, count only if
    they leave no record, because nearly any small number is a position.

    Args:
        dataset: Has the class map, and the class ids that its labels file used.
        keys: How each record names its class.
        names: The class name that each gives beside it, if any.
    """
    by_name = list(_by_name(dataset, [text for text in (names, keys) if text is not None]))
    by_number = list(_by_number(dataset, keys))
    certain = [match for match in by_name if match.complete]
    if certain:
        return certain[:1]
    complete = [match for match in by_number if match.complete]
    if not complete:
        return [max((by_number[0], *by_name), key=lambda match: match.matched)]
    first, *rivals = complete
    return [first, *(rival for rival in rivals if (rival.positions != first.positions).any())]


def _by_name(dataset: Dataset, columns: Sequence[Text]) -> Iterator[ClassMatch]:
    positions = dataset.project.class_map.positions_by_name
    for column in columns:
        yield _match("by name", column, lambda word: positions.get(word.casefold()))


def _by_number(dataset: Dataset, keys: Text) -> Iterator[ClassMatch]:
    """By id first, then by position."""
    class_map = dataset.project.class_map
    by_id = {file_id: class_map.positions_by_id[own] for file_id, own in sorted(dataset.categories.items())}
    yield _match("by id", keys, partial(_at, by_id))
    for start in (0, 1):
        by_position = dict(enumerate(by_id.values(), start))
        first = visible(class_map.entries[by_position[start]].name) if by_position else ""
        words = f"by position from {start}, not by id ({start} is {first})"
        yield _match(words, keys, partial(_at, by_position))


def _match(words: str, keys: Text, position: Callable[[str], int | None]) -> ClassMatch:
    found = [position(word) for word in keys.words]
    positions = np.array([*(-1 if p is None else p for p in found), -1], dtype=np.int32)[keys.codes]
    matched = int(np.count_nonzero(positions >= 0))
    return ClassMatch(words, positions, matched, matched == int(np.count_nonzero(~keys.missing)) > 0)


def _at(positions: dict[int, int], word: str) -> int | None:
    return positions.get(int(word)) if word.isascii() and word.removeprefix("-").isdigit() else None
