"""The multi-label set: what is in each frame of the detection set, and two simulated taggers' scores."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drives import Shot
from files import save_lines
from painter.dice import Dice
from painter.plan import Moment
from painter.scene import Scene

THINGS = ("pedestrian", "cyclist", "car", "van", "truck", "traffic light")
CONDITIONS = ("night", "rain", "fog")
CLASSES = (*THINGS, *CONDITIONS)
_CLEAR = 2.2
"""Evidence of a tag that has no size, such as rain: easy, but not certain."""
_SPREAD = 1.9
"""Of the noise on evidence: some tags go wrong in every class."""


@dataclass(frozen=True)
class Tagger:
    """How a tagger behaves.

    Attributes:
        salt: Makes its random numbers differ from the other tagger's.
        scale: What evidence is multiplied by: above 1.5 it is overconfident.
        bias: Added to the evidence of each class that it names.
        at_night: The same at night only.
    """

    salt: int
    scale: float
    bias: Mapping[str, float]
    at_night: Mapping[str, float]


MODELS = {
    "model_a": Tagger(11, 2.2, {"cyclist": -1.6, "van": -1.2, "fog": -0.8}, {"pedestrian": -0.3}),
    "model_b": Tagger(12, 1.1, {"van": 0.2, "traffic light": 0.4}, {"truck": -2.4, "cyclist": 0.5}),
}


class MultilabelSet:
    """Collects the tags of frames, whose pictures are those of the detection set, and writes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        header = ",".join(("file", *CLASSES))
        self.lines = {name: [header] for name in ("labels", *MODELS)}

    def add(self, shot: Shot, scene: Scene) -> None:
        """Keep the tags of one frame."""
        evidence = {name: _evidence(name, scene) for name in CLASSES}
        tags = [str(int(value > 0)) for value in evidence.values()]
        self.lines["labels"].append(",".join((shot.file_name, *tags)))
        for name, tagger in MODELS.items():
            scores = _scores(evidence, shot.moment, tagger)
            self.lines[name].append(",".join((shot.file_name, *scores)))

    def save(self) -> None:
        """Write the labels and the scores."""
        for name, lines in self.lines.items():
            save_lines(self.folder / f"{name}.csv", lines)


def _evidence(name: str, scene: Scene) -> float:
    """Above 0 if the frame has the tag; the more there is to see of it, the higher."""
    if name in CONDITIONS:
        return _CLEAR if name in (scene.moment.time_of_day, scene.moment.weather) else -_CLEAR
    kinds = (name, "crowd") if name == "pedestrian" else (name,)
    heights = [thing.box[3] - thing.box[1] for thing in scene.objects if thing.kind in kinds]
    if heights:
        return 0.3 + math.log2(1 + max(heights) / 24)
    return -1.0 if any(kind == name for kind, _ in scene.lures) else -1.8


def _scores(evidence: Mapping[str, float], moment: Moment, tagger: Tagger) -> list[str]:
    dice = Dice(70_001 * tagger.salt + moment.number)
    found = []
    for name, value in evidence.items():
        bias = tagger.bias.get(name, 0.0)
        if moment.time_of_day == "night":
            bias += tagger.at_night.get(name, 0.0)
        seen = tagger.scale * (value + bias + _SPREAD * dice.bell())
        found.append(f"{1 / (1 + math.exp(-seen)):.3f}")
    return found
