"""Where the images and label files of a YOLO dataset lie."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import splitext

from aquarium_tui.errors import InputError
from aquarium_tui.formats import input_file as source
from aquarium_tui.formats.given import Given, names_below
from aquarium_tui.formats.lines import keys_of, text_files
from aquarium_tui.formats.records import Gatherer
from aquarium_tui.formats.yolo.data_file import ALL, YoloData, read_data, read_keys
from aquarium_tui.media.folders import SUFFIXES
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.problems import Problem

_LISTS = ("classes.txt", "obj.names")
_YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class YoloLayout:
    """The files of a dataset.

    Attributes:
        folder: Where the paths of images start.
        images: Paths of the images, relative to it where they lie below it.
        labels: The label file of each, there or not.
        names: Class name by index; empty where not known.
        count: How many classes there are said to be.
        split: The split of each image, where there are several.
        notes: What was recognised.
        problems: Label files that are not used, images named twice.
    """

    folder: Path
    images: Sequence[str]
    labels: Sequence[str]
    names: Mapping[int, str]
    count: int | None = None
    split: Sequence[str] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def layout_of(given: Given) -> YoloLayout:
    """The files of the dataset in a folder, or of that which a `data.yaml` describes.

    Raises:
        InputError: It has no images, or its `data.yaml` cannot be used.
    """
    if not given.is_dir:
        return _described(read_data(given.path), given)
    settings = settings_in(given.path)
    if settings is not None and given.images is None:
        return _described(read_data(settings), given)
    if given.split:
        raise InputError(
            f"--split {visible(given.split)} needs a data.yaml, which says what is in it.",
            f"Name that with --labels, or leave out --split: {visible(str(given.path))} is read as a whole.",
        )
    return _beside(given)


def settings_in(folder: Path) -> Path | None:
    """A `data.yaml` in `folder`, under whatever name: a YAML file with `names`."""
    for file in sorted(path for path in folder.iterdir() if path.suffix.lower() in _YAML):
        if "names" in read_keys(file, ("names",)):
            return file
    return None


def listed_names(folder: Path) -> dict[int, str]:
    """Class names by index from a list in `folder`, one a line; empty where there is none."""
    for file in (folder / name for name in _LISTS):
        if file.is_file():
            return dict(enumerate(map(str.strip, source.text(file).splitlines())))
    return {}


def _names_near(folder: Path) -> dict[int, str]:
    """Class names from a list or a `data.yaml` in `folder` or the two folders above it."""
    for place in (folder, *folder.absolute().parents[:2]):
        if names := listed_names(place):
            return names
        if settings := settings_in(place):
            return dict(read_data(settings).names)
    return {}


def _described(data: YoloData, given: Given) -> YoloLayout:
    chosen = data.chosen(given.split)
    folder = (given.images or data.root).absolute()
    problems = Gatherer(visible(data.file.name))
    split_of: dict[str, str] = {}
    for split in chosen:
        for i, image in enumerate(data.images(split)):
            if image in split_of:
                problems.add("images named twice", "left out", i, f"{split}: {visible(image)}")
            split_of.setdefault(image, split)
    if not split_of:
        raise InputError(f"{visible(str(data.file))}: no images in {', '.join(chosen)}.")
    others = [name for name in data.present() if name not in chosen]
    left = f"; {', '.join(others)} left out: `--split {ALL}` takes every part" if others else ""
    return YoloLayout(
        folder=folder,
        images=[clean(image.removeprefix(f"{folder.as_posix()}/")) for image in split_of],
        labels=[_label_path(image) for image in split_of],
        names=data.names,
        count=data.count,
        split=list(split_of.values()) if len(chosen) > 1 else (),
        notes=(f"images are those of {', '.join(chosen)} in {visible(data.file.name)}{left}",),
        problems=problems.problems(),
    )


def _label_path(image: str) -> str:
    """The label file of an image: the last folder called images becomes labels, the suffix .txt."""
    before, found, after = splitext(image)[0].rpartition("/images/")
    return f"{before}/labels/{after}.txt" if found else f"{after}.txt"


def _beside(given: Given) -> YoloLayout:
    """Label files in a folder, and images in the folder named, or where YOLO has them."""
    labels = given.path / "labels" if (given.path / "labels").is_dir() else given.path
    folder = (given.images or _image_folder(labels)).absolute()
    images = list(names_below(folder, tuple(SUFFIXES)))
    if not images:
        raise InputError(
            f"There are no images in {visible(str(folder))}: YOLO's boxes are in parts of an image's size.",
            "Name the folder of the images with --images.",
        )
    files = text_files(labels)
    found = list(_paired(keys_of(images), dict(zip(keys_of(files), files, strict=True))))
    problems = Gatherer(visible(labels.name))
    for i, file in enumerate(sorted(set(files) - set(found))):
        hint = "name the folder that has these images too, with --images"
        problems.add("label files without an image", "left out", i, visible(file), hint)
    return YoloLayout(
        folder=folder,
        images=list(map(clean, images)),
        labels=[f"{labels.as_posix()}/{name}" for name in found],
        names=_names_near(labels),
        problems=problems.problems(),
    )


def _paired(images: Sequence[str], by_key: Mapping[str, str]) -> Iterator[str]:
    """The label file of each image: at the same place below its folder, else of the same name."""
    stems = [key.rpartition("/")[2] for key in by_key]
    by_stem = dict(zip(stems, by_key.values(), strict=True)) if len(set(stems)) == len(stems) else {}
    for key in images:
        found = by_key.get(key) or by_stem.get(key.rpartition("/")[2])
        yield found or f"{key}.txt"


def _image_folder(labels: Path) -> Path:
    """The folder called images in the place of the last one called labels; else `labels` itself."""
    parts = labels.absolute().parts
    for i in range(len(parts) - 1, -1, -1):
        if parts[i] == "labels":
            folder = Path(*parts[:i], "images", *parts[i + 1 :])
            return folder if folder.is_dir() else labels
    return labels
