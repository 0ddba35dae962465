"""The class map that a list of classes and a file lead to, and which class each record and value means."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats.class_list import LARGEST, ListedClass, preset_note, read_class_list
from aquarium_tui.formats.shared.values import whole
from aquarium_tui.ingest.readings import CLASSES, ENOUGH, Reading, listed, one_to_one, unknown_way
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import COLOR, color_value, grey_level
from aquarium_tui.model.names import name_key, visible
from aquarium_tui.model.numbers import counted, grouped
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
            f"{counted(len(new), 'class is', 'classes are')} new to the project: {names}"
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


_LISTED = 3
"""How many ids of a permuted list a message gives as examples."""
_PROVEN, _EXCHANGED = 3, 4
"""So many boxes on labels of one other class, and so many times as many as on its own, show that an id stands
for that class. Of two detectors that are right about their 80 classes, no id does so; of one whose list has
nine classes exchanged, three do."""
_NOTABLE = 0.05
"""The share of all boxes that such ids need if they do not just exchange their classes: with 1,200 classes, a
weak model has a few that it always takes for others."""
_OFTEN, _SELDOM = 1 / 3, 0.15
"""The share of boxes on labels of other classes up to which a single id is taken for a class: detectors of
people have 5 to 10 %. An id that the labels do not have is more likely to stand for every class."""


@dataclass(frozen=True)
class ClassMatch:
    """The class of each record under one reading.

    Attributes:
        reading: Its words complete "classes are matched …".
        positions: `(records,)` int32 position in the class map, -1 if there is none.
        matched: How many records have one.
        complete: Whether every record that names a class has one.
        certain: Whether the file says it in so many words: names, or a list of the user.
    """

    reading: Reading
    positions: NDArray[np.int32]
    matched: int
    complete: bool
    certain: bool = False


def possible_classes(
    dataset: Dataset,
    keys: Text,
    names: Text | None = None,
    *,
    indexed: bool = False,
    forced: str = "",
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> Sequence[ClassMatch]:
    """The ways to match records with classes, the likeliest first.

    There is always one; others find other classes for some records. Names that are all known are certain.
    Otherwise the ids of the labels file come first, or positions if the format defines them or if only they
    leave no record without a class. Readings that leave more records without a class are not tried.

    Args:
        dataset: The dataset with the class map, and the class ids that its labels file used.
        keys: How each record names its class.
        names: The class name that each gives as well, if any.
        indexed: Whether the format defines the keys as positions from 0, not ids.
        forced: The name of the only reading to try; empty tries all.
        aliases: The key of a class name by that of another name for it.

    Raises:
        UsageError: There is no such reading.
    """
    by_name = [_by_name(dataset, text, aliases) for text in (names, keys) if text is not None]
    numbers = list(_by_number(dataset, keys))
    if forced:
        ways = [way for way in (*numbers, *by_name) if way.reading.name == forced]
        if not ways:
            raise unknown_way(CLASSES, forced)
        return [max(ways, key=lambda way: way.matched)]
    certain = [match for match in by_name if match.complete]
    if certain:
        return certain[:1]
    stated = numbers[1] if indexed else max((numbers[0], *by_name), key=lambda match: match.matched)
    others = [way for way in numbers if way is not stated and way.complete]
    ways = _ordered(stated, others, keys)
    first, *rivals = [way for way in ways if way.matched] or [stated]
    return [first, *_different(first, rivals)]


def classes_of_list(listed: Mapping[int, int], keys: Text, file: str) -> ClassMatch:
    """The classes of records whose ids are those of a list of classes.

    Args:
        listed: Position in the class map by the id in the list.
        keys: How each record names its class.
        file: The name of the list.
    """
    reading = Reading(file, f"by the ids that {visible(file)} lists")
    return _match(reading, keys, partial(_at, listed), certain=True)


def shifted_classes(dataset: Dataset, keys: Text, offset: int) -> ClassMatch:
    """The classes of records whose class ids are `offset` above those of the labels file."""
    by_id = {file_id + offset: position for file_id, position in _positions(dataset).items()}
    words = f"by id, {offset:+d} from those of the labels, as --category-offset says"
    return _match(Reading("offset", words), keys, partial(_at, by_id), certain=True)


def check_sense(
    match: ClassMatch, keys: Text, records: NDArray[np.int64], wanted: NDArray[np.int32], names: Sequence[str]
) -> None:
    """Make sure that class ids mean the classes of the labels, and not those of another list.

    Args:
        match: The reading that was taken.
        keys: How each record names its class.
        records: `(n,)` int64 records on a label.
        wanted: `(n,)` int32 position of the class of that label.
        names: Names of the classes by position.

    Raises:
        InputError: The ids fit the classes in another order, or one id stands for every class.
    """
    if match.certain or len(records) < ENOUGH:
        return
    right = int(np.count_nonzero(match.positions[records] == wanted))
    ids, order = np.unique(keys.codes[records], return_inverse=True)
    table = np.zeros((len(ids), len(names)), np.int64)
    np.add.at(table, (order, wanted), 1)
    best = one_to_one(table)
    found = table[np.arange(len(ids)), best][best >= 0]
    # Whatever class an id is taken for, its first box agrees: with one box of each class, any order fits.
    fits, told = int(found.sum()), 2 * np.count_nonzero(found) <= found.sum()
    allowed = _OFTEN if match.reading.name == "id" else _SELDOM
    if len(ids) == 1 and len(records) - right > allowed * len(records):
        raise InputError(
            f"All inferences have the class id {visible(str(keys.words[ids[0]]))}, but lie on labels of "
            f"{np.count_nonzero(table[0])} classes: {grouped(right)} of {grouped(len(records))} agree.",
            "Write the class of each box into the file, or accept this with "
            f"--reading {CLASSES}={match.reading.name}.",
        )
    which, on = "The", len(records)
    moved = np.flatnonzero(best >= 0)
    if not (len(ids) > 1 and told and fits >= max(ENOUGH, 2 * right) and 2 * fits > on):
        moved = _moved(table, best, match.positions[records[np.unique(order, return_index=True)[1]]])
        which, on, fits = grouped(len(moved)), int(table[moved].sum()), int(table[moved, best[moved]].sum())
        right = int(np.count_nonzero((match.positions[records] == wanted) & np.isin(order, moved)))
        if fits < ENOUGH:
            return
    pairs = [f"{keys.words[ids[i]]} is {names[best[i]]}" for i in moved.tolist()]
    shown = visible(", ".join(pairs[:_LISTED]))
    raise InputError(
        f"{which} class ids seem to be those of another list of classes: {match.reading.words}, "
        f"{grouped(right)} of {grouped(on)} boxes on a label have its class, but {grouped(fits)} would if "
        f"{shown}{' and so on' if len(moved) > _LISTED else ''}.",
        "Name the model's own list of classes, one name per line from id 0 or CSV `id,name`, with "
        f"--classes FILE, or accept this with --reading {CLASSES}={match.reading.name}.",
    )


def _moved(table: NDArray[np.int64], best: NDArray[np.int64], read: NDArray[np.int32]) -> NDArray[np.int64]:
    """The ids that stand for another class than they are read as, by what lies under their boxes.

    A weak model also takes classes for others. Ids prove another list only if each stands for the class that
    another of them is read as, or if many boxes have them.

    Args:
        table: `(ids, classes)` how many records of each id lie on each class.
        best: `(ids,)` the class that fits each, -1 if there is none.
        read: `(ids,)` the class that each is read as.
    """
    each = np.arange(len(table))
    fits, right = np.where(best >= 0, table[each, best], 0), np.where(read >= 0, table[each, read], 0)
    clear = (fits >= _PROVEN) & (fits > _EXCHANGED * right) & (2 * fits > table.sum(axis=1))
    moved = np.flatnonzero((best != read) & clear)
    if len(moved) > 1 and fits[moved].sum() >= _NOTABLE * table.sum():
        return moved
    while len(moved):
        closed = np.isin(best[moved], read[moved]) & np.isin(read[moved], best[moved])
        if closed.all():
            break
        moved = moved[closed]
    return moved


def _ordered(stated: ClassMatch, others: Sequence[ClassMatch], keys: Text) -> list[ClassMatch]:
    """What the file states first, unless only other readings give every record a class."""
    if stated.complete:
        return [stated, *(_unlikely(way) for way in others)]
    # Without a 0, ids that run up to the number of classes count from 1.
    start = "position" if "0" in keys.words else "position-1"
    first = [way for way in others if way.reading.name == start]
    rest = [way for way in others if way not in first]
    return [*first, stated, *map(_unlikely, rest)] if others else [stated]


def _unlikely(match: ClassMatch) -> ClassMatch:
    reading = Reading(match.reading.name, match.reading.words, plain=False)
    return ClassMatch(reading, match.positions, match.matched, match.complete)


def _different(first: ClassMatch, rivals: Sequence[ClassMatch]) -> Iterator[ClassMatch]:
    seen = [first.positions]
    for rival in rivals:
        if not any(np.array_equal(rival.positions, positions) for positions in seen):
            seen.append(rival.positions)
            yield rival


def _by_name(dataset: Dataset, keys: Text, aliases: Mapping[str, str]) -> ClassMatch:
    positions = dataset.project.class_map.positions_by_name

    def position(word: str) -> int | None:
        key = aliases.get(name_key(word), name_key(word))
        return next((positions[form] for form in _forms(key) if form in positions), None)

    return _match(Reading("name", "by name"), keys, position, certain=True)


def _forms(key: str) -> Iterator[str]:
    """A name, then what it may be the plural or the singular of."""
    yield key
    for ending, other in (("ies", "y"), ("es", ""), ("s", "")):
        if key.endswith(ending):
            yield key.removesuffix(ending) + other
    yield from (key + "s", key + "es", key.removesuffix("y") + "ies")


def _by_number(dataset: Dataset, keys: Text) -> Iterator[ClassMatch]:
    """Matches by id, by position from 0 and from 1, and by position among the sorted names from 0."""
    entries = dataset.project.class_map.entries
    by_id = _positions(dataset)
    yield _match(Reading("id", "by id"), keys, partial(_at, by_id))
    sorted_ = sorted(by_id.values(), key=lambda position: entries[position].name.casefold())
    for name, start, order, words in (
        ("position", 0, list(by_id.values()), "by position from 0 ({})"),
        ("position-1", 1, list(by_id.values()), "by position from 1 ({})"),
        ("alphabet", 0, sorted_, "by position from 0 in alphabetical order ({})"),
    ):
        by_position = dict(enumerate(order, start))
        first = f"{start} is {visible(entries[order[0]].name)}" if order else "there are no classes"
        first += _shifted(list(by_id), start) if name != "alphabet" else ""
        yield _match(Reading(name, words.format(first)), keys, partial(_at, by_position))


def _shifted(ids: Sequence[int], start: int) -> str:
    """A remark if positions from `start` are the ids of the labels, shifted by one."""
    run = bool(ids) and list(ids) == list(range(ids[0], ids[0] + len(ids)))
    return "; the ids are shifted by one" if run and abs(ids[0] - start) == 1 else ""


def _positions(dataset: Dataset) -> dict[int, int]:
    """Position in the class map by the id in the labels file, in the order of those ids."""
    by_id = dataset.project.class_map.positions_by_id
    return {file_id: by_id[own] for file_id, own in sorted(dataset.categories.items())}


def _match(
    reading: Reading, keys: Text, position: Callable[[str], int | None], certain: bool = False
) -> ClassMatch:
    found = [position(word) for word in keys.words]
    positions = np.array([*(-1 if p is None else p for p in found), -1], dtype=np.int32)[keys.codes]
    matched = int(np.count_nonzero(positions >= 0))
    complete = matched == int(np.count_nonzero(~keys.missing)) > 0
    return ClassMatch(reading, positions, matched, complete, certain)


def _at(positions: Mapping[int, int], word: str) -> int | None:
    number = whole(word)
    return None if number is None else positions.get(number)
