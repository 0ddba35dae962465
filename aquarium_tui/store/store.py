"""The store: projects, their datasets, their inference sets, each found by name."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aquarium_tui.errors import NotFoundError, StoreError
from aquarium_tui.model.metrics import Metric, MetricValues
from aquarium_tui.model.names import check_name
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from aquarium_tui.store import documents, folders, plain_arrays
from aquarium_tui.store.atomic import arrival, locked, remove_tree, restore
from aquarium_tui.store.cards import DatasetCard, dataset_card, set_card
from aquarium_tui.store.mask_table import load_masks
from aquarium_tui.store.metric_table import NAME as METRICS
from aquarium_tui.store.metric_table import read_metrics, write_metrics


@dataclass(frozen=True)
class Store:
    """Everything that was uploaded, below one folder.

    Every method that takes names raises `UsageError` for an invalid name, `NotFoundError` for one that is not
    in the store, and `StoreError` for what is damaged or cannot be written.

    Attributes:
        root: The folder; it need not exist yet.
    """

    root: Path

    @classmethod
    def default(cls) -> "Store":
        """The store at `$AQUARIUM_HOME`, else in the user's data folder of this platform."""
        home = os.environ.get("AQUARIUM_HOME")
        if home:
            return cls(Path(home).expanduser())
        from platformdirs import user_data_path

        return cls(user_data_path("aquarium-tui"))

    def projects(self) -> list[str]:
        """Names of the projects, sorted."""
        return _names(self.root / "projects", "project.json")

    def project(self, name: str) -> Project:
        """One project."""
        return documents.project_of(name, self._project_folder(name) / "project.json")

    def datasets(self, project: str) -> list[str]:
        """Names of a project's datasets, sorted."""
        return _names(self._project_folder(project), "dataset.json")

    def dataset_folder(self, project: str, dataset: str) -> Path:
        """The folder of a dataset; it holds `segments/`, `reviews/` and `cache/`."""
        folder = self._project_folder(project) / check_name(dataset, "dataset")
        if not _is_there(folder / "dataset.json"):
            hint = _known(f"Datasets of {project}", self.datasets(project))
            raise NotFoundError(f"There is no dataset {project}/{dataset}.", hint)
        return folder

    def dataset_card(self, project: str, dataset: str) -> DatasetCard:
        """Counts, dates and problems of a dataset and its inference sets, without opening a table."""
        folder = self.dataset_folder(project, dataset)
        sets = folder / "inferences"
        return dataset_card(
            project, folder, {id_: sets / id_ / "set.json" for id_ in _names(sets, "set.json")}
        )

    def load_dataset(self, project: str, dataset: str) -> Dataset:
        """A dataset with its frames and labels."""
        folder = self.dataset_folder(project, dataset)
        path = folder / "dataset.json"
        document = documents.read(path)
        owner = self.project(project)
        with documents.sound(path):
            provenance = documents.provenance_of(document)
            categories = {int(file): int(own) for file, own in document["categories"].items()}
            images = str(document["images"])
        key = provenance.fingerprint
        frames = plain_arrays.load_frames(folder, key)
        cache = folder / "cache" / "labels"
        labels = plain_arrays.load_objects(folder / "labels.parquet", cache, key, frames, owner)
        masks = load_masks(folder, document, path, frames)
        return Dataset(owner, dataset, frames, labels, images, categories, provenance, masks)

    def load_inferences(self, project: str, dataset: str, id_: str) -> InferenceSet:
        """An inference set of a dataset."""
        folder = self._set_folder(project, dataset, id_)
        card = set_card(id_, folder / "set.json")
        owner = self.dataset_folder(project, dataset)
        of_frames = self.dataset_card(project, dataset).provenance.fingerprint
        frames = plain_arrays.load_frames(owner, of_frames)
        key = of_frames + card.provenance.fingerprint
        cache = _set_cache(owner, id_)
        table, own = folder / "inferences.parquet", self.project(project)
        objects = plain_arrays.load_objects(table, cache, key, frames, own)
        path = folder / "set.json"
        masks = load_masks(folder, documents.read(path), path, frames)
        metrics = read_metrics(folder / METRICS, own.metrics, frames, own.class_map)
        return InferenceSet(id_, objects, card.provenance, masks, metrics)

    def refuse_existing(self, project: str, dataset: str, inferences: str | None = None) -> None:
        """Raise `StoreError` if a dataset, or an inference set of one, already exists."""
        place = self._project_path(project) / check_name(dataset, "dataset")
        if inferences is None:
            _refuse_existing(place, "dataset", f"{project}/{dataset}")
        else:
            place = place / "inferences" / check_name(inferences, "inference set")
            _refuse_existing(place, "inference set", f"{project}/{dataset}/{inferences}")

    def add_dataset(self, dataset: Dataset) -> None:
        """Store a new dataset, and its project too if that is new.

        The class map of a project that exists may only have grown since it was read.
        """
        project = dataset.project
        target = self._project_path(project.name)
        check_name(dataset.name, "dataset")
        restore(target)
        if not (target / "project.json").exists():
            with arrival(target) as folder:
                folders.write_project(folder, project)
                (folder / dataset.name).mkdir()
                folders.write_dataset(folder / dataset.name, dataset)
            return
        with locked(target):
            self.refuse_existing(project.name, dataset.name)
            folders.extend_project(target / "project.json", project)
            with arrival(target / dataset.name) as folder:
                folders.write_dataset(folder, dataset)

    def add_project(self, project: Project) -> None:
        """Store a new project without datasets."""
        target = self._project_path(project.name)
        if target.exists():
            hint = f"Remove it with `aquarium-tui rm {project.name}`, or choose another name."
            raise StoreError(f"Project {project.name} already exists.", hint)
        with arrival(target) as folder:
            folders.write_project(folder, project)

    def put_dataset(self, dataset: Dataset, sets: Sequence[InferenceSet] = ()) -> None:
        """Replace a dataset; its segments and reviews stay.

        Args:
            dataset: Its new state; the class map of its project may only have grown.
            sets: The new states of inference sets. The other sets stay as they are, so the new state of the
                dataset must begin with all frames of the old one, in their order.
        """
        target = self.dataset_folder(dataset.project.name, dataset.name)
        anew = {one.id for one in sets}
        with locked(target.parent):
            folders.extend_project(target.parent / "project.json", dataset.project)
            with arrival(target, replaces=True) as folder:
                folders.write_dataset(folder, dataset)
                for name in ("segments", "reviews"):
                    folders.link(target / name, folder / name)
                for place in (target / "inferences").glob("*/"):
                    if place.name not in anew and not place.name.startswith("."):
                        folders.link(place, folder / "inferences" / place.name)
                for one in sets:
                    (folder / "inferences" / one.id).mkdir(parents=True)
                    folders.write_inferences(folder / "inferences" / one.id, one, dataset)

    def add_inferences(self, dataset: Dataset, inferences: InferenceSet) -> None:
        """Store a new inference set of a dataset that is in the store, and declare its metrics."""
        self.refuse_existing(dataset.project.name, dataset.name, inferences.id)
        self._store_inferences(dataset, inferences, replaces=False)

    def put_inferences(self, dataset: Dataset, inferences: InferenceSet) -> None:
        """Replace the inference set of the same name, and declare its metrics."""
        self._set_folder(dataset.project.name, dataset.name, inferences.id)
        self._store_inferences(dataset, inferences, replaces=True)
        self._forget(dataset.project.name, dataset.name, inferences.id)

    def _store_inferences(self, dataset: Dataset, inferences: InferenceSet, replaces: bool) -> None:
        owner = self.dataset_folder(dataset.project.name, dataset.name)
        target = owner / "inferences" / check_name(inferences.id, "inference set")
        with locked(owner.parent):
            project = owner.parent / "project.json"
            folders.declare_metrics(project, dataset.project.name, inferences.declared)
            with arrival(target, replaces=replaces) as folder:
                folders.write_inferences(folder, inferences, dataset)

    def put_metrics(
        self, dataset: Dataset, inferences: str, metrics: Sequence[Metric], values: Mapping[str, MetricValues]
    ) -> None:
        """Declare metrics on the project, and add their values to those that the set already has.

        Raises:
            StoreError: A metric of the same name is declared differently.
        """
        project, name = dataset.project.name, dataset.name
        place = self._set_folder(project, name, inferences) / METRICS
        folder = self._project_folder(project)
        with locked(folder):
            declared = folders.declare_metrics(folder / "project.json", project, metrics)
            classes = declared.class_map
            kept = read_metrics(place, declared.metrics, dataset.frames, classes)
            write_metrics(place, {**kept, **values}, dataset.frames, classes)

    def set_cache(self, project: str, dataset: str, what: str, ids: Iterable[str]) -> Path:
        """The folder that keeps what was made of one or two sets, such as `pairs`, in any order."""
        return self.dataset_folder(project, dataset) / "cache" / what / "+".join(sorted(ids))

    def remove(self, project: str, dataset: str | None = None, inferences: str | None = None) -> None:
        """Remove a project, one of its datasets, or one inference set of a dataset."""
        if dataset is None:
            remove_tree(self._project_folder(project))
        elif inferences is None:
            remove_tree(self.dataset_folder(project, dataset))
        else:
            remove_tree(self._set_folder(project, dataset, inferences))
            self._forget(project, dataset, inferences)

    def _forget(self, project: str, dataset: str, inferences: str) -> None:
        """Delete what was computed from a set."""
        for cache in _set_caches(self.dataset_folder(project, dataset), inferences):
            shutil.rmtree(cache, ignore_errors=True)

    def _project_path(self, project: str) -> Path:
        return self.root / "projects" / check_name(project, "project")

    def _project_folder(self, project: str) -> Path:
        folder = self._project_path(project)
        if not (folder / "project.json").is_file():
            raise NotFoundError(f"There is no project {project}.", _known("Projects", self.projects()))
        return folder

    def _set_folder(self, project: str, dataset: str, id_: str) -> Path:
        sets = self.dataset_folder(project, dataset) / "inferences"
        folder = sets / check_name(id_, "inference set")
        if not _is_there(folder / "set.json"):
            hint = _known("Inference sets", _names(sets, "set.json"))
            raise NotFoundError(f"There is no inference set {id_} of {project}/{dataset}.", hint)
        return folder


def _is_there(marker: Path) -> bool:
    """Whether a folder has its JSON file, once `restore` has brought back what a dead process moved away."""
    if not marker.is_file():
        restore(marker.parent.parent)
    return marker.is_file()


def _names(folder: Path, marker: str) -> list[str]:
    restore(folder)
    return sorted(p.parent.name for p in folder.glob(f"*/{marker}") if not p.parent.name.startswith("."))


def _known(what: str, names: Sequence[str]) -> str:
    return f"{what}: {', '.join(names) or 'none yet; `aquarium-tui upload --help` says how to add one'}."


def _set_cache(dataset_folder: Path, id_: str) -> Path:
    return dataset_folder / "cache" / "inferences" / id_


def _set_caches(dataset_folder: Path, id_: str) -> Iterator[Path]:
    """All caches that hold something of a set."""
    yield from (p for p in (dataset_folder / "cache").glob("*/*") if id_ in p.name.split("+"))


def _refuse_existing(target: Path, what: str, name: str) -> None:
    if target.exists():
        hint = f"Update it with --replace or --append, or remove it with `aquarium-tui rm {name}`."
        raise StoreError(f"{what.capitalize()} {name} already exists.", hint)
