"""Whether two inference sets can be compared as they are: what differs beside how good the models are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import NAME_PREFIX, frame_groups, frame_sequences, group_words
from aquarium_tui.compare.certainty.ranked import CAP
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, InferenceSet, class_counts

_LISTED = 3
"""Frames or classes that a remark names: enough to look some up, in a sentence that fits on a screen."""
SHARE = 0.1
"""Frames that a set leaves out matter from this share on."""
_FLOORS = 0.02
"""Score floors closer than this are alike."""
_CAP, _CAPPED, _CAPPED_SHARE = 5, 3, 0.01
"""A number of inferences is a cap if it is so large, in so many frames, and so large a share of them."""
_SPREAD = 0.3
"""Confidences have a different spread if their distributions are this far apart somewhere."""
_SAMPLE = 100_000
"""Confidences that a distribution is taken from: its error, about .003, is then far below `_SPREAD`."""
_ENOUGH = 20
"""Fewer inferences say nothing of how a set was made."""
_FEW, _PER_VALUE = 20, 10
"""Confidences are few if there are so few, with so many inferences for each: one decimal gives eleven."""
_REPEATED = "inferences equal to an earlier one"
_SIZES = "whose size is not that of the label mask"


@dataclass(frozen=True)
class Remark:
    """One thing that differs.

    Attributes:
        what: The same in a few words.
        sentence: What, how much, and what it does to the comparison.
        always: Whether it matters whatever the settings.
        below: It matters while a confidence threshold is below this.
    """

    what: str
    sentence: str
    always: bool = False
    below: float = 0.0

    def matters(self, settings: Settings) -> bool:
        """Whether it matters under these settings."""
        return self.always or settings.least < self.below


@dataclass(frozen=True)
class SetWords:
    """What labels and inferences of a kind of task are called; nouns are singular.

    Attributes:
        label: What a dataset has any number of.
        inference: What an inference set has any number of.
        covers: How much a set has: `{count}` inferences, on `{frames}`.
        label_unit: What each class has any number of among the labels.
        inference_unit: The same among inferences.
        uncovered: What becomes of frames that a set says nothing of.
        given: What an upload of inferences names, as a placeholder in a command.
    """

    label: str
    inference: str
    covers: str
    label_unit: str
    inference_unit: str
    uncovered: str
    given: str


OBJECT_WORDS = SetWords(
    label="label",
    inference="inference",
    covers="{count} on {frames}",
    label_unit="label",
    inference_unit="inference",
    uncovered="their labels count as missed",
    given="RESULTS.json",
)


def comparability(
    dataset: Dataset,
    base: InferenceSet,
    other: InferenceSet | None,
    *,
    words: SetWords = OBJECT_WORDS,
    several: bool = True,
) -> tuple[Remark, ...]:
    """What differs between two inference sets of one dataset beside how good the models are.

    Args:
        dataset: What they belong to.
        base: One set.
        other: The other; None looks at one alone, which may leave out frames.
        words: What inferences are called.
        several: Whether a frame can have any number of inferences.
    """
    if other is None:
        one = [_Side(dataset, base)]
        return (*_uncovered(dataset, one), *_unranked(one), *_ranks(one, several))
    sides = (_Side(dataset, base), _Side(dataset, other))
    remarks = [
        *_uncovered(dataset, sides),
        *_ranks(sides, several),
        *_groups(dataset),
        *_frames(dataset, sides, words),
        *_classes(dataset, sides, words),
        *_problems(sides),
        *_unranked(sides),
    ]
    if all(len(side.set.objects.confidence) >= _ENOUGH for side in sides):
        remarks += _floors(sides)
        remarks += _spreads(sides)
        if several:
            remarks += _caps(sides)
    return tuple(remarks)


@dataclass(frozen=True)
class _Side:
    """One of the sets, and what is read off it."""

    dataset: Dataset
    set: InferenceSet

    @property
    def name(self) -> str:
        return visible(self.set.id)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """`(frames,)` int64: inferences, or masks, on each."""
        return self.set.counts

    @cached_property
    def classes(self) -> NDArray[np.int64]:
        """`(entries,)` int64: how many inferences, or pixels, are of each class of the class map."""
        return class_counts(self.dataset.project.class_map, self.set.objects, self.set.masks)

    @cached_property
    def floor(self) -> float:
        return float(self.set.objects.confidence.min())

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The distinct confidences, ascending, where they are few; else those of a sample."""
        found = np.unique(_sample(self.set.objects.confidence, 0.0))
        return np.unique(self.set.objects.confidence) if len(found) <= _FEW else found

    @cached_property
    def crowded(self) -> tuple[int, int]:
        """How many frames have more inferences of one class than AP takes, and the most that one has."""
        frames = np.flatnonzero(self.counts > CAP)
        starts, evaluated = self.set.objects.starts, self.dataset.project.class_map.evaluated
        most = [
            np.bincount(classes[classes >= 0], minlength=1).max()
            for begin, end in zip(starts[frames].tolist(), starts[frames + 1].tolist(), strict=True)
            for classes in (evaluated[self.set.objects.class_index[begin:end]],)
        ]
        over = [int(count) for count in most if count > CAP]
        return len(over), max(over, default=0)

    @cached_property
    def cap(self) -> int:
        """The most inferences that a frame has, if so many frames have just that many; else 0."""
        most = int(self.counts.max(initial=0))
        frames = int(np.count_nonzero(self.counts == most))
        enough = frames >= max(_CAPPED, _CAPPED_SHARE * len(self.counts))
        return most if most >= _CAP and enough and (self.counts < most).any() else 0

    def problem(self, words: str) -> int:
        """How many records the import found wrong in that way."""
        return sum(found.count for found in self.set.provenance.problems if words in found.kind)


_Sides = tuple[_Side, _Side]


def _uncovered(dataset: Dataset, sides: Sequence[_Side]) -> Iterator[Remark]:
    """Labelled frames of which no set says anything: nothing was found there, or files are missing."""
    labelled = dataset.label_counts > 0
    rows = np.flatnonzero(labelled & ~np.any([side.counts > 0 for side in sides], axis=0))
    if len(rows):
        names = " and ".join(side.name for side in sides)
        yield Remark(
            "frames left out",
            f"{grouped(len(rows))} of {grouped(len(labelled))} frames have labels and nothing of {names} "
            f"({_named(dataset, rows)})",
            len(rows) >= SHARE * len(labelled),
        )


def _groups(dataset: Dataset) -> Iterator[Remark]:
    """What groups the frames, or that nothing does although they look like frames of videos."""
    groups = frame_groups(dataset.frames, dataset.group_by)
    by, found = frame_sequences(dataset.frames)
    if groups:
        yield Remark(
            "frames in groups",
            f"frames are drawn in {group_words(groups)} to say how sure a delta is",
        )
    elif found:
        named = [f"{visible(name)} ({grouped(frames)})" for name, frames in found.items()]
        what = f"{grouped(len(found))} sequences" if len(found) > 1 else "a sequence"
        yield Remark(
            "frames look like sequences",
            f"{'file names' if by == NAME_PREFIX else 'frame ids'} look like {what} ({_listed(named)}): "
            "neighbouring frames resemble each other, so intervals are too narrow; `upload --group-by` says "
            f"which frames belong together, as {by} or a field of metadata",
        )


def _ranks(sides: Sequence[_Side], several: bool) -> Iterator[Remark]:
    """What keeps confidences from ranking the inferences, and what AP leaves out of them."""
    for side in sides:
        if not side.set.unranked:
            yield from _ties(side, several)
        if several:
            yield from _crowded(side)


def _ties(side: _Side, several: bool) -> Iterator[Remark]:
    values, count = side.values, len(side.set.objects)
    ranked = "; AP then depends on the order in the file" if several else ""
    if len(values) == 1 and count > 1:
        yield Remark(
            "all confidences are equal",
            f"all confidences are equal under {side.name} ({values[0]:.3g}): a threshold keeps all of its "
            f"inferences or none{ranked}",
            always=True,
        )
    elif 1 < len(values) <= _FEW and count >= _PER_VALUE * len(values):
        yield Remark(
            "few distinct confidences",
            f"the {counted(count, 'inference')} of {side.name} have only {len(values)} distinct confidences: "
            f"a threshold moves many at once{ranked}",
        )


def _crowded(side: _Side) -> Iterator[Remark]:
    frames, most = side.crowded
    have = counted(frames, "frame has", "frames have")
    if frames:
        yield Remark(
            "more than 100 of a class",
            f"{have} more than {CAP} inferences of one class under {side.name}, up to "
            f"{grouped(most)}: AP takes the {CAP} most confident, as COCO does",
        )


def _named(dataset: Dataset, rows: NDArray[np.int64]) -> str:
    """The first of some frames."""
    names = [visible(str(dataset.frames.id[row])) for row in rows[:_LISTED].tolist()]
    return ", ".join(names) + (f" … {grouped(len(rows) - _LISTED)} more" if len(rows) > _LISTED else "")


def _frames(dataset: Dataset, sides: _Sides, words: SetWords) -> Iterator[Remark]:
    covered = [side.counts > 0 for side in sides]
    for i, (one, this) in enumerate(zip(sides, covered, strict=True)):
        without, that = sides[1 - i], covered[1 - i]
        rows = np.flatnonzero(this & ~that)
        if len(rows):
            frames = f"{grouped(len(rows))} of {grouped(len(this))} frames"
            yield Remark(
                "frames differ",
                f"{frames} are covered by {one.name} and not by {without.name} ({_named(dataset, rows)}): "
                f"{words.uncovered} under {without.name}",
                len(rows) >= SHARE * len(this),
            )


def _classes(dataset: Dataset, sides: _Sides, words: SetWords) -> Iterator[Remark]:
    entries = dataset.project.class_map.entries
    labels = np.bincount(dataset.labels.class_index, minlength=len(entries))
    for one, without in (sides, sides[::-1]):
        rows = np.flatnonzero((one.classes > 0) & (without.classes == 0)).tolist()
        if rows:
            counts = (counted(int(one.classes[row]), words.inference_unit) for row in rows)
            named = [f"{visible(entries[row].name)} ({n})" for row, n in zip(rows, counts, strict=True)]
            yield Remark(
                "classes differ",
                f"classes that only {one.name} infers, and {without.name} never: {_listed(named)}",
                bool(labels[rows].any()) and min(int(side.classes.sum()) for side in sides) >= _ENOUGH,
            )


def _unranked(sides: Sequence[_Side]) -> Iterator[Remark]:
    for side in sides:
        if side.set.unranked:
            yield Remark(
                "AP undefined",
                f"{side.name} has no confidences: each is taken as 1; AP, which ranks them, is not defined",
                always=True,
            )


def _floors(sides: _Sides) -> Iterator[Remark]:
    low, high = sorted(sides, key=lambda side: side.floor)
    if high.floor - low.floor > _FLOORS:
        yield Remark(
            "score floors differ",
            f"score floors differ: {low.name} goes down to {low.floor:.3g}, {high.name} to {high.floor:.3g}: "
            f"compare at {high.floor:.3g} and above; the AP of {high.name} lacks what lies below",
            below=high.floor,
        )


def _caps(sides: _Sides) -> Iterator[Remark]:
    most = [int(side.counts.max()) for side in sides]
    for one, other, others in zip(sides, sides[::-1], most[::-1], strict=True):
        if one.cap and others > one.cap:
            frames = grouped(int(np.count_nonzero(one.counts == one.cap)))
            yield Remark(
                "caps differ",
                f"caps differ: {frames} frames have just {one.cap} inferences of {one.name}, none has more; "
                f"{other.name} has up to {others}: what {one.name} left out counts as missed",
            )


def _spreads(sides: _Sides) -> Iterator[Remark]:
    floor = max(side.floor for side in sides)
    samples = [_sample(side.set.objects.confidence, floor) for side in sides]
    if min(map(len, samples)) < _ENOUGH or _distance(*samples) <= _SPREAD:
        return
    medians = [
        f"{np.median(sample):.2f} under {side.name}" for side, sample in zip(sides, samples, strict=True)
    ]
    yield Remark(
        "confidences differ",
        f"confidences are of different spread: from {floor:.3g} on, their median is {', '.join(medians)}: "
        "one threshold means different things; give each set its own",
    )


def _sample(confidence: NDArray[np.float64], floor: float) -> NDArray[np.float64]:
    """Evenly chosen confidences that are at least `floor`, sorted."""
    step = max(1, len(confidence) // _SAMPLE)
    taken = np.asarray(confidence[::step])
    return np.sort(taken[taken >= floor])


def _distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The largest difference of the shares of two samples up to some value (Kolmogorov and Smirnov's D)."""
    at = np.concatenate([a, b])
    shares = [np.searchsorted(sample, at, side="right") / len(sample) for sample in (a, b)]
    return float(np.abs(shares[0] - shares[1]).max())


def _problems(sides: _Sides) -> Iterator[Remark]:
    """What the import of one set found, and what makes it unlike the other."""
    for one, without in (sides, sides[::-1]):
        repeated = one.problem(_REPEATED)
        if repeated > without.problem(_REPEATED):
            yield Remark(
                "duplicates differ",
                f"{one.name} has {counted(repeated, 'exact duplicate')}, and {without.name} has "
                f"{grouped(without.problem(_REPEATED))}: each repeat counts as spurious",
            )
        sized = one.problem(_SIZES)
        if sized != without.problem(_SIZES) and sized:
            differ = counted(sized, "mask differs", "masks differ")
            yield Remark("mask sizes differ", f"{differ} in size from the label masks under {one.name}")


def _listed(words: Sequence[str]) -> str:
    more = f" … {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    return ", ".join(words[:_LISTED]) + more
