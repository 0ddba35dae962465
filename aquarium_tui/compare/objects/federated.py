"""Federated labels, as LVIS has them: of most classes, nobody looked whether a frame has any.

An image names the classes that it surely lacks (`neg_category_ids`), and those of which not every object is
labelled (`not_exhaustive_category_ids`). A class that is neither labelled nor surely absent is not verified
there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.columns import Text
from aquarium_tui.model.tables import Dataset, Objects

ABSENT, PARTIAL = "neg_category_ids", "not_exhaustive_category_ids"
"""The columns of frames that hold class ids of the labels file, separated by blanks, as LVIS calls them."""


@dataclass(frozen=True)
class Federation:
    """What is known of each class in each frame, by evaluated class.

    Attributes:
        verified: `(frames, classes)` bool: labelled, or surely absent; in other frames, of every class.
        partial: `(frames, classes)` bool: not every object is labelled.
    """

    verified: NDArray[np.bool_]
    partial: NDArray[np.bool_]

    def unverified(self, objects: Objects, class_: NDArray[np.int32]) -> NDArray[np.bool_]:
        """`(objects,)` bool: of a class that is not verified in its frame.

        Args:
            objects: Inferences.
            class_: `(objects,)` evaluated class of each, negative if it is ignored.
        """
        return np.asarray((class_ >= 0) & ~self.verified[objects.frame, class_])

    def unlabelled(self, objects: Objects, class_: NDArray[np.int32]) -> NDArray[np.bool_]:
        """`(objects,)` bool: of a class of which not every object of the frame is labelled."""
        return np.asarray((class_ >= 0) & self.partial[objects.frame, class_])


def federation(dataset: Dataset) -> Federation | None:
    """What the frames of a dataset say about classes; None if they say nothing."""
    columns = [dataset.frames.metadata.get(name) for name in (ABSENT, PARTIAL)]
    found = [column for column in columns if isinstance(column, Text)]
    if not found:
        return None
    class_map = dataset.project.class_map
    shape = len(dataset.frames), max(len(class_map.evaluated_names), 1)
    absent, partial = (_marked(dataset, column, shape) for column in columns)
    labelled = np.zeros(shape, bool)
    class_ = class_map.evaluated[dataset.labels.class_index]
    labelled[dataset.labels.frame[class_ >= 0], class_[class_ >= 0]] = True
    silent = np.all([column.missing for column in found], axis=0)
    return Federation(labelled | absent | partial | silent[:, None], partial)


def _marked(dataset: Dataset, column: object, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """`(frames, classes)` bool: the classes whose ids a column lists."""
    marks = np.zeros(shape, bool)
    if not isinstance(column, Text):
        return marks
    class_map = dataset.project.class_map
    evaluated = {
        str(id_): int(class_map.evaluated[class_map.positions_by_id[own]])
        for id_, own in dataset.categories.items()
    }
    for row, text in enumerate(column):
        classes = [evaluated.get(word, -1) for word in (text or "").split()]
        marks[row, [class_ for class_ in classes if class_ >= 0]] = True
    return marks
