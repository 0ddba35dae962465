"""How long the analysis takes on data of COCO val2017's size, and ten times that, beside hotcoco in one run.

`python -m benchmarks.compare [--runs N] [--large]`; `--large` adds the data ten times as large.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median

import hotcoco
import numpy as np

from aquarium_tui.compare.objects.candidates import candidates, find_candidates
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.boxes import Boxes
from aquarium_tui.model.settings import Rule, Settings
from aquarium_tui.model.tables import MASK
from aquarium_tui.report import as_json
from aquarium_tui.report.table import left, lines, right
from benchmarks.data import dataset, inferences, masked

FRAMES = 5_000


@dataclass(frozen=True)
class Row:
    """One kind of work: its median in milliseconds, the best known and what must be reached."""

    work: str
    median: float
    known: str = ""
    reach: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the analysis.")
    parser.add_argument("--runs", type=int, default=5, help="runs of each row; the median is shown")
    parser.add_argument("--large", action="store_true", help="also ten times the frames")
    options = parser.parse_args()
    for scale in (1, 10) if options.large else (1,):
        print(f"{FRAMES * scale:,} frames, 2 × {FRAMES * scale * 100:,} inferences, {options.runs} runs")
        rows = list(measured(sample(scale), scale, options.runs))
        print("\n".join(table(rows)), end="\n\n")


def sample(scale: int) -> ObjectComparison:
    """Base and other of a made data set."""
    data = dataset(FRAMES * scale)
    return ObjectComparison.of(data, inferences(data, "base", 1), inferences(data, "other", 2), Settings())


def measured(found: ObjectComparison, scale: int, runs: int) -> Iterator[Row]:
    """Times every row."""
    yield Row(
        "candidate pairs, both sets",
        timed(lambda: pairs(found), runs),
        "C 22" if scale == 1 else "",
        "150" if scale == 1 else "",
    )
    yield masks(scale, min(runs, 3))
    for rule in Rule:
        yield thresholds(found, rule, scale, runs)
    yield Row("ledger", timed(lambda: found.under(found.settings).ledger, runs))
    yield Row("every cell's lists", timed(lambda: fresh(found).cells, runs))
    yield Row("scores of every frame", timed(lambda: found.under(found.settings).frame_scores, runs))
    yield Row("1 000 resamples", timed(lambda: fresh(found).significance(), 1))
    few = min(runs, 3)
    alone = timed(lambda: hotcocos(found).accumulate(), few)
    mine = timed(lambda: found.evaluation("base").average_precision_of(None), few)
    yield Row("average precision, one set", mine, f"hotcoco {alone:,.0f}", "hotcoco's own")
    matrix = hotcocos(found)
    yield Row(
        "hotcoco's confusion matrix, one set", timed(lambda: matrix.confusion_matrix(min_score=0.1), few)
    )
    yield Row("report as JSON, all known", timed(lambda: as_json(found), few))


def pairs(found: ObjectComparison) -> None:
    for side in found.sides:
        one = found.evaluation(side)
        find_candidates(found.dataset.labels, one.inferences.objects, one.region)


def masks(scale: int, runs: int) -> Row:
    """Candidate pairs by mask IoU, of one set with ten inferences a frame, beside those by box."""
    plain = dataset(FRAMES * scale)
    data = replace(plain, labels=masked(plain.labels), project=replace(plain.project, iou_type=MASK))
    objects, region = masked(inferences(plain, "base", 1, 10).objects), data.labels.crowd
    boxes = timed(lambda: find_candidates(data.labels, objects, region), runs)
    found = timed(lambda: candidates(data, objects, region, 0.1), runs)
    return Row(f"candidate pairs by mask, {len(objects):,} inferences", found, f"by box {boxes:,.0f}")


def thresholds(found: ObjectComparison, rule: Rule, scale: int, runs: int) -> Row:
    """A new delta matrix for each of as many new thresholds."""
    _ = found.under(Settings(rule=rule)).delta
    steps = iter(np.linspace(0.11, 0.6, runs).tolist())

    def step() -> None:
        confidence = next(steps)
        _ = found.under(Settings(confidence, confidence, 0.5, rule)).delta

    known = "C 2.4, NumPy 6" if scale == 1 else ""
    return Row(f"new threshold to new delta, {rule}", timed(step, runs), known, {1: "30", 10: "200"}[scale])


def fresh(found: ObjectComparison) -> ObjectComparison:
    """The comparison with the ledger known and nothing counted from it."""
    _ = found.ledger
    return replace(found)


def hotcocos(found: ObjectComparison) -> hotcoco.COCOeval:
    """hotcoco by itself on the base set, evaluated, all classes at once."""
    labels, objects = found.dataset.labels, found.base.objects
    truth = hotcoco.COCO.from_arrays(
        [{"id": frame} for frame in range(len(found.dataset.frames))],
        [{"id": i, "name": name} for i, name in enumerate(found.classes[:-1])],
        labels.frame,
        labels.class_index,
        corner_and_size(labels.box),
        area=labels.area,
        iscrowd=labels.crowd,
    )
    box = corner_and_size(objects.box)
    results = np.column_stack([objects.frame, box, objects.confidence, objects.class_index])
    evaluation = hotcoco.COCOeval(truth, truth.load_res(results), "bbox")
    evaluation.evaluate()
    return evaluation


def corner_and_size(box: Boxes) -> Boxes:
    return np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], axis=1)


def timed(work: Callable[[], object], runs: int) -> float:
    """Median of the runs in milliseconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times) * 1000


def table(rows: list[Row]) -> list[str]:
    return lines(
        [
            left("work", [row.work for row in rows]),
            right("median ms", [f"{row.median:,.1f}" for row in rows]),
            left("best known ms", [row.known for row in rows]),
            left("reach ms", [row.reach for row in rows]),
        ]
    )


if __name__ == "__main__":
    main()
