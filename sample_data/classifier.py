"""Two simulated classifiers: from the class of a crop to a class and a confidence."""

from collections.abc import Mapping
from dataclasses import dataclass

from painter.dice import Dice

Swaps = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Manner:
    """How a classifier behaves.

    Attributes:
        salt: Makes its random numbers differ from the other classifier's.
        swaps: How often it takes a class for another one.
        night: How much more often at night, as a factor.
        right: Lowest and highest confidence when right.
        wrong: Lowest and highest confidence when wrong.
    """

    salt: int
    swaps: Swaps
    night: float
    right: tuple[float, float]
    wrong: tuple[float, float]


BASE = Manner(
    salt=1,
    swaps={
        "cyclist": {"pedestrian": 0.30},
        "van": {"car": 0.30, "truck": 0.05},
        "truck": {"van": 0.10},
        "car": {"van": 0.05},
        "pedestrian": {"cyclist": 0.05},
        "traffic light": {"pedestrian": 0.08},
    },
    night=1.3,
    right=(0.72, 0.999),
    wrong=(0.48, 0.97),
)
OTHER = Manner(
    salt=2,
    swaps={
        "cyclist": {"pedestrian": 0.08},
        "van": {"car": 0.10, "truck": 0.06},
        "truck": {"van": 0.34},
        "car": {"van": 0.06},
        "pedestrian": {"cyclist": 0.08},
        "traffic light": {"pedestrian": 0.02},
    },
    night=1.6,
    right=(0.46, 0.98),
    wrong=(0.22, 0.70),
)


def classify(kind: str, number: int, manner: Manner, *, night: bool) -> tuple[str, float]:
    """Return the class and the confidence that a classifier gives to a crop."""
    dice = Dice(70_001 * manner.salt + number)
    roll, sure = dice.real(), dice.real()
    for other, share in manner.swaps[kind].items():
        roll -= share * (manner.night if night else 1.0)
        if roll < 0:
            return other, round(manner.wrong[0] + (manner.wrong[1] - manner.wrong[0]) * sure, 3)
    return kind, round(manner.right[0] + (manner.right[1] - manner.right[0]) * sure**0.6, 3)
