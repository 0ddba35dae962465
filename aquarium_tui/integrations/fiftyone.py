"""FiftyOne, both ways: a dataset of it into the store, and a comparison out as a dataset of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from aquarium_tui.client.logs import Frame, log_dataset
from aquarium_tui.client.opened import open_comparison
from aquarium_tui.drawing.drawing import frame_size, image_path
from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.integrations.model_run import ModelRun
from aquarium_tui.media.source import image_size
from aquarium_tui.model.picture import Size
from aquarium_tui.report import records_of
from aquarium_tui.upload import UploadResult

_EDGES = ("left", "top", "right", "bottom")
_OF_LEDGER = ("change", "base_outcome", "other_outcome", "base_iou", "other_iou")


def from_fiftyone(
    samples: Iterable[Any],
    project: str,
    dataset: str,
    *,
    labels: str = "ground_truth",
    inferences: Mapping[str, str] | Iterable[str] = (),
) -> list[UploadResult]:
    """Store samples of FiftyOne as a dataset, and fields of them as inference sets.

    Args:
        samples: A `fiftyone.Dataset` or view with `Detections`.
        project: The project; created if it does not exist.
        dataset: The name of the new dataset.
        labels: The field of the labels.
        inferences: Fields of inferences: set names by field, or fields that are also the set names.

    Returns:
        What was stored: the dataset, then each set.

    Raises:
        AquariumError: The dataset exists, or nothing can be stored.
    """
    listed = list(samples)
    sizes = [_size(sample) for sample in listed]
    classes = sorted({str(one.label) for sample in listed for one in _detections(sample, labels)})
    log = log_dataset(project, dataset, classes=classes)
    with log:
        for sample, size in zip(listed, sizes, strict=True):
            found = _detections(sample, labels)
            log.add(
                Frame(
                    str(sample.id),
                    image=sample.filepath,
                    width=size[0],
                    height=size[1],
                    boxes=_corners(found, size),
                    classes=np.array([str(one.label) for one in found], str),
                    metadata={"tags": ", ".join(sample.tags)} if sample.tags else {},
                )
            )
    results = [log.result] if log.result else []
    names = inferences if isinstance(inferences, Mapping) else {name: name for name in inferences}
    for field, id_ in names.items():
        run = ModelRun(project, dataset, id_, replace=False)
        for sample, size in zip(listed, sizes, strict=True):
            found = _detections(sample, field)
            sure = [1.0 if one.confidence is None else float(one.confidence) for one in found]
            run.add(str(sample.id), _corners(found, size), [str(one.label) for one in found], sure)
        results.append(run.close())
    return results


def to_fiftyone(place: str, *, base: str = "", other: str = "", name: str | None = None) -> Any:
    """A comparison as a `fiftyone.Dataset`: `ground_truth`, `base`, `other`, with the fields of the ledger.

    Each detection has its `change` (`fixed`, `broken`, …) and the outcomes of both sets, so that
    `dataset.filter_labels("base", F("change") == "fixed")` shows what was fixed.

    Args:
        place: `PROJECT/DATASET`.
        base: The base set.
        other: The other set.
        name: Of the new dataset; FiftyOne chooses one if it is None.

    Raises:
        UsageError: FiftyOne is not installed, or the comparison is not of objects.
        AquariumError: The comparison cannot be opened.
    """
    try:
        fiftyone = import_module("fiftyone")
    except ImportError as error:
        raise UsageError("FiftyOne is not installed.", "Install it with `pip install fiftyone`.") from error
    comparison = open_comparison(place, base=base, other=other).comparison
    if comparison.no_objects:
        raise UsageError(f"There are no objects to export: {comparison.no_objects}.")
    stored = comparison.dataset
    by_frame: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records_of(comparison, np.arange(len(comparison.object_frame), dtype=np.int64)):
        by_frame[str(record["frame"])].append(record)
    samples = []
    for row, id_ in enumerate(stored.frames.id):
        size = frame_size(stored, row)
        sample = fiftyone.Sample(filepath=image_path(stored, row), aquarium_id=str(id_))
        for entity, field in (("label", "ground_truth"), ("base", "base"), ("other", "other")):
            found = [_detection(fiftyone, record, entity, size) for record in by_frame[str(id_)]]
            sample[field] = fiftyone.Detections(detections=[one for one in found if one is not None])
        samples.append(sample)
    made = fiftyone.Dataset(name) if name else fiftyone.Dataset()
    made.add_samples(samples)
    return made


def _detection(fiftyone: Any, record: Mapping[str, Any], entity: str, size: Size) -> Any:
    if record[f"{entity}_class"] is None:
        return None
    left, top, right, bottom = (float(record[f"{entity}_{edge}"]) for edge in _EDGES)
    width, height = size
    box = [left / width, top / height, (right - left) / width, (bottom - top) / height]
    further = {key: record[key] for key in _OF_LEDGER if record.get(key) is not None}
    confidence = record.get(f"{entity}_confidence")
    if confidence is not None:
        further["confidence"] = confidence
    return fiftyone.Detection(label=record[f"{entity}_class"], bounding_box=box, **further)


def _detections(sample: Any, field: str) -> list[Any]:
    found = sample[field]
    return [] if found is None else list(found.detections)


def _size(sample: Any) -> Size:
    """Width and height, from the metadata of the sample or from the header of its image."""
    known = getattr(sample, "metadata", None)
    if known is not None and getattr(known, "width", None) and getattr(known, "height", None):
        return int(known.width), int(known.height)
    try:
        return image_size(str(sample.filepath))
    except InputError as error:
        raise InputError(
            f"The size of an image is not known: {error.message}", "Run samples.compute_metadata() first."
        ) from error


def _corners(found: Iterable[Any], size: Size) -> np.ndarray[Any, Any]:
    return np.array(list(_boxes(found, size)), np.float64).reshape(-1, 4)


def _boxes(found: Iterable[Any], size: Size) -> Iterator[list[float]]:
    for one in found:
        left, top, width, height = map(float, one.bounding_box)
        across, down = size
        yield [left * across, top * down, (left + width) * across, (top + height) * down]
