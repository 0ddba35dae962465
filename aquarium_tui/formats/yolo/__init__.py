"""YOLO: a text file per image, boxes or polygons as fractions of it, and class names in a `data.yaml`."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats import class_text
from aquarium_tui.formats.coco.instances import FileClasses, read_classes
from aquarium_tui.formats.shared.format import Format, Given, InferenceFile, LabelFile
from aquarium_tui.formats.shared.frames import measured
from aquarium_tui.formats.shared.object_lines import finding, keys_of, text_files
from aquarium_tui.formats.shared.records import Records, renamed
from aquarium_tui.formats.shared.values import whole
from aquarium_tui.formats.yolo.folder import YoloLayout, layout_of, listed_names
from aquarium_tui.formats.yolo.lines import YoloLines, read_lines
from aquarium_tui.model.columns import Text, Values
from aquarium_tui.model.names import visible
from aquarium_tui.model.problems import Problem

SENTENCE = (
    "YOLO, a data.yaml or a folder of .txt files with lines of `class x y width height`, "
    "`… confidence`, or a polygon"
)
_SETTINGS = re.compile(r"^(?:names|train|val)\s*:", re.MULTILINE)
_LINE = re.compile(r"\s*\d+(?:\.0*)?(?:[ \t]+[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?){4,}\s*$", re.I | re.M)
_UNSCORED = "predict with save_conf=True: without confidences, inferences cannot be ranked or filtered"


def looks_like(given: Given) -> bool:
    """Whether it is a `data.yaml`, or a folder with one or with YOLO text files."""
    if not given.is_dir:
        return given.path.suffix.lower() in (".yaml", ".yml") and bool(_SETTINGS.search(given.start))
    if any(_LINE.match(start) for start in given.starts(".txt")):
        return "data.yaml" in given.names or not class_text.in_pixels(list(given.starts(".txt")))
    return "data.yaml" in given.names or (not any(given.starts(".txt")) and bool(text_files(given.path)))


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset that a `data.yaml` describes, or in a folder.

    Raises:
        InputError: A file cannot be read, there are no images, or none of them has a label file.
    """
    layout = layout_of(given)
    metadata = {"split": Text.from_values(layout.split)} if layout.split else {}
    shown = measured(
        visible(given.path.name), layout.folder, {path: path for path in layout.images}, metadata
    )
    read = read_lines(layout.labels, ["/".join(path.rsplit("/", 2)[1:]) for path in layout.labels])
    if read.lines.absent == len(layout.labels):
        raise _no_labels(layout)
    frames = [shown.ids[name] for name in layout.images]
    classes, problems = _classes(layout, read.category.words)
    return LabelFile(
        frames=shown.table,
        classes=classes.classes,
        records=_label_records(read, frames),
        notes=(*layout.notes, *read.notes, *_label_notes(read, layout), *classes.notes),
        problems=(*layout.problems, *shown.problems, *classes.problems, *problems),
        folder=layout.folder,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a folder of text files.

    Raises:
        InputError: It is not a folder, has no text files, or one of them cannot be read.
    """
    files = text_files(given.path) if given.is_dir else []
    if not files:
        raise InputError(
            f"{visible(str(given.path))} is not a folder with .txt files.",
            "Name the folder that the model wrote its .txt files to, such as runs/detect/predict/labels.",
        )
    read = read_lines([f"{given.path}/{name}" for name in files], files)
    stems = read.lines.keys(keys_of(files))
    names = {str(index): name for index, name in listed_names(given.path).items()}
    unsure = np.flatnonzero(np.isnan(read.confidence) & ~np.isnan(read.box[:, 0]))
    unscored = bool(np.isnan(read.confidence).all())
    records = replace(
        _records(read, stems),
        file_name=stems,
        class_name=renamed(read.category, names),
        confidence=read.confidence,
        unscored=unscored,
        findings=(*read.findings, *finding("lines without a confidence", unsure, _UNSCORED)),
    )
    note = f"{len(files):,} text files; boxes are fractions of the image size"
    return InferenceFile(records, (note, *read.notes))


YOLO = Format(
    name="yolo",
    sentence=SENTENCE,
    marks=("names", "train", "val", "lines of 5 or more numbers"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
    options={"split": "--split"},
)


def _records(read: YoloLines, frame: Text) -> Records:
    return Records(
        place=read.lines.place(),
        frame=frame,
        category=read.category,
        box=read.box,
        findings=read.findings,
        segmentation={row: [polygon] for row, polygon in read.polygons.items()},
        relative=True,
        sides="center",
        indexed=True,
    )


def _label_records(read: YoloLines, frames: Sequence[str]) -> Records:
    count, missing = len(read.box), np.isnan(read.confidence)
    return replace(
        _records(read, read.lines.keys(frames)),
        crowd=np.zeros(count, bool),
        area=np.full(count, np.nan),
        attributes={} if missing.all() else {"score": Values("number", read.confidence, missing)},
    )


def _label_notes(read: YoloLines, layout: YoloLayout) -> Sequence[str]:
    notes = ["boxes are fractions of the image size, which is read from the image files"]
    if read.lines.absent:
        absent = f"{read.lines.absent:,} of {len(layout.images):,} images have no label file"
        notes.append(f"{absent} and become frames without labels")
    if not np.isnan(read.confidence).all():
        notes.append(
            "lines have a confidence: if these are a model's inferences, upload them with --inferences-id"
        )
    return notes


def _no_labels(layout: YoloLayout) -> InputError:
    first = visible(layout.labels[0])
    return InputError(
        f"None of the {len(layout.images):,} images has a label file; the first would be {first}.",
        "YOLO expects labels/a.txt for images/a.jpg, or a.txt beside a.jpg.",
    )


def _classes(layout: YoloLayout, used: Sequence[str]) -> tuple[FileClasses, tuple[Problem, ...]]:
    """The classes by index; if nothing names them, the indices that occur."""
    named = [{"id": index, "name": name} for index, name in layout.names.items()]
    if not named:
        indices = {index for word in used if (index := whole(word)) is not None} | set(
            range(layout.count or 0)
        )
        hint = "add a data.yaml with `names`, or a classes.txt, beside the labels"
        problem = Problem(
            "classes without a name", len(indices), "changed", (), f"their indices are used as names; {hint}"
        )
        return FileClasses(tuple((i, str(i)) for i in sorted(indices)), (), ()), (problem,)
    classes = read_classes(named, "names", used)
    if layout.count not in (None, len(named)):
        problem = Problem(
            f"classes according to `nc`, but `names` lists {len(named)}", layout.count or 0, "noted"
        )
        return classes, (problem,)
    return classes, ()
