"""A kind of task that lives in the tests alone: any number of classes per image, called tags.

Files hold one line per image: its path, a colon, and its tags; those of inferences have a confidence, as in
`a.png: cat=0.9 dog=0.2`. A tag that label and inference share is correct; there are no confused ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import Resampling, Significance
from aquarium_tui.compare.cells import CellCounts
from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.comparison import Comparison, Seen
from aquarium_tui.compare.fields import FrameField, Shown
from aquarium_tui.compare.verdict import Sensitivity, Verdict
from aquarium_tui.drawing.crops import CropDrawing, all_of
from aquarium_tui.drawing.drawing import ClassColors, Drawing, FrameDrawing, frame_size, image_path
from aquarium_tui.ingest.labels import TaskForms
from aquarium_tui.kinds.frame_lists import FrameConfusion
from aquarium_tui.kinds.kind import Kind, PictureOptions, Sources
from aquarium_tui.kinds.lists import Confusion, Grid
from aquarium_tui.kinds.presentation import Presentation
from aquarium_tui.kinds.reader import FileOptions, Reader, UploadProgress
from aquarium_tui.kinds.report import ClassField, ClassReport, DocumentFacts, Heading, Total, TotalGroup
from aquarium_tui.media.photo import PhotoCache
from aquarium_tui.model.arrays import CountMatrix
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.numbers import COUNT
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of
from aquarium_tui.render.palette import Palette, palette

TAGS = "tags"
Presence = NDArray[np.bool_]
"""`(frames, classes)`: which tags a frame has."""


class TagReader(Reader):
    """Files that end in `.tags`."""

    def claims(self, project: Project, given: Path, options: FileOptions) -> bool:
        del project, options
        return given.suffix == ".tags"

    def dataset(
        self, project: Project, name: str, labels: Path, options: FileOptions, progress: UploadProgress
    ) -> Dataset:
        del progress
        lines = _lines(labels)
        names = sorted({tag.partition("=")[0] for _, tags in lines for tag in tags})
        entries = tuple(ClassEntry(i, tag) for i, tag in enumerate(names))
        found = Project(project.name, TAGS, ClassMap(entries))
        paths = Text.from_words([path for path, _ in lines])
        unknown = np.zeros(len(lines), np.int32)
        ids = Text.from_words([Path(path).stem for path, _ in lines])
        frames = Frames(ids, paths, unknown, unknown)
        return Dataset(
            found, name, frames, _objects(lines, names), images=str(options.images or labels.parent)
        )

    def inferences(
        self, dataset: Dataset, id_: str, file: Path, options: FileOptions, progress: UploadProgress
    ) -> InferenceSet:
        del options, progress
        return InferenceSet(id_, _objects(_lines(file), dataset.project.class_map.evaluated_names))


Lines = list[tuple[str, list[str]]]


def _lines(path: Path) -> Lines:
    parts = [line.partition(":") for line in path.read_text().splitlines()]
    return [(name, tags.split()) for name, _, tags in parts]


def _objects(lines: Lines, names: Sequence[str]) -> Objects:
    rows = [(frame, *tag.partition("=")[::2]) for frame, (_, tags) in enumerate(lines) for tag in tags]
    sure = np.array([float(confidence) for _, _, confidence in rows if confidence])
    return Objects(
        starts=starts_of(np.array([frame for frame, _, _ in rows], np.int64), len(lines)),
        class_index=np.array([list(names).index(tag) for _, tag, _ in rows], np.int32),
        box=np.zeros((len(rows), 4)),
        confidence=sure,
        crowd=np.zeros(len(rows) if not len(sure) else 0, bool),
        area=np.zeros(0),
    )


def _errors(comparison: "TagComparison", side: Side, _: tuple[int, ...]) -> NDArray[np.int64]:
    wrong: NDArray[np.int64] = (comparison.labelled ^ comparison.inferred[side]).sum(axis=1)
    return wrong


def _in_cell(comparison: "TagComparison", side: Side, cell: tuple[int, ...]) -> NDArray[np.int64]:
    label, inferred = cell
    n = len(comparison.classes) - 1
    has = [comparison.labelled, comparison.inferred[side]]
    rows = has[0][:, label] if label < n else ~has[0][:, inferred % n]
    columns = has[1][:, inferred] if inferred < n else ~has[1][:, label % n]
    return (rows & columns & (label == inferred or n in cell)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class TagComparison(Comparison):
    """Base and other by the tags of each image."""

    chosen: Settings = field(kw_only=True)

    no_objects: ClassVar = "tags have no objects, only frames"
    own_fields: ClassVar = (
        FrameField(
            "errors", "Tags of the frame missed or spurious.", _errors, better="lower", shown=Shown.EACH
        ),
        FrameField("confusion", "Whether the frame is in one cell.", _in_cell, arguments=2),
    )

    @property
    def settings(self) -> Settings:
        return self.chosen

    @property
    def frame_count(self) -> int:
        return len(self.dataset.frames) if self.frames is None else int(self.frames.sum())

    @property
    def label_count(self) -> int:
        return int(self._counted(self.labelled).sum())

    @cached_property
    def labelled(self) -> Presence:
        return self._presence(self.dataset.labels, 0.0)

    @cached_property
    def inferred(self) -> dict[Side, Presence]:
        sets = ((side, self.inferences(side).objects) for side in self.sides)
        return {side: self._presence(objects, self.chosen.confidence(side)) for side, objects in sets}

    def _presence(self, objects: Objects, least: float) -> Presence:
        found = np.zeros((len(self.dataset.frames), len(self.classes) - 1), bool)
        sure = objects.confidence >= least if len(objects.confidence) else np.ones(len(objects), bool)
        found[objects.frame[sure], objects.class_index[sure]] = True
        return found

    def _counted(self, presence: Presence) -> Presence:
        return presence if self.frames is None else presence & self.frames[:, None]

    @cached_property
    def _confusions(self) -> dict[Side, CountMatrix]:
        return {side: self._matrix(self.labelled, self.inferred[side]) for side in self.sides}

    def _matrix(self, label: Presence, inferred: Presence) -> CountMatrix:
        n = len(self.classes) - 1
        matrix = np.zeros((n + 1, n + 1), np.int64)
        np.fill_diagonal(matrix[:n, :n], self._counted(label & inferred).sum(axis=0))
        matrix[:n, n] = self._counted(label & ~inferred).sum(axis=0)
        matrix[n, :n] = self._counted(~label & inferred).sum(axis=0)
        return matrix

    @cached_property
    def cells(self) -> CellCounts:
        base, other = self.confusion("base"), self.confusion(self.sides[-1])
        none = np.zeros_like(base)
        came, went = np.maximum(other - base, 0), np.maximum(base - other, 0)
        return CellCounts(base, other, went, came, none, np.minimum(base, other))

    def prepare(self) -> tuple[object, ...]:
        return self.delta, self.cells

    def _resampled(self, resampling: Resampling) -> Significance:
        unknown = np.full(self.delta.size, np.nan)
        cells = Certainty(unknown, unknown, unknown, unknown, np.ones(self.delta.size, bool))
        return Significance(resampling.replicates, cells, {}, {}, {})


class TagPresentation(Presentation[TagComparison]):
    """Images and their tags."""

    def own_confusion(self) -> Confusion:
        comparison = self.view.comparison
        n = len(comparison.classes)
        sets = [comparison.confusion(side) for side in comparison.sides]
        colors = [*map(self.classes.evaluated_hex, range(n - 1)), ""]
        names = [*comparison.classes[:-1], "none"]
        grid = Grid(range(n), range(n), names, names, colors, sets[0], sets[1] if len(sets) > 1 else None)
        return FrameConfusion(comparison, "tags", "confusion", grid, lambda frame, _: self.whole_frame(frame))

    def whole_frame(self, frame: int) -> CropDrawing:
        return all_of(drawn(self.view.comparison.dataset, frame))

    def preview(self, frame: int) -> Drawing:
        return drawn(self.view.comparison.dataset, frame)

    def about(self, frame: int) -> Sequence[str]:
        comparison = self.view.comparison
        tags = [
            name for name, there in zip(comparison.classes, comparison.labelled[frame], strict=False) if there
        ]
        return [f"tagged {' and '.join(tags)}"]


def drawn(dataset: Dataset, frame: int) -> FrameDrawing:
    """The photo alone."""
    return FrameDrawing(image_path(dataset, frame), frame_size(dataset, frame), (), "", PhotoCache())


class TagKind(Kind[TagComparison]):
    """Any number of classes per image."""

    task = TAGS
    frame_screen = "objects"
    settings = frozenset({"confidence"})

    def reader(self, forms: TaskForms) -> Reader:
        del forms
        return TagReader()

    def compare(self, sources: Sources, names: Sequence[str], settings: Settings) -> TagComparison:
        base, *other = map(sources.inferences, names)
        return TagComparison(sources.dataset, base, other[0] if other else None, chosen=settings)

    def heading(self, comparison: TagComparison) -> Heading:
        return Heading((f"{comparison.label_count} tags",), ("Cells are label → inferred.",))

    def class_report(self, comparison: TagComparison) -> ClassReport:
        support = comparison.confusion("base")[:-1].sum(axis=1)
        correct = {side: np.diagonal(comparison.confusion(side))[:-1] for side in comparison.sides}
        rates = {side: values / np.maximum(support, 1) for side, values in correct.items()}
        totals = {"macro": {side: float(values.mean()) for side, values in rates.items()}}
        return ClassReport(
            names=comparison.classes[:-1],
            support=support,
            seen=np.arange(len(support)),
            averages={"macro": "all"},
            fields=(ClassField("recall", rates, totals, "recall", "R"),),
        )

    def totals(self, comparison: TagComparison) -> tuple[TotalGroup, ...]:
        wrong = {side: float(_errors(comparison, side, ()).sum()) for side in comparison.sides}
        return (TotalGroup((Total("errors", wrong, "wrong tags", "wrong", COUNT),), "tags"),)

    def verdict(
        self, comparison: TagComparison, significance: Significance, sensitivity: Sensitivity | None
    ) -> Verdict:
        del comparison, significance, sensitivity
        return Verdict(())

    def document_facts(self, comparison: TagComparison) -> DocumentFacts:
        sets = {side: len(comparison.inferences(side).objects) for side in comparison.sides}
        return DocumentFacts(sets, {"confidence": comparison.chosen.base_confidence})

    def picture(self, view: Seen[TagComparison], frame: int, options: PictureOptions) -> Drawing:
        del options
        return drawn(view.comparison.dataset, frame)

    def presentation(
        self, view: Seen[TagComparison], photos: PhotoCache, colors: Palette | None = None
    ) -> TagPresentation:
        del photos
        classes = ClassColors(view.comparison.dataset.project.class_map, colors or palette())
        return TagPresentation(view, self, classes)
