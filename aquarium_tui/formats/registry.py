"""The table of formats; a new one is a module and a row here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats import coco, source
from aquarium_tui.formats.records import InferenceFile, LabelFile
from aquarium_tui.model.names import visible

AUTO = "auto"


@dataclass(frozen=True)
class Format:
    """One file format.

    Attributes:
        name: What `--format` takes.
        sentence: What its files look like.
        looks_like: Whether a text that starts so is of this format.
        read_labels: Reads a labelled dataset.
        read_inferences: Reads the inferences of one model.
    """

    name: str
    sentence: str
    looks_like: Callable[[str], bool]
    read_labels: Callable[[Path], LabelFile]
    read_inferences: Callable[[Path], InferenceFile]


FORMATS = (Format("coco", coco.SENTENCE, coco.looks_like, coco.read_labels, coco.read_inferences),)


def format_of(path: Path, name: str = AUTO) -> Format:
    """The format called `name`, or the one that the file at `path` looks like.

    Raises:
        UsageError: No format is called so.
        InputError: The file cannot be read, or looks like none or several.
    """
    if name != AUTO:
        return _named(name)
    start = source.head(path)
    fits = [format_ for format_ in FORMATS if format_.looks_like(start)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        names = ", ".join(format_.name for format_ in fits)
        raise InputError(f"{visible(str(path))} may be any of {names}.", "Say which with --format.")
    known = "; ".join(f"{format_.name}: {format_.sentence}" for format_ in FORMATS)
    raise InputError(f"{visible(str(path))} is of no known format.", f"Known formats: {known}.")


def _named(name: str) -> Format:
    for format_ in FORMATS:
        if format_.name == name:
            return format_
    known = ", ".join([AUTO, *(format_.name for format_ in FORMATS)])
    raise UsageError(f'There is no format "{visible(name)}".', f"Formats: {known}.")
