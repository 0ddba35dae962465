"""Comparisons of one set, from what COCO files hold."""

from typing import Any

import numpy as np

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.settings import Settings
from aquarium_tui.model.tables import Dataset, Frames, InferenceSet, Objects, Project, starts_of


def of_coco(truth: dict[str, Any], results: list[dict[str, Any]], settings: Settings) -> ObjectComparison:
    """A comparison of the results with the instances."""
    classes = ClassMap(tuple(ClassEntry(one["id"], one["name"]) for one in truth["categories"]))
    images = {image["id"]: i for i, image in enumerate(truth["images"])}
    width, height = (
        np.array([image[side] for image in truth["images"]], np.int32) for side in ("width", "height")
    )
    frames = Frames(
        Text.from_words([str(image["id"]) for image in truth["images"]]),
        Text.from_words([image["file_name"] for image in truth["images"]]),
        width,
        height,
    )
    dataset = Dataset(
        Project("test", class_map=classes), "val", frames, _objects(truth["annotations"], images, classes)
    )
    inferences = InferenceSet("model", _objects(results, images, classes))
    return ObjectComparison.of(dataset, inferences, None, settings)


def _objects(records: list[dict[str, Any]], images: dict[Any, int], classes: ClassMap) -> Objects:
    records = sorted(records, key=lambda one: images[one["image_id"]])
    box = np.array([one["bbox"] for one in records], float).reshape(-1, 4)
    box[:, 2:] += box[:, :2]
    return Objects(
        starts=starts_of(np.array([images[one["image_id"]] for one in records], int), len(images)),
        class_index=np.array([classes.positions_by_id[one["category_id"]] for one in records], np.int32),
        box=box,
        confidence=np.array([one["score"] for one in records if "score" in one], float),
        crowd=np.array([bool(one.get("iscrowd", 0)) for one in records if "score" not in one], bool),
        area=np.array([one["area"] for one in records if "area" in one], float),
    )
