"""The drives that the frames come from: when and where each was taken, and what its metadata says."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from painter.dice import Dice
from painter.plan import Moment

SUMMER_TIME = timezone(timedelta(hours=2))
CAMERAS = (
    "cam_front",
    "cam_front",
    "cam_left",
    "cam_front",
    "cam_right",
    "cam_front",
    "cam_right",
    "cam_left",
)
DRIVES = (
    ("2024-10-07 10:12", "day", "clear", 10),
    ("2024-10-07 18:31", "dusk", "clear", 7),
    ("2024-10-08 21:04", "night", "clear", 8),
    ("2024-10-10 08:47", "day", "rain", 7),
    ("2024-10-11 07:55", "day", "fog", 5),
    ("2024-10-12 22:18", "night", "rain", 6),
    ("2024-10-14 14:26", "day", "clear", 7),
    ("2024-10-15 18:20", "dusk", "rain", 4),
    ("2024-10-16 20:41", "night", "clear", 4),
    ("2024-10-17 18:08", "dusk", "fog", 2),
)
FIRST = 28
EMPTY = (24, 51)
CROWDED = (1, 9, 13, 25, 33, 43, 56)
BUSY = (16, 9, 17, 12, 7, 22, 3, 13, 9, 14, 30, 8, 20, 5, 12, 2, 16)


@dataclass(frozen=True)
class Shot:
    """One frame of a drive.

    Attributes:
        moment: What is to be seen.
        captured_at: When it was taken.
        speed_kmh: How fast we drove.
    """

    moment: Moment
    captured_at: datetime
    speed_kmh: float

    @property
    def file_name(self) -> str:
        """Name of its picture."""
        return f"{self.moment.camera}_{self.moment.number:04d}.jpg"


def shots() -> list[Shot]:
    """Return the 60 frames of all drives, in the order they were taken."""
    dice, number = Dice(2024), FIRST
    found: list[Shot] = []
    for start, time_of_day, weather, count in DRIVES:
        at = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=SUMMER_TIME)
        for _ in range(count):
            k = len(found)
            at += timedelta(seconds=20 + int(dice.real() * 180))
            busy = 0 if k in EMPTY else BUSY[k % len(BUSY)]
            camera = CAMERAS[k % len(CAMERAS)]
            moment = Moment(number, camera, time_of_day, weather, busy, k in CROWDED)
            number += 3 + int(dice.real() * 9)
            found.append(Shot(moment, at, round(dice.between(0, 52), 1)))
    return found
