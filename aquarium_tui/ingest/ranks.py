"""The rank of the label's class among the scores of an inference, which top-k accuracy counts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.formats import Records
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.tables import RANK, Dataset

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
    if not records.whole:
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
        position = positions.get(name.casefold(), positions.get(_PREFIX.sub("", name, count=1).casefold()))
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
        classes = np.array([*(positions.get(word.casefold(), -2) for word in column.words), -2])[column.codes]
        rank[classes == wanted] = place
    return rank
