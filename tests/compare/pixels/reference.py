"""The slow and obvious: one pixel after the other."""

from collections import Counter, deque
from collections.abc import Iterator, Sequence

import numpy as np

from aquarium_tui.model.outcomes import Diff
from tests.compare.pixels.scene import VOID, Frame, N

BACKGROUND = N


def pixels(frame: Frame) -> Iterator[tuple[int, int, int]]:
    """Label, base and other of each pixel that counts, classes by their position."""
    label, base, other = frame
    for place in np.ndindex(label.shape):
        wanted, before, after = (int(mask[place]) for mask in (label, base, other))
        if wanted < N:
            yield wanted, named(before), named(after)


def named(value: int) -> int:
    return value if value < VOID else BACKGROUND


def confusion(found: Sequence[Frame], side: str) -> np.ndarray:
    matrix = np.zeros((N + 1, N + 1), np.int64)
    for frame in found:
        for label, base, other in pixels(frame):
            matrix[label, base if side == "base" else other] += 1
    return matrix


def diff(label: int, base: int, other: int) -> Diff:
    if label >= N:
        return Diff.IGNORED
    before, after = named(base) == label, named(other) == label
    if before:
        return Diff.BOTH_RIGHT if after else Diff.BROKEN
    return Diff.FIXED if after else Diff.BOTH_WRONG


def diff_map(frame: Frame) -> np.ndarray:
    found = np.zeros(frame[0].shape, np.uint8)
    for place in np.ndindex(found.shape):
        found[place] = diff(*(int(mask[place]) for mask in frame))
    return found


def lists(found: Sequence[Frame], cell: tuple[int, int]) -> Counter[str]:
    """Pixels of a cell by list, as section 5 says it of objects."""
    counts: Counter[str] = Counter()
    for frame in found:
        for label, base, other in pixels(frame):
            before, after = (label, base) == cell, (label, other) == cell
            right = other == label if cell[0] != cell[1] else True
            if before and after:
                counts["unchanged"] += 1
            elif before:
                counts["fixed" if right else "moved"] += 1
            elif after:
                counts["introduced"] += 1
    return counts


def regions(values: np.ndarray) -> list[tuple[int, int, tuple[int, ...]]]:
    """Value, pixels and box of each region, found by flooding."""
    seen = np.zeros(values.shape, bool)
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for start in np.ndindex(values.shape):
        if not values[start] or seen[start]:
            continue
        seen[start] = True
        queue, members = deque([start]), []
        while queue:
            y, x = queue.popleft()
            members.append((y, x))
            for near in ((y + j, x + i) for j in (-1, 0, 1) for i in (-1, 0, 1)):
                inside = 0 <= near[0] < values.shape[0] and 0 <= near[1] < values.shape[1]
                if inside and not seen[near] and values[near] == values[start]:
                    seen[near] = True
                    queue.append(near)
        rows, columns = zip(*members, strict=True)
        box = (min(columns), min(rows), max(columns) + 1, max(rows) + 1)
        found.append((int(values[start]), len(members), box))
    return found
