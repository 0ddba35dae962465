"""Class maps and metric definitions of the classic interface, and the colours that it gives to classes."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from aquarium_tui.client import checks
from aquarium_tui.ingest.metrics import metric_name
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.metrics import Metric, MetricKind
from aquarium_tui.model.names import name_key

Rgb = tuple[int, int, int]

orig_label_color_list: list[Rgb] = [
    (230, 25, 75),
    (60, 180, 75),
    (255, 225, 25),
    (67, 99, 216),
    (245, 130, 49),
    (145, 30, 180),
    (70, 240, 240),
    (240, 50, 230),
    (188, 246, 12),
    (250, 190, 190),
    (0, 128, 128),
    (230, 190, 255),
    (154, 99, 36),
    (255, 250, 200),
    (128, 0, 0),
    (170, 255, 195),
    (128, 128, 0),
    (255, 216, 177),
    (0, 0, 117),
    (128, 128, 128),
]
"""Twenty simple colours that are easily told apart."""

tableau_colors: list[Rgb] = [
    (31, 119, 180),
    (255, 127, 14),
    (44, 160, 44),
    (214, 39, 40),
    (148, 103, 189),
    (140, 86, 75),
    (227, 119, 194),
    (127, 127, 127),
    (188, 189, 34),
    (23, 190, 207),
]
"""Tableau's ten."""

_STEPS = 256
"""Colours of a whole colour map, as matplotlib has of each that the old client offered."""
_TURBO = (
    (48, 18, 59),
    (63, 62, 156),
    (70, 102, 221),
    (69, 140, 253),
    (47, 178, 244),
    (26, 212, 208),
    (34, 235, 170),
    (82, 250, 122),
    (139, 255, 75),
    (183, 247, 53),
    (219, 226, 54),
    (245, 197, 58),
    (254, 161, 48),
    (249, 117, 29),
    (232, 75, 12),
    (206, 45, 4),
    (169, 22, 1),
    (122, 4, 3),
)
_VIRIDIS = (
    (68, 1, 84),
    (72, 23, 105),
    (71, 42, 122),
    (67, 61, 132),
    (61, 78, 138),
    (53, 94, 141),
    (46, 109, 142),
    (41, 123, 142),
    (35, 137, 142),
    (31, 151, 139),
    (33, 165, 133),
    (46, 179, 124),
    (70, 192, 111),
    (101, 203, 94),
    (137, 213, 72),
    (176, 221, 47),
    (216, 226, 25),
    (253, 231, 37),
)


def _scheme(stops: tuple[Rgb, ...]) -> list[Rgb]:
    """256 colours between evenly spaced ones; no channel is more than two off the published scheme."""
    place, at = np.linspace(0, len(stops) - 1, _STEPS), np.arange(len(stops))
    channels = [np.interp(place, at, [stop[i] for stop in stops]).round().astype(int) for i in range(3)]
    return [(int(r), int(g), int(b)) for r, g, b in zip(*channels, strict=True)]


turbo_rgb = _scheme(_TURBO)
"""Google's scheme Turbo, from dark to light."""
viridis_rgb = _scheme(_VIRIDIS)
"""Matplotlib's scheme Viridis, from dark to light."""


def spread(scheme: list[Rgb], count: int) -> list[Rgb]:
    """A colour for each of `count` classes, as far apart in a scheme as they can be."""
    step = max(10, len(scheme) // max(count, 1))
    return [scheme[step * i % len(scheme)] for i in range(count)]


@dataclass(frozen=True)
class CustomMetricsDefinition:
    """A metric that a project has for each frame: a number ("objective") or a "confusion_matrix".

    Raises:
        UsageError: `metrics_type` is neither, or the name has no usable character.
    """

    name: str
    metrics_type: str = "objective"

    OBJECTIVE = "objective"
    CONFUSION_MATRIX = "confusion_matrix"

    def __post_init__(self) -> None:
        checks.text(self.name, "the name of a metric")
        if self.metrics_type not in list(MetricKind):
            kinds = " or ".join(MetricKind)
            raise checks.RefusedValueError(f"metrics_type must be {kinds}, not {self.metrics_type!r}.")
        if not metric_name(self.name):
            raise checks.RefusedValueError(f"A metric cannot be named {self.name!r}.")

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    def metric(self) -> Metric:
        """The metric as it is stored; characters that a name may not contain become underscores."""
        return Metric(metric_name(self.name), MetricKind(self.metrics_type))


@dataclass(frozen=True)
class ClassMapEntry:
    """One class of a project.

    `train_name` is the name it is evaluated as; `ignore_in_eval` excludes it from all counts. The other
    fields are accepted and ignored.

    Raises:
        UsageError: The name is not text, the id is not a whole number from 0, or the colour is not three
            whole numbers from 0 to 255.
    """

    name: str
    class_id: int
    color: Sequence[int] | None = None
    train_name: str | None = None
    ignore_in_eval: bool = False
    train_id: int | None = None
    category: str | None = None
    category_id: int | None = None
    has_instances: bool = True
    train_color: Sequence[int] | None = None
    keypoint_names: Sequence[str] | None = None
    skeleton: Sequence[Any] | None = None

    def __post_init__(self) -> None:
        checks.text(self.name, "the name of a class")
        if type(self.class_id) is not int or self.class_id < 0:
            raise checks.RefusedValueError(f"class_id must be a whole number from 0, not {self.class_id!r}.")
        _color(self.color)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    def entry(self) -> ClassEntry:
        """The class as it is stored."""
        return ClassEntry(
            id=self.class_id,
            name=self.name,
            color=_color(self.color),
            train_name=self.train_name,
            ignore_in_eval=bool(self.ignore_in_eval),
        )


@dataclass(frozen=True)
class ClassMapUpdateEntry:
    """A class of a project, by name or id, that is to get another colour."""

    name: str | None = None
    class_id: int | None = None
    color: Sequence[int] | None = None
    train_color: Sequence[int] | None = None
    keypoint_names: Sequence[str] | None = None
    skeleton: Sequence[Any] | None = None

    def __post_init__(self) -> None:
        if self.name is None and self.class_id is None:
            raise checks.RefusedValueError("Name the class by its name or its class_id.")
        _color(self.color)

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    def changed(self, class_map: ClassMap) -> ClassMap:
        """The class map with the new colour.

        Raises:
            UsageError: It has no such class.
        """
        if self.name is not None:
            place = class_map.positions_by_name.get(name_key(self.name))
        else:
            place = class_map.positions_by_id.get(self.class_id or 0)
        if place is None:
            raise checks.RefusedValueError(f"There is no class {self.name or self.class_id!r}.")
        entries = list(class_map.entries)
        entries[place] = replace(entries[place], color=_color(self.color))
        return ClassMap(tuple(entries))


@dataclass(frozen=True)
class StratifiedMetricsDefinition:
    """A grouping of metrics by a value; accepted, and without effect: queries and segments do this."""

    name: str
    ordered_values: Sequence[str]

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


class LabelClassMap:
    """The classes of a project.

    Raises:
        UsageError: Two classes have the same id or name.
    """

    def __init__(self, entries: Iterable[ClassMapEntry] = ()) -> None:
        self.entries: list[ClassMapEntry] = []
        for entry in entries or ():
            self.add_entry(entry)

    def add_entry(self, entry: ClassMapEntry) -> None:
        """Add one more class.

        Raises:
            UsageError: It is not a `ClassMapEntry`, or its id or name is taken.
        """
        if not isinstance(entry, ClassMapEntry):
            raise checks.RefusedTypeError(f"An entry must be a ClassMapEntry, not {entry!r}.")
        for known in self.entries:
            if known.class_id == entry.class_id or known.name.casefold() == entry.name.casefold():
                raise checks.RefusedValueError(
                    f"Class {entry.name!r} with id {entry.class_id} has the id or the name of the earlier "
                    f"class {known.name!r} with id {known.class_id}."
                )
        self.entries.append(entry)

    @classmethod
    def from_classnames(cls, classnames: Iterable[str]) -> "LabelClassMap":
        """A class map with these names, ids from 0, and the colours of this program's palette."""
        if isinstance(classnames, str):
            raise checks.RefusedTypeError("classnames must be a list of names, not one string.")
        return cls(ClassMapEntry(name, id_) for id_, name in enumerate(classnames))

    @classmethod
    def from_classnames_max10(cls, classnames: Iterable[str]) -> "LabelClassMap":
        """The same with Tableau's ten colours, which repeat."""
        return cls._colored(classnames, tableau_colors)

    @classmethod
    def from_classnames_max20(cls, classnames: Iterable[str]) -> "LabelClassMap":
        """The same with twenty simple colours, which repeat."""
        return cls._colored(classnames, orig_label_color_list)

    @classmethod
    def from_classnames_turbo(cls, classnames: Iterable[str]) -> "LabelClassMap":
        """The same with colours of the scheme Turbo, from dark to light."""
        names = list(classnames)
        return cls._colored(names, spread(turbo_rgb, len(names)))

    @classmethod
    def from_classnames_viridis(cls, classnames: Iterable[str]) -> "LabelClassMap":
        """The same with colours of the scheme Viridis, from dark to light."""
        names = list(classnames)
        return cls._colored(names, spread(viridis_rgb, len(names)))

    @classmethod
    def _colored(cls, classnames: Iterable[str], colors: Sequence[Rgb]) -> "LabelClassMap":
        plain = cls.from_classnames(classnames)
        return cls(replace(e, color=colors[i % len(colors)]) for i, e in enumerate(plain.entries))

    def class_map(self) -> ClassMap:
        """The class map as it is stored."""
        return ClassMap(tuple(entry.entry() for entry in self.entries))


def _color(color: Sequence[int] | None) -> tuple[int, int, int] | None:
    if color is None:
        return None
    parts = list(color)
    if len(parts) != 3 or any(type(part) is not int or not 0 <= part <= 255 for part in parts):
        raise checks.RefusedValueError(f"A colour is three whole numbers from 0 to 255, not {color!r}.")
    red, green, blue = parts
    return red, green, blue
