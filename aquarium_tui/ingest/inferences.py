"""A file of inferences as an inference set of a dataset."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.evaluation import federation
from aquarium_tui.formats import AUTO, Given, InferenceFile, Records, format_of
from aquarium_tui.formats.shared.collector import RecordForm
from aquarium_tui.formats.voc import FROM_ONE, FROM_ZERO
from aquarium_tui.ingest.agreement import Wishes, class_hint, understood
from aquarium_tui.ingest.labels import TaskForms
from aquarium_tui.ingest.masks.sets import folder_of, with_inferred_masks
from aquarium_tui.ingest.metrics import metrics_from_records
from aquarium_tui.ingest.object_masks import check_masks, mask_notes
from aquarium_tui.ingest.objects import settle
from aquarium_tui.ingest.readings import VALUES, hidden_note, provenance
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.names import check_name, name_key, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.tables import RANK, Dataset, InferenceSet, Objects
from aquarium_tui.work.executor import Tell, Watch

_PREFIX = re.compile(r"(?:scores?|probs?|probability|probabilities|p|logits?)[_:. ]", re.IGNORECASE)
_PLACE = re.compile(r"(?:top|top[_ ]?k|top\d+|predictions?|classes)[_ ]?(\d{1,9})", re.IGNORECASE)


def ranked(dataset: Dataset, records: Records, frame: NDArray[np.int64]) -> tuple[Records, Sequence[str]]:
    """The records with the rank of their frame's label among their scores instead of the scores.

    Scores are columns named like the classes, with or without a prefix such as `score_`, or the best classes
    in the columns `top_1`, `top_2` and so on. Classes with equal scores share the better rank.

    Args:
        dataset: The dataset with the labels.
        records: One class per image.
        frame: `(records,)` int64 row of the frame of each, -1 if there is none.
    """
    if not records.whole or records.several:
        return records, ()
    positions = dataset.project.class_map.positions_by_name
    wanted = _label_class(dataset, frame)
    scores, places = _scores(records.attributes, positions), _places(records.attributes)
    if len(scores) > 1:
        rank, taken = _among(scores, wanted), {name for name, _ in scores.values()}
        note = f"scores of {len(scores):,} classes: the rank of the label's class among them is kept"
    elif places:
        rank, taken = _of_places([column for _, column in places], positions, wanted), {n for n, _ in places}
        note = f"the {len(places):,} best classes: the rank of the label's class among them is kept"
    else:
        return records, ()
    kept = {name: column for name, column in records.attributes.items() if name not in taken}
    rank[wanted < 0] = np.nan
    return replace(records, attributes=kept | {RANK: Values("number", rank, np.isnan(rank))}), [note]


def _label_class(dataset: Dataset, frame: NDArray[np.int64]) -> NDArray[np.int64]:
    """The class of the label of each record's frame, -1 if there is none."""
    labels = dataset.labels
    of_frame = np.full(len(dataset.frames) + 1, -1, np.int64)
    of_frame[labels.frame] = labels.class_index
    return of_frame[frame]


def _scores(
    columns: Mapping[str, Column], positions: Mapping[str, int]
) -> dict[int, tuple[str, NDArray[np.float64]]]:
    """The name and values of the column of each class."""
    found = {}
    for name, column in columns.items():
        position = positions.get(name_key(name), positions.get(name_key(_PREFIX.sub("", name, count=1))))
        if position is not None and isinstance(column, Values) and column.kind == "number":
            found[position] = (name, np.where(column.missing, np.nan, column.values.astype(np.float64)))
    return found


def _among(
    scores: Mapping[int, tuple[str, NDArray[np.float64]]], wanted: NDArray[np.int64]
) -> NDArray[np.float64]:
    table = np.stack([values for _, values in scores.values()], axis=1)
    column = np.full(max(int(wanted.max(initial=0)), *scores) + 2, -1)
    column[list(scores)] = np.arange(len(scores))
    at = column[wanted]
    own = np.where(at >= 0, table[np.arange(len(table)), at], np.nan)
    rank = 1.0 + (table > own[:, None]).sum(axis=1)
    return np.where(np.isnan(own), np.inf, rank)


def _places(columns: Mapping[str, Column]) -> list[tuple[str, Text]]:
    """The columns of the best classes, the best first."""
    found = {
        int(match[1]): (name, column)
        for name, column in columns.items()
        if isinstance(column, Text) and (match := _PLACE.fullmatch(name))
    }
    return [found[place] for place in sorted(found)]


def _of_places(
    columns: Sequence[Text], positions: Mapping[str, int], wanted: NDArray[np.int64]
) -> NDArray[np.float64]:
    rank = np.full(len(wanted), np.inf)
    for place, column in reversed(list(enumerate(columns, 1))):
        classes = np.array([*(positions.get(name_key(word), -2) for word in column.words), -2])[column.codes]
        rank[classes == wanted] = place
    return rank


_UNWATCHED = Watch()
_NO_WISHES = Wishes()
_USUAL = TaskForms()
_NOTHING = Records(str, Text.from_words([]), Text.from_words([]), np.zeros((0, 4)))
"""The inferences in an empty folder whose format the user names: a model that found nothing."""


def inference_set(
    dataset: Dataset,
    id_: str,
    path: Path,
    format_: str,
    tell: Tell,
    *,
    wishes: Wishes = _NO_WISHES,
    zero_based: bool = False,
    one_based: bool = False,
    field: str = "",
    masks: Path | None = None,
    watch: Watch = _UNWATCHED,
    forms: TaskForms = _USUAL,
) -> InferenceSet:
    """The inferences of one model on `dataset`, read from the file at `path`.

    Args:
        dataset: The dataset whose frames, classes and class ids the file refers to.
        id_: The name of the set.
        path: The file.
        format_: The name of its format, or "auto".
        tell: Called with what is being done.
        wishes: How the user wants the file to be read; what is not said, the labels decide.
        zero_based: Whether Pascal VOC's coordinates are said to count from 0.
        one_based: Whether they are said to count from 1.
        field: Which field of a FiftyOne dataset holds the inferences; empty takes the only one that can.
        masks: Where the paths of masks start, if the file names masks; None takes the folder of the file.
        watch: Progress and cancelling while masks are read.
        forms: Which task the file means by what it holds.

    Raises:
        UsageError: The name or the format is not allowed.
        InputError: The file cannot be read, or nothing in it fits the dataset.
    """
    check_name(id_, "inference set")
    tell(f"reading {visible(path.name)}")
    given = Given(path, None, "", zero_based, one_based, field, forms.of(dataset.project))
    found_format = format_of(given, format_)
    empty = format_ != AUTO and given.is_dir and not any(given.names)
    file = InferenceFile(_NOTHING) if empty else found_format.read_inferences(given)
    records = file.records
    of_masks = forms.holds(dataset.project, "masks")
    form: RecordForm = "masks" if file.masks and of_masks else records.form
    forms.settle(dataset.project, form, path, len(records))
    records = forms.fitted(dataset.project, records)
    tell("matching frames and classes")
    read = understood(dataset, records, wishes)
    check_masks(dataset.project, read.placed.records, path)
    records, rank_notes = ranked(dataset, read.placed.records, read.placed.frame)
    tell("checking inferences")
    placed = replace(read.placed, records=records)
    objects, problems = settle(placed, dataset.frames, class_hint(dataset))
    said = (
        *file.notes,
        *mask_notes(objects),
        *read.notes,
        *rank_notes,
        *_other_origin(dataset, file.notes),
        *_unverified(dataset, objects),
        *hidden_note((path,)),
    )
    metrics = metrics_from_records(dataset, file.metrics)
    notes = (f"read as {found_format.name}", *said, *([] if file.masks else [_confidences(objects)]))
    found = InferenceSet(
        id=id_,
        objects=objects,
        provenance=provenance(path, notes, (*problems, *metrics.problems)),
        metrics=metrics.values,
        declared=metrics.metrics,
    )
    if not of_masks:
        return found
    reading = wishes.readings.get(VALUES, "")
    return with_inferred_masks(dataset, found, file.masks, masks or folder_of(path), watch, reading=reading)


def _unverified(dataset: Dataset, objects: Objects) -> Sequence[str]:
    """A note on inferences that federated labels say nothing about."""
    known = federation(dataset)
    if known is None or not len(objects):
        return ()
    class_ = dataset.project.class_map.evaluated[objects.class_index]
    count = int(np.count_nonzero(known.unverified(objects, class_)))
    told = counted(count, "inference is not counted", "inferences are not counted")
    return (f"the labels are federated, as in LVIS: {told}, as nobody looked for their class in their frame",)


def _other_origin(dataset: Dataset, notes: Sequence[str]) -> Sequence[str]:
    """A remark if Pascal VOC's coordinates were taken to count from another number than in the labels."""
    starts = [
        next((start for note in each for start in (FROM_ZERO, FROM_ONE) if note.startswith(start)), "")
        for each in (dataset.provenance.notes, notes)
    ]
    if "" in starts or starts[0] == starts[1]:
        return ()
    force = "--voc-one-based" if starts[0] == FROM_ONE else "--voc-zero-based"
    return (f"the labels were read differently: their {starts[0]}; {force} reads the inferences alike",)


def _confidences(objects: Objects) -> str:
    if not len(objects):
        return "the set is empty: every label counts as missed"
    return f"confidences from {objects.confidence.min():.3g} to {objects.confidence.max():.3g}"
