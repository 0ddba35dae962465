"""The class map of a project."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.names import name_key

BACKGROUND = "background"


@dataclass(frozen=True)
class ClassEntry:
    """One class of a project.

    Attributes:
        id: The number that names it in files; not negative, unique in the map.
        name: As labels and inferences write it; unique in the map.
        color: Red, green, blue, 0 to 255; None takes the palette's colour of its position.
        train_name: The name it is evaluated as, if another; several entries may share one.
        ignore_in_eval: Its labels and inferences are excluded from all counts.
        parent: The broader class that it belongs to, such as COCO's supercategory; None for none.
    """

    id: int
    name: str
    color: tuple[int, int, int] | None = None
    train_name: str | None = None
    ignore_in_eval: bool = False
    parent: str | None = None

    @property
    def evaluated_name(self) -> str:
        """The name under which it is counted."""
        return self.train_name or self.name


@dataclass(frozen=True)
class ClassMap:
    """The classes of a project, in their order; tables hold positions in `entries`.

    Attributes:
        entries: The classes.
        plain: The map that this one groups; None where classes are evaluated by their own names.
    """

    entries: tuple[ClassEntry, ...] = ()
    plain: "ClassMap | None" = None

    def by_parent(self) -> "ClassMap":
        """The same with each class evaluated as its parent; one without a parent stays as it is."""
        grouped = (replace(each, train_name=each.parent or each.train_name) for each in self.entries)
        return ClassMap(tuple(grouped), self)

    def with_parents(self, parents: Mapping[str, str]) -> "ClassMap":
        """The same, classes that have no parent yet having the one that is known by the key of their name."""
        found = (replace(e, parent=e.parent or parents.get(name_key(e.name))) for e in self.entries)
        return replace(self, entries=tuple(found))

    @cached_property
    def evaluated(self) -> NDArray[np.int32]:
        """`(entries,)` int32: position in `evaluated_names` of each entry, -1 for an ignored one."""
        position = {name_key(name): i for i, name in enumerate(self.evaluated_names)}
        return np.array(
            [-1 if e.ignore_in_eval else position[name_key(e.evaluated_name)] for e in self.entries],
            dtype=np.int32,
        )

    @cached_property
    def evaluated_names(self) -> tuple[str, ...]:
        """The names that are counted, compared case-insensitively, in order of first appearance."""
        names: dict[str, str] = {}
        for entry in self.entries:
            if not entry.ignore_in_eval:
                names.setdefault(name_key(entry.evaluated_name), entry.evaluated_name)
        return tuple(names.values())

    @cached_property
    def positions_by_id(self) -> dict[int, int]:
        """Position in `entries` by class id."""
        return {entry.id: i for i, entry in enumerate(self.entries)}

    @cached_property
    def positions_by_name(self) -> dict[str, int]:
        """Position in `entries` by the key of the name, of the first entry that has it."""
        return {name_key(entry.name): i for i, entry in reversed(list(enumerate(self.entries)))}

    def extended(self, names: Iterable[tuple[int, str]]) -> "ClassMap":
        """This map with those (wished id, name) added that it does not know by name.

        A wished id that is taken gives way to the next free one: entries never change.
        """
        entries = list(self.entries)
        known = set(self.positions_by_name)
        taken = set(self.positions_by_id)
        for wished, name in names:
            if name_key(name) in known:
                continue
            new = wished if wished not in taken and wished >= 0 else max(taken, default=-1) + 1
            entries.append(ClassEntry(new, name.strip() or name))
            known.add(name_key(name))
            taken.add(new)
        return ClassMap(tuple(entries))


def class_names(class_map: ClassMap) -> Sequence[str]:
    """Names of the rows and columns of a confusion: the evaluated names, background last.

    Where a class is itself called background, the last one is called `nothing`.
    """
    last, taken = BACKGROUND, {name_key(name) for name in class_map.evaluated_names}
    while last in taken:
        last = "nothing" if last == BACKGROUND else f"{last}_"
    return (*class_map.evaluated_names, last)


def distinct_names(class_map: ClassMap, *, evaluated: bool) -> tuple[str, ...]:
    """The distinct names of all entries, as evaluated or their own, case-insensitively."""
    names: dict[str, str] = {}
    for entry in class_map.entries:
        name = entry.evaluated_name if evaluated else entry.name
        names.setdefault(name_key(name), name)
    return tuple(names.values())
