"""Figures of both sets over all confidences, with bands: rates, precision over recall, reliability.

The area under a precision–recall curve is taken as each of several tools takes it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.bootstrap import FrameSums, Resampling
from aquarium_tui.compare.cells import rate
from aquarium_tui.compare.certainty.precision import labelled_part
from aquarium_tui.compare.certainty.ranked import IOUS, ranked_matches, ranking
from aquarium_tui.compare.certainty.table import LEAST_FRAMES, LEAST_LABELS, Interval, corrected_interval
from aquarium_tui.compare.objects.average_precision import image_order, matched_by_coco
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.sweep import Sweep, figure_of, sweep
from aquarium_tui.model.arrays import Flags, Floats
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Side

CONFIDENCES = np.linspace(0.0, 1.0, 101)
"""Where figures are read: no detector is judged more finely, and pictures have no more columns."""
FIGURES = ("precision", "recall", "f1", "false_alarms")
REPLICATES = 1000
"""Draws for a band: those of the report, so that both say the same at the thresholds in use."""
_DRAWN = 50_000_000
"""How many frames are drawn for a band at the most, for what is kept of the draws: 200 MB."""
_LEAST_REPLICATES = 400
"""Fewer are never drawn: the edges of the band, the 11th from either end, then waver by a tenth of it."""
BINS = 10
"""Bins of confidence in a reliability diagram: hotcoco's number, and Guo et al.'s (2017) is 15."""

_WHOLE = 2.0**24
"""Confidences in these parts are whole numbers to seven digits, so that sums of 500 million of them are exact
and do not depend on the order."""


@dataclass(frozen=True)
class Band:
    """A delta over confidence: other - base with both at the same threshold.

    Attributes:
        value: `(101,)` float64, NaN where undefined.
        low: `(101,)` lower end of the pointwise 95 % interval, from frames (or groups) drawn anew.
        high: `(101,)` upper end.
        few: `(101,)` where too few frames (or groups) have a part in the delta, or labels in its class.
    """

    value: Floats
    low: Floats
    high: Floats
    few: Flags

    @property
    def turns(self) -> tuple[float, ...]:
        """The confidences from which on the sign is another than before."""
        known = np.flatnonzero(~np.isnan(self.value) & (self.value != 0))
        sign = np.sign(self.value[known])
        return tuple(CONFIDENCES[known[1:][sign[1:] != sign[:-1]]].tolist())


@dataclass(frozen=True)
class ConfidenceCurves:
    """Figures over confidence of one class or of all.

    Attributes:
        values: By side and figure, `(101,)` at `CONFIDENCES`.
        deltas: By figure; empty with one set.
    """

    values: Mapping[Side, Mapping[str, Floats]]
    deltas: Mapping[str, Band]


@dataclass(frozen=True)
class RecallCurve:
    """Precision over recall.

    Attributes:
        recall: `(k,)` float64, rising.
        precision: `(k,)` float64; COCO's: the best at this recall or a higher one, 0 beyond the last.
        confidence: `(k,)` float64 of the inference that reaches this recall; NaN where none does.
    """

    recall: Floats
    precision: Floats
    confidence: Floats


@dataclass(frozen=True)
class Reliability:
    """How often inferences of a confidence are right.

    Attributes:
        confidence: `(bins,)` float64 mean confidence, NaN in an empty bin.
        accuracy: `(bins,)` float64 share that is right.
        count: `(bins,)` int64.
        ece: Expected calibration error, the mean of |accuracy - confidence| weighted by counts.
    """

    confidence: Floats
    accuracy: Floats
    count: NDArray[np.int64]
    ece: float


@dataclass(frozen=True)
class _Judged:
    """Inferences that are right or wrong, `(n,)` each.

    Attributes:
        frame: Their frames.
        class_: Their evaluated classes.
        confidence: float64.
        right: bool.
    """

    frame: NDArray[np.int32]
    class_: NDArray[np.int32]
    confidence: Floats
    right: Flags

    def where(self, kept: Flags) -> "_Judged":
        """Those where `(n,)` is true."""
        return _Judged(self.frame[kept], self.class_[kept], self.confidence[kept], self.right[kept])

    @cached_property
    def bin(self) -> NDArray[np.int64]:
        """`(n,)`: the bin of each confidence."""
        return np.clip((self.confidence * BINS).astype(np.int64), 0, BINS - 1)


class Curves:
    """The curves of a comparison; each is computed when it is first asked for.

    Args:
        comparison: Of one set or two.
        cancelled: Asked now and then whether to stop.
    """

    def __init__(self, comparison: ObjectComparison, cancelled: Callable[[], bool] = lambda: False) -> None:
        self.comparison = comparison
        self._cancelled = cancelled
        self._coco: dict[tuple[Side, int | None], Any] = {}

    @cached_property
    def sweeps(self) -> dict[Side, Sweep]:
        """Each set at every threshold."""
        return {side: sweep(self.comparison, side) for side in self.comparison.sides}

    def over_confidence(self, class_: int | None) -> ConfidenceCurves:
        """Precision, recall, F1 and false alarms of a class, or of all together, and their deltas."""
        tables = {side: self._tables(side, class_) for side in self.comparison.sides}
        values = {side: _figures(table.sum(0)[None], self._frames) for side, (_, table) in tables.items()}
        deltas = {}
        if self.comparison.other:
            drawn = {side: _figures(self._drawn(*found), self._frames) for side, found in tables.items()}
            correct, inferred, _ = np.split(self._differing(tables)[:, :-1], 3, axis=1)
            either = correct | inferred
            labels = int(tables["base"][1][:, -1].sum(dtype=np.float64))
            for name in FIGURES:
                # As in the report: of all classes together, every unit has a part.
                differ = correct if name == "recall" else either
                whole = class_ is None or name == "false_alarms"
                units = np.full(len(CONFIDENCES), len(differ)) if whole else differ.sum(axis=0)[::-1]
                delta = values["other"][name][0] - values["base"][name][0]
                scarce = labels < LEAST_LABELS and name != "false_alarms"
                deltas[name] = _band(delta, drawn["other"][name] - drawn["base"][name], units, scarce=scarce)
        plain = {side: {name: row[0] for name, row in each.items()} for side, each in values.items()}
        return ConfidenceCurves(plain, deltas)

    def of_cell(self, label: int, inferred: int) -> Band:
        """The delta of a cell's count over confidence; with one set, the count, which has no band."""
        background, falling = len(self.comparison.classes) - 1, CONFIDENCES[::-1]
        tables = {
            side: one.cell(falling, label, inferred, background, self._number)
            for side, one in self.sweeps.items()
        }
        counts = {side: table.sum(axis=0, dtype=np.float64)[::-1] for side, (_, table) in tables.items()}
        if "other" not in counts:
            none = np.full(len(CONFIDENCES), np.nan)
            return Band(counts["base"], none, none, np.zeros(len(none), bool))
        drawn = {side: self._drawn(*found)[:, ::-1] for side, found in tables.items()}
        units = self._differing(tables).sum(axis=0)[::-1]
        return _band(counts["other"] - counts["base"], drawn["other"] - drawn["base"], units)

    def over_recall(self, side: Side, class_: int | None) -> RecallCurve:
        """Precision over recall at IoU .5; of all classes the mean, as COCO has it.

        The confidence thresholds and the matching rule have no part in it.
        """
        if self._by_rule:
            curve = self.sweeps[side].curve(class_)
            recall, precision = curve.figure("recall"), curve.figure("precision")
            return RecallCurve(recall, precision, curve.confidence)
        evaluation = self._matched(side, class_)
        evaluation.accumulate()
        found = evaluation.eval
        # IoU .5, all recalls, every class, all sizes, 100 inferences an image.
        precision, scores = (np.asarray(found[name])[0, :, :, 0, -1] for name in ("precision", "scores"))
        defined = precision[0] > -1 if len(precision) else np.zeros(0, bool)
        known, sure = precision[:, defined], np.where(precision > 0, scores, np.nan)[:, defined]
        empty = np.full(len(precision), np.nan)
        mean = known.mean(axis=1) if known.shape[1] else empty
        at = sure[:, 0] if known.shape[1] == 1 else empty
        return RecallCurve(np.linspace(0.0, 1.0, len(precision)), mean, at)

    def reliability(self, side: Side, class_: int | None) -> Reliability:
        """Bins of confidence with the share that is right, at IoU .5."""
        judged = self._judged(side, class_)
        count = np.bincount(judged.bin, minlength=BINS)
        with np.errstate(invalid="ignore"):
            confidence, accuracy = (
                np.bincount(judged.bin, part, BINS) / count for part in (judged.confidence, judged.right)
            )
        gap = np.nansum(np.abs(accuracy - confidence) * count)
        return Reliability(confidence, accuracy, count, float(gap / count.sum()) if count.sum() else np.nan)

    def calibration(self, side: Side, class_: int | None) -> FrameSums:
        """The expected calibration error as sums over the counted frames.

        In each bin, the inferences that are right less all confidences; in the last column, all inferences.
        """
        judged = self._judged(side, class_)
        frame, gap = self._number[judged.frame], np.rint((judged.right - judged.confidence) * _WHOLE)
        sums = np.bincount(frame * BINS + judged.bin, gap, self._frames * BINS).reshape(-1, BINS)
        return FrameSums(np.column_stack([sums, np.bincount(frame, minlength=self._frames)]), _gap_of_sums)

    def calibration_intervals(self, class_: int | None) -> dict[Side | Literal["delta"], Interval]:
        """The 95 % intervals of both calibration errors and of their delta, `(1,)` each."""
        drawn: dict[Side | Literal["delta"], Floats] = {}
        for side in self.comparison.sides:
            sums = self.calibration(side, class_)
            touched = np.flatnonzero(sums.table.any(axis=1))
            rows = [
                sums.table.sum(axis=0)[None],
                self._weights[:, touched].astype(np.float64) @ sums.table[touched],
            ]
            drawn[side] = sums.of(np.concatenate(rows))[:, None]
        if "other" in drawn:
            drawn["delta"] = drawn["other"] - drawn["base"]
        units = np.array([self._resampling.units])
        return {name: corrected_interval(each[1:], each[0], units) for name, each in drawn.items()}

    @property
    def _by_rule(self) -> bool:
        """Whether the matching rule decides, not COCO's: for classes of images, and in slices."""
        return self.comparison.fills_frames or self.comparison.judgement.part is not None

    def _judged(self, side: Side, class_: int | None) -> _Judged:
        """The inferences of a class, or of all, that count in the counted frames."""
        judged = self._all_judged[side]
        kept = np.ones(len(judged.frame), bool) if class_ is None else judged.class_ == class_
        if self.comparison.counting is not None:
            kept &= self.comparison.counting[judged.frame]
        return judged.where(kept)

    @cached_property
    def _all_judged(self) -> dict[Side, _Judged]:
        judge = self._judged_by_rule if self._by_rule else self._judged_by_coco
        return {side: judge(side) for side in self.comparison.sides}

    def _judged_by_rule(self, side: Side) -> _Judged:
        evaluation, settings = self.comparison.evaluation(side), self.comparison.settings
        every = evaluation.matching(0.0, settings.iou, settings.rule)
        part = self.comparison.judgement.part
        every = every if part is None else part.matching(side, every)
        objects = evaluation.inferences.objects
        found = _Judged(
            objects.frame,
            evaluation.classes.inference,
            objects.confidence,
            every.inference_outcome == Outcome.CORRECT,
        )
        return found.where(~np.isin(every.inference_outcome, (Outcome.NONE, Outcome.IGNORED)))

    def _judged_by_coco(self, side: Side) -> _Judged:
        """As COCO matches each class by itself at IoU .5, without what ignored labels take up."""
        evaluation, dataset = self.comparison.evaluation(side), self.comparison.dataset
        objects, classes, n = (
            evaluation.inferences.objects,
            evaluation.classes,
            len(self.comparison.classes) - 1,
        )
        rows, _, _ = ranking(objects, classes, n, image_order(dataset.frames.id))
        events = ranked_matches(
            dataset, objects, classes, n, ("all",), part=labelled_part(evaluation)
        ).events["all"]
        segment = np.repeat(np.arange(len(events.starts) - 1), np.diff(events.starts))
        mine = segment % len(IOUS) == 0
        at, found = events.at[mine], events.right[mine] > 0
        right, counted = np.zeros(len(rows), bool), events.counted.copy()
        right[at], counted[at] = found, found
        judged = _Judged(objects.frame[rows], classes.inference[rows], objects.confidence[rows], right)
        return judged.where(counted)

    def _matched(self, side: Side, class_: int | None) -> Any:  # noqa: ANN401
        key = side, class_
        if key not in self._coco:
            evaluation, comparison = self.comparison.evaluation(side), self.comparison
            partial = None if evaluation.federation is None else evaluation.federation.partial
            self._coco = {key: kept for key, kept in self._coco.items() if key[1] == class_}
            self._coco[key] = matched_by_coco(
                comparison.dataset,
                evaluation.inferences.objects,
                evaluation.classes,
                len(comparison.classes) - 1,
                comparison.counting,
                partial=partial,
                class_=class_,
            )
        return self._coco[key]

    @property
    def _frames(self) -> int:
        return self.comparison.frame_count

    @cached_property
    def _number(self) -> NDArray[np.int64]:
        counting = self.comparison.counting
        if counting is None:
            return np.arange(len(self.comparison.dataset.frames))
        return np.cumsum(counting) - 1

    @cached_property
    def _resampling(self) -> Resampling:
        count = _DRAWN // max(self._frames, 1)
        replicates = min(max(count, _LEAST_REPLICATES), REPLICATES)
        return self.comparison.resampling(replicates, 0, self._cancelled)

    @cached_property
    def _weights(self) -> NDArray[np.float32]:
        resampling = self._resampling
        weights = np.empty((resampling.replicates, resampling.frames), np.float32)
        for row, weight in zip(weights, resampling.weights(), strict=True):
            row[:] = weight
        return weights

    def _tables(self, side: Side, class_: int | None) -> tuple[NDArray[np.int64], Floats]:
        return self.sweeps[side].tables(CONFIDENCES[::-1], class_, self._number)

    def _differing(self, tables: Mapping[Side, tuple[NDArray[np.int64], Floats]]) -> Flags:
        """`(units, columns)`: where the counts of the sets differ."""
        resampling = self._resampling
        sums = np.zeros((resampling.units, tables["base"][1].shape[1]), np.float32)
        for sign, (touched, table) in zip((-1, 1), (tables["base"], tables["other"]), strict=True):
            np.add.at(sums, resampling.unit(touched.astype(np.int32)), np.float32(sign) * table)
        return np.not_equal(sums, 0)

    def _drawn(self, touched: NDArray[np.int64], table: Floats) -> Floats:
        """Sums over drawn frames; single precision holds them exactly below 2 ** 24."""
        return np.asarray(self._weights[:, touched] @ table)


def _gap_of_sums(sums: Floats) -> Floats:
    """Expected calibration errors of sums `(rows, BINS + 1)`; NaN without inferences."""
    return rate(np.abs(sums[:, :-1]).sum(axis=1) / _WHOLE, sums[:, -1])


def operating_point(comparison: ObjectComparison, side: Side, class_: int | None) -> dict[str, float]:
    """The figures of a class, or of all together, at the thresholds of a comparison of the same sets.

    Between the confidences of the curves, and with thresholds of classes, it need not lie on a curve.
    """
    counts = comparison.confusion(side)
    of = slice(0, -1) if class_ is None else slice(class_, class_ + 1)
    correct, spurious = np.diagonal(counts)[of].sum(), counts[-1, of].sum()
    inferred, support = counts[:, of].sum(), counts[of].sum()
    correct, inferred, spurious, support = map(np.atleast_1d, (correct, inferred, spurious, support))
    found = (
        figure_of(each, correct, inferred, spurious, support, comparison.frame_count) for each in FIGURES
    )
    return {name: float(values[0]) for name, values in zip(FIGURES, found, strict=True)}


def _figures(sums: Floats, frames: int) -> dict[str, Floats]:
    """Each figure from sums `(rows, 3 t + 1)`, `(rows, t)` at rising confidences."""
    count = len(CONFIDENCES)
    sums = np.asarray(sums, np.float64)
    correct, inferred, spurious = (sums[:, i * count : (i + 1) * count][:, ::-1] for i in range(3))
    return {name: figure_of(name, correct, inferred, spurious, sums[:, -1:], frames) for name in FIGURES}


def _band(delta: Floats, drawn: Floats, units: NDArray[np.int64], *, scarce: bool = False) -> Band:
    """Deltas `(t,)`, and their intervals where nine tenths of the draws `(rows, t)` have a value."""
    found = corrected_interval(drawn, delta, units)
    undefined = np.isnan(drawn).mean(axis=0) >= 0.1
    low, high = (np.where(undefined, np.nan, end) for end in (found.low, found.high))
    return Band(delta, low, high, (units < LEAST_FRAMES) | scarce)


_RECALLS = np.linspace(0, 1, 101)
"""Where COCO reads precision over recall."""
_CONFIDENCES = np.linspace(0, 1, 1000)
"""Where Ultralytics reads its curves."""


class Curve(StrEnum):
    """How average precision is taken from precision and recall."""

    POINTS = "points"
    """COCO: the mean of the best precision at 101 recalls."""
    TRAPEZOID = "trapezoid"
    """Ultralytics: the area under 101 interpolated points, 0 beyond the highest recall."""
    SLOPE = "slope"
    """Ultralytics before 8.4.100: the same, but falling in a straight line to recall 1, which adds area."""
    AREA = "area"
    """The exact area under the curve, as Pascal VOC takes it since 2010."""


@dataclass(frozen=True)
class Ranking:
    """The inferences of a set that are looked at, by class, the most confident first.

    Attributes:
        starts: `(classes + 1,)` int64; the inferences of class c are `starts[c]:starts[c + 1]`.
        confidence: `(inferences,)` float64, falling within a class.
        correct: `(thresholds, inferences)` bool.
        ignored: `(thresholds, inferences)` bool: neither correct nor wrong, as they lie inside a crowd.
        support: `(classes,)` int64 labels of each class.
        correct_first: Whether correct inferences come first among those of equal confidence.
    """

    starts: NDArray[np.int64]
    confidence: Floats
    correct: NDArray[np.bool_]
    ignored: NDArray[np.bool_]
    support: NDArray[np.int64]
    correct_first: bool

    def curves(self, class_: int, threshold: int) -> tuple[Floats, Floats, Floats]:
        """Confidence, recall and precision after each inference of a class, in falling confidence."""
        mine = slice(self.starts[class_], self.starts[class_ + 1])
        counted = ~self.ignored[threshold, mine]
        correct, confidence = self.correct[threshold, mine][counted], self.confidence[mine][counted]
        if self.correct_first:
            correct = correct[np.lexsort((~correct, -confidence))]
        hits = np.cumsum(correct)
        recall = hits / max(int(self.support[class_]), 1)
        return confidence, recall, hits / np.arange(1, len(hits) + 1)


def _points(recall: Floats, precision: Floats) -> float:
    # pycocotools adds the spacing of doubles at 1 to each divisor, against 0 / 0.
    hits = np.arange(1, len(precision) + 1)
    best = np.maximum.accumulate((precision * hits / (hits + np.spacing(1)))[::-1])[::-1]
    at = np.searchsorted(recall, _RECALLS, side="left")
    return float(np.append(best, 0.0)[at].mean())


def _trapezoid(recall: Floats, precision: Floats) -> float:
    return _interpolated(np.append(recall, recall[-1:]), np.append(precision, [0.0] * min(len(recall), 1)))


def _interpolated(recall: Floats, precision: Floats) -> float:
    recall = np.concatenate([[0.0], recall, [1.0]])
    best = np.maximum.accumulate(np.concatenate([[1.0], precision, [0.0]])[::-1])[::-1]
    return float(np.trapezoid(np.interp(_RECALLS, recall, best), _RECALLS))


def _area(recall: Floats, precision: Floats) -> float:
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0.0) * best).sum())


def _unless_empty(curve: Callable[[Floats, Floats], float]) -> Callable[[Floats, Floats], float]:
    return lambda recall, precision: curve(recall, precision) if len(recall) else 0.0


AREAS: dict[Curve, Callable[[Floats, Floats], float]] = {
    Curve.POINTS: _unless_empty(_points),
    Curve.TRAPEZOID: _unless_empty(_trapezoid),
    Curve.SLOPE: _unless_empty(_interpolated),
    Curve.AREA: _unless_empty(_area),
}
"""The area under the curve of a class by how it is taken, from `(n,)` recall and precision; 0 without any."""


def read_curves(ranked: Ranking, class_: int) -> tuple[Floats, Floats]:
    """Precision and recall of a class at a thousand confidences; 0 for a class without inferences."""
    confidence, recall, precision = ranked.curves(class_, 0)
    if not len(confidence):
        return np.zeros_like(_CONFIDENCES), np.zeros_like(_CONFIDENCES)
    at = -_CONFIDENCES, -confidence
    return np.interp(*at, precision, left=1.0), np.interp(*at, recall, left=0.0)


def smooth(curve: Floats) -> Floats:
    """A running mean of 101 points, the tenth part of the curve; its ends are continued."""
    return np.convolve(np.pad(curve, 50, mode="edge"), np.full(101, 1 / 101), mode="valid")
