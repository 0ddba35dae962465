"""The records of the Aquarium client: JSON Lines of frames, labels and inferences, by `task_id`.

Both generations of the package `aquariumlearning` are read: 0.0.67, which writes frames and their labels on
separate lines or in separate files, and 1.0.7, whose inference lines repeat the keys of the frame. Unknown
keys are skipped.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from aquarium_tui.errors import InputError
from aquarium_tui.formats.aquarium.crops import CropReader, attributes_of
from aquarium_tui.formats.aquarium.frames import FrameReader
from aquarium_tui.formats.shared.collector import key_text, renamed
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile
from aquarium_tui.formats.shared.json_reader import JsonLine, read_lines
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted

SENTENCE = (
    "records of the Aquarium client, JSON Lines (task_id with sensor_data, label_data or inference_data)"
)
_ID = re.compile(r'"task_id"\s*:')
_DATA = re.compile(r'"(?:sensor_data|label_data|inference_data)"\s*:')


def looks_like(given: Given) -> bool:
    """Whether the file, or the first JSON Lines file of the folder, holds records of the Aquarium client."""
    start = next(given.starts(".jsonl"), "") if given.is_dir else given.start
    return start.lstrip()[:1] == "{" and bool(_ID.search(start) and _DATA.search(start))


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in a file, or in all JSON Lines files of a folder.

    Raises:
        InputError: A file cannot be read, a line is not a JSON object, or there are no frames.
    """
    frames, labels = FrameReader(f"{visible(given.path.name)} frames"), CropReader("labels", given.form)
    early: list[JsonLine] = []
    foreign = 0
    for line in read_lines(given.path):
        if _is_inference(line.value):
            foreign += 1
            continue
        frames.add(line)
        if line.value.get("label_data") not in (None, []) and not _add_labels(labels, line, frames.sensors):
            early.append(line)
    if not len(frames):
        raise _without_frames(given.path, len(early), foreign)
    for line in early:
        _add_labels(labels, line, frames.sensors, anyway=True)
    records = labels.labels()
    classes = labels.classes(records.category.words)
    category = renamed(records.category, {name: str(id_) for id_, name in classes}) or records.category
    skipped = (
        [f"{counted(foreign, 'line of inferences is', 'lines of inferences are')} skipped"] if foreign else []
    )
    return LabelFile(
        frames=frames.frames(),
        states_sizes=True,
        classes=classes,
        records=replace(records, category=category),
        notes=(*frames.notes(), *labels.notes(), *skipped),
        problems=frames.problems(),
        masks=labels.masks if labels.of_masks else {},
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a file, or in all JSON Lines files of a folder.

    Raises:
        InputError: A file cannot be read, a line is not a JSON object, or there are only labels.
    """
    reader, taken, passed = CropReader("inferences", given.form), 0, 0
    metrics: dict[str, dict[str, Any]] = {}
    for line in read_lines(given.path):
        if not _is_inference(line.value):
            passed += 1
            continue
        taken += 1
        key = "inference_data" if "inference_data" in line.value else "label_data"
        reader.add(line, key)
        frame = str(key_text(line.value.get("task_id")))
        for name, value in _custom_metrics(line).items():
            metrics.setdefault(name, {})[frame] = value
    if passed and not taken:
        raise InputError(
            f"{visible(str(given.path))} holds frames and labels, but no inferences.",
            "Upload it with --labels, without --inferences-id.",
        )
    notes = (
        [f"{counted(passed, 'line of frames or labels is', 'lines of frames or labels are')} skipped"]
        if passed
        else []
    )
    if metrics:
        counts = ", ".join(
            f"{visible(name)} for {counted(len(values), 'frame')}" for name, values in metrics.items()
        )
        notes.append(f"custom metrics: {counts}")
    return InferenceFile(
        records=reader.inferences(),
        notes=(*reader.notes(), *notes),
        masks=reader.masks if reader.of_masks else {},
        metrics=metrics,
    )


AQUARIUM = Format(
    name="aquarium",
    sentence=SENTENCE,
    marks=("task_id", "sensor_data", "label_data", "inference_data"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
)


def _add_labels(labels: CropReader, line: JsonLine, sensors: Mapping[str, str], anyway: bool = False) -> bool:
    """Add the labels of a line if its frame is known; return whether they were added."""
    sensor = sensors.get(str(key_text(line.value.get("task_id"))))
    if sensor is None and not anyway:
        return False
    labels.add(line, "label_data", sensor)
    return True


def _custom_metrics(line: JsonLine) -> Mapping[str, Any]:
    metrics = line.value.get("custom_metrics")
    return metrics if isinstance(metrics, dict) else {}


def _is_inference(record: Mapping[str, Any]) -> bool:
    """Whether a line holds inferences; without a type or a list of inferences, confidences decide."""
    if "inference_data" in record or record.get("type") == "Inference":
        return True
    crops = record.get("label_data")
    scored = isinstance(crops, list) and any("confidence" in attributes_of(crop) for crop in crops)
    return record.get("type") != "GT" and scored


def _without_frames(path: Path, labels: int, foreign: int) -> InputError:
    name = visible(str(path))
    if foreign:
        hint = "Upload it with --inferences and --inferences-id."
        return InputError(f"{name} holds inferences, but no frames with labels.", hint)
    if labels:
        hint = "Put the file of frames and the file of labels into one folder, and name the folder."
        return InputError(f"{name} holds the labels of {labels:,} frames, but not the frames.", hint)
    return InputError(f"{name} holds no frames.", "A frame is a line with `task_id` and `sensor_data`.")
