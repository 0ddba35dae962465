"""Candidate pairs: every overlap of a frame once, in order, however the work is cut into blocks."""

import numpy as np
import pytest

from aquarium_tui.compare.objects import candidates
from aquarium_tui.compare.objects.candidates import find_candidates
from aquarium_tui.model.arrays import intersections, ious
from tests.compare.scenes import dataset, inference_set


def scene(seed: int, frames: int = 9):
    """Some frames without labels, some without inferences, some with neither."""
    rng = np.random.default_rng(seed)

    def box():
        corner = rng.integers(0, 12, 2)
        return (*corner.tolist(), *(corner + rng.integers(0, 9, 2)).tolist())

    labels = [(f, "car", box(), rng.random() < 0.2) for f in rng.integers(0, frames, 25).tolist() if f % 3]
    found = [(f, "car", box(), 0.5) for f in rng.integers(0, frames, 40).tolist() if f % 4]
    data = dataset(["car"], labels, frames)
    return data, inference_set(data, "model", found)


@pytest.mark.parametrize("block", [1, 2, 7, 30, 1 << 16])
@pytest.mark.parametrize("floor", [0.01, 0.3, 1.0])
def test_every_pair_that_overlaps_enough(monkeypatch, block, floor):
    monkeypatch.setattr(candidates, "_BLOCK", block)
    data, set_ = scene(4)
    labels, objects = data.labels, set_.objects
    a, b = (
        grid.ravel() for grid in np.meshgrid(np.arange(len(labels)), np.arange(len(objects)), indexing="ij")
    )
    near = labels.frame[a] == objects.frame[b]
    overlap = ious(labels.box[a], objects.box[b])
    pair = near & ~labels.crowd[a] & (overlap >= floor)
    found = find_candidates(labels, objects, labels.crowd, floor)
    assert found.label.tolist() == a[pair].tolist()
    assert found.inference.tolist() == b[pair].tolist()
    assert found.iou.tolist() == overlap[pair].tolist()
    common = intersections(labels.box[a], objects.box[b])
    inside = near & labels.crowd[a] & (common > 0)
    assert inside.any()
    assert found.inside.tolist() == b[inside].tolist()
    size = (objects.box[:, 2:] - objects.box[:, :2]).prod(1)
    assert found.share.tolist() == (common[inside] / size[b[inside]]).tolist()


def test_a_box_too_small_for_numbers_overlaps_nothing():
    speck = (0.0, 0.0, 1e-200, 1e-200)
    data = dataset(["car"], [(0, "car", speck), (0, "car", speck, True)])
    found = find_candidates(
        data.labels, inference_set(data, "m", [(0, "car", speck, 0.9)]).objects, data.labels.crowd
    )
    assert len(found.label) == 0
    assert found.share.tolist() == [0.0]
