"""What the screens ask of any task."""

from collections.abc import Sequence
from typing import Protocol

from aquarium_tui.drawing.crops import CropDrawing
from aquarium_tui.drawing.drawing import Drawing
from aquarium_tui.model.picture import Color
from aquarium_tui.session.evidence import Evidence
from aquarium_tui.session.view import View
from aquarium_tui.tui.report_columns import Report
from aquarium_tui.tui.tasks.confusion import Confusion
from aquarium_tui.tui.widgets.columns import Column, Sort


class Task(Protocol):
    """One view as its task shows it."""

    @property
    def view(self) -> View:
        """What is shown."""

    def class_color(self, position: int) -> Color:
        """The colour of the class at a position of the class map."""

    def confusions(self) -> Sequence[Confusion]:
        """The confusion of the task, then those of the user's metrics."""

    def report(self, evidence: Evidence | None) -> Report:
        """Rates class by class."""

    def frame_columns(self) -> list[Column]:
        """What a list of frames says of each."""

    def frame_sort(self) -> Sort:
        """What frames are sorted by at first: what got worst."""

    def whole_frame(self, frame: int, aspect: tuple[int, int]) -> CropDrawing:
        """All of a frame, for a place of that aspect."""

    def preview(self, frame: int) -> tuple[Drawing, str]:
        """A small picture of a frame, and a line about it."""
