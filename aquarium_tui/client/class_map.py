"""Class maps as the classic interface builds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aquarium_tui.client import checks
from aquarium_tui.ingest.metrics import metric_name
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.metrics import Metric, MetricKind


@dataclass(frozen=True)
class CustomMetricsDefinition:
    """A metric of a project, by frame: a number ("objective") or a "confusion_matrix".

    Raises:
        UsageError: `metrics_type` is neither.
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
            raise checks.RefusedValueError(f"a metric cannot be called {self.name!r}.")

    def metric(self) -> Metric:
        """The metric of the store; its name with underscores for what a name may not hold."""
        return Metric(metric_name(self.name), MetricKind(self.metrics_type))


Color = tuple[int, int, int]


@dataclass(frozen=True)
class ClassMapEntry:
    """One class of a project.

    `train_name` is the name it is evaluated as, `ignore_in_eval` takes it out of every count. The fields
    after these are kept, and mean nothing here.

    Raises:
        UsageError: A name is no text, an id is no whole number from 0, or a colour not three from 0 to 255.
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

    def entry(self) -> ClassEntry:
        """The entry of a class map of the store."""
        return ClassEntry(
            id=self.class_id,
            name=self.name,
            color=_color(self.color),
            train_name=self.train_name,
            ignore_in_eval=bool(self.ignore_in_eval),
        )


class LabelClassMap:
    """The classes of a project; ids and names are unique.

    Raises:
        UsageError: They are not.
    """

    def __init__(self, entries: Iterable[ClassMapEntry] = ()) -> None:
        self.entries: list[ClassMapEntry] = []
        for entry in entries or ():
            self.add_entry(entry)

    def add_entry(self, entry: ClassMapEntry) -> None:
        """Add one more class.

        Raises:
            UsageError: It is no `ClassMapEntry`, or its id or name is taken.
        """
        if not isinstance(entry, ClassMapEntry):
            raise checks.RefusedTypeError(f"an entry must be a ClassMapEntry, not {entry!r}.")
        for known in self.entries:
            if known.class_id == entry.class_id or known.name.casefold() == entry.name.casefold():
                raise checks.RefusedValueError(
                    f"class {entry.name!r} with id {entry.class_id}: the id or the name is already that of "
                    f"{known.name!r} with id {known.class_id}."
                )
        self.entries.append(entry)

    @classmethod
    def from_classnames(cls, classnames: Iterable[str]) -> "LabelClassMap":
        """A class map of those names, with ids from 0 and the colours of this program's palette."""
        if isinstance(classnames, str):
            raise checks.RefusedTypeError("classnames must be a list of names, not one string.")
        return cls(ClassMapEntry(name, id_) for id_, name in enumerate(classnames))

    from_classnames_max10 = from_classnames
    from_classnames_max20 = from_classnames
    from_classnames_turbo = from_classnames
    from_classnames_viridis = from_classnames

    def class_map(self) -> ClassMap:
        """The class map of the store."""
        return ClassMap(tuple(entry.entry() for entry in self.entries))


def _color(color: Sequence[int] | None) -> Color | None:
    if color is None:
        return None
    parts = list(color)
    if len(parts) != 3 or any(type(part) is not int or not 0 <= part <= 255 for part in parts):
        raise checks.RefusedValueError(f"a colour is three whole numbers from 0 to 255, not {color!r}.")
    red, green, blue = parts
    return red, green, blue
