"""BDD100K's detection JSON, also as Scalabel writes it: frames with attributes, each with a list of labels."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.collected import Collected, Corners, four
from aquarium_tui.formats.given import Given
from aquarium_tui.formats.problems import Gatherer
from aquarium_tui.formats.records import InferenceFile, LabelFile, Records, renamed
from aquarium_tui.formats.scanner import Scanner
from aquarium_tui.formats.tables import metadata_of, numbered, with_ids
from aquarium_tui.formats.unnamed import sized_frames
from aquarium_tui.model.names import visible

SENTENCE = "BDD100K JSON, a list of {name, attributes, labels: [{category, box2d}]}, or an object with it as frames"
_NAME = re.compile(r'"name"\s*:')
_LABELS = re.compile(r'"labels"\s*:\s*(?:null|\[)')
_OTHER_NAMES = {
    "person": "pedestrian",
    "bike": "bicycle",
    "motor": "motorcycle",
    "pedestrian": "person",
    "bicycle": "bike",
    "motorcycle": "motor",
}
"""What the release of 2018 calls a class that the one of 2020 calls otherwise, and the reverse."""
_IGNORED = frozenset({"ignore", "ignored", "dontcare"})
_OF_FRAMES = frozenset({"name", "labels", "attributes", "size", "url", "videoName", "video_name"})
_OF_LABELS = frozenset({"id", "category", "box2d", "score", "attributes", "manualShape", "manualAttributes"})
_SIDES = ("x1", "y1", "x2", "y2")


def looks_like(given: Given) -> bool:
    """Whether the file is BDD100K JSON."""
    start = given.start
    if start.lstrip()[:1] not in ("[", "{") or '"samples"' in start:
        return False
    return '"box2d"' in start or (_NAME.search(start) is not None and _LABELS.search(start) is not None)


@dataclass
class _Read:
    objects: Collected
    problems: Gatherer
    frames: dict[str, dict[str, Any]] = field(default_factory=dict)
    ignored: int = 0


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in the file; a frame that occurs twice is one.

    Raises:
        InputError: The file cannot be read, is not JSON, or has no frames.
    """
    read = _read(given)
    if not read.frames:
        raise InputError(f"{visible(str(given.path))} has no frames.", f"Wanted: {SENTENCE}.")
    names = list(read.frames)
    sizes = [_size(frame.get("size")) for frame in read.frames.values()]
    metadata, notes = metadata_of([_metadata(frame) for frame in read.frames.values()])
    found = sized_frames(given, names, sizes, metadata)
    records = with_ids(read.objects.labels(), dict(zip(names, found.table.id.words, strict=True)))
    classes, records = numbered(records)
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=records,
        notes=(*notes, *found.notes, *_notes(read, records, labels=True)),
        problems=(*read.problems.problems(), *found.problems),
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in the file, each with a `score`.

    Raises:
        InputError: The file cannot be read or is not JSON.
    """
    read = _read(given)
    named = read.objects.inferences()
    records = replace(named, class_name=named.category, category=_other_names(named))
    return InferenceFile(records, _notes(read, named, labels=False), read.problems.problems())
