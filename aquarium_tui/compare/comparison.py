"""`Comparison`: the one seam between the analysis and everything that shows it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import FrameGroups, Resampling, Significance, ValueIntervals, frame_groups
from aquarium_tui.compare.cells import CellCounts, CellList
from aquarium_tui.compare.fields import FrameField, ObjectField
from aquarium_tui.errors import UsageError
from aquarium_tui.model.arrays import CountMatrix, Counts, RowNumbers
from aquarium_tui.model.classes import class_names
from aquarium_tui.model.columns import Column
from aquarium_tui.model.reviews import Review, Subject
from aquarium_tui.model.settings import SIDES, Settings, Side
from aquarium_tui.model.tables import Dataset, InferenceSet


@dataclass(frozen=True, eq=False)
class Comparison(ABC):
    """Base, and other judged against it, on one dataset.

    Everything is computed when first asked for and then kept.

    Attributes:
        dataset: Frames and labels.
        base: The set that other is judged against.
        other: The set that is judged; None where only one set is chosen.
        frames: `(frames,)` bool, those that are counted; None counts all. Numbers of frames, and the ledger
            of objects, are of all frames even so.
        only: The condition of the slice whose objects alone are counted; empty without one. It is only named
            here: what it leaves out, each kind knows for itself.
    """

    dataset: Dataset
    base: InferenceSet
    other: InferenceSet | None = None
    frames: NDArray[np.bool_] | None = field(default=None, kw_only=True)
    only: str = field(default="", kw_only=True)

    own_fields: ClassVar[tuple[FrameField[Any], ...]] = ()
    """The table of its frame fields."""

    object_fields: ClassVar[tuple[ObjectField[Any], ...]] = ()
    """The table of its object fields; empty where there are no objects to ask for."""

    no_objects: ClassVar[str] = ""
    """Why there are no objects to ask for; empty where there are."""

    @property
    def object_count(self) -> int:
        """How many objects the frames that are counted have."""
        return 0

    def within(self, frames: NDArray[np.bool_]) -> Self:
        """The same, counted over those of its frames where `(frames,)` is true."""
        return replace(self, frames=frames if self.frames is None else frames & self.frames)

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that are chosen."""
        return SIDES if self.other else SIDES[:1]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Names of the matrices' rows and columns, background last."""
        return tuple(class_names(self.dataset.project.class_map))

    def inferences(self, side: Side) -> InferenceSet:
        """The inference set of one side.

        Raises:
            UsageError: There is no other set.
        """
        chosen = self.base if side == "base" else self.other
        if chosen is None:
            raise UsageError("no other inference set is chosen.")
        return chosen

    @property
    @abstractmethod
    def frame_count(self) -> int:
        """How many frames are counted."""

    @property
    @abstractmethod
    def label_count(self) -> int:
        """How many labels the counted frames have."""

    def confusion(self, side: Side) -> CountMatrix:
        """The confusion `(n + 1, n + 1)` int64 of one set: rows labels, columns inferred; background last.

        Raises:
            UsageError: There is no other set.
        """
        self.inferences(side)
        return self._confusions[side]

    @cached_property
    @abstractmethod
    def _confusions(self) -> dict[Side, CountMatrix]:
        """The confusion of each side."""

    @cached_property
    def delta(self) -> CountMatrix:
        """Other minus base, `(n + 1, n + 1)` int64; base alone where there is no other."""
        if self.other is None:
            return self.confusion("base")
        return self.confusion("other") - self.confusion("base")

    @cached_property
    @abstractmethod
    def cells(self) -> CellCounts:
        """Counts of every cell and its lists."""

    def significance(
        self, replicates: int = 1000, seed: int = 0, cancelled: Callable[[], bool] = lambda: False
    ) -> Significance:
        """How sure the deltas are; some seconds of work for thousands of frames.

        Args:
            replicates: How often the frames are drawn anew.
            seed: Of the draws.
            cancelled: Asked now and then whether to stop.

        Raises:
            UsageError: There is no other set.
            CancelledError: `cancelled` said so.
        """
        self.inferences("other")
        key = (replicates, seed)
        if key not in self._significances:
            found = self._resampled(self.resampling(replicates, seed, cancelled))
            self._significances[key] = replace(found, unit="groups" if self.groups else "frames")
        return self._significances[key]

    @cached_property
    def _significances(self) -> dict[tuple[int, int], Significance]:
        return {}

    @abstractmethod
    def _resampled(self, resampling: Resampling) -> Significance:
        """The answer of `significance`."""

    def value_intervals(
        self, replicates: int = 1000, seed: int = 0, cancelled: Callable[[], bool] = lambda: False
    ) -> Mapping[Side, ValueIntervals]:
        """How sure the figures of each set are by themselves; as much work as `significance`.

        Args:
            replicates: How often the frames are drawn anew.
            seed: Of the draws.
            cancelled: Asked now and then whether to stop.

        Raises:
            CancelledError: `cancelled` said so.
        """
        return self._valued(self.resampling(replicates, seed, cancelled))

    def _valued(self, resampling: Resampling) -> Mapping[Side, ValueIntervals]:
        """The answer of `value_intervals`; none for a kind without intervals."""
        del resampling
        return {}

    @property
    def label_units(self) -> Counts:
        """In how many of the counted frames, or groups of them, labels lie: of any class, then of each."""
        return np.full(len(self.classes), self.frame_count)

    @cached_property
    def groups(self) -> FrameGroups | None:
        """Which of the counted frames belong together; None where each stands for itself."""
        found = frame_groups(self.dataset.frames, self.dataset.group_by)
        return found.within(self.counting) if found else None

    @property
    def counting(self) -> NDArray[np.bool_] | None:
        """`(frames,)` bool, the frames that numbers cover; None for all."""
        return self.frames

    def resampling(self, replicates: int, seed: int, cancelled: Callable[[], bool]) -> Resampling:
        """How the counted frames, or groups of them, are drawn."""
        group = self.groups.of_frame if self.groups else None
        return Resampling(self.frame_count, replicates, seed, cancelled, group)

    @property
    def settings(self) -> Settings | None:
        """Thresholds and rule; None where there are neither."""
        return None

    @property
    def inside(self) -> NDArray[np.bool_] | None:
        """`(objects,)` bool: the objects in the slice; None without one."""
        return None

    @property
    def changed(self) -> NDArray[np.bool_]:
        """`(objects,)` bool: what changed in the frames that are counted; with one set, what is wrong."""
        return np.zeros(0, bool)

    @abstractmethod
    def prepare(self) -> tuple[object, ...]:
        """Compute what every screen asks for at first, so that screens never wait for it.

        Returns:
            What is now computed; the comparison keeps it.
        """

    # What queries ask beside numbers of frames

    @property
    def object_frame(self) -> RowNumbers:
        """`(objects,)`: the frame of each object, ascending."""
        return np.zeros(0, np.int32)

    def object_present(self, entity: str) -> NDArray[np.bool_]:
        """`(objects,)`: which objects have a `label`, `base` or `other`."""
        del entity
        return np.zeros(0, bool)

    def rows_of(self, label: int, inferred: int, which: CellList) -> NDArray[np.int64]:
        """Rows of the ledger in one list of the cell (label class, inferred class)."""
        del label, inferred, which
        return np.zeros(0, np.int64)

    def subject_at(self, row: int) -> Subject:
        """A row of the ledger as it is reviewed."""
        raise IndexError(row)

    def object_of(self, subject: Subject, frame: int) -> int | str:
        """The row of the ledger that an object which was reviewed in a frame is now; if none, why."""
        del subject, frame
        return self.no_objects or "there are no objects"

    def object_attribute(self, entity: str, name: str) -> Column:
        """`(objects,)`: an attribute that the files bring.

        Raises:
            KeyError: There is none of that name.
        """
        raise KeyError(f"{entity}.{name}")

    @cached_property
    def kept_columns(self) -> dict[str, Column]:
        """Columns that queries have asked for, by name."""
        return {}


class Reviewed(Protocol):
    """What was said of frames and objects: `aquarium_tui.compare.reviews.Reviews`."""

    def __len__(self) -> int:
        """How many edits there are."""

    def of_frame(self, row: int) -> Review:
        """What stands of a frame."""

    def of_object(self, row: int) -> Review:
        """What stands of a row of the ledger."""

    def of(self, subject: Subject) -> Review:
        """What stands of a subject."""

    def place(self, subject: Subject) -> tuple[str, int] | str:
        """The frame or object that a subject is now; why it no longer fits where it is none."""

    def subject_of(self, target: tuple[str, int]) -> Subject:
        """The subject that a frame or an object is."""

    @property
    def targets(self) -> list[tuple[tuple[str, int], Review]]:
        """Every frame and object of which something stands."""

    @property
    def unfitting(self) -> list[tuple[Subject, Review, str]]:
        """What was said of subjects that no longer fit, and why they do not."""


SeenComparison_co = TypeVar("SeenComparison_co", bound=Comparison, covariant=True)


class Seen(Protocol[SeenComparison_co]):
    """A comparison, and what of it is worth stopping at; a session's view is one."""

    @property
    def comparison(self) -> SeenComparison_co:
        """The numbers, of the frames that the query selects."""

    @property
    def reviews(self) -> Reviewed:
        """What was said of its frames and objects."""

    @property
    def marked(self) -> NDArray[np.bool_]:
        """`(objects,)` bool: rows of the ledger worth stopping at."""

    @property
    def asks_objects(self) -> bool:
        """Whether the query asks for objects, so that those it does not select recede."""
