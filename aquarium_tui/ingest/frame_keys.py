"""Which frame a record means: by id, by file name, or by what is left of a file name."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Frames

_SUFFIXES = frozenset({"jpg", "jpeg", "png", "bmp", "webp", "tif", "tiff", "gif", "ppm", "pgm"})
_Form = Callable[[str], str | None]


@dataclass(frozen=True)
class FrameMatch:
    """The frame of each record under one rule.

    Attributes:
        words: Completes "images are named …".
        rows: `(records,)` int64 row of the frame, -1 where there is none.
        matched: How many records have one.
    """

    words: str
    rows: NDArray[np.int64]
    matched: int


@dataclass(frozen=True)
class _NameRule:
    """One way to name a frame: record and frame agree when their forms are equal.

    Attributes:
        words: As in `FrameMatch`.
        of_key: Form of what the record says.
        of_path: Whether the frame's form is made from its path; else from its id.
        of_frame: Form of the frame's path or id.
    """

    words: str
    of_key: _Form
    of_path: bool
    of_frame: _Form


def possible_frames(frames: Frames, keys: Text, names: Text | None = None) -> Sequence[FrameMatch]:
    """The ways to read which frames records mean that find most of them, the likeliest first.

    There is always one; further ones find as many records, but other frames for some.

    Args:
        frames: The frames of the dataset.
        keys: How each record names its image.
        names: The file name that each gives beside it, if any; certain where it finds all records.
    """
    by_name = [] if names is None else list(_matches(frames, names, _FILE_RULES))
    certain = [match for match in by_name if match.matched == len(match.rows)]
    if certain:
        return certain[:1]
    matches = [*by_name, *_matches(frames, keys, (*_ID_RULES, *_FILE_RULES, *_NUMBER_RULES))]
    first = max(matches, key=lambda match: match.matched)
    rivals = [match for match in matches if match.matched == first.matched > 0]
    return [first, *(rival for rival in rivals if (rival.rows != first.rows).any())]


def _matches(frames: Frames, keys: Text, rules: Sequence[_NameRule]) -> Iterator[FrameMatch]:
    for rule in rules:
        index = _index(frames.path if rule.of_path else frames.id, rule.of_frame)
        found = [index.get(form, -1) if (form := rule.of_key(word)) else -1 for word in keys.words]
        rows = np.array([*found, -1], dtype=np.int64)[keys.codes]
        yield FrameMatch(rule.words, rows, int(np.count_nonzero(rows >= 0)))


def _index(names: Text, form: _Form) -> dict[str, int]:
    """Frame row by form; -1 for a form that several frames share."""
    index: dict[str, int] = {}
    for row, name in enumerate(names):
        key = form(name) if name is not None else None
        if key is not None:
            index[key] = -1 if key in index else row
    return index


def _posix(text: str) -> str:
    return text.replace("\\", "/").removeprefix("./")


def _last(text: str) -> str:
    return _posix(text).rpartition("/")[2]


def _stem(text: str) -> str:
    """A file name without the suffix of an image; other dots belong to the name."""
    stem, _, suffix = _last(text).rpartition(".")
    return stem if stem and suffix.lower() in _SUFFIXES else _last(text)


def _same(text: str) -> str:
    return text


def _whole(text: str) -> str | None:
    """Digits without leading zeros; None for anything else."""
    return (text.lstrip("0") or "0") if text.isascii() and text.isdigit() else None


def _stem_number(text: str) -> str | None:
    return _whole(_stem(text))


_ID_RULES: Sequence[_NameRule] = (
    _NameRule("by id", _same, False, _same),
    _NameRule("by id without leading zeros", _whole, False, _whole),
)
_FILE_RULES: Sequence[_NameRule] = (
    _NameRule("by file path", _posix, True, _posix),
    _NameRule("by file name", _last, True, _last),
    _NameRule("by file stem", _stem, True, _stem),
)
_NUMBER_RULES: Sequence[_NameRule] = (
    _NameRule("by the number in the file name", _whole, True, _stem_number),
)
