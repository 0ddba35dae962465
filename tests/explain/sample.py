"""Scenes as COCO files hold them, made from numbers alone, so that other tools can be run on them too."""

import json
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
SIZE = (640, 480)
CLASSES = ["car", "van", "truck", "bike"]
CONFIDENCES = [0.0005, 0.001, 0.05, 0.1, 0.25, 0.3, 0.5, 0.7, 0.9]
"""Thresholds of the tools among them."""

Coco = tuple[dict[str, Any], list[dict[str, Any]]]
"""Instances and results."""


def scene(seed: int, *, whole: bool, frames: int = 40) -> Coco:
    """Crowded frames: labels that overlap, several inferences on each, some of another class; some crowds.

    Args:
        seed: Of the numbers.
        whole: Whole-pixel boxes on a coarse grid, so that IoUs tie and lie at thresholds; else none ties.
        frames: How many.
    """
    rng = np.random.default_rng(seed)
    labels: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for frame in range(1, frames + 1):
        for _ in range(int(rng.integers(0, 9))):
            box, name = _box(rng, whole), int(rng.integers(len(CLASSES) - 1))
            crowd = int(rng.random() < 0.1)
            labels.append(
                _record(len(labels), frame, name, box) | {"area": float(box[2] * box[3]), "iscrowd": crowd}
            )
            for _ in range(int(rng.integers(0, 4))):
                results.append(_result(rng, frame, box, name, whole))
        results += [_result(rng, frame, _box(rng, whole), 0, whole) for _ in range(int(rng.integers(0, 3)))]
    images = [
        {"id": i, "file_name": f"{i}.jpg", "width": SIZE[0], "height": SIZE[1]} for i in range(1, frames + 1)
    ]
    categories = [{"id": i + 1, "name": name} for i, name in enumerate(CLASSES)]
    return {"images": images, "annotations": labels, "categories": categories}, results


def _box(rng: np.random.Generator, whole: bool) -> np.ndarray:
    if whole:
        return np.concatenate([rng.integers(0, 8, 2) * 10, rng.integers(1, 6, 2) * 10]).astype(float)
    return np.concatenate([rng.uniform(0, 300, 2), rng.lognormal(3.8, 0.6, 2)])


def _record(id_: int, frame: int, name: int, box: np.ndarray) -> dict[str, Any]:
    return {"id": id_ + 1, "image_id": frame, "category_id": name + 1, "bbox": box.tolist()}


def _result(rng: np.random.Generator, frame: int, box: np.ndarray, name: int, whole: bool) -> dict[str, Any]:
    if whole:
        near = box + rng.integers(-1, 2, 4) * 10
        near[2:] = np.maximum(near[2:], 10)
        score = float(rng.choice(CONFIDENCES))
    else:
        near = box + rng.normal(0, 0.12, 4) * np.tile(box[2:], 2)
        near[2:] = np.maximum(near[2:], 2)
        score = float(rng.random())
    guess = name if rng.random() < 0.6 else int(rng.integers(len(CLASSES)))
    return {"image_id": frame, "category_id": guess + 1, "bbox": near.tolist(), "score": score}


def bundled() -> Coco:
    """The bundled detection sample, its model_b."""
    folder = ROOT / "sample_data" / "detection"
    labels, results = (
        json.loads((folder / name).read_text("utf-8")) for name in ("labels.json", "model_b.json")
    )
    return labels, results


SCENES = {
    "bundled": bundled,
    "loose": lambda: scene(1, whole=False),
    "ties": lambda: scene(2, whole=True),
}
