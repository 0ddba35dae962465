"""COCO's `categories` as classes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from aquarium_tui.formats.problems import Gatherer
from aquarium_tui.formats.records import key_text
from aquarium_tui.formats.values import clean
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Problem


@dataclass(frozen=True)
class Classes:
    """File id and name of each class, in the order of ids, and what there is to say of them."""

    classes: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_classes(categories: Sequence[Any], where: str, used: Collection[str]) -> Classes:
    """Classes of COCO's `categories`.

    Args:
        categories: The elements of the list, whatever they are.
        where: What the list is called in messages, such as "val.json categories".
        used: The category ids, as text, that annotations name.
    """
    problems = Gatherer(where)
    names: dict[int, str] = {}
    parents: dict[int, Any] = {}
    for i, category in enumerate(categories):
        id_ = _id(category)
        if id_ is None:
            problems.add("categories without a whole number as id", "left out", i)
        elif id_ in names:
            problems.add("categories with the id of an earlier one", "left out", i, str(id_))
        else:
            names[id_] = _name(category, id_, i, problems)
            parents[id_] = category.get("supercategory")
    _check_names(names, problems)
    notes = _drop_root(names, parents, used)
    return Classes(tuple(sorted(names.items())), notes, problems.problems())


def _id(category: object) -> int | None:
    text = key_text(category.get("id")) if isinstance(category, dict) else None
    return int(text) if text is not None and text.isascii() and text.removeprefix("-").isdigit() else None


def _name(category: dict[str, Any], id_: int, i: int, problems: Gatherer) -> str:
    name = category.get("name")
    if isinstance(name, str) and name:
        return clean(name)
    problems.add("categories without a name", "changed", i, hint="the id stands for the name")
    return str(id_)


def _check_names(names: dict[int, str], problems: Gatherer) -> None:
    first: dict[str, int] = {}
    for i, (id_, name) in enumerate(names.items()):
        if first.setdefault(name.casefold(), id_) != id_:
            hint = "they are one class: names are compared without case"
            problems.add("categories with the name of an earlier one", "kept", i, visible(name), hint)


def _drop_root(names: dict[int, str], parents: dict[int, Any], used: Collection[str]) -> tuple[str, ...]:
    """Drop Roboflow's category 0, which is only the parent of the others."""
    if 0 not in names or "0" in used or names[0] not in [parents[id_] for id_ in names if id_ != 0]:
        return ()
    root = names.pop(0)
    return (f"category 0 ({visible(root)}) is only the parent of the others: dropped",)
