"""What is said of projects and inference sets without a file: settings to start with, and figures of sets."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from aquarium_tui.model.metrics import SetValue
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
    folder = store.dataset_folder(project, dataset)
    path = _set_file(store, project, dataset, id_)
    _put(store, folder.parent, path, documents.set_document(documents.read(path), confidence))


def put_values(store: Store, project: str, dataset: str, id_: str, values: Sequence[SetValue]) -> None:
    """Keep figures of a whole inference set; those of the same name are replaced.

    Raises:
        StoreError: There is no such set, or it cannot be written.
    """
    folder = store.dataset_folder(project, dataset)
    path = _set_file(store, project, dataset, id_)
    document = documents.read(path)
    with documents.sound(path):
        known = {each.name.casefold(): each for each in documents.set_values(document)}
    known |= {each.name.casefold(): each for each in values}
    _put(store, folder.parent, path, documents.values_document(document, [*known.values()]))


def _set_file(store: Store, project: str, dataset: str, id_: str) -> Path:
    store.dataset_card(project, dataset).readable(id_)
    return store.dataset_folder(project, dataset) / "inferences" / id_ / "set.json"


def _put(store: Store, project: Path, path: Path, document: documents.JsonDocument) -> None:
    store.sweep()
    with transaction.locked(project), transaction.change(project) as change:
        change.put(path).write_bytes(documents.encode(document))
