"""Which frame and which class each record means, if a file can be read in several ways."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.candidates import Candidates, find_candidates
from aquarium_tui.formats import Records
from aquarium_tui.formats.shared.values import whole
from aquarium_tui.ingest.objects import PlacedRecords, finite, in_pixels, objects_of
from aquarium_tui.media.source import unsuffixed
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Dataset, Frames, Provenance

Tell = Callable[[str], None]
"""Called with what is being done, in a few words."""
_LISTED = 6
"""How many words a list in a note shows: about a line of them."""


def provenance(path: Path, notes: Iterable[str], problems: Iterable[Problem]) -> Provenance:
    """The provenance of what was just read from `path`."""
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        source=clean(str(path.absolute())),
        notes=tuple(notes),
        problems=tuple(problems),
    )


def listed(words: Sequence[str]) -> str:
    """The first of `words`, and how many there are if that is not all."""
    shown = ", ".join(visible(word) for word in words[:_LISTED])
    return f"{shown} … ({len(words):,} in all)" if len(words) > _LISTED else shown or "nothing"


_Form = Callable[[str], str | None]
_CLOSE = 0.5
"""An inference with at least this IoU with a label is taken to mean that object: the usual threshold."""
_ENOUGH = 20
"""Fewer boxes that agree prove nothing: with ten equally common classes, 2 of 20 agree by chance."""
_TIMES = 4
"""A reading is certain if it agrees this many times as often as any other. A wrong one agrees by chance: for
about a quarter of the boxes if one class has a quarter of all labels."""


@dataclass(frozen=True)
class FrameMatch:
    """The frame of each record under one rule.

    Attributes:
        words: Completes "images are matched …".
        rows: `(records,)` int64 row of the frame, -1 if there is none.
        matched: How many records have one.
    """

    words: str
    rows: NDArray[np.int64]
    matched: int


@dataclass(frozen=True)
class ClassMatch:
    """The class of each record under one rule.

    Attributes:
        words: Completes "classes are matched …".
        positions: `(records,)` int32 position in the class map, -1 if there is none.
        matched: How many records have one.
        complete: Whether every record that names a class has one.
    """

    words: str
    positions: NDArray[np.int32]
    matched: int
    complete: bool


def possible_frames(frames: Frames, keys: Text, names: Text | None = None) -> Sequence[FrameMatch]:
    """The ways to match records with frames that match the most records, the likeliest first.

    There is always one; others match as many records, but some of them with other frames.

    Args:
        frames: The frames of the dataset.
        keys: The id by which each record names its image.
        names: The file name that each gives as well, if any; certain if it matches all records.
    """
    by_name = [] if names is None else list(_matches(frames, names, _FILE_RULES))
    certain = [match for match in by_name if match.matched == len(match.rows)]
    if certain:
        return certain[:1]
    matches = [*by_name, *_matches(frames, keys, (*_ID_RULES, *_FILE_RULES, *_NUMBER_RULES))]
    first = max(matches, key=lambda match: match.matched)
    rivals = [match for match in matches if match.matched == first.matched > 0]
    return [first, *(rival for rival in rivals if (rival.rows != first.rows).any())]


def possible_classes(
    dataset: Dataset, keys: Text, names: Text | None = None, *, indexed: bool = False
) -> Sequence[ClassMatch]:
    """The ways to match records with classes, the likeliest first.

    There is always one; others find other classes for some records. Names that are all known are certain, and
    so are positions if the format has nothing else. Otherwise, positions are considered only if they leave no
    record without a class, because nearly any small number is a position. A class 0 that is not an id makes
    positions from 0 the likeliest; if the ids of the labels run from 0, an id one past the last, without any
    0, makes positions from 1 the likeliest.

    Args:
        dataset: The dataset with the class map, and the class ids that its labels file used.
        keys: How each record names its class.
        names: The class name that each gives as well, if any.
        indexed: Whether the format defines the keys as positions from 0, not ids.
    """
    by_name = [_by_name(dataset, text) for text in (names, keys) if text is not None]
    certain = [match for match in by_name if match.complete]
    if certain:
        return certain[:1]
    by_id, *by_position = _by_number(dataset, keys)
    known = max((by_id, *by_name), key=lambda match: match.matched)
    ways = [known, *(match for match in by_position if match.complete)]
    if indexed and by_position[0].complete:
        return by_position[:1]
    if not known.complete and "0" in keys.words and by_position[0].complete:
        ways = [by_position[0], known]
    elif not known.complete and _one_up(dataset, keys) and by_position[1].complete:
        ways = [by_position[1], known]
    first, *rivals = [way for way in ways if way.matched] or [by_id]
    return [first, *(rival for rival in rivals if (rival.positions != first.positions).any())]


def shifted_classes(dataset: Dataset, keys: Text, offset: int) -> ClassMatch:
    """The classes of records whose class ids are `offset` above those of the labels file."""
    by_id = {file_id + offset: position for file_id, position in _positions(dataset).items()}
    return _match(
        f"by id, {offset:+d} from those of the labels, as --category-offset says", keys, partial(_at, by_id)
    )


def decide_frames(
    dataset: Dataset, records: Records, matches: Sequence[FrameMatch]
) -> tuple[FrameMatch, Sequence[str]]:
    """The reading to use, and notes if that is not simply the first.

    Args:
        dataset: The dataset whose labels decide.
        records: The inferences.
        matches: The possible readings, the likeliest first.
    """
    if len(matches) == 1:
        return matches[0], ()
    scores = [len(_close(dataset, records, match.rows)[0].label) for match in matches]
    taken, notes = _judged("images", "boxes on a label", [match.words for match in matches], scores)
    return matches[taken], notes


def decide_classes(
    dataset: Dataset, records: Records, frame: NDArray[np.int64], matches: Sequence[ClassMatch]
) -> tuple[ClassMatch, Sequence[str]]:
    """The same for classes.

    Args:
        dataset: The dataset whose labels decide.
        records: The inferences.
        frame: `(records,)` int64 row of the frame of each, -1 if there is none.
        matches: The possible readings, the likeliest first.
    """
    if len(matches) == 1:
        return matches[0], ()
    found, order = _close(dataset, records, frame)
    wanted, given = dataset.labels.class_index[found.label], order[found.inference]
    scores = [int(np.count_nonzero(match.positions[given] == wanted)) for match in matches]
    evidence = "boxes on a label of their class"
    taken, notes = _judged("classes", evidence, [match.words for match in matches], scores)
    return matches[taken], notes


@dataclass(frozen=True)
class _NameRule:
    """One way to name a frame: a record means a frame if their forms are equal.

    Attributes:
        words: As in `FrameMatch`.
        of_key: The form of what the record says.
        of_path: Whether the form of a frame is made from its path; else from its id.
        of_frame: The form of the path or id of a frame.
    """

    words: str
    of_key: _Form
    of_path: bool
    of_frame: _Form


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
    return unsuffixed(_last(text))


def _same(text: str) -> str:
    return text


def _whole(text: str) -> str | None:
    """Digits without leading zeros; None for anything else."""
    return (text.lstrip("0") or "0") if text.isascii() and text.isdigit() else None


def _stem_number(text: str) -> str | None:
    return _whole(_stem(text))


def _one_up(dataset: Dataset, keys: Text) -> bool:
    """Whether the ids of the labels run from 0, and the records have the one past the last, but no 0."""
    count = len(dataset.categories)
    from_zero = sorted(dataset.categories) == list(range(count))
    return from_zero and str(count) in keys.words and "0" not in keys.words


def _by_name(dataset: Dataset, keys: Text) -> ClassMatch:
    positions = dataset.project.class_map.positions_by_name
    return _match("by name", keys, lambda word: positions.get(word.casefold()))


def _by_number(dataset: Dataset, keys: Text) -> Iterator[ClassMatch]:
    """Matches by id, by position from 0, and by position from 1."""
    class_map = dataset.project.class_map
    by_id = _positions(dataset)
    yield _match("by id", keys, partial(_at, by_id))
    for start in (0, 1):
        by_position = dict(enumerate(by_id.values(), start))
        first = visible(class_map.entries[by_position[start]].name) if by_position else ""
        yield _match(f"by position from {start} ({start} is {first})", keys, partial(_at, by_position))


def _positions(dataset: Dataset) -> dict[int, int]:
    """Position in the class map by the id in the labels file, in the order of those ids."""
    by_id = dataset.project.class_map.positions_by_id
    return {file_id: by_id[own] for file_id, own in sorted(dataset.categories.items())}


def _match(words: str, keys: Text, position: Callable[[str], int | None]) -> ClassMatch:
    found = [position(word) for word in keys.words]
    positions = np.array([*(-1 if p is None else p for p in found), -1], dtype=np.int32)[keys.codes]
    matched = int(np.count_nonzero(positions >= 0))
    return ClassMatch(words, positions, matched, matched == int(np.count_nonzero(~keys.missing)) > 0)


def _at(positions: dict[int, int], word: str) -> int | None:
    number = whole(word)
    return None if number is None else positions.get(number)


def _judged(
    what: str, evidence: str, words: Sequence[str], scores: Sequence[int]
) -> tuple[int, Sequence[str]]:
    """Which reading to use, the first if no score is far above the others, and notes on that."""
    best = int(np.argmax(scores))
    next_best = max(score for i, score in enumerate(scores) if i != best)
    if scores[best] < max(_ENOUGH, _TIMES * next_best):
        counts = " to ".join(f"{score:,}" for score in scores)
        ways = " or ".join(words)
        return 0, [f"ambiguous: {what} could be matched {ways}, and {evidence} do not decide it ({counts})"]
    if best == 0:
        return 0, ()
    return best, [f"not {words[0]}, which gives {scores[0]:,} {evidence} instead of {scores[best]:,}"]


def _close(
    dataset: Dataset, records: Records, frame: NDArray[np.int64]
) -> tuple[Candidates, NDArray[np.int64]]:
    """Pairs of a label and an inference on it, and the records that those inferences come from."""
    records = in_pixels(replace(records, segmentation={}), frame, dataset.frames)
    usable = np.flatnonzero((frame >= 0) & finite(records.box))
    order = usable[np.argsort(frame[usable], kind="stable")]
    unnamed = np.zeros(len(records), np.int32)
    objects = objects_of(PlacedRecords("inferences", records, frame, unnamed), order, len(dataset.frames))
    return find_candidates(dataset.labels, objects, dataset.labels.crowd, _CLOSE), order


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
