"""What each object alone adds to a part of a difference in AP.

In base, one object is switched to other, and nothing else; its contribution is how the AP of its class
changes. Only its frame is matched anew, and AP is read off the curve of base with the few places where
something changed: so a hundred thousand objects take seconds. Contributions rank objects; they have no sum.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.certainty.ranked import CAP, IOUS, greedy
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.geometry import Group, geometry_of
from aquarium_tui.compare.objects.hybrids import Hybrids
from aquarium_tui.errors import CancelledError
from aquarium_tui.model.arrays import Flags, Floats, Whole

_RECALLS = np.linspace(0.0, 1.0, 101)
"""COCO reads precision at these recalls. As floats they differ from i/100 by an ulp here and there, and a
recall that falls short of one by an ulp does not reach it; so they are compared as pycocotools does."""

_ROWS = 4000
"""Switches read together: their tables, 101 recalls wide, take a few megabytes each."""

_LEAST = 1e-12
"""A smaller change of AP is rounding."""

Items = NDArray[np.int64]


@dataclass(frozen=True)
class Contributions:
    """Objects by what they add to a part, the largest change first, whatever its sign.

    Attributes:
        value: `(n,)` float64, the change of its class's AP.
        frame: `(n,)` int64.
        class_: `(n,)` int64 evaluated class.
        label: `(n,)` int64 row of its label; -1 without one.
        base: `(n,)` int64 row of its inference in base; -1 without one.
        other: `(n,)` int64 row of its inference in other; -1 without one.
    """

    value: Floats
    frame: Items
    class_: Items
    label: Items
    base: Items
    other: Items


class _Switches(NamedTuple):
    """Objects, and the item that each takes out of base and the one it puts in; -1 where there is none."""

    label: Items
    base: Items
    other: Items
    removed: Items
    added: Items


class _Events(NamedTuple):
    """Where switches change the ranking of base at one threshold, by switch and then by item.

    Attributes:
        switch: `(n,)` int64.
        item: `(n,)` int64.
        right: `(n,)` int64, labels found at it: 1 more, 1 fewer or as many.
        counted: `(n,)` int64, inferences that count at it: the same.
    """

    switch: Items
    item: Items
    right: Items
    counted: Items


def contributions(
    found: Hybrids,
    sets: tuple[Evaluation, Evaluation],
    part: str,
    class_: int | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Contributions:
    """The objects that add to a part of the difference in AP.

    Of a label that both sets find, only the box is switched for `localisation` and only the confidence for
    `confidence`. Inferences that find nothing are one object where those of both sets overlap by half.

    Args:
        found: The hybrids.
        sets: Base and other.
        part: One of `hybrids.PARTS`.
        class_: An evaluated class; None takes all.
        cancelled: Asked before each IoU threshold.

    Raises:
        CancelledError: `cancelled` said so.
    """
    switches = _switches(found, sets, part)
    detections = found.detections
    at = np.where(switches.base >= 0, switches.base, switches.other)
    if class_ is not None:
        mine = detections.class_[at] == class_
        switches, at = _Switches(*(column[mine] for column in switches)), at[mine]
    of_class = detections.class_[at].astype(np.int64)
    value = _Curves(found).changes(switches, of_class, cancelled)
    row = np.append(detections.row, -1)
    order = np.argsort(-np.abs(value), kind="stable")
    order = order[np.abs(value[order]) > _LEAST]
    return Contributions(
        value[order],
        detections.frame[at[order]].astype(np.int64),
        of_class[order],
        switches.label[order],
        row[switches.base[order]],
        row[switches.other[order]],
    )


def _switches(found: Hybrids, sets: tuple[Evaluation, Evaluation], part: str) -> _Switches:
    """The objects that have a share in a part."""
    n = len(found.detections.row)
    # The item with box and confidence of a detection, and the one with its confidence and another's box.
    own, mixed = np.full(n + 1, -1), np.full(n + 1, -1)
    whole = found.box == found.scored
    own[found.scored[whole]] = np.flatnonzero(whole)
    mixed[found.scored[~whole]] = np.flatnonzero(~whole)
    if part == "false_alarms":
        base, other = _false_alarms(found, sets)
        return _Switches(np.full(len(base), -1), base, other, own[base], own[other])
    base, other = found.partners
    both = (base >= 0) & (other >= 0)
    label = np.flatnonzero((base >= 0) ^ (other >= 0) if part == "found" else both)
    b, o = base[label], other[label]
    if part == "found":
        return _Switches(label, b, o, own[b], own[o])
    return _Switches(label, b, o, own[b], mixed[b if part == "localisation" else o])


def _false_alarms(found: Hybrids, sets: tuple[Evaluation, Evaluation]) -> tuple[Items, Items]:
    """Detections of each set that find no label, paired where they overlap; -1 where one is alone."""
    detections = found.detections
    finds = np.zeros(len(detections.row), bool)
    finds[found.partners[found.partners >= 0]] = True
    group = detections.class_.astype(np.int64) * found.frames + detections.frame
    rest = np.flatnonzero(~finds)
    base, other = rest[rest < detections.base], rest[rest >= detections.base]
    base, other = (some[np.argsort(group[some], kind="stable")] for some in (base, other))
    a, b = (
        Group(each.inferences.objects, detections.row[some], group[some])
        for each, some in zip(sets, (base, other), strict=True)
    )
    first, second, iou = geometry_of(sets[0].dataset.project).in_common(sets[0].dataset.frames, a, b)
    near = np.flatnonzero(iou >= IOUS[0])
    near = near[np.argsort(-iou[near], kind="stable")]
    pairs = first[near], second[near], iou[near]
    mine, its = greedy(pairs, np.zeros(len(base), bool), len(other), float(IOUS[0]))
    partner = np.full(len(base), -1)
    partner[mine] = other[its]
    alone = np.setdiff1d(np.arange(len(other)), its)
    return (
        np.concatenate([base, np.full(len(alone), -1)]),
        np.concatenate([partner, other[alone]]),
    )


class _Matching(NamedTuple):
    """Groups as they are after a switch each, matched side by side.

    Attributes:
        switch: `(rows,)` the switch that a row belongs to; a row is an item of a group.
        item: `(rows,)`.
        there: `(rows,)` bool, false for an item that the switch takes out or that the cap leaves out.
        pairs: Place of the label in `label`, row and IoU, in COCO's order.
        label: `(k,)` rows of the labels, anew for each switch.
    """

    switch: Items
    item: Items
    there: Flags
    pairs: tuple[Whole, Whole, Floats]
    label: Items


class _Curves:
    """The precision–recall curves of base, and what switches make of them.

    Args:
        found: The hybrids.
    """

    def __init__(self, found: Hybrids) -> None:
        self.found = found
        self.member = found.members(0)
        label, item, iou = found.pairs
        self.pair_starts = np.searchsorted(item, np.arange(len(found.box) + 1))
        self.labels = np.bincount(found.labels.class_[~found.ignored], minlength=found.classes)
        kept = self.member[item]
        self.pairs = label[kept], item[kept], iou[kept]
        in_base = (found.present & 1).astype(bool)
        _, group, count = np.unique(found.group, return_inverse=True, return_counts=True)
        # In a group that COCO cuts off, any inference can take the place of any other.
        full = np.bincount(group[in_base], minlength=len(count))[group] >= CAP
        self.matters = np.append((np.diff(self.pair_starts) > 0) | full, False)
        relevant = np.flatnonzero(in_base & self.matters[:-1])
        self.relevant = relevant[np.argsort(found.group[relevant], kind="stable")]

    def changes(self, switches: _Switches, class_: Items, cancelled: Callable[[], bool]) -> Floats:
        """`(switches,)`: how the AP of its class changes with each.

        Args:
            switches: What is switched, each by itself.
            class_: `(switches,)` evaluated class.
            cancelled: Asked before each IoU threshold.
        """
        matched = self.matters[switches.removed] | self.matters[switches.added]
        anew = self._matching(switches, np.flatnonzero(matched))
        total = np.zeros(len(class_))
        for least in IOUS:
            if cancelled():
                raise CancelledError
            now = self._outcomes(self.pairs, np.arange(len(self.found.ignored)), self.member, least)
            then = self._outcomes(anew.pairs, anew.label, anew.there, least, anew.item)
            right, counted = (after - before[anew.item] for after, before in zip(then, now, strict=True))
            changed = np.flatnonzero((right != 0) | (counted != 0))
            events = [
                _Events(anew.switch[changed], anew.item[changed], right[changed], counted[changed]),
                *self._plain(switches, np.flatnonzero(~matched), now[1]),
            ]
            total += self._differences(_joined(events), class_, now)
        return total / len(IOUS)

    def _outcomes(
        self,
        pairs: tuple[Whole, Whole, Floats],
        label: Items,
        there: Flags,
        least: float,
        item: Items | None = None,
    ) -> tuple[Items, Items]:
        """`(rows,)` each: whether a row finds a label, and whether it counts, at an IoU threshold."""
        counted = self.found.counted if item is None else self.found.counted[item]
        mine, its = greedy(pairs, self.found.labels.region[label], len(there), float(least))
        finds = ~self.found.ignored[label[mine]]
        right, counts = np.zeros(len(there), np.int64), (there & counted).astype(np.int64)
        right[its[finds]] = 1
        counts[its] = finds
        return right, counts

    def _matching(self, switches: _Switches, some: Items) -> _Matching:
        """The groups of some switches, each after its switch."""
        found, removed, added = self.found, switches.removed[some], switches.added[some]
        group = found.group[np.where(removed >= 0, removed, added)]
        ordered = found.group[self.relevant]
        begin, end = (np.searchsorted(ordered, group, side) for side in ("left", "right"))
        switch, at = _ranges(begin, end)
        new, old = np.flatnonzero(added >= 0), np.flatnonzero(removed >= 0)
        # An item without pairs is not among the relevant ones, but leaves the counts all the same.
        bare = old[~self.matters[removed[old]]]
        switch = np.concatenate([switch, new, bare])
        item = np.concatenate([self.relevant[at], added[new], removed[bare]])
        order = np.lexsort((item, switch))
        switch, item = switch[order], item[order]
        there = item != removed[switch]
        so_far = np.cumsum(there)
        first = np.flatnonzero(np.append(True, switch[1:] != switch[:-1])) if len(switch) else switch
        before = np.repeat((so_far - there)[first], np.diff(np.append(first, len(switch))))
        there &= so_far - before <= CAP
        row, pair = _ranges(self.pair_starts[item], np.where(there, self.pair_starts[item + 1], 0))
        label, _, iou = found.pairs
        key = switch[row] * len(found.ignored) + label[pair]
        keys, place = np.unique(key, return_inverse=True)
        pairs = place.astype(np.int32), row.astype(np.int32), iou[pair]
        return _Matching(some[switch], item, there, pairs, keys % max(len(found.ignored), 1))

    def _plain(self, switches: _Switches, some: Items, counted: Items) -> Iterator[_Events]:
        """Switches of inferences that overlap no label: false alarms that come and go."""
        out, into = (column[some] for column in (switches.removed, switches.added))
        gone, new = np.flatnonzero(out >= 0), np.flatnonzero(into >= 0)
        nothing = np.zeros(len(gone), np.int64)
        yield _Events(some[gone], out[gone], nothing, -counted[out[gone]])
        nothing = np.zeros(len(new), np.int64)
        yield _Events(some[new], into[new], nothing, self.found.counted[into[new]].astype(np.int64))

    def _differences(self, events: _Events, class_: Items, now: tuple[Items, Items]) -> Floats:
        """`(switches,)`: how AP changes at one IoU threshold."""
        changes, starts = np.zeros(len(class_)), self.found.starts
        of = class_[events.switch]
        order = np.lexsort((events.item, events.switch, of))
        events, of = _Events(*(column[order] for column in events)), of[order]
        for one in np.unique(of):
            some = slice(*np.searchsorted(of, [one, one + 1]))
            mine = slice(starts[one], starts[one + 1])
            if self.labels[one]:
                curve = _Curve.of(now[0][mine], now[1][mine], int(self.labels[one]))
                its = _Events(*(column[some] for column in events))
                switch, new = curve.after(its._replace(item=its.item - starts[one]))
                changes[switch] = new - curve.precision
        return changes


@dataclass(frozen=True)
class _Curve:
    """The curve of one class at one IoU threshold.

    Attributes:
        right: `(found,)` int64, places in the ranking where a label is found.
        counted: `(ranked + 1,)` int64, how many inferences count before each place.
        need: `(101,)` int64, how many labels must be found to reach each recall.
        precision: The average precision.
    """

    right: Items
    counted: Items
    need: Items
    precision: float = 0.0

    @classmethod
    def of(cls, right: Items, counted: Items, labels: int) -> "_Curve":
        """Of what happens along a ranking, `(ranked,)` 0 or 1 each."""
        reached = np.arange(labels + 1) / labels
        need = np.maximum(np.searchsorted(reached, _RECALLS), 1)
        curve = cls(np.flatnonzero(right), np.append(0, np.cumsum(counted)), need)
        none = np.zeros((1, 0), np.int64)
        return cls(curve.right, curve.counted, need, float(curve._areas(none, none, none)[0]))

    def after(self, events: _Events) -> tuple[Items, Floats]:
        """The switches that change something, and the average precision after each."""
        switch, first, count = np.unique(events.switch, return_index=True, return_counts=True)
        area = np.zeros(len(switch))
        # Switches with as many changes form a table.
        for changes in np.unique(count):
            rows = np.flatnonzero(count == changes)
            at = first[rows][:, None] + np.arange(changes)
            area[rows] = self._distinct(events.item[at], events.right[at], events.counted[at])
        return switch, area

    def _distinct(self, item: Items, right: Items, counted: Items) -> Floats:
        """As `_areas`; false alarms between the same two labels are looked at once."""
        alarms = ~right.any(axis=1)
        area = np.zeros(len(item))
        rest = np.flatnonzero(~alarms)
        for part in (rest[at : at + _ROWS] for at in range(0, len(rest), _ROWS)):
            area[part] = self._areas(item[part], right[part], counted[part])
        if alarms.any():
            between = np.searchsorted(self.right, item[alarms])
            keys = _numbered(between * 3 + counted[alarms] + 1, 3 * (len(self.right) + 1))
            _, first, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
            some = np.flatnonzero(alarms)[first]
            parts = (some[at : at + _ROWS] for at in range(0, len(some), _ROWS))
            areas = [self._areas(item[part], right[part], counted[part]) for part in parts]
            area[alarms] = np.concatenate(areas)[of.ravel()]
        return area

    def _areas(self, item: Items, right: Items, counted: Items) -> Floats:
        """`(switches,)` average precision after the changes, `(switches, changes)` each, by place.

        Between two changes, the labels found and the inferences counted are those of base plus a constant.
        So the best precision from a recall on is the best over these stretches and the labels newly found.
        """
        found = len(self.right)
        low = np.searchsorted(self.right, item)
        edge = np.zeros((len(item), 1), np.int64)
        more, extra = (np.concatenate([edge, np.cumsum(c, axis=1)], axis=1) for c in (right, counted))
        begin = np.concatenate([edge, low + (right < 0)], axis=1)
        end = np.concatenate([low, edge + found], axis=1)
        best = np.zeros((len(item), len(self.need)))
        stretches = _Stretches.of(self, more, extra)
        for j in range(begin.shape[1]):
            start = np.maximum(begin[:, j, None], self.need - 1 - more[:, j, None])
            np.maximum(best, stretches.best(j, start, end[:, j, None]), out=best)
        for j in range(item.shape[1]):
            hits = low[:, j] + more[:, j + 1]
            precision = hits / np.maximum(self.counted[item[:, j] + 1] + extra[:, j + 1], 1)
            new = (right[:, j, None] > 0) & (self.need <= hits[:, None])
            np.maximum(best, np.where(new, precision[:, None], 0.0), out=best)
        return np.asarray(best.mean(axis=1))


class _Stretches(NamedTuple):
    """The precisions of a curve shifted by constants, ready to be asked for the best of any stretch.

    Attributes:
        code: `(switches, stretches)` which of the tables holds.
        tables: `(tables, levels, found)` the best of `2 ** level` labels found from each on.
    """

    code: Items
    tables: Floats

    @classmethod
    def of(cls, curve: _Curve, more: Items, extra: Items) -> "_Stretches":
        """With as many labels more, and inferences extra, as each stretch has."""
        shifts, code = np.unique(np.stack([more.ravel(), extra.ravel()]), axis=1, return_inverse=True)
        hits = np.arange(1, len(curve.right) + 1) + shifts[0][:, None]
        levels = [hits / np.maximum(curve.counted[curve.right + 1] + shifts[1][:, None], 1)]
        for level in range(len(curve.right).bit_length() - 1):
            best = levels[-1].copy()
            half = 1 << level
            np.maximum(best[:, :-half], levels[-1][:, half:], out=best[:, :-half])
            levels.append(best)
        return cls(code.reshape(more.shape), np.stack(levels, axis=1))

    def best(self, j: int, start: Items, end: Items) -> Floats:
        """The best precision of labels `start` to `end`, `(switches, recalls)`; 0 where there are none."""
        length = np.broadcast_to(end - start, start.shape)
        filled = length > 0
        if not filled.any():
            return np.zeros(start.shape)
        level = np.frexp(np.maximum(length, 1))[1] - 1
        last = self.tables.shape[2] - 1
        left, right = np.clip(start, 0, last), np.clip(end - (1 << level), 0, last)
        code = self.code[:, j, None]
        found = np.maximum(self.tables[code, level, left], self.tables[code, level, right])
        return np.where(filled, found, 0.0)


def _numbered(digits: Items, base: int) -> Items:
    """`(n,)`: one number for each row of digits below `base`, where it fits; else the digits `(n, digits)`.

    Numbers sort ten times as fast as rows.
    """
    if base ** digits.shape[1] >= 1 << 62:
        return digits
    return np.asarray(digits @ base ** np.arange(digits.shape[1]))


def _ranges(begin: Items, end: Items) -> tuple[Items, Items]:
    """The numbers from `begin[i]` up to `end[i]`, and which `i` each is of; none where they are reversed."""
    count = np.maximum(end - begin, 0)
    of = np.repeat(np.arange(len(begin)), count)
    return of, np.repeat(begin - np.cumsum(count) + count, count) + np.arange(count.sum())


def _joined(events: list[_Events]) -> _Events:
    return _Events(*(np.concatenate(column) for column in zip(*events, strict=True)))
