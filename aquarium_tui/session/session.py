"""Opens comparisons of what is in a store, keeps what was opened last, and remembers what was asked."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any, Generic

from aquarium_tui.compare.comparability import Remark
from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.objects.verdict import outcome_of
from aquarium_tui.errors import AmbiguousError, QueryError, StoreError, UsageError
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.kind import SHARDS, Made, StoredSources
from aquarium_tui.model.problems import ALL_FRAMES
from aquarium_tui.model.reviews import Edit
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.shard import Shard, ShardCount, missing_words
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from aquarium_tui.query.patterns import patience
from aquarium_tui.query.query import within_segment
from aquarium_tui.session.choice import Choice, settle_sets
from aquarium_tui.session.last_used import CLASSES_OF_SETS, THRESHOLDS, LastUsed
from aquarium_tui.session.reviews import ReviewDesk, Suspicions
from aquarium_tui.session.thresholds import settings_of, with_confidences
from aquarium_tui.session.view import View, view_of
from aquarium_tui.store import DatasetCard, Segments, Store
from aquarium_tui.store.measures import measures_stamp, read_measures, with_measures
from aquarium_tui.store.parts import Parts
from aquarium_tui.store.reviews import ReviewLog
from aquarium_tui.work.executor import Watch

_REMEMBERED = 4
"""A pair that is compared, and the one before: going back to it costs nothing."""

_NO_PARENTS = (
    "COCO labels name it as `supercategory`, a list of classes as `parent`: upload the labels again with "
    "--replace, or with --classes."
)
_REPAIR = "Restore it from a copy, or upload it again with --replace."


class Session:
    """Turns choices into views; a command uses one once, the interface keeps one.

    It keeps the dataset opened last, the evaluations of its sets and the last comparison, and forgets them
    once an upload has replaced what they were made from. Safe to use from several threads: one choice is
    opened at a time.

    Args:
        store: Where the datasets are.
        executor: Where pixels are counted; None counts them on this machine.
        defaults: Thresholds and rule to begin with where the user never chose any, by the names of `Choice`.

    Attributes:
        last_used: What was opened and asked last in this store.
        desk: What is said in review.
        suspicions: Finds suspected label errors.
    """

    def __init__(
        self, store: Store, executor: Executor | None = None, defaults: Mapping[str, Any] | None = None
    ) -> None:
        self.store = store
        self._executor = executor
        self.defaults = dict(defaults or {})
        self.last_used = LastUsed(store.root)
        self.desk = ReviewDesk(store)
        self.suspicions = Suspicions(store)
        self._lock = Lock()
        self._opened: _Opened | None = None
        self._grouped: _Opened | None = None

    def rename(self, names: Sequence[str], new: str) -> None:
        """Give a project, dataset or inference set (`names`, outermost first) another name.

        Raises:
            AquariumError: It is not in the store, or the new name is taken or not legal.
        """
        self.store.rename(*names, new=new)
        self.last_used.rename(names, new)

    def settle(self, choice: Choice) -> Choice:
        """The choice with nothing left open: sets and settings are named, the segment is part of the query.

        See `settle_sets` for the policy.

        Raises:
            AquariumError: Something named is not in the store or cannot be used, or only the user can decide.
        """
        return self._settled(choice)[0]

    def sets(self, choice: Choice) -> tuple[str, ...]:
        """Ids of all inference sets of a dataset, in order of upload.

        Raises:
            StoreError: The dataset is not in the store or is damaged.
        """
        return tuple(one.id for one in self.store.dataset_card(choice.project, choice.dataset).sets)

    def resume(self, choice: Choice) -> Choice:
        """The choice with the sets that were opened last, if it names none and they are still there.

        Raises:
            StoreError: The dataset is not in the store or is damaged.
        """
        if choice.base or choice.other:
            return choice
        last = next((c for c in self.last_used.choices if c.title == choice.title), None)
        if last is None or not {last.base, last.other or last.base} <= set(self.sets(choice)):
            return choice
        return replace(choice, base=last.base, other=last.other)

    def restore(self, choice: Choice) -> Choice:
        """The choice as it was looked at last, where it names none: sets, settings, query and slice.

        One that names settings says all: a command that was copied shows what it was copied from.

        Raises:
            StoreError: The dataset is not in the store or is damaged.
        """
        given, choice = choice, self.resume(choice)
        pair = (choice.title, choice.base, choice.other)
        last = next((c for c in self.last_used.choices if (c.title, c.base, c.other) == pair), None)
        if last is None:
            return self.start(choice)
        if not choice.asks:
            names = (*THRESHOLDS, *CLASSES_OF_SETS, "rule")
            settings = {name: getattr(last, name) for name in names}
            choice = replace(choice, **settings)
        if given.asks or choice.query or choice.segment or choice.only:
            return choice
        return replace(choice, query=last.query, only=last.only)

    def start(self, choice: Choice) -> Choice:
        """The choice under the user's default thresholds and rule, where it names none but has some."""
        if not self.defaults or choice.asks or not kind_of(self.store.project(choice.project)).settings:
            return choice
        return replace(choice, **self.defaults)

    def reopen(self, choice: Choice, watch: Watch | None = None) -> View:
        """The view of a choice as it was looked at last.

        Raises:
            AquariumError: As for `open`; a query that was asked last and means nothing any more is left out.
            CancelledError: `watch.cancelled` said so.
        """
        try:
            return self.open(self.restore(choice), watch)
        except QueryError:
            if choice.query or choice.only:
                raise
            return self.open(choice, watch)

    def signature(self, choice: Choice) -> tuple[str, ...]:
        """What changes once a dataset or one of its sets is replaced, added or removed.

        Raises:
            StoreError: The dataset is not in the store or is damaged.
        """
        return _signature(self.store.dataset_card(choice.project, choice.dataset))

    def count(self, choice: Choice, shard: Shard | None, watch: Watch) -> ShardCount | None:
        """Count beforehand what opening a choice takes long for: of all frames, or of one part of them.

        Args:
            choice: What is compared.
            shard: Which part; None counts everything.
            watch: How the work is watched, and where it is done.

        Returns:
            None where nothing is counted frame by frame.

        Raises:
            AquariumError: As for `open`, or what was counted cannot be written.
            CancelledError: `watch.cancelled` said so.
        """
        with self._lock:
            choice, _, card = self._settled(choice)
            return self._open(choice, card).count(choice, card, shard, self._with_executor(watch))

    def sources(self, choice: Choice, watch: Watch) -> tuple[StoredSources, DatasetCard]:
        """What comparisons of any sets of a choice's dataset are made from, and what sets there are.

        Raises:
            StoreError: The dataset is not in the store or is damaged.
        """
        with self._lock:
            card = self.store.dataset_card(choice.project, choice.dataset)
            return _Sources(self._open(choice, card), _prints(card), watch), card

    def _with_executor(self, watch: Watch | None) -> Watch:
        watch = watch or Watch()
        return watch if watch.executor else replace(watch, executor=self._executor)

    def open(self, choice: Choice, watch: Watch | None = None) -> View:
        """The view of a choice.

        Args:
            choice: What to compare.
            watch: How the counting of pixels is watched, and what cancels it or the query.

        Raises:
            AquariumError: Something named is not in the store or cannot be read, only the user can decide
                which sets to compare, or the settings or the query cannot be used.
            CancelledError: `watch.cancelled` said so.
        """
        watch = self._with_executor(watch)
        with self._lock, patience(watch.cancelled):
            choice, settings, card = self._settled(choice)
            policy, choice = choice.policy, replace(choice, policy=None)
            view = self._open(choice, card).view(choice, settings, card, watch)
            if policy is None:
                return view
            outcome = outcome_of(with_confidences(view.comparison), policy)
            choice = choice.under(outcome.settings)
            view = self._open(choice, card).view(choice, outcome.settings, card, watch)
            return replace(view, outcome=outcome)

    def remarks(self, choice: Choice) -> tuple[Remark, ...]:
        """What stands in the way of comparing the sets of a choice, or of looking at one.

        Raises:
            AquariumError: As for `open`.
        """
        choice = self.settle(choice)
        dataset = self.store.load_dataset(choice.project, choice.dataset)
        base, other = (
            self.store.load_inferences(choice.project, choice.dataset, id_) if id_ else None
            for id_ in (choice.base, choice.other)
        )
        assert base
        return kind_of(dataset.project).remarks(dataset, base, other)

    def _settled(self, choice: Choice) -> tuple[Choice, Settings | None, DatasetCard]:
        project = self.store.project(choice.project)
        card = self.store.dataset_card(choice.project, choice.dataset)
        _refuse_unreadable(choice, card)
        choice.settings(project.settings)  # What is wrong with them is said before sets have to be chosen.
        choice = settle_sets(choice, [one.id for one in card.sets])
        settings = settings_of(choice, project, card)
        choice = choice.under(settings)
        if choice.segment.casefold() == ALL_FRAMES.casefold():
            choice = replace(choice, segment="")
        if choice.segment:
            segment = self.segments(choice).get(choice.segment)
            choice = replace(choice, query=within_segment(choice.query, segment.name), segment="")
            choice = choice.within_slice(segment.only) if segment.only else choice
        return choice, settings, card

    def segments(self, choice: Choice) -> Segments:
        """The saved segments of a dataset.

        Raises:
            StoreError: The dataset is not in the store.
        """
        return Segments(self.store.dataset_folder(choice.project, choice.dataset))

    def _open(self, choice: Choice, card: DatasetCard) -> "_Opened":
        """The dataset of the card as it is in the store now, its classes grouped if the choice says so.

        Raises:
            UsageError: They are to be grouped, and none has a parent.
        """
        plain = self._open_plain(card)
        if choice.boundary and not kind_of(plain.dataset.project).boundaries:
            raise UsageError("--boundary: boundary IoU is of masks of pixels.", "Leave out --boundary.")
        if not choice.by_parent:
            return plain
        if self._grouped is None or self._grouped.state is not plain.state:
            project = plain.dataset.project
            if not any(entry.parent for entry in project.class_map.entries):
                raise UsageError(f"No class of {project.name} has a parent.", _NO_PARENTS)
            grouped = replace(project, class_map=project.class_map.by_parent())
            dataset = replace(plain.dataset, project=grouped)
            self._grouped = _Opened(self.store, plain.state, dataset)
        return self._grouped

    def _open_plain(self, card: DatasetCard) -> "_Opened":
        kept = self._opened
        folder = self.store.dataset_folder(card.project, card.name)
        made_from = (card.provenance.fingerprint, card.group_by, *measures_stamp(folder))
        state = (self.store.project(card.project), card.name, made_from)
        if kept is None or kept.state != state:
            dataset = self.store.load_dataset(card.project, card.name)
            measured = with_measures(dataset, read_measures(folder, dataset.frames))
            self._opened = kept = _Opened(self.store, state, measured)
        return kept


def _refuse_unreadable(choice: Choice, card: DatasetCard) -> None:
    """Make sure that an inference set that cannot be read is not left out without a word.

    Raises:
        StoreError: It is one of those that the choice names, or none can be read.
        AmbiguousError: The choice leaves open which sets to compare.
    """
    for id_ in filter(None, (choice.base, choice.other)):
        if id_ in card.damage:
            raise StoreError(
                f"Inference set {choice.title}/{id_} cannot be used: {card.damage[id_]}", _REPAIR
            )
    if card.damage and not choice.base:
        sentence = f"{choice.title} has inference sets that cannot be read. {' '.join(card.damaged)}"
        if not card.sets:
            raise StoreError(sentence, _REPAIR)
        raise AmbiguousError(
            sentence,
            f"Name those to compare with --base and --other: {', '.join(one.id for one in card.sets)}.",
        )


class _Latest(Generic[Made]):
    """The values made last, by key; safe to use from several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._values: OrderedDict[Hashable, Made] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The value of a key: the one that is kept, else the one that `make` returns."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        made = make()
        with self._lock:
            kept = self._values.setdefault(key, made)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
            return kept


@dataclass
class _Opened:
    """A dataset that was opened, and what was made from it last.

    Sets and what is made from them are kept by the fingerprints of the sets: after an upload has replaced a
    set, what was made from the old one is not found any more.

    Attributes:
        store: Where it is.
        state: What it was loaded from: project, name, fingerprint, what groups its frames, and measures.
        dataset: The dataset.
    """

    store: Store
    state: tuple[Project, str, tuple[object, ...]]
    dataset: Dataset
    remembered: _Latest[Any] = field(default_factory=lambda: _Latest(_REMEMBERED))
    _comparisons: _Latest[Comparison] = field(default_factory=lambda: _Latest(1))
    _remarks: _Latest[tuple[Remark, ...]] = field(default_factory=lambda: _Latest(1))
    _log: ReviewLog | None = None

    def count(
        self, choice: Choice, card: DatasetCard, shard: Shard | None, watch: Watch
    ) -> ShardCount | None:
        names = tuple(filter(None, (choice.base, choice.other)))
        found: ShardCount | None = kind_of(self.dataset.project).count(
            _Sources(self, _prints(card), watch), names, shard
        )
        return found

    def view(self, choice: Choice, settings: Settings | None, card: DatasetCard, watch: Watch) -> View:
        prints = _prints(card)
        names = tuple(filter(None, (choice.base, choice.other)))
        sets = tuple((name, prints[name]) for name in names)
        shards = Parts(self.store.set_cache(choice.project, choice.dataset, SHARDS, names)).state()
        metric_shards = [self.store.metric_shards(choice.project, choice.dataset, name) for name in names]
        values = tuple((path.name, path.stat().st_mtime_ns) for found in metric_shards for path in found)

        kind = kind_of(self.dataset.project)

        def make() -> Comparison:
            under = settings or self.dataset.project.settings
            sources = _Sources(self, prints, watch, choice.boundary)
            compared: Comparison = kind.compare(sources, names, under)
            return compared

        whole = self._comparisons.get((sets, settings, shards, values, choice.boundary), make)
        remarks = self._remarks.get(sets, lambda: kind.remarks(self.dataset, whole.base, whole.other))
        gaps = [*kind.gaps(whole), *_metric_gaps(dict(zip(names, metric_shards, strict=True)))]
        damage: list[StoreError] = []
        folder = self.store.dataset_folder(choice.project, choice.dataset)
        segments = Segments(folder).all(damage.append)
        edits = self._edits(folder, damage.append)
        return replace(
            view_of(choice, whole, segments, edits),
            sets=tuple(prints),
            signature=_signature(card),
            remarks=(*gaps, *remarks),
            missing=tuple(gap.sentence for gap in gaps),
            unreadable=(*card.damaged, *(error.message for error in damage)),
            read_only=self.store.read_only,
        )

    def _edits(self, folder: Path, told: Callable[[StoreError], object]) -> list[Edit]:
        """What was said in review; of files that cannot be read, the reason is given."""
        if self._log is None or self._log.folder.parent != folder:
            self._log = ReviewLog(folder)
        try:
            found = self._log.edits()
        except StoreError as error:
            told(error)
            return []
        for sentence in self._log.damage:
            told(StoreError(sentence))
        return found


def _metric_gaps(sets: Mapping[str, Mapping[Path, tuple[str, Shard]]]) -> Iterator[Remark]:
    """What shards of metrics are missing, of the files that each set has."""
    for name, found in sets.items():
        for metric in sorted({metric for metric, _ in found.values()}):
            missing = Shard.absent(shard for each, shard in found.values() if each == metric)
            if missing:
                what, which = missing_words(missing)
                yield Remark(f"{metric}: {what}", f"Metric {metric} of {name}: {which}", always=True)


def _signature(card: DatasetCard) -> tuple[str, ...]:
    sets = (text for one in card.sets for text in (one.id, one.provenance.fingerprint))
    return (card.provenance.fingerprint, *sets)


def _prints(card: DatasetCard) -> dict[str, str]:
    return {one.id: one.provenance.fingerprint for one in card.sets}


@dataclass(frozen=True)
class _Sources:
    """What one comparison is made from: `aquarium_tui.kinds.kind.Sources`."""

    opened: _Opened
    fingerprints: Mapping[str, str]
    watch: Watch
    boundary: bool = False

    @property
    def dataset(self) -> Dataset:
        return self.opened.dataset

    def inferences(self, name: str) -> InferenceSet:
        return self.opened.store.load_inferences(self.dataset.project.name, self.dataset.name, name)

    def fingerprint(self, name: str) -> str:
        return self.fingerprints[name]

    def remembered(self, what: str, name: str, make: Callable[[], Made]) -> Made:
        found: Made = self.opened.remembered.get((what, name, self.fingerprints[name]), make)
        return found

    def cache(self, what: str, names: Sequence[str]) -> Path:
        return self.opened.store.set_cache(self.dataset.project.name, self.dataset.name, what, names)
