"""What a leaderboard of objects is made from: a tally of each set, counted once and kept."""

from collections.abc import Callable
from zlib import crc32

import numpy as np

from aquarium_tui.compare.bootstrap import Resampling
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.leaderboard import (
    Contest,
    Entrant,
    Leaderboard,
    SetTally,
    Standings,
    leaderboard,
)
from aquarium_tui.compare.objects.precision_significance import replicated, replicated_name
from aquarium_tui.errors import CancelledError
from aquarium_tui.kinds.kind import StoredSources
from aquarium_tui.kinds.objects.report import classes_key, pairs_of, set_evaluation
from aquarium_tui.model.arrays import Flags, Floats, NamedArrays
from aquarium_tui.store.cache import cached

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
