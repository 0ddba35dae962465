"""The suspected label errors of a dataset as things to be reviewed; all its sets vote."""

from dataclasses import dataclass
from typing import Any

from aquarium_tui.compare.objects.suspects import Suspect, SuspectKind, suspects
from aquarium_tui.model.reviews import Sighting, Subject
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects
from aquarium_tui.session.view import View
from aquarium_tui.store import Store

TITLE = "suspected label errors"
"""The name of the queue."""
_MOST, _LEAST_SCORE = 1000, 0.02
"""How many are listed, and the least score: what is less likely than one in fifty is not worth a look."""


@dataclass(frozen=True)
class Suspicion:
    """A suspected label error.

    Attributes:
        subject: The label; where it is missing, what the sets found.
        kind: What is suspected.
        words: The same with classes, such as `truck, not car`.
        score: How likely, 0 to 1.
    """

    subject: Subject
    kind: SuspectKind
    words: str
    score: float


class Suspicions:
    """Finds the suspected label errors of datasets, and keeps those found last.

    Args:
        store: Where the datasets are.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: tuple[Any, list[Suspicion]] = (None, [])

    def of(self, view: View) -> list[Suspicion]:
        """Those of the dataset of a view, the likeliest first; some seconds of work for thousands of frames.

        Raises:
            StoreError: An inference set cannot be read.
        """
        if view.comparison.no_objects:
            return []
        project, name = view.choice.project, view.choice.dataset
        card = self.store.dataset_card(project, name)
        state = (
            view.choice.title,
            card.provenance.fingerprint,
            *((s.id, s.provenance.fingerprint) for s in card.sets),
        )
        if self._kept[0] != state:
            dataset = self.store.load_dataset(project, name)
            sets = [self.store.load_inferences(project, name, one.id) for one in card.sets]
            found = [each for each in suspects(dataset, sets)[:_MOST] if each.score >= _LEAST_SCORE]
            self._kept = (state, [_suspicion(dataset, sets, each) for each in found])
        return self._kept[1]


def _suspicion(dataset: Dataset, sets: list[InferenceSet], found: Suspect) -> Suspicion:
    frame = dataset.frames.id[found.frame] or ""
    said = dataset.project.class_map.entries[found.class_index].name
    if found.label >= 0:
        label = _seen(dataset, dataset.labels, found.label)
        words = {
            SuspectKind.CLASS: f"{said}, not {label.class_name}",
            SuspectKind.LOOSE: f"loose box of {said}",
            SuspectKind.NOTHING: f"no {said} found",
        }[found.kind]
        return Suspicion(Subject(frame, label), found.kind, words, found.score)
    seen = [
        (one.id, _seen(dataset, one.objects, row))
        for one, row in zip(sets, found.inferences, strict=True)
        if row >= 0
    ]
    return Suspicion(Subject(frame, None, tuple(sorted(seen))), found.kind, f"missing {said}", found.score)


def _seen(dataset: Dataset, objects: Objects, row: int) -> Sighting:
    left, top, right, bottom = objects.box[row].tolist()
    name = dataset.project.class_map.entries[int(objects.class_index[row])].name
    return Sighting(objects.name(row), name, (left, top, right, bottom))
