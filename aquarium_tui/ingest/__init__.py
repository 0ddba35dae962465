"""Files into a project: a file is read, matched with the project, checked, and explained."""

from aquarium_tui.ingest.inferences import inference_set
from aquarium_tui.ingest.labels import labelled_dataset

__all__ = ["inference_set", "labelled_dataset"]
