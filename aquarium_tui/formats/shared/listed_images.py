"""Files that list images and the objects in each, and frames and classes that files only name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import (
    EXAMPLES,
    Corners,
    FrameRows,
    Gatherer,
    ObjectCollector,
    Records,
    nested_note,
    places,
    record_place,
    renamed,
    score_note,
)
from aquarium_tui.formats.shared.format import (
    Format,
    Given,
    InferenceFile,
    LabelFile,
    files_below,
    is_folder,
    read_text,
)
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.formats.shared.values import number, typed_column, unique_keys, whole
from aquarium_tui.media.folders import DEEP, UNKNOWN, Listing, images_below, size_of, unsuffixed
from aquarium_tui.model.columns import Column, Text
from aquarium_tui.model.names import clean, joined, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.picture import Size
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames

_BESIDE = ("data", "images")
"""Folders beside the file in which images are looked for; FiftyOne exports to data."""
NumberedClasses = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class FoundFrames:
    """Frames whose image files have been looked for.

    Attributes:
        table: The frames.
        ids: Frame id by the name that the labels file uses.
        folder: Where their paths start.
        problems: Images of unknown size.
    """

    table: Frames
    ids: Mapping[str, str]
    folder: Path
    problems: tuple[Problem, ...] = ()


def pictures(
    given: Given,
    names: Sequence[str],
    metadata: Mapping[str, Column],
    sizes: Mapping[str, Size] | None = None,
) -> FoundFrames:
    """The frames that a file names, with the images that those names lead to.

    Args:
        given: The file, and the folder of the images if one was named.
        names: The names of the images, unique: paths, file names or stems.
        metadata: Further columns, one row per frame.
        sizes: Sizes that the file states; the others are read from the images.
    """
    folder, paths = _found(given, names)
    return measured(visible(given.path.name), folder, dict(zip(names, paths, strict=True)), metadata, sizes)


def measured(
    where: str,
    folder: Path,
    paths: Mapping[str, str],
    metadata: Mapping[str, Column],
    sizes: Mapping[str, Size] | None = None,
) -> FoundFrames:
    """The frames of images whose paths are known.

    Args:
        where: The file that names them, for messages.
        folder: Where their paths start.
        paths: The path of each by its name.
        metadata: As for `pictures`.
        sizes: As for `pictures`.
    """
    names = list(paths)
    problems = Gatherer(where)
    known = sizes or {}
    found = [
        size if 0 not in (size := known.get(name, UNKNOWN)) else size_of(joined(str(folder), path))
        for name, path in paths.items()
    ]
    for name, size in zip(names, found, strict=True):
        if size == UNKNOWN:
            hint = "name the folder of the images with --images: sizes are read from the image files"
            problems.add("images of unknown size", "kept", None, visible(name), hint)
    ids = frame_ids(names)
    width, height = np.array(found, dtype=np.int32).reshape(-1, 2).T.copy()
    return FoundFrames(
        table=Frames(Text.from_words(ids), Text.from_values(paths.values()), width, height, metadata),
        ids=dict(zip(names, ids, strict=True)),
        folder=folder,
        problems=problems.problems(),
    )


def further_images(given: Given, names: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Images in the named folder that `names` leave out, and a note that says so.

    A table of boxes has no row for an image without boxes, and such an image is a frame all the same.
    """
    if given.images is None:
        return [], ()
    listing = Listing.of(given.images, DEEP)
    named = {listing.find(name) for name in names}
    further = [path for path in images_below(given.images, DEEP) if path not in named]
    note = f"{counted(len(further), 'image')} more in the folder become frames without labels"
    return further, (note,) if further else ()


def pixels(value: object) -> int:
    """A width or height in pixels as a file states it; 0 if it is not one."""
    given = number(value)
    return int(given) if given is not None and 1 <= given < 2**31 else 0


def frame_ids(names: Sequence[str]) -> list[str]:
    """A unique id for each of `names`: the stem if all stems differ, else more of the path."""
    posix = [name.replace("\\", "/").removeprefix("./") for name in names]
    paths = [unsuffixed(name) for name in posix]
    stems = [path.rpartition("/")[2] for path in paths]
    return next((ids for ids in (stems, paths, posix) if len(set(ids)) == len(ids)), list(names))


def with_ids(records: Records, ids: Mapping[str, str]) -> Records:
    """The records with the names of their frames replaced by ids."""
    return replace(records, frame=renamed(records.frame, ids) or records.frame)


def numbered(records: Records, names: Sequence[str] = ()) -> tuple[NumberedClasses, Records]:
    """Classes numbered from 1, and the records with those numbers for the names in their category.

    Args:
        records: Records whose categories are class names.
        names: Classes in the order of their file, if it has one; others follow alphabetically.
    """
    others = sorted(set(records.category.words) - set(names), key=lambda name: (name.casefold(), name))
    classes = list(enumerate([*dict.fromkeys(names), *others], 1))
    numbers = {name: str(id_) for id_, name in classes}
    return classes, replace(records, category=renamed(records.category, numbers) or records.category)


def metadata_of(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Typed columns of what each frame says beside its name, and notes that list them."""
    keys = dict.fromkeys(key for row in rows for key in row)
    columns = {key: typed_column([row.get(key) for row in rows]) for key in keys}
    kept = unique_keys({key: column for key, column in columns.items() if column is not None})
    skipped = [visible(key) for key in keys if columns[key] is None]
    notes = [f"frame metadata: {', '.join(kept)}"] if kept else []
    if skipped:
        notes.append(
            f"keys of frames that are empty or hold lists or objects are not read: {', '.join(skipped)}"
        )
    return kept, tuple(notes)


def _found(given: Given, names: Sequence[str]) -> tuple[Path, list[str]]:
    """The folder that holds most of the images, and their paths in it; names that lead nowhere stay."""
    start = given.path if given.is_dir else given.path.parent
    folders = [given.images] if given.images else [start, *(start / name for name in _BESIDE)]
    best: tuple[Path, list[str | None]] = (folders[0], [])
    for folder in folders:
        listing = Listing.of(folder, 0 if folder == start and not given.images else DEEP)
        found = [listing.find(name) for name in names]
        if _count(found) > _count(best[1]):
            best = (folder, found)
        if _count(found) == len(names):
            break
    lost = [None] * len(names)
    return best[0], [path or clean(name) for path, name in zip(best[1] or lost, names, strict=True)]


def _count(paths: Sequence[str | None]) -> int:
    return sum(path is not None for path in paths)


Polygon = list[float]
"""x and y of each point in turn, as COCO writes polygons."""
LOST = "files that cannot be read"


@dataclass
class ListedImages:
    """What the files of a format list.

    Attributes:
        objects: The objects, each with the name of its image.
        frames: The images by name, with the values that become their metadata.
        sizes: Sizes that the files state, by name.
        classes: Names of classes in the order in which the files list them; they may have no objects.
        notes: What was recognised, in sentences.
        relative: Whether boxes and polygons are fractions of their image.
        indexed: As in `Records`.
        sides: As in `Records`.
        crowds: How many objects are crowds.
        lost: Files that are left out, each with the reason.
        images: Where the images are, if the layout of the format says so.
        sparse: Whether images without objects are not listed, as in tables with a row per box.
    """

    objects: ObjectCollector
    frames: FrameRows
    sizes: dict[str, Size] = field(default_factory=dict)
    classes: dict[str, None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    relative: bool = False
    indexed: bool = False
    sides: str = "corners"
    crowds: int = 0
    lost: list[str] = field(default_factory=list)
    images: Path | None = None
    sparse: bool = False

    @classmethod
    def of_file(cls, given: Given, outer: str, inner: str) -> "ListedImages":
        """For one file, with places such as "val.json image 3 annotations record 2"."""
        name = visible(given.path.name)
        return cls(ObjectCollector(places(name, outer, inner)), FrameRows(f"{name} {outer}s"))

    @classmethod
    def of_files(cls, given: Given, names: Sequence[str], inner: str) -> "ListedImages":
        """For files of one image each, whose names are appended to `names` in their order."""

        def place(i: int, j: int) -> str:
            name = visible(names[i])
            return name if j < 0 else record_place(f"{name} {inner}", j)

        return cls(ObjectCollector(place), FrameRows(visible(given.path.name)))

    def image(
        self, i: int, name: object, size: Size = UNKNOWN, further: Mapping[str, Any] | None = None
    ) -> str | None:
        """Add image `i`; None, with a problem, if it has no name."""
        if not isinstance(name, str) or not name.strip():
            self.objects.reject((i, -1), "images without a name", "each needs the file name of its image")
            return None
        self.frames.add(i, name, further or {})
        self.sizes.setdefault(name, size)
        return name

    def list_in(self, at: tuple[int, int], holder: Mapping[str, Any], key: str) -> list[Any]:
        """The list at a key; empty if there is none, with a problem if it is something else."""
        value = holder.get(key)
        if isinstance(value, list):
            return value
        if value is not None:
            self.objects.reject(at, f"values of `{key}` that are not lists")
        return []

    def object_in(self, at: tuple[int, int], holder: Mapping[str, Any], key: str) -> dict[str, Any]:
        """The object at a key, in the same way."""
        value = holder.get(key)
        if isinstance(value, dict):
            return value
        if value is not None:
            self.objects.reject(at, f"values of `{key}` that are not objects with keys")
        return {}

    def mapping(self, at: tuple[int, int], value: object) -> dict[str, Any] | None:
        """`value` if it is an object; else None, with a problem."""
        if isinstance(value, dict):
            return value
        self.objects.reject(at, "elements that are not objects with keys")
        return None

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the images and the files."""
        if not self.lost:
            return self.frames.problems()
        lost = Problem(LOST, len(self.lost), "left out", tuple(self.lost[:EXAMPLES]))
        return (*self.frames.problems(), lost)

    def documents(self, given: Given, suffix: str = ".json") -> Iterator[tuple[Path, Any]]:
        """The JSON in the file, or in each file below the folder; files that cannot be read are lost.

        Raises:
            InputError: It is a single file that cannot be read, or is not JSON.
        """
        if not given.is_dir:
            yield given.path, document(given.path)
            return
        for path in files_below(given.path, suffix):
            try:
                found = document(path)
            except InputError as error:
                self.lost.append(f"{visible(path.name)} ({error.message})")
            else:
                yield path, found


def document(path: Path) -> Any:  # noqa: ANN401
    """The whole JSON document at `path`.

    Raises:
        InputError: The file cannot be read, or is not JSON.
    """
    scanner = Scanner(read_text(path), visible(path.name))
    found = scanner.value()
    scanner.finish()
    return found


ListReader = Callable[[Given, bool], ListedImages]
"""Reads a file or folder; the second argument says whether inferences are wanted, not labels."""


def list_format(  # noqa: PLR0917 - the columns of a row, in the order of `Format`
    name: str,
    sentence: str,
    marks: tuple[str, ...],
    looks_like: Callable[[Given], bool],
    read: ListReader,
    options: Mapping[str, str] | None = None,
) -> Format:
    """A format whose files list images and objects; the arguments are as in `Format`."""

    def read_labels(given: Given) -> LabelFile:
        return labels_of(given, read(given, False), sentence)

    def read_inferences(given: Given) -> InferenceFile:
        listed = read(given, True)
        _refuse_nothing(given, listed, sentence)
        records = listed.objects.inferences(relative=listed.relative)
        lost = [problem.sentence() for problem in listed.problems()]
        notes = (*listed.notes, *nested_note(listed.objects.nested), *lost)
        records = replace(records, file_name=records.frame, indexed=listed.indexed, sides=listed.sides)
        return InferenceFile(records, notes)

    return Format(name, sentence, marks, looks_like, read_labels, read_inferences, options or {})


def labels_of(given: Given, listed: ListedImages, sentence: str) -> LabelFile:
    """The labelled dataset that was listed.

    Raises:
        InputError: Nothing was.
    """
    _refuse_nothing(given, listed, sentence)
    located = replace(given, images=given.images or listed.images)
    names = list(listed.frames.rows)
    others, said = further_images(located, names) if listed.sparse else ([], ())
    metadata, notes = metadata_of([*listed.frames.rows.values(), *({} for _ in others)])
    found = pictures(located, [*names, *others], metadata, listed.sizes)
    records = with_ids(listed.objects.labels(relative=listed.relative), found.ids)
    classes, records = _classes(records, list(listed.classes))
    crowds = (
        (f"{counted(listed.crowds, 'label is a crowd', 'labels are crowds')}: never counted as missed",)
        if listed.crowds
        else ()
    )
    nested = nested_note(listed.objects.nested)
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=records,
        notes=(*listed.notes, *notes, *said, *score_note(listed.objects.scores), *crowds, *nested),
        problems=(*listed.problems(), *found.problems),
        folder=found.folder,
    )


def folder_near(path: Path, *places: str) -> Path | None:
    """The first of `places`, relative to a file's folder or to a folder, that is a folder."""
    start = path if is_folder(path) else path.absolute().parent
    return next((start / place for place in places if is_folder(start / place)), None)


def points_of(value: object) -> Polygon | None:
    """Points as pairs, or as numbers in turn; None if they are anything else, or none at all."""
    if not isinstance(value, list) or not value:
        return None
    flat = [side for point in value for side in (point if isinstance(point, list) else [point])]
    if any(isinstance(point, list) and len(point) != 2 for point in value):
        return None
    numbers = [side for side in map(number, flat) if side is not None and isfinite(side)]
    return numbers if len(numbers) == len(flat) and len(flat) % 2 == 0 else None


def bounds(*polygons: Polygon) -> Corners:
    """The box around polygons."""
    x = [side for polygon in polygons for side in polygon[::2]]
    y = [side for polygon in polygons for side in polygon[1::2]]
    return min(x), min(y), max(x), max(y)


def sized(box: Corners | None) -> Corners | None:
    """Left, top, width, height as left, top, right, bottom."""
    return None if box is None else (box[0], box[1], box[0] + box[2], box[1] + box[3])


def _classes(records: Records, listed: Sequence[str]) -> tuple[NumberedClasses, Records]:
    """The classes, numbered; those that the file knows only by number keep it."""
    ids = {word: whole(word) for word in records.category.words}
    if listed or not ids or None in ids.values():
        return numbered(records, listed)
    return [(id_, word) for id_, word in sorted((id_ or 0, word) for word, id_ in ids.items())], records


def _refuse_nothing(given: Given, listed: ListedImages, sentence: str) -> None:
    if listed.frames.rows or len(listed.objects):
        return
    reasons = "; ".join(listed.lost[:EXAMPLES])
    raise InputError(
        f"{visible(str(given.path))} lists no images{f': {reasons}' if reasons else ''}.",
        f"Wanted: {sentence}.",
    )
