"""The layout of a street, in metres from its middle and along it."""

from dataclasses import dataclass

from painter.dice import Dice

FAR = 170.0
NONE = (1e9, 1e9)


@dataclass(frozen=True)
class Street:
    """A straight street, perhaps with a side street across it.

    Attributes:
        road: Half the road's width.
        walk: Width of each pavement.
        crossing: Where the side street begins and ends along z; far out of reach without one.
        green: Sides (-1 left, 1 right) that are a park behind the pavement.
        parking: Whether the outer strips of the road are parking bays.
        lanes: Middles of the lanes on one side of the road.
    """

    road: float
    walk: float
    crossing: tuple[float, float]
    green: tuple[int, ...]
    parking: bool
    lanes: tuple[float, ...]

    @property
    def crossed(self) -> bool:
        """Whether there is a side street."""
        return self.crossing != NONE

    @property
    def wall(self) -> float:
        """From the middle to the house fronts."""
        return self.road + self.walk

    @property
    def gap(self) -> tuple[float, float]:
        """Where the house fronts make room for the side street, along z."""
        return self.crossing[0] - self.walk, self.crossing[1] + self.walk


def street_of(dice: Dice) -> Street:
    """Return a random street."""
    road, parking, lanes = dice.pick(
        ((3.7, False, (1.75,)), (5.75, True, (1.75,)), (5.75, True, (1.75,)), (7.2, False, (1.9, 5.4)))
    )
    start = dice.between(17, 33)
    crossing = (start, start + 9.0) if dice.chance(0.64) else NONE
    green = (dice.side(),) if dice.chance(0.38) else ()
    return Street(road, dice.between(3.6, 4.8), crossing, green, parking, lanes)
