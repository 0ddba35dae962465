"""mmdetection's and Detectron2's results per image as JSON, where they are not COCO results."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from aquarium_tui.errors import InputError
from aquarium_tui.formats.collected import Collected
from aquarium_tui.formats.frame_rows import nested_note
from aquarium_tui.formats.given import Given, files_below
from aquarium_tui.formats.records import InferenceFile, Records
from aquarium_tui.formats.results_entries import take_entry
from aquarium_tui.formats.scanner import Scanner
from aquarium_tui.formats.values import clean
from aquarium_tui.model.names import visible

MMDET = "mmdetection JSON, per image bboxes [left, top, right, bottom], labels, scores and img_path or img_id"
DETECTRON2 = "Detectron2 JSON, records with a bbox_mode, or per image a list of instances"
_ARRAYS = re.compile(r'"bboxes"\s*:\s*\[')
_LABELS = re.compile(r'"labels"\s*:\s*\[')
_MODE = re.compile(r'"bbox_mode"\s*:')
_INSTANCES = re.compile(r'"instances"\s*:\s*\[')
_LISTS = ("predictions", "results", "data")


def looks_like_mmdet(given: Given) -> bool:
    """Whether the file, or the first ones in the folder, hold arrays of boxes and labels per image."""
    starts = given.starts(".json") if given.is_dir else iter([given.start])
    first = next(starts, "")
    return _is_json(first) and bool(_ARRAYS.search(first) and _LABELS.search(first))


def looks_like_detectron2(given: Given) -> bool:
    """Whether the file holds boxes with a mode, or lists of instances."""
    return _is_json(given.start) and bool(_MODE.search(given.start) or _INSTANCES.search(given.start))


def no_labels(given: Given) -> NoReturn:
    """These files hold results only.

    Raises:
        InputError: Always.
    """
    raise InputError(
        f"{visible(str(given.path))} holds a model's results, not labels.",
        "Give it with --inferences and --inferences-id.",
    )


def read_inferences(given: Given) -> InferenceFile:
    """The inferences in the file, or in the files of the folder, which are called like their images.

    Raises:
        InputError: One cannot be read or is not JSON.
    """
    names: list[str] = []
    objects = Collected(lambda i, j: names[i] if j < 0 else f"{names[i]} box {j}")
    modes: set[str] = set()
    for entry, name in _entries(given):
        names.append(name)
        modes |= take_entry(objects, len(names) - 1, entry)
    records = objects.inferences()
    if len(records) and records.frame.missing.all() and records.file_name is None:
        raise InputError(f"No box in {visible(str(given.path))} can be used.", _told(records))
    notes = [f"boxes are {' or '.join(sorted(modes))}"] if modes else []
    return InferenceFile(records, (*notes, *nested_note(objects.nested)))


def read_mmdet(given: Given) -> InferenceFile:
    """The same of mmdetection, whose labels are positions in its list of classes.

    Raises:
        InputError: As `read_inferences`.
    """
    file = read_inferences(given)
    return replace(file, records=replace(file.records, indexed=True))


def _told(records: Records) -> str:
    return "\n".join(records.problem(finding).sentence() for finding in records.findings)


def _is_json(start: str) -> bool:
    return start.lstrip()[:1] in ("[", "{")


def _entries(given: Given) -> Iterator[tuple[Any, str]]:
    """What the files say of each image, and what to call that in messages."""
    if not given.is_dir:
        for i, entry in enumerate(_elements(Scanner.of(given.path))):
            yield entry, f"{visible(given.path.name)} [{i}]"
        return
    for path in files_below(given.path, ".json"):
        scanner = Scanner.of(path)
        entry = scanner.value()
        scanner.finish()
        yield _with_name(entry, path), visible(path.name)


def _with_name(entry: object, path: Path) -> object:
    return {"file_name": clean(path.stem), **entry} if isinstance(entry, dict) else entry


def _elements(scanner: Scanner) -> Iterator[Any]:
    """The images of a list, or of the list in an object; an object without one is an image itself."""
    if scanner.peek() == "[":
        yield from scanner.elements()
        scanner.finish()
        return
    parts: dict[str, Any] = {}
    for key in scanner.members():
        if key in _LISTS and scanner.peek() == "[":
            yield from scanner.elements()
            parts[key] = None
        else:
            parts[key] = scanner.value()
    scanner.finish()
    if not any(key in parts for key in _LISTS):
        yield parts
