"""BDD100K detection JSON, also as Scalabel writes it: frames with attributes and lists of labels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import (
    Corners,
    FrameRows,
    ObjectCollector,
    four,
    nested_note,
    places,
    renamed,
    score_note,
)
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.formats.shared.listed_images import metadata_of, numbered, pictures, pixels, with_ids
from aquarium_tui.media.folders import UNKNOWN
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.picture import Size

_IGNORED = frozenset({"ignore", "ignored", "dontcare"})
_KNOWN = frozenset({"id", "category", "box2d", "score", "attributes"})
_CROWDS = ("crowd", "ignored")
_SIDES = ("x1", "y1", "x2", "y2")
SENTENCE = (
    "BDD100K JSON, a list of {name, attributes, labels: [{category, box2d}]}, or an object with it as frames"
)
_LATER = {"person": "pedestrian", "bike": "bicycle", "motor": "motorcycle"}
"""Classes of the 2018 release, and what the 2020 release calls them."""
_OTHER_NAMES = _LATER | {later: first for first, later in _LATER.items()}
_OF_FRAMES = frozenset({"name", "labels", "attributes", "size"})


def take_label(objects: ObjectCollector, at: tuple[int, int], frame: str, label: object) -> bool:
    """Add a label.

    Args:
        objects: What it is added to.
        at: The position of its frame, and its own position in that frame.
        frame: The name of the frame.
        label: What the file holds there, whatever it is.

    Returns:
        Whether it is a crowd or a region to be ignored.
    """
    if not isinstance(label, dict):
        objects.reject(at, "labels that are not JSON objects")
        return False
    if label.get("box2d") is None:
        objects.reject(at, "labels without a box2d", "only boxes are read, not polygons, lanes or areas")
        return False
    category, further = label.get("category"), _further(label)
    marks = [further.pop(key, False) is True for key in _CROWDS]
    ignored = isinstance(category, str) and category.replace(" ", "").casefold() in _IGNORED
    crowd = ignored or any(marks)
    objects.add(
        at,
        frame,
        _corners(label["box2d"]),
        category=category,
        confidence=label.get("score"),
        crowd=crowd,
        id_=label.get("id"),
        further=further,
    )
    return crowd


def looks_like(given: Given) -> bool:
    """Whether the file is BDD100K JSON."""
    outline = given.outline
    for frames in ("[]", "frames[]"):
        if outline.has(f"{frames}.labels[].box2d"):
            return True
        if outline.has(f"{frames}.name", f"{frames}.labels") and not outline.has(f"{frames}.filepath"):
            return True
    return False


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in the file; image sizes are read from the images unless it states them.

    Raises:
        InputError: The file cannot be read, is not JSON, or has no frames.
    """
    read = _read(given)
    if not read.frames.rows:
        raise InputError(f"{visible(str(given.path))} has no frames.", f"Wanted: {SENTENCE}.")
    metadata, notes = metadata_of([_metadata(frame) for frame in read.frames.rows.values()])
    sizes = {name: _size(frame.get("size")) for name, frame in read.frames.rows.items()}
    found = pictures(given, list(read.frames.rows), metadata, sizes)
    named = with_ids(read.objects.labels(), found.ids)
    classes, records = numbered(named, read.classes)
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=records,
        notes=(*notes, *score_note(read.objects.scores), *_notes(read, named.category.words)),
        problems=(*read.frames.problems(), *found.problems),
        folder=found.folder,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in the file, each with a `score`.

    Raises:
        InputError: The file cannot be read or is not JSON.
    """
    read = _read(given)
    records = read.objects.inferences()
    names = {word: _OTHER_NAMES.get(word, word) for word in records.category.words}
    other_names = renamed(records.category, names) or records.category
    return InferenceFile(
        replace(records, class_name=records.category, category=other_names),
        _notes(read, records.category.words),
    )


BDD100K = Format(
    name="bdd100k",
    sentence=SENTENCE,
    marks=("name", "labels", "category", "box2d"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
)


@dataclass
class _BddFrames:
    objects: ObjectCollector
    frames: FrameRows
    classes: list[str] = field(default_factory=list)
    ignored: int = 0


def _corners(box: object) -> Corners | None:
    return four([box.get(side) for side in _SIDES]) if isinstance(box, dict) else None


def _further(label: Mapping[str, Any]) -> dict[str, Any]:
    attributes = label.get("attributes")
    inner = attributes if isinstance(attributes, dict) else {}
    return {**inner, **{key: value for key, value in label.items() if key not in _KNOWN}}


def _read(given: Given) -> _BddFrames:
    name = visible(given.path.name)
    read = _BddFrames(ObjectCollector(places(name, "frame", "labels")), FrameRows(f"{name} frames"))
    for i, frame in enumerate(_frames(given, read.classes)):
        _take(read, i, frame if isinstance(frame, dict) else {})
    return read


def _frames(given: Given, classes: list[str]) -> Iterator[Any]:
    """The elements of the list of frames; the classes that Scalabel's `config` lists go to `classes`."""
    scanner = Scanner.of(given.path)
    if scanner.peek() == "[":
        yield from scanner.elements()
    else:
        for key in scanner.members():
            if key == "frames" and scanner.peek() == "[":
                yield from scanner.elements()
            else:
                value = scanner.value()
                classes += _listed_classes(value) if key == "config" else ()
    scanner.finish()


def _listed_classes(config: object) -> Iterator[str]:
    """The names of `categories`; those with subcategories stand for them."""
    categories = config.get("categories") if isinstance(config, dict) else None
    for category in categories if isinstance(categories, list) else ():
        name = category.get("name") if isinstance(category, dict) else None
        inner = list(_listed_classes({"categories": category.get("subcategories")})) if name else []
        yield from inner or ([clean(name)] if isinstance(name, str) and name else [])


def _take(read: _BddFrames, i: int, frame: Mapping[str, Any]) -> None:
    name, labels = frame.get("name"), frame.get("labels")
    if not isinstance(name, str) or not name:
        read.objects.reject((i, -1), "frames without a name", "each needs the file name of its image")
        return
    read.frames.add(i, name, {key: value for key, value in frame.items() if key != "labels"})
    if labels is not None and not isinstance(labels, list):
        read.objects.reject((i, -1), "frames whose `labels` are not a list")
        return
    for j, label in enumerate(labels or ()):
        read.ignored += take_label(read.objects, (i, j), name, label)


def _metadata(frame: Mapping[str, Any]) -> dict[str, Any]:
    attributes = frame.get("attributes")
    inner = attributes if isinstance(attributes, dict) else {}
    return {**inner, **{key: value for key, value in frame.items() if key not in _OF_FRAMES}}


def _size(size: object) -> Size:
    """The image size, which Scalabel writes and BDD100K does not."""
    return (pixels(size.get("width")), pixels(size.get("height"))) if isinstance(size, dict) else UNKNOWN


def _notes(read: _BddFrames, words: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if pairs := [f"{name} is called {_OTHER_NAMES[name]}" for name in words if name in _OTHER_NAMES]:
        notes.append(f"in BDD100K's other release, {', '.join(pairs)}: inferences may use either name")
    if read.ignored:
        notes.append(
            f"{counted(read.ignored, 'label is a crowd', 'labels are crowds')} or ignored: never missed"
        )
    return (*notes, *nested_note(read.objects.nested))
