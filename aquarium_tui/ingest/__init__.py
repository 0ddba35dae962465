"""Files into a project: what a file says is read, put in order, checked, and explained."""

from aquarium_tui.ingest.inferences import inference_set
from aquarium_tui.ingest.labels import labelled_dataset

__all__ = ["inference_set", "labelled_dataset"]
