"""Lines as the two generations of the Aquarium client write them, and what is read from them."""

import json
from typing import Any

from aquarium_tui import ingest
from aquarium_tui.model.tables import Dataset, InferenceSet, Project

Json = dict[str, Any]


def frame(id_: str, **more: Any) -> Json:
    """A frame as 0.0.67 writes it."""
    urls = {"image_url": f"images/{id_}.jpg"}
    sensor = {
        "coordinate_frame": "DEFAULT",
        "data_urls": urls,
        "date_captured": "2024-01-01T00:00:00+00:00",
        "sensor_id": "DEFAULT",
        "sensor_metadata": {"width": 64, "height": 48},
        "sensor_type": "IMAGE_V0",
        "mirror_asset": False,
    }
    return {
        "task_id": id_,
        "date_captured": "2024-01-01T00:00:00+00:00",
        "device_id": "default_device",
        "coordinate_frames": [{"coordinate_frame_id": "DEFAULT", "coordinate_frame_type": "IMAGE"}],
        "sensor_data": [sensor],
        "geo_data": {},
        "reuse_latest_embedding": False,
        "change": "ADD",
        **more,
    }


def box(uuid: str, label: str = "car", sides: Any = (2, 1, 4, 3), **attributes: Any) -> Json:
    """A box by left, top, width, height."""
    left, top, width, height = sides
    return {
        "uuid": uuid,
        "linked_labels": [],
        "label_type": "BBOX_2D",
        "label": label,
        "label_coordinate_frame": "DEFAULT",
        "attributes": {"top": top, "left": left, "width": width, "height": height, **attributes},
        "reuse_latest_embedding": False,
        "change": "ADD",
    }


def other(kind: str, label: str = "car", **attributes: Any) -> Json:
    return {**box("x", label), "label_type": kind, "attributes": attributes}


def labels(id_: str, *crops: Any) -> Json:
    return {"task_id": id_, "type": "GT", "label_data": list(crops)}


def inferences(id_: str, *crops: Any, **more: Any) -> Json:
    return {
        "task_id": id_,
        "type": "Inference",
        "custom_metrics": {},
        "inference_metadata": {"visualization_assets": {}, "user_metadata": {"k": 1}},
        "inference_data": list(crops),
        "reuse_latest_embedding": False,
        "change": "ADD",
        **more,
    }


def lines(*records: Any) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def read_labels(tmp_path: Any, *records: Any, project: Project | None = None) -> Dataset:
    path = tmp_path / "val.jsonl"
    path.write_text(lines(*records))
    return ingest.labelled_dataset(project or Project("street"), "val", path, lambda _: None)


def read_inferences(tmp_path: Any, *records: Any) -> InferenceSet:
    dataset = read_labels(tmp_path, frame("f1"), frame("f2"), labels("f1", box("g1"), box("g2", "cyclist")))
    path = tmp_path / "a.jsonl"
    path.write_text(lines(*records))
    return ingest.inference_set(dataset, "model_a", path, "auto", lambda _: None)


def notes(of: Dataset | InferenceSet) -> str:
    return "\n".join(of.provenance.notes)


def problems(of: Dataset | InferenceSet) -> str:
    return "\n".join(problem.sentence() for problem in of.provenance.problems)
