"""The kind of task whose labels and inferences are a class for every pixel."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from aquarium_tui.compare.bootstrap import Significance
from aquarium_tui.compare.comparability import Remark, SetWords
from aquarium_tui.compare.comparison import Seen
from aquarium_tui.compare.pixels.comparison import PixelComparison, pixel_verdict
from aquarium_tui.compare.pixels.scores import PixelScores
from aquarium_tui.compare.verdict import Sensitivity, Verdict
from aquarium_tui.errors import UsageError
from aquarium_tui.kinds.kind import SHARDS, Kind, MetricInputs, PictureOptions, Sources, StoredSources
from aquarium_tui.kinds.masks.report import changes, class_report, whole_totals
from aquarium_tui.kinds.report import (
    MASK_PICTURES,
    PIXELS,
    ClassReport,
    DocumentFacts,
    Facts,
    Heading,
    TotalGroup,
)
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import compact, counted, grouped
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.settings import Settings, Side
from aquarium_tui.model.shard import Shard, ShardCount, missing_words
from aquarium_tui.model.tables import SEGMENTATION, Dataset, InferenceSet
from aquarium_tui.work.executor import Watch

_CELLS = "Counts are pixels. Cells are label → inferred; an inferred value without a class is → no class."

if TYPE_CHECKING:
    from aquarium_tui.compare.bootstrap import Resampling
    from aquarium_tui.compare.objects.leaderboard import Contest, Leaderboard
    from aquarium_tui.compare.pixels.joint_counts import PixelCounts
    from aquarium_tui.drawing.drawing import Drawing
    from aquarium_tui.ingest.labels import TaskForms
    from aquarium_tui.kinds.masks.pixel_counts import PixelPlaces
    from aquarium_tui.kinds.presentation import Presentation
    from aquarium_tui.kinds.reader import Reader
    from aquarium_tui.media.photo import PhotoCache
    from aquarium_tui.model.arrays import Flags
    from aquarium_tui.render.palette import Palette


class MaskKind(Kind[PixelComparison]):
    """A class for every pixel."""

    task = SEGMENTATION
    boundaries = True
    frame_screen = "masks"
    form = "masks"
    needs = "a folder of masks, or records that name masks"
    glossary = PIXELS
    picture_words = MASK_PICTURES
    client_tasks = ("2D_SEMSEG",)
    words = SetWords(
        label="label mask",
        inference="mask",
        covers="masks of {frames}",
        label_unit="pixel",
        inference_unit="pixel",
        uncovered="they are excluded from all counts",
        given="FOLDER",
    )

    def reader(self, forms: "TaskForms") -> "Reader":
        """What reads its files."""
        from aquarium_tui.kinds.readers import MaskReader

        del forms
        return MaskReader()

    def metric_inputs(self, dataset: Dataset, inferences: InferenceSet) -> MetricInputs:
        """Two `(height, width)` int32 arrays of positions in the evaluated classes, -1 where ignored."""
        from aquarium_tui.compare.pixels.frame_masks import MaskStack
        from aquarium_tui.media.mask_values import read_mask

        stack = MaskStack.of(dataset, [inferences])

        def masks(row: int) -> tuple[object, object]:
            found = stack.frame(row, read_mask)
            return found.label, found.base

        return masks

    def label_facts(self, dataset: Dataset) -> tuple[tuple[str, str], ...]:
        """Frames without a mask, and where the masks are."""
        bare = int(np.count_nonzero(dataset.label_counts == 0))
        facts = (("frames", f"{grouped(len(dataset.frames))}, {grouped(bare)} without a label mask"),)
        return (*facts, ("masks", visible(dataset.masks.folder))) if dataset.masks else facts

    def compare(self, sources: Sources, names: Sequence[str], settings: Settings) -> PixelComparison:
        """Pixels, counted from the masks; no setting bears on them."""
        from aquarium_tui.kinds.masks.pixel_counts import count_edges

        del settings
        dataset, sets = sources.dataset, [sources.inferences(name) for name in names]
        counts = _counts(sources, sets, sources.watch)
        edges: tuple[PixelScores, ...] = ()
        if sources.boundary:
            edges = count_edges(dataset, sets, sources.cache(_edges_of(dataset), names), sources.watch)
        return PixelComparison.counted(dataset, sets[0], sets[1] if len(sets) > 1 else None, counts, edges)

    def count(self, sources: Sources, names: Sequence[str], shard: Shard | None) -> ShardCount:
        """Count pixels."""
        from aquarium_tui.kinds.masks.pixel_counts import count_pixels, count_shard

        dataset, sets = sources.dataset, [sources.inferences(name) for name in names]
        places = _places(sources, names)
        if shard is not None:
            return count_shard(dataset, sets, shard, places, sources.watch)
        left = 0

        def progress(done: int, total: int) -> None:
            nonlocal left
            left = total
            sources.watch.progress(done, total)

        watch = replace(sources.watch, progress=progress)
        counts = count_pixels(dataset, *sets, places=places, watch=watch, every=True)
        return ShardCount(counts.frames, left, int(np.count_nonzero(~counts.counted)))

    def leaderboard(
        self, sources: StoredSources, contest: "Contest", resampling_of: Callable[["Flags"], "Resampling"]
    ) -> "Leaderboard":
        """The pixels of all sets, each counted by itself and kept."""
        from aquarium_tui.compare.pixels.leaderboard import mask_leaderboard

        counts = []
        for done, entrant in enumerate(contest.entrants):
            sources.watch.check()
            sources.watch.progress(done, len(contest.entrants))
            quiet = replace(sources.watch, progress=lambda done, total: None)
            counts.append(_counts(sources, [sources.inferences(entrant.name)], quiet))
        return mask_leaderboard(contest, counts, resampling_of)

    def gaps(self, comparison: PixelComparison) -> tuple[Remark, ...]:
        """Shards whose files are not there."""
        missing = comparison.counts.missing
        if not missing:
            return ()
        left = int(np.count_nonzero(~comparison.counts.counted))
        dataset = comparison.dataset
        place = visible(f"{dataset.project.name}/{dataset.name}")
        names = " ".join(f"--{side} {comparison.inferences(side).id}" for side in comparison.sides)
        what, which = missing_words(missing)
        sentence = (
            f"{which} {counted(left, 'frame is', 'frames are')} not counted. "
            f"Count one with `aquarium-tui count {place} {names} --shard {missing[0]}`, or all that is left "
            "without --shard."
        )
        return (Remark(what, sentence, always=True),)

    def heading(self, comparison: PixelComparison) -> Heading:
        """Sizes, and what is excluded from all counts."""
        frames = comparison.frame_count
        parts = (
            f"{grouped(frames)} frame{'s' * (frames != 1)}",
            f"{grouped(comparison.pixel_count)} pixels",
        )
        return Heading(parts, (*_left_out(comparison), _CELLS))

    def class_report(self, comparison: PixelComparison) -> ClassReport:
        """Precision, recall, F1, IoU and pixels."""
        return class_report(comparison)

    def totals(self, comparison: PixelComparison) -> tuple[TotalGroup, ...]:
        """Accuracy, mIoU and weighted IoU, and with two sets the shares of the diff map."""
        return (whole_totals(comparison, changes(comparison) if comparison.other else ""),)

    def picture(self, view: Seen[PixelComparison], frame: int, options: PictureOptions) -> "Drawing":
        """The diff map, or masks on the photo.

        Raises:
            UsageError: The masks of another set are wanted, and there is none.
            InputError: A mask cannot be read.
        """
        from aquarium_tui.drawing.mask_painter import MaskLayers, MaskPainter
        from aquarium_tui.media.photo import PhotoCache

        painter = MaskPainter(view.comparison, PhotoCache(), options.colors)
        painter.masks(frame)
        if options.masks == "other" and view.comparison.other is None:
            raise UsageError("There is no other inference set.", "Name one with --other.")
        masks = "all" if options.masks == "diff" else options.masks
        shown = MaskLayers(masks, options.outline, options.opacity, cell=options.cell)
        return painter.diff(frame, shown) if options.masks == "diff" else painter.photo(frame, shown)

    def presentation(
        self, view: Seen[PixelComparison], photos: "PhotoCache", colors: "Palette | None" = None
    ) -> "Presentation[Any]":
        """Cells with diff maps, and frames by how they change."""
        from aquarium_tui.kinds.masks.presentation import mask_presentation

        return mask_presentation(self, view, photos, colors)

    def size_words(self, comparison: PixelComparison) -> str:
        """How many pixels are counted."""
        return f"{compact(comparison.pixel_count)} pixels"

    def ignored(self, comparison: PixelComparison) -> tuple[str, ...]:
        """Classes excluded from all counts."""
        return comparison.ignored

    def verdict(
        self, comparison: PixelComparison, significance: Significance, sensitivity: Sensitivity | None
    ) -> Verdict:
        """mIoU; masks have no settings that it could depend on."""
        del sensitivity
        return pixel_verdict(comparison, significance)

    def document_facts(self, comparison: PixelComparison) -> DocumentFacts:
        """What is ignored or not counted, and the pixels of the diff map."""
        return DocumentFacts(
            inferences={side: _masks(comparison, side) for side in comparison.sides},
            settings={"ignored": list(comparison.ignored)},
            about={"task": comparison.dataset.project.task},
            counts={
                "pixels": comparison.pixel_count,
                "ignored": comparison.ignored_count,
                "uncounted": _uncounted(comparison),
            },
            further={
                "diff": {kind.word: comparison.diffs[kind] for kind in Diff} if comparison.other else None
            },
        )


def _counts(sources: Sources, sets: Sequence[InferenceSet], watch: Watch) -> "PixelCounts":
    """The pixels of one or two sets, which are counted once, whatever their classes are evaluated as."""
    from aquarium_tui.kinds.masks.pixel_counts import count_pixels

    dataset = sources.dataset
    class_map, plain = dataset.project.class_map, dataset.project.class_map.plain
    counted = replace(dataset, project=replace(dataset.project, class_map=plain or class_map))
    places = _places(sources, [one.id for one in sets])
    counts = count_pixels(counted, *sets, places=places, watch=watch)
    if plain is None:
        return counts
    entry = np.unique(plain.evaluated, return_index=True)[1]
    of = class_map.evaluated[entry]
    return counts.renamed(of[of >= 0], len(class_map.evaluated_names))


def _edges_of(dataset: Dataset) -> str:
    """What keeps the boundaries of classes; those of grouped classes are others."""
    return "boundaries" if dataset.project.class_map.plain is None else "boundaries-by-parent"


def _places(sources: Sources, names: Sequence[str]) -> "PixelPlaces":
    from aquarium_tui.kinds.masks.pixel_counts import PixelPlaces
    from aquarium_tui.store.parts import Parts

    return PixelPlaces(sources.cache("pixels", names), Parts(sources.cache(SHARDS, names)))


def _masks(comparison: PixelComparison, side: Side) -> int:
    masks = comparison.inferences(side).masks
    return masks.count if masks else 0


def _uncounted(comparison: PixelComparison) -> list[Facts]:
    """The chosen frames that lack a mask, and why where a mask cannot be read."""
    counts, ids = comparison.counts, comparison.dataset.frames.id
    chosen = ~counts.counted if comparison.frames is None else comparison.frames & ~counts.counted
    return [
        {"frame": ids[row], "reason": counts.unreadable.get(row, "a mask is missing")}
        for row in np.flatnonzero(chosen).tolist()
    ]


def _left_out(comparison: PixelComparison) -> list[str]:
    """What is excluded from all counts: ignored pixels, and frames without all their masks."""
    found = []
    if comparison.ignored_count:
        names = [*map(visible, comparison.ignored), "no class"]
        found.append(f"Ignored: {grouped(comparison.ignored_count)} pixels labelled {' or '.join(names)}.")
    chosen = comparison.frames if comparison.frames is not None else np.ones(comparison.counts.frames, bool)
    uncounted = chosen & ~comparison.counts.counted
    if uncounted.any():
        unread = sum(bool(uncounted[row]) for row in comparison.counts.unreadable)
        told = f", {grouped(unread)} of them unreadable" if unread else ""
        found.append(f"Not counted: {counted(uncounted.sum(), 'frame')} without all their masks{told}.")
    return found
