"""What was read, into the store: as something new, in the place of what is there, or added to that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from aquarium_tui.cli.wording import comparability_lines, provenance_lines
from aquarium_tui.errors import UsageError
from aquarium_tui.model.problems import GONE
from aquarium_tui.upload.metrics import metric_line

if TYPE_CHECKING:
    from aquarium_tui.model.tables import Dataset, InferenceSet, Provenance
    from aquarium_tui.store import Store


@dataclass(frozen=True)
class Arrival:
    """How what was read is put into the store.

    Attributes:
        store: The store.
        replaces: Whether it takes the place of what is there under its name.
        appends: Whether it is added to that.
        dry: Whether nothing is stored.
    """

    store: "Store"
    replaces: bool = False
    appends: bool = False
    dry: bool = False

    def check(self, project: str, dataset: str, inferences: str) -> None:
        """Make sure, before anything is read, that it can be stored.

        Raises:
            UsageError: The options contradict each other.
            StoreError: There is such a dataset or inference set, and nothing is said of that.
        """
        if self.replaces and self.appends:
            raise UsageError("--replace and --append: say one of them.")
        if not (self.replaces or self.appends):
            self.store.refuse_existing(project, dataset, inferences or None)

    def dataset(self, dataset: "Dataset") -> None:
        """Store a dataset, and print what was understood."""
        project, name = dataset.project.name, dataset.name
        there = project in self.store.projects() and name in self.store.datasets(project)
        old = self.store.load_dataset(project, name) if there else None
        dataset, sets = self._updated(old, dataset) if old else (dataset, [])
        if old and not self.dry:
            self.store.put_dataset(dataset, sets)
        elif not self.dry:
            self.store.add_dataset(dataset)
        _print(f"{project}/{name}: {_counts(dataset)}", dataset.provenance)
        for one in sets:
            for problem in one.provenance.problems:
                if problem.kind == GONE:
                    typer.echo(f"  {one.id}: {problem.sentence()}")
        self._next("" if old else _next_set(dataset, "model_a"))

    def inferences(self, dataset: "Dataset", inferences: "InferenceSet") -> None:
        """Store an inference set of a dataset that is in the store, and print what was understood."""
        from aquarium_tui.ingest.merge import covered_frames, merged_inferences

        project, name, id_ = dataset.project.name, dataset.name, inferences.id
        cards = self.store.dataset_card(project, name).sets
        others = [card.id for card in cards if card.id != id_]
        there = len(others) < len(cards)
        if there:
            old = self.store.load_inferences(project, name, id_)
            if self.appends:
                inferences = merged_inferences(old, inferences, covered_frames(inferences))
            inferences = replace(inferences, provenance=_following(old, inferences))
        if not self.dry:
            if there:
                self.store.put_inferences(dataset, inferences)
            else:
                self.store.add_inferences(dataset, inferences)
        _print(f"{project}/{name}/{id_}: {_set_counts(dataset, inferences)}", inferences.provenance)
        for metric in inferences.declared:
            typer.echo(f"  {metric_line(metric, inferences.metrics[metric.name])}")
        self._compared(dataset, others, inferences)
        look = f"aquarium-tui open {project}/{name} --base {{}} --other {id_}"
        self._next(look.format(others[0]) if others else _next_set(dataset, "model_b"))

    def _next(self, command: str) -> None:
        """Say what comes next, or that nothing was done."""
        if self.dry:
            typer.echo("dry run: nothing was stored")
        elif command:
            typer.echo(f"next: {command}")

    def _updated(self, old: "Dataset", new: "Dataset") -> tuple["Dataset", list["InferenceSet"]]:
        """The new state of a dataset that is there, and of those inference sets that change with it."""
        from aquarium_tui.ingest.merge import merged_dataset, moved_inferences

        if self.appends:
            return merged_dataset(old, new), []
        project, name = old.project.name, old.name
        ids = [card.id for card in self.store.dataset_card(project, name).sets]
        sets = (self.store.load_inferences(project, name, id_) for id_ in ids)
        return new, [moved_inferences(one, old, new) for one in sets]

    def _compared(self, dataset: "Dataset", others: Sequence[str], inferences: "InferenceSet") -> None:
        """Say what stands in the way of comparing a set with the first of the others."""
        if others:
            first = self.store.load_inferences(dataset.project.name, dataset.name, others[0])
            for line in comparability_lines(dataset, first, inferences):
                typer.echo(line)


def _following(old: "InferenceSet", new: "InferenceSet") -> "Provenance":
    """The provenance of a set in place of another: it keeps its place in the order of uploads."""
    gone = [name for name in old.metrics if name not in new.metrics]
    notes = [f"metrics of the set that was there before are gone: {', '.join(gone)}"] if gone else []
    return replace(new.provenance, created=old.provenance.created, notes=(*new.provenance.notes, *notes))


def _print(line: str, provenance: "Provenance") -> None:
    typer.echo(line)
    for each in provenance_lines(provenance):
        typer.echo(each)


def _counts(dataset: "Dataset") -> str:
    from aquarium_tui.model.numbers import grouped

    frames = f"{grouped(len(dataset.frames))} frames"
    if dataset.masks:
        classes = len(dataset.project.class_map.evaluated_names)
        return f"{frames}, {grouped(dataset.masks.count)} label masks, {classes} classes"
    classes = len(set(dataset.categories.values()))
    return f"{frames}, {grouped(len(dataset.labels))} labels, {classes} classes"


def _set_counts(dataset: "Dataset", inferences: "InferenceSet") -> str:
    import numpy as np

    from aquarium_tui.model.numbers import grouped

    every = grouped(len(dataset.frames))
    if inferences.masks:
        return f"masks of {grouped(inferences.masks.count)} of {every} frames"
    frames = int(np.count_nonzero(np.diff(inferences.objects.starts)))
    return f"{grouped(len(inferences.objects))} inferences on {grouped(frames)} of {every} frames"


def _next_set(dataset: "Dataset", id_: str) -> str:
    place = f"--aquarium-project {dataset.project.name} --aquarium-dataset {dataset.name}"
    given = "FOLDER" if dataset.masks else "RESULTS.json"
    return f"aquarium-tui upload {place} --inferences-id {id_} --inferences {given}"
