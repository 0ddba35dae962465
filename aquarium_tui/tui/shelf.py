"""Takes datasets and inference sets from the store, and keeps those looked at last."""

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock

from aquarium_tui.compare.comparability import Remark, comparability
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import Evaluation, Memo
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.segments import bound
from aquarium_tui.errors import NotFoundError
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.session.pixel_counts import pixel_comparison
from aquarium_tui.store import DatasetCard, Segments, Store, cached
from aquarium_tui.tui.state import Chosen, View, mask_view, object_view
from aquarium_tui.work.watch import Watch

_KEPT = 4


class Shelf:
    """The dataset looked at, and the evaluations of its sets."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = Lock()
        self._dataset: Dataset | None = None
        self._kept: ObjectComparison | None = None
        self._kept_masks: PixelComparison | None = None
        self._remarked: tuple[InferenceSet, InferenceSet | None, tuple[Remark, ...]] | None = None
        self._evaluations: OrderedDict[str, Evaluation] = OrderedDict()

    def view(self, chosen: Chosen, watch: Watch | None = None) -> View:
        """The comparison that was chosen, ready to be drawn.

        Where no sets are named, the first two in order of upload are base and other.

        Args:
            chosen: What to compare.
            watch: How the counting of pixels is watched.

        Raises:
            AquariumError: It is not in the store, cannot be read, or has no inference set.
            CancelledError: `watch.cancelled` said so.
        """
        with self._lock:
            return self._view(chosen, watch or Watch())

    def _view(self, chosen: Chosen, watch: Watch) -> View:
        card = self.store.dataset_card(chosen.project, chosen.dataset)
        chosen = with_sets(chosen, card)
        if not chosen.base:
            raise NotFoundError(
                f"{chosen.title} has no inference set yet.", "Upload one with --inferences-id."
            )
        self._forget_replaced(card)
        dataset = self._load_dataset(chosen)
        segments = Segments(self.store.dataset_folder(chosen.project, chosen.dataset)).all()
        view: View
        if dataset.masks is not None:
            chosen = replace(chosen, settings=None)
            view = mask_view(chosen, bound(self._masks(dataset, chosen, watch), segments))
        else:
            chosen = replace(chosen, settings=chosen.settings or dataset.project.settings)
            view = object_view(chosen, bound(self._objects(dataset, chosen), segments))
        return replace(view, sets=tuple(one.id for one in card.sets), remarks=self._remarks(view))

    def _remarks(self, view: View) -> tuple[Remark, ...]:
        """What stands in the way of the comparison in view; kept for the pair that was looked at last."""
        whole = view.binding.comparison
        base = whole.inferences("base")
        other = whole.inferences("other") if whole.other else None
        kept = self._remarked
        if kept is None or kept[0] is not base or kept[1] is not other:
            self._remarked = kept = base, other, comparability(whole.dataset, base, other)
        return kept[2]

    def _objects(self, dataset: Dataset, chosen: Chosen) -> ObjectComparison:
        """Objects of all frames compared; the comparison made last is kept."""
        settings = chosen.settings or dataset.project.settings
        names = [name for name in (chosen.base, chosen.other) if name]
        with ThreadPoolExecutor(2) as pool:
            evaluations = list(pool.map(lambda name: self._evaluation(dataset, chosen, name), names))
            list(pool.map(lambda pair: _matched(*pair), zip(evaluations, _per_set(settings), strict=False)))
        other = evaluations[1] if len(names) > 1 else None
        comparison = ObjectComparison(dataset, evaluations[0], other, settings)
        if self._kept is None or not _same(self._kept, comparison):
            self._kept = comparison
        return self._kept

    def _masks(self, dataset: Dataset, chosen: Chosen, watch: Watch) -> PixelComparison:
        """Masks of all frames compared; the comparison made last is kept."""
        kept = self._kept_masks
        if kept and kept.dataset is dataset and _ids(kept) == (chosen.base, chosen.other):
            return kept
        base, other = (
            self.store.load_inferences(chosen.project, chosen.dataset, name) if name else None
            for name in (chosen.base, chosen.other)
        )
        assert base
        cache = self.store.pixel_cache(chosen.project, chosen.dataset, chosen.base, chosen.other)
        self._kept_masks = pixel_comparison(dataset, base, other, cache=cache, watch=watch)
        return self._kept_masks

    def _forget_replaced(self, card: DatasetCard) -> None:
        """Forget what an upload has replaced since it was read."""
        prints = {one.id: one.provenance.fingerprint for one in card.sets}
        kept = self._dataset
        if kept is not None and kept.provenance.fingerprint != card.provenance.fingerprint:
            self._dataset = None
        for name, evaluation in list(self._evaluations.items()):
            if evaluation.inferences.provenance.fingerprint != prints.get(name):
                del self._evaluations[name]
        masks = self._kept_masks
        if masks is not None and any(
            masks.inferences(side).provenance.fingerprint != prints.get(masks.inferences(side).id)
            for side in masks.sides
        ):
            self._kept_masks = None

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


def remarks(store: Store, card: DatasetCard) -> tuple[Remark, ...]:
    """What stands in the way of comparing the first two inference sets of a dataset, or looking at one.

    Raises:
        AquariumError: One of them cannot be read.
    """
    if not card.sets:
        return ()
    dataset = store.load_dataset(card.project, card.name)
    sets = [store.load_inferences(card.project, card.name, one.id) for one in card.sets[:2]]
    return comparability(dataset, sets[0], sets[1] if len(sets) > 1 else None)


def _same(a: ObjectComparison, b: ObjectComparison) -> bool:
    return a.base is b.base and a.other is b.other and a.settings == b.settings


def _ids(comparison: PixelComparison) -> tuple[str, str]:
    return comparison.base.id, comparison.other.id if comparison.other else ""


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
