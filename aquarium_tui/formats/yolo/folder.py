"""Where the images and label files of a YOLO dataset are: as a `data.yaml` says, or side by side."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import splitext
from typing import TYPE_CHECKING

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.collector import Gatherer
from aquarium_tui.formats.shared.format import (
    Given,
    as_text,
    first_bytes,
    is_file,
    is_folder,
    names_below,
    read_text,
)
from aquarium_tui.formats.shared.object_lines import keys_of, text_files
from aquarium_tui.media.folders import SUFFIXES, is_hidden
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.problems import Problem

if TYPE_CHECKING:
    from aquarium_tui.formats.shared.documents import YamlValue

SPLITS = ("val", "test", "train")
"""The parts of a dataset, in the order in which they are looked for when none is named."""
ALL = "all"
_KEYS = ("path", "names", "nc", *SPLITS)
_NAMES_KEY = re.compile(r"""^(['"]?)names\1\s*:""", re.MULTILINE)
_INDEX = re.compile(r"-?\d{1,9}", re.ASCII)
_COUNT = re.compile(r"\d{1,6}", re.ASCII)
"""What `nc` may be. Where `names` is missing, that many classes are made, so it must have a limit."""
_LISTS = ("classes.txt", "obj.names")
_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class YoloLayout:
    """The files of a dataset.

    Attributes:
        folder: Where the paths of images start.
        images: Paths of the images, relative to the folder if they are below it.
        labels: The label file of each image, whether it exists or not.
        names: Class name by index; empty if unknown.
        count: How many classes there are said to be.
        split: The split of each image, if there are several.
        notes: What was recognised.
        problems: Label files that are not used, images that are listed twice.
    """

    folder: Path
    images: Sequence[str]
    labels: Sequence[str]
    names: Mapping[int, str]
    count: int | None = None
    split: Sequence[str] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


@dataclass(frozen=True)
class YoloData:
    """What a `data.yaml` says.

    Attributes:
        file: Where it is.
        names: Class name by index; empty if it gives none.
        count: What `nc` says; None if it says nothing.
        root: The folder that its paths start from.
        parts: The paths of each split; empty if it gives none.
    """

    file: Path
    names: Mapping[int, str]
    count: int | None
    root: Path
    parts: Mapping[str, Sequence[str]]

    def chosen(self, split: str) -> Sequence[str]:
        """The splits to read: the one named, all that exist, or the first of val, test and train.

        Raises:
            InputError: There is no such split.
        """
        there = [name for name in SPLITS if self.parts[name]]
        if split == ALL and (present := self.present()):
            return present
        if wanted := [name for name in there if name == split or split in ("", ALL)]:
            return wanted[:1]
        lacking = f"no `{visible(split)}`" if split else "none of `train`, `val`, `test`"
        hint = f"It has {', '.join(there)}." if there else "Add the folder of the images of each part to it."
        raise InputError(f"{visible(str(self.file))} names {lacking}.", hint)

    def present(self) -> Sequence[str]:
        """The splits whose folders and lists exist."""
        return [name for name in SPLITS if self.parts[name] and all(map(self._place, self.parts[name]))]

    def images(self, split: str) -> Iterator[str]:
        """Paths of the images of one split, from folders and from lists.

        Raises:
            InputError: A folder or list does not exist.
        """
        for entry in self.parts[split]:
            place = self._found(entry)
            if is_folder(place):
                yield from (f"{place.as_posix()}/{name}" for name in names_below(place, tuple(SUFFIXES)))
            else:
                yield from _listed(place, self.root)

    def _found(self, entry: str) -> Path:
        """The folder or list that `entry` means."""
        if place := self._place(entry):
            return place
        tried = ", ".join(visible(str(place)) for place in dict.fromkeys(self._places(entry)))
        raise InputError(
            f"{visible(str(self.file))} names {visible(entry)}, which does not exist.",
            f"Looked for {tried}; set `path` in it to the folder that its paths start from.",
        )

    def _place(self, entry: str) -> Path | None:
        return next((place for place in self._places(entry) if _exists(place)), None)

    def _places(self, entry: str) -> Sequence[Path]:
        """Where `entry` may be. Roboflow writes ../valid/images and means valid/images beside the file."""
        beside = self.file.parent
        return [self.root / entry, beside / entry, beside / entry.removeprefix("../")]


def layout_of(given: Given) -> YoloLayout:
    """The files of the dataset in a folder, or of the dataset that a `data.yaml` describes.

    Raises:
        InputError: It has no images, or its `data.yaml` cannot be used.
    """
    if not given.is_dir:
        return _described(_read_data(given.path), given)
    settings = _settings_in(given.path)
    if settings is not None and given.images is None:
        return _described(_read_data(settings), given)
    if given.split:
        raise InputError(
            f"--split {visible(given.split)} needs a data.yaml, which lists the images of each part.",
            f"Name that file with --labels, or leave out --split to read all of {visible(str(given.path))}.",
        )
    return _beside(given)


def listed_names(folder: Path) -> dict[int, str]:
    """Class names by index from a list in `folder`, one per line; empty if there is none."""
    for file in (folder / name for name in _LISTS):
        if is_file(file):
            return dict(enumerate(map(str.strip, read_text(file).splitlines())))
    return {}


def _described(data: YoloData, given: Given) -> YoloLayout:
    chosen = data.chosen(given.split)
    folder = (given.images or data.root).absolute()
    problems = Gatherer(visible(data.file.name))
    split_of: dict[str, str] = {}
    for split in chosen:
        for image in data.images(split):
            if image in split_of:
                problems.add("images listed twice", "left out", None, f"{split}: {visible(image)}")
            split_of.setdefault(image, split)
    if not split_of:
        raise InputError(
            f"{visible(str(data.file))}: there are no images in {', '.join(chosen)}.",
            "Check the folders that it names, or choose another part with --split.",
        )
    labels = [_label_path(image) for image in split_of]
    for i, file in enumerate(_strays(labels)):
        problems.add("label files without an image", "left out", i, visible(file))
    others = [name for name in data.present() if name not in chosen]
    left = f"; {', '.join(others)} left out (`--split {ALL}` reads every part)" if others else ""
    return YoloLayout(
        folder=folder,
        images=[clean(image.removeprefix(f"{folder.as_posix()}/")) for image in split_of],
        labels=labels,
        names=data.names,
        count=data.count,
        split=list(split_of.values()) if len(chosen) > 1 else (),
        notes=(f"images from {', '.join(chosen)} of {visible(data.file.name)}{left}",),
        problems=problems.problems(),
    )


def _strays(labels: Sequence[str]) -> Iterator[str]:
    """Label files that lie beside those of the images, but belong to none of them."""
    known = {str(Path(file)) for file in labels}
    for folder in sorted({Path(file).parent for file in labels}):
        found = text_files(folder) if is_folder(folder) else []
        yield from (
            f"{folder.name}/{name}" for name in found if "/" not in name and str(folder / name) not in known
        )


def _label_path(image: str) -> str:
    """The label file of an image: the last folder called images becomes labels, the suffix .txt."""
    before, found, after = splitext(image)[0].rpartition("/images/")
    return f"{before}/labels/{after}.txt" if found else f"{after}.txt"


def _beside(given: Given) -> YoloLayout:
    """Label files in a folder, and images in the folder named, or where YOLO has them."""
    labels = given.path / "labels" if is_folder(given.path / "labels") else given.path
    folder = (given.images or _image_folder(labels)).absolute()
    images = list(names_below(folder, tuple(SUFFIXES)))
    if not images:
        raise InputError(
            f"There are no images in {visible(str(folder))}, and YOLO boxes are fractions of the image size.",
            "Name the folder of the images with --images.",
        )
    files = text_files(labels)
    found = list(_paired(keys_of(images), dict(zip(keys_of(files), files, strict=True))))
    problems = Gatherer(visible(labels.name))
    for file in sorted(set(files) - set(found)):
        hint = "name a folder that has these images too with --images"
        problems.add("label files without an image", "left out", None, visible(file), hint)
    return YoloLayout(
        folder=folder,
        images=list(map(clean, images)),
        labels=[f"{labels.as_posix()}/{name}" for name in found],
        names=_names_near(labels),
        problems=problems.problems(),
    )


def _paired(images: Sequence[str], by_key: Mapping[str, str]) -> Iterator[str]:
    """The label file of each image: at the same place below its folder, else with the same name."""
    stems = [key.rpartition("/")[2] for key in by_key]
    by_stem = dict(zip(stems, by_key.values(), strict=True)) if len(set(stems)) == len(stems) else {}
    for key in images:
        found = by_key.get(key) or by_stem.get(key.rpartition("/")[2])
        yield found or f"{key}.txt"


def _image_folder(labels: Path) -> Path:
    """The folder that is called images where the last one of `labels` is called labels; else `labels`."""
    parts = labels.absolute().parts
    for i in range(len(parts) - 1, -1, -1):
        if parts[i] == "labels":
            folder = Path(*parts[:i], "images", *parts[i + 1 :])
            return folder if is_folder(folder) else labels
    return labels


def _names_near(folder: Path) -> dict[int, str]:
    """Class names from a list or a `data.yaml` in `folder` or in one of the two folders above it.

    Exports put the file beside `labels/`, or beside `labels/` of several parts, as in `train/labels/`.
    """
    for place in (folder, *folder.absolute().parents[:2]):
        if names := listed_names(place):
            return names
        if settings := _settings_in(place):
            return dict(_read_data(settings).names)
    return {}


def _settings_in(folder: Path) -> Path | None:
    """The `data.yaml` in `folder`, whatever its name: the first YAML file with the key `names`."""
    for file in sorted(path for path in folder.iterdir() if path.suffix.lower() in _YAML):
        if not is_hidden(file.name) and _NAMES_KEY.search(as_text(first_bytes(file))):
            return file
    return None


def _read_data(file: Path) -> YoloData:
    """What the `data.yaml` at `file` says.

    Raises:
        InputError: It cannot be read, or the value of a key that is needed is not as it should be.
    """
    from aquarium_tui.formats.shared.documents import read_yaml

    file = file.absolute()
    found = read_yaml(file, _KEYS)
    wished = found.get("path")
    root = file.parent / wished if isinstance(wished, str) else file.parent
    count = found.get("nc")
    return YoloData(
        file=file,
        names=_class_names(found.get("names", {}), file),
        count=int(count) if isinstance(count, str) and _COUNT.fullmatch(count) else None,
        root=root if is_folder(root) else file.parent,
        parts={split: _image_entries(found.get(split, [])) for split in SPLITS},
    )


def _exists(place: Path) -> bool:
    """Whether the folder or file exists; one whose name is too long for the system does not."""
    try:
        return place.exists()
    except OSError:
        return False


def _image_entries(value: "YamlValue") -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _class_names(value: "YamlValue", file: Path) -> dict[int, str]:
    if isinstance(value, str):
        hint = "Write a list such as `[car, van]`, or a map such as `0: car`."
        raise InputError(f"{visible(str(file))}: `names` is text, not a list or a map.", hint)
    names: dict[int, str] = {}
    for index, name in value.items() if isinstance(value, dict) else enumerate(value):
        if not _INDEX.fullmatch(str(index)):
            told = f"the key `{visible(str(index))}` of `names` is not a whole number"
            raise InputError(f"{visible(str(file))}: {told}.", "Write each class as `0: car`.")
        if int(index) in names:
            told = f"`names` has two classes with the index {int(index)}"
            raise InputError(f"{visible(str(file))}: {told}.", "Give each class an index of its own.")
        names[int(index)] = name
    return names


def _listed(file: Path, root: Path) -> Iterator[str]:
    """The images that a text file lists, one per line; ./ stands for the folder of that file."""
    for line in map(str.strip, read_text(file).splitlines()):
        if line.startswith("./"):
            yield (file.parent / line.removeprefix("./")).as_posix()
        elif line:
            yield (root / line).as_posix()
