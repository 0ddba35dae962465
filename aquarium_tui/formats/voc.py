"""Pascal VOC: an XML file per image; coordinates count from 1, right and bottom are inclusive."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import EXAMPLES, Corners, Finding, ObjectCollector, Records, four
from aquarium_tui.formats.shared.documents import Element, read_xml
from aquarium_tui.formats.shared.format import (
    Format,
    Given,
    InferenceFile,
    LabelFile,
    files_below,
    is_file,
    is_folder,
    read_text,
)
from aquarium_tui.formats.shared.listed_images import numbered, pictures, pixels, with_ids
from aquarium_tui.formats.shared.values import number
from aquarium_tui.media.folders import unsuffixed
from aquarium_tui.model.classes import BACKGROUND
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.picture import Size
from aquarium_tui.model.problems import Problem

_EDGES = ("xmin", "ymin", "xmax", "ymax")
_OF_OBJECTS = frozenset({"name", "bndbox", "difficult", "confidence", "score", "part"})
SENTENCE = "Pascal VOC, a folder of .xml files with `annotation`, `object`, `bndbox`"
_FOLDER = "JPEGImages"
_ROOT = re.compile(r"<annotation[\s>]")
FROM_ZERO, FROM_ONE = "coordinates count from 0", "coordinates count from 1"
"""How the notes of labels and inferences begin, which tells whether both were read alike."""
_CLEARLY = 3
"""So many times as many boxes must begin at 1 as at 0 before those at 0 are taken for slips."""


@dataclass
class VocFiles:
    """What the files of a folder hold.

    Attributes:
        folder: Where they are.
        names: The image of each file that could be read.
        sizes: Image sizes by name, 0 if a file states none.
        objects: The objects, with coordinates as the files have them.
        lost: Files that are left out, each with the reason.
        difficult: How many objects are marked as difficult.
    """

    folder: Path
    names: list[str] = field(default_factory=list)
    sizes: dict[str, Size] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    difficult: int = 0
    objects: ObjectCollector = field(init=False)

    def __post_init__(self) -> None:
        self.objects = ObjectCollector(self._place)

    def problems(self) -> tuple[Problem, ...]:
        """A problem that lists the files that are left out; none if all could be read."""
        if not self.lost:
            return ()
        return (
            Problem("files that cannot be read", len(self.lost), "left out", tuple(self.lost[:EXAMPLES])),
        )

    def _place(self, i: int, j: int) -> str:
        return f"{visible(unsuffixed(self.names[i]))}.xml object {j + 1}"


def read_files(folder: Path) -> VocFiles:
    """The XML files in `folder` and below.

    Raises:
        InputError: None of them can be read.
    """
    files = VocFiles(folder)
    for path in files_below(folder, ".xml"):
        try:
            root = read_xml(path, "annotation")
        except InputError as error:
            files.lost.append(f"{visible(path.name)} ({error.message})")
        else:
            _take(files, root, path.relative_to(folder))
    if not files.names:
        found = "; ".join(files.lost[:EXAMPLES]) or "there is no .xml file in it"
        raise InputError(f"{visible(str(folder))} has no Pascal VOC file that can be read: {found}.")
    return files


def looks_like(given: Given) -> bool:
    """Whether it is a folder with Pascal VOC files."""
    return any(_ROOT.search(start) for start in given.starts(".xml"))


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in a folder of XML files; difficult objects are crowds.

    Raises:
        InputError: It is not a folder, or none of its files can be read.
    """
    files = _files(given)
    images = given.images or _image_folder(given.path)
    found = pictures(replace(given, images=images), files.names, {}, files.sizes)
    records, note = _from_zero(files.objects.labels(), given)
    listed = _listed_classes(given.path)
    classes, records = numbered(with_ids(records, found.ids), listed)
    notes = [
        note,
        *(
            [f"{counted(len(listed), 'class is', 'classes are')} listed in a file beside the labels"]
            if listed
            else []
        ),
    ]
    if files.difficult:
        notes.append(f"never counted as missed: {counted(files.difficult, 'difficult object')}")
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=records,
        notes=tuple(notes),
        problems=(*files.problems(), *found.problems),
        folder=found.folder,
        states_sizes=True,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a folder of XML files whose objects have a `confidence` or `score`.

    Raises:
        InputError: It is not a folder, or none of its files can be read.
    """
    files = _files(given)
    records, note = _from_zero(files.objects.inferences(), given)
    lost = [problem.sentence() for problem in files.problems()]
    return InferenceFile(replace(records, file_name=records.frame), (note, *lost))


VOC = Format(
    name="voc",
    sentence=SENTENCE,
    marks=("annotation", "object", "bndbox", "xmin"),
    looks_like=looks_like,
    read_labels=read_labels,
    read_inferences=read_inferences,
    options={"zero_based": "--voc-zero-based", "one_based": "--voc-one-based"},
)


def _take(files: VocFiles, root: Element, path: Path) -> None:
    size = (pixels(root.findtext("size/width")), pixels(root.findtext("size/height")))
    name = _image(root, path)
    i = len(files.names)
    files.names.append(name)
    files.sizes[name] = size
    for j, element in enumerate(root.findall("object")):
        difficult = number(element.findtext("difficult")) not in (None, 0.0)
        files.difficult += difficult
        files.objects.add(
            (i, j),
            name,
            _corners(element),
            category=(element.findtext("name") or "").strip() or None,
            confidence=element.findtext("confidence") or element.findtext("score"),
            crowd=difficult,
            further=_further(element),
        )
        if element.find("bndbox") is None:
            files.objects.flag("objects without a bndbox", "left out")


def _image(root: Element, path: Path) -> str:
    """The name of an image: as the file states it, if that fits the file's own name."""
    own = path.with_suffix("").as_posix()
    stated = (root.findtext("filename") or "").strip().replace("\\", "/").rpartition("/")[2]
    return f"{own}{stated[len(path.stem) :]}" if unsuffixed(stated) == path.stem else own


def _corners(element: Element) -> Corners | None:
    return four(_texts(element, [f"bndbox/{edge}" for edge in _EDGES]))


def _texts(element: Element, paths: Sequence[str]) -> list[str | None]:
    return [element.findtext(path) for path in paths]


def _further(element: Element) -> dict[str, object]:
    return dict(_plain(element))


def _plain(element: Element) -> Iterator[tuple[str, object]]:
    """The other values of an object; text that reads as a number becomes one."""
    for child in element:
        text = (child.text or "").strip()
        if child.tag not in _OF_OBJECTS and text and not len(child):
            value = number(text)
            yield child.tag, text if value is None else value


def _files(given: Given) -> VocFiles:
    if not given.is_dir:
        raise InputError(f"{visible(str(given.path))} is not a folder.", "Name the folder of the .xml files.")
    return read_files(given.path)


def _from_zero(records: Records, given: Given) -> tuple[Records, str]:
    """The records with coordinates counted from 0, and a note on how that was done.

    Detectron2's rule: 1 is taken from left and top; right and bottom are inclusive and stay. Coordinates that
    are 0 show that the files count from 0 already, unless more boxes touch the edge at 1: then those with a 0
    are slips, and are moved to the edge.
    """
    start = records.box[:, :2]
    zeros, ones = (np.flatnonzero((start == edge).any(axis=1)) for edge in (0, 1))
    if given.zero_based:
        return records, f"{FROM_ZERO}, as --voc-zero-based says"
    if len(zeros) and not given.one_based and len(ones) < _CLEARLY * len(zeros):
        counts = f"{counted(len(zeros), 'box begins', 'boxes begin')} at 0, and {len(ones):,} at 1"
        return records, f"{FROM_ZERO}: {counts} (--voc-one-based says that they count from 1)"
    box = records.box - np.array([1.0, 1.0, 0.0, 0.0])
    box[zeros, :2] = box[zeros, :2].clip(0)
    hint = "coordinates count from 1; they are moved to the edge"
    slips = Finding("boxes that begin at 0", zeros, "changed", hint)
    forced = "as --voc-one-based says" if given.one_based else "--voc-zero-based prevents this"
    note = f"{FROM_ONE}, right and bottom inclusive: 1 is subtracted from left and top ({forced})"
    findings = (*records.findings, slips) if len(zeros) else records.findings
    return replace(records, box=box, findings=findings), note


_LISTS = ("labelmap.txt", "classes.txt", "labels.txt", "predefined_classes.txt")
"""Files with the classes of a VOC folder: of CVAT's exports, of labelImg and others."""


def _listed_classes(labels: Path) -> list[str]:
    """The classes that a file in the folder or beside it lists, so that they count without labels too."""
    places = (folder / name for folder in (labels, labels.absolute().parent) for name in _LISTS)
    path = next((place for place in places if is_file(place)), None)
    if path is None:
        return []
    # CVAT puts background first, which no box has.
    lines = (line.strip() for line in read_text(path).splitlines() if not line.startswith("#"))
    names = [line.split(":")[0].strip() if line.count(":") == _COLONS else line for line in lines if line]
    return [clean(name) for name in names if name and name.casefold() != BACKGROUND]


_COLONS = 3
"""In a line of CVAT's labelmap.txt: name:colour:parts:actions."""


def _image_folder(labels: Path) -> Path | None:
    """The folder JPEGImages in the folder of the XML files or beside it; None if there is none."""
    places = (labels / _FOLDER, labels.absolute().parent / _FOLDER, labels.absolute().parent / "images")
    return next((place for place in places if is_folder(place)), None)
