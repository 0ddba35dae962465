"""Files that list images and the objects in each: collected here, then turned into labels or inferences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import (
    Corners,
    FrameRows,
    ObjectCollector,
    nested_note,
    places,
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
from aquarium_tui.formats.shared.frames import (
    NumberedClasses,
    further_images,
    metadata_of,
    numbered,
    pictures,
    with_ids,
)
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.formats.shared.records import EXAMPLES, Records
from aquarium_tui.formats.shared.values import number, whole
from aquarium_tui.media.folders import UNKNOWN
from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Size
from aquarium_tui.model.problems import Problem

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
        """For one file, with places such as "val.json image 3 annotations[2]"."""
        name = visible(given.path.name)
        return cls(ObjectCollector(places(name, outer, inner)), FrameRows(f"{name} {outer}s"))

    @classmethod
    def of_files(cls, given: Given, names: Sequence[str], inner: str) -> "ListedImages":
        """For files of one image each, whose names are appended to `names` in their order."""

        def place(i: int, j: int) -> str:
            return f"{visible(names[i])}{f' {inner}[{j}]' if j >= 0 else ''}"

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
    crowds = (f"{listed.crowds:,} labels are crowds: never counted as missed",) if listed.crowds else ()
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
