"""What an upload understood, what was wrong, and what is next, in words."""

from collections.abc import Iterator

from aquarium_tui.compare.comparability import Remark
from aquarium_tui.model.metrics import MetricKind
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.upload.policy import MetricSummary, UploadCounts, UploadResult


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
