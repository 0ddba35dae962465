"""`Client`: the classic interface over the store on this disk."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from aquarium_tui.client import checks
from aquarium_tui.client.class_map import LabelClassMap
from aquarium_tui.client.custom_metrics import CustomMetricsDefinition, metric_values
from aquarium_tui.client.describing import describe_dataset, describe_project
from aquarium_tui.client.spool import Inferences, LabeledDataset
from aquarium_tui.client.storing import add_project
from aquarium_tui.errors import NotFoundError
from aquarium_tui.formats.aquarium import read_custom_metrics
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import DETECTION, SEGMENTATION, Dataset, InferenceSet, Project, Provenance
from aquarium_tui.store import Store

_TASKS = {"2D_SEMSEG": SEGMENTATION}
_SOURCE = "aquarium_tui.client"


class Client:
    """Projects, datasets and inference sets, as the hosted product's classic client offered them.

    Everything is stored below `$AQUARIUM_HOME`, else in the platform's data folder; nothing goes over a network.
    Methods raise `UsageError` for what cannot be used, `NotFoundError` for what is not there, `InputError` for
    an upload in which nothing fits, and `StoreError` for what is there already or cannot be written; all of
    them are `Exception`s, and arguments of the wrong type are `TypeError`s or `ValueError`s as well.

    Args:
        api_endpoint: Accepted, and unused.
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, *, api_endpoint: str | None = None, **further: Any) -> None:
        checks.unused("Client", further)
        self.api_endpoint = api_endpoint
        self._store = Store.default()

    def set_credentials(self, **credentials: Any) -> None:
        """Accepted, and unused: there is no server."""

    def create_project(
        self,
        project_id: str,
        label_class_map: LabelClassMap,
        *,
        primary_task: str | None = None,
        custom_metrics: Iterable[CustomMetricsDefinition] | CustomMetricsDefinition | None = None,
        metrics_confidence_threshold: float | None = None,
        metrics_iou_threshold: float | None = None,
        **further: Any,
    ) -> None:
        """Make a project with its class map, its metrics, and the thresholds that a comparison starts with."""
        checks.unused("create_project", further)
        checks.name(project_id, "project_id")
        if not isinstance(label_class_map, LabelClassMap):
            raise checks.RefusedTypeError("label_class_map must be a LabelClassMap.")
        one = isinstance(custom_metrics, CustomMetricsDefinition)
        definitions = [custom_metrics] if one else list(custom_metrics or ())
        sure = Settings().base_confidence if metrics_confidence_threshold is None else metrics_confidence_threshold
        iou = Settings().iou if metrics_iou_threshold is None else metrics_iou_threshold
        project = Project(
            name=project_id,
            task=_TASKS.get(str(primary_task), DETECTION),
            class_map=label_class_map.class_map(),
            settings=Settings(sure, sure, iou),
            metrics=tuple(definition.metric() for definition in definitions),
        )
        add_project(self._store, project)

    def create_dataset(
        self, project_id: str, dataset_id: str, *, dataset: LabeledDataset | None = None, **further: Any
    ) -> None:
        """Store a labelled dataset; every class in it must be in the project's class map."""
        checks.unused("create_dataset", further)
        checks.name(dataset_id, "dataset_id")
        if not isinstance(dataset, LabeledDataset):
            raise checks.RefusedTypeError("dataset must be a LabeledDataset.")
        self._store.refuse_existing(project_id, dataset_id)
        self._store.add_dataset(self._dataset(project_id, dataset_id, dataset))

    def create_inferences(
        self,
        project_id: str,
        dataset_id: str,
        *,
        inferences_id: str,
        inferences: Inferences | None = None,
        **further: Any,
    ) -> None:
        """Store an inference set of a dataset, with the values of its custom metrics."""
        checks.unused("create_inferences", further)
        checks.name(inferences_id, "inferences_id")
        if not isinstance(inferences, Inferences):
            raise checks.RefusedTypeError("inferences must be an Inferences.")
        self._store.refuse_existing(project_id, dataset_id, inferences_id)
        dataset = self._store.load_dataset(project_id, dataset_id)
        checks.known_classes(inferences.classes, _names(dataset.project))
        path = inferences.path()
        metrics, values = metric_values(dataset, read_custom_metrics(path))
        found = inference_set(dataset, inferences_id, path, "aquarium", _nothing)
        self._store.add_inferences(dataset, _from_here(found))
        if metrics:
            self._store.put_metrics(dataset, inferences_id, metrics, values)

    def get_projects(self, **further: Any) -> list[dict[str, Any]]:
        """All projects, each as `get_project` gives it."""
        checks.unused("get_projects", further)
        return [self.get_project(name) for name in self._store.projects()]

    def get_project(self, project_id: str) -> dict[str, Any]:
        """A project: `id`, `primary_task`, `label_class_map`, `custom_metrics`."""
        return describe_project(self._store.project(project_id))

    def project_exists(self, project_id: str) -> bool:
        """Whether there is a project of that name."""
        return project_id in self._store.projects()

    def get_datasets(self, project_id: str, **further: Any) -> list[dict[str, Any]]:
        """All datasets of a project, each as `get_dataset` gives it."""
        checks.unused("get_datasets", further)
        return [self.get_dataset(project_id, name) for name in self._store.datasets(project_id)]

    def get_dataset(self, project_id: str, dataset_id: str) -> dict[str, Any]:
        """A dataset: `id`, `project_id`, `num_frames`, `num_labels`, `created_at`, `inferences`."""
        return describe_dataset(self._store.dataset_card(project_id, dataset_id))

    def dataset_exists(self, project_id: str, dataset_id: str) -> bool:
        """Whether the project, and in it a dataset of that name, is there."""
        return self.project_exists(project_id) and dataset_id in self._store.datasets(project_id)

    def delete_project(self, project_id: str, **further: Any) -> None:
        """Remove a project with all that is in it."""
        checks.unused("delete_project", further)
        self._store.remove(project_id)

    def delete_dataset(self, project_id: str, dataset_id: str, **further: Any) -> None:
        """Remove a dataset with its inference sets."""
        checks.unused("delete_dataset", further)
        self._store.remove(project_id, dataset_id)

    def delete_inferences(self, project_id: str, dataset_id: str, inferences_id: str, **further: Any) -> None:
        """Remove an inference set."""
        checks.unused("delete_inferences", further)
        self._store.remove(project_id, dataset_id, inferences_id)

    def _dataset(self, project_id: str, dataset_id: str, given: LabeledDataset) -> Dataset:
        project = self._store.project(project_id)
        checks.known_classes(given.classes, _names(project))
        here = Path.cwd()
        found = labelled_dataset(
            project, dataset_id, given.path(), _nothing, images=here, format_="aquarium"
        )
        ids = {entry.id: entry.id for entry in found.project.class_map.entries}
        return replace(found, categories=ids, provenance=replace(found.provenance, source=_SOURCE))


def _names(project: Project) -> list[str]:
    return [entry.name for entry in project.class_map.entries]


def _from_here(found: InferenceSet) -> InferenceSet:
    provenance: Provenance = replace(found.provenance, source=_SOURCE)
    return replace(found, provenance=provenance)


def _nothing(_: str) -> None:
    """Hears what is being done."""
