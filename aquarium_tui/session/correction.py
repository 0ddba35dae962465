"""The same inferences judged by the labels before and by those now: what a correction alone changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aquarium_tui.compare.comparison import Comparison
from aquarium_tui.compare.correction import LabelChanges, as_inferences, label_changes
from aquarium_tui.ingest.merge import with_labels_of
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.kind import Made
from aquarium_tui.model.tables import Dataset, InferenceSet
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.session.view import View
from aquarium_tui.store import Store
from aquarium_tui.work.executor import Watch


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
