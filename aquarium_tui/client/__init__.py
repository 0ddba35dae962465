"""Uploads from Python.

The classic interface of the package `aquariumlearning`, for scripts that were written for the hosted
product: `import aquarium_tui.client as al` is all that changes. Beside it `log_dataset` and `log_inferences`
take NumPy arrays frame by frame.
"""

from aquarium_tui.client.class_map import (
    ClassMapEntry,
    ClassMapUpdateEntry,
    CustomMetricsDefinition,
    LabelClassMap,
    StratifiedMetricsDefinition,
    orig_label_color_list,
    tableau_colors,
    turbo_rgb,
    viridis_rgb,
)
from aquarium_tui.client.classic import Client
from aquarium_tui.client.collection import CollectionClient
from aquarium_tui.client.frames import InferencesFrame, LabeledFrame, UnlabeledFrame, UpdateGTLabelSet
from aquarium_tui.client.logs import DatasetLog, Frame, InferenceLog, log_dataset, log_inferences
from aquarium_tui.client.managers import (
    Issue,
    IssueElement,
    IssueManager,
    MetricsManager,
    WorkQueue,
    WorkQueueElement,
    WorkQueueManager,
)
from aquarium_tui.client.spool import Inferences, LabeledDataset, UnlabeledDataset
from aquarium_tui.errors import UploadWarning

__all__ = [
    "ClassMapEntry",
    "ClassMapUpdateEntry",
    "Client",
    "CollectionClient",
    "CustomMetricsDefinition",
    "DatasetLog",
    "Frame",
    "InferenceLog",
    "Inferences",
    "InferencesFrame",
    "Issue",
    "IssueElement",
    "IssueManager",
    "LabelClassMap",
    "LabeledDataset",
    "LabeledFrame",
    "MetricsManager",
    "StratifiedMetricsDefinition",
    "UnlabeledDataset",
    "UnlabeledFrame",
    "UpdateGTLabelSet",
    "UploadWarning",
    "WorkQueue",
    "WorkQueueElement",
    "WorkQueueManager",
    "log_dataset",
    "log_inferences",
    "orig_label_color_list",
    "tableau_colors",
    "turbo_rgb",
    "viridis_rgb",
]
