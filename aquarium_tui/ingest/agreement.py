"""What each inference means: frame, box and class, in the readings that the labels support."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.candidates import find_candidates
from aquarium_tui.errors import InputError
from aquarium_tui.formats import Finding, Records
from aquarium_tui.formats.class_list import preset_numberings, read_class_list
from aquarium_tui.formats.shared.format import read_text
from aquarium_tui.formats.shared.values import whole
from aquarium_tui.ingest.box_readings import forced_boxes, judged_boxes
from aquarium_tui.ingest.classes import (
    ClassMatch,
    check_sense,
    classes_of_list,
    possible_classes,
    shifted_classes,
)
from aquarium_tui.ingest.frame_keys import FrameMatch, possible_frames
from aquarium_tui.ingest.object_masks import with_masks
from aquarium_tui.ingest.objects import PlacedRecords, finite, in_pixels, objects_of
from aquarium_tui.ingest.readings import BOXES, CLASSES, ENOUGH, FRAMES, SCALE, Agreements, judged, listed
from aquarium_tui.media.folders import AMBIGUOUS
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import name_key, visible
from aquarium_tui.model.problems import UNRANKED
from aquarium_tui.model.tables import Dataset

_CLOSE = 0.5
"""An inference with at least this IoU with a label is taken to mean that object: the usual threshold."""


@dataclass(frozen=True)
class Wishes:
    """How the user wants inferences to be read, where that is not left to the labels.

    Attributes:
        readings: The name of a reading by subject, as `--reading` gives them.
        offset: How far the class ids are above those of the labels; None if that is not said.
        classes: A list of the model's own classes; None for those of the labels.
        aliases: A table of other names for classes; None for none.
    """

    readings: Mapping[str, str] = field(default_factory=dict)
    offset: int | None = None
    classes: Path | None = None
    aliases: Path | None = None


@dataclass(frozen=True)
class Understood:
    """Inferences in frames, in pixels and with classes.

    Attributes:
        placed: The records with the frame and class of each.
        notes: Which reading was taken of each, and how sure that is.
    """

    placed: PlacedRecords
    notes: tuple[str, ...]


def understood(dataset: Dataset, records: Records, wishes: Wishes) -> Understood:
    """Inferences as the labels of a dataset show them to be meant.

    Frames come first, then boxes, then classes: what a class id means shows only in boxes that lie on labels.

    Args:
        dataset: The dataset with the labels.
        records: The inferences as their file has them.
        wishes: What the user says about them.

    Raises:
        InputError: Nothing refers to the dataset, or the evidence does not decide between readings.
        UsageError: A wish cannot be met.
    """
    frame, frame_notes = _frames(dataset, records, wishes)
    frames, ways = dataset.frames, wishes.readings
    if ways.get(BOXES) or ways.get(SCALE):
        read, box_notes = forced_boxes(records, frame, frames, ways.get(BOXES, ""), ways.get(SCALE, ""))
    else:
        read, box_notes = judged_boxes(dataset.labels, records, frame, frames)
    read = _ranked(with_masks(read, frame, frames))
    class_index, class_notes = _classes(dataset, read, frame, wishes)
    notes = (*frame_notes, *box_notes, *class_notes) if len(records) else ()
    return Understood(PlacedRecords("inferences", read, frame, class_index), notes)


def _ranked(records: Records) -> Records:
    """The records with a confidence of 1 if their file has none."""
    if not (records.unscored and len(records)):
        return records
    hint = "each is taken as 1; AP is not defined, as it ranks inferences by confidence"
    finding = Finding(UNRANKED, np.arange(len(records)), "changed", hint)
    kept = (each for each in records.findings if "without a confidence" not in each.kind)
    return replace(records, confidence=np.ones(len(records)), findings=(*kept, finding))


def class_hint(dataset: Dataset) -> str:
    """The classes of a dataset with the ids of its labels file, for messages."""
    class_map = dataset.project.class_map
    names = [
        f"{file_id} {class_map.entries[class_map.positions_by_id[own]].name}"
        for file_id, own in sorted(dataset.categories.items())
    ]
    more = "upload the labels with --classes FILE to add others, or name others with --class-alias FILE"
    return f"the dataset has {listed(names)}; {more}"


def _frames(dataset: Dataset, records: Records, wishes: Wishes) -> tuple[NDArray[np.int64], Sequence[str]]:
    """The frame of each record, and notes on how it was found."""
    forced = wishes.readings.get(FRAMES, "")
    matches = possible_frames(dataset.frames, records.frame, records.file_name, forced)
    if len(records) and not matches[0].matched:
        raise _no_frame(dataset, records, matches[0])
    taken, notes = matches[0], tuple[str, ...]()
    if len(matches) > 1:
        readings = [match.reading for match in matches]
        verdict = judged(FRAMES, readings, _frame_hits(dataset, records, matches), "boxes")
        taken, notes = matches[verdict.taken], verdict.notes
    return taken.rows, [f"images are matched {taken.reading.words}", *notes]


def _frame_hits(dataset: Dataset, records: Records, matches: Sequence[FrameMatch]) -> Agreements:
    """Which records lie on a label in the frame of each reading; boxes are judged as well if few do."""
    hits = np.zeros((len(matches), len(records)), bool)
    for row, match in zip(hits, matches, strict=True):
        row[_on_labels(dataset, in_pixels(records, match.rows, dataset.frames), match.rows)[0]] = True
    if hits.any(axis=0).sum() >= ENOUGH or records.whole:
        return hits
    for row, match in zip(hits, matches, strict=True):
        try:
            read, _ = judged_boxes(dataset.labels, records, match.rows, dataset.frames)
        except InputError:
            continue
        row[_on_labels(dataset, read, match.rows)[0]] = True
    return hits


def _classes(
    dataset: Dataset, records: Records, frame: NDArray[np.int64], wishes: Wishes
) -> tuple[NDArray[np.int32], Sequence[str]]:
    """The class of each record, and notes on how it was found."""
    matches = _possible_classes(dataset, records, wishes)
    if len(records) and not matches[0].matched:
        raise _no_class(dataset, records)
    on, label = _on_labels(dataset, records, frame)
    wanted = dataset.labels.class_index[label]
    names = [entry.name for entry in dataset.project.class_map.entries]
    taken, notes = matches[0], tuple[str, ...]()
    if len(matches) > 1:
        hits = np.stack([match.positions[on] == wanted for match in matches])
        readings = [match.reading for match in matches]
        try:
            verdict = judged(CLASSES, readings, hits, "boxes")
        except InputError:
            # If the ids are those of another list, no reading fits, and that is the better answer.
            best = matches[int(np.argmax(hits.sum(axis=1)))]
            check_sense(best, records.category, on, wanted, names)
            raise
        taken, notes = matches[verdict.taken], verdict.notes
    if CLASSES not in wishes.readings:
        check_sense(taken, records.category, on, wanted, names)
    return taken.positions, [f"classes are matched {taken.reading.words}", *notes]


def _possible_classes(dataset: Dataset, records: Records, wishes: Wishes) -> Sequence[ClassMatch]:
    keys, names = records.category, records.class_name
    if wishes.classes is not None:
        return _of_list(dataset, wishes.classes, keys, wishes.readings.get(CLASSES, ""))
    if wishes.offset is not None:
        return [shifted_classes(dataset, keys, wishes.offset)]
    forced = wishes.readings.get(CLASSES, "")
    aliases = {} if wishes.aliases is None else _aliases(wishes.aliases)
    return possible_classes(dataset, keys, names, indexed=records.indexed, forced=forced, aliases=aliases)


def _of_list(dataset: Dataset, path: Path, keys: Text, forced: str) -> list[ClassMatch]:
    """The classes by the ids of a list, or of each numbering of a preset that the ids fit."""
    ids = [id_ for id_ in map(whole, keys.words) if id_ is not None]
    numberings = preset_numberings(path, ids, masks=False)
    numberings = [forced] if forced in numberings else numberings
    lists = [Path(name) for name in numberings] or [path]
    return [classes_of_list(_listed(dataset, each), keys, each.name) for each in lists]


def _listed(dataset: Dataset, path: Path) -> dict[int, int]:
    """Position in the class map by the id in a list of the model's classes; others have no position."""
    positions = dataset.project.class_map.positions_by_name
    found = {each.value: positions.get(name_key(each.name), -1) for each in read_class_list(path)}
    return {value: position for value, position in found.items() if position >= 0}


def _on_labels(
    dataset: Dataset, records: Records, frame: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Records that lie on a label, ascending, and the label that each has the largest IoU with."""
    plain = replace(records, segmentation={}, mask=None)
    usable = np.flatnonzero((frame >= 0) & finite(records.box))
    order = usable[np.argsort(frame[usable], kind="stable")]
    unnamed = np.zeros(len(records), np.int32)
    objects = objects_of(PlacedRecords("inferences", plain, frame, unnamed), order, len(dataset.frames))
    found = find_candidates(dataset.labels, objects, dataset.labels.crowd, _CLOSE)
    nearest = np.lexsort((found.iou, found.inference))
    last = np.append(np.diff(found.inference[nearest]) > 0, True)[: len(nearest)]
    kept = nearest[last]
    record, label = order[found.inference[kept]], found.label[kept]
    by_record = np.argsort(record, kind="stable")
    return record[by_record], label[by_record]


def _no_frame(dataset: Dataset, records: Records, match: FrameMatch) -> InputError:
    named = _words(records.file_name or records.frame, match.rows == AMBIGUOUS)
    where = f"{dataset.project.name}/{dataset.name}"
    if named:
        return InputError(
            f"The names of images are ambiguous: {listed(named)} could each be several frames of {where}.",
            f"It has {listed(_paths(dataset))}. Add to the names the folders that tell the frames apart.",
        )
    named = records.frame.words or (records.file_name or records.frame).words
    frames = zip(dataset.frames.id, dataset.frames.path, strict=True)
    known = listed([f"{id_} ({path})" for id_, path in frames])
    return InputError(
        f"None of the {len(records):,} inferences refers to an image of {where}.",
        f"They name {listed(named)}; the dataset has {known}.\n"
        "Name each image by its file name, or by the `id` that the labels file gives it.",
    )


def _words(names: Text, rows: NDArray[np.bool_]) -> list[str]:
    return [names.words[code] for code in np.unique(names.codes[rows]).tolist() if code >= 0]


def _paths(dataset: Dataset) -> list[str]:
    return [path or "" for path in dataset.frames.path]


def _no_class(dataset: Dataset, records: Records) -> InputError:
    named = listed((records.class_name or records.category).words)
    return InputError(
        f"None of the {len(records):,} inferences has a class of project {dataset.project.name}.",
        f"They name {visible(named)}; {class_hint(dataset)}.\n"
        "Write the name of the class or the `id` that the labels file gives it, or name the model's own list "
        "of classes with --classes FILE.",
    )


_PAIRS = 'Write JSON such as {"auto": "car"}, or CSV with `auto,car` in each line.'


def _aliases(path: Path) -> dict[str, str]:
    """The key of a class name by that of another name for it, from JSON `{name: class}` or CSV `name,class`.

    Raises:
        InputError: The file cannot be read, or is neither.
    """
    text = read_text(path)
    try:
        if text.lstrip().startswith("{"):
            pairs = list(json.loads(text).items())
        else:
            pairs = [tuple(row) for row in csv.reader(text.splitlines()) if row]
    except (ValueError, RecursionError, csv.Error) as error:
        raise InputError(
            f"{visible(str(path))} is not a table of names: {visible(str(error))}.", _PAIRS
        ) from error
    for number, pair in enumerate(pairs, 1):
        if len(pair) != 2 or not all(isinstance(name, str) for name in pair):
            raise InputError(f"{visible(str(path))} entry {number:,} is not a name and a class.", _PAIRS)
    return {name_key(name): name_key(class_) for name, class_ in pairs}
