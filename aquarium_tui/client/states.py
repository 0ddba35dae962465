"""What is in the store, and that it is processed: the questions that old scripts ask in a loop."""

from typing import Any

from aquarium_tui.model.tables import Provenance
from aquarium_tui.store import Store

_DONE = ("DONE", 100.0)
"""The state of everything that is stored, and how much of it is done, in per cent."""


class ProcessStates:
    """Answers of a client on what is there. Uploads are done when they return, so nothing is ever pending."""

    _store: Store

    def project_exists(self, project_id: str) -> bool:
        """Whether there is a project of this name."""
        return project_id in self._store.projects()

    def dataset_exists(self, project_id: str, dataset_id: str) -> bool:
        """Whether the project exists and has a dataset of this name."""
        return self.project_exists(project_id) and dataset_id in self._store.datasets(project_id)

    def inferences_exist(self, project_id: str, dataset_id: str, inferences_id: str) -> bool:
        """Whether the dataset exists and has an inference set of this name."""
        if not self.dataset_exists(project_id, dataset_id):
            return False
        return self._store.dataset_card(project_id, dataset_id).set(inferences_id) is not None

    def inferences_exists(self, project_id: str, dataset_id: str, inferences_id: str) -> bool:
        """The same as `inferences_exist`."""
        return self.inferences_exist(project_id, dataset_id, inferences_id)

    def is_dataset_processed(self, project_id: str, dataset_id: str) -> bool:
        """Whether the dataset is there: it is processed once it is stored."""
        return self.dataset_exists(project_id, dataset_id)

    def is_dataset_archived(self, project_id: str, dataset_id: str) -> bool:
        """False: datasets are not archived here."""
        self._store.dataset_folder(project_id, dataset_id)
        return False

    def is_inferences_processed(self, project_id: str, dataset_id: str, inferences_id: str) -> bool:
        """Whether the inference set is there."""
        return self.inferences_exist(project_id, dataset_id, inferences_id)

    def current_dataset_process_state(self, project_id: str, dataset_id: str) -> tuple[str, float]:
        """That a dataset is done."""
        self._store.dataset_folder(project_id, dataset_id)
        return _DONE

    def current_abstract_dataset_process_step_status(
        self, project_id: str, dataset_id: str
    ) -> dict[str, Any]:
        """That a dataset, or an inference set, is done."""
        del project_id, dataset_id
        return {"process_step_statuses": {"normalize": {"status": _DONE[0]}}}

    @staticmethod
    def parse_normalize_process_step_status(process_step_status_payload: dict[str, Any]) -> str:
        """The state in what `current_abstract_dataset_process_step_status` returns."""
        return str(process_step_status_payload["process_step_statuses"]["normalize"]["status"])

    def current_inferences_process_state(
        self, project_id: str, dataset_id: str, inferences_id: str
    ) -> tuple[str, float]:
        """That an inference set is done."""
        self._store.load_inferences(project_id, dataset_id, inferences_id)
        return _DONE

    def get_dataset_ingest_error_logs(self, project_id: str, dataset_id: str) -> list[dict[str, Any]]:
        """What was wrong with a dataset when it was uploaded."""
        return _problems(self._store.dataset_card(project_id, dataset_id).provenance)

    def get_inferences_ingest_error_logs(
        self, project_id: str, dataset_id: str, inferences_id: str
    ) -> list[dict[str, Any]]:
        """What was wrong with an inference set when it was uploaded."""
        return _problems(self._store.load_inferences(project_id, dataset_id, inferences_id).provenance)


def _problems(provenance: Provenance) -> list[dict[str, Any]]:
    return [{"message": problem.sentence(), "count": problem.count} for problem in provenance.problems]
