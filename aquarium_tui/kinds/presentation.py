"""What screens ask of any kind: one view as they show it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len

from aquarium_tui.compare.comparison import Comparison, Seen
from aquarium_tui.compare.reviews import Target
from aquarium_tui.drawing.crops import CropDrawing
from aquarium_tui.drawing.drawing import ClassColors, Drawing, typical_size
from aquarium_tui.kinds.columns import Sort, Span, TableColumn, Tiles, frame_columns, leading_sort
from aquarium_tui.kinds.frame_lists import matrix_metrics
from aquarium_tui.kinds.lists import Confusion, both_ends
from aquarium_tui.kinds.report_columns import Evidence, Reporting, ReportTable, report_table
from aquarium_tui.kinds.reviews import frame_column
from aquarium_tui.kinds.walks import FrameLook, Look
from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Color

Legend = tuple[str, Sequence[tuple[Span, str]]]
"""A title, and signs or keys as they look, each with what it means."""

Compared = TypeVar("Compared", bound=Comparison)


class OpenTiles(Tiles, Protocol):
    """Tiles that can be opened."""

    def look(self, index: int) -> Look:
        """What to open for one of them."""

    def frame(self, index: int) -> int:
        """The frame of one of them."""


@dataclass(frozen=True, eq=False)
class Presentation(ABC, Generic[Compared]):
    """One view as its kind shows it.

    Attributes:
        view: What is shown.
        kind: Says what the report says.
        classes: The colours of classes.
    """

    view: Seen[Compared]
    kind: Reporting[Compared]
    classes: ClassColors

    def class_color(self, position: int) -> Color:
        """The colour of the class at a position of the class map."""
        return self.classes.entry(position)

    @cached_property
    def confusions(self) -> Sequence[Confusion]:
        """The confusion of the kind, then those of the user's metrics."""
        own = matrix_metrics(self.view, self.classes.evaluated_hex, self.whole_frame)
        return (self.own_confusion(), *own)

    @abstractmethod
    def own_confusion(self) -> Confusion:
        """The confusion of the kind."""

    def report(self, evidence: Evidence | None, intervals: bool = False) -> ReportTable:
        """Rates class by class, or their deltas, or the intervals of these."""
        comparison = self.view.comparison
        return report_table(self.kind, comparison, self.classes.evaluated_hex, evidence, intervals)

    def report_of(self, comparison: Compared) -> ReportTable:
        """The same of a comparison of some frames, of which no evidence is gathered."""
        return report_table(self.kind, comparison, self.classes.evaluated_hex)

    def frame_columns(self) -> list[TableColumn]:
        """What a list of frames says of each, what was reviewed behind its name."""
        name, *numbers = self.frame_numbers()
        return [name, *frame_column(self.view), *numbers]

    def frame_numbers(self) -> list[TableColumn]:
        """The name of each frame, and its numbers."""
        return frame_columns(self.view.comparison)

    def frame_sort(self) -> Sort:
        """What frames are sorted by at first: what got worst."""
        return leading_sort(self.view.comparison)

    def gallery(self, frames: NDArray[np.int64]) -> OpenTiles:
        """What a list of frames shows as pictures: the objects that a query asks for, else the frames.

        Args:
            frames: `(k,)`, the frames of the list in its order.
        """
        return FrameGallery(self, frames)

    def legend(self) -> Sequence[Legend]:
        """What the signs and colours of lists and pictures mean."""
        return ()

    @abstractmethod
    def whole_frame(self, frame: int) -> CropDrawing:
        """All of a frame."""

    def close_up(self, target: Target) -> Drawing:
        """A small picture of what was reviewed."""
        return self.preview(target[1])

    @abstractmethod
    def preview(self, frame: int) -> Drawing:
        """A small picture of a frame."""

    @abstractmethod
    def about(self, frame: int) -> Sequence[str]:
        """A line about a frame in several lengths, the longest first."""


@dataclass(frozen=True, eq=False)
class FrameGallery:
    """Whole frames as tiles.

    Attributes:
        task: Draws them.
        frames: `(k,)`, in their order.
    """

    task: Presentation[Any]
    frames: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def form(self) -> tuple[int, int] | None:
        """That of frames."""
        return typical_size(self.task.view.comparison.dataset)

    def crop(self, index: int, aspect: tuple[int, int]) -> CropDrawing:
        """All of the frame."""
        del aspect
        return self.task.whole_frame(self.frame(index))

    def caption(self, index: int, room: int) -> Sequence[Sequence[Span]]:
        """Its id, and what is said of it."""
        frame = self.frame(index)
        forms = self.task.about(frame)
        said = next((form for form in forms if cell_len(form) <= room), forms[-1])
        name = both_ends(visible(self.task.view.comparison.dataset.frames.id[frame] or ""), room)
        return [[(name, "")], [(said, "dim")]]

    def look(self, index: int) -> FrameLook:
        """The frame."""
        return FrameLook(self.frames, self.frame(index), "frames")

    def frame(self, index: int) -> int:
        """The frame, by its place in the dataset."""
        return int(self.frames[index])
