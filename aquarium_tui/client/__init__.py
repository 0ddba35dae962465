"""Uploads from Python.

The classic interface of the package `aquariumlearning`, for scripts that were written for the hosted
product: `import aquarium_tui.client as al` is all that changes. Beside it `log_dataset` and `log_inferences`
take NumPy arrays frame by frame.
"""

from aquarium_tui.client.class_map import ClassMapEntry, CustomMetricsDefinition, LabelClassMap
from aquarium_tui.client.classic import Client
from aquarium_tui.client.dataset_log import DatasetLog, Frame, log_dataset
from aquarium_tui.client.inference_log import InferenceLog, log_inferences
from aquarium_tui.client.inferences_frame import InferencesFrame
from aquarium_tui.client.labeled_frame import LabeledFrame
from aquarium_tui.client.spool import Inferences, LabeledDataset

__all__ = [
    "ClassMapEntry",
    "Client",
    "CustomMetricsDefinition",
    "DatasetLog",
    "Frame",
    "InferenceLog",
    "Inferences",
    "InferencesFrame",
    "LabelClassMap",
    "LabeledDataset",
    "LabeledFrame",
    "log_dataset",
    "log_inferences",
]
