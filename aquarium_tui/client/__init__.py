"""Uploads from Python.

The classic interface of the package `aquariumlearning`, for scripts that were written for the hosted
product: `import aquarium_tui.client as al` is all that changes. Beside it `log_dataset` and `log_inferences`
take NumPy arrays frame by frame.
"""

from aquarium_tui.client.class_map import ClassMapEntry, CustomMetricsDefinition, LabelClassMap
from aquarium_tui.client.classic import Client
from aquarium_tui.client.frames import InferencesFrame, LabeledFrame
from aquarium_tui.client.logs import DatasetLog, Frame, InferenceLog, log_dataset, log_inferences
from aquarium_tui.client.spool import Inferences, LabeledDataset
from aquarium_tui.errors import UploadWarning

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
    "UploadWarning",
    "log_dataset",
    "log_inferences",
]
