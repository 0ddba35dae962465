"""What is to be exported: some frames of a dataset, their labels, and what inference sets have on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.ingest.merging import moved_inferences, picked
from aquarium_tui.model.tables import Dataset, InferenceSet


@dataclass(frozen=True)
class Batch:
    """Frames with their labels and inferences.

    Attributes:
        dataset: Has these frames only.
        sets: Inference sets of it.
    """

    dataset: Dataset
    sets: tuple[InferenceSet, ...] = ()


def batch_of(
    dataset: Dataset, sets: Sequence[InferenceSet], frames: NDArray[np.bool_] | None = None
) -> Batch:
    """A batch of those frames, with all of their labels.

    Args:
        dataset: The dataset.
        sets: Inference sets of it.
        frames: `(frames,)` bool; None for all.
    """
    if frames is None:
        return Batch(dataset, tuple(sets))
    part = picked(dataset, np.flatnonzero(frames))
    return Batch(part, tuple(moved_inferences(one, dataset, part) for one in sets))
