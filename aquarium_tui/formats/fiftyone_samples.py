"""FiftyOneDataset's samples.json: labels and several models' inferences side by side, a field each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.collected import Collected
from aquarium_tui.formats.fiftyone_objects import Export, take
from aquarium_tui.formats.frame_rows import FrameRows, places
from aquarium_tui.formats.scanner import Scanner
from aquarium_tui.model.names import visible


@dataclass
class _Read:
    name: str
    frames: FrameRows
    fields: dict[str, Collected] = field(default_factory=dict)
    unnamed: list[int] = field(default_factory=list)

    def objects(self, key: str) -> Collected:
        """The detections of field `key` so far."""
        return self.fields.setdefault(key, Collected(places(self.name, "sample", visible(key))))


def read_samples(path: Path, wanted: str, scored: bool) -> Export:
    """The detections in one field.

    Args:
        path: The samples.json.
        wanted: The name of the field; empty takes the only one that can be meant.
        scored: Whether inferences are wanted, which have confidences, and not labels, which have none.

    Raises:
        InputError: The file cannot be read, is not JSON, or the field is not there or not certain.
    """
    read = _Read(visible(path.name), FrameRows(f"{visible(path.name)} samples"))
    for i, sample in enumerate(_samples(Scanner.of(path))):
        _take(read, i, sample if isinstance(sample, dict) else {})
    key = _chosen(path, read.fields, wanted, scored)
    objects = read.fields[key]
    for i in read.unnamed:
        objects.reject((i, -1), "samples without a filepath")
    what = "inferences" if scored else "labels"
    return Export(objects, read.frames, notes=(f"{what} read from the field `{visible(key)}`",))


def _samples(scanner: Scanner) -> Iterator[Any]:
    for key in scanner.members():
        if key == "samples" and scanner.peek() == "[":
            yield from scanner.elements()
        else:
            scanner.value()
    scanner.finish()


def _take(read: _Read, i: int, sample: Mapping[str, Any]) -> None:
    name = sample.get("filepath")
    if not isinstance(name, str) or not name:
        read.unnamed.append(i)
        return
    detections = {key: value["detections"] for key, value in sample.items() if _is_detections(value)}
    read.frames.add(i, name, {key: _kept(key, sample[key]) for key in sample if key not in detections})
    for key, values in detections.items():
        objects = read.objects(key)
        for j, detection in enumerate(values):
            take(objects, (i, j), name, detection, ())


def _kept(key: str, value: object) -> object:
    """What is remembered of a field of a sample: of lists and objects, which may be large, their kind."""
    return {} if key != "metadata" and isinstance(value, list | dict) else value


def _is_detections(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("detections"), list)


def _chosen(path: Path, fields: Mapping[str, Collected], wanted: str, scored: bool) -> str:
    if wanted in fields:
        return wanted
    fitting = [key for key, objects in fields.items() if (objects.scores > 0) == scored]
    if len(fitting) == 1 and not wanted:
        return fitting[0]
    told = [f"{visible(key)} ({_told(objects)})" for key, objects in fields.items()]
    known = f"Fields of detections in {visible(path.name)}: {', '.join(told) or 'none'}."
    if wanted:
        raise InputError(f"No sample has detections in a field `{visible(wanted)}`.", known)
    what = "inferences, which have confidences" if scored else "labels, which have no confidences"
    count = "Several fields" if fitting else "No field"
    raise InputError(f"{count} of {visible(str(path))} may be the {what}.", f"{known} Name one with --field.")


def _told(objects: Collected) -> str:
    return f"{len(objects):,} objects, {'with' if objects.scores else 'no'} confidences"
