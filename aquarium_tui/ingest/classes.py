"""The class map that a list of classes and a file lead to, and what the values of masks mean in it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.class_list import LARGEST, ListedClass, preset_note, read_class_list
from aquarium_tui.formats.shared.values import whole
from aquarium_tui.ingest.provenance import listed
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.masks import COLOR, color_value, grey_level
from aquarium_tui.model.names import name_key, visible
from aquarium_tui.model.tables import Dataset, Project

_VOID = frozenset(
    {"void", "unlabelled", "unlabeled", "ignore", "ignored", "don't care", "dontcare", "unknown"}
)
_GREYEST = 255
"""The largest value of a channel."""


@dataclass(frozen=True)
class MaskClasses:
    """The classes of masks.

    Attributes:
        class_map: The class map of the project.
        values: As in `Masks.values`.
        notes: What was noticed.
    """

    class_map: ClassMap
    values: Mapping[int, int]
    notes: tuple[str, ...] = ()


def grown_classes(
    known: ClassMap, named: Iterable[tuple[int, str]], classes: Path | None, ignore: Sequence[str]
) -> ClassMap:
    """A class map, extended by the classes of a list and then of a file that it does not know by name.

    Args:
        known: The class map; its own classes do not change.
        named: The ids and names of the file's classes; an id that is taken is replaced.
        classes: The list; None for none.
        ignore: Names or ids of classes to exclude from all counts.

    Raises:
        UsageError: `ignore` names an unknown class, or one that already counts in the project.
        InputError: The list cannot be read.
    """
    ids = list(named)
    listed_ = () if classes is None else read_class_list(classes, [id_ for id_, _ in ids])
    grown = ClassMap((*known.entries, *_new_entries(known, listed_))).extended(ids)
    grown = grown.with_parents(_parents(listed_))
    for wanted in ignore:
        grown, _ = _ignoring(
            grown, {entry.id: entry.id for entry in grown.entries}, wanted, len(known.entries)
        )
    return grown


def label_classes(
    project: Project, classes: Path | None, ignore: Sequence[str], seen: Collection[int] = ()
) -> MaskClasses:
    """The classes of label masks.

    Args:
        project: The project; its classes, matched by name, do not change, and new ones are added.
        classes: The list of classes; None takes those of the project.
        ignore: Names or values of classes whose pixels to exclude from all counts.
        seen: The values that the masks have.

    Raises:
        UsageError: There are no classes, or `ignore` names an unknown one, or one that already counts in the
            project.
        InputError: The list cannot be read.
    """
    found = None if classes is None else read_class_list(classes, seen, masks=True)
    if found is None and not project.class_map.entries:
        hint = (
            "Name them with --classes FILE: one name per line, the value is the number of the line, from 0."
        )
        raise UsageError("the meaning of the mask values is not known.", hint)
    known = project.class_map
    grown = ClassMap((*known.entries, *_new_entries(known, found or ()))).with_parents(_parents(found or ()))
    values = _values(grown, found)
    for wanted in ignore:
        grown, values = _ignoring(grown, values, wanted, len(known.entries))
    notes = (*preset_note(classes, seen, masks=True), *_notes(known, grown))
    return MaskClasses(grown, with_greys(values, seen), notes)


def with_greys(values: Mapping[int, int], seen: Collection[int]) -> dict[int, int]:
    """The meaning of values where masks are grey pictures saved with three channels.

    Only where every colour is grey, and not a colour of a class in place of a value: a colour-coded mask may
    well have a black or grey class.

    Args:
        values: Class ids by value and colour.
        seen: The values and colours that the masks have.
    """
    levels = {color: grey_level(color) for color in seen if color >= COLOR}
    if None in levels.values() or (
        levels.keys() <= values.keys() and not set(levels.values()) <= values.keys()
    ):
        return dict(values)
    greys = {color_value((v, v, v)): id_ for v, id_ in values.items() if v <= _GREYEST} if levels else {}
    return {**values, **greys}


def inferred_classes(dataset: Dataset, classes: Path | None, seen: Collection[int] = ()) -> MaskClasses:
    """The classes of inferred masks: those of the dataset's label masks, unless a list says otherwise.

    Args:
        dataset: A dataset with label masks.
        classes: A list whose names are classes of the project, for masks whose values differ.
        seen: The values that the masks have.

    Raises:
        InputError: The list cannot be read, or names no class of the project.
    """
    class_map = dataset.project.class_map
    if classes is None:
        return MaskClasses(class_map, with_greys(dataset.masks.values if dataset.masks else {}, seen))
    found = read_class_list(classes, seen, masks=True)
    known = [each for each in found if name_key(each.name) in class_map.positions_by_name]
    if not known:
        named = listed([each.name for each in found])
        own = listed([entry.name for entry in class_map.entries])
        raise InputError(
            f"{visible(str(classes))} names no class of the project.",
            f"It names {named}; the project has {own}.",
        )
    strange = [each.name for each in found if each not in known]
    notes = [f"the values mean what {visible(classes.name)} says"]
    if strange:
        notes.append(
            f"{visible(classes.name)} names classes that the project does not have: {listed(strange)}"
        )
    notes += preset_note(classes, seen, masks=True)
    return MaskClasses(class_map, with_greys(_values(class_map, known), seen), tuple(notes))


def _new_entries(known: ClassMap, found: Sequence[ListedClass]) -> Iterator[ClassEntry]:
    """Entries for the classes of a list that are not known by name; the id is the value, if free."""
    names, ids = set(known.positions_by_name), set(known.positions_by_id)
    for each in found:
        if name_key(each.name) not in names:
            id_ = each.value if each.value not in ids else max(ids, default=-1) + 1
            names.add(name_key(each.name))
            ids.add(id_)
            yield ClassEntry(id_, each.name, each.color, each.train_name, bool(each.ignore), each.parent)


def _parents(found: Sequence[ListedClass]) -> dict[str, str]:
    return {name_key(each.name): each.parent for each in found if each.parent}


def _values(class_map: ClassMap, found: Sequence[ListedClass] | None) -> dict[int, int]:
    """Class id by value and by colour; a colour that two classes share means the first."""
    entries = class_map.entries
    colors = [(entry.color, entry.id) for entry in entries]
    if found is None:
        values = {entry.id: entry.id for entry in entries}
    else:
        places = class_map.positions_by_name
        ids = [entries[places[name_key(each.name)]].id for each in found]
        values = {each.value: id_ for each, id_ in zip(found, ids, strict=True)}
        colors = [*((each.color, id_) for each, id_ in zip(found, ids, strict=True)), *colors]
    for color, id_ in colors:
        if color is not None:
            values.setdefault(color_value(color), id_)
    return values


def _ignoring(
    class_map: ClassMap, values: dict[int, int], wanted: str, fixed: int
) -> tuple[ClassMap, dict[int, int]]:
    """The classes with one more ignored: by name, by value, or for a value that has no class yet."""
    place = class_map.positions_by_name.get(name_key(wanted))
    number = whole(wanted)
    value = number if number is not None and 0 <= number <= LARGEST else None
    if place is None and value is not None and value in values:
        place = class_map.positions_by_id[values[value]]
    if place is None and value is None:
        own = listed([entry.name for entry in class_map.entries])
        raise UsageError(f'--ignore "{visible(wanted)}" is neither a class nor a value.', f"Classes: {own}.")
    if place is None:
        id_ = value if value not in class_map.positions_by_id else max(class_map.positions_by_id) + 1
        entry = ClassEntry(int(id_ or 0), f"value {value}", ignore_in_eval=True)
        return ClassMap((*class_map.entries, entry)), {**values, int(value or 0): entry.id}
    entries = list(class_map.entries)
    if place < fixed and not entries[place].ignore_in_eval:
        name = visible(entries[place].name)
        raise UsageError(
            f"{name} counts in this project, so it cannot be ignored.", "Upload to another project."
        )
    entries[place] = replace(entries[place], ignore_in_eval=True)
    return ClassMap(tuple(entries)), values


def _notes(known: ClassMap, grown: ClassMap) -> Iterator[str]:
    new = grown.entries[len(known.entries) :]
    if known.entries:
        names = listed([entry.name for entry in new])
        yield (
            f"{len(new):,} classes are new to the project: {names}"
            if new
            else "the classes are those of the project"
        )
    ignored = [entry.name for entry in grown.entries if entry.ignore_in_eval]
    if ignored:
        yield f"ignored classes, whose pixels are excluded from all counts: {listed(ignored)}"
    for entry in grown.entries:
        if entry.name.casefold() in _VOID and not entry.ignore_in_eval:
            name = visible(entry.name)
            yield f"{name} counts as a class like any other; use --ignore {name} to exclude its pixels"
