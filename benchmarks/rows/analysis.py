"""The comparison of two inference sets, and hotcoco, pycocotools and C next to it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import hotcoco
import numpy as np

from aquarium_tui.compare.objects.candidates import find_candidates
from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.evaluation import Evaluation
from aquarium_tui.compare.objects.geometry import geometry_of
from aquarium_tui.model.arrays import Boxes
from aquarium_tui.model.settings import Rule, Settings
from aquarium_tui.model.tables import MASK, Dataset, InferenceSet, Objects
from aquarium_tui.report import as_json
from benchmarks.data import dataset, inferences, masked
from benchmarks.rows import view
from benchmarks.work import Site, Work, timed, timed_with

_MASK_FRAMES = 1_000
_SMALL_FRAMES = 250
_MASKS_PER_FRAME = 10


def pairs(site: Site) -> Work:
    """Finds them anew for both sets."""
    found = view.objects(site)
    sides = [(found.inferences(side).objects, found.evaluation(side).region) for side in found.sides]
    return timed(lambda: [find_candidates(found.dataset.labels, *one) for one in sides])


def pairs_in_c(site: Site) -> Work:
    """IoUs of all labels and inferences of each frame, nothing kept."""
    from pycocotools import mask

    found = view.objects(site)
    frames = [
        frame
        for side in found.sides
        for frame in _by_frame(found.dataset.labels, found.inferences(side).objects)
    ]
    return timed(lambda: [mask.iou(inferred, labelled, crowd) for labelled, crowd, inferred in frames])


def _by_frame(labels: Objects, inferred: Objects) -> Iterator[tuple[Boxes, list[bool], Boxes]]:
    mine, its = corner_and_size(labels.box), corner_and_size(inferred.box)
    for frame in range(len(labels.starts) - 1):
        of_labels = slice(*labels.starts[frame : frame + 2])
        of_inferences = slice(*inferred.starts[frame : frame + 2])
        yield mine[of_labels], labels.crowd[of_labels].tolist(), its[of_inferences]


def mask_pairs(site: Site) -> Work:
    data, one = _with_masks(site)
    region = Evaluation(data, one).region
    return timed(
        lambda: geometry_of(data.project).candidates(data.frames, data.labels, one.objects, region, 0.1)
    )


def mask_pairs_alone(site: Site) -> Work:
    data, one = _with_masks(site)
    frames = [(_masks(data.labels, frame), _masks(one.objects, frame)) for frame in range(len(data.frames))]
    crowd = data.labels.crowd.tolist()
    starts = data.labels.starts
    return timed(
        lambda: [
            hotcoco.mask.iou(inferred, labelled, crowd[starts[i] : starts[i + 1]])
            for i, (labelled, inferred) in enumerate(frames)
            if labelled and inferred
        ]
    )


def _with_masks(site: Site) -> tuple[Dataset, InferenceSet]:
    plain = dataset(min(site.frames, _MASK_FRAMES))
    project = replace(plain.project, iou_type=MASK)
    one = inferences(plain, "base", 1, _MASKS_PER_FRAME)
    data = replace(plain, labels=masked(plain.labels), project=project)
    return data, replace(one, objects=masked(one.objects))


def _masks(objects: Objects, frame: int) -> list[dict[str, object]]:
    rows = range(*objects.starts[frame : frame + 2])
    assert objects.mask
    return [{"size": [480, 640], "counts": objects.mask[row]} for row in rows]


def threshold(site: Site, rule: str) -> Work:
    """The delta matrix under a confidence threshold that was never asked for before."""
    found = view.objects(site).under(Settings(rule=Rule(rule)))
    assert found.delta.any()

    def step(settings: Settings) -> object:
        return found.under(settings).delta

    return timed_with(_other_settings(Rule(rule)), step)


def _other_settings(rule: Rule) -> Callable[[], Settings]:
    steps = (0.11 + 0.5 * (i * 0.618 % 1) for i in count())  # spread evenly, and never the same twice

    def make() -> Settings:
        confidence = next(steps)
        return Settings(confidence, confidence, 0.5, rule)

    return make


def confusions_alone(site: Site, _: str) -> Work:
    found = view.objects(site)
    evaluations = [_hotcoco(found.dataset, found.inferences(side)) for side in found.sides]
    for one in evaluations:
        one.evaluate()
    return timed(lambda: [one.confusion_matrix(min_score=0.1) for one in evaluations])


def ledger(site: Site) -> Work:
    return _anew(site, lambda found: found.delta, lambda found: found.ledger)


def cells(site: Site) -> Work:
    return _anew(site, lambda found: found.ledger, lambda found: found.cells)


def frame_scores(site: Site) -> Work:
    return _anew(site, lambda found: found.delta, lambda found: found.frame_scores)


def filtered(site: Site) -> Work:
    """The scores and the delta matrix of every other frame."""
    half = np.arange(site.frames) % 2 == 0

    def work(found: ObjectComparison) -> object:
        within = found.within(half)
        return within.scores, within.delta

    return _anew(site, lambda found: (found.ledger, found.frame_scores), work)


def resamples(site: Site) -> Work:
    return _anew(site, lambda found: found.cells, lambda found: found.significance())


def report(site: Site) -> Work:
    """All that is in it has been computed before, but for the text."""
    found = view.objects(site)
    as_json(found)
    return timed(lambda: as_json(found))


def _anew(
    site: Site, known: Callable[[ObjectComparison], object], work: Callable[[ObjectComparison], object]
) -> Work:
    """Times `work` on a comparison that has computed nothing but what `known` asks of it."""
    found = view.objects(site)

    def make() -> ObjectComparison:
        fresh = found.under(found.settings)
        known(fresh)
        return fresh

    return timed_with(make, work)


def ap(site: Site) -> Work:
    evaluation = view.objects(site).evaluation("base")
    return timed(lambda: evaluation.average_precision_of(None))


def ap_alone(site: Site) -> Work:
    found = view.objects(site)

    def work() -> None:
        evaluation = _hotcoco(found.dataset, found.inferences("base"))
        evaluation.evaluate()
        evaluation.accumulate()

    return timed(work)


def ap_small(site: Site) -> Work:
    data, one = _small(site)
    evaluation = Evaluation(data, one)
    return timed(lambda: evaluation.average_precision_of(None))


def ap_small_pycocotools(site: Site) -> Work:
    """The same by the evaluator that defines the metrics."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    data, one = _small(site)
    labels, objects, truth = data.labels, one.objects, COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": frame} for frame in range(len(data.frames))],
        "categories": _categories(data),
        "annotations": [
            {
                "id": i + 1,
                "image_id": frame,
                "category_id": class_,
                "bbox": box,
                "area": area,
                "iscrowd": int(crowd),
            }
            for i, (frame, class_, box, area, crowd) in enumerate(
                zip(
                    labels.frame.tolist(),
                    labels.class_index.tolist(),
                    corner_and_size(labels.box).tolist(),
                    labels.area.tolist(),
                    labels.crowd.tolist(),
                    strict=True,
                )
            )
        ],
    }
    truth.createIndex()
    results = _results(objects)

    def work() -> None:
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()

    return timed(work)


def _small(site: Site) -> tuple[Dataset, InferenceSet]:
    data = dataset(min(site.frames, _SMALL_FRAMES))
    return data, inferences(data, "base", 1)


def _hotcoco(data: Dataset, one: InferenceSet) -> hotcoco.COCOeval:
    """hotcoco by itself, all classes at once."""
    labels = data.labels
    truth = hotcoco.COCO.from_arrays(
        [{"id": frame} for frame in range(len(data.frames))],
        _categories(data),
        labels.frame,
        labels.class_index,
        corner_and_size(labels.box),
        area=labels.area,
        iscrowd=labels.crowd,
    )
    return hotcoco.COCOeval(truth, truth.load_res(_results(one.objects)), "bbox")


def _categories(data: Dataset) -> list[dict[str, object]]:
    return [{"id": i, "name": entry.name} for i, entry in enumerate(data.project.class_map.entries)]


def _results(objects: Objects) -> np.ndarray:
    """Results as both evaluators take them: frame, corner and size, confidence, class."""
    box = corner_and_size(objects.box)
    return np.column_stack([objects.frame, box, objects.confidence, objects.class_index])


def corner_and_size(box: Boxes) -> Boxes:
    """Boxes as COCO writes them."""
    return np.concatenate([box[:, :2], box[:, 2:] - box[:, :2]], axis=1)
