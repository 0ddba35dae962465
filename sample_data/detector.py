"""Two simulated detectors: what they find in a scene whose objects are known, and how they go wrong.

What goes wrong depends on the object: small, hidden, dark or foggy objects are missed, look-alikes are
confused, street furniture is taken for objects. Half of the randomness is shared: both fail at the hard ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from painter.canvas import Extent
from painter.dice import Dice
from painter.finish import H, W
from painter.scene import Object, Scene

Swaps = Mapping[str, Mapping[str, float]]
WHIMS = (("pedestrian", 0.5), ("cyclist", 0.5), ("traffic light", 0.5), ("car", 1.4), ("van", 1.4))


@dataclass(frozen=True)
class Find:
    """One inference: its class, its box (pixels: left, top, right, bottom) and its confidence."""

    kind: str
    box: Extent
    score: float


@dataclass(frozen=True)
class Character:
    """How a model behaves.

    Attributes:
        salt: Makes its random numbers differ from the other model's.
        swaps: How often it takes a class for another one.
        night_swaps: The same, at night instead.
        blind: How much small size, occlusion, darkness, fog and rain hurt it.
        loose: How often its box is far off, and how far off it is otherwise (share of the object's size).
        twice: How often it finds an object a second time.
        lured: How often it falls for a look-alike.
        scores: Confidence of the hardest and the easiest finds, and their spread.
        bend: How fast confidence grows with ease, as an exponent.
        doubt: What a wrong class or a look-alike does to the confidence, as a factor.
    """

    salt: int
    swaps: Swaps
    night_swaps: Swaps
    blind: Mapping[str, float]
    loose: tuple[float, float]
    twice: float
    lured: float
    scores: tuple[float, float, float]
    bend: float
    doubt: float


BASE = Character(
    salt=1,
    swaps={
        "cyclist": {"pedestrian": 0.44},
        "van": {"car": 0.40, "truck": 0.03},
        "truck": {"van": 0.05, "car": 0.05},
        "car": {"van": 0.04},
        "pedestrian": {"cyclist": 0.03},
    },
    night_swaps={},
    blind={"small": 0.78, "hidden": 0.42, "night": 0.17, "fog": 0.14, "rain": 0.05, "traffic light": 0.04},
    loose=(0.07, 0.034),
    twice=0.13,
    lured=0.09,
    scores=(0.58, 0.985, 0.05),
    bend=0.6,
    doubt=0.93,
)
OTHER = Character(
    salt=2,
    swaps={
        "cyclist": {"pedestrian": 0.11},
        "van": {"car": 0.12, "truck": 0.07},
        "truck": {"van": 0.46, "car": 0.02},
        "car": {"van": 0.03},
        "pedestrian": {"cyclist": 0.03},
    },
    night_swaps={"pedestrian": {"cyclist": 0.24}, "truck": {"van": 0.62}, "cyclist": {"pedestrian": 0.16}},
    blind={"small": 0.58, "hidden": 0.34, "night": 0.09, "fog": 0.14, "rain": 0.12, "traffic light": 0.10},
    loose=(0.04, 0.022),
    twice=0.07,
    lured=0.05,
    scores=(0.26, 0.93, 0.045),
    bend=1.0,
    doubt=0.62,
)


def detect(scene: Scene, character: Character) -> list[Find]:
    """Return what a model finds in a scene, the most confident first; always the same."""
    seer = _Seer(scene, character)
    for number, thing in enumerate(scene.objects):
        seer.luck = Dice(31 * scene.moment.number + 7919 * number)
        (seer.gather if thing.kind == "crowd" else seer.look)(thing)
    for kind, box in scene.lures:
        seer.fall_for(kind, box)
    seer.imagine()
    return sorted(seer.finds, key=lambda find: -find.score)


class _Seer:
    """One model looking at one scene."""

    def __init__(self, scene: Scene, character: Character) -> None:
        self.moment, self.character = scene.moment, character
        self.own = Dice(1_000_003 * character.salt + scene.moment.number)
        self.luck = self.own
        self.finds: list[Find] = []
        self.night = scene.moment.time_of_day == "night"

    def ease(self, thing: Object) -> float:
        """Return how easy an object is to find, about 0 to 1."""
        blind, size = self.character.blind, _size(thing.box)
        hard = blind["small"] * max(0.0, 1 - size / 46) ** 1.3 + blind["hidden"] * (1 - thing.seen)
        hard += blind["night"] * self.night + blind.get(thing.kind, 0.0)
        return 1 - float(hard) - blind.get(self.moment.weather, 0.0)

    def look(self, thing: Object) -> None:
        """Find an object, miss it, or take it for something else."""
        shared, own = self.luck.real(), self.own.real()
        ease = self.ease(thing)
        luck = shared if self.own.chance(0.5) else own
        kind = self._named(thing)
        if luck > 0.09 + 0.93 * ease:
            self._mumble(kind, thing.box)
            return
        box = self._box(thing.box)
        self._add(kind, box, self._score(ease) * (1.0 if kind == thing.kind else self.character.doubt))
        if kind != thing.kind and self.own.chance(0.35):
            self._add(thing.kind, self._shaken(box, 0.03), self._score(ease) * 0.45)
        if self.own.chance(self.character.twice):
            self._add(kind, self._shaken(box, 0.11), self._score(ease) * self.own.between(0.25, 0.6))

    def _named(self, thing: Object) -> str:
        swaps = dict(self.character.swaps.get(thing.kind, {}))
        if self.night:
            swaps |= self.character.night_swaps.get(thing.kind, {})
        harder = 1.25 if _size(thing.box) < 45 or thing.seen < 0.7 else 0.85
        roll = self.own.real()
        for kind, share in swaps.items():
            roll -= share * harder
            if roll < 0:
                return kind
        return thing.kind

    def _mumble(self, kind: str, box: Extent) -> None:
        if self.own.chance(0.6):
            self._add(kind, self._shaken(box, 0.06), 0.01 + 0.10 * self.own.real() ** 2)

    def _score(self, ease: float) -> float:
        low, high, spread = self.character.scores
        bent = max(0.0, min(1.0, ease)) ** self.character.bend
        return low + (high - low) * float(bent) + spread * self.own.bell()

    def _box(self, box: Extent) -> Extent:
        often, usual = self.character.loose
        return self._shaken(box, 0.17 if self.own.chance(often) else usual)

    def _shaken(self, box: Extent, by: float) -> Extent:
        wide, tall = box[2] - box[0], box[3] - box[1]
        moves = [self.own.bell() * by * size for size in (wide, tall, wide, tall)]
        left, top, right, bottom = (a + b for a, b in zip(box, moves, strict=True))
        return left, top, right, bottom

    def gather(self, thing: Object) -> None:
        """Find single pedestrians in a crowd."""
        left, top, right, bottom = thing.box
        tall = bottom - top
        for _ in range(5 + int(self.own.real() * 4)):
            x, high = self.own.between(left, right - 0.3 * tall), tall * self.own.between(0.7, 0.95)
            box = (x, bottom - high, x + 0.3 * tall, bottom - self.own.between(0, 0.1) * tall)
            self._add("pedestrian", box, self._score(0.4) * self.own.between(0.5, 1))

    def fall_for(self, kind: str, box: Extent) -> None:
        """Take a look-alike for an object, perhaps with a low confidence."""
        roll, lured = self.own.real(), self.character.lured * (1.4 if self.night else 1.0)
        if roll < lured:
            sure = self._score(self.own.real() * 0.7) * self.character.doubt * 0.8
            self._add(kind, self._shaken(box, 0.05), sure)
        elif roll < lured + 0.18:
            self._add(kind, self._shaken(box, 0.08), 0.01 + 0.09 * self.own.real())

    def imagine(self) -> None:
        """Find a few things anywhere, with very low confidence."""
        for _ in range(int(self.own.real() * 6)):
            kind, wide = self.own.pick(WHIMS)
            x, y = self.own.between(0, W - 80), self.own.between(0.35 * H, 0.7 * H)
            tall = self.own.between(14, 80)
            self._add(kind, (x, y, x + tall * wide, y + tall), 0.01 + 0.05 * self.own.real())

    def _add(self, kind: str, box: Extent, score: float) -> None:
        left, top, right, bottom = (
            max(0.0, box[0]),
            max(0.0, box[1]),
            min(float(W), box[2]),
            min(float(H), box[3]),
        )
        if right - left >= 2 and bottom - top >= 2:
            self.finds.append(Find(kind, (left, top, right, bottom), round(min(0.999, max(0.01, score)), 3)))


def _size(box: Extent) -> float:
    return float(((box[2] - box[0]) * (box[3] - box[1])) ** 0.5)
