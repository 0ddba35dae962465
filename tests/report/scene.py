"""One frame of trucks, a car and a van, worked by hand."""

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.settings import Settings
from tests.compare.scenes import comparison

CLASSES = ["car", "truck", "bus"]


def place(column: int) -> tuple[float, float, float, float]:
    return (column * 20.0, 0.0, column * 20.0 + 10.0, 10.0)


SAID = [
    # label, base, other; None is nothing
    ("car", "car", "car"),
    ("car", "truck", "car"),
    ("car", None, "truck"),
    ("truck", "truck", None),
    (None, "car", None),
]


def inferences(set_: int):
    named = [(row[set_], place(column)) for column, row in enumerate(SAID)]
    return [(0, name, box, 0.9 - column / 10) for column, (name, box) in enumerate(named) if name]


def scene(alone: bool = False, classes=CLASSES, **settings) -> ObjectComparison:
    labels = [(0, row[0], place(column)) for column, row in enumerate(SAID) if row[0]]
    other = None if alone else inferences(2)
    return comparison(classes, labels, inferences(1), other, settings=Settings(**settings))
