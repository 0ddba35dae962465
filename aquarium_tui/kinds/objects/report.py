"""The report of objects, and the tallies of sets that a leaderboard is made from."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.cells import COUNTS, FEWER_IS_BETTER, RATES, ClassScores, total
from aquarium_tui.compare.certainty.precision import replicated, replicated_name
from aquarium_tui.compare.fields import Better
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.leaderboard import (
    Contest,
    Entrant,
    Leaderboard,
    SetTally,
    Standings,
    leaderboard,
)
from aquarium_tui.errors import CancelledError
from aquarium_tui.kinds.kind import Sources, StoredSources
from aquarium_tui.kinds.report import ClassField, ClassReport, Facts, Total, TotalGroup
from aquarium_tui.model.arrays import Flags, Floats, NamedArrays
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import COUNT, SHARE, grouped, threshold
from aquarium_tui.model.outcomes import Change
from aquarium_tui.model.settings import SIDES, Settings, Side
from aquarium_tui.model.tables import Dataset
from aquarium_tui.store.cache import cached

AVERAGES = {"weighted": "all (weighted by support)", "macro": "all (macro)", "micro": "all (micro)"}
_TITLES = {"precision": ("precision", "P"), "recall": ("recall", "R"), "f1": ("F1", "F1")}


def class_report(comparison: ObjectComparison) -> ClassReport:
    """Precision, recall, F1 and counts of each class."""
    scores = comparison.scores
    first = scores["base"]
    totals = {average: {side: total(each, average) for side, each in scores.items()} for average in AVERAGES}
    return ClassReport(
        names=comparison.classes[:-1],
        support=first.support,
        seen=np.flatnonzero(sum(s.support + s.correct + s.false_positives for s in scores.values())),
        averages=AVERAGES,
        fields=tuple(_field(name, scores, totals) for name in (*RATES, *COUNTS)),
    )


def _field(
    name: str,
    scores: Mapping[Side, ClassScores],
    totals: Mapping[str, Mapping[Side, Mapping[str, float]]],
) -> ClassField:
    count = name in COUNTS
    whole = {
        average: {side: int(each[name]) if count else each[name] for side, each in sides.items()}
        for average, sides in totals.items()
    }
    title, short = _TITLES.get(name, ("", ""))
    values = {side: getattr(each, name) for side, each in scores.items()}
    return ClassField(name, values, whole, title, short, COUNT if count else SHARE, _better(name))


def _better(name: str) -> Better:
    return "lower" if name in FEWER_IS_BETTER else "" if name == "support" else "higher"


def count_totals(comparison: ObjectComparison) -> TotalGroup:
    """Objects by outcome, and with two sets how many changed."""
    micro = {side: total(each, "micro") for side, each in comparison.scores.items()}
    totals = tuple(
        Total(name, {s: n[name] for s, n in micro.items()}, name.replace("_", " "), "", COUNT, _better(name))
        for name in COUNTS[1:]
    )
    return TotalGroup(totals, title="objects", remark=_changes(comparison) if comparison.other else "")


def _changes(comparison: ObjectComparison) -> str:
    """How many objects of the frames that count changed, and how."""
    ledger, frames = comparison.ledger, comparison.frames
    change = ledger.change if frames is None else ledger.change[frames[ledger.frame]]
    counts = np.bincount(change, minlength=len(Change))
    words = [f"{grouped(counts[c])} {c.word.replace('_', ' ')}" for c in Change if c is not Change.NONE]
    return ", ".join(words)


def counted(count: int, what: str) -> str:
    """`12 frames`, `1 frame`."""
    return f"{grouped(count)} {what}{'s' * (count != 1)}"


def confidence_words(comparison: ObjectComparison) -> str:
    """`conf ≥ .10`, of two sets that differ `conf ≥ .10 / .25`, and of classes `conf per class`."""
    settings, sides = comparison.settings, comparison.sides
    sure = ["per class" if settings.classes(s) else f"≥ {threshold(settings.confidence(s))}" for s in sides]
    if len(set(sure)) == 1:
        return f"conf {sure[0]}"
    return f"conf {' / '.join(sure if settings.per_class else [sure[0], sure[1][2:]])}"


def class_confidence_notes(comparison: ObjectComparison) -> tuple[str, ...]:
    """A sentence for each set with thresholds per class."""
    settings = comparison.settings
    notes = []
    for side in comparison.sides:
        if own := settings.classes(side):
            told = ", ".join(f"{visible(name)} {threshold(value)}" for name, value in own)
            rest = threshold(settings.confidence(side))
            notes.append(f"Confidence thresholds of {side}: {told}; {rest} for all other classes.")
    return tuple(notes)


def confidence_fact(comparison: ObjectComparison) -> Facts:
    """The confidence thresholds as files have them."""
    settings, sides = comparison.settings, comparison.sides
    own = {side: dict(settings.classes(side)) for side in sides if settings.classes(side)}
    found: dict[str, Any] = {"confidence": {side: settings.confidence(side) for side in sides}}
    return {**found, "class_confidence": own} if own else found


def evaluated(
    sources: Sources, names: Sequence[str], settings: Settings, of: type[Evaluation] = Evaluation
) -> tuple[Evaluation, Evaluation | None]:
    """Base and other, matched; both at the same time, as much of it waits for the disk.

    Args:
        sources: What they are read from.
        names: Of the sets.
        settings: Thresholds and rule.
        of: How they are matched.
    """

    def matched(name: str, side: Side) -> Evaluation:
        evaluation = set_evaluation(sources, name, of)
        own = settings.classes(side)
        evaluation.matching(settings.confidence(side), settings.iou, settings.rule, own)
        return evaluation

    with ThreadPoolExecutor(2) as pool:
        base, *other = pool.map(matched, names, SIDES[: len(names)])
    return base, other[0] if other else None


def classes_key(dataset: Dataset) -> list[int]:
    """What changes once classes are evaluated under other names."""
    evaluated_: list[int] = dataset.project.class_map.evaluated.tolist()
    return evaluated_


def pairs_of(sources: Sources, name: str) -> Path:
    """The folder that keeps what was found of a set; of grouped classes, one of its own."""
    grouped = sources.dataset.project.class_map.plain is not None
    return sources.cache("pairs-by-parent" if grouped else "pairs", [name])


def set_evaluation(sources: Sources, name: str, of: type[Evaluation] = Evaluation) -> Evaluation:
    """An inference set matched with the labels; its pairs are kept while labels, set and classes stay."""

    def make() -> Evaluation:
        dataset, inferences = sources.dataset, sources.inferences(name)
        folder = pairs_of(sources, name)
        key = (dataset.provenance.fingerprint, inferences.provenance.fingerprint, classes_key(dataset))
        return of(dataset, inferences, lambda part, found: cached(folder / part, key, found))

    return sources.remembered("evaluation", name, make)


PRECISIONS = ("AP", "AP50")
"""COCO's figures that a leaderboard has."""


def ranked(
    sources: StoredSources,
    contest: Contest,
    resampling_of: Callable[[Flags], Resampling],
    of: type[Evaluation] = Evaluation,
) -> Leaderboard:
    """The leaderboard of all sets; arguments as of `Kind.leaderboard` and `standings`."""
    found = standings(sources, contest, of)
    return leaderboard(found, resampling_of(found.frames))


def standings(sources: StoredSources, contest: Contest, of: type[Evaluation] = Evaluation) -> Standings:
    """The tallies of all sets; a set is read only if its own is not there.

    Args:
        sources: What they are read from.
        contest: Which sets, under which settings.
        of: How sets are matched.

    Raises:
        AquariumError: A set cannot be read.
        CancelledError: The sources were told to stop.
    """
    dataset, watch = sources.dataset, sources.watch
    tallies, precision = [], []
    for done, entrant in enumerate(contest.entrants):
        if watch.cancelled():
            raise CancelledError
        watch.progress(done, len(contest.entrants))
        tallies.append(contest.of_slice.get(entrant.name) or _tally(sources, contest, entrant, of))
        precision.append(_precision(sources, contest, entrant.name))
    watch.progress(len(contest.entrants), len(contest.entrants))
    frames = np.ones(len(dataset.frames), bool) if contest.frames is None else contest.frames
    return Standings(
        tuple(entrant.name for entrant in contest.entrants),
        tallies,
        dataset.labels.frame,
        frames,
        [entrant.values for entrant in contest.entrants],
        {name: [each[name] for each in precision] for name in PRECISIONS} if contest.drawn else {},
    )


def _kept(sources: StoredSources, name: str, part: str, make: Callable[[], NamedArrays]) -> NamedArrays:
    """Arrays that depend on labels, classes and one set alone, where its pairs are kept."""
    dataset = sources.dataset
    key = (dataset.provenance.fingerprint, sources.fingerprint(name), classes_key(dataset))
    return cached(pairs_of(sources, name) / part, key, make)


def _tally(sources: StoredSources, contest: Contest, entrant: Entrant, of: type[Evaluation]) -> SetTally:
    sure, frames = entrant.confidence, len(sources.dataset.frames)
    asked = sure.rest or 0.0, contest.iou, contest.rule, sure.classes

    def make() -> NamedArrays:
        evaluation = set_evaluation(sources, entrant.name, of)
        matching = evaluation.matching(*asked)
        return SetTally.of(matching, evaluation.inferences.objects.frame, frames).arrays

    found = _kept(sources, entrant.name, f"tally-{crc32(repr(asked).encode()):08x}", make)
    return SetTally(found["outcome"], found["spurious"])


def _precision(sources: StoredSources, contest: Contest, name: str) -> dict[str, Floats]:
    """The means over the classes, `(1 + replicates,)` by name."""
    drawn, frames = contest.drawn, contest.frames
    if drawn is None:
        return {}

    def make() -> NamedArrays:
        return replicated(set_evaluation(sources, name), frames, drawn, PRECISIONS, None)

    part = replicated_name(drawn, PRECISIONS)
    found = make() if frames is not None else _kept(sources, name, part, make)
    return {metric: np.asarray(found[metric][:, 0]) for metric in PRECISIONS}
