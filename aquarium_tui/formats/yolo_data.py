"""YOLO's `data.yaml`: names of classes, and the images of each part of a dataset."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aquarium_tui.errors import InputError
from aquarium_tui.formats import source
from aquarium_tui.formats.given import names_below
from aquarium_tui.formats.tables import SUFFIXES
from aquarium_tui.formats.yaml_keys import Plain, read_keys
from aquarium_tui.model.names import visible

SPLITS = ("val", "test", "train")
"""The parts of a dataset; the first that is there is read."""
ALL = "all"
_KEYS = ("path", "names", "nc", *SPLITS)


@dataclass(frozen=True)
class YoloData:
    """What a `data.yaml` says.

    Attributes:
        file: Where it is.
        names: Class name by index; empty where it gives none.
        count: What `nc` says; None where it says nothing.
        root: The folder that its paths start from.
        parts: The paths of each split that is there.
    """

    file: Path
    names: Mapping[int, str]
    count: int | None
    root: Path
    parts: Mapping[str, Sequence[str]]

    def chosen(self, split: str) -> Sequence[str]:
        """The splits to read: the one called so, all that are there, or the first of val, test and train.

        Raises:
            InputError: There is none of that name.
        """
        there = [name for name in SPLITS if self.parts[name]]
        if split == ALL and (present := self.present()):
            return present
        if wanted := [name for name in there if name == split or split in ("", ALL)]:
            return wanted[:1]
        lacking = f"no `{visible(split)}`" if split else "none of `train`, `val`, `test`"
        has = f"It has {', '.join(there)}." if there else "Write there the folder of the images of each."
        raise InputError(f"{visible(str(self.file))} names {lacking}.", has)

    def present(self) -> Sequence[str]:
        """The splits whose folders and lists are there."""
        return [name for name in SPLITS if self.parts[name] and all(map(self._place, self.parts[name]))]

    def images(self, split: str) -> Iterator[str]:
        """Paths of the images of one split, from folders and from lists.

        Raises:
            InputError: A folder or list is not there.
        """
        for entry in self.parts[split]:
            place = self._found(entry)
            if place.is_dir():
                yield from (f"{place.as_posix()}/{name}" for name in names_below(place, tuple(SUFFIXES)))
            else:
                yield from _listed(place, self.root)

    def _found(self, entry: str) -> Path:
        """The folder or list that `entry` means; Roboflow's leading ../ stands for the folder of the file."""
        if place := self._place(entry):
            return place
        tried = ", ".join(visible(str(place)) for place in dict.fromkeys(self._places(entry)))
        raise InputError(
            f"{visible(str(self.file))} names {visible(entry)}, which is not there.",
            f"Looked for {tried}; set `path` in it to the folder that its paths start from.",
        )

    def _place(self, entry: str) -> Path | None:
        return next((place for place in self._places(entry) if place.exists()), None)

    def _places(self, entry: str) -> Sequence[Path]:
        beside = self.file.parent
        return [self.root / entry, beside / entry, beside / entry.removeprefix("../")]


def read_data(file: Path) -> YoloData:
    """What the `data.yaml` at `file` says.

    Raises:
        InputError: It cannot be read, or a key that is needed is written in another way.
    """
    file = file.absolute()
    found = read_keys(file, _KEYS)
    wished = found.get("path")
    root = file.parent / wished if isinstance(wished, str) else file.parent
    count = found.get("nc")
    return YoloData(
        file=file,
        names=_names(found.get("names", {}), file),
        count=int(count) if isinstance(count, str) and count.isdecimal() else None,
        root=root if root.is_dir() else file.parent,
        parts={split: _entries(found.get(split, [])) for split in SPLITS},
    )


def _entries(value: Plain) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _names(value: Plain, file: Path) -> dict[int, str]:
    if isinstance(value, str):
        raise InputError(f"{visible(str(file))}: `names` is text.", "Write a list, or a map from indices.")
    items = value.items() if isinstance(value, dict) else enumerate(value)
    try:
        return {int(index): name for index, name in items}
    except ValueError as error:
        hint = "Write `names` as a list, or as a map such as `0: car`."
        raise InputError(f"{visible(str(file))}: a key of `names` is no number ({error}).", hint) from error


def _listed(file: Path, root: Path) -> Iterator[str]:
    """The images that a text file lists, one a line; ./ stands for the folder of that file."""
    for line in map(str.strip, source.text(file).splitlines()):
        if line.startswith("./"):
            yield (file.parent / line.removeprefix("./")).as_posix()
        elif line:
            yield (root / line).as_posix()
