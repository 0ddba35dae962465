"""Several comparisons at once: all sets against one base, and sets judged by labels before and now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from aquarium_tui.compare.bootstrap import Resampling, frame_groups
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.leaderboard import Contest, Entrant, Leaderboard, SetTally
from aquarium_tui.compare.reviews import LabelChanges, as_inferences, label_changes
from aquarium_tui.errors import UsageError
from aquarium_tui.ingest.merge import with_labels_of
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.kind import Made
from aquarium_tui.model.arrays import Flags
from aquarium_tui.model.settings import SIDES, SetConfidence, Side
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from aquarium_tui.session.choice import Choice, settle_sets
from aquarium_tui.session.session import Session
from aquarium_tui.session.thresholds import settings_of
from aquarium_tui.session.view import View
from aquarium_tui.store import DatasetCard, Store
from aquarium_tui.work.executor import Watch

REPLICATES, PRECISION_REPLICATES = 1000, 200
"""Draws of frames: of rates, which are a few sums, and of AP, which takes a second and a half for half a
million inferences and is kept for each set."""


def leaderboard(
    session: Session,
    choice: Choice,
    watch: Watch | None = None,
    pareto: Sequence[str] = (),
    *,
    frames: Flags | None = None,
) -> Leaderboard:
    """The leaderboard of a dataset.

    Each set is counted once under its thresholds, and its counts are kept: a new set costs its own counting.

    Args:
        session: Has the store.
        choice: Names the dataset and, if wanted, the base, thresholds, and a query or segment for the frames,
            or a slice;
            without a base, the set uploaded first is base. Its confidence of other is that of all sets but
            base.
        watch: Told how many sets are counted, and asked whether to stop.
        pareto: Two figures whose front is told; by default F1, and a figure of the user's or false alarms.
        frames: `(frames,)` bool, those that count, where the choice selects none; None counts all.

    Raises:
        AquariumError: Something named is not there or cannot be used.
        CancelledError: `watch` asked to stop.
    """
    watch = watch or Watch()
    if choice.other:
        raise UsageError("--other: a leaderboard compares all sets with --base.")
    sources, card = session.sources(choice, watch)
    known = [one.id for one in card.sets]
    base = settle_sets(replace(choice, base=choice.base or (known[0] if known else "")), known).base
    order = [base, *(name for name in known if name != base)]
    dataset = sources.dataset
    first = settings_of(replace(choice, base=base), dataset.project, card)
    kind = kind_of(dataset.project)
    tallies: dict[str, SetTally] = {}
    if choice.segment:
        whole = session.settle(replace(choice, base=base))
        choice = replace(choice, query=whole.query, only=whole.only, segment="")
    if choice.query:
        frames = session.open(replace(choice, base=base, only="")).comparison.frames
    if choice.only:
        of_all = replace(choice, base=base, query="")
        tallies, among = _of_slice(session, of_all, order, watch)
        frames = among if frames is None else frames if among is None else frames & among
    groups = frame_groups(dataset.frames, dataset.group_by)
    every = np.ones(len(dataset.frames), bool) if frames is None else frames

    def drawn(among: Flags, replicates: int = REPLICATES) -> Resampling:
        group = groups.within(among).of_frame if groups else None
        return Resampling(int(among.sum()), replicates, 0, watch.cancelled, group)

    under = first or dataset.project.settings
    entrants = [_entrant(choice, base, name, dataset.project, card) for name in order]
    of_precision = None if tallies or first is None else drawn(every, PRECISION_REPLICATES)
    contest = Contest(entrants, under.iou, under.rule, frames, of_precision, tallies)
    told = kind.leaderboard(sources, contest, drawn)
    return told.on_front_of(pareto) if pareto else told


def _of_slice(
    session: Session, choice: Choice, order: Sequence[str], watch: Watch
) -> tuple[dict[str, SetTally], Flags | None]:
    """The tallies of the objects in a slice, by set, and the frames that count; `order` begins with base.

    Raises:
        UsageError: Which labels the slice has depends on the set.
        CancelledError: `watch` asked to stop.
    """
    found: dict[str, SetTally] = {}
    frames: Flags | None = None
    labels = np.zeros(0, bool)
    for done, name in enumerate(order):
        watch.check()
        watch.progress(done, len(order))
        pair = session.open(replace(choice, other="" if name == order[0] else name), watch).comparison
        if not isinstance(pair, ObjectComparison):
            return {}, pair.frames  # Masks have slices of frames alone.
        side: Side = "base" if name == order[0] else "other"
        part = pair.judgement.part
        mine = labels[:0] if part is None else part.labels
        if done and not np.array_equal(mine, labels):
            what = "--only: which labels meet the condition depends on the set"
            raise UsageError(f"{what}, so the sets cannot be compared.", "Ask for labels and frames alone.")
        frames, labels = pair.frames, mine
        of_frame = pair.inferences(side).objects.frame
        found[name] = SetTally.of(pair.matching(side), of_frame, len(pair.dataset.frames))
    return found, frames


def _entrant(choice: Choice, base: str, name: str, project: Project, card: DatasetCard) -> Entrant:
    """A set with its thresholds: those of base, or those that other has."""
    pair = replace(choice, base=base, other="" if name == base else name)
    settings, side = settings_of(pair, project, card), SIDES[name != base]
    one = card.set(name)
    assert one
    if settings is None:
        return Entrant(name, SetConfidence(None), one.values)
    return Entrant(name, SetConfidence(settings.confidence(side), settings.classes(side)), one.values)


@dataclass(frozen=True)
class Correction:
    """What a correction of labels changed.

    Attributes:
        view: The choice, under the labels now and in all frames.
        before: The sets under the labels before, counted in the frames that both have.
        now: The same sets under the labels now, counted in the same frames.
        labels: What became of the labels.
    """

    view: View
    before: Comparison
    now: Comparison
    labels: LabelChanges


@dataclass(frozen=True)
class _Sources:
    """What a comparison under labels before is made from: `aquarium_tui.kinds.kind.Sources`."""

    store: Store
    dataset: Dataset
    watch: Watch
    given: Mapping[str, InferenceSet] = field(default_factory=dict)
    boundary: bool = False

    def inferences(self, name: str) -> InferenceSet:
        found = self.given.get(name)
        return found or self.store.load_inferences(self.dataset.project.name, self.dataset.name, name)

    def remembered(self, what: str, name: str, make: Callable[[], Made]) -> Made:
        del what, name
        return make()

    def cache(self, what: str, names: Sequence[str]) -> Path:
        # A cache holds what was made of one state: those of the labels now stay.
        room = f"{what}_of_labels" if self.given else f"{what}_before"
        return self.store.set_cache(self.dataset.project.name, self.dataset.name, room, names)


def correction(session: Session, choice: Choice, watch: Watch | None = None) -> Correction:
    """What the last correction of a dataset's labels changed for the sets of a choice.

    A query selects frames by the labels now. Frames that were added or removed with the correction do not
    count: they would change numbers without any label being corrected.

    Raises:
        NotFoundError: The labels were never replaced.
        AquariumError: The choice cannot be opened, or the labels before cannot be read.
    """
    watch = watch or Watch()
    view = session.open(choice, watch)
    settled, now = view.choice, view.comparison
    dataset, store = now.dataset, session.store
    before, both = with_labels_of(store.load_labels_before(settled.project, settled.dataset), dataset)
    counted = both if now.frames is None else both & now.frames
    kind = kind_of(dataset.project)
    settings = view.settings or dataset.project.settings
    names = [name for name in (settled.base, settled.other) if name]
    earlier: Comparison = kind.compare(
        _Sources(store, before, watch, boundary=settled.boundary), names, settings
    )
    old = as_inferences(before)
    labels: Comparison = kind.compare(_Sources(store, dataset, watch, {old.id: old}), [old.id], settings)
    return Correction(
        view=view,
        before=earlier.within(counted),
        now=now.within(counted),
        labels=label_changes(labels.within(counted), before),
    )
