"""Small files as users have them."""

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aquarium_tui import ingest
from aquarium_tui.model.tables import Dataset, InferenceSet, Project

Json = dict[str, Any]


def image(id_: Any, name: str | None = None, **more: Any) -> Json:
    return {"id": id_, "file_name": name or f"{id_}.jpg", "width": 100, "height": 80, **more}


def label(image_id: Any, category_id: Any = 1, bbox: Any = (10, 10, 20, 20), **more: Any) -> Json:
    return {"image_id": image_id, "category_id": category_id, "bbox": bbox, **more}


def result(
    image_id: Any, category_id: Any = 1, bbox: Any = (10, 10, 20, 20), score: Any = 0.5, **more: Any
) -> Json:
    return {"image_id": image_id, "category_id": category_id, "bbox": bbox, "score": score, **more}


def instances(
    images: Sequence[Any] = (),
    annotations: Sequence[Any] = (),
    categories: Mapping[int, str] | Sequence[Any] | None = None,
    **more: Any,
) -> Json:
    classes = {1: "car", 3: "cyclist"} if categories is None else categories
    if isinstance(classes, Mapping):
        classes = [{"id": id_, "name": name} for id_, name in classes.items()]
    return {
        "images": list(images or [image(1), image(2)]),
        "annotations": list(annotations),
        "categories": classes,
        **more,
    }


def write(path: Path, content: Any, packed: bool = False) -> Path:
    """`content` at `path`: bytes and text as they are, anything else as JSON."""
    data = content if isinstance(content, bytes | str) else json.dumps(content)
    data = data if isinstance(data, bytes) else data.encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


def nothing(_: str) -> None:
    """Hears what is being done."""


def read_labels(folder: Path, content: Any, project: Project | None = None, **options: Any) -> Dataset:
    path = write(folder / "l.json", content)
    return ingest.labelled_dataset(project or Project("street"), "val", path, nothing, **options)


def read_inferences(folder: Path, content: Any, dataset: Dataset | None = None) -> InferenceSet:
    """Inferences on `dataset`, by default on two frames with the classes 1 car and 3 cyclist."""
    dataset = dataset or read_labels(folder, instances(annotations=[label(1)]))
    return ingest.inference_set(dataset, "model_a", write(folder / "r.json", content), "auto", nothing)


def sentences(of: Dataset | InferenceSet) -> list[str]:
    return [problem.sentence() for problem in of.provenance.problems]
