"""A folder of masks: which file belongs to which frame, what each holds, and what all of them hold."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.pixels.joint_counts import runs_of
from aquarium_tui.errors import InputError
from aquarium_tui.formats.mask_folder import mask_files
from aquarium_tui.ingest.classes import MaskClasses
from aquarium_tui.ingest.readings import listed
from aquarium_tui.media.folders import unsuffixed
from aquarium_tui.media.mask_values import decoding_seconds, mask_size, read_mask
from aquarium_tui.model.columns import Text
from aquarium_tui.model.masks import COLOR, Masks, grey_level
from aquarium_tui.model.names import joined, place_of, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.picture import Size
from aquarium_tui.model.tables import Frames
from aquarium_tui.work.executor import Lost, Watch, worked, workers


@dataclass(frozen=True)
class Survey:
    """One mask.

    Attributes:
        width: In pixels.
        height: The same.
        value: `(values,)` int64, ascending, as in `Masks.values`.
        pixels: `(values,)` int64: how many pixels have it.
    """

    width: int
    height: int
    value: NDArray[np.int64]
    pixels: NDArray[np.int64]

    @property
    def colored(self) -> bool:
        """Whether it is colour-coded."""
        return any(value >= COLOR and grey_level(value) is None for value in self.value.tolist())

    @property
    def grey(self) -> bool:
        """Whether it is a grey picture with three channels."""
        return bool(self.value[-1] >= COLOR) and not self.colored


def survey(path: str) -> Survey | str:
    """The survey of the mask at `path`, or why it cannot be read."""
    try:
        raw = read_mask(path)
    except InputError as error:
        return error.message.removesuffix(f": {visible(path)}")
    starts, length = runs_of([raw])
    height, width = raw.shape
    return Survey(width, height, *_summed(raw.ravel()[starts], length))


def _summed(values: NDArray[Any], length: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct values of runs, ascending, and the sum of their lengths."""
    if values.dtype.itemsize <= 2:
        sums = np.bincount(values, length)
        found = np.flatnonzero(sums)
        return found, sums[found].astype(np.int64)
    distinct, inverse = np.unique(values, return_inverse=True)
    return distinct.astype(np.int64), np.bincount(inverse, length).astype(np.int64)


_FIRST = ("", "_gtFine_labelIds", "_labelIds", "_gtFine_labelTrainIds", "_labelTrainIds", "_mask", "_pred")
_LAST = ("_color", "_colors", "_instanceIds", "_instance", "_vis", "_overlay")
_SEPARATORS = "_-."


@dataclass(frozen=True)
class NamedMasks:
    """Mask files and the frames that they belong to, under one rule.

    Attributes:
        keys: What is left of the name of each image, one per frame: of the stem, if stems are unique.
        image_suffix: What was removed from the stems of the images; may be empty.
        mask_suffix: What the stems of the masks have in addition.
        file: `(frames,)` int64 position of each frame's mask, -1 if it has none.
        repeated: Positions of masks of a frame that already has one.
        others: How many masks have another suffix, by suffix.
        strange: Positions of masks that belong to no frame.
    """

    keys: Sequence[str]
    image_suffix: str
    mask_suffix: str
    file: NDArray[np.int64]
    repeated: Sequence[int]
    others: Mapping[str, int]
    strange: Sequence[int]

    @property
    def matched(self) -> int:
        """How many frames have a mask."""
        return int(np.count_nonzero(self.file >= 0))


@dataclass(frozen=True)
class SurveyedMasks:
    """Masks that were read.

    Attributes:
        what: "label masks" or "masks".
        paths: Paths relative to their folder, one per frame that has a mask.
        surveys: What each mask holds, or why it cannot be read.
        sizes: The width and height that each should have, 0 if unknown.
    """

    what: str
    paths: Sequence[str]
    surveys: Sequence[Survey | str]
    sizes: Sequence[Size]

    @property
    def read(self) -> Iterator[tuple[str, Survey]]:
        """The masks that can be read, with their paths."""
        return ((p, s) for p, s in zip(self.paths, self.surveys, strict=True) if isinstance(s, Survey))

    def pixels(self) -> dict[int, int]:
        """How many pixels have each value, in all masks together."""
        sums: Counter[int] = Counter()
        for _, each in self.read:
            sums.update(dict(zip(each.value.tolist(), each.pixels.tolist(), strict=True)))
        return dict(sorted(sums.items()))


@dataclass(frozen=True)
class MaskFolder:
    """A folder of masks.

    Attributes:
        path: Where it is.
        files: Its masks, relative to it.
        match: Which belongs to which frame.
    """

    path: Path
    files: Sequence[str]
    match: NamedMasks

    def surveyed(self, what: str, sized: Frames | Masks, watch: Watch) -> SurveyedMasks:
        """Every mask that belongs to a frame, read.

        Args:
            what: Their name in messages.
            sized: The images or masks whose sizes they should have.
            watch: Progress, cancelling and the executor.

        Raises:
            CancelledError: `watch.cancelled` said so.
        """
        rows = np.flatnonzero(self.match.file >= 0).tolist()
        paths = [self.files[self.match.file[row]] for row in rows]
        sizes = [_size(sized, row) for row in rows]
        root = place_of(self.path)
        files = [joined(root, path) for path in paths]
        surveys: list[Survey | str] = [""] * len(files)
        seconds = decoding_seconds(sum(width * height for width, height in sizes))
        with workers(watch, seconds) as executor:
            for position, found in worked(survey, files, executor, watch):
                surveys[position] = found.reason if isinstance(found, Lost) else found
        return SurveyedMasks(what, paths, surveys, sizes)

    def masks(self, classes: MaskClasses, found: SurveyedMasks) -> Masks:
        """The masks of the frames."""
        path = Text.from_words(self.files, self.match.file.astype(np.int32))
        return Masks(place_of(self.path), path, classes.values, found.pixels())

    def notes(self, found: SurveyedMasks) -> Iterator[str]:
        """How the masks are named and coded."""
        match = self.match
        less = f", without {match.image_suffix}" if match.image_suffix else ""
        more = f", with {match.mask_suffix}" if match.mask_suffix else ""
        yield f"masks are named like the images{visible(less)}{visible(more)}"
        if match.others:
            told = ", ".join(f"{visible(suffix) or 'none'} ({n:,})" for suffix, n in match.others.items())
            yield f"masks with another suffix are left out: {told}; choose one with --suffix"
        colored = sum(isinstance(each, Survey) and each.colored for each in found.surveys)
        if colored:
            yield f"{counted(colored, 'mask is', 'masks are')} coloured: colours are read as those of classes"
        grey = 0 if colored else sum(isinstance(each, Survey) and each.grey for each in found.surveys)
        if grey:
            yield f"{counted(grey, 'mask has', 'masks have')} three equal channels: read as grey masks"


def named(images: Sequence[str], masks: Sequence[str], suffix: str | None = None) -> NamedMasks:
    """The masks of images, by the rule that matches the most.

    Args:
        images: Paths of the images, one per frame.
        masks: Paths of the mask files.
        suffix: What the stems of the masks have in addition; None finds it.
    """
    stems = [unsuffixed(image) for image in images]
    common = _common_suffix(stems)
    found = [_named(stems, image_suffix, masks, suffix) for image_suffix in dict.fromkeys(("", common))]
    return max(found, key=lambda each: each.matched)


def mask_folder(path: Path, images: Sequence[str], suffix: str | None) -> MaskFolder:
    """The masks in the folder `path`, matched with the images of the frames.

    Args:
        path: The folder.
        images: Paths of the images, one per frame.
        suffix: What the stems of the masks have in addition to those of the images; None finds it.

    Raises:
        InputError: It cannot be read, or none of its masks belongs to an image.
    """
    files = mask_files(path)
    match = named(images, files, suffix)
    if not match.matched:
        others = f" Their suffixes: {listed(list(match.others))}." if match.others else ""
        raise InputError(
            f"None of the {len(files):,} masks in {visible(str(path))} belongs to an image.",
            "A mask is named like its image, with or without a suffix. "
            f"The masks are {listed(files)}; the images are {listed(images)}.{others}",
        )
    return MaskFolder(path, files, match)


def _named(stems: Sequence[str], image_suffix: str, masks: Sequence[str], suffix: str | None) -> NamedMasks:
    keys, whole = _keys([stem.removesuffix(image_suffix) for stem in stems])
    rows = {key: row for row, key in enumerate(keys)}
    places = [_place(unsuffixed(mask) if whole else _last(unsuffixed(mask)), rows) for mask in masks]
    frames = Counter(place for place in dict.fromkeys(p for p in places if p))
    counts = Counter(place[1] for place in frames)
    chosen = suffix if suffix is not None else min(counts, key=lambda s: (-counts[s], _rank(s)), default="")
    file = np.full(len(stems), -1, np.int64)
    repeated: list[int] = []
    for i, place in enumerate(places):
        if place and place[1] == chosen:
            if file[place[0]] >= 0:
                repeated.append(i)
            else:
                file[place[0]] = i
    others = Counter(place[1] for place in places if place and place[1] != chosen)
    strange = [i for i, place in enumerate(places) if place is None]
    return NamedMasks(keys, image_suffix, chosen, file, repeated, others, strange)


def _keys(stems: Sequence[str]) -> tuple[Sequence[str], bool]:
    """What names each frame, and whether that includes its folders because stems alone are not unique."""
    last = [_last(stem) for stem in stems]
    return (last, False) if len(set(last)) == len(last) else (stems, True)


def _place(stem: str, rows: Mapping[str, int]) -> tuple[int, str] | None:
    """The frame with the longest key that the stem begins with, and what follows the key."""
    for end in _ends(stem):
        row = rows.get(stem[:end])
        if row is not None:
            return row, stem[end:]
    return None


def _ends(stem: str) -> Iterator[int]:
    yield len(stem)
    yield from (i for i in range(len(stem) - 1, 0, -1) if stem[i] in _SEPARATORS)


def _rank(suffix: str) -> tuple[int, str]:
    if suffix in _FIRST:
        return _FIRST.index(suffix), suffix
    return len(_FIRST) + suffix.endswith(_LAST), suffix


def _common_suffix(stems: Sequence[str]) -> str:
    """The last word of the stems with its separator, if all of them end in it, as in `_leftImg8bit`."""
    words = {stem[max(stem.rfind(mark) for mark in _SEPARATORS) :] for stem in map(_last, stems)}
    word = words.pop() if len(words) == 1 else ""
    return word if word[:1] in tuple(_SEPARATORS) else ""


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _size(sized: Frames | Masks, row: int) -> Size:
    """Width and height of an image or mask, 0 if unknown."""
    if isinstance(sized, Frames):
        return int(sized.width[row]), int(sized.height[row])
    file = sized.file(row)
    try:
        return mask_size(file) if file else (0, 0)
    except InputError:
        return 0, 0
