"""Two simulated segmentation networks: from a label mask to the mask of a model with its habits.

Edges leak and come in steps, thin poles and far people go missing, patches of one class are taken for another
where light and weather invite it, and cars appear where there are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from painter.camera import WIDTH
from painter.dice import Dice
from painter.scene import Scene
from painter.texture import noise, sampled

CLASSES = ("road", "pavement", "building", "sky", "vegetation", "pole", "vehicle", "person", "void")
VALUES = {name: value for value, name in enumerate(CLASSES)}
STEP = 3
Mask = NDArray[np.uint8]
Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Swap:
    """A class taken for another one.

    Attributes:
        label: What it is.
        inferred: What it is taken for.
        share: About which share of its area.
        when: Times of day and weather in which that happens; all if empty.
    """

    label: str
    inferred: str
    share: float
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class Habits:
    """How a network goes wrong.

    Attributes:
        salt: Makes its random numbers differ from the other network's.
        step: Pixels of one step of its edges.
        leak: How far its edges wander, pixels.
        lost: Share of the small things of a class that it does not see.
        swaps: What it takes for something else.
        phantoms: Share of the look-alikes of cars that it takes for one.
    """

    salt: int
    step: int
    leak: float
    lost: dict[str, float]
    swaps: tuple[Swap, ...]
    phantoms: float


BASE = Habits(
    salt=1,
    step=4,
    leak=7.0,
    lost={"pole": 0.62, "person": 0.30},
    swaps=(
        Swap("pavement", "road", 0.10),
        Swap("pavement", "road", 0.34, ("rain", "night")),
        Swap("building", "vegetation", 0.03),
        Swap("vegetation", "building", 0.10, ("fog", "night")),
        Swap("sky", "building", 0.08, ("fog", "night")),
    ),
    phantoms=0.35,
)
OTHER = Habits(
    salt=2,
    step=2,
    leak=3.5,
    lost={"pole": 0.22, "person": 0.12},
    swaps=(
        Swap("pavement", "road", 0.04),
        Swap("road", "pavement", 0.03),
        Swap("road", "pavement", 0.10, ("dusk",)),
        Swap("building", "sky", 0.16, ("night",)),
        Swap("vegetation", "building", 0.04, ("fog", "night")),
    ),
    phantoms=0.10,
)


def label_mask(scene: Scene) -> tuple[Mask, Numbers]:
    """Return the class and the thing of every pixel, both (360, 640)."""
    numbers = scene.numbers[1::STEP, 1::STEP]
    values = np.array([VALUES[surface] for surface in scene.surfaces], dtype=np.uint8)
    return values[numbers], numbers


def infer_mask(scene: Scene, labels: Mask, numbers: Numbers, habits: Habits) -> Mask:
    """Return the mask that a network infers for a scene, uint8 (360, 640), without void."""
    dice = Dice(90_001 * habits.salt + scene.moment.number)
    mask = _without(labels, labels == VALUES["void"])
    mask = _without(mask, _lost(scene, numbers, habits, dice))
    moment = (scene.moment.time_of_day, scene.moment.weather)
    for swap in habits.swaps:
        drift = dice.between(0, 500), dice.between(0, 500)
        if not swap.when or set(moment) & set(swap.when):
            patches = _patches(mask.shape, swap.share, drift)
            mask = np.where(patches & (mask == VALUES[swap.label]), np.uint8(VALUES[swap.inferred]), mask)
    mask = _with_phantoms(mask, scene, habits, dice)
    return _leaking(mask, habits, (dice.between(0, 500), dice.between(0, 500)))


def _without(mask: Mask, gone: NDArray[np.bool_]) -> Mask:
    """Return a mask whose gaps are filled with what is left of them, or else right of them."""
    columns = np.broadcast_to(np.arange(mask.shape[1]), mask.shape)
    last = np.maximum.accumulate(np.where(gone, -1, columns), axis=1)
    after = np.minimum.accumulate(np.where(gone, mask.shape[1], columns)[:, ::-1], axis=1)[:, ::-1]
    source = np.where(last >= 0, last, np.minimum(after, mask.shape[1] - 1))
    return np.asarray(np.take_along_axis(mask, source, axis=1))


def _lost(scene: Scene, numbers: Numbers, habits: Habits, dice: Dice) -> NDArray[np.bool_]:
    sizes = np.bincount(numbers.ravel(), minlength=len(scene.surfaces))
    lost = np.zeros(len(scene.surfaces), dtype=np.bool_)
    for number, surface in enumerate(scene.surfaces):
        share = habits.lost.get(surface, 0.0)
        if share and sizes[number]:
            lost[number] = dice.real() < share * min(1.5, 500 / float(sizes[number]))
    return np.asarray(lost[numbers])


def _patches(shape: tuple[int, ...], share: float, drift: Sequence[float]) -> NDArray[np.bool_]:
    tile = noise(77, 7, 4)
    v, u = np.mgrid[0 : shape[0] : 2, 0 : shape[1] : 2].astype(np.float32)
    values = sampled(tile, u * 0.8 + np.float32(drift[0]), v * 1.5 + np.float32(drift[1]))
    coarse = values > _ranked()[int((1 - share) * tile.size)]
    return np.repeat(np.repeat(coarse, 2, axis=1), 2, axis=0)


@cache
def _ranked() -> NDArray[np.float32]:
    return np.sort(noise(77, 7, 4), axis=None)


def _with_phantoms(mask: Mask, scene: Scene, habits: Habits, dice: Dice) -> Mask:
    v, u = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]].astype(np.float32)
    scale = mask.shape[1] / (WIDTH / 2)
    out = mask.copy()
    for kind, box in scene.lures:
        if kind == "traffic light" or not dice.chance(habits.phantoms):
            continue
        left, top, right, bottom = (value * scale for value in box)
        grow = dice.between(0.5, 0.9) * (right - left if kind == "car" else bottom - top)
        x, y = (left + right) / 2, bottom - 0.35 * grow
        blob = ((u - x) / max(4, grow)) ** 2 + ((v - y) / max(3, grow * 0.5)) ** 2 < 1
        out[blob & (mask != VALUES["person"])] = VALUES["vehicle"]
    return out


def _leaking(mask: Mask, habits: Habits, drift: Sequence[float]) -> Mask:
    step, (rows, columns) = habits.step, mask.shape
    v, u = np.mgrid[step // 2 : rows : step, step // 2 : columns : step].astype(np.float32)
    x, y = v * 3 + np.float32(drift[0]), u * 3 + np.float32(drift[1])
    tile = noise(78, 32, 3)
    right = np.round(u + sampled(tile, y, x) * habits.leak * 2).astype(np.int64)
    down = np.round(v + sampled(tile, x, y) * habits.leak).astype(np.int64)
    coarse = mask[np.clip(down, 0, rows - 1), np.clip(right, 0, columns - 1)]
    return np.repeat(np.repeat(coarse, step, axis=1), step, axis=0)
