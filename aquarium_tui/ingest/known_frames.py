"""Which frames of a file a dataset has already: by the ends of their paths, else by their ids.

Tools for labelling know images by their names, and some number them anew: what comes back from them has other
ids than what went out.
"""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from aquarium_tui.formats.shared.collector import EXAMPLES
from aquarium_tui.ingest.frame_keys import MISSING
from aquarium_tui.media.folders import AMBIGUOUS, PathIndex, ends_alike, unsuffixed
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import joined, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Dataset


def with_known_ids(old: Dataset, new: Dataset, *, added: bool) -> Dataset:
    """`new` with the ids of `old` for the frames whose images they share.

    An image is shared where the whole path of one is the end of the other's, and where only one frame has it.
    Two files of different sizes are different images. So are, where frames have ids of their own, two images
    of which neither can be looked at: names such as `0001.jpg` come again in each recording.

    Args:
        old: The dataset that exists.
        new: What was read of a file.
        added: Whether `new` is added to `old`. Then this also holds for frames with ids of their own rather
            than made from their paths, and their images stay where they are.
    """
    index, shared, unclear = PathIndex(old.frames.path), dict[int, int](), list[str]()
    for row, (id_, path) in enumerate(zip(new.frames.id, new.frames.path, strict=True)):
        if path is None or not (added or _is_named(str(id_), path)):
            continue
        at = index.find(path)
        if at == AMBIGUOUS and id_ not in old.frames.row_by_id:
            unclear.append(path)
        elif at >= 0 and _same_image(old, at, new, row, named=_is_named(str(id_), path)):
            shared[row] = at
    often = Counter(shared.values())
    shared = {row: at for row, at in shared.items() if often[at] == 1}
    ids = list(_ids(old, new, shared))
    paths = list(new.frames.path)
    for row, at in shared.items() if added else ():
        path = str(old.frames.path[at])
        paths[row] = path if new.images == old.images else joined(old.images, path)
    changed = sum(a != b for a, b in zip(ids, new.frames.id, strict=True))
    note = f"{counted(changed, 'frame is', 'frames are')} known by the ends of their paths and keep their ids"
    told = new.provenance
    problems = _without(told.problems, new, shared) if added else told.problems
    told = replace(
        told,
        notes=(*told.notes, *([note] if changed else [])),
        problems=(*problems, *_problems(unclear)),
    )
    frames = replace(new.frames, id=Text.from_values(ids), path=Text.from_values(paths))
    return replace(new, frames=frames, provenance=told)


def _ids(old: Dataset, new: Dataset, shared: dict[int, int]) -> Iterator[str]:
    """The ids of `new`: known ones, and free ones where a known one is that of another image."""
    known = {str(old.frames.id[at]) for at in shared.values()}
    taken = {*old.frames.row_by_id, *new.frames.row_by_id}
    for row, given in enumerate(map(str, new.frames.id)):
        if row in shared:
            yield str(old.frames.id[shared[row]])
        elif given in known:
            free = next(each for n in count(2) if (each := f"{given}_{n}") not in taken)
            taken.add(free)
            yield free
        else:
            yield given


def _is_named(id_: str, path: str) -> bool:
    """Whether an id is made from a path."""
    return ends_alike(id_, unsuffixed(path)) or ends_alike(id_, path)


def _same_image(old: Dataset, at: int, new: Dataset, row: int, *, named: bool) -> bool:
    before, now = str(old.frames.path[at]), str(new.frames.path[row])
    if not ends_alike(before, now):
        return False
    places = [joined(one.images, path) for one, path in ((old, before), (new, now))]
    sizes = [_bytes(place) for place in places]
    if None in sizes:
        return named or sizes[0] is not None or places[0] == places[1]
    return sizes[0] == sizes[1]


def _bytes(path: str) -> int | None:
    """How large a file is; None where there is none, or where it is not on this machine."""
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return None


def _without(problems: Sequence[Problem], new: Dataset, shared: Container[int]) -> Iterator[Problem]:
    """The problems, those of missing images without the images that the dataset has."""
    for problem in problems:
        if problem.kind != MISSING:
            yield problem
            continue
        paths = ((row, str(path)) for row, path in enumerate(new.frames.path) if path and row not in shared)
        lost = [path for _, path in paths if _bytes(joined(new.images, path)) is None]
        if lost:
            yield replace(problem, count=len(lost), examples=tuple(map(visible, lost[:EXAMPLES])))


def _problems(unclear: list[str]) -> Iterator[Problem]:
    if unclear:
        hint = "they are new frames; to correct labels, name the folders of these images too"
        kind = "images whose name several frames have"
        yield Problem(kind, len(unclear), "kept", tuple(map(visible, unclear[:EXAMPLES])), hint)
