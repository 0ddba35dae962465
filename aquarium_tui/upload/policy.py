"""What an upload does to the store: it creates, replaces or appends, or only reports what it would do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import frame_groups, group_words
from aquarium_tui.compare.comparability import OBJECT_WORDS, Remark, SetWords
from aquarium_tui.compare.reviews import labels_differ
from aquarium_tui.errors import InputError, StoreError
from aquarium_tui.ingest.frame_keys import locate
from aquarium_tui.ingest.known_frames import with_known_ids
from aquarium_tui.ingest.merge import (
    covered_frames,
    merged_dataset,
    merged_inferences,
    moved_inferences,
    picked,
    with_labels_of,
)
from aquarium_tui.ingest.metrics import UserMetrics
from aquarium_tui.kinds import kind_of
from aquarium_tui.media.folders import Unpacked
from aquarium_tui.model.metrics import Metric, MetricValues
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.problems import GONE, Problem
from aquarium_tui.model.tables import Dataset, InferenceSet, Provenance
from aquarium_tui.store import Store
from aquarium_tui.upload.request import UploadMode


@dataclass(frozen=True)
class UploadCounts:
    """How much is in what was stored.

    Attributes:
        frames: Frames of the dataset.
        covered: Frames that have at least one of the inferences; for a dataset, all frames.
        objects: Labels or inferences, or masks.
        classes: Classes that the labels refer to.
        words: What labels and inferences of the dataset's kind are called.
    """

    frames: int
    covered: int
    objects: int
    classes: int
    words: SetWords = OBJECT_WORDS


@dataclass(frozen=True)
class MetricSummary:
    """One metric of an inference set.

    Attributes:
        metric: The metric.
        mean: The mean of its values; for a confusion matrix, of their sums.
        present: Frames with a value.
        frames: Frames of the dataset.
    """

    metric: Metric
    mean: float
    present: int
    frames: int


@dataclass(frozen=True)
class UploadResult:
    """What was stored or, in a dry run, would have been.

    Attributes:
        project: The name of the project.
        dataset: The name of the dataset.
        inferences_id: The inference set; empty for a dataset.
        counts: What it holds; None if only metrics were stored.
        notes: Sentences on what was recognised.
        problems: What was wrong with the files, and what was done about it.
        metrics: The metrics that came with an inference set, or for it.
        gone: By inference set, what it had on frames that a replaced dataset no longer has.
        base: The first other inference set of the dataset, which `remarks` compare with; may be empty.
        remarks: What stands in the way of comparing the inference set with `base`.
        existed: Whether it was there before and was replaced or appended to.
        dry: Whether nothing was stored.
        unusable: A sentence if more than half of a file was left out; empty if not.
    """

    project: str
    dataset: str
    inferences_id: str = ""
    counts: UploadCounts | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    metrics: tuple[MetricSummary, ...] = ()
    gone: tuple[tuple[str, Problem], ...] = ()
    base: str = ""
    remarks: tuple[Remark, ...] = ()
    existed: bool = False
    dry: bool = False
    unusable: str = ""


def refuse_existing(store: Store, project: str, dataset: str, inferences_id: str, mode: UploadMode) -> None:
    """Make sure, before anything is read, that the mode allows to store under these names.

    Args:
        store: The store.
        project: The name of the project.
        dataset: The name of the dataset.
        inferences_id: The name of the inference set; empty for a dataset.
        mode: Only `NEW` refuses what already exists.

    Raises:
        UsageError: A name is not legal.
        StoreError: The dataset or inference set already exists.
    """
    if mode is UploadMode.NEW:
        store.refuse_existing(project, dataset, inferences_id or None)


def store_dataset(
    store: Store,
    dataset: Dataset,
    *,
    mode: UploadMode = UploadMode.NEW,
    dry: bool = False,
    group_by: str | None = None,
) -> UploadResult:
    """Store a dataset.

    If it replaces one, the segments, reviews and inference sets stay, except for inferences on frames that
    are gone. Labels that are corrected with it stay as those before.

    Args:
        store: The store.
        dataset: The dataset as it was read.
        mode: What to do if it already exists.
        dry: Whether to store nothing.
        group_by: What says which frames belong together; None leaves what the dataset says that exists.

    Raises:
        InputError: It cannot be merged with the dataset that exists, or its frames cannot be grouped so.
        StoreError: It exists and the mode is `NEW`, or it cannot be written.
    """
    project, name = dataset.project.name, dataset.name
    refuse_existing(store, project, name, "", mode)
    # NEW stays new: a dataset that another upload stores from here on is refused by the store, not replaced.
    existed = mode is not UploadMode.NEW and project in store.projects() and name in store.datasets(project)
    sets: list[InferenceSet] = []
    replaces = before = ""
    corrects = False
    if existed:
        old = store.load_dataset(project, name)
        before = old.group_by
        replaces = old.provenance.fingerprint
        dataset = with_known_ids(old, dataset, added=mode is UploadMode.APPEND)
        if mode is UploadMode.APPEND:
            dataset = merged_dataset(old, dataset)
        else:
            card = store.dataset_card(project, name)
            if card.damaged:
                hint = "Upload that set again with --replace, or remove it with `aquarium-tui rm`, first."
                raise StoreError(f"An inference set cannot be carried over. {card.damaged[0]}", hint)
            ids = [one.id for one in card.sets]
            sets = [moved_inferences(store.load_inferences(project, name, id_), old, dataset) for id_ in ids]
        corrects = _corrects(old, dataset)
    dataset = _grouped(dataset, before if group_by is None else group_by)
    if not dry:
        if existed:
            store.put_dataset(dataset, sets, replaces, keeps_labels=corrects)
        else:
            store.add_dataset(dataset)
    return UploadResult(
        project=project,
        dataset=name,
        counts=_dataset_counts(dataset),
        notes=(*dataset.provenance.notes, *_group_notes(dataset), *([_CORRECTED] if corrects else [])),
        problems=dataset.provenance.problems,
        gone=tuple((one.id, each) for one in sets for each in one.provenance.problems if each.kind == GONE),
        existed=existed,
        dry=dry,
    )


_CORRECTED = "the labels before are kept: `aquarium-tui compare … --labels-before` shows what this changed"


def _corrects(old: Dataset, new: Dataset) -> bool:
    """Whether labels of frames that both have differ."""
    before, both = with_labels_of(old, new)
    rows = np.flatnonzero(both)
    return labels_differ(picked(before, rows), picked(new, rows))


def group_frames(store: Store, dataset: Dataset, by: str, dry: bool = False) -> UploadResult:
    """Store what groups the frames of a dataset that exists.

    Args:
        store: The store.
        dataset: The dataset, from the store.
        by: A field of its metadata, or what `frame_groups` takes instead; empty ungroups the frames.
        dry: Whether to store nothing.

    Raises:
        InputError: The frames cannot be grouped so.
        StoreError: It cannot be written.
    """
    dataset = _grouped(dataset, by)
    if not dry:
        store.group_frames(dataset.project.name, dataset.name, dataset.group_by)
    notes = _group_notes(dataset) or ("each frame stands for itself",)
    counts = _dataset_counts(dataset)
    return UploadResult(dataset.project.name, dataset.name, counts=counts, notes=notes, existed=True, dry=dry)


def move_images(store: Store, dataset: Dataset, images: Unpacked, dry: bool = False) -> UploadResult:
    """Have the frames of a dataset that exists name images in another folder, by the end of their paths.

    Args:
        store: The store.
        dataset: The dataset, from the store.
        images: The folder or zip archive where they are now.
        dry: Whether to store nothing.

    Raises:
        InputError: The folder does not exist, or holds none of the images.
        StoreError: It cannot be written.
    """
    found = locate(dataset.frames.path, images.path, images.path)
    folder = images.kept(found.folder)
    lost = sum(problem.count for problem in found.problems)
    frames = len(dataset.frames)
    if lost >= frames:
        first = found.problems[0].sentence() if found.problems else ""
        where = visible(str(images.archive or images.path))
        raise InputError(f"None of the {grouped(frames)} images is in {where}.", first)
    note = f"{grouped(frames - lost)} of {grouped(frames)} images found in {visible(folder)}"
    # What was said of images before no longer holds.
    kept = [each for each in dataset.provenance.problems if "image files that do not exist" not in each.kind]
    moved = replace(
        dataset,
        frames=replace(dataset.frames, path=found.paths),
        images=folder,
        provenance=replace(dataset.provenance, problems=(*kept, *found.problems)),
    )
    if not dry:
        project, name = dataset.project.name, dataset.name
        ids = [one.id for one in store.dataset_card(project, name).sets]
        sets = [store.load_inferences(project, name, id_) for id_ in ids]
        store.put_dataset(moved, sets, dataset.provenance.fingerprint)
    return UploadResult(
        dataset.project.name,
        dataset.name,
        counts=_dataset_counts(dataset),
        notes=(note,),
        problems=found.problems,
        existed=True,
        dry=dry,
    )


def _grouped(dataset: Dataset, by: str) -> Dataset:
    """The dataset, its frames grouped.

    Raises:
        InputError: The frames cannot be grouped so.
    """
    by = by.removeprefix("frame.") if by not in dataset.frames.metadata else by
    frame_groups(dataset.frames, by)
    return replace(dataset, group_by=by)


def _group_notes(dataset: Dataset) -> tuple[str, ...]:
    groups = frame_groups(dataset.frames, dataset.group_by)
    return (f"frames are drawn in {group_words(groups)}",) if groups else ()


def store_inferences(
    store: Store,
    dataset: Dataset,
    inferences: InferenceSet,
    *,
    mode: UploadMode = UploadMode.NEW,
    dry: bool = False,
    named: NDArray[np.bool_] | None = None,
) -> UploadResult:
    """Store an inference set.

    Args:
        store: The store.
        dataset: The dataset that it belongs to, from the store.
        inferences: The inference set as it was read.
        mode: What to do if it already exists.
        dry: Whether to store nothing.
        named: `(frames,)` bool, the frames whose inferences an `APPEND` replaces; None takes the frames on
            which the set has something.

    Raises:
        InputError: It cannot be merged with the set that exists.
        StoreError: It exists and the mode is `NEW`, or it cannot be written.
    """
    project, name, id_ = dataset.project.name, dataset.name, inferences.id
    refuse_existing(store, project, name, id_, mode)
    card = store.dataset_card(project, name)
    known = [one.id for one in card.sets]
    # NEW stays new: a set that another upload stores from here on is refused by the store, not replaced.
    existed = mode is not UploadMode.NEW and (id_ in known or id_ in card.damage)
    replaces = ""
    # A damaged set can be replaced too; nothing of it is kept then.
    if existed and (id_ in known or mode is UploadMode.APPEND):
        old = store.load_inferences(project, name, id_)
        replaces = old.provenance.fingerprint
        if mode is UploadMode.APPEND:
            frames = covered_frames(inferences) if named is None else named
            inferences = merged_inferences(old, inferences, frames)
        inferences = replace(inferences, provenance=_continued(old, inferences))
    if not dry:
        if existed:
            store.put_inferences(dataset, inferences, replaces)
        else:
            store.add_inferences(dataset, inferences)
    base = next((other for other in known if other != id_), "")
    return UploadResult(
        project=project,
        dataset=name,
        inferences_id=id_,
        counts=_inferences_counts(dataset, inferences),
        notes=inferences.provenance.notes,
        problems=inferences.provenance.problems,
        metrics=tuple(_summary(metric, inferences.metrics[metric.name]) for metric in inferences.declared),
        base=base,
        remarks=_remarks(store, dataset, base, inferences),
        existed=existed,
        dry=dry,
    )


def store_metrics(
    store: Store, dataset: Dataset, inferences_id: str, found: Sequence[UserMetrics], dry: bool = False
) -> UploadResult:
    """Store metrics of an inference set that already exists.

    Args:
        store: The store.
        dataset: The dataset, from the store.
        inferences_id: The inference set.
        found: The metrics.
        dry: Whether to store nothing.

    Raises:
        StoreError: A metric was declared differently before, or cannot be written.
    """
    if not dry:
        metrics = [metric for each in found for metric in each.metrics]
        values = {name: value for each in found for name, value in each.values.items()}
        store.put_metrics(dataset, inferences_id, metrics, values)
    return UploadResult(
        project=dataset.project.name,
        dataset=dataset.name,
        inferences_id=inferences_id,
        notes=tuple(note for each in found for note in each.notes),
        problems=tuple(problem for each in found for problem in each.problems),
        metrics=tuple(
            _summary(metric, each.values[metric.name]) for each in found for metric in each.metrics
        ),
        existed=True,
        dry=dry,
    )


def _continued(old: InferenceSet, new: InferenceSet) -> Provenance:
    """The provenance of a set that replaces another; it keeps its place in the order of uploads."""
    gone = [name for name in old.metrics if name not in new.metrics]
    notes = [f"metrics of the replaced set were dropped: {', '.join(gone)}"] if gone else []
    return replace(new.provenance, created=old.provenance.created, notes=(*new.provenance.notes, *notes))


def _remarks(store: Store, dataset: Dataset, base: str, inferences: InferenceSet) -> tuple[Remark, ...]:
    if not base:
        return ()
    first = store.load_inferences(dataset.project.name, dataset.name, base)
    return kind_of(dataset.project).remarks(dataset, first, inferences)


def _dataset_counts(dataset: Dataset) -> UploadCounts:
    frames = len(dataset.frames)
    # Files that only have values of pixels name no classes; then all of the project are meant.
    classes = len(set(dataset.categories.values())) or len(dataset.project.class_map.evaluated_names)
    labels = int(dataset.label_counts.sum())
    return UploadCounts(frames, frames, labels, classes, kind_of(dataset.project).words)


def _inferences_counts(dataset: Dataset, inferences: InferenceSet) -> UploadCounts:
    frames, classes = len(dataset.frames), len(dataset.project.class_map.evaluated_names)
    counts = inferences.counts
    covered, objects = int(np.count_nonzero(counts)), int(counts.sum())
    return UploadCounts(frames, covered, objects, classes, kind_of(dataset.project).words)


def _summary(metric: Metric, values: MetricValues) -> MetricSummary:
    present = values.present
    mean = float(values.number[present].mean()) if present.any() else float("nan")
    return MetricSummary(metric, mean, int(present.sum()), len(present))
