"""Mask IoU, candidate pairs and average precision by masks are pycocotools'."""

import contextlib
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as reference
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.compare.objects.geometry import geometry_of
from aquarium_tui.model.columns import Text
from aquarium_tui.model.outcomes import Outcome
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import MASK, Dataset, InferenceSet, Objects
from tests.compare.scenes import dataset, inference_set
from tests.narrow import present

SIDE = 60
CLASSES = ("a", "b")
FLOOR = 0.1


def blob(rng: np.random.Generator, near: np.ndarray | None = None) -> np.ndarray:
    """A few rectangles, or those of `near` moved and gnawed at."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    if near is not None and rng.random() < 0.7:
        moved = np.roll(near, rng.integers(-4, 5, 2), (0, 1))
        moved[rng.integers(0, SIDE) :: 7] = 0
        return moved
    for _ in range(int(rng.integers(1, 4))):
        top, left = rng.integers(0, SIDE - 5, 2)
        height, width = rng.integers(2, 30, 2)
        mask[top : top + height, left : left + width] = 1
    return mask


def counts(mask: np.ndarray) -> str:
    return str(reference.encode(np.asfortranarray(mask))["counts"].decode())


def masked(objects: Objects, masks: list[np.ndarray]) -> Objects:
    return replace(objects, mask=Text.from_values(map(counts, masks)))


def scene(seed: int, frames: int = 4) -> tuple[Dataset, InferenceSet, list[np.ndarray], list[np.ndarray]]:
    """Labels, some of them crowds, and inferences near them; all boxes alike, so that only masks tell."""
    rng = np.random.default_rng(seed)
    labels, inferences, mine, its = [], [], [], []
    box = (0.0, 0.0, float(SIDE), float(SIDE))
    for frame in range(frames):
        for _ in range(int(rng.integers(0, 5))):
            mine.append(blob(rng))
            labels.append((frame, str(rng.choice(CLASSES)), box, bool(rng.random() < 0.2)))
        for _ in range(int(rng.integers(0, 7))):
            its.append(blob(rng, mine[-1] if mine else None))
            inferences.append((frame, str(rng.choice(CLASSES)), box, round(float(rng.random()), 2)))
    data = dataset(CLASSES, labels, frames)
    side = np.full(frames, SIDE, np.int32)
    data = replace(
        data,
        project=replace(data.project, iou_type=MASK),
        frames=replace(data.frames, width=side, height=side),
        labels=replace(masked(data.labels, mine), area=np.array([float(m.sum()) for m in mine])),
    )
    found = inference_set(data, "model", inferences)
    return data, replace(found, objects=masked(found.objects, its)), mine, its


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_candidates_are_the_pairs_whose_masks_overlap_enough(seed):
    data, found, mine, its = scene(seed)
    pairs = geometry_of(data.project).candidates(
        data.frames, data.labels, found.objects, data.labels.crowd, FLOOR
    )
    wanted, inside = {}, []
    for i, a in enumerate(mine):
        for j, b in enumerate(its):
            if data.labels.frame[i] != found.objects.frame[j]:
                continue
            common = int((a & b).sum())
            if data.labels.crowd[i] and common:
                inside.append((j, common / int(b.sum())))
            elif common / int((a | b).sum()) >= FLOOR:
                wanted[i, j] = common / int((a | b).sum())
    assert list(zip(pairs.label.tolist(), pairs.inference.tolist(), strict=True)) == list(wanted)
    np.testing.assert_allclose(pairs.iou, list(wanted.values()), rtol=0, atol=1e-15)
    shares = zip(pairs.inside.tolist(), pairs.share.tolist(), strict=True)
    assert sorted(shares) == pytest.approx(sorted(inside))


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_iou_of_pairs_is_that_of_pycocotools(seed):
    rng = np.random.default_rng(seed)
    data, found, _, _ = scene(seed, frames=1)
    if not (len(data.labels) and len(found.objects)):
        return
    a, b = rng.integers(0, len(data.labels), 5), rng.integers(0, len(found.objects), 5)
    size = [SIDE, SIDE]
    rles = [
        [{"size": size, "counts": present(one.mask)[row]} for row in rows.tolist()]
        for one, rows in ((data.labels, a), (found.objects, b))
    ]
    wanted = np.diag(reference.iou(rles[0], rles[1], [0] * 5))
    np.testing.assert_array_equal(
        geometry_of(data.project).ious(data.frames, data.labels, a, found.objects, b), wanted
    )


@pytest.mark.parametrize("seed", range(4))
def test_average_precision_is_pycocotools_segm(seed):
    data, found, _, _ = scene(seed, frames=8)
    labels, objects = data.labels, found.objects
    rows = [
        {
            "id": row + 1,
            "image_id": int(one.frame[row]) + 1,
            "category_id": int(one.class_index[row]) + 1,
            "segmentation": {"size": [SIDE, SIDE], "counts": present(one.mask)[row]},
        }
        for one in (labels, objects)
        for row in range(len(one))
    ]
    truth, results = rows[: len(labels)], rows[len(labels) :]
    for row, one in enumerate(truth):
        one |= {
            "area": float(labels.area[row]),
            "iscrowd": int(labels.crowd[row]),
            "bbox": [0, 0, SIDE, SIDE],
        }
    for row, one in enumerate(results):
        one |= {"score": float(objects.confidence[row])}
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        images = [{"id": i + 1, "width": SIDE, "height": SIDE} for i in range(8)]
        coco.dataset = {
            "images": images,
            "annotations": truth,
            "categories": [{"id": i + 1, "name": name} for i, name in enumerate(CLASSES)],
        }
        coco.createIndex()
        wanted = COCOeval(coco, coco.loadRes(results), "segm")
        wanted.evaluate()
        wanted.accumulate()
        wanted.summarize()
    mine = list(ObjectComparison.of(data, found, None, Settings()).average_precision("base").total.values())
    np.testing.assert_allclose(np.nan_to_num(mine, nan=-1.0), wanted.stats, rtol=0, atol=1e-9)


def test_masks_apart_in_equal_boxes_match_by_box_and_not_by_mask():
    halves = np.zeros((2, SIDE, SIDE), np.uint8)
    halves[0, :, :30] = halves[1, :, 30:] = 1
    box = (0.0, 0.0, float(SIDE), float(SIDE))
    data = dataset(CLASSES, [(0, "a", box)])
    side = np.array([SIDE], np.int32)
    data = replace(
        data, frames=replace(data.frames, width=side, height=side), labels=masked(data.labels, [halves[0]])
    )
    sets = [inference_set(data, name, [(0, "a", box, 0.9)]) for name in ("one", "two")]
    base, other = (replace(one, objects=masked(one.objects, [halves[1]])) for one in sets)
    by_box = ObjectComparison.of(data, base, other, Settings())
    assert by_box.ledger.base_outcome.tolist() == [Outcome.CORRECT]
    by_mask = ObjectComparison.of(
        replace(data, project=replace(data.project, iou_type=MASK)), base, other, Settings()
    )
    assert by_mask.ledger.base_outcome.tolist() == [Outcome.MISSED, Outcome.SPURIOUS]
    assert by_mask.ledger.other.tolist() == [-1, 0]
