"""What lists show of a dataset and its inference sets, read without opening their tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aquarium_tui.errors import StoreError
from aquarium_tui.model.tables import Provenance
from aquarium_tui.store import documents


@dataclass(frozen=True)
class SetCard:
    """An inference set at a glance.

    Attributes:
        id: Its name.
        objects: How many inferences it holds.
        frames: How many frames have at least one.
        provenance: Where it came from, and what was found wrong.
    """

    id: str
    objects: int
    frames: int
    provenance: Provenance = field(default_factory=Provenance)


@dataclass(frozen=True)
class DatasetCard:
    """A dataset at a glance.

    Attributes:
        project: The project it belongs to.
        name: Its name.
        frames: How many frames it has.
        labels: How many labels.
        images: The folder of its images.
        sets: Its inference sets, the oldest first.
        damage: For each inference set that cannot be read, by its id, a sentence that says why.
        provenance: Where it came from, and what was found wrong.
    """

    project: str
    name: str
    frames: int
    labels: int
    images: str = ""
    sets: tuple[SetCard, ...] = ()
    damage: Mapping[str, str] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def damaged(self) -> tuple[str, ...]:
        """A sentence for each inference set that cannot be read, with its id."""
        return tuple(f"{id_}: {sentence}" for id_, sentence in self.damage.items())

    def set(self, id_: str) -> SetCard | None:
        """The card of the inference set `id_`."""
        return next((card for card in self.sets if card.id == id_), None)


def dataset_card(project: str, folder: Path, set_files: Mapping[str, Path]) -> DatasetCard:
    """The card of the dataset in `folder`, whose inference sets' `set.json` are `set_files`.

    Raises:
        StoreError: `dataset.json` is damaged.
    """
    path = folder / "dataset.json"
    document = documents.read(path)
    cards, damage = _set_cards(set_files)
    with documents.sound(path):
        return DatasetCard(
            project=project,
            name=folder.name,
            frames=int(document["frames"]),
            labels=int(document["labels"]),
            images=str(document["images"]),
            sets=cards,
            damage=damage,
            provenance=documents.provenance_of(document),
        )


def set_card(id_: str, path: Path) -> SetCard:
    """The card of the inference set whose `set.json` is at `path`.

    Raises:
        StoreError: It is damaged.
    """
    document: Mapping[str, Any] = documents.read(path)
    with documents.sound(path):
        return SetCard(
            id=id_,
            objects=int(document["inferences"]),
            frames=int(document["frames"]),
            provenance=documents.provenance_of(document),
        )


def _set_cards(set_files: Mapping[str, Path]) -> tuple[tuple[SetCard, ...], dict[str, str]]:
    cards: list[SetCard] = []
    damage: dict[str, str] = {}
    for id_, path in set_files.items():
        try:
            cards.append(set_card(id_, path))
        except StoreError as error:
            damage[id_] = error.message
    return tuple(sorted(cards, key=lambda card: card.provenance.created)), damage
