"""What can be wrong with masks, found by reading all of them, and what values of inferred masks mean."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import EXAMPLES
from aquarium_tui.ingest.masks.folder import NamedMasks, Survey, SurveyedMasks
from aquarium_tui.ingest.readings import ENOUGH, VALUES, Reading, judged, one_to_one, unknown_way
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.masks import COLOR, Masks, color_value, grey_level, value_text
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.problems import Handling, Problem

_LISTED = 8
"""How many values or classes a hint lists."""
_ALIKE = 0.5
"""If labels and inferences have less than this share of the pixels in common, class by class, the values mean
something else: even a poor model gives each class about its share."""
_TRAIN_IDS, _LABEL_IDS = 18, 33
"""The largest trainId and labelId of Cityscapes; 255 stands for void."""


def problem(kind: str, places: Sequence[str], action: Handling, hint: str = "") -> Iterator[Problem]:
    """A problem with these places, if there are any."""
    if places:
        yield Problem(kind, len(places), action, tuple(visible(p) for p in places[:EXAMPLES]), hint)


def name_problems(named: NamedMasks, masks: Sequence[str], frames: Sequence[str]) -> Iterator[Problem]:
    """Frames without a mask, and masks that are not used."""
    lacking = [name for name, file in zip(frames, named.file.tolist(), strict=True) if file < 0]
    yield from problem("frames without a mask", lacking, "kept", "they are excluded from all counts")
    yield from problem("masks that belong to no image", [masks[i] for i in named.strange], "left out")
    again = [masks[i] for i in named.repeated]
    yield from problem("masks of a frame that already has one", again, "left out")


def mask_problems(found: SurveyedMasks, values: Collection[int], inferred: bool) -> Iterator[Problem]:
    """Masks that cannot be read, have another size, or hold values without a meaning.

    Args:
        found: The masks.
        values: The values that mean a class.
        inferred: Whether they are of a model: then one whose size is not that of the label mask is resized.
    """
    pairs = zip(found.paths, found.surveys, strict=True)
    unread = [f"{path} ({why})" for path, why in pairs if isinstance(why, str)]
    yield from problem(
        f"{found.what} that cannot be read", unread, "kept", "their frames are excluded from all counts"
    )
    yield from _sizes(found, inferred)
    yield from _unnamed(found, values, inferred)


def slip(labels: Masks, inferred: Masks, classes: ClassMap) -> Iterator[Problem]:
    """Inferences whose values seem to mean something else than those of the labels."""
    wanted, given = (_shares(masks, classes) for masks in (labels, inferred))
    alike = sum(min(share, wanted.get(position, 0.0)) for position, share in given.items())
    if alike >= _ALIKE * sum(wanted.values()) or not inferred.pixels:
        return
    names = classes.evaluated_names
    told = [
        f"labels: {', '.join(visible(names[position]) for position in list(wanted)[:_LISTED])}",
        f"inferences: values {', '.join(map(value_text, list(inferred.pixels)[:_LISTED]))}",
    ]
    kind = (
        "masks that have no class in common with the labels"
        if not alike
        else "masks whose values may mean other classes"
    )
    known = f"{remark}; " if (remark := of_cityscapes(labels, inferred)) else ""
    hint = f"{known}--classes FILE says what the values of the inferences mean"
    yield Problem(kind, inferred.count, "noted", tuple(told), hint)


def of_cityscapes(labels: Masks, inferred: Masks) -> str:
    """A remark if labels and inferences look like Cityscapes' two sets of ids; empty if not."""
    if _of_label_ids(labels.pixels) and _of_train_ids(inferred.pixels):
        return "the labels look like Cityscapes' labelIds, the inferences like its trainIds"
    return ""


def _sizes(found: SurveyedMasks, inferred: bool) -> Iterator[Problem]:
    wrong = [
        f"{path} ({each.width} × {each.height}, not {width} × {height})"
        for path, each, (width, height) in zip(found.paths, found.surveys, found.sizes, strict=True)
        if isinstance(each, Survey) and width and (each.width, each.height) != (width, height)
    ]
    if inferred:
        hint = "each pixel of the label mask is compared with the nearest one"
        yield from problem(f"{found.what} whose size is not that of the label mask", wrong, "changed", hint)
    else:
        yield from problem(f"{found.what} whose size is not that of the image", wrong, "kept")


def _unnamed(found: SurveyedMasks, values: Collection[int], inferred: bool) -> Iterator[Problem]:
    """Values, and separately colours, that mean no class."""
    for colored in (False, True):
        places: list[str] = []
        sums: Counter[int] = Counter()
        for path, each in found.read:
            if strange := _strange(each, values, colored):
                sums.update(strange)
                first = [f"{value_text(v)}: {grouped(n)} pixels" for v, n in list(strange.items())[:EXAMPLES]]
                places.append(f"{path} ({', '.join(first)})")
        kind = "colours that no class has" if colored else "values that no class has"
        fate = "count as wrong" if inferred else "are excluded from all counts"
        shown = ", ".join(value_text(v) for v, _ in sums.most_common(_LISTED))
        more = f" and {len(sums) - _LISTED:,} more" if len(sums) > _LISTED else ""
        repair = "give their classes these colours" if colored else "name them"
        hint = f"pixels of {shown}{more} {fate}; {repair} with --classes"
        hint += "" if inferred or colored else ", or leave them out with --ignore"
        yield from problem(f"{found.what} with {kind}", places, "kept" if inferred else "left out", hint)


def _strange(each: Survey, values: Collection[int], colored: bool) -> dict[int, int]:
    if each.colored != colored:
        return {}
    pairs = zip(each.value.tolist(), each.pixels.tolist(), strict=True)
    return {value: pixels for value, pixels in pairs if value not in values}


def _shares(masks: Masks, classes: ClassMap) -> dict[int, float]:
    """The share of each evaluated class in the pixels, the largest first."""
    sums: Counter[int] = Counter()
    for value, pixels in masks.pixels.items():
        id_ = masks.values.get(value)
        sums[-1 if id_ is None else int(classes.evaluated[classes.positions_by_id[id_]])] += pixels
    return {position: pixels / sums.total() for position, pixels in sums.most_common() if position >= 0}


def _of_label_ids(pixels: Mapping[int, int]) -> bool:
    plain = _plain(pixels)
    return bool(plain) and _TRAIN_IDS < max(plain) <= _LABEL_IDS


def _of_train_ids(pixels: Mapping[int, int]) -> bool:
    plain = _plain(pixels)
    return len(plain) > 1 and max(plain) <= _TRAIN_IDS and 0 in plain


def _plain(pixels: Mapping[int, int]) -> list[int]:
    return [value for value in pixels if value < COLOR and value != 255]


_FRAMES, _GRID, _PER_CLASS = 24, 96, 300
"""How many frames, points along each side of a frame, and points of each class of a frame are looked at:
small classes count as much as the background, and reading the masks takes half a second."""
_VOID, _STRAY = 255, 0.01
"""The value that `reduce_zero_label` makes of 0, and the share of other points that a reading may leave
without a class."""
_SHIFTS = {"+1": 1, "-1": -1}
"""Classes counted from 1 instead of 0, or the reverse, depending on whether 0 is background."""
_PAIRS = 3
"""Pairs that an error names: two show a shift, and a third tells it from an exchange of two classes."""


@dataclass(frozen=True)
class _Points:
    """Points of frames that have both masks, `(points,)`: the class of the label, and the inferred value."""

    wanted: NDArray[np.int64]
    value: NDArray[np.int64]


def judged_values(
    labels: Masks, inferred: Masks, classes: ClassMap, forced: str = ""
) -> tuple[Masks, tuple[str, ...]]:
    """The inferred masks with values that mean what the labels show, and notes if that is not the class id.

    Args:
        labels: The label masks.
        inferred: The masks of a model, whose values are class ids.
        classes: The classes of the project.
        forced: The name of the only reading to try; empty tries all.

    Raises:
        InputError: The values fit the labels in another order than any that is known.
        UsageError: There is no such reading.
    """
    if forced:
        return _forced(inferred, forced)
    points = _points(labels, inferred, classes)
    by_value = _positions(inferred.values, classes)
    readings = [Reading("id", "as class ids", plain=False)]
    tables = [by_value]
    for name, shift in _SHIFTS.items():
        direction = "lower" if shift > 0 else "higher"
        words = f"as class ids that are one {direction}, that is shifted by one ({name})"
        readings.append(Reading(name, words, plain=False))
        moved = ((_moved(value, shift), position) for value, position in by_value.items())
        tables.append({value: position for value, position in moved if value is not None})
    found = [_class_of(points.value, table) for table in tables]
    hits = np.stack([positions == points.wanted for positions in found])
    # One value that fits another reading proves nothing: a model may infer a single class everywhere.
    several = [len(np.unique(points.value[hit & ~hits[0]])) > 1 for hit in hits]
    whole = [np.mean((each < 0) & (points.value != _VOID)) < _STRAY if len(each) else False for each in found]
    kept = [i for i in range(len(readings)) if i == 0 or (several[i] and whole[i])]
    verdict = judged(VALUES, [readings[i] for i in kept], hits[kept], "points")
    taken = kept[verdict.taken]
    _check_sense(points, hits[taken], classes, of_cityscapes(labels, inferred))
    if taken == 0:
        return inferred, ()
    shift = _SHIFTS[readings[taken].name]
    return _shifted(inferred, shift), (f"values are read {readings[taken].words}", *verdict.notes)


def _forced(inferred: Masks, way: str) -> tuple[Masks, tuple[str, ...]]:
    if way == "id":
        return inferred, ()
    if way not in _SHIFTS:
        raise unknown_way(VALUES, way)
    return _shifted(inferred, _SHIFTS[way]), (f"values are read {way}, as --reading says",)


def _shifted(inferred: Masks, shift: int) -> Masks:
    colors = {v: id_ for v, id_ in inferred.values.items() if v >= COLOR and grey_level(v) is None}
    moved = ((_moved(value, shift), id_) for value, id_ in inferred.values.items())
    return replace(inferred, values=colors | {v: id_ for v, id_ in moved if v is not None})


def _moved(value: int, shift: int) -> int | None:
    """The value that a shift makes of one, or of a grey of three channels; None where there is none."""
    level = grey_level(value) if value >= COLOR else value
    if level is None or level < shift:
        return None
    return level - shift if value < COLOR else color_value((level - shift,) * 3)


def _points(labels: Masks, inferred: Masks, classes: ClassMap) -> _Points:
    both = np.flatnonzero(~labels.path.missing & ~inferred.path.missing)
    wanted, value = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    by_value = _positions(labels.values, classes)
    for row in both[:: len(both) // _FRAMES + 1].tolist():
        try:
            pair = read_mask(labels.file(row) or ""), read_mask(inferred.file(row) or "")
        except InputError:
            continue
        mine, theirs = (_sampled(values) for values in pair)
        position = _class_of(mine, by_value)
        rows = np.concatenate([wanted[0], *_some(position)])
        wanted.append(position[rows])
        value.append(theirs[rows])
    return _Points(np.concatenate(wanted), np.concatenate(value))


def _sampled(values: NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]) -> NDArray[np.int64]:
    """The values at points spread evenly over a mask of any size."""
    at = [((np.arange(_GRID) + 0.5) * side / _GRID).astype(np.int64) for side in values.shape]
    return values[np.ix_(*at)].ravel().astype(np.int64)


def _some(position: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Points of each class, evenly chosen; none of pixels without a class."""
    for class_ in np.unique(position[position >= 0]).tolist():
        rows = np.flatnonzero(position == class_)
        yield rows[:: len(rows) // _PER_CLASS + 1]


def _positions(values: Mapping[int, int], classes: ClassMap) -> dict[int, int]:
    """The position of the evaluated class by value; ignored classes have none."""
    found = {v: int(classes.evaluated[classes.positions_by_id[id_]]) for v, id_ in values.items()}
    return {value: position for value, position in found.items() if position >= 0}


def _class_of(values: NDArray[np.int64], table: Mapping[int, int]) -> NDArray[np.int64]:
    distinct, inverse = np.unique(values, return_inverse=True)
    return np.array([table.get(value, -1) for value in distinct.tolist()] or [-1], np.int64)[inverse]


def _check_sense(points: _Points, hit: NDArray[np.bool_], classes: ClassMap, remark: str) -> None:
    """Make sure that the values do not fit the labels better in another order.

    Args:
        points: The points that are looked at.
        hit: `(points,)` bool, whether each agrees under the reading that was taken.
        classes: The classes of the project.
        remark: What else the values look like; may be empty.

    Raises:
        InputError: They do.
    """
    if not len(points.value):
        return
    values, order = np.unique(points.value, return_inverse=True)
    table = np.zeros((len(values), len(classes.evaluated_names)), np.int64)
    np.add.at(table, (order, points.wanted), 1)
    best = one_to_one(table)
    fits = int(table[np.arange(len(values)), best][best >= 0].sum())
    right, count = int(hit.sum()), len(points.value)
    if len(values) == 1 or fits < max(ENOUGH, 2 * right):
        return
    pairs = _named(values.tolist(), best.tolist(), classes)
    also = f"{remark[:1].upper()}{remark[1:]}. " if remark else ""
    raise InputError(
        f"The values of masks seem to be those of another list of classes: {grouped(right)} of "
        f"{grouped(count)} points have the class of the label, but {grouped(fits)} would if {pairs}.",
        f"{also}Name what the values mean, as CSV `value,name`, with --classes FILE, or accept them with "
        f"--reading {VALUES}=id.",
    )


def _named(values: Sequence[int], best: Sequence[int], classes: ClassMap) -> str:
    named = [
        f"{v} is {classes.evaluated_names[b]}"
        for v, b in zip(values, best, strict=True)
        if v < COLOR and b >= 0
    ]
    return visible(", ".join(named[:_PAIRS])) + (" and so on" if len(named) > _PAIRS else "")
