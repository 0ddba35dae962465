"""What the four numbers of a box mean: their order, their scale and their origin, judged by the labels.

A reading of boxes takes the numbers as another order of sides (a *convention*), and their unit as another
scale. Each is tried on the inferences that the model is surest of, as wrong readings find labels by chance if
every image has hundreds of boxes.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Records
from aquarium_tui.ingest.objects import finite, in_pixels
from aquarium_tui.ingest.readings import BOXES, ENOUGH, SCALE, Decision, Reading, judged, unknown_way
from aquarium_tui.model.arrays import Boxes, areas, ratio
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.tables import Frames, Objects

_CLOSE = 0.5
"""An inference with at least this IoU with a label is taken to mean that object: the usual threshold."""
_LABELS, _PAIRS = 3_000, 15_000
"""How many labels, and pairs of a label and an inference, are looked at: 700 readings of them take 0.5 s."""
_PER_LABEL = 2
"""How many inferences are looked at per label of an image, the surest first."""
_SIDES = (
    *(224, 256, 300, 320, 352, 384, 416, 448, 480, 512, 544, 576, 608, 640, 672, 704, 736, 768, 800),
    *(832, 864, 896, 960, 1008, 1024, 1088, 1152, 1216, 1280, 1333, 1344, 1408, 1472, 1536, 1600, 1920, 2048),
)
"""Sides of the inputs of common networks."""
_FACTORS = (0.25, 1 / 3, 0.5, 2.0, 3.0, 4.0)
"""Scales of whole datasets: images are halved, doubled and so on between labelling and inferring."""
_EXACT = 0.26
"""Pixels within which a box repeats a label, but for rounding to half pixels. Only sets that do so tell
whether boxes are shifted by one pixel; the errors of detectors are larger than that."""

_FAR, _OFF = 30.0, 0.015
"""Sides at least so many pixels from the origin show the scale; if most of them are off by more than that
share, the scale is another one: neighbours among those of networks differ by 4 %."""

Convert = Callable[[Boxes], Boxes]
Rescale = Callable[[Boxes, NDArray[np.float64], NDArray[np.float64]], Boxes]


@dataclass(frozen=True)
class BoxReading:
    """One way to read boxes.

    Attributes:
        convention: The order of the numbers.
        scale: Their unit.
        convert: Corners by the boxes as they were read.
        rescale: Pixels by boxes and the width and height of their images, `(n,)` each.
    """

    convention: Reading
    scale: Reading
    convert: Convert
    rescale: Rescale

    @property
    def reading(self) -> Reading:
        """Both in one: what is named is what differs from the file."""
        if self.convention.name == GIVEN:
            return replace(self.scale, plain=False)
        if self.scale.name == GIVEN:
            return replace(self.convention, plain=False)
        return Reading(self.convention.name, f"{self.convention.words} and {self.scale.words}", plain=False)

    def box(self, box: Boxes, size: NDArray[np.float64]) -> Boxes:
        """Boxes in pixels, NaN where the size of the image is needed and unknown.

        Args:
            box: `(n, 4)` boxes as they were read.
            size: `(n, 2)` width and height of the image of each, NaN if unknown.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            return self.rescale(self.convert(box), *size.T)


GIVEN = "given"
"""The reading that the format states."""


@dataclass(frozen=True)
class Scene:
    """Pairs of a label and an inference in one frame, ordered by label.

    Attributes:
        label: `(pairs, 4)` boxes of the labels.
        given: `(pairs, 4)` boxes of the inferences as they were read.
        size: `(pairs, 2)` width and height of the image, NaN if unknown.
        starts: `(labels,)` the first pair of each label.
    """

    label: Boxes
    given: Boxes
    size: NDArray[np.float64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, labels: Objects, records: Records, frame: NDArray[np.int64], frames: Frames) -> "Scene":
        """Some of the labels, in frames that are spread evenly, and the surest inferences in these frames."""
        counts = np.diff(labels.starts)
        usable = np.flatnonzero((frame >= 0) & finite(records.box))
        here = np.minimum(np.bincount(frame[usable], minlength=len(counts)), _PER_LABEL * counts)
        both = np.flatnonzero(here > 0)
        total = int(here[both] @ counts[both])
        both = both[:: 1 + max(int(counts[both].sum()) // _LABELS, total // _PAIRS)]
        confidence = records.confidence if len(records.confidence) else np.zeros(len(records))
        order = usable[np.lexsort((-np.nan_to_num(confidence[usable]), frame[usable]))]
        begin = np.searchsorted(frame[order], both)
        label = np.concatenate([_range(labels.starts[both], counts[both]), np.zeros(0, np.int64)])
        per_label = np.repeat(here[both], counts[both])
        record = order[_range(np.repeat(begin, counts[both]), per_label)]
        starts = np.cumsum(per_label) - per_label
        box = labels.box[np.repeat(label, per_label)]
        return cls(box, records.box[record], sizes_of(frames, frame[record]), starts)

    def iou(self, box: Boxes) -> NDArray[np.float64]:
        """`(pairs,)` IoU of each label with the box of each inference."""
        side = np.minimum(self.label[:, 2:], box[:, 2:]) - np.maximum(self.label[:, :2], box[:, :2])
        common = np.nan_to_num(side.clip(0).prod(axis=1))
        return ratio(common, areas(self.label) + np.nan_to_num(areas(box)) - common)

    def fit(self, reading: BoxReading) -> tuple[NDArray[np.bool_], float]:
        """Which labels have an inference on them, `(labels,)`, and the sum of their IoUs."""
        if not len(self.starts):
            return np.zeros(0, bool), 0.0
        best = np.maximum.reduceat(self.iou(reading.box(self.given, self.size)), self.starts)
        hit = best >= _CLOSE
        return hit, float(best[hit].sum())


def sizes_of(frames: Frames, frame: NDArray[np.int64]) -> NDArray[np.float64]:
    """`(n, 2)` width and height of frames, NaN where unknown or where the frame is negative."""
    size = np.stack([np.append(side, 0) for side in (frames.width, frames.height)], axis=1)
    found = size[np.where(frame < 0, -1, frame)].astype(np.float64)
    found[(found <= 0).any(axis=1)] = np.nan
    return found


def _range(start: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers from each start, so many of them, end to end."""
    ends = np.cumsum(count)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(start - ends + count, count)


def judged_boxes(
    labels: Objects, records: Records, frame: NDArray[np.int64], frames: Frames
) -> tuple[Records, tuple[str, ...]]:
    """The records with boxes in pixels, in the reading that the labels support, and notes on it.

    Args:
        labels: The labels of the dataset.
        records: The inferences.
        frame: `(records,)` int64 row of the frame of each, negative if there is none.
        frames: The frames, with their sizes.

    Raises:
        InputError: The labels speak for another reading than that of the format, but do not decide it.
    """
    given = in_pixels(records, frame, frames)
    if records.whole or records.segmentation:
        return given, ()
    scene = Scene.of(labels, records, frame, frames)
    stated = BoxReading(
        Reading(GIVEN, ""), Reading(GIVEN, ""), _same, _fractions if records.relative else _pixels
    )
    hit, _ = scene.fit(stated)
    if 2 * hit.sum() > len(hit):
        return _unshifted(scene, stated, given)
    tried = [(each, *scene.fit(each)) for each in _readings(records.sides, records.relative)]
    shortlist = list(_shortlist(tried))
    verdict = _verdict(hit, shortlist)
    if verdict.taken == 0:
        return _unshifted(scene, stated, given)
    taken = shortlist[verdict.taken - 1][0]
    _check_scale(scene, taken)
    return as_read(records, taken, frame, frames), (f"boxes are read {taken.reading.words}", *verdict.notes)


def forced_boxes(
    records: Records, frame: NDArray[np.int64], frames: Frames, convention: str, scale: str
) -> tuple[Records, tuple[str, ...]]:
    """The records with boxes in pixels, in the reading that the user names.

    Args:
        records: The inferences.
        frame: As for `judged_boxes`.
        frames: As for `judged_boxes`.
        convention: The order of the numbers; empty takes that of the format.
        scale: Their unit; empty takes that of the format.

    Raises:
        UsageError: There is no such reading.
    """
    converts = dict(_conventions(records.sides))
    converts |= {"": _same, records.sides: _same, GIVEN: _same}
    if convention not in converts:
        raise unknown_way(BOXES, convention)
    told = (f"boxes are read as {' '.join(filter(None, (convention, scale)))}, as --reading says",)
    if converts[convention] is _same and scale in ("", GIVEN):
        return in_pixels(records, frame, frames), told  # Also where boxes are those of masks or whole images.
    rescale = (_fractions if records.relative else _pixels) if scale in ("", GIVEN) else _named_scale(scale)
    words = Reading(convention or GIVEN, ""), Reading(scale or GIVEN, "")
    taken = BoxReading(*words, converts[convention], rescale)
    return as_read(records, taken, frame, frames), told


def as_read(records: Records, reading: BoxReading, frame: NDArray[np.int64], frames: Frames) -> Records:
    """The records with boxes in pixels under that reading."""
    box = reading.box(records.box, sizes_of(frames, frame))
    lost = np.isnan(box).any(axis=1) & ~np.isnan(records.box).any(axis=1)
    # `in_pixels` words the finding about images of unknown size, which is the same here.
    told = in_pixels(replace(records, relative=True), np.where(lost, frame, -1), frames)
    return replace(records, box=box, relative=False, findings=told.findings)


def _verdict(
    given: NDArray[np.bool_], shortlist: Sequence[tuple[BoxReading, NDArray[np.bool_], float]]
) -> Decision:
    """The reading to take: 0 for that of the format, else the place in the shortlist, from 1."""
    # Under one of hundreds of readings, a few boxes lie on labels by chance.
    most = max(int(each[1].sum()) for each in shortlist)
    if most < ENOUGH and 2 * most < len(given):
        return Decision(0)
    first = Reading(GIVEN, "as the format has them", plain=False)
    readings = [first, *(each[0].reading for each in shortlist)]
    what = SCALE if shortlist[0][0].convention.name == GIVEN else BOXES
    return judged(what, readings, np.stack([given, *(each[1] for each in shortlist)]), "labels")


def _check_scale(scene: Scene, taken: BoxReading) -> None:
    """Make sure that boxes are not in a scale near the one that was taken, but of no common network.

    Raises:
        InputError: They are; the size of that network's input can only be estimated from boxes.
    """
    if taken.scale.name == GIVEN:
        return
    box = taken.box(scene.given, scene.size)
    iou = scene.iou(box)
    best = np.maximum.reduceat(iou, scene.starts)
    counts = np.diff(np.append(scene.starts, len(iou)))
    on = (iou == np.repeat(best, counts)) & (iou >= _CLOSE)
    numbers, mine = taken.convert(scene.given[on]), scene.label[on]
    near = box[on]
    far = (mine[:, 2:] > _FAR) & (near[:, 2:] > _FAR)
    gap = [np.median(near[far[:, i], 2 + i] / mine[far[:, i], 2 + i]) for i in (0, 1) if far[:, i].any()]
    if all(abs(each - 1) < _OFF for each in gap):
        return
    size = scene.size[on]
    across, down = (float(np.median(numbers[:, 2 + i] * size[:, i] / mine[:, 2 + i])) for i in (0, 1))
    factor = float(np.median(mine[:, 2:] / numbers[:, 2:]))
    raise InputError(
        f"The boxes are {taken.reading.words}, or nearly so: they are too large or small by "
        f"{100 * max(abs(each - 1) for each in gap):.0f} %.",
        f"If all images were stretched to one size, that is about {across:.0f} × {down:.0f}; if all were "
        f"scaled alike, labels are about {factor:.3g} times as large. Give the exact scale with "
        f"--reading {SCALE}=WIDTHxHEIGHT or --reading {SCALE}=FACTOR.",
    )


def _shortlist(
    tried: Sequence[tuple[BoxReading, NDArray[np.bool_], float]],
) -> Iterator[tuple[BoxReading, NDArray[np.bool_], float]]:
    """The best reading, and the best of each other convention: its neighbours in scale are no rivals.

    Among scales, the nearest fit counts and not the number of labels found: boxes that are 5 % too large
    still lie on their labels.
    """
    order = sorted(tried, key=lambda each: (-int(each[1].sum()), -each[2]))
    best = max(order[:_NEAR], key=lambda each: each[2])
    yield best
    seen = {best[0].convention.name}
    for each in order:
        if each[0].convention.name not in seen:
            seen.add(each[0].convention.name)
            yield each


_NEAR = 8
"""So many readings with the most labels found are compared by how near they are."""


def _readings(sides: str, relative: bool) -> Iterator[BoxReading]:
    """Every reading but that of the format."""
    others = [(Reading(name, _WORDS[name]), convert) for name, convert in _conventions(sides)]
    conventions = [(Reading(GIVEN, ""), _same), *others]
    scales = [(Reading(GIVEN, ""), _fractions if relative else _pixels), *_scales(relative)]
    for convention, convert in conventions:
        for scale, rescale in scales:
            if (convention.name, scale.name) != (GIVEN, GIVEN):
                yield BoxReading(convention, scale, convert, rescale)


_WORDS = {
    "corners": "as corners [left, top, right, bottom]",
    "size": "as [left, top, width, height]",
    "center": "as [center x, center y, width, height]",
    "yx": "as corners [top, left, bottom, right]",
    "yx-size": "as [top, left, height, width]",
    "yx-center": "as [center y, center x, height, width]",
    "ends": "as [left, right, top, bottom]",
}


def _conventions(sides: str) -> Iterator[tuple[str, Convert]]:
    """Conventions by name, with what turns boxes that were read with `sides` into them."""
    for name, make in _FROM_NUMBERS.items():
        if name != sides:
            yield name, _converted(_NUMBERS[sides], make)


def _converted(numbers: Convert, corners: Convert) -> Convert:
    return lambda box: corners(numbers(box))


def _joined(*columns: NDArray[np.float64]) -> Boxes:
    return np.concatenate(columns, axis=1)


_NUMBERS: dict[str, Convert] = {
    "corners": lambda box: box,
    "size": lambda box: _joined(box[:, :2], box[:, 2:] - box[:, :2]),
    "center": lambda box: _joined((box[:, :2] + box[:, 2:]) / 2, box[:, 2:] - box[:, :2]),
}
"""The four numbers of a box in each convention, by its corners."""
_FROM_NUMBERS: dict[str, Convert] = {
    "corners": lambda box: box,
    "size": lambda box: _joined(box[:, :2], box[:, :2] + box[:, 2:]),
    "center": lambda box: _joined(box[:, :2] - box[:, 2:] / 2, box[:, :2] + box[:, 2:] / 2),
    "yx": lambda box: box[:, [1, 0, 3, 2]],
    "yx-size": lambda box: _FROM_NUMBERS["size"](box[:, [1, 0, 3, 2]]),
    "yx-center": lambda box: _FROM_NUMBERS["center"](box[:, [1, 0, 3, 2]]),
    "ends": lambda box: box[:, [0, 2, 1, 3]],
}
"""Corners by the four numbers of a box in each convention."""


def _same(box: Boxes) -> Boxes:
    return box


def _scales(relative: bool) -> Iterator[tuple[Reading, Rescale]]:
    if relative:
        yield Reading("pixels", "in the scale of pixels, not as fractions"), _pixels
    else:
        yield Reading("fractions", "in the scale of fractions of the image size"), _fractions
    yield Reading("thousandths", "in the scale of thousandths of the image size"), _stretched(1000, 1000)
    for factor in _FACTORS:
        told = f"in the scale of images {1 / factor:.3g} times as large"
        yield Reading(f"{factor:.4g}", told), _multiplied(factor)
    for side in _SIDES:
        told = f"in the scale of a network's input of {side} × {side} pixels"
        yield Reading(f"{side}x{side}", told), _stretched(side, side)
        padded = f"{told}, with margins around the image"
        yield Reading(f"letterbox-{side}", padded), _fitted(side, margin=True)
        told = f"in the scale of images whose longer side has {side} pixels"
        yield Reading(f"longest-{side}", told), _fitted(side, margin=False)


def _named_scale(name: str) -> Rescale:
    plain = {"pixels": _pixels, "fractions": _fractions, "thousandths": _stretched(1000, 1000)}
    if name in plain:
        return plain[name]
    if found := re.fullmatch(r"([1-9]\d{0,5})x([1-9]\d{0,5})", name):
        return _stretched(int(found[1]), int(found[2]))
    if found := re.fullmatch(r"(letterbox|longest)-([1-9]\d{0,5})", name):
        return _fitted(int(found[2]), margin=found[1] == "letterbox")
    if re.fullmatch(r"\d{0,6}\.?\d{1,9}", name) and float(name) > 0:
        return _multiplied(float(name))
    raise unknown_way(SCALE, name)


def _pixels(box: Boxes, width: NDArray[np.float64], height: NDArray[np.float64]) -> Boxes:
    del width, height
    return box


def _fractions(box: Boxes, width: NDArray[np.float64], height: NDArray[np.float64]) -> Boxes:
    return box * np.stack([width, height, width, height], axis=1)


def _multiplied(factor: float) -> Rescale:
    return lambda box, width, height: box * factor


def _stretched(across: float, down: float) -> Rescale:
    """Boxes in an image that was stretched to that width and height."""
    return lambda box, width, height: _fractions(box / [across, down, across, down], width, height)


def _fitted(side: float, margin: bool) -> Rescale:
    """Boxes in an image whose longer side was made `side`, centred in a square if there is a margin."""

    def rescale(box: Boxes, width: NDArray[np.float64], height: NDArray[np.float64]) -> Boxes:
        size = np.stack([width, height, width, height], axis=1)
        scale = side / size.max(axis=1, keepdims=True)
        edge = (side - size * scale) / 2 if margin else 0.0
        return np.asarray((box - edge) / scale)

    return rescale


def _unshifted(scene: Scene, stated: BoxReading, records: Records) -> tuple[Records, tuple[str, ...]]:
    """The records without a shift by one pixel, if they repeat labels exactly but for such a shift."""
    gap = stated.box(scene.given, scene.size) - scene.label
    exact = int(np.count_nonzero(_near(gap)))
    for words, shift in _SHIFTS:
        shifted = int(np.count_nonzero(_near(gap - np.array(shift))))
        if shifted >= max(ENOUGH, 2 * exact) and 2 * shifted > len(scene.starts):
            told = f"{grouped(shifted)} repeat a label but for that, and {grouped(exact)} without it"
            note = f"boxes are shifted by one pixel ({words}), which is undone: {told}"
            kept = f" (--reading {BOXES}={GIVEN} keeps them)"
            return replace(records, box=records.box - np.array(shift, float)), (note + kept,)
    return records, ()


def _near(gap: Boxes) -> NDArray[np.bool_]:
    return np.asarray((np.abs(gap) < _EXACT).all(axis=1))


_SHIFTS = (
    ("all sides by +1", (1.0, 1.0, 1.0, 1.0)),
    ("all sides by −1", (-1.0, -1.0, -1.0, -1.0)),
    ("left and top by +1", (1.0, 1.0, 0.0, 0.0)),
    ("left and top by −1", (-1.0, -1.0, 0.0, 0.0)),
    ("right and bottom by +1", (0.0, 0.0, 1.0, 1.0)),
    ("right and bottom by −1", (0.0, 0.0, -1.0, -1.0)),
)
