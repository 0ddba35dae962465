"""A callback of Hugging Face's Trainer: after each evaluation, the inferences are in the store."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from aquarium_tui.errors import UsageError
from aquarium_tui.integrations import torchmetrics
from aquarium_tui.integrations.model_run import ModelRun

Predict = Callable[[Any, Any], Iterable[tuple[object, Mapping[str, Any]]]]
"""Takes model and evaluation loader; gives the image and the post-processed detections of each."""


def callback(project: str, dataset: str, predict: Predict, inferences_id: str = "step_{step}") -> Any:
    """A `transformers.TrainerCallback` that stores an inference set after each evaluation.

    Args:
        project: The project.
        dataset: The dataset in it.
        predict: Called with model and evaluation loader; gives for each image the id of its frame or its
            path, and `{"boxes", "scores", "labels"}` as `post_process_object_detection` returns them.
        inferences_id: The name of the set; `{epoch}` and `{step}` stand for those of the trainer.
    """
    try:
        base = import_module("transformers").TrainerCallback
    except ImportError as error:
        raise UsageError(
            "transformers is not installed.", "Install it with `pip install transformers`."
        ) from error

    class StoreInferences(base):  # type: ignore[misc, valid-type]
        """Stores the inferences of each evaluation."""

        def on_evaluate(self, args: Any, state: Any, control: Any, **further: Any) -> Any:
            del args
            model = further.get("model")
            name = inferences_id.format(step=state.global_step, epoch=int(state.epoch or 0))
            run = ModelRun(project, dataset, name)
            names = getattr(getattr(model, "config", None), "id2label", None)
            for image, pred in predict(model, further.get("eval_dataloader")):
                torchmetrics.add(run, image, pred, names)
            run.close()
            return control

    return StoreInferences()
