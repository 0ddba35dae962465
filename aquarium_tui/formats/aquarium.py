"""The records of the Aquarium client: JSON Lines of frames, labels and inferences, by `task_id`.

Both generations of the package `aquariumlearning` are read: 0.0.67, which writes frames and their labels on
lines or in files of their own, and 1.0.7, whose inference lines repeat the frame's keys. Unknown keys are
passed over.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats.aquarium_crops import CropReader
from aquarium_tui.formats.aquarium_frames import FrameReader
from aquarium_tui.formats.jsonl import Line, read_lines
from aquarium_tui.formats.records import Finding, InferenceFile, LabelFile, Records, renamed
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import visible

SENTENCE = "Aquarium client records, JSON Lines (task_id with sensor_data, label_data or inference_data)"
_ID = re.compile(r'"task_id"\s*:')
_DATA = re.compile(r'"(?:sensor_data|label_data|inference_data)"\s*:')


def looks_like(start: str) -> bool:
    """Whether a text that starts so holds records of the Aquarium client."""
    return start.lstrip()[:1] == "{" and bool(_ID.search(start) and _DATA.search(start))


def read_labels(path: Path) -> LabelFile:
    """The labelled dataset in the file at `path`, or in all JSON Lines files of that folder.

    Raises:
        InputError: A file cannot be read, a line is no JSON object, or there are no frames.
    """
    name = visible(path.name)
    frames, labels, foreign = FrameReader(f"{name} frames"), CropReader("labels"), 0
    for line in read_lines(path):
        if _is_inference(line.value):
            foreign += 1
            continue
        frames.add(line)
        labels.add(line, _list(line.value.get("label_data")), "label_data")
    if not len(frames):
        raise _without_frames(path, len(labels), foreign)
    table = frames.frames()
    records = _on_shown_sensor(labels.labels(), labels.sensors(), frames.sensors)
    classes = labels.classes()
    skipped = [f"{foreign:,} lines of inferences are passed over"] if foreign else []
    return LabelFile(
        frames=table,
        classes=classes,
        records=replace(records, category=_ids(records.category, classes)),
        notes=(*frames.notes(), *labels.notes(), *skipped),
        problems=frames.problems(),
    )


def read_inferences(path: Path) -> InferenceFile:
    """The inferences in the file at `path`, or in all JSON Lines files of that folder.

    Raises:
        InputError: A file cannot be read, a line is no JSON object, or there are only labels.
    """
    reader, taken, passed = CropReader("inferences"), 0, 0
    metrics: Counter[str] = Counter()
    for line in read_lines(path):
        if not _is_inference(line.value):
            passed += 1
            continue
        taken += 1
        key = "inference_data" if "inference_data" in line.value else "label_data"
        reader.add(line, _list(line.value.get(key)), key)
        metrics.update(custom_metrics_of(line).keys())
    if passed and not taken:
        raise InputError(
            f"{visible(str(path))} holds frames and labels, and no inferences.",
            "Give it with --labels, without --inferences-id.",
        )
    notes = [f"{passed:,} lines of frames or labels are passed over"] if passed else []
    if metrics:
        counts = ", ".join(f"{visible(name)} for {count:,} frames" for name, count in metrics.items())
        notes.append(f"custom metrics: {counts}")
    return InferenceFile(reader.inferences(), (*reader.notes(), *notes))


def read_custom_metrics(path: Path) -> dict[str, dict[str, Any]]:
    """The values of custom metrics in a file or folder of inferences, by metric and frame id.

    Raises:
        InputError: A file cannot be read, or a line is no JSON object.
    """
    found: dict[str, dict[str, Any]] = {}
    for line in read_lines(path):
        for name, value in custom_metrics_of(line).items():
            found.setdefault(name, {})[str(line.value.get("task_id"))] = value
    return found


def custom_metrics_of(line: Line) -> Mapping[str, Any]:
    """The custom metrics of one line, by name."""
    metrics = line.value.get("custom_metrics")
    return metrics if isinstance(metrics, dict) else {}


def _is_inference(record: Mapping[str, Any]) -> bool:
    """Whether a line tells of inferences; one without a type or a list of its own, by the confidences."""
    if "inference_data" in record or record.get("type") == "Inference":
        return True
    crops = _list(record.get("label_data"))
    return record.get("type") != "GT" and any("confidence" in _attributes(crop) for crop in crops)


def _attributes(crop: object) -> Mapping[str, Any]:
    attributes = crop.get("attributes") if isinstance(crop, dict) else None
    return attributes if isinstance(attributes, dict) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _without_frames(path: Path, labels: int, foreign: int) -> InputError:
    name = visible(str(path))
    if foreign:
        hint = "Give it with --inferences and --inferences-id."
        return InputError(f"{name} holds inferences, and no frames with labels.", hint)
    if labels:
        hint = "Put the file of frames and the file of labels into one folder, and name that."
        return InputError(f"{name} holds {labels:,} labels, and no frames.", hint)
    return InputError(f"{name} holds no frames.", "A frame is a line with `task_id` and `sensor_data`.")


def _ids(names: Text, classes: Iterable[tuple[int, str]]) -> Text:
    """The column of class names as the ids of those classes."""
    return renamed(names, {name: str(id_) for id_, name in classes}) or names


def _on_shown_sensor(records: Records, sensors: Text, shown: Mapping[str, str]) -> Records:
    """The records, with a finding for those that lie on a sensor whose picture is not the frame's."""
    pairs = zip(records.frame, sensors, strict=True)
    rows = [i for i, (frame, sensor) in enumerate(pairs) if sensor != shown.get(str(frame), sensor)]
    if not rows:
        return records
    hint = "a frame shows its first image"
    finding = Finding("labels on a further sensor of their frame", np.array(rows), "left out", hint)
    return replace(records, findings=(*records.findings, finding))
