"""Lines that several commands print about what is in the store."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.compare.comparability import Remark
    from aquarium_tui.model.problems import Problem
    from aquarium_tui.model.tables import Provenance
    from aquarium_tui.upload import MetricSummary, UploadCounts, UploadResult


def provenance_lines(provenance: "Provenance") -> Iterator[str]:
    """What was understood, and what was wrong, one line each."""
    yield from _found_lines(provenance.notes, provenance.problems)


def coverage(covered: int, frames: int) -> str:
    """How many frames a set has inferences on; empty if on all of them."""
    from aquarium_tui.model.numbers import grouped

    return f"covers {grouped(covered)} of {grouped(frames)} frames" if covered < frames else ""


def upload_lines(result: "UploadResult") -> Iterator[str]:
    """What an upload understood, what was wrong, and what to do next, one line each."""
    place = "/".join(filter(None, (result.project, result.dataset, result.inferences_id)))
    if result.counts is None:
        yield from (f"{place}: {_metric_line(each)}" for each in result.metrics)
        yield from (f"  {visible(note)}" for note in result.notes)
        yield from (f"  {visible(problem.sentence())}" for problem in result.problems)
    else:
        counts = _inference_counts if result.inferences_id else _label_counts
        yield f"{place}: {counts(result.counts)}"
        yield from _found_lines(result.notes, result.problems)
        yield from (f"  {_metric_line(each)}" for each in result.metrics)
    yield from (f"  {id_}: {problem.sentence()}" for id_, problem in result.gone)
    yield from remark_lines(result.base, result.inferences_id, result.remarks)
    if result.dry:
        yield "dry run: nothing was stored"
    elif following := _next_command(result):
        yield f"next: {following}"


def _found_lines(notes: tuple[str, ...], problems: "tuple[Problem, ...]") -> Iterator[str]:
    yield from (f"  {visible(note)}" for note in notes)
    if problems:
        yield "problems:"
    yield from (f"  {visible(problem.sentence())}" for problem in problems)


_OPTIONS = {"confidences differ": " (--base-confidence and --other-confidence)"}
"""The options that help, by what a remark is about; a remark itself knows no front end."""


def remark_lines(base: str, other: str, remarks: "tuple[Remark, ...]") -> Iterator[str]:
    """What stands in the way of comparing two sets; no line if nothing does."""
    if remarks:
        yield f"comparing {visible(base)} with {visible(other)}:"
    for remark in remarks:
        yield f"  {remark.sentence}{_OPTIONS.get(remark.what, '')}"


def _label_counts(counts: "UploadCounts") -> str:
    from aquarium_tui.model.numbers import grouped

    labels = "label masks" if counts.masks else "labels"
    return f"{grouped(counts.frames)} frames, {grouped(counts.objects)} {labels}, {counts.classes} classes"


def _inference_counts(counts: "UploadCounts") -> str:
    from aquarium_tui.model.numbers import grouped

    frames = f"{grouped(counts.covered)} of {grouped(counts.frames)} frames"
    return f"masks of {frames}" if counts.masks else f"{grouped(counts.objects)} inferences on {frames}"


def _metric_line(summary: "MetricSummary") -> str:
    from aquarium_tui.model.metrics import MetricKind

    metric, frames = summary.metric, f"on {summary.present:,} of {summary.frames:,} frames"
    if metric.kind == MetricKind.CONFUSION_MATRIX:
        return f"{metric.name}, a confusion matrix, {frames}"
    better = "higher" if metric.higher_is_better else "lower"
    unit = f" {metric.unit}" if metric.unit else ""
    return f"{metric.name}, mean {summary.mean:.4g}{unit}, {better} is better, {frames}"


def _next_command(result: "UploadResult") -> str:
    """The command that brings the user on; empty if there is no obvious one."""
    if result.counts is None or (result.existed and not result.inferences_id):
        return ""
    place = f"{result.project}/{result.dataset}"
    if result.base:
        return f"aquarium-tui open {place} --base {result.base} --other {result.inferences_id}"
    following = "model_b" if result.inferences_id else "model_a"
    given = "FOLDER" if result.counts.masks else "RESULTS.json"
    return (
        f"aquarium-tui upload --aquarium-project {result.project} --aquarium-dataset {result.dataset} "
        f"--inferences-id {following} --inferences {given}"
    )
