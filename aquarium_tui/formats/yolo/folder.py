"""Where the images and label files of a YOLO dataset lie."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import splitext

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.files import Given, names_below, read_text
from aquarium_tui.formats.shared.object_lines import keys_of, text_files
from aquarium_tui.formats.shared.records import Gatherer
from aquarium_tui.media.folders import SUFFIXES
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.problems import Problem

Plain = str | list[str] | dict[str, str]
"""A scalar as text, a list of such, or a map of such."""

_TOP = re.compile(r"""(['"]?)([\w-]+)\1\s*:(?:\s+(.*)|)$""")
_COMMENT = re.compile(r"""((?:'[^']*'|"(?:\\.|[^"\\])*"|[^'"#]|(?<=[^\s,\[{:])['"]|(?<=\S)\#)*)""")
_ITEM = re.compile(r"""((?:'(?:[^']|'')*'|"(?:\\.|[^"\\])*"|[^,'"]|(?<=\w)')+)""")
_PAIR = re.compile(r"""('(?:[^']|'')*'|"(?:\\.|[^"\\])*"|[^'":]+?)\s*:(?:\s+(.*)|)$""", re.DOTALL)
_BEYOND = ("&", "*", "!", "|", ">", "%", "@", "`")


def read_keys(path: Path, wanted: Collection[str]) -> dict[str, Plain]:
    """Those of the keys `wanted` that stand at the left edge of the file at `path`.

    Values are scalars, lists or maps of scalars, each in block or in flow style; scalars come as text.

    Raises:
        InputError: The file cannot be read, or one of these keys is written in another way.
    """
    found: dict[str, Plain] = {}
    for number, key, inline, block in _yaml_entries(read_text(path).splitlines()):
        if key in wanted:
            try:
                value = _value(inline, block)
            except ValueError as error:
                where = f"{visible(str(path))} line {number}"
                raise InputError(f"{where}: `{key}` cannot be read ({error}).", _HINT) from error
            if value != "":
                found[key] = value
    return found


_HINT = "Write it as text, as a list `[a, b]` or `- a`, or as a map `0: a`."


def _yaml_entries(lines: Sequence[str]) -> Iterator[tuple[int, str, str, list[str]]]:
    """Line number, key, what follows on its line, and the lines below that belong to it."""
    key, inline, block, start = "", "", list[str](), 0
    for number, raw in enumerate(lines, 1):
        line = _uncommented(raw)
        match = _TOP.match(line)
        if match:
            yield start, key, inline, block
            key, inline, block, start = match[2], (match[3] or "").strip(), [], number
        elif line.strip():
            block.append(line)
    yield start, key, inline, block


def _uncommented(line: str) -> str:
    match = _COMMENT.match(line)
    return (match[1] if match else line).rstrip()


def _value(inline: str, block: Sequence[str]) -> Plain:
    if inline.startswith(("[", "{")):
        return _flow(" ".join([inline, *map(str.strip, block)]))
    if inline or not block:
        return _scalar(" ".join([inline, *map(str.strip, block)]).strip())
    stripped = [line.strip() for line in block]
    if all(line.startswith("- ") for line in stripped):
        return [_scalar(line[2:].strip()) for line in stripped]
    if stripped[0].startswith(("[", "{")):
        return _flow(" ".join(stripped))
    return dict(_pair(line) for line in stripped)


def _flow(text: str) -> Plain:
    closing = {"[": "]", "{": "}"}[text[0]]
    if not text.endswith(closing):
        raise ValueError(f"there is no closing {closing} at its end")
    items = [item.strip() for item in _ITEM.findall(text[1:-1])]
    filled = [item for item in items if item]
    return [_scalar(item) for item in filled] if closing == "]" else dict(_pair(item) for item in filled)


def _pair(text: str) -> tuple[str, str]:
    match = _PAIR.match(text)
    if match is None:
        raise ValueError(f"`{visible(text[:40])}` is no `key: value`")
    return _scalar(match[1].strip()), _scalar((match[2] or "").strip())


def _scalar(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _unescaped(text)
    if text.startswith((*_BEYOND, "[", "{")):
        raise ValueError(f"`{visible(text[:40])}` is YAML that is not read here")
    return "" if text in ("~", "null") else text


def _unescaped(text: str) -> str:
    """Text in double quotes; YAML's escapes are JSON's and some more, of which the letter itself is taken."""
    try:
        return str(json.loads(text))
    except ValueError:
        return re.sub(r"\\(.)", r"\1", text[1:-1])


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
        parts={split: _image_entries(found.get(split, [])) for split in SPLITS},
    )


def _image_entries(value: Plain) -> list[str]:
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
    for line in map(str.strip, read_text(file).splitlines()):
        if line.startswith("./"):
            yield (file.parent / line.removeprefix("./")).as_posix()
        elif line:
            yield (root / line).as_posix()


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
            return dict(enumerate(map(str.strip, read_text(file).splitlines())))
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
