"""Uploads from Python.

The classic interface of the package `aquariumlearning`, for scripts that were written for the hosted
product: `import aquarium_tui.client as al` is all that changes. Beside it `log_dataset` and `log_inferences`
take NumPy arrays frame by frame.
"""

from collections.abc import Iterable

from aquarium_tui.client import checks
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


class CollectionClient(Client):
    """Sampling of unlabeled data, which this program does not do: its methods find nothing."""

    def download_to_file(self, signed_url: str, filelike: object) -> None:
        """Downloads nothing: there is no server."""
        checks.unused("download_to_file", {"signed_url": signed_url, "filelike": filelike})

    def get_unlabeled_results_for_issue(self, **further: object) -> list[object]:
        """None: unlabeled data is not searched."""
        checks.unused("get_unlabeled_results_for_issue", further)
        return []

    def sync_state(self, **further: object) -> None:
        """Does nothing."""
        checks.unused("sync_state", further)

    def sample_probabilities(self, frames: Iterable[object]) -> list[float]:
        """0 for each frame: none is chosen."""
        return [0.0 for _ in frames]

    def save_for_collection(self, **further: object) -> None:
        """Does nothing."""
        checks.unused("save_for_collection", further)
