"""What a format is: how it recognises a file or folder, and what it reads that into."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aquarium_tui.formats.shared.files import Given
from aquarium_tui.formats.shared.records import Records
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames


@dataclass(frozen=True)
class Format:
    """One file format, a row of the table in `registry`.

    Attributes:
        name: What `--format` takes.
        sentence: What its files or folders look like.
        looks_like: Whether a file or folder is of this format, at a glance.
        read_labels: Reads a labelled dataset.
        read_inferences: Reads the inferences of one model.
        options: Fields of `Given` that mean something to this format and to few others, with the
            command-line option that sets each.
    """

    name: str
    sentence: str
    looks_like: Callable[[Given], bool]
    read_labels: Callable[[Given], "LabelFile"]
    read_inferences: Callable[[Given], "InferenceFile"]
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LabelFile:
    """A labelled dataset as its file has it.

    Attributes:
        frames: Its images, with unique ids.
        classes: The id in the file and the name of each class, ordered by id.
        records: Its labels; their categories are those ids as text.
        notes: What was recognised, in sentences.
        problems: What is wrong with the images or classes.
        folder: Where the paths of its images start; None means in the folder of the file.
        masks: Paths of label masks by frame id.
    """

    frames: Frames
    classes: Sequence[tuple[int, str]]
    records: Records
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    folder: Path | None = None
    masks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InferenceFile:
    """The inferences of one model as their file has them.

    Attributes:
        records: Its inferences.
        notes: What was recognised, in sentences.
        masks: Paths of masks by frame id.
        metrics: Values of the user's metrics, by name and frame id.
    """

    records: Records
    notes: tuple[str, ...] = ()
    masks: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
