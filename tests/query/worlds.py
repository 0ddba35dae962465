"""Small data sets with every type of metadata and attribute, written as plain rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from aquarium_tui.compare.binding import Binding
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.reviews import Reviews
from aquarium_tui.model.arrays import areas
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.reviews import Edit, Subject
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of

CLASSES = ClassMap(
    (
        ClassEntry(1, "car"),
        ClassEntry(2, "cyclist"),
        ClassEntry(3, "pedestrian"),
        ClassEntry(4, "truck"),
        ClassEntry(5, "Lorry", train_name="Truck"),
        ClassEntry(6, "sky", ignore_in_eval=True),
    )
)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class FrameRow:
    id: str
    weather: str | None = None
    speed: float | None = None
    night: bool | None = None
    taken: datetime | None = None


@dataclass(frozen=True)
class LabelRow:
    frame: int
    name: str
    box: Box
    crowd: bool = False
    occluded: bool | None = None
    distance: float | None = None


@dataclass(frozen=True)
class InferenceRow:
    frame: int
    name: str
    box: Box
    confidence: float
    track: str | None = None


MOMENT = "2024-05-31T12:00:00.000000+00:00"


@dataclass(frozen=True)
class World:
    frames: Sequence[FrameRow]
    labels: Sequence[LabelRow]
    base: Sequence[InferenceRow]
    other: Sequence[InferenceRow] | None
    settings: Settings = field(default_factory=Settings)
    tags: dict[str, list[int]] = field(default_factory=dict)
    segments: dict[str, list[int]] = field(default_factory=dict)

    def comparison(self) -> ObjectComparison:
        dataset = Dataset(Project("test", class_map=CLASSES), "val", self._frames(), self._labels())
        other = None if self.other is None else InferenceSet("new", self._inferences(self.other))
        return ObjectComparison.of(
            dataset, InferenceSet("old", self._inferences(self.base)), other, self.settings
        )

    def binding(self) -> Binding[ObjectComparison]:
        comparison = self.comparison()
        edits = [
            Edit(MOMENT, "anna", Subject(self.frames[row].id), "tag", name)
            for name, rows in self.tags.items()
            for row in rows
        ]
        return Binding(comparison, segments=self.segments, reviews=Reviews(comparison, edits))

    def _frames(self) -> Frames:
        n = len(self.frames)
        taken = [None if f.taken is None else np.datetime64(f.taken, "us") for f in self.frames]
        return Frames(
            id=Text.from_values([f.id for f in self.frames]),
            path=Text.from_values([f"images/{f.id}.jpg" for f in self.frames]),
            width=np.array([640, 0, 1280, 640, 320, 640] * n, np.int32)[:n],
            height=np.full(n, 480, np.int32),
            metadata={
                "weather": Text.from_values([f.weather for f in self.frames]),
                "speed": numbers([f.speed for f in self.frames]),
                "night": truths([f.night for f in self.frames]),
                "taken": Values(
                    "date",
                    np.array(
                        [np.datetime64("NaT", "us") if t is None else t for t in taken], "datetime64[us]"
                    ),
                    np.array([t is None for t in taken], bool),
                ),
                "time-of-day": Text.from_values([f.weather for f in self.frames]),
                "width": numbers([f.speed for f in self.frames]),
            },
        )

    def _labels(self) -> Objects:
        rows = sorted(self.labels, key=lambda row: row.frame)
        box = boxes([row.box for row in rows])
        return Objects(
            starts=starts_of(np.array([row.frame for row in rows], int), len(self.frames)),
            class_index=class_index([row.name for row in rows]),
            box=box,
            confidence=np.zeros(0),
            crowd=np.array([row.crowd for row in rows], bool),
            area=areas(box) / 2,
            id=Text.from_values([f"l{i}" for i in range(len(rows))]),
            attributes={
                "occluded": truths([row.occluded for row in rows]),
                "distance": numbers([row.distance for row in rows]),
            },
        )

    def _inferences(self, unsorted: Sequence[InferenceRow]) -> Objects:
        rows = sorted(unsorted, key=lambda row: row.frame)
        return Objects(
            starts=starts_of(np.array([row.frame for row in rows], int), len(self.frames)),
            class_index=class_index([row.name for row in rows]),
            box=boxes([row.box for row in rows]),
            confidence=np.array([row.confidence for row in rows], float),
            crowd=np.zeros(0, bool),
            area=np.zeros(0),
            attributes={"track": Text.from_values([row.track for row in rows])},
        )


def boxes(rows: list[Box]) -> np.ndarray:
    return np.array(rows, float).reshape(-1, 4)


def class_index(names: list[str]) -> np.ndarray:
    return np.array([CLASSES.positions_by_name[name.casefold()] for name in names], np.int32)


def numbers(values: list[float | None]) -> Values:
    missing = np.array([v is None for v in values], bool)
    return Values("number", np.array([np.nan if v is None else v for v in values], float), missing)


def truths(values: list[bool | None]) -> Values:
    missing = np.array([v is None for v in values], bool)
    return Values("boolean", np.array([bool(v) for v in values], bool), missing)
