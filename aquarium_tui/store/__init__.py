"""The project folder on disk: keeps what is uploaded for all later runs."""

from aquarium_tui.store.cache import cached
from aquarium_tui.store.documents import DatasetCard, Segments, SetCard
from aquarium_tui.store.store import Store

__all__ = ["DatasetCard", "Segments", "SetCard", "Store", "cached"]
