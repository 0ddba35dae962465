"""Datasets and inference sets written as files that other tools, and `upload`, can read."""

from aquarium_tui.export.batch import Batch, batch_of
from aquarium_tui.export.folder import FORMATS, Written, write_batch
from aquarium_tui.export.reviews import with_reviews

__all__ = ["FORMATS", "Batch", "Written", "batch_of", "with_reviews", "write_batch"]
