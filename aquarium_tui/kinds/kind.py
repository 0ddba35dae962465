"""What a kind of task provides. Everything else asks it, and nothing else asks which kind it is."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Significance, ValueIntervals
from aquarium_tui.compare.certainty.precision import PrecisionSignificance
from aquarium_tui.compare.comparability import OBJECT_WORDS, Remark, SetWords, comparability
from aquarium_tui.compare.comparison import Comparison, Seen
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.verdict import Sensitivity, Verdict
from aquarium_tui.errors import UsageError
from aquarium_tui.kinds.report import ClassField, ClassReport, DocumentFacts, Heading, TotalGroup
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.model.shard import Shard, ShardCount
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects, Project
from aquarium_tui.work.executor import Watch

if TYPE_CHECKING:
    from aquarium_tui.compare.bootstrap import Resampling
    from aquarium_tui.compare.objects.leaderboard import Contest, Leaderboard
    from aquarium_tui.drawing.drawing import Drawing
    from aquarium_tui.drawing.object_painter import Detail
    from aquarium_tui.formats.shared.collector import RecordForm
    from aquarium_tui.ingest.labels import TaskForms
    from aquarium_tui.kinds.presentation import Presentation
    from aquarium_tui.kinds.reader import Reader
    from aquarium_tui.media.photo import PhotoCache
    from aquarium_tui.model.arrays import Flags
    from aquarium_tui.render.palette import Palette


MetricInputs = Callable[[int], tuple[object, object]]
"""Gives the labels and the inferences of a frame, by its row."""


@dataclass(frozen=True)
class MetricObjects:
    """The labels or the inferences of a frame as a metric function receives them; arrays are read-only.

    Attributes:
        class_index: `(n,)` int32 position in `MetricFrame.classes`, -1 for an ignored class.
        box: `(n, 4)` float64 left, top, right, bottom in pixels.
        confidence: `(n,)` float64; empty for labels.
        crowd: `(n,)` bool; empty for inferences.
    """

    class_index: NDArray[np.int32]
    box: Boxes
    confidence: NDArray[np.float64]
    crowd: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.box)


def object_inputs(dataset: Dataset, inferences: InferenceSet) -> MetricInputs:
    """Labels and inferences of frames as `MetricObjects`."""
    evaluated = dataset.project.class_map.evaluated

    def objects(row: int) -> tuple[object, object]:
        return _of_frame(dataset.labels, row, evaluated), _of_frame(inferences.objects, row, evaluated)

    return objects


def _of_frame(objects: Objects, row: int, evaluated: NDArray[np.int32]) -> MetricObjects:
    rows = slice(int(objects.starts[row]), int(objects.starts[row + 1]))
    return MetricObjects(
        class_index=_read_only(evaluated[objects.class_index[rows]]),
        box=_read_only(objects.box[rows]),
        confidence=_read_only(objects.confidence[rows]),
        crowd=_read_only(objects.crowd[rows]),
    )


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


ItsComparison = TypeVar("ItsComparison", bound=Comparison)
Made = TypeVar("Made")


SHARDS = "shards"
"""Where `Sources.cache` keeps what was counted of some frames."""

SettingName = Literal["confidence", "iou", "rule"]


class Sources(Protocol):
    """What a comparison is made from, as a session has it: read once and kept."""

    @property
    def dataset(self) -> Dataset:
        """Frames and labels."""

    @property
    def watch(self) -> Watch:
        """How long work is watched, and what cancels it."""

    @property
    def boundary(self) -> bool:
        """Whether the boundaries of masks are wanted."""

    def inferences(self, name: str) -> InferenceSet:
        """An inference set of the dataset."""

    def remembered(self, what: str, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes of an inference set, kept in memory while the set is among those used last.

        Args:
            what: What it is, as a kind has several things of a set.
            name: The set; once it is replaced, `make` is called again.
            make: Called where nothing is kept.
        """

    def cache(self, what: str, names: Sequence[str]) -> Path:
        """A folder that keeps what was made of one or two sets, in any order, from one run to the next.

        It is removed along with each of the sets. What lies in it must say itself what it was made from.
        """


class StoredSources(Sources, Protocol):
    """Sources of which it is known when what was made from a set is out of date, without reading the set."""

    def fingerprint(self, name: str) -> str:
        """What changes once an inference set is replaced."""


FrameScreenName = str
"""Which screen of the interface shows one frame, such as `objects` or `masks`."""


@dataclass(frozen=True)
class PictureOptions:
    """What of a frame `render` draws; a kind ignores what means nothing to it.

    Attributes:
        masks: The diff map, or which masks lie on the photo: `labels`, `base`, `other` or `all`.
        opacity: Of masks, 0 to 1.
        cell: Of the diff map only the pixels of this cell; of a frame of objects a close look at the first
            object in it; None draws all.
        colors: Of classes, outcomes and changes; by default the program's own.
        object_id: Id of a label or inference that is looked at closely; empty for the whole frame.
        detail: How much of a frame of many objects is drawn.
        hidden: Of `labels`, `base` and `other`, those whose objects are not drawn.
        by_change: Whether colours show the change of objects rather than their classes.
        outline: Whether masks are drawn as outlines.
    """

    masks: str = "diff"
    opacity: float = 0.6
    cell: tuple[int, int] | None = None
    colors: "Palette | None" = None
    object_id: str = ""
    detail: "Detail" = "auto"
    hidden: Sequence[str] = ()
    by_change: bool = False
    outline: bool = False


def never() -> bool:
    """Nobody asks to stop."""
    return False


class Kind(ABC, Generic[ItsComparison]):
    """One kind of task: what it shows of comparisons of its own type.

    Attributes:
        task: The name that projects store.
        settings: Which settings its comparisons depend on.
        frame_screen: Which screen shows one frame.
        several: Whether a frame can have any number of inferences, so that a limit on them tells something.
        words: What its labels and inferences are called.
        form: What one record of its files is, as formats read them; None where they read no such files.
        needs: What its files hold, in words.
        client_tasks: What the hosted product's client calls such a task; its first name is told.
        boundaries: Whether classes have boundaries, so that boundary IoU means something.
        boxes: Whether labels and inferences are boxes, as formats of other tools hold them.
        glossary: What the words of its report mean, for readers who know none of them.
        picture_words: What is seen on pictures of its samples, for the same readers.
    """

    task: ClassVar[str]
    frame_screen: ClassVar[FrameScreenName]
    settings: ClassVar[frozenset[SettingName]] = frozenset()
    several: ClassVar[bool] = True
    words: ClassVar[SetWords] = OBJECT_WORDS
    form: ClassVar["RecordForm | None"] = None
    needs: ClassVar[str] = ""
    client_tasks: ClassVar[tuple[str, ...]] = ()
    boundaries: ClassVar[bool] = False
    boxes: ClassVar[bool] = False
    glossary: ClassVar[tuple[tuple[str, str], ...]] = ()
    picture_words: ClassVar[str] = ""

    # Reading files

    @abstractmethod
    def reader(self, forms: "TaskForms") -> "Reader":
        """What reads its files.

        Args:
            forms: Which tasks the files of all kinds lead to.
        """

    def metric_inputs(self, dataset: Dataset, inferences: InferenceSet) -> MetricInputs:
        """What metric functions of the user receive of each frame.

        What it returns raises an `InputError` for a frame that cannot be read.
        """
        return object_inputs(dataset, inferences)

    def label_facts(self, dataset: Dataset) -> tuple[tuple[str, str], ...]:
        """What there is to say about the labels of a dataset: titles, and what is said."""
        bare = int(np.count_nonzero(dataset.label_counts == 0))
        crowds = int(np.count_nonzero(dataset.labels.crowd))
        return (
            ("frames", f"{grouped(len(dataset.frames))}, {grouped(bare)} without labels"),
            ("labels", f"{grouped(len(dataset.labels))}, {grouped(crowds)} of them crowds"),
        )

    # Settings, and comparing

    @abstractmethod
    def compare(self, sources: Sources, names: Sequence[str], settings: Settings) -> ItsComparison:
        """The comparison of one or two inference sets, base first; `settings` may mean nothing to it.

        Raises:
            AquariumError: A set cannot be read, or lacks what is compared.
            CancelledError: The sources were told to stop.
        """

    def count(self, sources: Sources, names: Sequence[str], shard: Shard | None) -> ShardCount | None:
        """Count one part of the frames of one or two sets, or all, so that opening finds it done.

        Args:
            sources: What is compared.
            names: The sets.
            shard: Which part, into a file of its own; None counts everything, also what other parts lack.

        Returns:
            None where nothing is counted frame by frame.

        Raises:
            AquariumError: A set cannot be read, or what was counted cannot be written.
            CancelledError: The sources were told to stop.
        """
        if shard is None:
            self.compare(sources, names, sources.dataset.project.settings).prepare()
        return None

    def gaps(self, comparison: ItsComparison) -> tuple[Remark, ...]:
        """Parts of the frames that other machines were to count and have not."""
        del comparison
        return ()

    def remarks(self, dataset: Dataset, base: InferenceSet, other: InferenceSet | None) -> tuple[Remark, ...]:
        """What stands in the way of comparing two sets, or of looking at one."""
        return comparability(dataset, base, other, words=self.words, several=self.several)

    def iou_title(self, project: Project) -> str:
        """What the IoU threshold applies to."""
        del project
        return "IoU"

    def as_boxes(self, comparison: ItsComparison) -> ObjectComparison | None:
        """The comparison, if it is one of boxes that are matched by the IoU of boxes."""
        del comparison
        return None

    def ranked(self, comparison: ItsComparison) -> ObjectComparison | None:
        """The comparison, if its AP can be written as a sum: of two sets of objects with confidences."""
        del comparison
        return None

    def leaderboard(
        self, sources: StoredSources, contest: "Contest", resampling_of: Callable[["Flags"], "Resampling"]
    ) -> "Leaderboard":
        """All sets against one base.

        Args:
            sources: What they are made from.
            contest: Which sets, under which settings.
            resampling_of: Gives how the frames that count, `(frames,)`, are drawn.

        Raises:
            AquariumError: A set cannot be read, or such sets cannot be ranked.
            CancelledError: The sources were told to stop.
        """
        del sources, contest, resampling_of
        raise UsageError(f"Sets of {self.task} cannot be ranked.")

    # The report, in text, files and screens

    @abstractmethod
    def heading(self, comparison: ItsComparison) -> Heading:
        """What is said before all numbers."""

    @abstractmethod
    def class_report(self, comparison: ItsComparison) -> ClassReport:
        """The report class by class, as far as it takes no time."""

    def slow_fields(
        self, comparison: ItsComparison, cancelled: Callable[[], bool] = never
    ) -> tuple[ClassField, ...]:
        """Fields of the report that take longer than a glance.

        Raises:
            CancelledError: `cancelled` said so.
        """
        del comparison, cancelled
        return ()

    @abstractmethod
    def totals(self, comparison: ItsComparison) -> tuple[TotalGroup, ...]:
        """Numbers of the whole comparison, as far as they take no time."""

    def slow_totals(self, comparison: ItsComparison) -> tuple[TotalGroup, ...]:
        """Numbers of the whole comparison that take longer than a glance."""
        del comparison
        return ()

    # Pictures and screens

    @abstractmethod
    def picture(self, view: Seen[ItsComparison], frame: int, options: PictureOptions) -> "Drawing":
        """A frame as `render` writes it.

        Raises:
            UsageError: The options ask for what is not there.
            InputError: What is drawn cannot be read.
        """

    @abstractmethod
    def presentation(
        self, view: Seen[ItsComparison], photos: "PhotoCache", colors: "Palette | None" = None
    ) -> "Presentation[ItsComparison]":
        """What screens show of a view."""

    def size_words(self, comparison: ItsComparison) -> str:
        """How much the numbers cover beside frames, in two words."""
        return counted(comparison.label_count, "label")

    def ignored(self, comparison: ItsComparison) -> tuple[str, ...]:
        """Classes excluded from all counts, where the header has room for them: no settings stand there."""
        del comparison
        return ()

    @abstractmethod
    def document_facts(self, comparison: ItsComparison) -> DocumentFacts:
        """What only files say."""

    # How sure it is

    @abstractmethod
    def verdict(
        self, comparison: ItsComparison, significance: Significance, sensitivity: Sensitivity | None
    ) -> Verdict:
        """What a comparison of two sets comes to.

        Args:
            comparison: Of two sets.
            significance: How sure its deltas are.
            sensitivity: What `sensitivity` found.
        """

    def sensitivity(self, comparison: ItsComparison) -> Sensitivity | None:
        """How far the headline depends on the settings; None where there are none."""
        del comparison
        return None

    def precision_significance(
        self,
        comparison: ItsComparison,
        names: Sequence[str] = (),
        replicates: int = 1000,
        cancelled: Callable[[], bool] = never,
    ) -> PrecisionSignificance | None:
        """How sure the deltas of AP and its like are; None where AP means nothing.

        Args:
            comparison: Of two sets.
            names: Which metrics; all where none is named.
            replicates: How often the frames are drawn anew.
            cancelled: Asked now and then whether to stop.

        Raises:
            CancelledError: `cancelled` said so.
        """
        del comparison, names, replicates, cancelled
        return None

    def precision_intervals(
        self, comparison: ItsComparison, side: Side, names: Sequence[str]
    ) -> ValueIntervals | None:
        """How sure AP and its like of one set are; None where AP means nothing."""
        del comparison, side, names
        return None


AnyKind = Kind[Any]
