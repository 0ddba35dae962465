"""`Client`: the classic interface, on the local store."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.client import checks
from aquarium_tui.client.class_map import CustomMetricsDefinition, LabelClassMap
from aquarium_tui.client.logs import warn_of
from aquarium_tui.client.spool import SOURCE, Inferences, LabeledDataset
from aquarium_tui.kinds import kind_of, kinds
from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Project
from aquarium_tui.store import DatasetCard, Store
from aquarium_tui.upload import (
    FileOptions,
    UploadMode,
    UploadResult,
    read_dataset,
    read_inferences,
    refuse_existing,
    store_dataset,
    store_inferences,
)


def describe_project(project: Project) -> dict[str, Any]:
    """A project with its class map and metrics."""
    return {
        "id": project.name,
        "primary_task": next(iter(kind_of(project).client_tasks), project.task),
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


class Client:
    """Projects, datasets and inference sets, with the methods of the hosted product's classic client.

    Everything is stored below `$AQUARIUM_HOME`, or else in the platform's data folder. Nothing goes over a
    network. Methods raise `UsageError` for arguments that cannot be used, `NotFoundError` for names that do
    not exist, `InputError` for an upload in which nothing fits, and `StoreError` for names that already exist
    or files that cannot be written. A refused argument raises a `UsageError` that is also a `TypeError` or a
    `ValueError`.

    Args:
        api_endpoint: Accepted and unused.
        further: Arguments of the hosted product that mean nothing here.
    """

    def __init__(self, *, api_endpoint: str | None = None, **further: object) -> None:
        checks.unused("Client", further)
        self.api_endpoint = api_endpoint
        self._store = Store.default()

    def set_credentials(self, **credentials: object) -> None:
        """Accepted and unused: there is no server."""

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
        """Create a project: its class map, its metrics, and the thresholds that a comparison starts with."""
        tasks = {name: kind.task for kind in kinds() for name in kind.client_tasks}
        known = primary_task is None or primary_task in tasks
        checks.unused("create_project", further if known else {"primary_task": primary_task, **further})
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
            task=tasks.get(str(primary_task), kinds()[0].task),
            class_map=label_class_map.class_map(),
            settings=Settings(sure, sure, iou),
            metrics=tuple(definition.metric() for definition in custom_metrics or ()),
        )
        self._store.add_project(project)

    def create_dataset(
        self, project_id: str, dataset_id: str, *, dataset: LabeledDataset | None = None, **further: object
    ) -> UploadResult:
        """Store a labelled dataset; every class in it must be in the project's class map.

        Returns:
            What was stored; its `problems` list what was wrong.
        """
        checks.unused("create_dataset", further)
        checks.name(dataset_id, "dataset_id")
        return self._upload_dataset(project_id, dataset_id, dataset, UploadMode.NEW)

    def create_or_update_dataset(
        self, project_id: str, dataset_id: str, *, dataset: LabeledDataset | None = None, **further: object
    ) -> UploadResult:
        """The same, but if the dataset exists, new frames are added and known ones replaced."""
        if not self.dataset_exists(project_id, dataset_id):
            return self.create_dataset(project_id, dataset_id, dataset=dataset, **further)
        checks.unused("create_dataset", further)
        return self._upload_dataset(project_id, dataset_id, dataset, UploadMode.APPEND)

    def create_inferences(
        self,
        project_id: str,
        dataset_id: str,
        *,
        inferences_id: str,
        inferences: Inferences | None = None,
        **further: object,
    ) -> UploadResult:
        """Store an inference set of a dataset, with the values of its custom metrics.

        Returns:
            What was stored; its `problems` list what was wrong.
        """
        checks.unused("create_inferences", further)
        checks.name(inferences_id, "inferences_id")
        return self._upload_inferences((project_id, dataset_id, inferences_id), inferences, UploadMode.NEW)

    def create_or_update_inferences(
        self,
        project_id: str,
        dataset_id: str,
        *,
        inferences_id: str,
        inferences: Inferences | None = None,
        **further: object,
    ) -> UploadResult:
        """The same, but if the set exists, the inferences of the given frames are replaced."""
        if not self.inferences_exist(project_id, dataset_id, inferences_id):
            return self.create_inferences(
                project_id, dataset_id, inferences_id=inferences_id, inferences=inferences, **further
            )
        checks.unused("create_inferences", further)
        return self._upload_inferences((project_id, dataset_id, inferences_id), inferences, UploadMode.APPEND)

    def get_projects(self, **further: object) -> list[dict[str, Any]]:
        """All projects, each as `get_project` returns it."""
        checks.unused("get_projects", further)
        return [self.get_project(name) for name in self._store.projects()]

    def get_project(self, project_id: str) -> dict[str, Any]:
        """A project: `id`, `primary_task`, `label_class_map`, `custom_metrics`."""
        return describe_project(self._store.project(project_id))

    def project_exists(self, project_id: str) -> bool:
        """Whether there is a project of this name."""
        return project_id in self._store.projects()

    def get_datasets(self, project_id: str, **further: object) -> list[dict[str, Any]]:
        """All datasets of a project, each as `get_dataset` returns it."""
        checks.unused("get_datasets", further)
        return [self.get_dataset(project_id, name) for name in self._store.datasets(project_id)]

    def get_dataset(self, project_id: str, dataset_id: str) -> dict[str, Any]:
        """A dataset: `id`, `project_id`, `num_frames`, `num_labels`, `created_at`, `inferences`."""
        return describe_dataset(self._store.dataset_card(project_id, dataset_id))

    def dataset_exists(self, project_id: str, dataset_id: str) -> bool:
        """Whether the project exists and has a dataset of this name."""
        return self.project_exists(project_id) and dataset_id in self._store.datasets(project_id)

    def inferences_exist(self, project_id: str, dataset_id: str, inferences_id: str) -> bool:
        """Whether the dataset exists and has an inference set of this name."""
        if not self.dataset_exists(project_id, dataset_id):
            return False
        return self._store.dataset_card(project_id, dataset_id).set(inferences_id) is not None

    def delete_project(self, project_id: str, **further: object) -> None:
        """Remove a project with everything in it."""
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

    def _upload_dataset(
        self, project_id: str, dataset_id: str, dataset: object, mode: UploadMode
    ) -> UploadResult:
        refuse_existing(self._store, project_id, dataset_id, "", mode)
        if not isinstance(dataset, LabeledDataset):
            raise checks.RefusedTypeError(f"dataset must be a LabeledDataset, not {type(dataset).__name__}.")
        checks.known_classes(dataset.classes, _names(self._store.project(project_id)))
        found = read_dataset(self._store, project_id, dataset_id, dataset.path(), _options())
        # Inference logs name classes by the ids of the project, whether or not labels use them.
        ids = {entry.id: entry.id for entry in found.project.class_map.entries}
        found = replace(found, categories=ids, provenance=replace(found.provenance, source=SOURCE))
        return _warned(store_dataset(self._store, found, mode=mode))

    def _upload_inferences(
        self, place: tuple[str, str, str], inferences: object, mode: UploadMode
    ) -> UploadResult:
        refuse_existing(self._store, *place, mode)
        if not isinstance(inferences, Inferences):
            raise checks.RefusedTypeError(
                f"inferences must be an Inferences, not {type(inferences).__name__}."
            )
        dataset = self._store.load_dataset(*place[:2])
        checks.known_classes(inferences.classes, _names(dataset.project))
        found = read_inferences(dataset, place[2], inferences.path(), _options())
        found = replace(found, provenance=replace(found.provenance, source=SOURCE))
        # A frame that was added without inferences is one in which the model found nothing.
        named = np.array([id_ in inferences.frames for id_ in dataset.frames.id])
        return _warned(store_inferences(self._store, dataset, found, mode=mode, named=named))


def _warned(result: UploadResult) -> UploadResult:
    """The result, once its problems are warned of."""
    warn_of(result.problems)
    return result


def _options() -> FileOptions:
    """Records of this client, whose relative paths start in the working directory."""
    return FileOptions(images=Path.cwd(), format="aquarium")


def _names(project: Project) -> list[str]:
    return [entry.name for entry in project.class_map.entries]
