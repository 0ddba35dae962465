"""How often the 95 % intervals hold the true delta: `python -m benchmarks.coverage`.

A population of frames is made, with two models on it. Its deltas are the truth. Datasets of 150 frames are
drawn from it, each is compared as the program compares, and the share of intervals that hold the truth is
printed: for a null pair (two runs of the same model, which change places at random in every frame, so that
the truth is 0) and for a real pair (the other model is better here and worse there; several populations).

Rows of classes are pooled by their number of labels in the drawn dataset. Rows that the program calls *few*
are left out of the table and counted beside it. The last lines say how many datasets have a list in which
anything is called sure: of a null pair, 5 % may.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.cells import total
from aquarium_tui.compare.certainty.table import Certainty
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.arrays import Floats
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.settings import SIDES, Settings
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of

CLASSES = 20
POPULATION = 8_000
POPULATIONS = 4
FRAMES = 150
PRECISIONS = ("AP", "AP50")
AVERAGES = ("weighted", "macro", "micro")
RATES = ("precision", "recall", "f1")

_FREQUENCY = np.geomspace(1.2, 0.04, CLASSES)
"""Labels per frame of each class: from 180 down to 6 in a dataset of 150 frames."""

Generator = np.random.Generator


@dataclass(frozen=True)
class Population:
    """A large dataset with two sets, and the deltas between them."""

    dataset: Dataset
    sets: tuple[InferenceSet, InferenceSet]
    truth: Mapping[str, Floats]

    @cached_property
    def found(self) -> Objects:
        """What both models found: base in the first half of the frames, other in the second."""
        first, second = (one.objects for one in self.sets)
        return Objects(
            np.append(first.starts, second.starts[1:] + first.starts[-1]),
            np.concatenate([first.class_index, second.class_index]),
            np.concatenate([first.box, second.box]),
            np.concatenate([first.confidence, second.confidence]),
            np.zeros(0, bool),
            np.zeros(0),
        )


@dataclass
class Tally:
    """How many intervals held the truth, lay below it or above it, and how many rows were few."""

    held: int = 0
    below: int = 0
    above: int = 0
    few: int = 0

    def add(self, low: float, high: float, truth: float) -> None:
        """Count one interval."""
        self.held += low <= truth <= high
        self.below += high < truth
        self.above += low > truth

    @property
    def all(self) -> int:
        """How many intervals were counted."""
        return self.held + self.below + self.above


def population(rng: Generator, null: bool, frames: int = POPULATION) -> Population:
    """Frames that are easy or hard for both models alike, and two models that find objects in them."""
    ease = rng.normal(0.0, 0.6, frames)
    crowd = np.exp(rng.normal(0.0, 0.7, frames) - 0.245)
    counts = rng.poisson(_FREQUENCY * crowd[:, None])
    frame, class_ = (np.repeat(part.ravel(), counts.ravel()) for part in np.indices(counts.shape))
    size = rng.uniform(20, 60, (len(frame), 2))
    corner = rng.uniform(0, 900, (len(frame), 2))
    box = np.concatenate([corner, corner + size], axis=1)
    labels = Objects(
        starts_of(frame, frames),
        class_.astype(np.int32),
        box,
        np.zeros(0),
        np.zeros(len(frame), bool),
        size.prod(axis=1),
    )
    entries = ClassMap(tuple(ClassEntry(i + 1, f"class {i:02}") for i in range(CLASSES)))
    ids = Text.from_words([f"{i:06}" for i in range(frames)])
    width = np.full(frames, 1000, np.int32)
    dataset = Dataset(Project("coverage", class_map=entries), "all", Frames(ids, ids, width, width), labels)
    shared = rng.normal(0.0, 0.7, len(frame)) + ease[frame] + rng.normal(0.7, 0.5, CLASSES)[class_]
    better = np.zeros(CLASSES) if null else rng.normal(0.1, 0.3, CLASSES)
    alarms = (1.0, 1.0) if null else (1.0, 0.85)
    gains = (np.zeros(CLASSES), better)
    models = [
        _model(rng, dataset, shared + gain[class_], much) for gain, much in zip(gains, alarms, strict=True)
    ]
    sets = InferenceSet("base", models[0]), InferenceSet("other", models[1])
    found = _deltas(ObjectComparison.of(dataset, *sets, Settings()), frames)
    truth = {name: np.zeros_like(deltas) for name, deltas in found.items()} if null else found
    return Population(dataset, sets, truth)


def _model(rng: Generator, dataset: Dataset, skill: Floats, alarms: float) -> Objects:
    """Inferences of one model: labels it finds, some loosely or as another class, and false alarms."""
    labels, frames = dataset.labels, len(dataset.frames)
    found = np.flatnonzero(
        rng.random(len(labels)) < 1 / (1 + np.exp(-skill - rng.normal(0, 0.5, len(labels))))
    )
    size = labels.box[found, 2:] - labels.box[found, :2]
    near = labels.box[found] + np.tile(size, 2) * rng.normal(0, 0.05, (len(found), 4))
    class_ = labels.class_index[found].copy()
    confused = rng.random(len(found)) < 0.08
    class_[confused] = rng.integers(0, CLASSES, int(confused.sum()))
    extra = rng.poisson(_FREQUENCY * 0.4 * alarms, (frames, CLASSES))
    frame, of = (np.repeat(part.ravel(), extra.ravel()) for part in np.indices(extra.shape))
    corner = rng.uniform(0, 900, (len(frame), 2))
    boxes = np.concatenate(
        [near, np.concatenate([corner, corner + rng.uniform(20, 60, (len(frame), 2))], axis=1)]
    )
    every = np.concatenate([labels.frame[found], frame])
    confidence = np.concatenate([rng.beta(4, 2, len(found)), rng.beta(2, 4, len(frame))])
    order = np.argsort(every, kind="stable")
    return Objects(
        starts_of(every, frames),
        np.concatenate([class_, of]).astype(np.int32)[order],
        boxes[order],
        confidence[order],
        np.zeros(0, bool),
        np.zeros(0),
    )


def drawn(whole: Population, rng: Generator, null: bool = False) -> ObjectComparison:
    """The comparison of the two models on some frames of the population.

    Args:
        whole: The population.
        rng: What draws.
        null: Whether the models change places in each frame at random.
    """
    frames = np.sort(rng.choice(len(whole.dataset.frames), FRAMES, replace=False))
    ids = Text.from_words([whole.dataset.frames.id[int(f)] or "" for f in frames])
    width = np.full(FRAMES, 1000, np.int32)
    labels = _of_frames(whole.dataset.labels, frames)
    dataset = Dataset(whole.dataset.project, "drawn", Frames(ids, ids, width, width), labels)
    everywhere = len(whole.dataset.frames)
    swapped = (rng.random(FRAMES) < 0.5) & null
    base, other = (
        InferenceSet(name, _of_frames(whole.found, frames + everywhere * second))
        for name, second in (("base", swapped), ("other", ~swapped))
    )
    return ObjectComparison.of(dataset, base, other, Settings())


def _of_frames(objects: Objects, frames: NDArray[np.int64]) -> Objects:
    counts = np.diff(objects.starts)[frames]
    rows = np.concatenate([np.arange(objects.starts[f], objects.starts[f + 1]) for f in frames])
    return Objects(
        np.append(0, np.cumsum(counts)),
        objects.class_index[rows],
        objects.box[rows],
        objects.confidence[rows] if len(objects.confidence) else objects.confidence,
        objects.crowd[rows] if len(objects.crowd) else objects.crowd,
        objects.area[rows] if len(objects.area) else objects.area,
    )


def _deltas(comparison: ObjectComparison, frames: int) -> dict[str, Floats]:
    """The deltas of a comparison: of classes by figure, over all classes by average and figure, and of cells.

    Counts are those that `FRAMES` of the frames would have on average.
    """
    found: dict[str, Floats] = {}
    scores = comparison.scores
    for name in RATES:
        found[name] = getattr(scores["other"], name) - getattr(scores["base"], name)
        for average in AVERAGES:
            base, other = (total(scores[side], average)[name] for side in SIDES)
            found[f"{average} {name}"] = np.array([other - base])
    precision = {side: comparison.average_precision(side) for side in SIDES}
    for name in PRECISIONS:
        found[name] = precision["other"].per_class[name] - precision["base"].per_class[name]
        found[f"mean {name}"] = np.array([precision["other"].total[name] - precision["base"].total[name]])
    change = comparison.confusion("other") - comparison.confusion("base")
    found["cell"] = change.ravel() * FRAMES / frames
    found["false alarms"] = change[-1].sum(keepdims=True) / frames
    return found


def _lists(comparison: ObjectComparison, precision: bool) -> Iterator[tuple[str, dict[str, Certainty]]]:
    """What is listed together, by figure: `q` covers each list."""
    significance = comparison.significance()
    yield "classes", dict(significance.per_class)
    for average in AVERAGES:
        figures = significance.totals[average].items()
        yield average, {f"{average} {name}": certainty for name, certainty in figures}
    yield "cells", {"cell": significance.cells}
    yield "verdict on false alarms", {"false alarms": significance.headline["false_alarms"]}
    if precision:
        found = comparison.precision_significance(PRECISIONS)
        yield "AP of classes", dict(found.per_class)
        yield "AP", {f"mean {name}": certainty for name, certainty in found.total.items()}


@dataclass
class Table:
    """What was counted over all drawn datasets.

    Attributes:
        tallies: By figure and group of rows.
        sure_lists: By list, how many datasets had anything in it that was called sure.
        lists: By list, in how many datasets it was looked at.
    """

    tallies: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    sure_lists: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lists: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, comparison: ObjectComparison, truth: Mapping[str, Floats], precision: bool) -> None:
        """Count the intervals of one dataset, those of AP if wanted."""
        support = comparison.scores["base"].support
        groups = ["30 and more" if n >= 30 else "10 to 29" if n >= 10 else "below 10" for n in support]
        for list_, figures in _lists(comparison, precision):
            self.lists[list_] += 1
            self.sure_lists[list_] += any(bool(certainty.sure.any()) for certainty in figures.values())
            for name, certainty in figures.items():
                rows = len(truth[name])
                of = groups if rows == CLASSES else ["total" if rows == 1 else "cells"] * rows
                for row, group in enumerate(of):
                    self._count(name, group, certainty, row, float(truth[name][row]))

    def _count(self, name: str, group: str, certainty: Certainty, row: int, truth: float) -> None:
        tally = self.tallies[name, group]
        if certainty.few[row]:
            tally.few += 1
        elif not np.isnan([certainty.low[row], truth]).any():
            tally.add(float(certainty.low[row]), float(certainty.high[row]), truth)

    def lines(self) -> Iterator[str]:
        """The table as text."""
        yield f"{'figure':18} {'labels':12} {'intervals':>9} {'hold':>6} {'below':>6} {'above':>6} {'few':>7}"
        for (name, group), tally in sorted(self.tallies.items(), key=lambda item: (item[0][1], item[0][0])):
            shares = [
                f"{part / tally.all:6.3f}" if tally.all else "     –"
                for part in (tally.held, tally.below, tally.above)
            ]
            yield f"{name:18} {group:12} {tally.all:9} {' '.join(shares)} {tally.few:7}"
        for name, count in self.sure_lists.items():
            share = count / self.lists[name]
            yield f"{name}: anything is called sure in {count} of {self.lists[name]} datasets ({share:.1%})"


def measure(asked: argparse.Namespace, null: bool, frames: int = POPULATION) -> Table:
    """Draw datasets from populations and count."""
    rng = np.random.default_rng(asked.seed)
    table = Table()
    for number in range(asked.datasets):
        if number % max(asked.datasets // POPULATIONS, 1) == 0:
            whole = population(rng, null, frames)
        table.add(drawn(whole, rng, null), whole.truth, number % asked.ap_every == 0)
    return table


def main() -> None:
    """Print the tables of a null pair and of a real pair."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--datasets", type=int, default=2000, help="how many datasets are drawn of each pair")
    parser.add_argument(
        "--ap-every", type=int, default=4, help="AP, which takes most of the time, of every Nth dataset only"
    )
    parser.add_argument("--pair", choices=("null", "real"), help="of this pair only")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for pair in (given.pair,) if given.pair else ("null", "real"):
        print(f"{pair} pair, {given.datasets} datasets of {FRAMES} frames, seed {given.seed}")
        for line in measure(given, pair == "null").lines():
            print(line)
        print(flush=True)


if __name__ == "__main__":
    main()
