"""`Client`: the classic interface, on the local store."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from aquarium_tui.client import checks
from aquarium_tui.client.class_map import ClassMapUpdateEntry, CustomMetricsDefinition, LabelClassMap
from aquarium_tui.client.frames import InferencesFrame, LabeledFrame, UpdateGTLabelSet
from aquarium_tui.client.logs import warn_of
from aquarium_tui.client.managers import IssueManager, MetricsManager, WorkQueueManager
from aquarium_tui.client.spool import SOURCE, Inferences, LabeledDataset, UnlabeledDataset
from aquarium_tui.client.stored import ProcessStates, preview, stored_frame, without_frames
from aquarium_tui.errors import NotFoundError
from aquarium_tui.kinds import kind_of, kinds
from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Project, Provenance
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


class Client(ProcessStates):
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

    def set_credentials(
        self,
        *,
        token: str | None = None,
        app_id: str | None = None,
        app_key: str | None = None,
        api_key: str | None = None,
        **credentials: object,
    ) -> None:
        """Accepted and unused: there is no server."""

    def get_issue_manager(self, project_id: str) -> IssueManager:
        """The issues of a project, which are its segments."""
        return IssueManager(self, project_id)

    def get_metrics_manager(self, project_id: str) -> MetricsManager:
        """The figures of a project."""
        return MetricsManager(self, project_id)

    def get_work_queue_manager(self, project_id: str) -> WorkQueueManager:
        """The work queues of a project: none."""
        return WorkQueueManager(self, project_id)

    def preview_frame(
        self, project_id: str, labeled_frame: LabeledFrame, inference_frame: InferencesFrame | None = None
    ) -> Path:
        """Draw a frame with its labels and inferences, without storing it; prints and returns the path."""
        path = preview(self._store.project(project_id), labeled_frame, inference_frame)
        print(path)  # noqa: T201
        return path

    def update_project_metadata(self, project_id: str, external_metadata: object) -> None:
        """Has no effect: metadata of projects is not kept."""
        self._store.project(project_id)
        checks.unused("update_project_metadata", {"external_metadata": external_metadata})

    def update_label_class_map_colors(
        self, project_id: str, changed_label_classes: Iterable[ClassMapUpdateEntry]
    ) -> None:
        """Give classes of a project other colours."""
        class_map = self._store.project(project_id).class_map
        for entry in changed_label_classes:
            class_map = entry.changed(class_map)
        self._store.put_colors(project_id, class_map)

    def create_project(
        self,
        project_id: str,
        label_class_map: LabelClassMap,
        primary_task: str | None = None,
        secondary_labels: object = None,
        frame_links: object = None,
        label_links: object = None,
        default_camera_target: object = None,
        default_camera_position: object = None,
        custom_metrics: Iterable[CustomMetricsDefinition] | CustomMetricsDefinition | None = None,
        max_shown_categories: int | None = None,
        stratified_metrics: object = None,
        include_no_gt: bool | None = None,
        metrics_confidence_threshold: float | None = None,
        metrics_iou_threshold: float | None = None,
        external_metadata: object = None,
        binary_classification_negative_class: str | None = None,
        **further: object,
    ) -> None:
        """Create a project: its class map, its metrics, and the thresholds that a comparison starts with."""
        tasks = {name: kind.task for kind in kinds() for name in kind.client_tasks}
        known = primary_task is None or primary_task in tasks
        further |= {
            "secondary_labels": secondary_labels,
            "frame_links": frame_links,
            "label_links": label_links,
            "default_camera_target": default_camera_target,
            "default_camera_position": default_camera_position,
            "max_shown_categories": max_shown_categories,
            "stratified_metrics": stratified_metrics,
            "include_no_gt": include_no_gt,
            "external_metadata": external_metadata,
            "binary_classification_negative_class": binary_classification_negative_class,
        }
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
        self,
        project_id: str,
        dataset_id: str,
        data_url: object = None,
        embeddings_url: object = None,
        dataset: LabeledDataset | None = None,
        **further: object,
    ) -> UploadResult:
        """Store a labelled dataset; every class in it must be in the project's class map.

        Returns:
            What was stored; its `problems` list what was wrong.
        """
        checks.unused("create_dataset", {"embeddings_url": embeddings_url, **further})
        _refuse_urls(data_url, "dataset")
        checks.name(dataset_id, "dataset_id")
        return self._upload_dataset(project_id, dataset_id, dataset, UploadMode.NEW)

    def create_or_update_dataset(
        self,
        project_id: str,
        dataset_id: str,
        data_url: object = None,
        embeddings_url: object = None,
        dataset: LabeledDataset | None = None,
        **further: object,
    ) -> UploadResult:
        """The same, but if the dataset exists, new frames are added and known ones replaced."""
        if not self.dataset_exists(project_id, dataset_id):
            return self.create_dataset(
                project_id, dataset_id, data_url, embeddings_url, dataset=dataset, **further
            )
        checks.unused("create_dataset", {"embeddings_url": embeddings_url, **further})
        _refuse_urls(data_url, "dataset")
        return self._upload_dataset(project_id, dataset_id, dataset, UploadMode.APPEND)

    def create_inferences(
        self,
        project_id: str,
        dataset_id: str,
        inferences_id: str,
        data_url: object = None,
        embeddings_url: object = None,
        inferences: Inferences | None = None,
        **further: object,
    ) -> UploadResult:
        """Store an inference set of a dataset, with the values of its custom metrics.

        Returns:
            What was stored; its `problems` list what was wrong.
        """
        checks.unused("create_inferences", {"embeddings_url": embeddings_url, **further})
        _refuse_urls(data_url, "inferences")
        checks.name(inferences_id, "inferences_id")
        return self._upload_inferences((project_id, dataset_id, inferences_id), inferences, UploadMode.NEW)

    def create_or_update_inferences(
        self,
        project_id: str,
        dataset_id: str,
        inferences_id: str,
        data_url: object = None,
        embeddings_url: object = None,
        inferences: Inferences | None = None,
        **further: object,
    ) -> UploadResult:
        """The same, but if the set exists, the inferences of the given frames are replaced."""
        if not self.inferences_exist(project_id, dataset_id, inferences_id):
            return self.create_inferences(
                project_id,
                dataset_id,
                inferences_id,
                data_url,
                embeddings_url,
                inferences=inferences,
                **further,
            )
        checks.unused("create_inferences", {"embeddings_url": embeddings_url, **further})
        _refuse_urls(data_url, "inferences")
        return self._upload_inferences((project_id, dataset_id, inferences_id), inferences, UploadMode.APPEND)

    def get_projects(self, **further: object) -> list[dict[str, Any]]:
        """All projects, each as `get_project` returns it."""
        checks.unused("get_projects", further)
        return [self.get_project(name) for name in self._store.projects()]

    def get_project(self, project_id: str) -> dict[str, Any]:
        """A project: `id`, `primary_task`, `label_class_map`, `custom_metrics`."""
        return describe_project(self._store.project(project_id))

    def get_datasets(self, project_id: str, **further: object) -> list[dict[str, Any]]:
        """All datasets of a project, each as `get_dataset` returns it."""
        checks.unused("get_datasets", further)
        return [self.get_dataset(project_id, name) for name in self._store.datasets(project_id)]

    def get_dataset(self, project_id: str, dataset_id: str) -> dict[str, Any]:
        """A dataset: `id`, `project_id`, `num_frames`, `num_labels`, `created_at`, `inferences`."""
        return describe_dataset(self._store.dataset_card(project_id, dataset_id))

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

    def upload_asset_from_filepath(self, project_id: str, dataset_id: str, filepath: str) -> str:
        """The absolute path: files stay where they are."""
        del project_id, dataset_id
        return str(Path(filepath).absolute())

    def upload_asset_from_url(self, project_id: str, dataset_id: str, source_url: str) -> str:
        """The URL itself: files stay where they are."""
        del project_id, dataset_id
        return source_url

    def add_to_streaming_dataset(
        self,
        project_id: str,
        dataset_id: str,
        dataset: LabeledDataset | None = None,
        **further: object,
    ) -> UploadResult:
        """The same as `create_or_update_dataset`."""
        return self.create_or_update_dataset(project_id, dataset_id, dataset=dataset, **further)

    def update_dataset_frames(
        self, project_id: str, dataset_id: str, update: Iterable[LabeledFrame], upload_version: object = None
    ) -> UploadResult:
        """Replace frames of a dataset by these."""
        del upload_version
        return self._put_frames(project_id, dataset_id, update)

    def update_dataset_labels(
        self,
        project_id: str,
        dataset_id: str,
        update: Iterable[UpdateGTLabelSet],
        upload_version: object = None,
    ) -> UploadResult:
        """Add labels to frames of a dataset; those with the id of a known one take its place."""
        del upload_version
        changes = list(update)
        frames = self.get_frames(project_id, dataset_id, [each.frame_id for each in changes])
        for change in changes:
            records = frames[change.frame_id].objects.records
            new = set(change.objects.ids)
            kept = [] if change.is_snapshot else [each for each in records if each["uuid"] not in new]
            records[:] = [*kept, *change.objects.records]
        return self._put_frames(project_id, dataset_id, frames.values())

    def update_inference_labels(
        self, project_id: str, dataset_id: str, update: object, upload_version: object = None
    ) -> None:
        """Has no effect: upload the inferences of these frames with `create_or_update_inferences`."""
        del project_id, dataset_id
        checks.unused("update_inference_labels", {"update": update, "upload_version": upload_version})

    def update_dataset_metadata(self, project_id: str, dataset_id: str, external_metadata: object) -> None:
        """Has no effect: metadata of datasets is not kept."""
        self._store.dataset_folder(project_id, dataset_id)
        checks.unused("update_dataset_metadata", {"external_metadata": external_metadata})

    def update_inferences_metadata(
        self, project_id: str, inferences_id: str, external_metadata: object
    ) -> None:
        """Has no effect: metadata of inference sets is not kept."""
        del project_id, inferences_id
        checks.unused("update_inferences_metadata", {"external_metadata": external_metadata})

    def get_frame_ids(self, project_id: str, dataset_id: str) -> list[str]:
        """The ids of all frames of a dataset."""
        return [str(id_) for id_ in self._store.load_dataset(project_id, dataset_id).frames.id]

    def get_frame(self, project_id: str, dataset_id: str, frame_id: str) -> LabeledFrame:
        """A frame of a dataset with its labels."""
        return self.get_frames(project_id, dataset_id, [frame_id])[frame_id]

    def get_frames(
        self, project_id: str, dataset_id: str, frame_ids: Iterable[str]
    ) -> dict[str, LabeledFrame]:
        """Frames of a dataset with their labels, by id."""
        dataset = self._store.load_dataset(project_id, dataset_id)
        rows = dataset.frames.row_by_id
        wanted = list(frame_ids)
        if strange := [id_ for id_ in wanted if id_ not in rows]:
            raise NotFoundError(f"There is no frame {visible(str(strange[0]))} in {project_id}/{dataset_id}.")
        return {id_: stored_frame(dataset, rows[id_]) for id_ in wanted}

    def update_frames_metadata(
        self, project_id: str, dataset_id: str, frame_metadata_updates: Mapping[str, Mapping[str, Any]]
    ) -> UploadResult:
        """Change metadata of frames, by frame id and key."""
        frames = self.get_frames(project_id, dataset_id, frame_metadata_updates)
        for id_, changes in frame_metadata_updates.items():
            for key, value in changes.items():
                frames[id_].add_stored_metadata(key, value)
        return self._put_frames(project_id, dataset_id, frames.values())

    def update_dataset_object_metadata_schema(
        self, project_id: str, dataset_id: str, object_metadata_fields: object
    ) -> None:
        """Has no effect: attributes of labels are known by the values they have."""
        self._store.dataset_folder(project_id, dataset_id)
        told = {"object_metadata_fields": object_metadata_fields}
        checks.unused("update_dataset_object_metadata_schema", told)

    def get_dataset_object_metadata_schema(self, project_id: str, dataset_id: str) -> list[dict[str, str]]:
        """The attributes of labels that a dataset has."""
        labels = self._store.load_dataset(project_id, dataset_id).labels
        return [{"name": name} for name in labels.attributes]

    def _put_frames(self, project_id: str, dataset_id: str, frames: Iterable[LabeledFrame]) -> UploadResult:
        changed = LabeledDataset()
        for frame in frames:
            changed.add_frame(frame)
        return self._upload_dataset(project_id, dataset_id, changed, UploadMode.APPEND)

    def _upload_dataset(
        self, project_id: str, dataset_id: str, dataset: object, mode: UploadMode
    ) -> UploadResult:
        refuse_existing(self._store, project_id, dataset_id, "", mode)
        if not isinstance(dataset, LabeledDataset):
            raise checks.RefusedTypeError(f"dataset must be a LabeledDataset, not {type(dataset).__name__}.")
        if isinstance(dataset, UnlabeledDataset):
            return _skipped(project_id, dataset_id, dataset)
        lost = without_frames(self._store, project_id, dataset_id, dataset.deleted) if dataset.deleted else 0
        if lost and not dataset.frames:
            note = f"{counted(lost, 'frame')} deleted"
            return UploadResult(project_id, dataset_id, notes=(note,), existed=True)
        checks.known_classes(dataset.classes, _names(self._store.project(project_id)))
        found = read_dataset(self._store, project_id, dataset_id, dataset.path(), _options())
        # Inference logs name classes by the ids of the project, whether or not labels use them.
        ids = {entry.id: entry.id for entry in found.project.class_map.entries}
        found = replace(found, categories=ids, provenance=_told(found.provenance, dataset.omitted))
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
        found = replace(found, provenance=_told(found.provenance, inferences.omitted))
        # A frame that was added without inferences is one in which the model found nothing.
        named = np.array([id_ in inferences.frames | inferences.deleted for id_ in dataset.frames.id])
        return _warned(store_inferences(self._store, dataset, found, mode=mode, named=named))


def _refuse_urls(data_url: object, what: str) -> None:
    """Make sure that data comes as objects of this module.

    Raises:
        UsageError: It comes as files by URL.
    """
    if data_url is not None:
        raise checks.RefusedValueError(
            f"data_url cannot be used: pass {what}=.",
            "`aquarium-tui upload --format aquarium` reads such files.",
        )


def _told(provenance: Provenance, omitted: Mapping[str, int]) -> Provenance:
    """The provenance of what came from Python, with what was left out of its frames."""
    problems = tuple(Problem(what, count, "left out", (), _NOT_SHOWN) for what, count in omitted.items())
    return replace(provenance, source=SOURCE, problems=(*provenance.problems, *problems))


_NOT_SHOWN = "this program does not show them"


def _skipped(project: str, dataset: str, frames: UnlabeledDataset) -> UploadResult:
    """Nothing stored: frames without labels have nothing to compare."""
    kind = "frames of an unlabeled dataset"
    problem = Problem(kind, len(frames.frames), "left out", (), _NOT_SHOWN)
    return _warned(UploadResult(project, dataset, problems=(problem,)))


def _warned(result: UploadResult) -> UploadResult:
    """The result, once its problems are warned of."""
    warn_of(result.problems)
    return result


def _options() -> FileOptions:
    """Records of this client, whose relative paths start in the working directory."""
    return FileOptions(images=Path.cwd(), format="aquarium")


def _names(project: Project) -> list[str]:
    return [entry.name for entry in project.class_map.entries]
