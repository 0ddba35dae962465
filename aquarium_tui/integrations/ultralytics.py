"""A callback of Ultralytics: after `model.val()`, the inferences are in the store."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aquarium_tui.integrations.model_run import ModelRun
from aquarium_tui.model.names import suggest_name
from aquarium_tui.store import Store
from aquarium_tui.upload import FileOptions, UploadRequest, upload


def attach(
    model: Any, project: str, dataset: str, inferences_id: str = "", *, upload_labels: bool = True
) -> Any:
    """Have each validation of a model stored as an inference set; returns the model.

    The set is called `inferences_id`, in training followed by the epoch; by default like the run's folder.
    Boxes are those of all confidences that Ultralytics keeps in `val`, as AP needs them.

    Args:
        model: An `ultralytics.YOLO`.
        project: The project.
        dataset: The dataset in it.
        inferences_id: The name of the set.
        upload_labels: Whether the labels of the model's `data.yaml` are uploaded if there is no such dataset.
    """
    for event, call in _callbacks(project, dataset, inferences_id, upload_labels).items():
        model.add_callback(event, call)
    return model


def _callbacks(
    project: str, dataset: str, inferences_id: str, upload_labels: bool
) -> dict[str, Callable[[Any], None]]:
    """What to call at which event of Ultralytics."""
    asked: dict[int, bool] = {}
    epochs: list[int] = []

    # Ultralytics gathers boxes in `jdict` only where it is to write them as JSON. It is told so for the
    # batches alone: told so at the end, it evaluates the boxes with a package that it installs.
    def on_val_batch_start(validator: Any) -> None:
        asked[id(validator)] = bool(validator.args.save_json)
        validator.args.save_json = True

    def on_val_batch_end(validator: Any) -> None:
        validator.args.save_json = asked.pop(id(validator), False)

    def on_train_epoch_start(trainer: Any) -> None:
        epochs[:] = [int(trainer.epoch)]

    def on_val_end(validator: Any) -> None:
        if upload_labels and dataset not in _datasets(project):
            options = FileOptions(split=str(validator.args.split or "val"))
            upload(
                Store.default(),
                UploadRequest(project, dataset, labels=_data_file(validator), options=options),
            )
        run = ModelRun(project, dataset, _set_name(validator, inferences_id, epochs))
        found: dict[str, list[Any]] = {}
        for record in validator.jdict:
            found.setdefault(str(record.get("file_name") or record["image_id"]), []).append(record)
        names = _names(validator)
        for image, records in found.items():
            boxes = [_corners(record["bbox"]) for record in records]
            classes = [names.get(record["category_id"], str(record["category_id"])) for record in records]
            run.add(image, boxes, classes, [record["score"] for record in records])
        run.close()

    return {
        "on_train_epoch_start": on_train_epoch_start,
        "on_val_batch_start": on_val_batch_start,
        "on_val_batch_end": on_val_batch_end,
        "on_val_end": on_val_end,
    }


def _datasets(project: str) -> list[str]:
    store = Store.default()
    return store.datasets(project) if project in store.projects() else []


def _data_file(validator: Any) -> Path:
    data = validator.data if isinstance(validator.data, dict) else {}
    return Path(str(data.get("yaml_file") or validator.args.data))


def _set_name(validator: Any, wished: str, epochs: Sequence[int]) -> str:
    """The name of the set; validations within training, of which the epoch is known, are told apart by it."""
    folder = Path(str(getattr(validator, "save_dir", "") or "model")).name
    name = wished or folder
    if getattr(validator, "training", False) and epochs:
        name = f"{name}_{epochs[-1]}"
    return suggest_name(name) or "model"


def _names(validator: Any) -> dict[int, str]:
    """The name by the category id that `jdict` has: COCO's for COCO, else positions from 1."""
    names = dict(enumerate(validator.names)) if isinstance(validator.names, list) else dict(validator.names)
    ids = list(getattr(validator, "class_map", None) or range(1, len(names) + 1))
    return {ids[index]: str(name) for index, name in names.items() if index < len(ids)}


def _corners(box: Any) -> tuple[float, float, float, float]:
    left, top, width, height = map(float, box)
    return left, top, left + width, top + height
