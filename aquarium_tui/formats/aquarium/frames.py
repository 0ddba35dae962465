"""Frames as the Aquarium client writes them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy as np

from aquarium_tui.formats.shared.collector import Gatherer, key_text
from aquarium_tui.formats.shared.json_reader import JsonLine
from aquarium_tui.formats.shared.listed_images import pixels
from aquarium_tui.formats.shared.values import number, typed_column, unique_keys
from aquarium_tui.model.columns import Text
from aquarium_tui.model.names import clean, visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import Problem
from aquarium_tui.model.tables import Frames

UNSIZED = "frames without a width and height"
"""The kind of problem of frames whose size neither the records nor the image files tell."""
USER = "user__"
"""The prefix of every key that the user chose."""
_TRUTHS = {"true": True, "false": False}


class FrameReader:
    """Collects the frames among lines.

    Args:
        where: What holds the frames, such as "val.jsonl frames".

    Attributes:
        sensors: The sensor whose image is shown, by frame id.
    """

    def __init__(self, where: str) -> None:
        self.sensors: dict[str, str] = {}
        self._paths: list[str | None] = []
        self._sizes: list[tuple[int, int]] = []
        self._metadata: dict[str, list[Any]] = {}
        self._problems = Gatherer(where)
        self._taken = 0
        self._further = 0

    def __len__(self) -> int:
        return len(self.sensors)

    def add(self, line: JsonLine) -> None:
        """Add a line; one without `sensor_data` is not a frame."""
        record = line.value
        sensors = record.get("sensor_data")
        if not isinstance(sensors, list):
            return
        id_, at = key_text(record.get("task_id")), self._taken
        self._taken += 1
        if id_ is None:
            self._problems.add("frames without a task_id", "left out", at)
        elif id_ in self.sensors:
            self._problems.add("frames with the same id as an earlier one", "left out", at, visible(id_))
        else:
            self._add_frame(id_, record, sensors)
            self._check(id_, at)

    def frames(self) -> Frames:
        """The collected frames."""
        columns = {key: typed_column(self._padded(values)) for key, values in self._metadata.items()}
        sizes = np.array(self._sizes, dtype=np.int32).reshape(-1, 2)
        return Frames(
            id=Text.from_words(list(self.sensors)),
            path=Text.from_values(self._paths),
            width=np.ascontiguousarray(sizes[:, 0]),
            height=np.ascontiguousarray(sizes[:, 1]),
            metadata=unique_keys({key: column for key, column in columns.items() if column is not None}),
        )

    def notes(self) -> Sequence[str]:
        """Notes on what was recognised."""
        notes = []
        if self._metadata:
            notes.append(f"frame metadata: {', '.join(map(visible, self._metadata))}")
        if self._further:
            notes.append(
                f"{counted(self._further, 'frame has', 'frames have')} several sensors: the first is shown"
            )
        return notes

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the frames."""
        return self._problems.problems()

    def _add_frame(self, id_: str, record: Mapping[str, Any], sensors: Sequence[Any]) -> None:
        image: Mapping[str, Any] = next(
            (sensor for sensor in sensors if _image_url(sensor)),
            next((sensor for sensor in sensors if isinstance(sensor, dict)), {}),
        )
        self._further += len(sensors) > 1
        self._keep(record)
        self.sensors[id_] = str(image.get("coordinate_frame") or image.get("sensor_id") or "DEFAULT")
        self._paths.append(path_of(_image_url(image)))
        self._sizes.append(_size(image))

    def _check(self, id_: str, at: int) -> None:
        """Report what is missing in the frame added last."""
        if self._paths[-1] is None:
            hint = "they are shown without a picture"
            self._problems.add("frames without an image_url", "kept", at, visible(id_), hint)
        if 0 in self._sizes[-1]:
            hint = "boxes outside these images cannot be found"
            self._problems.add(UNSIZED, "kept", at, visible(id_), hint)

    def _keep(self, record: Mapping[str, Any]) -> None:
        """Add the metadata of a frame."""
        for key, value in _metadata(record).items():
            if value is not None:
                self._padded(self._metadata.setdefault(key, [])).append(value)

    def _padded(self, values: list[Any]) -> list[Any]:
        values.extend([None] * (len(self) - len(values)))
        return values


def plain_value(value: object, kind: object = None) -> object:
    """A metadata value as a number, boolean or text; a list as its items separated by commas; else None.

    Args:
        value: The value in the file.
        kind: The type that the file declares for it (`str`, `int`, `float`, `bool`); others have no effect.
    """
    if isinstance(value, list):
        return ", ".join(_words(item) for item in value)
    if isinstance(value, str) and kind in ("int", "float"):
        return value if number(value) is None else number(value)
    if isinstance(value, str) and kind == "bool":
        return _TRUTHS.get(value.lower(), value)
    if kind == "str" and isinstance(value, bool | int | float):
        return _words(value)
    return None if isinstance(value, dict) else value


def path_of(url: str) -> str | None:
    """A path or URL; a `file:` URL becomes the path that it means."""
    if not url:
        return None
    return clean(url2pathname(urlsplit(url).path) if url.startswith("file:") else url)


def _words(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else clean(str(value))


def _metadata(record: Mapping[str, Any]) -> dict[str, Any]:
    kinds = record.get("user_metadata_types")
    kinds = kinds if isinstance(kinds, dict) else {}
    found = {"date_captured": plain_value(record.get("date_captured"))}
    if record.get("device_id") != "default_device":
        found["device_id"] = plain_value(record.get("device_id"))
    for key, value in record.items():
        if key.startswith(USER):
            found[key.removeprefix(USER)] = plain_value(value, kinds.get(key))
    places = record.get("geo_data")
    for key, value in places.items() if isinstance(places, dict) else ():
        found[key] = plain_value(value)
    return found


def _image_url(sensor: object) -> str:
    urls = sensor.get("data_urls") if isinstance(sensor, dict) else None
    url = urls.get("image_url") if isinstance(urls, dict) else None
    return url if isinstance(url, str) else ""


def _size(sensor: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height in pixels, 0 if unknown."""
    stated = sensor.get("sensor_metadata")
    stated = stated if isinstance(stated, dict) else {}
    return pixels(stated.get("width")), pixels(stated.get("height"))
