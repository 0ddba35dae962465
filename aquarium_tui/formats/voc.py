"""Pascal VOC: an XML file an image, boxes with edges counted from 1, right and bottom inclusive."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats.given import Given
from aquarium_tui.formats.pictures import pictures
from aquarium_tui.formats.records import InferenceFile, LabelFile, Records
from aquarium_tui.formats.tables import numbered, with_ids
from aquarium_tui.formats.voc_files import VocFiles, read_files
from aquarium_tui.model.names import visible

SENTENCE = "Pascal VOC, a folder of .xml files with `annotation`, `object`, `bndbox`"
_FOLDER = "JPEGImages"


def looks_like(given: Given) -> bool:
    """Whether it is a folder with VOC's XML files."""
    return any("<annotation" in start for start in given.starts(".xml"))


def read_labels(given: Given) -> LabelFile:
    """The labelled dataset in a folder of XML files; difficult objects are crowds.

    Raises:
        InputError: It is no folder, or none of its files can be read.
    """
    files = _files(given)
    images = given.images or _image_folder(given.path)
    found = pictures(replace(given, images=images), files.names, {}, files.sizes)
    records, note = _from_zero(files.objects.labels(), given)
    classes, records = numbered(with_ids(records, found.ids))
    notes = [note]
    if files.difficult:
        notes.append(f"{files.difficult:,} difficult objects are neither missed nor counted, as crowds are")
    return LabelFile(
        frames=found.table,
        classes=classes,
        records=records,
        notes=tuple(notes),
        problems=(*files.problems(), *found.problems),
        folder=found.folder,
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in a folder of XML files whose objects have a `confidence` or `score`.

    Raises:
        InputError: It is no folder, or none of its files can be read.
    """
    files = _files(given)
    records, note = _from_zero(files.objects.inferences(), given)
    lost = [problem.sentence() for problem in files.problems()]
    return InferenceFile(replace(records, file_name=records.frame), (note, *lost))


def _files(given: Given) -> VocFiles:
    if not given.is_dir:
        raise InputError(f"{visible(str(given.path))} is no folder.", "Name the folder of the .xml files.")
    return read_files(given.path)


def _from_zero(records: Records, given: Given) -> tuple[Records, str]:
    """The records with edges counted from 0, and how that was done.

    Detectron2's rule: 1 is taken from left and top; right and bottom are inclusive and stay. A coordinate
    that is 0 shows that the files count from 0 already.
    """
    if given.zero_based:
        return records, "coordinates are taken as counted from 0, as told"
    if (records.box[:, :2] == 0).any():
        return records, "coordinates count from 0, as some are 0: nothing is taken from them"
    note = "coordinates count from 1, right and bottom inclusive: 1 is taken from left and top"
    forced = f"{note} (else give --voc-zero-based)"
    return replace(records, box=records.box - np.array([1.0, 1.0, 0.0, 0.0])), forced


def _image_folder(labels: Path) -> Path | None:
    """The folder JPEGImages in or beside the one of the XML files; None where there is none."""
    places = (labels / _FOLDER, labels.absolute().parent / _FOLDER, labels.absolute().parent / "images")
    return next((place for place in places if place.is_dir()), None)
