"""Numbers of frames that do not come from objects: of masks, and the metrics that the user brings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.model.settings import Side
from aquarium_tui.model.tables import Dataset, InferenceSet


@dataclass(frozen=True)
class Measure:
    """A number of each frame and set that comes from elsewhere: a user metric, mIoU, the IoU of a class.

    It takes the place of the language's own field or method of a frame of that name.

    Attributes:
        values: Of a side, and of classes by their position in a confusion: `(frames,)` float64, NaN where
            undefined.
        sentence: What it is.
        arguments: How many class names it is asked for with: none, one, or two for a cell.
    """

    values: Callable[[Side, tuple[int, ...]], NDArray[np.float64]]
    sentence: str
    arguments: int = 0


class Compared(Protocol):
    """What comparisons of objects and of masks have in common, as far as queries and metrics go."""

    @property
    def dataset(self) -> Dataset:
        """Frames and labels."""

    @property
    def other(self) -> Any:  # noqa: ANN401
        """None where only one set is chosen."""

    @property
    def frames(self) -> NDArray[np.bool_] | None:
        """`(frames,)`: those that are counted; None counts all."""

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that are chosen."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the matrices' rows and columns, background last."""

    @property
    def of_objects(self) -> bool:
        """Whether there are objects to ask for, not masks alone."""

    @property
    def measures(self) -> Mapping[str, Measure]:
        """Numbers of frames, by name."""

    def inferences(self, side: Side) -> InferenceSet:
        """The inference set of one side."""
