"""The table of formats; a new one is a module and a row here."""

from collections.abc import Callable
from dataclasses import dataclass

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats import bdd100k, classification, fiftyone, kitti, open_images, voc
from aquarium_tui.formats import image_results as results_json
from aquarium_tui.formats import input_file as source
from aquarium_tui.formats.aquarium import dataset as aquarium
from aquarium_tui.formats.coco import dataset as coco
from aquarium_tui.formats.coco import ultralytics
from aquarium_tui.formats.given import Given
from aquarium_tui.formats.plain import dataset as plain
from aquarium_tui.formats.records import InferenceFile, LabelFile
from aquarium_tui.formats.yolo import dataset as yolo
from aquarium_tui.model.names import visible

AUTO = "auto"


@dataclass(frozen=True)
class Format:
    """One file format.

    Attributes:
        name: What `--format` takes.
        sentence: What its files or folders look like.
        looks_like: Whether what was given is of this format, by a glance.
        read_labels: Reads a labelled dataset.
        read_inferences: Reads the inferences of one model.
    """

    name: str
    sentence: str
    looks_like: Callable[[Given], bool]
    read_labels: Callable[[Given], LabelFile]
    read_inferences: Callable[[Given], InferenceFile]


FORMATS = (
    Format("coco", coco.SENTENCE, coco.looks_like, coco.read_labels, coco.read_inferences),
    Format(
        "aquarium", aquarium.SENTENCE, aquarium.looks_like, aquarium.read_labels, aquarium.read_inferences
    ),
    Format(
        "ultralytics",
        ultralytics.SENTENCE,
        ultralytics.looks_like,
        ultralytics.read_labels,
        ultralytics.read_inferences,
    ),
    Format("yolo", yolo.SENTENCE, yolo.looks_like, yolo.read_labels, yolo.read_inferences),
    Format("voc", voc.SENTENCE, voc.looks_like, voc.read_labels, voc.read_inferences),
    Format("kitti", kitti.SENTENCE, kitti.looks_like, kitti.read_labels, kitti.read_inferences),
    Format("bdd100k", bdd100k.SENTENCE, bdd100k.looks_like, bdd100k.read_labels, bdd100k.read_inferences),
    Format(
        "open-images",
        open_images.SENTENCE,
        open_images.looks_like,
        open_images.read_labels,
        open_images.read_inferences,
    ),
    Format(
        "fiftyone", fiftyone.SENTENCE, fiftyone.looks_like, fiftyone.read_labels, fiftyone.read_inferences
    ),
    Format(
        "mmdet",
        results_json.MMDET,
        results_json.looks_like_mmdet,
        results_json.no_labels,
        results_json.read_mmdet,
    ),
    Format(
        "detectron2",
        results_json.DETECTRON2,
        results_json.looks_like_detectron2,
        results_json.no_labels,
        results_json.read_inferences,
    ),
    Format(
        "classification",
        classification.SENTENCE,
        classification.looks_like,
        classification.read_labels,
        classification.read_inferences,
    ),
    Format("plain", plain.SENTENCE, plain.looks_like, plain.read_labels, plain.read_inferences),
)


def format_of(given: Given, name: str = AUTO) -> Format:
    """The format called `name`, or the one that `given` looks like.

    Raises:
        UsageError: No format is called so, or an option was given that is of another.
        InputError: It cannot be read, or looks like none or several.
    """
    format_ = _recognised(given) if name == AUTO else _named(name)
    for option, value, owner in (("--split", given.split, yolo), ("--voc-zero-based", given.zero_based, voc)):
        if value and format_.read_labels is not owner.read_labels:
            raise UsageError(
                f"{option} means nothing to {visible(str(given.path))}, which is {format_.name}."
            )
    return format_


def _recognised(given: Given) -> Format:
    shown = visible(str(given.path))
    fits = [format_ for format_ in FORMATS if format_.looks_like(given)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        names = ", ".join(format_.name for format_ in fits)
        raise InputError(f"{shown} may be any of {names}.", "Say which with --format.")
    if not given.is_dir:
        source.head(given.path)
    known = "\n".join(f"  {format_.name}: {format_.sentence}" for format_ in FORMATS)
    raise InputError(f"{shown} is of no known format.", f"Known formats:\n{known}")


def _named(name: str) -> Format:
    for format_ in FORMATS:
        if format_.name == name:
            return format_
    known = ", ".join([AUTO, *(format_.name for format_ in FORMATS)])
    raise UsageError(f'There is no format "{visible(name)}".', f"Formats: {known}.")
