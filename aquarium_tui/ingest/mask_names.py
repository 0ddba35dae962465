"""Which frame a mask file is of: by the stem of the image, less or more a suffix."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.media.folders import unsuffixed

_FIRST = ("", "_gtFine_labelIds", "_labelIds", "_gtFine_labelTrainIds", "_labelTrainIds", "_mask", "_pred")
_LAST = ("_color", "_colors", "_instanceIds", "_instance", "_vis", "_overlay")
_SEPARATORS = "_-."


@dataclass(frozen=True)
class NamedMasks:
    """Mask files and the frames they are of, under one rule.

    Attributes:
        keys: What is left of each image's name, one a frame; where stems differ, that is from the stem.
        image_suffix: What was left off the images' stems; may be empty.
        mask_suffix: What the masks' stems have besides.
        file: `(frames,)` int64 position of each frame's mask, -1 where it has none.
        repeated: Positions of masks of a frame that has an earlier one.
        others: How many masks have another suffix, by suffix.
        strange: Positions of masks of no frame.
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


def named(images: Sequence[str], masks: Sequence[str], suffix: str | None = None) -> NamedMasks:
    """The masks of images, by the rule that finds most of them.

    Args:
        images: Paths of the images, one a frame.
        masks: Paths of the mask files.
        suffix: What the stems of the masks have besides; None finds it.
    """
    stems = [unsuffixed(image) for image in images]
    common = _common_suffix(stems)
    found = [_named(stems, image_suffix, masks, suffix) for image_suffix in dict.fromkeys(("", common))]
    return max(found, key=lambda each: each.matched)


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
    """What names each frame, and whether that is with its folders: stems alone may not differ."""
    last = [_last(stem) for stem in stems]
    return (last, False) if len(set(last)) == len(last) else (stems, True)


def _place(stem: str, rows: Mapping[str, int]) -> tuple[int, str] | None:
    """The frame whose key begins the stem, the longest, and what follows it."""
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
    """The last word of the stems with the separator before it, if it is the same in all."""
    words = {stem[max(stem.rfind(mark) for mark in _SEPARATORS) :] for stem in map(_last, stems)}
    word = words.pop() if len(words) == 1 else ""
    return word if word[:1] in tuple(_SEPARATORS) else ""


def _last(path: str) -> str:
    return path.rpartition("/")[2]
