"""The store: projects, their datasets, their inference sets, each found by name."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from aquarium_tui.errors import NotFoundError, StoreError
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.metrics import Metric, MetricValues
from aquarium_tui.model.names import check_name, is_name
from aquarium_tui.model.shard import Shard
from aquarium_tui.model.tables import Dataset, InferenceSet, Project
from aquarium_tui.store import documents, folders, measures, plain_arrays, transaction
from aquarium_tui.store.access import names_in, there, writing
from aquarium_tui.store.atomic import arrival, remove_tree, sweep, sync
from aquarium_tui.store.cache import room_for_data
from aquarium_tui.store.documents import DatasetCard, SetCard, dataset_card, set_card
from aquarium_tui.store.tables import (
    MASKS,
    METRICS,
    load_masks,
    read_frames,
    read_objects,
)


@dataclass(frozen=True)
class Store:
    """Everything that was uploaded, below one folder.

    Every method that takes names raises `UsageError` for an invalid name, `NotFoundError` for one that is not
    in the store, and `StoreError` for what is damaged, cannot be read or cannot be written.

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

    @property
    def _projects(self) -> Path:
        return self.root / "projects"

    @property
    def read_only(self) -> bool:
        """Whether the store exists and cannot be written; it can be looked at then, and nothing is kept."""
        return self._projects.exists() and not os.access(self._projects, os.W_OK | os.X_OK)

    def projects(self) -> list[str]:
        """Names of the projects, sorted; damaged ones are among them."""
        return _names(self._projects)

    def sweep(self) -> None:
        """Delete what killed commands left behind; what others are writing stays."""
        with suppress(OSError):
            sweep(self.root)
        transaction.sweep(self._projects)

    def project(self, name: str) -> Project:
        """One project."""
        return documents.project_of(name, self._project_folder(name) / "project.json")

    def datasets(self, project: str) -> list[str]:
        """Names of a project's datasets, sorted; damaged ones are among them."""
        return _names(self._project_folder(project))

    def dataset_folder(self, project: str, dataset: str) -> Path:
        """The folder of a dataset; it holds `segments/`, `reviews/` and `cache/`."""
        folder = self._project_folder(project) / check_name(dataset, "dataset")
        if not there(folder):
            hint = _known(f"Datasets of {project}", self.datasets(project))
            raise NotFoundError(f"There is no dataset {project}/{dataset}.", hint)
        return folder

    def dataset_card(self, project: str, dataset: str) -> DatasetCard:
        """Counts, dates and problems of a dataset and its inference sets, without opening a table."""
        folder = self.dataset_folder(project, dataset)
        sets = folder / "inferences"
        return dataset_card(project, folder, {id_: sets / id_ / "set.json" for id_ in _names(sets)})

    def load_dataset(self, project: str, dataset: str) -> Dataset:
        """A dataset with its frames and labels."""
        folder = self.dataset_folder(project, dataset)
        path = folder / "dataset.json"
        document = documents.read(path)
        owner = self.project(project)
        with documents.sound(path):
            provenance = documents.provenance_of(document)
            categories = {int(file): int(own) for file, own in document["categories"].items()}
            images, group_by = str(document["images"]), str(document.get("group_by", ""))
        frames = plain_arrays.load_frames(folder, document)
        table, cache = folder / "labels.parquet", folder / "cache" / "labels"
        labels = plain_arrays.load_objects(
            table,
            document,
            cache=cache,
            of_frames=provenance.fingerprint,
            frames=frames,
            project=owner,
        )
        folders.check_hash(folder / MASKS, document)
        masks = load_masks(folder, document, path, frames)
        return Dataset(owner, dataset, frames, labels, images, categories, provenance, masks, group_by)

    def load_labels_before(self, project: str, dataset: str) -> Dataset:
        """A dataset as it was before its labels were replaced; a `NotFoundError` if they never were."""
        folder = self.dataset_folder(project, dataset) / folders.PREVIOUS
        if not there(folder):
            raise NotFoundError(
                f"The labels of {project}/{dataset} were never replaced.",
                "Upload corrected ones with `aquarium-tui upload … --labels FILE --replace`.",
            )
        path, owner = folder / "dataset.json", self.project(project)
        document = documents.read(path)
        with documents.sound(path):
            provenance = documents.provenance_of(document)
            images, group_by = str(document["images"]), str(document.get("group_by", ""))
        for name in ("frames.parquet", "labels.parquet", MASKS):
            folders.check_hash(folder / name, document)
        frames = read_frames(folder / "frames.parquet")
        labels = read_objects(folder / "labels.parquet", frames, owner.class_map)
        masks = load_masks(folder, document, path, frames)
        return Dataset(owner, dataset, frames, labels, images, {}, provenance, masks, group_by)

    def load_inferences(self, project: str, dataset: str, id_: str) -> InferenceSet:
        """An inference set of a dataset."""
        folder = self._set_folder(project, dataset, id_)
        path = folder / "set.json"
        document = documents.read(path)
        with documents.sound(path):
            provenance, values = documents.provenance_of(document), documents.set_values(document)
        owner = self.dataset_folder(project, dataset)
        of_dataset = documents.read(owner / "dataset.json")
        frames = plain_arrays.load_frames(owner, of_dataset)
        cache = _set_cache(owner, id_)
        table, own = folder / "inferences.parquet", self.project(project)
        of_frames = documents.provenance_of(of_dataset).fingerprint
        objects = plain_arrays.load_objects(
            table, document, cache=cache, of_frames=of_frames, frames=frames, project=own
        )
        for name in (MASKS, METRICS):
            folders.check_hash(folder / name, document)
        masks = load_masks(folder, document, path, frames)
        metrics = measures.read(folder, own, frames)
        return InferenceSet(id_, objects, provenance, masks, metrics, values=values)

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
        project, name = dataset.project, check_name(dataset.name, "dataset")
        target = self._project_path(project.name)
        self.sweep()
        with transaction.listed(self._projects):
            room_for_data(self._projects, plain_arrays.dataset_size(dataset))
            if not there(target / "project.json"):
                with arrival(target) as folder:
                    folders.write_project(folder, project)
                    (folder / name).mkdir()
                    folders.write_dataset(folder / name, dataset)
                return
        with transaction.locked(target):
            self.refuse_existing(project.name, name)
            with transaction.change(target) as change:
                folders.extend_project(change, project)
                folders.write_dataset(change.put_folder(target / name), dataset)

    def add_project(self, project: Project) -> None:
        """Store a new project without datasets."""
        target = self._project_path(project.name)
        self.sweep()
        with transaction.listed(self._projects):
            if there(target):
                hint = f"Remove it with `aquarium-tui rm {project.name}`, or choose another name."
                raise StoreError(f"Project {project.name} already exists.", hint)
            with arrival(target) as folder:
                folders.write_project(folder, project)

    def put_colors(self, project: str, class_map: ClassMap) -> None:
        """Give the classes of a project the colours that they have in a class map, which is else the same."""
        folder = self._project_folder(project)
        self.sweep()
        with transaction.locked(folder), transaction.change(folder) as change:
            folders.recolor(change, project, class_map)

    def put_dataset(
        self,
        dataset: Dataset,
        sets: Sequence[InferenceSet] = (),
        replaces: str = "",
        keeps_labels: bool = False,
    ) -> None:
        """Replace a dataset; its segments and reviews stay.

        Args:
            dataset: Its new state; the class map of its project may only have grown.
            sets: The new states of inference sets. The other sets stay as they are, so the new state of the
                dataset must begin with all frames of the old one, in their order.
            replaces: The fingerprint of the state that the new one was made from; empty replaces any.
            keeps_labels: Whether the labels that are replaced become those of `load_labels_before`; else what
                there is of these stays.
        """
        target = self.dataset_folder(dataset.project.name, dataset.name)
        project = target.parent
        self.sweep()
        with transaction.locked(project):
            self._refuse_changed(dataset.project.name, dataset.name, replaces)
            size = plain_arrays.dataset_size(dataset) + sum(
                plain_arrays.objects_size(one.objects) for one in sets
            )
            room_for_data(project, size)
            anew = {one.id for one in sets}
            with transaction.change(project) as change:
                folders.extend_project(change, dataset.project)
                folder = change.put_folder(target)
                folders.write_dataset(folder, dataset)
                for name in ("segments", "reviews"):
                    folders.link(target / name, folder / name)
                if keeps_labels:
                    folders.link_labels(target, folder / folders.PREVIOUS)
                else:
                    folders.link(target / folders.PREVIOUS, folder / folders.PREVIOUS)
                for name in names_in(target / "inferences"):
                    if name not in anew:
                        folders.link(target / "inferences" / name, folder / "inferences" / name)
                for one in sets:
                    (folder / "inferences" / one.id).mkdir(parents=True)
                    folders.write_inferences(folder / "inferences" / one.id, one, dataset)

    def group_frames(self, project: str, dataset: str, by: str) -> None:
        """Have a dataset say what groups its frames: a field of their metadata; empty ungroups them."""
        path = self.dataset_folder(project, dataset) / "dataset.json"
        folder = self._project_folder(project)
        self.sweep()
        with transaction.locked(folder), transaction.change(folder) as change:
            document = {**documents.read(path), "group_by": by}
            change.put(path).write_bytes(documents.encode(document))

    def add_inferences(self, dataset: Dataset, inferences: InferenceSet) -> None:
        """Store a new inference set of a dataset that is in the store, and declare its metrics."""
        project, name, id_ = dataset.project.name, dataset.name, check_name(inferences.id, "inference set")
        folder = self.dataset_folder(project, name).parent
        self.sweep()
        with transaction.locked(folder):
            self._refuse_changed(project, name, dataset.provenance.fingerprint)
            self.refuse_existing(project, name, id_)
            self._store_inferences(folder, dataset, inferences)

    def put_inferences(self, dataset: Dataset, inferences: InferenceSet, replaces: str = "") -> None:
        """Replace the inference set of the same name, and declare its metrics.

        Args:
            dataset: The dataset, from the store.
            inferences: The new state of the set.
            replaces: The fingerprint of the state that the new one was made from; empty replaces any.
        """
        project, name, id_ = dataset.project.name, dataset.name, inferences.id
        self._set_folder(project, name, id_)
        folder = self._project_folder(project)
        self.sweep()
        with transaction.locked(folder):
            self._refuse_changed(project, name, dataset.provenance.fingerprint)
            if replaces and self._card(project, name, id_).provenance.fingerprint != replaces:
                raise _changed(f"Inference set {project}/{name}/{id_}")
            self._store_inferences(folder, dataset, inferences)
            self._forget(project, name, id_)

    def _store_inferences(self, project: Path, dataset: Dataset, inferences: InferenceSet) -> None:
        """Store a set in a project whose lock is held."""
        room_for_data(project, plain_arrays.objects_size(inferences.objects))
        with transaction.change(project) as change:
            folders.declare_metrics(change, dataset.project.name, inferences.declared)
            folder = change.put_folder(project / dataset.name / "inferences" / inferences.id)
            folders.write_inferences(folder, inferences, dataset)

    def put_metrics(
        self, dataset: Dataset, inferences: str, metrics: Sequence[Metric], values: Mapping[str, MetricValues]
    ) -> None:
        """Declare metrics on the project, and add their values to those that the set already has.

        Raises:
            StoreError: A metric of the same name is of another kind.
        """
        with self._declaring(dataset, inferences, metrics) as (change, place, declared):
            kept = measures.read(place, declared.project, dataset.frames)
            measures.put(change, place, {**kept, **values}, declared)

    def put_metric_part(
        self, dataset: Dataset, inferences: str, shard: Shard, metric: Metric, values: MetricValues
    ) -> None:
        """Declare a metric, and keep its values of one part of the frames in a file of their own.

        Raises:
            StoreError: A metric of the same name is of another kind.
        """
        with self._declaring(dataset, inferences, [metric]) as (change, place, declared):
            measures.put_part(change, place, shard, (metric.name, values), declared)

    @contextmanager
    def _declaring(
        self, dataset: Dataset, inferences: str, metrics: Sequence[Metric]
    ) -> Iterator[tuple[transaction.Transaction, Path, Dataset]]:
        """A change of one set, its folder, and its dataset once metrics are declared on the project."""
        project, name = dataset.project.name, dataset.name
        place = self._set_folder(project, name, inferences)
        folder = self._project_folder(project)
        self.sweep()
        with transaction.locked(folder), transaction.change(folder) as change:
            self._refuse_changed(project, name, dataset.provenance.fingerprint)
            declared = folders.declare_metrics(change, project, metrics)
            yield change, place, replace(dataset, project=declared)

    def metric_shards(self, project: str, dataset: str, inferences: str) -> dict[Path, tuple[str, Shard]]:
        """The files with values of parts of the frames that a set has, and the metric of each."""
        return measures.parts(self._set_folder(project, dataset, inferences))

    def declare_metric(self, project: str, metric: Metric) -> None:
        """Give a metric that a project has another direction and unit.

        Raises:
            StoreError: It is of another kind, or cannot be written.
        """
        folder = self._project_folder(project)
        self.sweep()
        with transaction.locked(folder), transaction.change(folder) as change:
            folders.declare_metrics(change, project, [metric])

    def remove_metric(self, dataset: Dataset, name: str) -> None:
        """Remove a metric from all sets of a dataset, and from the project if no other dataset has it.

        Raises:
            StoreError: It cannot be written.
        """
        project = dataset.project
        folder = self._project_folder(project.name)
        cards = [(each, self.dataset_card(project.name, each)) for each in self.datasets(project.name)]
        sets = [(each, one.id) for each, card in cards for one in card.sets]
        elsewhere = any(
            name in self.load_inferences(project.name, other, id_).metrics
            for other, id_ in sets
            if other != dataset.name
        )
        self.sweep()
        with transaction.locked(folder), transaction.change(folder) as change:
            self._refuse_changed(project.name, dataset.name, dataset.provenance.fingerprint)
            stored = folders.declare_metrics(change, project.name, ())
            for id_ in (id_ for other, id_ in sets if other == dataset.name):
                place = self._set_folder(project.name, dataset.name, id_)
                kept = measures.read(place, stored, dataset.frames)
                if kept.pop(name, None) is not None:
                    measures.put(change, place, kept, dataset)
            if not elsewhere:
                folders.forget_metric(change, stored, name)

    def set_cache(self, project: str, dataset: str, what: str, ids: Iterable[str]) -> Path:
        """The folder that keeps what was made of one or two sets, such as `pairs`, in any order."""
        return self.dataset_folder(project, dataset) / "cache" / what / "+".join(sorted(ids))

    def remove(self, project: str, dataset: str | None = None, inferences: str | None = None) -> None:
        """Remove a project, one of its datasets, or one inference set of a dataset."""
        folder = self._project_folder(project)
        self.sweep()
        if dataset is None:
            # The lock of the project is held too: what others are writing there is finished first.
            with transaction.listed(self._projects), transaction.locked(folder):
                remove_tree(folder)
            return
        target = self.dataset_folder(project, dataset)
        if inferences is not None:
            target = self._set_folder(project, dataset, inferences)
        with transaction.locked(folder):
            transaction.remove(folder, target)
            if inferences is not None:
                self._forget(project, dataset, inferences)

    def rename(self, project: str, dataset: str = "", inferences: str = "", *, new: str) -> None:
        """Give a project, one of its datasets, or one inference set of a dataset another name.

        What lies in it goes along, and so does what was computed from a set. It happens entirely or not at
        all, and waits for whoever writes there.
        """
        folder = self._project_folder(project)
        source = folder
        if dataset:
            source = self.dataset_folder(project, dataset)
        if inferences:
            source = self._set_folder(project, dataset, inferences)
        what = "inference set" if inferences else "dataset" if dataset else "project"
        target = source.with_name(check_name(new, what))
        old = "/".join(filter(None, (project, dataset, inferences)))
        self.sweep()
        if not dataset:
            with transaction.listed(self._projects), transaction.locked(folder), writing(folder):
                _refuse_taken(source, target, f"{what} {old}")
                source.rename(target)
                sync(target.parent)
            return
        with transaction.locked(folder):
            _refuse_taken(source, target, f"{what} {old}")
            caches = list(_set_caches(folder / dataset, inferences)) if inferences else []
            with transaction.change(folder) as change:
                for cache in caches:
                    names = [new if name == inferences else name for name in cache.name.split("+")]
                    renamed = cache.with_name("+".join(sorted(names)))
                    change.remove(cache) if there(renamed) else change.move(cache, renamed)
                change.move(source, target)

    def _refuse_changed(self, project: str, dataset: str, fingerprint: str) -> None:
        """Raise `StoreError` if a dataset has another fingerprint than this one; empty accepts any."""
        if fingerprint and self.dataset_card(project, dataset).provenance.fingerprint != fingerprint:
            raise _changed(f"Dataset {project}/{dataset}")

    def _card(self, project: str, dataset: str, id_: str) -> SetCard:
        return set_card(id_, self._set_folder(project, dataset, id_) / "set.json")

    def _forget(self, project: str, dataset: str, inferences: str) -> None:
        """Delete what was computed from a set."""
        for cache in _set_caches(self.dataset_folder(project, dataset), inferences):
            shutil.rmtree(cache, ignore_errors=True)

    def _project_path(self, project: str) -> Path:
        return self._projects / check_name(project, "project")

    def _project_folder(self, project: str) -> Path:
        folder = self._project_path(project)
        if not there(folder):
            raise NotFoundError(f"There is no project {project}.", _known("Projects", self.projects()))
        transaction.settle(folder)
        return folder

    def _set_folder(self, project: str, dataset: str, id_: str) -> Path:
        sets = self.dataset_folder(project, dataset) / "inferences"
        folder = sets / check_name(id_, "inference set")
        if not there(folder):
            hint = _known("Inference sets", _names(sets))
            raise NotFoundError(f"There is no inference set {id_} of {project}/{dataset}.", hint)
        return folder


def _names(folder: Path) -> list[str]:
    """Names of what is in a folder of projects, datasets or sets; a stray folder is none of them."""
    return [name for name in names_in(folder) if is_name(name)]


def _changed(what: str) -> StoreError:
    return StoreError(f"{what} was changed by another upload in the meantime.", "Run the same upload again.")


def _known(what: str, names: Sequence[str]) -> str:
    return f"{what}: {', '.join(names) or 'none yet; `aquarium-tui upload --help` says how to add one'}."


def _set_cache(dataset_folder: Path, id_: str) -> Path:
    return dataset_folder / "cache" / "inferences" / id_


def _set_caches(dataset_folder: Path, id_: str) -> Iterator[Path]:
    """All caches that hold something of a set."""
    yield from (p for p in (dataset_folder / "cache").glob("*/*") if id_ in p.name.split("+"))


def _refuse_taken(source: Path, target: Path, old: str) -> None:
    """Raise `StoreError` if something has the new name of what is called `old`."""
    # On a disk that ignores case, a name in another case is the same folder.
    if there(target) and (source.name == target.name or not source.samefile(target)):
        raise StoreError(
            f"{old[0].upper()}{old[1:]} cannot be renamed: {target.name} already exists.",
            "Choose another name, or remove that one with `aquarium-tui rm`.",
        )


def _refuse_existing(target: Path, what: str, name: str) -> None:
    if there(target):
        hint = f"Update it with --replace or --append, or remove it with `aquarium-tui rm {name}`."
        raise StoreError(f"{what.capitalize()} {name} already exists.", hint)
