"""The table of formats: to add one, write its file or folder beside this one, and add a row here.

What is in no format is described, so that the error says what was found.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.metadata import entry_points
from itertools import chain, islice
from pathlib import Path

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.formats import (
    aquarium,
    bdd100k,
    class_text,
    classification,
    coco,
    createml,
    cvat,
    datumaro,
    fiftyone,
    image_results,
    kitti,
    label_studio,
    labelme,
    mot,
    multilabel,
    open_images,
    plain,
    retinanet,
    rows,
    sam,
    supervisely,
    ultralytics_json,
    vgg_via,
    voc,
    yolo,
)
from aquarium_tui.formats.shared.format import Format, Given, files_below, names_below, read_head
from aquarium_tui.formats.shared.tables import header
from aquarium_tui.model.names import visible

_SHOWN = 8
"""How many keys, columns or endings are named: about a line of them."""
_LINE = 60
"""Characters of a line of text that are shown."""
_TAG = re.compile(r"<([A-Za-z_][\w.-]*)")
_NOTHING = "nothing that any format has"


def description(given: Given, formats: Sequence[Format]) -> str:
    """Sentences: what was found, the nearest format, and what that one has besides.

    Args:
        given: The file or folder.
        formats: The known formats.
    """
    found, words = _found(given)
    near = max(formats, key=lambda format_: _share(format_, words))
    if _share(near, words) == 0:
        return f"Found: {found}. It has {_NOTHING}."
    lacking = [mark for mark in near.marks if mark.casefold() not in words]
    missing = f"; missing: {', '.join(lacking)}" if lacking else ", but not in the places where it has them"
    return f"Found: {found}. The nearest format is {near.name}{missing}."


def _share(format_: Format, words: set[str]) -> float:
    return sum(mark.casefold() in words for mark in format_.marks) / len(format_.marks)


def _found(given: Given) -> tuple[str, set[str]]:
    """What is in a file or folder, in words, and the names in it in lower case."""
    if given.is_dir:
        names = list(names_below(given.path, ""))
        counts = Counter(name.rpartition("/")[2].rpartition(".")[2].lower() for name in names)
        told = ", ".join(f"{count:,} .{visible(ending)}" for ending, count in counts.most_common(_SHOWN))
        return f"a folder with {told or 'no files'}", {
            word for o in given.outlines() for word in _folded(o.keys())
        }
    start = given.start
    if keys := given.outline.keys():
        outer = given.outline.kinds.get("")
        kind = "JSON Lines" if given.outline.documents > 1 else "a list" if outer == "[" else "an object"
        return f"JSON, {kind} with the keys {_unknown_named(list(keys))}", _folded(keys)
    if tags := list(dict.fromkeys(_TAG.findall(start))) if start.lstrip()[:1] == "<" else []:
        return f"XML with the elements {_unknown_named(tags)}", _folded(tags)
    if columns := header(start):
        return f"a table with the columns {_unknown_named(columns)}", _folded(columns)
    line = next((line for line in start.splitlines() if line.strip()), "")
    return f'text that begins with "{visible(line[:_LINE])}"', _folded(line.split())


def _folded(words: Sequence[str] | set[str]) -> set[str]:
    return {word.strip().casefold() for word in words}


def _unknown_named(words: Sequence[str]) -> str:
    more = f" … ({len(words):,} in all)" if len(words) > _SHOWN else ""
    return ", ".join(visible(word) for word in words[:_SHOWN]) + more


AUTO = "auto"
GROUP = "aquarium_tui.formats"
"""The group of entry points by which packages supply formats of their own."""
FORMATS = (
    coco.COCO,
    aquarium.AQUARIUM,
    coco.PANOPTIC,
    coco.ULTRALYTICS,
    ultralytics_json.ULTRALYTICS_JSON,
    yolo.YOLO,
    voc.VOC,
    kitti.KITTI,
    bdd100k.BDD100K,
    open_images.OPEN_IMAGES,
    fiftyone.FIFTYONE,
    cvat.CVAT,
    label_studio.LABEL_STUDIO,
    labelme.LABELME,
    supervisely.SUPERVISELY,
    datumaro.DATUMARO,
    createml.CREATEML,
    vgg_via.VIA,
    sam.SAM,
    class_text.CLASS_TEXT,
    mot.MOT,
    retinanet.RETINANET,
    rows.HUGGING_FACE,
    rows.TORCHMETRICS,
    rows.KAGGLE,
    rows.TABLE,
    image_results.MMDETECTION,
    image_results.DETECTRON2,
    classification.CLASSIFICATION_TABLE,
    multilabel.MULTILABEL_TABLE,
    plain.PLAIN,
)
"""In the order in which help and messages list them; at most one of those that are not general
recognises a file."""
_READ = (".json", ".jsonl", ".csv", ".xml", ".parquet", ".yaml", ".yml", ".txt")
_MOST = 2_000
"""Files that are looked at for the only readable one: beyond that, a folder is a set of its own."""
_SPLITS = {"val": "val", "valid": "val", "validation": "val", "test": "test", "train": "train"}
_OPTIONS = {field: option for format_ in FORMATS for field, option in format_.options.items()}


def supplied_formats(name: str = "") -> Iterator[Format]:
    """The formats that other packages supply as entry points of the group `aquarium_tui.formats`.

    They are imported only when they are asked for: by name, or because no format of this program fits.

    Args:
        name: Only the entry point of this name; empty takes all.

    Raises:
        InputError: One cannot be imported, or is not a `Format`.
    """
    for point in entry_points(group=GROUP, name=name) if name else entry_points(group=GROUP):
        try:
            format_ = point.load()
        except Exception as error:  # another package's code may raise anything
            raise InputError(
                f"The format {visible(point.name)} of {visible(point.value)} cannot be imported: "
                f"{type(error).__name__}: {visible(str(error))}.",
                "Update or uninstall the package that supplies it.",
            ) from error
        if not isinstance(format_, Format):
            raise InputError(f"{visible(point.value)} is not an aquarium_tui.formats.Format.")
        yield format_


def format_of(given: Given, name: str = AUTO) -> Format:
    """The format called `name`, or the one that `given` looks like.

    Raises:
        UsageError: No format has that name, or an option was given that belongs to another format.
        InputError: The file or folder cannot be read, or looks like none or several of them.
    """
    format_ = _recognised(given) if name == AUTO else _named(name)
    for field, option in _OPTIONS.items():
        if getattr(given, field) and field not in format_.options:
            raise UsageError(
                f"{option} does not apply to {visible(str(given.path))}, which is read as {format_.name}.",
                f"Leave out {option}, or name another format with --format.",
            )
    return format_


def entry_of(given: Given, name: str = AUTO) -> Given:
    """The file that a folder stands for, if the folder itself is in no format: the only one in it that is.

    Exports for training have such a file in each of `train`, `valid` and `test`; the split that was asked for
    decides then, else the first of `valid`, `test` and `train`.
    """
    formats = FORMATS if name == AUTO else [format_ for format_ in FORMATS if format_.name == name]
    if not given.is_dir or any(format_.looks_like(given) for format_ in formats):
        return given
    found = [path for path in islice(files_below(given.path, _READ), _MOST) if _fits(path, formats)]
    wanted = [given.split] if given.split else ["val", "test", "train"]
    parts = {_SPLITS.get(path.parent.name.lower(), path.parent.name.lower()): path for path in found}
    if len(found) == 1:
        return replace(given, path=found[0], split="")
    if len(parts) == len(found) and parts.keys() <= set(_SPLITS.values()):
        path = next((parts[part] for part in wanted if part in parts), None)
        return given if path is None else replace(given, path=path, split="")
    return given


def _fits(path: Path, formats: Sequence[Format]) -> bool:
    try:
        return any(format_.looks_like(Given(path)) for format_ in formats)
    except InputError:
        return False


def _recognised(given: Given) -> Format:
    shown = visible(str(given.path))
    fits = [format_ for format_ in FORMATS if format_.looks_like(given)]
    fits = [format_ for format_ in fits if not format_.general] or fits
    if len(fits) == 1:
        return fits[0]
    if fits:
        names = ", ".join(format_.name for format_ in fits)
        raise InputError(f"{shown} could be any of these formats: {names}.", "Choose one with --format.")
    if not given.is_dir:
        read_head(given.path)
    supplied = [format_ for format_ in supplied_formats() if format_.looks_like(given)]
    if len(supplied) == 1:
        return supplied[0]
    advice = "`aquarium-tui formats` lists all formats; --format NAME names one."
    raise InputError(f"{shown} is not in a known format. {description(given, FORMATS)}", advice)


def _named(name: str) -> Format:
    for format_ in chain(FORMATS, supplied_formats(name)):
        if format_.name == name:
            return format_
    known = ", ".join([AUTO, *(format_.name for format_ in FORMATS)])
    raise UsageError(f'There is no format "{visible(name)}".', f"Formats: {known}.")
