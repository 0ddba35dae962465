"""FiftyOne exports: FiftyOneImageDetectionDataset (labels.json) and FiftyOneDataset (samples.json)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import (
    Corners,
    FrameRows,
    ObjectCollector,
    four,
    nested_note,
    places,
    score_note,
)
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile, is_file
from aquarium_tui.formats.shared.json_reader import Scanner
from aquarium_tui.formats.shared.listed_images import metadata_of, numbered, pictures, pixels, with_ids
from aquarium_tui.media.folders import UNKNOWN
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.picture import Size

_KNOWN = frozenset({"_id", "id", "_cls", "tags", "label", "bounding_box", "confidence", "iscrowd", "mask"})
SENTENCE = (
    "a FiftyOne export: labels.json {classes, labels: {stem: […]}} or samples.json, or the folder of it"
)
_KINDS = (("samples.json", "samples", "["), ("labels.json", "labels", "{"))
"""The name of each file, the key in it that tells it from others, and what is there."""


@dataclass(frozen=True)
class FiftyOneExport:
    """The detections of one field of an export.

    Attributes:
        objects: The detections; boxes are fractions of their image.
        frames: The samples that hold them.
        classes: Class names in the order of the file, if it lists them.
        notes: What was recognised.
    """

    objects: ObjectCollector
    frames: FrameRows
    classes: Sequence[str] = ()
    notes: tuple[str, ...] = ()


def take(
    objects: ObjectCollector, at: tuple[int, int], frame: str, detection: object, classes: Sequence[str]
) -> None:
    """Add a detection.

    Args:
        objects: What it is added to.
        at: The position of its sample, and its own position in that sample.
        frame: The name of the sample.
        detection: What the file holds there, whatever it is.
        classes: The names that a numeric label refers to.
    """
    if not isinstance(detection, dict):
        objects.reject(at, "detections that are not JSON objects")
        return
    further = _further(detection)
    crowd = bool(detection.get("iscrowd") or further.pop("iscrowd", False))
    objects.add(
        at,
        frame,
        _corners(detection.get("bounding_box")),
        category=_name(detection.get("label"), classes),
        confidence=detection.get("confidence"),
        crowd=crowd,
        id_=_id(detection),
        further=further,
    )
    if type(detection.get("label")) is int and _name(detection["label"], classes) is None:
        objects.flag("detections whose label is beyond the list of classes", "left out")
    if detection.get("bounding_box") is None:
        hint = "only boxes are read: export a field of detections"
        objects.flag("detections without a bounding_box", "left out", hint)


def read_samples(path: Path, wanted: str, scored: bool) -> FiftyOneExport:
    """The detections in one field.

    Args:
        path: The samples.json.
        wanted: The name of the field; empty takes the only one that fits.
        scored: Whether to read inferences, which have confidences, rather than labels, which have none.

    Raises:
        InputError: The file cannot be read, is not JSON, or the field is missing or ambiguous.
    """
    read = _SampleFields(visible(path.name), FrameRows(f"{visible(path.name)} samples"))
    for i, sample in enumerate(_samples(Scanner.of(path))):
        _take(read, i, sample if isinstance(sample, dict) else {})
    key = _chosen(path, read.fields, wanted, scored)
    objects = read.fields[key]
    for i in read.unnamed:
        objects.reject((i, -1), "samples without a filepath")
    for name, row in read.frames.rows.items():
        if row.get(key) is not None:
            objects.reject((read.numbers[name], -1), "samples whose field is not a list of detections")
    what = "inferences" if scored else "labels"
    return FiftyOneExport(objects, read.frames, notes=(f"{what} read from the field `{visible(key)}`",))


def looks_like(given: Given) -> bool:
    """Whether the file, or a samples.json or labels.json in the folder, is a FiftyOne export."""
    if given.is_dir:
        return _inside(given) is not None
    return any(given.outline.kinds.get(key) == kind for _, key, kind in _KINDS)


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in an export.

    Raises:
        InputError: It cannot be read, is not such an export, or has several fields that could be the labels.
    """
    export = _export(given, scored=False)
    rows = export.frames.rows
    metadata, notes = metadata_of([_metadata(row) for row in rows.values()])
    found = pictures(given, list(rows), metadata, {name: _size(row) for name, row in rows.items()})
    classes, records = numbered(
        with_ids(export.objects.labels(relative=True, sides="size"), found.ids), export.classes
    )
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=records,
        notes=(
            *export.notes,
            *notes,
            *score_note(export.objects.scores),
            *nested_note(export.objects.nested),
        ),
        problems=(*export.frames.problems(), *found.problems),
        folder=found.folder,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences of one model in an export.

    Raises:
        InputError: It cannot be read, is not such an export, or has several fields that could be the
            inferences.
    """
    export = _export(given, scored=True)
    notes = (*export.notes, *nested_note(export.objects.nested))
    return InferenceFile(export.objects.inferences(relative=True, sides="size"), notes)


FIFTYONE = Format(
    name="fiftyone",
    sentence=SENTENCE,
    marks=("samples", "filepath", "labels", "classes", "bounding_box"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
    options={"field": "--field"},
)


@dataclass
class _SampleFields:
    name: str
    frames: FrameRows
    fields: dict[str, ObjectCollector] = field(default_factory=dict)
    unnamed: list[int] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def objects(self, key: str) -> ObjectCollector:
        """The collector for the detections of field `key`."""
        return self.fields.setdefault(key, ObjectCollector(places(self.name, "sample", visible(key))))


def _name(label: object, classes: Sequence[str]) -> object:
    """The class that a label names; a number is a position in the list of classes, if there is a list."""
    if type(label) is int and classes:
        return classes[label] if 0 <= label < len(classes) else None
    return label


def _corners(box: object) -> Corners | None:
    """FiftyOne's [x, y, width, height] as left, top, right, bottom."""
    values = four(box) if isinstance(box, list) else None
    if values is None:
        return None
    x, y, width, height = values
    return x, y, x + width, y + height


def _id(detection: Mapping[str, Any]) -> object:
    id_ = detection.get("_id", detection.get("id"))
    return id_.get("$oid") if isinstance(id_, dict) else id_


def _further(detection: Mapping[str, Any]) -> dict[str, Any]:
    attributes = detection.get("attributes")
    inner = attributes if isinstance(attributes, dict) else {}
    rest = {key: value for key, value in detection.items() if key not in _KNOWN and key != "attributes"}
    return {**inner, **rest}


def _samples(scanner: Scanner) -> Iterator[Any]:
    for key in scanner.members():
        if key == "samples" and scanner.peek() == "[":
            yield from scanner.elements()
        else:
            scanner.value()
    scanner.finish()


def _take(read: _SampleFields, i: int, sample: Mapping[str, Any]) -> None:
    name = sample.get("filepath")
    if not isinstance(name, str) or not name:
        read.unnamed.append(i)
        return
    detections = {key: value["detections"] for key, value in sample.items() if _is_detections(value)}
    read.numbers.setdefault(name, i)
    read.frames.add(i, name, {key: _kept(key, sample[key]) for key in sample if key not in detections})
    for key, values in detections.items():
        objects = read.objects(key)
        for j, detection in enumerate(values):
            take(objects, (i, j), name, detection, ())


def _kept(key: str, value: object) -> object:
    """What to keep of a field of a sample: of lists and objects, which may be large, only the kind."""
    return {} if key != "metadata" and isinstance(value, list | dict) else value


def _is_detections(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("detections"), list)


def _chosen(path: Path, fields: Mapping[str, ObjectCollector], wanted: str, scored: bool) -> str:
    if wanted in fields:
        return wanted
    fitting = [key for key, objects in fields.items() if (objects.scores > 0) == scored]
    if len(fitting) == 1 and not wanted:
        return fitting[0]
    listed = [f"{visible(key)} ({_told(objects)})" for key, objects in fields.items()]
    known = f"Fields of detections in {visible(path.name)}: {', '.join(listed) or 'none'}."
    if wanted:
        raise InputError(f"No sample has detections in a field `{visible(wanted)}`.", known)
    what = "inferences, which have confidences" if scored else "labels, which have no confidences"
    count = "Several fields" if fitting else "No field"
    raise InputError(
        f"{count} of {visible(str(path))} could be the {what}.", f"{known} Choose one with --field."
    )


def _told(objects: ObjectCollector) -> str:
    return f"{counted(len(objects), 'object')}, {'with' if objects.scores else 'no'} confidences"


def _inside(given: Given) -> Path | None:
    """The file of the export in the folder; None if there is none."""
    for name, key, kind in _KINDS:
        inner = given.path / name
        if is_file(inner) and Given(inner).outline.kinds.get(key) == kind:
            return inner
    return None


def _export(given: Given, scored: bool) -> FiftyOneExport:
    path = _inside(given) if given.is_dir else given.path
    if path is None:
        names = " or ".join(name for name, *_ in _KINDS)
        raise InputError(
            f"{visible(str(given.path))} has no {names} of a FiftyOne export.", "Name the file itself."
        )
    if Given(path).outline.kinds.get("samples") == "[":
        return read_samples(path, given.field, scored)
    return _read_by_stem(path)


def _read_by_stem(path: Path) -> FiftyOneExport:
    """The one field of a labels.json: lists of detections by the stem of the image."""
    name = visible(path.name)
    scanner, parts = Scanner.of(path), dict[str, Any]()
    for key in scanner.members():
        parts[key] = scanner.value()
    scanner.finish()
    by_stem, listed = parts.get("labels"), parts.get("classes")
    if not isinstance(by_stem, dict):
        raise InputError(f"{visible(str(path))} has no `labels` by image.", f"Wanted: {SENTENCE}.")
    classes = [str(one) for one in listed] if isinstance(listed, list) else []
    objects, frames = ObjectCollector(places(name, "image", "detections")), FrameRows(f"{name} images")
    for i, (stem, detections) in enumerate(by_stem.items()):
        frames.add(i, stem, {})
        if detections is not None and not isinstance(detections, list):
            objects.reject((i, -1), "images whose detections are not a list")
            continue
        for j, detection in enumerate(detections or ()):
            take(objects, (i, j), stem, detection, classes)
    return FiftyOneExport(objects, frames, classes)


def _metadata(row: Mapping[str, Any]) -> dict[str, Any]:
    unread = ("filepath", "metadata", "id")
    return {key: value for key, value in row.items() if key not in unread and not key.startswith("_")}


def _size(row: Mapping[str, Any]) -> Size:
    metadata = row.get("metadata")
    if not isinstance(metadata, dict):
        return UNKNOWN
    return pixels(metadata.get("width")), pixels(metadata.get("height"))
