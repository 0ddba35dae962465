"""How often the search finds a planted slice, and one that is not there: `python -m benchmarks.found_slices`.

Frames have eight fields of metadata and labels three attributes. Each of two sets lacks its own few of the
inferences that both would have, so that they disagree on some labels, frame by frame, without either being
better. In the planted pairs, other also loses 15 points of recall on the labels with one value of one field
and one of another. Counted is in how many pairs a slice with both conditions, or that overlaps by half with
the planted one, is found; and in how many null pairs anything is.
"""

import argparse
import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.binding import Binding, bound
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.slice_table import search_slices
from aquarium_tui.model.columns import Column, Text, Values
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import InferenceSet, Objects
from aquarium_tui.query.query import compile_query
from benchmarks.coverage import Generator, population

LOSS = 0.15
LEAST_OBJECTS, LEAST_FRAMES = 300, 100
"""Of the planted slice."""
_WORDS = (2, 3, 3, 4, 5)
_NUMBERS = 3


def frame_fields(rng: Generator, frames: int) -> dict[str, Column]:
    """Texts with few values, and numbers."""
    texts = {f"text_{at}": _words(rng, frames, kinds) for at, kinds in enumerate(_WORDS)}
    return texts | {f"number_{at}": _numbers(rng.normal(0, 1, frames)) for at in range(_NUMBERS)}


def _words(rng: Generator, n: int, kinds: int) -> Text:
    return Text.from_words([f"value {at}" for at in range(kinds)], rng.integers(0, kinds, n).astype(np.int32))


def _numbers(values: NDArray[np.float64]) -> Values:
    return Values("number", values, np.zeros(len(values), bool))


def pair(rng: Generator, frames: int, churn: float) -> ObjectComparison:
    """Two sets, neither of which is better; they differ on about `churn` of the labels."""
    whole = population(rng, null=True, frames=frames)
    labels = whole.dataset.labels
    attributes: dict[str, Column] = {f"text_{at}": _words(rng, len(labels), 3) for at in range(2)}
    attributes["number"] = _numbers(rng.random(len(labels)))
    dataset = replace(
        whole.dataset,
        frames=replace(whole.dataset.frames, metadata=frame_fields(rng, frames)),
        labels=replace(labels, attributes=attributes),
    )
    objects = whole.sets[0].objects
    # Frames differ in how much the sets disagree in them, so that labels of one frame are alike.
    share = churn * rng.gamma(1.0, 1.0, frames)[objects.frame]
    drawn = rng.random(len(objects))
    sets = [objects.among(drawn >= share / 2), objects.among((drawn < share / 2) | (drawn >= share))]
    base, other = (InferenceSet(n, each) for n, each in zip(("base", "other"), sets, strict=True))
    return ObjectComparison.of(dataset, base, other, Settings())


def planted(rng: Generator, found: ObjectComparison) -> tuple[ObjectComparison, NDArray[np.bool_]]:
    """The comparison with a loss in one slice, and the labels that are in the slice."""
    while True:
        fields = [f"frame.text_{rng.integers(len(_WORDS))}", f"label.text_{rng.integers(2)}"]
        condition = " and ".join(f'{name} = "value {rng.integers(2)}"' for name in fields)
        inside = _labels(bound(found), condition)
        frames = len(np.unique(found.dataset.labels.frame[inside]))
        if inside.sum() >= LEAST_OBJECTS and frames >= LEAST_FRAMES:
            break
    ledger = found.ledger
    correct = (ledger.label >= 0) & (ledger.other_outcome == Outcome.CORRECT)
    mine = correct & np.append(inside, False)[ledger.label]
    lost = rng.random(len(ledger)) < LOSS * inside.sum() / max(mine.sum(), 1)
    objects: Objects = found.inferences("other").objects
    kept = np.ones(len(objects), bool)
    kept[ledger.other[mine & lost]] = False
    other = InferenceSet("other", objects.among(kept))
    return ObjectComparison.of(found.dataset, found.base, other, Settings()), inside


def _labels(binding: Binding[ObjectComparison], condition: str) -> NDArray[np.bool_]:
    ledger = binding.comparison.ledger
    rows = np.flatnonzero(
        binding.select(compile_query(condition, binding.schema)).objects & (ledger.label >= 0)
    )
    found = np.zeros(len(binding.comparison.dataset.labels), bool)
    found[ledger.label[rows]] = True
    return found


def main() -> None:
    """Print both shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--null", type=int, default=100, help="pairs without a difference")
    parser.add_argument("--planted", type=int, default=50, help="pairs with a slice that lost 15 points")
    parser.add_argument("--frames", type=int, default=1_000)
    parser.add_argument("--churn", type=float, default=0.12, help="share of labels on which the sets differ")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    hits, support = 0, []
    for _ in range(arguments.planted):
        found, inside = planted(rng, pair(rng, arguments.frames, arguments.churn))
        binding = bound(found)
        masks = [_labels(binding, each.condition) for each in search_slices(binding, found).found]
        hits += any((mask & inside).sum() >= 0.5 * (mask | inside).sum() for mask in masks)
        support.append(int(inside.sum()))
    least, typical = (min(support), int(np.median(support))) if support else (0, 0)
    print(f"planted: found in {hits} of {arguments.planted}, with {typical} labels (at least {least})")
    alarms, seconds, candidates = 0, 0.0, 0
    for _ in range(arguments.null):
        binding = bound(pair(rng, arguments.frames, arguments.churn))
        began = time.perf_counter()
        search = search_slices(binding, binding.comparison)
        seconds += time.perf_counter() - began
        alarms += bool(search.found)
        candidates = search.candidates
    print(
        f"null: nothing found in {arguments.null - alarms} of {arguments.null}; "
        f"{candidates} candidates, {seconds / max(arguments.null, 1):.2f} s each"
    )


if __name__ == "__main__":
    main()
