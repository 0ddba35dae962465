"""Which reading of ambiguous ids is right, judged by the labels that the boxes lie on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.candidates import Candidates, find_candidates
from aquarium_tui.formats import Records
from aquarium_tui.ingest.checks import Placed, finite
from aquarium_tui.ingest.class_keys import ClassMatch
from aquarium_tui.ingest.frame_keys import FrameMatch
from aquarium_tui.ingest.objects import objects_of
from aquarium_tui.ingest.scaling import in_pixels
from aquarium_tui.model.tables import Dataset

_CLOSE = 0.5
"""Least IoU at which a box is taken to mean the object it lies on."""
_ENOUGH = 20
"""Fewer such boxes prove nothing."""
_TIMES = 4
"""One reading is certain when it agrees this many times as often as another."""


def decide_frames(
    dataset: Dataset, records: Records, matches: Sequence[FrameMatch]
) -> tuple[FrameMatch, Sequence[str]]:
    """The reading to take, and what is to be said where it is not plainly the first.

    Args:
        dataset: Its labels are the judge.
        records: The inferences.
        matches: The possible readings, the likeliest first.
    """
    if len(matches) == 1:
        return matches[0], ()
    scores = [len(_close(dataset, records, match.rows)[0].label) for match in matches]
    taken, notes = _judged("images", "boxes on a label", [match.words for match in matches], scores)
    return matches[taken], notes


def decide_classes(
    dataset: Dataset, records: Records, frame: NDArray[np.int64], matches: Sequence[ClassMatch]
) -> tuple[ClassMatch, Sequence[str]]:
    """The same for classes.

    Args:
        dataset: Its labels are the judge.
        records: The inferences.
        frame: `(records,)` int64 row of the frame of each, -1 where there is none.
        matches: The possible readings, the likeliest first.
    """
    if len(matches) == 1:
        return matches[0], ()
    found, order = _close(dataset, records, frame)
    wanted, given = dataset.labels.class_index[found.label], order[found.inference]
    scores = [int(np.count_nonzero(match.positions[given] == wanted)) for match in matches]
    evidence = "boxes on a label of their class"
    taken, notes = _judged("classes", evidence, [match.words for match in matches], scores)
    return matches[taken], notes


def _judged(
    what: str, evidence: str, words: Sequence[str], scores: Sequence[int]
) -> tuple[int, Sequence[str]]:
    """Which reading to take, the first where no score is far above the others, and what is to be said."""
    best = int(np.argmax(scores))
    next_best = max(score for i, score in enumerate(scores) if i != best)
    if scores[best] < max(_ENOUGH, _TIMES * next_best):
        counts = " to ".join(f"{score:,}" for score in scores)
        ways = " or ".join(words)
        return 0, [f"ambiguous: {what} may be named {ways}, and {evidence} do not decide it ({counts})"]
    if best == 0:
        return 0, ()
    return best, [f"not {words[0]}: {evidence} would be {scores[0]:,} and not {scores[best]:,}"]


def _close(
    dataset: Dataset, records: Records, frame: NDArray[np.int64]
) -> tuple[Candidates, NDArray[np.int64]]:
    """Pairs of a label and an inference on it, and the records that the inferences are."""
    records = in_pixels(replace(records, segmentation={}), frame, dataset.frames)
    usable = np.flatnonzero((frame >= 0) & finite(records.box))
    order = usable[np.argsort(frame[usable], kind="stable")]
    unnamed = np.zeros(len(records), np.int32)
    objects = objects_of(Placed("inferences", records, frame, unnamed), order, len(dataset.frames))
    return find_candidates(dataset.labels, objects, dataset.labels.crowd, _CLOSE), order
