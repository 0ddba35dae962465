"""FiftyOne's exports: FiftyOneImageDetectionDataset (labels.json) and FiftyOneDataset (samples.json)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats import source
from aquarium_tui.formats.collected import Collected
from aquarium_tui.formats.fiftyone_objects import Export, take
from aquarium_tui.formats.fiftyone_samples import read_samples
from aquarium_tui.formats.frame_rows import FrameRows, nested_note, places, score_note
from aquarium_tui.formats.given import Given
from aquarium_tui.formats.image_files import UNKNOWN, Size
from aquarium_tui.formats.pictures import pictures, pixels
from aquarium_tui.formats.records import InferenceFile, LabelFile
from aquarium_tui.formats.scanner import Scanner
from aquarium_tui.formats.tables import metadata_of, numbered, with_ids
from aquarium_tui.model.names import visible

SENTENCE = (
    "a FiftyOne export: labels.json {classes, labels: {stem: […]}} or samples.json, or the folder of it"
)
_SAMPLES = re.compile(r'"samples"\s*:\s*\[')
_LABELS = re.compile(r'"labels"\s*:\s*\{')
_KINDS = (("samples.json", _SAMPLES), ("labels.json", _LABELS))


def looks_like(given: Given) -> bool:
    """Whether the file, or one of those names in the folder, is FiftyOne's."""
    if given.is_dir:
        return _inside(given) is not None
    start = given.start
    return start.lstrip()[:1] == "{" and any(keys.search(start) for _, keys in _KINDS)


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in an export.

    Raises:
        InputError: It cannot be read, is no such export, or has several fields that may be the labels.
    """
    export = _export(given, scored=False)
    rows = export.frames.rows
    metadata, notes = metadata_of([_metadata(row) for row in rows.values()])
    found = pictures(given, list(rows), metadata, {name: _size(row) for name, row in rows.items()})
    classes, records = numbered(with_ids(export.objects.labels(relative=True), found.ids), export.classes)
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
        InputError: It cannot be read, is no such export, or has several fields that may be the inferences.
    """
    export = _export(given, scored=True)
    notes = (*export.notes, *nested_note(export.objects.nested))
    return InferenceFile(export.objects.inferences(relative=True), notes)


def _inside(given: Given) -> Path | None:
    """The file of the export in the folder."""
    for name, keys in _KINDS:
        inner = given.path / name
        if inner.is_file() and keys.search(Given(inner).start):
            return inner
    return None


def _export(given: Given, scored: bool) -> Export:
    path = _inside(given) if given.is_dir else given.path
    if path is None:
        names = " and no ".join(name for name, _ in _KINDS)
        raise InputError(f"{visible(str(given.path))} has no {names} of FiftyOne's.", "Name the file itself.")
    if _SAMPLES.search(source.head(path)):
        return read_samples(path, given.field, scored)
    return _read_by_stem(path)


def _read_by_stem(path: Path) -> Export:
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
    objects, frames = Collected(places(name, "image", "detections")), FrameRows(f"{name} images")
    for i, (stem, detections) in enumerate(by_stem.items()):
        frames.add(i, stem, {})
        if detections is not None and not isinstance(detections, list):
            objects.reject((i, -1), "images whose detections are not a list")
            continue
        for j, detection in enumerate(detections or ()):
            take(objects, (i, j), stem, detection, classes)
    return Export(objects, frames, classes)


def _metadata(row: Mapping[str, Any]) -> dict[str, Any]:
    unread = ("filepath", "metadata", "id")
    return {key: value for key, value in row.items() if key not in unread and not key.startswith("_")}


def _size(row: Mapping[str, Any]) -> Size:
    metadata = row.get("metadata")
    if not isinstance(metadata, dict):
        return UNKNOWN
    return pixels(metadata.get("width")), pixels(metadata.get("height"))
