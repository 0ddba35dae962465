"""A file of labels as a dataset of a project."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.errors import InputError
from aquarium_tui.formats import Finding, Given, LabelFile, Records, format_of
from aquarium_tui.formats.aquarium.frames import UNSIZED
from aquarium_tui.formats.class_list import preset_note, read_class_list
from aquarium_tui.formats.shared.collector import EXAMPLES, RecordForm
from aquarium_tui.ingest.classes import grown_classes
from aquarium_tui.ingest.frame_keys import locate, with_metadata, with_true_sizes
from aquarium_tui.ingest.masks.sets import folder_of, with_label_masks
from aquarium_tui.ingest.object_masks import check_masks, mask_notes, with_masks
from aquarium_tui.ingest.objects import PlacedRecords, in_pixels, settle
from aquarium_tui.ingest.readings import hidden_note, listed, provenance
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.names import check_name, name_key, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import (
    CLASSIFICATION,
    DETECTION,
    MASK,
    MULTILABEL,
    SEGMENTATION,
    Dataset,
    Frames,
    Project,
)
from aquarium_tui.work.executor import Tell, Watch

_HOLDS: Mapping[RecordForm, str] = {
    "boxes": "boxes",
    "classes": "one class per image",
    "multilabel": "several classes per image",
    "masks": "masks of frames",
}


@dataclass(frozen=True)
class TaskForms:
    """Which task a project has by what its files hold, as the kinds of task say.

    Attributes:
        tasks: The task by form; the first file of a project decides it.
        needs: What a project of each task needs, in words.
    """

    tasks: Mapping[RecordForm, str] = field(
        default_factory=lambda: {
            "boxes": DETECTION,
            "classes": CLASSIFICATION,
            "multilabel": MULTILABEL,
            "masks": SEGMENTATION,
        }
    )
    needs: Mapping[str, str] = field(default_factory=dict)

    def of(self, project: Project) -> RecordForm | None:
        """What the files of a project hold; None for a new one, and where records are of no use."""
        found = (form for form, task in self.tasks.items() if task == project.task)
        return next(found, None) if project.class_map.entries else None

    def fitted(self, project: Project, records: Records) -> Records:
        """The records as those of the project: of one class per image, or of one of several."""
        several = records.whole and project.task == self.tasks.get("multilabel")
        return replace(records, several=several)

    def holds(self, project: Project, form: RecordForm) -> bool:
        """Whether files of a project hold this."""
        return self.tasks.get(form) == project.task

    def settle(self, project: Project, form: RecordForm, path: Path, count: int) -> Project:
        """The project with the task of a file; a project that has classes already has a task.

        Args:
            project: The project.
            form: What the file holds.
            path: The file.
            count: How many records it has; one without any fits every project.

        Raises:
            InputError: The project has another task.
        """
        task = self.tasks[form]
        if not project.class_map.entries:
            return replace(project, task=task)
        if project.task == task or not count:
            return project
        if form == "classes" and project.task == self.tasks.get("multilabel"):
            return project  # An image with one class is an image with several, of which it has one.
        needed = self.needs.get(project.task)
        raise InputError(
            f"{visible(path.name)} holds {_HOLDS[form]}, but project {project.name} is a {project.task} "
            "project.",
            (f"Such a project needs {needed}; upload" if needed else "Upload")
            + " this file to another one, or name its format with --format.",
        )


_UNWATCHED = Watch()
_USUAL = TaskForms()
_YAML = (".yaml", ".yml")
"""A file with this suffix only says which folder the data are in."""


def labelled_dataset(
    project: Project,
    name: str,
    path: Path,
    tell: Tell,
    *,
    images: Path | None = None,
    metadata: Path | None = None,
    format_: str = "auto",
    split: str = "",
    zero_based: bool = False,
    one_based: bool = False,
    ignored: bool = False,
    field: str = "",
    classes: Path | None = None,
    ignore: Sequence[str] = (),
    watch: Watch = _UNWATCHED,
    forms: TaskForms = _USUAL,
) -> Dataset:
    """The frames and labels in the file at `path`, as a dataset of `project`.

    Args:
        project: The project; classes that it does not know by name extend its class map.
        name: The name of the dataset.
        path: The file.
        tell: Called with what is being done.
        images: The folder that the file's image names start from; None takes that of the file.
        metadata: A CSV, JSON or Parquet table with more about each frame.
        format_: The name of the file's format, or "auto".
        split: Which part of a YOLO dataset to read, or "all"; empty takes val, else test, else train.
        zero_based: Whether Pascal VOC's coordinates are said to count from 0.
        one_based: Whether they are said to count from 1.
        ignored: Whether COCO annotations with `ignore` are crowds.
        field: Which field of a FiftyOne dataset holds the labels; empty takes the only one that fits.
        classes: A list of classes for the project, with their colours and other settings.
        ignore: Names of classes to exclude from all counts.
        watch: Progress and cancelling while masks are read, if the file names masks.
        forms: Which task the file means by what it holds.

    Raises:
        UsageError: The name or the format is not allowed.
        InputError: A file cannot be read, or no label in it can be used.
    """
    check_name(name, "dataset")
    tell(f"reading {visible(path.name)}")
    given = Given(path, images, split, zero_based, one_based, field, forms.of(project))
    found_format = format_of(given, format_)
    file = found_format.read_labels(given)
    form: RecordForm = "masks" if file.masks else file.records.form
    owner = forms.settle(project, form, path, len(file.masks) or len(file.records))
    file = replace(file, records=forms.fitted(owner, file.records))
    tell("looking for images")
    found = locate(file.frames.path, images or file.folder, path)
    frames, resized = replace(file.frames, path=found.paths), tuple[Problem, ...]()
    if file.states_sizes:
        frames, resized = with_true_sizes(frames, found.folder, file.records)
        file = replace(file, frames=frames, problems=_still_unsized(file.problems, frames))
    tell("checking labels")
    file = _named(file, classes)
    class_map = grown_classes(project.class_map, file.classes, classes, ignore)
    class_map = class_map.with_parents({name_key(name): parent for name, parent in file.parents.items()})
    placed = _placed(file, class_map, ignored, owner.iou_type == MASK)
    check_masks(owner, placed.records, path)
    labels, problems = settle(placed, frames, _class_hint(file))
    extra = with_metadata(frames, metadata)
    said = (
        *file.notes,
        *mask_notes(labels),
        *found.notes,
        *_known(project.class_map, class_map),
        *preset_note(classes, [id_ for id_, _ in file.classes], masks=False),
        *extra.notes,
        *hidden_note((path, images or (file.folder if path.suffix in _YAML else None))),
    )
    notes = (f"read as {found_format.name}", *said)
    dataset = Dataset(
        project=replace(owner, class_map=class_map),
        name=name,
        frames=extra.frames,
        labels=labels,
        images=found.folder,
        categories=_categories(file, class_map),
        provenance=provenance(
            path, notes, (*file.problems, *found.problems, *resized, *problems, *extra.problems)
        ),
    )
    if not file.masks:
        return dataset
    return with_label_masks(dataset, file.masks, images or folder_of(path), watch)


def _still_unsized(problems: Sequence[Problem], frames: Frames) -> tuple[Problem, ...]:
    """The problems of a file, those of unknown sizes limited to frames that no image file gives one."""
    bare = [
        visible(str(frames.id[row])) for row in np.flatnonzero(frames.width * frames.height == 0).tolist()
    ]
    return tuple(
        replace(problem, count=len(bare), examples=tuple(bare[:EXAMPLES]))
        if problem.kind == UNSIZED
        else problem
        for problem in problems
        if problem.kind != UNSIZED or bare
    )


def _named(file: LabelFile, classes: Path | None) -> LabelFile:
    """The file with the names that a list gives to its classes, if it only has their ids."""
    if classes is None or any(name != str(id_) for id_, name in file.classes):
        return file
    ids = [id_ for id_, _ in file.classes]
    names = {each.value: each.name for each in read_class_list(classes, ids)}
    lacking = [id_ for id_ in ids if id_ not in names]
    told = [problem for problem in file.problems if "classes without a name" not in problem.kind]
    if lacking:
        hint = "their ids are used as names"
        told.append(Problem("classes that the list does not name", len(lacking), "kept", _ids(lacking), hint))
    named = tuple((id_, names.get(id_, name)) for id_, name in file.classes)
    return replace(file, classes=named, problems=tuple(told))


def _ids(ids: Sequence[int]) -> tuple[str, ...]:
    return tuple(map(str, ids[:3]))


def _placed(file: LabelFile, class_map: ClassMap, ignored: bool, by_mask: bool) -> PlacedRecords:
    """The labels in their frames; in a labels file, only its own ids name images and classes."""
    records = _with_ignored(_with_unique_ids(file.records), ignored)
    if len(records) and records.crowd.all():
        hint = "crowds are never counted as missed; some exporters mark every mask as a crowd by mistake"
        every = Finding(
            "labels, which is all of them, are marked as crowds", np.arange(len(records)), "noted", hint
        )
        records = replace(records, findings=(*records.findings, every))
    positions = {str(id_): class_map.positions_by_name[name_key(name)] for id_, name in file.classes}
    frame = _looked_up(records.frame, file.frames.row_by_id).astype(np.int64)
    return PlacedRecords(
        what="labels",
        records=with_masks(
            in_pixels(records, frame, file.frames), frame, file.frames, keep_polygons=not by_mask
        ),
        frame=frame,
        class_index=_looked_up(records.category, positions),
    )


def _with_ignored(records: Records, ignored: bool) -> Records:
    """The records with what COCO's `ignore` says: labels as crowds if that is wished, else only a remark."""
    column = records.attributes.get("ignore")
    if not isinstance(column, Values) or column.kind == "date":
        return records
    rows = np.flatnonzero(~column.missing & (column.values.astype(np.float64) == 1) & ~records.crowd)
    if not len(rows):
        return records
    if ignored:
        crowd = records.crowd.copy()
        crowd[rows] = True
        finding = Finding("labels with ignore = 1", rows, "changed", "they are crowds, as --coco-ignore says")
        return replace(records, crowd=crowd, findings=(*records.findings, finding))
    hint = (
        "they count as any other, since pycocotools overrides ignore with iscrowd; --coco-ignore honours it"
    )
    return replace(
        records, findings=(*records.findings, Finding("labels with ignore = 1", rows, "kept", hint))
    )


def _looked_up(keys: Text, rows: Mapping[str, int]) -> NDArray[np.int32]:
    return np.array([*(rows.get(word, -1) for word in keys.words), -1], dtype=np.int32)[keys.codes]


def _with_unique_ids(records: Records) -> Records:
    """The records with unique ids: one that an earlier record has is changed into a free one."""
    if records.id is None:
        return records
    ids = list(records.id)
    taken = set(records.id.words)
    seen: set[str | None] = {None}
    changed: list[int] = []
    for row, id_ in enumerate(ids):
        if id_ is not None and id_ in seen:
            ids[row] = next(free for n in count(2) if (free := f"{id_}_{n}") not in taken)
            taken.add(str(ids[row]))
            changed.append(row)
        seen.add(id_)
    if not changed:
        return records
    hint = f"a number is added to the id, as in {visible(str(ids[changed[0]]))}"
    finding = Finding("labels with the same id as an earlier one", np.array(changed), "changed", hint)
    return replace(records, id=Text.from_values(ids), findings=(*records.findings, finding))


def _categories(file: LabelFile, class_map: ClassMap) -> dict[int, int]:
    """The id in the class map by the id in the file."""
    positions = class_map.positions_by_name
    return {id_: class_map.entries[positions[name_key(name)]].id for id_, name in file.classes}


def _known(known: ClassMap, grown: ClassMap) -> Iterator[str]:
    """Notes on how the class map of a project grows, and which of its classes are ignored."""
    new = [entry.name for entry in grown.entries[len(known.entries) :]]
    if known.entries:
        names = f"{counted(len(new), 'class is', 'classes are')} new to the project: {listed(new)}"
        yield names if new else "the classes are those of the project, matched by name"
    ignored = [entry.name for entry in grown.entries if entry.ignore_in_eval]
    if ignored:
        yield f"ignored classes, excluded from all counts: {listed(ignored)}"


def _class_hint(file: LabelFile) -> str:
    return f"the file has {listed([f'{id_} {name}' for id_, name in file.classes])}"
