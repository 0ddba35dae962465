"""An upload from request to result: check, read the files, store, and say what was understood."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from aquarium_tui.compare.comparability import Remark
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.ingest.metrics import declaration, set_value
from aquarium_tui.kinds import reader_of
from aquarium_tui.kinds.reader import STAGES, FileOptions, UploadProgress, silent
from aquarium_tui.media.folders import Unpacked
from aquarium_tui.model.masks import Masks
from aquarium_tui.model.metrics import MetricKind, SetValue
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped, number
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import BOX, Dataset, InferenceSet, Objects, Project
from aquarium_tui.store import Store
from aquarium_tui.store.starts import put_values
from aquarium_tui.upload.metrics import measured, with_metrics
from aquarium_tui.upload.policy import (
    MetricSummary,
    UploadCounts,
    UploadResult,
    group_frames,
    move_images,
    refuse_existing,
    store_dataset,
    store_inferences,
    store_metrics,
)
from aquarium_tui.upload.request import UploadRequest, entered, unpacked_images


def read_dataset(
    store: Store,
    project: str,
    name: str,
    labels: Path,
    options: FileOptions,
    *,
    progress: UploadProgress = silent,
) -> Dataset:
    """The labelled dataset in a file or folder, as one of a project that may not exist yet.

    Args:
        store: Has the project, if it exists.
        project: The name of the project.
        name: The name of the dataset.
        labels: The file or folder.
        options: How to read it.
        progress: Told how the reading goes.

    Raises:
        AquariumError: It cannot be read, or does not fit the project.
    """
    owner = _owner(store, project, options)
    return reader_of(owner, labels, options).dataset(owner, name, labels, options, progress)


def read_inferences(
    dataset: Dataset, id_: str, file: Path, options: FileOptions, *, progress: UploadProgress = silent
) -> InferenceSet:
    """The inferences of one model on a dataset, in a file or folder.

    Args:
        dataset: The dataset.
        id_: The name of the set.
        file: The file or folder.
        options: How to read it.
        progress: Told how the reading goes.

    Raises:
        AquariumError: They cannot be read, or do not fit the dataset.
    """
    reader = reader_of(dataset.project, file, options)
    return reader.inferences(dataset, id_, file, options, progress)


def _owner(store: Store, name: str, options: FileOptions) -> Project:
    """The project of a dataset, a new one if it does not exist.

    Raises:
        UsageError: It matches objects by another IoU than the options ask for.
    """
    if name not in store.projects():
        return Project(name, iou_type=options.iou_type or BOX)
    owner = store.project(name)
    if options.iou_type not in (None, owner.iou_type):
        raise UsageError(
            f"Project {name} matches by {owner.iou_type} IoU: leave out --iou-type, or name a new project."
        )
    return owner


def upload(store: Store, request: UploadRequest, progress: UploadProgress = silent) -> UploadResult:
    """Read the files of a request and store what is in them.

    Args:
        store: The store.
        request: What to upload, and how.
        progress: Told how the work goes.

    Raises:
        UsageError: The parts of the request do not fit together.
        InputError: A file cannot be read, or does not fit the project or dataset.
        StoreError: It already exists and the mode is `NEW`, or it cannot be written.
        NotFoundError: Inferences or metrics for a dataset or inference set that does not exist.
    """
    request.check()
    values = [set_value(text) for text in request.values]
    if request.only_values:
        return _with_values(store, request, values, UploadResult(request.project, request.dataset))
    return _with_values(store, request, values, _uploaded(store, request, progress))


def _with_values(
    store: Store, request: UploadRequest, values: Sequence[SetValue], done: UploadResult
) -> UploadResult:
    """Keep figures of the whole set that was uploaded, or was there."""
    if not values:
        return done
    id_ = request.inferences_id
    if not request.dry:
        put_values(store, request.project, request.dataset, id_, values)
    notes = [
        f"{each.name} is {number(each.value)}, {'higher' if each.higher_is_better else 'lower'} is better"
        for each in values
    ]
    existed = done.existed or request.only_values
    return replace(done, inferences_id=id_, notes=(*done.notes, *notes), existed=existed, dry=request.dry)


def _uploaded(store: Store, request: UploadRequest, progress: UploadProgress) -> UploadResult:
    if request.only_declares:
        return declare_metrics(store, request.project, request.dataset, request.metrics.declared, request.dry)
    if request.only_metrics:
        dataset = store.load_dataset(request.project, request.dataset)
        known = store.load_inferences(request.project, request.dataset, request.inferences_id)
        found = list(measured(request.metrics, dataset, known, progress))
        return store_metrics(store, dataset, request.inferences_id, found, request.dry)
    if request.only_images:
        dataset = store.load_dataset(request.project, request.dataset)
        with unpacked_images(request.options.images or Path()) as images:
            return move_images(store, dataset, images or Unpacked(Path()), request.dry)
    if request.only_groups:
        dataset = store.load_dataset(request.project, request.dataset)
        return group_frames(store, dataset, request.group_by or "", request.dry)
    refuse_existing(store, request.project, request.dataset, request.inferences_id, request.mode)
    if request.inferences_id:
        return _upload_inferences(store, request, progress)
    return _upload_dataset(store, request, progress)


def declare_metrics(
    store: Store, project: str, dataset: str, declared: Sequence[str], dry: bool = False
) -> UploadResult:
    """Give metrics that a project has another direction and unit.

    Args:
        store: The store.
        project: The name of the project.
        dataset: The name of a dataset of it.
        declared: Declarations, each as `NAME:higher|lower[:UNIT]`.
        dry: Whether to store nothing.

    Raises:
        UsageError: One is not a declaration, or there is no such metric.
        StoreError: It cannot be written.
    """
    owner = store.load_dataset(project, dataset).project
    known = {metric.name.casefold(): metric for metric in owner.metrics}
    notes = []
    for text in declared:
        said = declaration(text)
        metric = known.get(said.name.casefold())
        if metric is None:
            names = ", ".join(each.name for each in known.values()) or "none"
            raise UsageError(f"Project {project} has no metric called {said.name}.", f"It has {names}.")
        changed = said.metric(metric)
        if not dry:
            store.declare_metric(project, changed)
        better = "higher" if changed.higher_is_better else "lower"
        notes.append(f"{changed.name}: {better} is better, unit {changed.unit or 'none'}")
    return UploadResult(project, dataset, notes=tuple(notes), existed=True, dry=dry)


def _upload_dataset(store: Store, request: UploadRequest, progress: UploadProgress) -> UploadResult:
    labels, options = request.given(), request.options
    with entered(labels, options) as entry:
        found = read_dataset(
            store, request.project, request.dataset, entry.path, entry.options, progress=progress
        )
        dataset = entry.of_dataset(found)
    told = _unusable(dataset.provenance.problems, dataset.labels, dataset.masks, request.strict)
    progress("storing", STAGES, STAGES)
    done = store_dataset(store, dataset, mode=request.mode, dry=request.dry, group_by=request.group_by)
    return replace(done, unusable=told)


def _upload_inferences(store: Store, request: UploadRequest, progress: UploadProgress) -> UploadResult:
    dataset = store.load_dataset(request.project, request.dataset)
    file, options = request.given(), request.options
    with entered(file, options, inferences=True) as entry:
        found = read_inferences(dataset, request.inferences_id, entry.path, entry.options, progress=progress)
        inferences = entry.of_inferences(found)
    inferences = with_metrics(inferences, measured(request.metrics, dataset, inferences, progress))
    provenance, objects, masks = inferences.provenance, inferences.objects, inferences.masks
    told = _unusable(provenance.problems, objects, masks, request.strict)
    progress("storing", STAGES, STAGES)
    return replace(
        store_inferences(store, dataset, inferences, mode=request.mode, dry=request.dry), unusable=told
    )


def _unusable(problems: Sequence[Problem], objects: Objects, masks: Masks | None, strict: bool) -> str:
    """A sentence if more than half of a file is left out; empty if not.

    Raises:
        InputError: Something is left out, and nothing may be.
    """
    left = [problem for problem in problems if problem.action == "left out"]
    lost = sum(problem.count for problem in left)
    if strict and lost:
        told = "\n".join(problem.sentence() for problem in left)
        raise InputError(f"Nothing is stored, as {grouped(lost)} records would be left out (--strict).", told)
    repeated = sum(problem.count for problem in left if " equal to an earlier " in problem.kind)
    kept = masks.count if masks is not None else len(objects)
    if lost - repeated <= kept:
        return ""
    return f"More than half of the file cannot be used: {grouped(lost)} left out, {grouped(kept)} stored."


def upload_lines(result: UploadResult) -> Iterator[tuple[str, bool]]:
    """What an upload understood, what was wrong, and what is next: lines, and whether each is a problem."""
    problems = [f"  {visible(problem.sentence())}" for problem in result.problems]
    problems += [f"  {id_}: {visible(problem.sentence())}" for id_, problem in result.gone]
    yield from ((line, False) for line in _summary_lines(result))
    yield from ((line, True) for line in (["problems:"] if problems else []) + problems)
    yield from ((line, False) for line in _closing_lines(result))


def _summary_lines(result: UploadResult) -> Iterator[str]:
    place = "/".join(filter(None, (result.project, result.dataset, result.inferences_id)))
    if result.counts is None:
        yield from (f"{place}: {_metric_line(each)}" for each in result.metrics)
        yield from (f"  {visible(note)}" for note in result.notes)
    else:
        counts = _inference_counts if result.inferences_id else _label_counts
        yield f"{place}: {counts(result.counts)}"
        yield from (f"  {visible(note)}" for note in result.notes)
        yield from (f"  {_metric_line(each)}" for each in result.metrics)


def _closing_lines(result: UploadResult) -> Iterator[str]:
    yield from remark_lines(result.base, result.inferences_id, result.remarks)
    if result.dry:
        yield "dry run: nothing was stored"
    elif following := _next_command(result):
        yield f"next: {following}"


_OPTIONS = {"confidences differ": " (--base-confidence and --other-confidence)"}
"""The options that help, by what a remark is about; a remark itself knows no front end."""


def remark_lines(base: str, other: str, remarks: tuple[Remark, ...]) -> Iterator[str]:
    """What stands in the way of comparing two sets; no line if nothing does."""
    if remarks:
        yield f"comparing {visible(base)} with {visible(other)}:"
    for remark in remarks:
        yield f"  {remark.sentence}{_OPTIONS.get(remark.what, '')}"


def _label_counts(counts: UploadCounts) -> str:
    labels = counted(counts.objects, counts.words.label)
    return f"{counted(counts.frames, 'frame')}, {labels}, {counted(counts.classes, 'class', 'classes')}"


def _inference_counts(counts: UploadCounts) -> str:
    frames = f"{grouped(counts.covered)} of {counted(counts.frames, 'frame')}"
    return counts.words.covers.format(count=counted(counts.objects, counts.words.inference), frames=frames)


def _metric_line(summary: MetricSummary) -> str:
    metric, frames = summary.metric, f"on {summary.present:,} of {summary.frames:,} frames"
    if metric.kind == MetricKind.CONFUSION_MATRIX:
        return f"{metric.name}, a confusion matrix, {frames}"
    better = "higher" if metric.higher_is_better else "lower"
    unit = f" {metric.unit}" if metric.unit else ""
    return f"{metric.name}, mean {summary.mean:.4g}{unit}, {better} is better, {frames}"


def _next_command(result: UploadResult) -> str:
    """The command that brings the user on; empty if there is no obvious one."""
    if result.counts is None or (result.existed and not result.inferences_id):
        return ""
    place = f"{result.project}/{result.dataset}"
    if result.base:
        return f"aquarium-tui open {place} --base {result.base} --other {result.inferences_id}"
    following = "model_b" if result.inferences_id else "model_a"
    return (
        f"aquarium-tui upload --aquarium-project {result.project} --aquarium-dataset {result.dataset} "
        f"--inferences-id {following} --inferences {result.counts.words.given}"
    )
