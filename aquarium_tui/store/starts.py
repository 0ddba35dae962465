"""The settings that comparisons start with: a project's, and confidence thresholds of inference sets."""

from dataclasses import replace
from pathlib import Path

from aquarium_tui.errors import NotFoundError
from aquarium_tui.model.settings import SetConfidence, Settings
from aquarium_tui.store import documents, transaction
from aquarium_tui.store.store import Store


def put_settings(store: Store, project: str, settings: Settings) -> None:
    """Have a project start its comparisons with other settings.

    Raises:
        StoreError: There is no such project, or it cannot be written.
    """
    stored = replace(store.project(project), settings=settings)
    folder = store.root / "projects" / project
    _put(store, folder, folder / "project.json", documents.project_document(stored))


def put_confidence(
    store: Store, project: str, dataset: str, id_: str, confidence: SetConfidence | None
) -> None:
    """Have comparisons of an inference set start with thresholds; None leaves them to the project.

    Raises:
        StoreError: There is no such set, or it cannot be written.
    """
    if store.dataset_card(project, dataset).set(id_) is None:
        raise NotFoundError(f"There is no inference set {id_} of {project}/{dataset}.")
    folder = store.dataset_folder(project, dataset)
    path = folder / "inferences" / id_ / "set.json"
    _put(store, folder.parent, path, documents.set_document(documents.read(path), confidence))


def _put(store: Store, project: Path, path: Path, document: documents.JsonDocument) -> None:
    store.sweep()
    with transaction.locked(project), transaction.change(project) as change:
        change.put(path).write_bytes(documents.encode(document))
