"""`CollectionClient` of the classic interface."""

from collections.abc import Iterable

from aquarium_tui.client import checks
from aquarium_tui.client.classic import Client


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
