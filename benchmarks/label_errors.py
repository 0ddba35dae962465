"""How many of the first suspected label errors are planted ones: `python -m benchmarks.label_errors`.

Errors are planted in 5 % of the labels of synthetic detections of COCO's kind, a quarter of each kind: labels
are taken away, given another class, moved and stretched, or put where nothing is. With `--store HOME` and
`--dataset P/D`, in a dataset of one's own: there, errors that are in its labels already count as wrong finds.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aquarium_tui.compare.objects.suspects import Suspect, SuspectKind, suspects
from aquarium_tui.model.arrays import areas
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects, starts_of
from aquarium_tui.store import Store
from benchmarks import data

FIRST = 50
"""How many suspects are looked at."""
KINDS = (SuspectKind.MISSING, SuspectKind.CLASS, SuspectKind.LOOSE, SuspectKind.NOTHING)


DETECTORS = (
    ("base", data.Detector(0.85, 0.08, 0.07, (2.2, 1.2), (-0.5, 1.0))),
    ("other", data.Detector(0.9, 0.06, 0.06, (2.5, 1.2), (-0.5, 1.0))),
)
"""Two detectors about as good as those that people clean labels with."""


@dataclass(frozen=True)
class Planted:
    """A dataset with errors.

    Attributes:
        dataset: Its labels have them.
        labels: Rows of labels that are wrong, by kind.
        gone: Frame and box of each label that was taken away.
    """

    dataset: Dataset
    labels: dict[int, SuspectKind]
    gone: list[tuple[int, NDArray[np.float64]]]

    def caused(self, found: Suspect, sets: list[InferenceSet]) -> bool:
        """Whether a suspect is a planted error, of whatever kind it is taken for."""
        if found.label >= 0:
            return found.label in self.labels
        boxes = [one.objects.box[row] for one, row in zip(sets, found.inferences, strict=True) if row >= 0]
        return any(
            frame == found.frame and max(_iou(box, gone) for box in boxes) >= 0.5 for frame, gone in self.gone
        )


def planted(dataset: Dataset, share: float, seed: int) -> Planted:
    """The dataset with errors in this share of its labels, a quarter of each kind."""
    rng = np.random.default_rng(seed)
    labels = dataset.labels
    usable = np.flatnonzero(~labels.crowd)
    chosen = rng.permutation(usable)[: round(share * len(usable))]
    of = dict(zip(chosen.tolist(), (KINDS[i % 4] for i in range(len(chosen))), strict=True))
    box, class_index = labels.box.copy(), labels.class_index.copy()
    classes = len(dataset.project.class_map.entries)
    gone = [(int(labels.frame[row]), box[row].copy()) for row, kind in of.items() if kind is KINDS[0]]
    added: list[int] = []
    for row, kind in of.items():
        size = np.tile(box[row, 2:] - box[row, :2], 2)
        if kind is SuspectKind.CLASS:
            class_index[row] = (class_index[row] + rng.integers(1, classes)) % classes
        elif kind is SuspectKind.LOOSE:
            box[row] += size * rng.uniform(0.15, 0.35, 4) * (-1, -1, 1, 1)
        elif kind is SuspectKind.NOTHING:
            added.append(row)
    kept = np.array([row for row in range(len(labels)) if of.get(row) is not KINDS[0]])
    copied = np.concatenate([kept, np.array(added, np.int64)]).astype(np.int64)
    boxes = box[copied]
    for place in range(len(kept), len(copied)):  # What is added is a copy of a label, at a random place.
        width, height = boxes[place, 2:] - boxes[place, :2]
        frame = int(labels.frame[copied[place]])
        room = (max(1, dataset.frames.width[frame] - width), max(1, dataset.frames.height[frame] - height))
        left, top = rng.uniform(0, room[0]), rng.uniform(0, room[1])
        boxes[place] = left, top, left + width, top + height
    frames = labels.frame[copied]
    order = np.argsort(frames, kind="stable")
    wrong = [
        of.get(int(row))
        if at < len(kept) and of.get(int(row)) is not KINDS[3]
        else KINDS[3]
        if at >= len(kept)
        else None
        for at, row in enumerate(copied)
    ]
    made = Objects(
        starts=starts_of(frames[order], len(dataset.frames)),
        class_index=class_index[copied][order],
        box=boxes[order],
        confidence=labels.confidence,
        crowd=labels.crowd[copied][order],
        area=areas(boxes[order]),
    )
    found = {at: kind for at, row in enumerate(order.tolist()) if (kind := wrong[row]) is not None}
    return Planted(replace(dataset, labels=made), found, gone)


def _iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    width, height = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    common = max(width, 0) * max(height, 0)
    return float(common / (areas(a[None])[0] + areas(b[None])[0] - common))


def main() -> None:
    """Print the precision in the first suspects, and what they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, help="the store of --dataset")
    parser.add_argument("--dataset", metavar="P/D", help="a dataset with two or more inference sets")
    parser.add_argument("--weak", action="store_true", help="the weak detectors of the other benchmarks")
    parser.add_argument("--frames", type=int, default=1000, help="of the synthetic dataset")
    parser.add_argument("--share", type=float, default=0.05, help="of the labels that get an error")
    parser.add_argument("--seeds", type=int, default=5, help="how often errors are planted anew")
    asked = parser.parse_args()
    detectors = tuple(data.DETECTORS.items()) if asked.weak else DETECTORS
    dataset, sets = _data(asked.store, asked.dataset, asked.frames, detectors)
    precisions = []
    for seed in range(asked.seeds):
        made = planted(dataset, asked.share, seed)
        found = suspects(made.dataset, sets)
        first = found[:FIRST]
        hits = [made.caused(each, sets) for each in first]
        precisions.append(float(np.mean(hits)) if hits else 0.0)
        kinds = Counter(each.kind.value for each in first)
        total = len(made.labels) + len(made.gone)
        print(f"seed {seed}: {total} planted, {sum(hits)} of the first {len(first)} are; {dict(kinds)}")
    print(f"precision in the first {FIRST}: {np.mean(precisions):.3f}, least {min(precisions):.3f}")


def _data(
    store: Path | None, name: str | None, frames: int, detectors: Sequence[tuple[str, data.Detector]]
) -> tuple[Dataset, list[InferenceSet]]:
    if not (store and name):
        made = data.dataset(frames)
        return made, [
            data.inferences(made, name, seed, detector=each) for seed, (name, each) in enumerate(detectors, 1)
        ]
    home = Store(store)
    project, dataset = name.split("/")
    ids = [one.id for one in home.dataset_card(project, dataset).sets]
    return home.load_dataset(project, dataset), [home.load_inferences(project, dataset, id_) for id_ in ids]


if __name__ == "__main__":
    main()
