"""`Client`: the classic interface over the store on this disk."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.client import checks
from aquarium_tui.client.class_map import CustomMetricsDefinition, LabelClassMap
from aquarium_tui.client.spool import Inferences, LabeledDataset
from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.ingest.merge import merged_dataset, merged_inferences
from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import CLASSIFICATION, DETECTION, SEGMENTATION, Dataset, InferenceSet, Project
from aquarium_tui.store import DatasetCard, Store

TASKS = {
    "2D_OBJECT_DETECTION": DETECTION,
    "2D_SEMSEG": SEGMENTATION,
    "CLASSIFICATION": CLASSIFICATION,
    "BINARY_CLASSIFICATION": CLASSIFICATION,
}
"""Tasks by what the hosted product called them."""


def describe_project(project: Project) -> dict[str, Any]:
    """A project with its class map and metrics."""
    return {
        "id": project.name,
        "primary_task": next(name for name, task in TASKS.items() if task == project.task),
        "label_class_map": [_described(entry) for entry in project.class_map.entries],
        "custom_metrics": [{"name": m.name, "metrics_type": str(m.kind)} for m in project.metrics],
    }


def _described(entry: ClassEntry) -> dict[str, Any]:
    return {"class_id" if key == "id" else key: value for key, value in asdict(entry).items()}


def describe_dataset(card: DatasetCard) -> dict[str, Any]:
    """A dataset with counts and the ids of its inference sets."""
    return {
        "id": card.name,
        "project_id": card.project,
        "num_frames": card.frames,
        "num_labels": card.labels,
        "created_at": card.provenance.created,
        "inferences": [one.id for one in card.sets],
    }


_SHOWN = (None, *TASKS)
_SOURCE = "aquarium_tui.client"


class Client:
    """Projects, datasets and inference sets, as the hosted product's classic client offered them.

    Everything is stored below `$AQUARIUM_HOME`, else in the platform's data folder; nothing goes over a
    network. Methods raise `UsageError` for what cannot be used, `NotFoundError` for what is not there,
    `InputError` for an upload in which nothing fits, and `StoreError` for what is there already or cannot be
    written. Arguments that are refused raise a `UsageError` that is a `TypeError` or `ValueError` as well.

    Args:
        api_endpoint: Accepted, and unused.
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, *, api_endpoint: str | None = None, **further: object) -> None:
        checks.unused("Client", further)
        self.api_endpoint = api_endpoint
        self._store = Store.default()

    def set_credentials(self, **credentials: object) -> None:
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
        **further: object,
    ) -> None:
        """Make a project: its class map, its metrics, and the thresholds that a comparison starts with."""
        checks.unused(
            "create_project", further if primary_task in _SHOWN else {"primary_task": primary_task, **further}
        )
        checks.name(project_id, "project_id")
        if not isinstance(label_class_map, LabelClassMap):
            raise checks.RefusedTypeError("label_class_map must be a LabelClassMap.")
        if isinstance(custom_metrics, CustomMetricsDefinition):
            custom_metrics = [custom_metrics]
        usual = Settings()
        sure = usual.base_confidence if metrics_confidence_threshold is None else metrics_confidence_threshold
        iou = usual.iou if metrics_iou_threshold is None else metrics_iou_threshold
        project = Project(
            name=project_id,
            task=TASKS.get(str(primary_task), DETECTION),
            class_map=label_class_map.class_map(),
            settings=Settings(sure, sure, iou),
            metrics=tuple(definition.metric() for definition in custom_metrics or ()),
        )
        self._store.add_project(project)

    def create_dataset(
        self, project_id: str, dataset_id: str, *, dataset: LabeledDataset | None = None, **further: object
    ) -> None:
        """Store a labelled dataset; every class in it must be in the project's class map."""
        checks.unused("create_dataset", further)
        checks.name(dataset_id, "dataset_id")
        self._store.refuse_existing(project_id, dataset_id)
        self._store.add_dataset(self._dataset(project_id, dataset_id, _dataset_of(dataset)))

    def create_or_update_dataset(
        self, project_id: str, dataset_id: str, *, dataset: LabeledDataset | None = None, **further: object
    ) -> None:
        """The same; to a dataset that is there frames are added, and known ones take their new state."""
        if not self.dataset_exists(project_id, dataset_id):
            self.create_dataset(project_id, dataset_id, dataset=dataset, **further)
            return
        checks.unused("create_dataset", further)
        new = self._dataset(project_id, dataset_id, _dataset_of(dataset))
        self._store.put_dataset(merged_dataset(self._store.load_dataset(project_id, dataset_id), new))

    def create_inferences(
        self,
        project_id: str,
        dataset_id: str,
        *,
        inferences_id: str,
        inferences: Inferences | None = None,
        **further: object,
    ) -> None:
        """Store an inference set of a dataset, with the values of its custom metrics."""
        checks.unused("create_inferences", further)
        checks.name(inferences_id, "inferences_id")
        self._store.refuse_existing(project_id, dataset_id, inferences_id)
        dataset = self._store.load_dataset(project_id, dataset_id)
        new = self._inferences(dataset, inferences_id, _inferences_of(inferences))
        self._store.add_inferences(dataset, new)

    def create_or_update_inferences(
        self,
        project_id: str,
        dataset_id: str,
        *,
        inferences_id: str,
        inferences: Inferences | None = None,
        **further: object,
    ) -> None:
        """The same; where the set is there, the frames that are given take their new inferences."""
        given = _inferences_of(inferences)
        if not self.inferences_exist(project_id, dataset_id, inferences_id):
            self.create_inferences(
                project_id, dataset_id, inferences_id=inferences_id, inferences=given, **further
            )
            return
        checks.unused("create_inferences", further)
        dataset = self._store.load_dataset(project_id, dataset_id)
        old = self._store.load_inferences(project_id, dataset_id, inferences_id)
        new = self._inferences(dataset, inferences_id, given)
        covered = np.array([id_ in given.frames for id_ in dataset.frames.id])
        self._store.put_inferences(dataset, merged_inferences(old, new, covered))

    def get_projects(self, **further: object) -> list[dict[str, Any]]:
        """All projects, each as `get_project` gives it."""
        checks.unused("get_projects", further)
        return [self.get_project(name) for name in self._store.projects()]

    def get_project(self, project_id: str) -> dict[str, Any]:
        """A project: `id`, `primary_task`, `label_class_map`, `custom_metrics`."""
        return describe_project(self._store.project(project_id))

    def project_exists(self, project_id: str) -> bool:
        """Whether there is a project of that name."""
        return project_id in self._store.projects()

    def get_datasets(self, project_id: str, **further: object) -> list[dict[str, Any]]:
        """All datasets of a project, each as `get_dataset` gives it."""
        checks.unused("get_datasets", further)
        return [self.get_dataset(project_id, name) for name in self._store.datasets(project_id)]

    def get_dataset(self, project_id: str, dataset_id: str) -> dict[str, Any]:
        """A dataset: `id`, `project_id`, `num_frames`, `num_labels`, `created_at`, `inferences`."""
        return describe_dataset(self._store.dataset_card(project_id, dataset_id))

    def dataset_exists(self, project_id: str, dataset_id: str) -> bool:
        """Whether the project, and in it a dataset of that name, is there."""
        return self.project_exists(project_id) and dataset_id in self._store.datasets(project_id)

    def inferences_exist(self, project_id: str, dataset_id: str, inferences_id: str) -> bool:
        """Whether the dataset, and of it an inference set of that name, is there."""
        if not self.dataset_exists(project_id, dataset_id):
            return False
        return self._store.dataset_card(project_id, dataset_id).set(inferences_id) is not None

    def delete_project(self, project_id: str, **further: object) -> None:
        """Remove a project with all that is in it."""
        checks.unused("delete_project", further)
        self._store.remove(project_id)

    def delete_dataset(self, project_id: str, dataset_id: str, **further: object) -> None:
        """Remove a dataset with its inference sets."""
        checks.unused("delete_dataset", further)
        self._store.remove(project_id, dataset_id)

    def delete_inferences(
        self, project_id: str, dataset_id: str, inferences_id: str, **further: object
    ) -> None:
        """Remove an inference set."""
        checks.unused("delete_inferences", further)
        self._store.remove(project_id, dataset_id, inferences_id)

    def _dataset(self, project_id: str, dataset_id: str, given: LabeledDataset) -> Dataset:
        project = self._store.project(project_id)
        checks.known_classes(given.classes, _names(project))
        found = labelled_dataset(
            project, dataset_id, given.path(), _nothing, images=Path.cwd(), format_="aquarium"
        )
        ids = {entry.id: entry.id for entry in found.project.class_map.entries}
        return replace(found, categories=ids, provenance=replace(found.provenance, source=_SOURCE))

    def _inferences(self, dataset: Dataset, inferences_id: str, given: Inferences) -> InferenceSet:
        checks.known_classes(given.classes, _names(dataset.project))
        path = given.path()
        found = inference_set(dataset, inferences_id, path, "aquarium", _nothing, masks=Path.cwd())
        return replace(found, provenance=replace(found.provenance, source=_SOURCE))


def _dataset_of(given: object) -> LabeledDataset:
    if not isinstance(given, LabeledDataset):
        raise checks.RefusedTypeError(f"dataset must be a LabeledDataset, not {type(given).__name__}.")
    return given


def _inferences_of(given: object) -> Inferences:
    if not isinstance(given, Inferences):
        raise checks.RefusedTypeError(f"inferences must be an Inferences, not {type(given).__name__}.")
    return given


def _names(project: Project) -> list[str]:
    return [entry.name for entry in project.class_map.entries]


def _nothing(_: str) -> None:
    """Hears what is being done."""
