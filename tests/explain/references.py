"""What each tool counts, in plain loops over frames, written from its documented behaviour."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from aquarium_tui.compare.objects.comparison import ObjectComparison

BACKGROUND = -1
Cells = Counter[tuple[int, int]]
"""How often each cell (class of the label, class of the inference) is counted."""


@dataclass(frozen=True)
class Known:
    """A label."""

    class_: int
    box: tuple[float, ...]
    crowd: bool


@dataclass(frozen=True)
class Guess:
    """An inference."""

    class_: int
    box: tuple[float, ...]
    confidence: float


def frames(comparison: ObjectComparison) -> list[tuple[list[Known], list[Guess]]]:
    """Labels and inferences of each frame, those of ignored classes left out."""
    evaluated = comparison.dataset.project.class_map.evaluated
    labels, inferences = comparison.dataset.labels, comparison.base.objects
    found: list[tuple[list[Known], list[Guess]]] = []
    for frame in range(len(comparison.dataset.frames)):
        known = [
            Known(int(evaluated[labels.class_index[i]]), tuple(labels.box[i].tolist()), bool(labels.crowd[i]))
            for i in np.flatnonzero(labels.frame == frame)
        ]
        guesses = [
            Guess(
                int(evaluated[inferences.class_index[i]]),
                tuple(inferences.box[i].tolist()),
                float(inferences.confidence[i]),
            )
            for i in np.flatnonzero(inferences.frame == frame)
        ]
        found.append(([k for k in known if k.class_ >= 0], [g for g in guesses if g.class_ >= 0]))
    return found


def sides(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, float]:
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0.0), max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)


def parts(known: Known, guess: Guess) -> tuple[float, float, float]:
    """Common area, area of the inference, union."""
    width, height = sides(known.box, guess.box)
    one, two = ((box[2] - box[0]) * (box[3] - box[1]) for box in (known.box, guess.box))
    return width * height, two, one + two - width * height


def ultralytics(labels: list[Known], guesses: list[Guess]) -> Cells:
    """The surest inference above .25 first; each takes the free label of the highest IoU above .45."""
    labels = [label for label in labels if not label.crowd]
    sure = [g for g in guesses if np.float32(g.confidence) > np.float32(0.25)]
    cells: Cells = Counter()
    free = set(range(len(labels)))
    for guess in sorted(sure, key=lambda g: -g.confidence):
        best, most = None, np.float32(0.45)
        for at in sorted(free):
            common, _, union = parts(labels[at], guess)
            iou = np.float32(common) / (np.float32(union) + np.float32(1e-7))
            if iou > most:
                best, most = at, iou
        cells[(labels[best].class_ if best is not None else BACKGROUND), guess.class_] += 1
        free.discard(best if best is not None else -1)
    cells.update((labels[at].class_, BACKGROUND) for at in free)
    return cells


def supervision(labels: list[Known], guesses: list[Guess]) -> Cells:
    """Pairs of one class first, then the highest IoU above .5, of inferences of at least .3."""
    sure = [guess for guess in guesses if guess.confidence >= 0.3]
    pairs = []
    for i, label in enumerate(labels):
        for j, guess in enumerate(sure):
            common, _, union = parts(label, guess)
            if common and np.float32(common / union) > np.float32(0.5):
                pairs.append((label.class_ != guess.class_, -np.float32(common / union), i, j))
    cells: Cells = Counter()
    free, left = set(range(len(labels))), set(range(len(sure)))
    for _, _, i, j in sorted(pairs):
        if i in free and j in left:
            cells[labels[i].class_, sure[j].class_] += 1
            free.remove(i)
            left.remove(j)
    cells.update((labels[i].class_, BACKGROUND) for i in free)
    cells.update((BACKGROUND, sure[j].class_) for j in left)
    return cells


def mmdet(labels: list[Known], guesses: list[Guess]) -> Cells:
    """Every pair with an IoU of at least .5 counts; a label without one of its own class is missed."""
    cells: Cells = Counter()
    right = set()
    for guess in guesses:
        if np.float32(guess.confidence) < np.float32(0.3):
            continue
        hits = 0
        for i, label in enumerate(labels):
            common, _, union = parts(label, guess)
            if np.float32(common) / np.float32(union) >= np.float32(0.5):
                hits += 1
                cells[label.class_, guess.class_] += 1
                right |= {i} if label.class_ == guess.class_ else set()
        if not hits:
            cells[BACKGROUND, guess.class_] += 1
    cells.update((label.class_, BACKGROUND) for i, label in enumerate(labels) if i not in right)
    return cells


def coco(labels: list[Known], guesses: list[Guess], *, cap: int | None, count_crowds: bool) -> Cells:
    """Each class by itself, the surest inference first; crowds take those that find no other label.

    Args:
        labels: Of a frame.
        guesses: Of the same frame.
        cap: The most inferences of a class.
        count_crowds: Whether crowds and inferences on them count, as in FiftyOne; else they do not.
    """
    cells: Cells = Counter()
    for class_ in {label.class_ for label in labels} | {guess.class_ for guess in guesses}:
        mine = [label for label in labels if label.class_ == class_ and not label.crowd]
        crowds = [label for label in labels if label.class_ == class_ and label.crowd]
        free, taken = set(range(len(mine))), set()
        for guess in sorted((g for g in guesses if g.class_ == class_), key=lambda g: -g.confidence)[:cap]:
            best, most = None, 0.5
            for at in sorted(free):
                common, _, union = parts(mine[at], guess)
                if common / union >= most:
                    best, most = at, common / union
            on = [
                i for i, crowd in enumerate(crowds) if parts(crowd, guess)[0] / parts(crowd, guess)[1] >= 0.5
            ]
            if best is not None:
                free.remove(best)
                cells[class_, class_] += 1
            elif not on:
                cells[BACKGROUND, class_] += 1
            elif count_crowds:
                taken.add(max(on, key=lambda i: (parts(crowds[i], guess)[0], i)))
                cells[class_, class_] += 1
        missed = len(free) + (len(crowds) - len(taken)) * count_crowds
        cells[class_, BACKGROUND] += missed
    return cells


def fiftyone(labels: list[Known], guesses: list[Guess]) -> Cells:
    return coco(labels, guesses, cap=None, count_crowds=True)


def pycocotools(labels: list[Known], guesses: list[Guess]) -> Cells:
    return coco(labels, guesses, cap=100, count_crowds=False)
