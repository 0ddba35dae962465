"""Datasets and inference sets written as files that other tools, and `upload`, can read."""

from aquarium_tui.export.folder import FORMATS, Written, with_reviews, write_batch
from aquarium_tui.export.records import Batch, batch_of

__all__ = ["FORMATS", "Batch", "Written", "batch_of", "with_reviews", "write_batch"]
