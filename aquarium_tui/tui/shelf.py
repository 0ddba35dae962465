"""Takes datasets and inference sets from the store, and keeps those looked at last."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.evaluation import Evaluation, Memo
from aquarium_tui.compare.segments import bound
from aquarium_tui.compare.selection import Binding
from aquarium_tui.errors import NotFoundError, UsageError
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.segments import Segment
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.store import DatasetCard, Segments, Store, cached
from aquarium_tui.tui.state import Chosen, View, made_view

_KEPT = 4
_COVERED = 0.9


class Shelf:
    """The dataset looked at, and the evaluations of its sets."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = Lock()
        self._dataset: Dataset | None = None
        self._kept: Comparison | None = None
        self._evaluations: OrderedDict[str, Evaluation] = OrderedDict()

    def view(self, chosen: Chosen) -> View:
        """The comparison that was chosen, ready to be drawn.

        Where no sets are named, the first two in order of upload are base and other.

        Raises:
            AquariumError: It is not in the store, cannot be read, holds masks, or has no inference set.
        """
        with self._lock:
            return self._view(chosen)

    def _view(self, chosen: Chosen) -> View:
        card = self.store.dataset_card(chosen.project, chosen.dataset)
        chosen = with_sets(chosen, card)
        if not chosen.base:
            raise NotFoundError(
                f"{chosen.title} has no inference set yet.", "Upload one with --inferences-id."
            )
        dataset = self._load_dataset(chosen)
        if dataset.masks is not None:
            message = f"{chosen.title} holds masks, which are compared as text."
            raise UsageError(message, f"`aquarium-tui compare {chosen.title}` prints their comparison.")
        settings = chosen.settings or dataset.project.settings
        names = [name for name in (chosen.base, chosen.other) if name]
        with ThreadPoolExecutor(2) as pool:
            evaluations = list(pool.map(lambda name: self._evaluation(dataset, chosen, name), names))
            list(pool.map(lambda pair: _matched(*pair), zip(evaluations, _per_set(settings), strict=False)))
        other = evaluations[1] if len(names) > 1 else None
        segments = Segments(self.store.dataset_folder(chosen.project, chosen.dataset)).all()
        whole = self._whole(Comparison(dataset, evaluations[0], other, settings), segments)
        sets = tuple(one.id for one in card.sets)
        view = made_view(replace(chosen, settings=settings), whole, sets)
        return replace(view, warnings=tuple(warnings(card, names)))

    def _whole(self, comparison: Comparison, segments: list[Segment]) -> Binding:
        """All frames of a comparison, as queries see it; the comparison made last is kept."""
        kept = self._kept
        if kept is None or not _same(kept, comparison):
            self._kept = kept = comparison
        return bound(kept, segments)

    def _load_dataset(self, chosen: Chosen) -> Dataset:
        kept = self._dataset
        if kept is None or (kept.project.name, kept.name) != (chosen.project, chosen.dataset):
            self._evaluations.clear()
            self._dataset = kept = self.store.load_dataset(chosen.project, chosen.dataset)
        return kept

    def _memo(self, chosen: Chosen, dataset: Dataset, inferences: InferenceSet) -> Memo:
        """Keeps pairs in the dataset's cache while labels, inferences and classes stay as they are."""
        folder = self.store.pair_cache(chosen.project, chosen.dataset, inferences.id)
        evaluated = dataset.project.class_map.evaluated.tolist()
        key = (dataset.provenance.fingerprint, inferences.provenance.fingerprint, evaluated)
        return lambda name, make: cached(folder / name, key, make)

    def _evaluation(self, dataset: Dataset, chosen: Chosen, name: str) -> Evaluation:
        if name not in self._evaluations:
            inferences = self.store.load_inferences(chosen.project, chosen.dataset, name)
            memo = self._memo(chosen, dataset, inferences)
            self._evaluations[name] = Evaluation(dataset, inferences, memo)
            while len(self._evaluations) > _KEPT:
                self._evaluations.popitem(last=False)
        return self._evaluations[name]


def _same(a: Comparison, b: Comparison) -> bool:
    return a.base is b.base and a.other is b.other and a.settings == b.settings


def _per_set(settings: Settings) -> list[tuple[float, Settings]]:
    return [(settings.base_confidence, settings), (settings.other_confidence, settings)]


def _matched(evaluation: Evaluation, under: tuple[float, Settings]) -> None:
    confidence, settings = under
    evaluation.matching(confidence, settings.iou, settings.rule)


def with_sets(chosen: Chosen, card: DatasetCard) -> Chosen:
    """The choice with sets named: the first two of the dataset where it names none."""
    names = [one.id for one in card.sets]
    if chosen.base or not names:
        return chosen
    further = [name for name in names if name != chosen.other]
    other = chosen.other or (further[1] if len(further) > 1 else "")
    return replace(chosen, base=further[0] if further else chosen.other, other=other if further else "")


def warnings(card: DatasetCard, names: list[str]) -> list[str]:
    """What matters while two sets are compared: a set that leaves out a tenth of the frames or more."""
    found = []
    for one in card.sets:
        if one.id in names and one.frames <= _COVERED * card.frames:
            found.append(f"{one.id} has inferences on {grouped(one.frames)} of {grouped(card.frames)} frames")
    return found
