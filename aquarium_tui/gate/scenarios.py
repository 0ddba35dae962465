"""Segments with targets: what each set makes of their frames, and whether the targets are met."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from aquarium_tui.compare.binding import Binding, rebound
from aquarium_tui.compare.certainty.precision import PRECISIONS, RECALLS
from aquarium_tui.compare.certainty.table import LEAST_FRAMES, LEAST_LABELS, Certainty
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.metrics import metric_certainty
from aquarium_tui.compare.slice_rows import sliced
from aquarium_tui.compare.verdict import Verdict
from aquarium_tui.errors import AquariumError, CancelledError, UsageError
from aquarium_tui.gate.figures import Figure, FigureTable
from aquarium_tui.gate.results import known_certainty
from aquarium_tui.gate.rules import COMPARISONS, Aspect, FigureName, GateRule, rule_of
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.kind import never
from aquarium_tui.model.numbers import COUNT, PIXELS, SHARE, counted, grouped
from aquarium_tui.model.problems import ALL_FRAMES, Segment, SegmentKind
from aquarium_tui.report import Findings


class TargetState(StrEnum):
    """What became of a target, or of all targets of a scenario."""

    MET = "pass"
    MISSED = "fail"
    TOO_FEW = "not enough data"
    NONE = ""

    @property
    def sign(self) -> str:
        """Tells the states apart without words and colours."""
        return {"pass": "✓", "fail": "✗", "not enough data": "?", "": ""}[self.value]


@dataclass(frozen=True)
class TargetResult:
    """What a target came to.

    Attributes:
        rule: The target: what must hold.
        state: Whether it does.
        reason: Why there is not enough data, or why the target cannot be judged; else empty.
        figure: The figure that it is about; None where there is none.
        value: What was compared: the figure, or an end of its interval; NaN where there is nothing.
        low: Lower end of the 95 % interval of what the target is about, its value or delta; NaN without one.
        high: Upper end.
    """

    rule: GateRule
    state: TargetState
    reason: str = ""
    figure: Figure | None = None
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class ScenarioResult:
    """What the sets make of one segment.

    Attributes:
        segment: The segment.
        frames: How many frames are counted.
        labels: How many labels these have.
        figures: The figures that lead the report of its kind, over all classes, by title.
        classes: The same figures of each class that has labels, by class and title, the worst delta first.
        targets: What its targets came to.
        problem: Why nothing can be counted, such as a query that no longer fits; else empty.
    """

    segment: Segment
    frames: int = 0
    labels: int = 0
    figures: dict[str, Figure] = field(default_factory=dict)
    classes: dict[str, dict[str, Figure]] = field(default_factory=dict)
    targets: tuple[TargetResult, ...] = ()
    problem: str = ""

    @property
    def state(self) -> TargetState:
        """The worst that became of a target: missed, then not enough data, then met."""
        if self.problem:
            return TargetState.TOO_FEW
        states = {each.state for each in self.targets}
        order = (TargetState.MISSED, TargetState.TOO_FEW, TargetState.MET)
        return next((state for state in order if state in states), TargetState.NONE)

    @property
    def met(self) -> str:
        """How many targets are met: `2 of 3`; empty without targets."""
        met = sum(each.state is TargetState.MET for each in self.targets)
        return f"{met} of {len(self.targets)}" if self.targets else ""


def target_of(text: str) -> GateRule:
    """The target that a text states, written like a rule of the gate; it says what must hold.

    Raises:
        UsageError: It cannot be understood, or is not about the figures of its own segment.
    """
    rule = rule_of(text, noun="target")
    if rule.aspect is Aspect.WORSE:
        hint = f"Ask for a bound: lower(delta.{rule.figure.name}) >= -0.01."
        raise UsageError(f'"{rule.text}" is a test, and a target is a condition that must hold.', hint)
    if rule.figure.scenario:
        raise UsageError(
            f'"{rule.text}" names a scenario, and a target is about its own.', 'Leave out scenario("…").'
        )
    return rule


def target_figure(text: str, table: FigureTable) -> Figure:
    """The figure that a target is about.

    Raises:
        UsageError: The target cannot be understood, there is no such figure, or no share can be as its limit.
    """
    rule = target_of(text)
    figure = table.figure(rule.figure)
    if figure.unit is SHARE and abs(rule.limit) > 1:
        raise UsageError(
            f"{figure.name} is a share, at most 1, and cannot be {rule.limit:g}.",
            f"Write {rule.limit / 100:g} for {rule.limit:g} %.",
        )
    return figure


def with_all(segments: Sequence[Segment]) -> list[Segment]:
    """The segments as scenarios are listed: all frames first, with targets if one of that name is saved."""
    named = [each for each in segments if each.name.casefold() == ALL_FRAMES.casefold()]
    whole = named[0] if named else Segment(ALL_FRAMES, "", kind=SegmentKind.SPLIT)
    return [whole, *(each for each in segments if each not in named)]


def scenario_results(
    binding: Binding[Comparison], segments: Sequence[Segment], cancelled: Callable[[], bool] = never
) -> Iterator[ScenarioResult]:
    """What the sets make of each segment, one after the other.

    Args:
        binding: The whole dataset as queries see it; it knows the segments.
        segments: Those that are wanted, as `with_all` gives them.
        cancelled: Asked now and then whether to stop.

    Raises:
        CancelledError: `cancelled` said so.
    """
    for segment in segments:
        if cancelled():
            raise CancelledError
        try:
            part = rebound(binding, sliced(binding, segment.only)) if segment.only else binding
            yield _result(part, narrowed_to(part, segment), segment, cancelled)
        except CancelledError:
            raise
        except AquariumError as error:
            yield ScenarioResult(segment, problem=error.message)


def narrowed_to(binding: Binding[Comparison], segment: Segment) -> Comparison:
    """The comparison behind a binding, counted over the frames of a segment.

    Raises:
        QueryError: The query of the segment does not fit the dataset.
    """
    comparison = binding.comparison
    if segment.live and not segment.query:
        return comparison
    mask = np.zeros(len(comparison.dataset.frames), bool)
    mask[binding.members("frame.segment")[segment.name]] = True
    return comparison.within(mask)


def _result(
    binding: Binding[Comparison], comparison: Comparison, segment: Segment, cancelled: Callable[[], bool]
) -> ScenarioResult:
    kind = kind_of(comparison.dataset.project)
    if not comparison.frame_count:
        none = "it has no frames"
        targets = [TargetResult(target_of(text), TargetState.TOO_FEW, none) for text in segment.targets]
        return ScenarioResult(segment, targets=tuple(targets))
    rules = [target_of(text) for text in segment.targets]
    tables = {"": FigureTable(comparison, _findings(comparison, rules, cancelled))}
    for only in {rule.figure.only for rule in rules if rule.figure.only}:
        part = sliced(binding, only)
        part = part if comparison.frames is None else part.within(comparison.frames)
        tables[only] = FigureTable(part, _findings(part, rules, cancelled))
    table = tables[""]
    report = kind.class_report(comparison)
    average = next(iter(report.averages))
    leading = [each for each in report.fields if each.short and average in each.totals]
    return ScenarioResult(
        segment,
        comparison.frame_count,
        comparison.label_count,
        {each.short: table.figure(FigureName(each.key, average=average)) for each in leading},
        _by_class(table, {each.short: each.key for each in leading}, report.names),
        tuple(_judged(rule, tables[rule.figure.only], segment.kind) for rule in rules),
    )


def _by_class(
    table: FigureTable, keys: Mapping[str, str], classes: Sequence[str]
) -> dict[str, dict[str, Figure]]:
    """Figures of the classes with labels, by title; the last one, which is F1 or the like, orders them."""
    found = {
        name: {title: table.figure(FigureName(key, arguments=(name,))) for title, key in keys.items()}
        for name in classes
    }
    labelled = {name: each for name, each in found.items() if next(iter(each.values())).labels}
    return dict(sorted(labelled.items(), key=lambda item: _worst(next(reversed(item[1].values())))))


def _worst(figure: Figure) -> float:
    """Smallest where other is worst against base, or, with one set, in itself; largest where undefined."""
    value = figure.value("delta" if "other" in figure.values else "base")
    return math.inf if math.isnan(value) else value if figure.higher_is_better else -value


def _findings(
    comparison: Comparison, rules: Sequence[GateRule], cancelled: Callable[[], bool]
) -> Findings | None:
    """How sure the deltas are; AP and its like, which take most of the time, only where a target asks."""
    if comparison.other is None:
        return None
    asked = {rule.figure.name.casefold() for rule in rules if rule.figure.side == "delta"}
    names = tuple(name for name in (*PRECISIONS, *RECALLS) if name.casefold() in asked)
    significance = comparison.significance(cancelled=cancelled)
    kind = kind_of(comparison.dataset.project)
    precision = kind.precision_significance(comparison, names, cancelled=cancelled) if names else None
    own = metric_certainty(comparison, cancelled=cancelled)
    return Findings(significance, precision, None, Verdict(()), own)


def _judged(rule: GateRule, table: FigureTable, kind: SegmentKind) -> TargetResult:
    try:
        figure = table.figure(rule.figure)
        value = figure.value(rule.figure.side)
        bounds = known_certainty(rule, figure) if rule.aspect is not Aspect.VALUE else None
    except UsageError as error:
        return TargetResult(rule, TargetState.TOO_FEW, error.message)
    bounds = bounds or (figure.certainty if rule.figure.side == "delta" else None)
    low, high = _ends(bounds, figure.row)
    compared = {Aspect.VALUE: value, Aspect.LOWER: low, Aspect.UPPER: high}[rule.aspect]
    reason = _lacking(rule, figure, kind)
    if not reason and math.isnan(compared):
        reason = "it is not defined on these frames"
    holds = not reason and COMPARISONS[rule.comparison](compared, rule.limit)
    state = TargetState.TOO_FEW if reason else TargetState.MET if holds else TargetState.MISSED
    return TargetResult(rule, state, reason, figure, compared, low, high)


def _ends(certainty: Certainty | None, row: int) -> tuple[float, float]:
    if certainty is None:
        return math.nan, math.nan
    return float(certainty.low[row]), float(certainty.high[row])


def _lacking(rule: GateRule, figure: Figure, kind: SegmentKind) -> str:
    """Why a figure says too little of frames like these; empty where it says enough.

    A count is what it is. So is every value of a regression test, which stands for no other frames.
    """
    count = figure.unit in (COUNT, PIXELS)
    if rule.aspect is Aspect.VALUE and (count or kind is SegmentKind.REGRESSION_TEST):
        return ""
    if figure.units < LEAST_FRAMES:
        return f"{counted(figure.units, 'frame')} of at least {LEAST_FRAMES}"
    if figure.unit is SHARE and figure.labels < LEAST_LABELS:
        return f"{counted(figure.labels, 'label')} of at least {grouped(LEAST_LABELS)}"
    return ""
