"""Label Studio JSON, full or minimal: tasks with regions in percent of their image."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, isfinite, radians, sin
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.bitmaps import brush_bitmap, runs_of
from aquarium_tui.formats.shared.collector import four
from aquarium_tui.formats.shared.format import Given
from aquarium_tui.formats.shared.listed_images import (
    ListedImages,
    Polygon,
    bounds,
    document,
    list_format,
    pixels,
    points_of,
)
from aquarium_tui.formats.shared.values import number
from aquarium_tui.media.folders import SUFFIXES, UNKNOWN
from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Size

_KINDS = ("rectanglelabels", "polygonlabels", "ellipselabels", "brushlabels", "labels")
_OTHERS = "regions that are neither rectangles, polygons, ellipses nor brushes"
_SAID = ("text", "choices", "number", "rating", "datetime")
"""Keys of values that say something of the region whose id they have, rather than being one."""
_NAMED = re.compile(r"([^\W\d][\w.-]*): (.*)", re.DOTALL)
"""An attribute in the text of a region, as `export` writes it."""
_RESULTS = ("annotations", "completions")
_OF_MIN = frozenset({"annotation_id", "annotator", "created_at", "updated_at", "lead_time", "id"})
_FULL = frozenset({"data", "predictions", *_RESULTS})
"""Keys of tasks that a minimal export does not have."""
_HUNDRED = 100.0
"""Label Studio states positions in percent of the image."""


def looks_like(given: Given) -> bool:
    """Whether the file is a list of Label Studio's tasks, full or minimal."""
    outline = given.outline
    full = outline.kinds.get("[].data") == "{" and outline.has_any(
        "[].annotations", "[].predictions", "[].completions"
    )
    return full or any(path.endswith((f"[].{_KINDS[0]}", f"[].{_KINDS[1]}")) for path in outline.kinds)


def read(given: Given, scored: bool) -> ListedImages:
    """The tasks of a file: as labels, what people annotated; as inferences, the predictions if there are any.

    Raises:
        InputError: The file cannot be read, is not JSON, or holds the predictions of several models.
    """
    listed = ListedImages.of_file(given, "task", "result")
    listed.sides = "size"
    listed.relative = True
    found = document(given.path)
    tasks = found if isinstance(found, list) else [found]
    choice = _Choice(scored, _model(given, tasks) if scored else "", _region_keys(tasks))
    for i, element in enumerate(tasks):
        task = listed.mapping((i, -1), element)
        if task is not None:
            _take(listed, i, task, choice)
    listed.notes.append("regions are percent of their image")
    if choice.model:
        listed.notes.append(f"predictions of the model {visible(choice.model)}")
    if choice.further:
        listed.notes.append(
            f"{choice.further:,} further annotations of the same tasks are left out: the one marked as "
            "ground truth is taken, else the first"
        )
    return listed


LABEL_STUDIO = list_format(
    "label-studio",
    "Label Studio JSON or JSON-MIN, a list of tasks with data and annotations, or with image and label",
    ("data", "annotations", "result", "value", "rectanglelabels"),
    looks_like,
    read,
    options={"field": "--field"},
)


class _Found(NamedTuple):
    """A region: what it covers, its label, its score and all that came with it, and what is said of it."""

    value: Mapping[str, Any]
    result: Mapping[str, Any]
    said: Mapping[str, Any]

    @property
    def size(self) -> Size:
        """The size of its image, if it states that."""
        size = pixels(self.result.get("original_width")), pixels(self.result.get("original_height"))
        return UNKNOWN if 0 in size else size


@dataclass
class _Choice:
    """What is read of each task.

    Attributes:
        scored: Whether predictions are wanted.
        model: The version of the model whose predictions are taken; empty takes all.
        keys: Where the tasks of a minimal export have their regions.
        further: How many annotations were left out because a task has several.
    """

    scored: bool
    model: str
    keys: Sequence[str]
    further: int = 0


def _model(given: Given, tasks: Sequence[Any]) -> str:
    """The model whose predictions are read; empty if the file does not name several.

    Raises:
        InputError: There are several, and none was chosen.
    """
    versions = {
        str(one.get("model_version"))
        for task in tasks
        if isinstance(task, dict) and isinstance(task.get("predictions"), list)
        for one in task["predictions"]
        if isinstance(one, dict) and one.get("model_version")
    }
    if given.field in versions or (len(versions) < 2 and not given.field):
        return given.field
    names = ", ".join(map(visible, sorted(versions))) or "none"
    raise InputError(
        f"{visible(str(given.path))} holds predictions of these models: {names}.",
        "Choose one with --field MODEL_VERSION.",
    )


def _region_keys(tasks: Sequence[Any]) -> Sequence[str]:
    """The keys of a minimal export at which some task has a list of regions."""
    plain = (task for task in tasks if isinstance(task, dict) and not _FULL & task.keys())
    return list(
        dict.fromkeys(
            key
            for task in plain
            for key, value in task.items()
            if isinstance(value, list) and any(isinstance(one, dict) for one in value)
        )
    )


def _take(listed: ListedImages, i: int, task: Mapping[str, Any], choice: _Choice) -> None:
    data = listed.object_in((i, -1), task, "data") or task
    regions = list(_regions(listed, (i, -1), task, choice))
    size = next((region.size for region in regions if region.size != UNKNOWN), UNKNOWN)
    name = listed.image(i, _image(data), size, _further(data))
    for j, region in enumerate(regions if name is not None else ()):
        _take_region(listed, (i, j), str(name), region)


def _regions(
    listed: ListedImages, at: tuple[int, int], task: Mapping[str, Any], choice: _Choice
) -> Iterator[_Found]:
    keys = ["predictions", *_RESULTS] if choice.scored else list(_RESULTS)
    used = next((key for key in keys if task.get(key) not in (None, [])), None)
    for holder in _holders(listed, at, task, used, choice) if used else ():
        found = [listed.mapping(at, each) for each in listed.list_in(at, holder, "result")]
        results = [each for each in found if each is not None]
        said = _said(results)
        for result in results:
            value = listed.object_in(at, result, "value")
            if result.get("id") in said and _of_region(value) is not None:
                continue
            score = result.get("score", holder.get("score"))
            told = {**_in_text(result), **said.get(result.get("id"), {})}
            yield _Found(value, {**result, "score": score}, told)
    for key in () if _FULL & task.keys() else choice.keys:
        for element in listed.list_in(at, task, key):
            inner = listed.mapping(at, element)
            if inner is not None:
                yield _Found(inner, inner, _in_text(inner))


def _said(results: Sequence[Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    """What is said of each region in results of their own, by its id: by the names of the controls."""
    regions = {str(one.get("id")) for one in results if any(key in _value(one) for key in _KINDS)}
    said: dict[Any, dict[str, Any]] = {}
    for one in results:
        id_, told = one.get("id"), _of_region(_value(one))
        if told is not None and isinstance(id_, str | int) and str(id_) in regions:
            said.setdefault(id_, {})[str(one.get("from_name") or one.get("type"))] = told
    return said


def _value(result: Mapping[str, Any]) -> Mapping[str, Any]:
    found = result.get("value")
    return found if isinstance(found, dict) else {}


def _of_region(value: Mapping[str, Any]) -> object:
    """What a control says of a region, words of a list as one text; None where the value is no such thing."""
    if any(key in value for key in _KINDS):
        return None
    found = next((value[key] for key in _SAID if value.get(key) not in (None, [], "")), None)
    return ", ".join(map(str, found)) if isinstance(found, list) else found


def _in_text(result: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes that the text of a region has: those with a name, and the rest as `text`."""
    meta = result.get("meta")
    texts = meta.get("text") if isinstance(meta, dict) else None
    found: dict[str, Any] = {}
    for text in [texts] if isinstance(texts, str) else texts if isinstance(texts, list) else ():
        named = _NAMED.fullmatch(str(text))
        name, said = named.groups() if named else ("text", str(text))
        found[name] = f"{found[name]}; {said}" if name in found else _plain(said)
    return found


def _plain(said: str) -> object:
    """A number or a truth value as such."""
    words = {"true": True, "false": False}
    if said.casefold() in words:
        return words[said.casefold()]
    as_number = number(said) if said.strip() == said else None
    return said if as_number is None else as_number


def _holders(
    listed: ListedImages, at: tuple[int, int], task: Mapping[str, Any], key: str, choice: _Choice
) -> Sequence[Mapping[str, Any]]:
    """The annotation of a task, or its predictions by the chosen model."""
    found = [one for element in listed.list_in(at, task, key) if (one := listed.mapping(at, element))]
    if key == "predictions":
        return [one for one in found if not choice.model or str(one.get("model_version")) == choice.model]
    kept = [one for one in found if one.get("was_cancelled") is not True]
    kept.sort(key=lambda one: one.get("ground_truth") is not True)
    choice.further += len(kept[1:])
    return kept[:1]


def _image(data: Mapping[str, Any]) -> object:
    """The image of a task: what is called `image` or `img`, else the only value that names a picture."""
    values = [data.get("image"), data.get("img"), *data.values()]
    for value in values:
        name = _file(value) if isinstance(value, str) else ""
        if any(name.lower().endswith(suffix) for suffix in SUFFIXES):
            return name
    return next((_file(value) for value in values[:2] if isinstance(value, str) and value), None)


def _file(text: str) -> str:
    """The file name in a path or URL; local storage puts the path behind `?d=`.

    An upload gets a prefix of eight hexadecimal digits and a dash, which the original name does not have.
    """
    try:
        parts = urlsplit(text) if "://" in text or text.startswith("/data/") else None
    except ValueError:
        return text
    path = text if parts is None else unquote(parse_qs(parts.query).get("d", [parts.path])[0])
    last = path.replace("\\", "/").rpartition("/")[2]
    prefix, dash, rest = last.partition("-")
    uploaded = "upload" in path and len(prefix) == 8 and all(c in "0123456789abcdef" for c in prefix)
    return rest if dash and uploaded else last if parts is not None or path.startswith("/") else path


def _further(data: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of a task besides its image."""
    return {
        key: value
        for key, value in data.items()
        if key not in ("image", "img", *_OF_MIN) and not isinstance(value, list | dict)
    }


def _take_region(listed: ListedImages, at: tuple[int, int], name: str, region: _Found) -> None:
    labels = next((region.value[key] for key in _KINDS if isinstance(region.value.get(key), list)), None)
    if labels is None:
        listed.objects.reject(at, _OTHERS, "key points, choices and text are not read")
        return
    if "rle" in region.value:
        _take_brush(listed, at, name, region, labels)
        return
    polygon, turned = _outline(region)
    listed.objects.add(
        at,
        name,
        None if polygon is None else bounds(polygon),
        category=labels[0] if labels else None,
        confidence=region.result.get("score"),
        id_=region.result.get("id"),
        further=region.said,
        segmentation=[polygon] if polygon and (turned or "points" in region.value) else None,
    )
    if len(labels) > 1:
        listed.objects.flag("regions with several labels", "changed", "the first is taken")
    if turned:
        listed.objects.flag("rotated regions", "changed", "the upright box around each is taken")


def _take_brush(
    listed: ListedImages, at: tuple[int, int], name: str, region: _Found, labels: Sequence[Any]
) -> None:
    """Add an object that was painted; its box is that of its mask."""
    code, (width, height) = region.value["rle"], region.size
    bitmap = brush_bitmap(code, width, height) if isinstance(code, list) else None
    box = None
    if bitmap is not None and bitmap.any():
        rows, columns = np.flatnonzero(bitmap.any(axis=1)), np.flatnonzero(bitmap.any(axis=0))
        left, right = columns[0] / width, (columns[-1] + 1) / width
        box = (float(left), float(rows[0] / height), float(right), float((rows[-1] + 1) / height))
    listed.objects.add(
        at,
        name,
        box,
        category=labels[0] if labels else None,
        confidence=region.result.get("score"),
        id_=region.result.get("id"),
        further=region.said,
        segmentation=runs_of(bitmap) if bitmap is not None and box else None,
    )
    if bitmap is None:
        hint = "its code is damaged, or the size of its image is missing"
        listed.objects.flag("brushes that cannot be read", "left out", hint)


def _outline(region: _Found) -> tuple[Polygon | None, bool]:
    """The outline of a region in fractions of its image, and whether it is rotated."""
    value = region.value
    if "points" in value:
        points = points_of(value["points"])
        return (None if points is None else [side / _HUNDRED for side in points]), False
    if "radiusX" in value:
        sides = four([value.get(key) for key in ("x", "y", "radiusX", "radiusY")])
        box = sides and (sides[0] - sides[2], sides[1] - sides[3], 2 * sides[2], 2 * sides[3])
    else:
        box = four([value.get(key) for key in ("x", "y", "width", "height")])
    if box is None:
        return None, False
    x, y, width, height = (side / _HUNDRED for side in box)
    turn = number(value.get("rotation")) or 0.0
    corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    if not turn or not isfinite(turn):
        return [side for a, b in corners for side in (x + a, y + b)], False
    across, down = region.size
    aspect = across / down if across and down else 1.0
    sine, cosine = sin(radians(turn)), cos(radians(turn))
    # The rectangle turns clockwise around its first corner, in pixels, not in percent.
    turned = ((a * cosine - b * sine / aspect, a * sine * aspect + b * cosine) for a, b in corners)
    return [side for a, b in turned for side in (x + a, y + b)], True
