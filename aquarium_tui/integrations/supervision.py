"""`supervision.Detections` of each image as an inference set."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from aquarium_tui.integrations.model_run import ModelRun, arrays, named
from aquarium_tui.upload import UploadResult


def log_detections(
    project: str,
    dataset: str,
    inferences_id: str,
    detections: Mapping[Any, Any],
    *,
    classes: Sequence[str] | Mapping[int, str] | None = None,
) -> UploadResult:
    """Store detections as an inference set.

    Args:
        project: The project.
        dataset: The dataset in it.
        inferences_id: The name of the set; a set of this name is replaced.
        detections: A `supervision.Detections` for each image, by the id of its frame or by its path.
        classes: The names of class ids; by default the `class_name` that the detections have.

    Raises:
        AquariumError: There is no such dataset, or nothing fits it.
    """
    run = ModelRun(project, dataset, inferences_id)
    for image, found in detections.items():
        count = len(found.xyxy)
        own = (found.data or {}).get("class_name")
        ids = found.class_id if found.class_id is not None else np.zeros(count, int)
        names = [str(name) for name in own] if own is not None and classes is None else named(ids, classes)
        sure = np.ones(count) if found.confidence is None else arrays(found.confidence)
        run.add(image, arrays(found.xyxy), names, sure)
    return run.close()
