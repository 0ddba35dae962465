"""A callback of Lightning: what `validation_step` returns is stored after each validation."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from aquarium_tui.errors import UsageError
from aquarium_tui.integrations import torchmetrics
from aquarium_tui.integrations.model_run import ModelRun


def callback(
    project: str,
    dataset: str,
    inferences_id: str = "epoch_{epoch}",
    *,
    classes: Sequence[str] | Mapping[int, str] | None = None,
    box_format: torchmetrics.BoxFormat = "xyxy",
) -> Any:
    """A `lightning.pytorch.Callback` that stores an inference set after each validation.

    `validation_step` returns `{"images": […], "preds": […]}`: the id of the frame or the path of each image,
    and a dictionary of `boxes`, `scores` and `labels` for each.

    Args:
        project: The project.
        dataset: The dataset in it.
        inferences_id: The name of the set; `{epoch}` and `{step}` stand for those of the trainer.
        classes: The names of class ids.
        box_format: As in torchmetrics.
    """

    class StoreInferences(_callback_class()):  # type: ignore[misc]
        """Gathers the inferences of a validation, and stores them at its end."""

        def on_validation_epoch_start(self, trainer: Any, pl_module: Any) -> None:
            del pl_module
            name = inferences_id.format(epoch=trainer.current_epoch, step=trainer.global_step)
            # Lightning tries a few batches before training; nobody wants to look at these.
            self.run = None if trainer.sanity_checking else ModelRun(project, dataset, name)

        def on_validation_batch_end(
            self, trainer: Any, pl_module: Any, outputs: Any, *further: Any, **named: Any
        ) -> None:
            del trainer, pl_module, further, named
            if self.run is None:
                return
            if not isinstance(outputs, Mapping) or not {"images", "preds"} <= outputs.keys():
                raise UsageError('validation_step must return {"images": […], "preds": […]}.')
            for image, pred in zip(outputs["images"], outputs["preds"], strict=True):
                torchmetrics.add(self.run, image, pred, classes, box_format)

        def on_validation_epoch_end(self, trainer: Any, pl_module: Any) -> None:
            del trainer, pl_module
            if self.run is not None:
                self.run.close()

    return StoreInferences()


def _callback_class() -> Any:
    for name in ("lightning.pytorch", "pytorch_lightning"):
        try:
            return import_module(name).Callback
        except ImportError:
            continue
    raise UsageError("Lightning is not installed.", "Install it with `pip install lightning`.")
