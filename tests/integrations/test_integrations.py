"""One line from training: inference sets of the frameworks' own objects, or of objects of their shape."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from aquarium_tui.errors import InputError, UsageError
from aquarium_tui.integrations import (
    fiftyone,
    lightning,
    supervision,
    torchmetrics,
    transformers,
    ultralytics,
)
from aquarium_tui.integrations.model_run import ModelRun
from aquarium_tui.store import Store
from tests.tui.scene import BASE, CLASSES, OTHER, make_store

FRAMES = ("f1", "f2", "f3", "f4")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    store = make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    return store


class Tensor:
    """An array that has to be fetched, as a tensor on a device has."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)

    def detach(self) -> "Tensor":
        return self

    def cpu(self) -> "Tensor":
        return self

    def numpy(self) -> np.ndarray:
        return self.values


def preds(made: Any = OTHER) -> list[dict[str, Tensor]]:
    rows = [[one for one in made if one[0] == frame] for frame in range(4)]
    return [
        {
            "boxes": Tensor(np.array([one[1] for one in found], float).reshape(-1, 4)),
            "scores": Tensor([one[3] for one in found]),
            "labels": Tensor([CLASSES.index(one[2]) for one in found]),
        }
        for found in rows
    ]


def same(store: Store, name: str, like: str = "model_b") -> bool:
    one, two = (store.load_inferences("street", "val", id_).objects for id_ in (name, like))
    keys = [
        sorted(
            zip(o.frame.tolist(), o.class_index.tolist(), o.box.tolist(), o.confidence.tolist(), strict=True)
        )
        for o in (one, two)
    ]
    return bool(keys[0] == keys[1])


def test_dictionaries_of_torchmetrics(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    images = [f"/somewhere/else/{frame}.png" for frame in FRAMES]
    for _ in range(2):  # A set is replaced by the next run.
        torchmetrics.log_predictions("street", "val", "torch", images, preds(), classes=CLASSES)
    assert same(store, "torch")
    said = capsys.readouterr().err
    assert "aquarium-tui open street/val --base model_a --other torch" in said
    sized = [
        {**p, "boxes": Tensor(p["boxes"].values - np.pad(p["boxes"].values[:, :2], ((0, 0), (2, 0))))}
        for p in preds()
    ]
    torchmetrics.log_predictions("street", "val", "sized", FRAMES, sized, classes=CLASSES, box_format="xywh")
    assert same(store, "sized")


def test_what_belongs_to_nothing_is_counted(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    run = ModelRun("street", "val", "my-model")
    run.add("nope.png", [[0, 0, 9, 9]], ["car"], [0.5])
    run.add("f1", [[0, 0, 9, 9], [0, 0, 8, 8]], ["car", "zebra"], [0.5, 0.5])
    run.close()
    said = capsys.readouterr().err
    assert "images of no frame left out: 1" in said
    assert "boxes of unknown classes left out: 1" in said
    assert len(store.load_inferences("street", "val", "my_model").objects) == 1
    ModelRun("street", "val", "untrained").close()
    assert len(store.load_inferences("street", "val", "untrained").objects) == 0
    empty = ModelRun("street", "val", "nothing")
    empty.add("nope.png", [], [], [])
    with pytest.raises(InputError, match="No image belongs"):
        empty.close()


@pytest.mark.parametrize("real", [False, True])
def test_detections_of_supervision(store: Store, real: bool) -> None:
    make: Callable[..., Any] = SimpleNamespace
    if real:
        make = pytest.importorskip("supervision").Detections
    found = {
        frame: make(
            xyxy=pred["boxes"].values,
            confidence=pred["scores"].values.astype(float),
            class_id=pred["labels"].values.astype(int),
            data={"class_name": np.array([CLASSES[int(i)] for i in pred["labels"].values], str)},
        )
        for frame, pred in zip(FRAMES, preds(), strict=True)
    }
    supervision.log_detections("street", "val", "sv", found)
    assert same(store, "sv")


class Yolo:
    """What `ultralytics.YOLO` does of a validation."""

    def __init__(self) -> None:
        self.callbacks: dict[str, Callable[[Any], None]] = {}

    def add_callback(self, event: str, call: Callable[[Any], None]) -> None:
        self.callbacks[event] = call

    def val(self, **more: Any) -> SimpleNamespace:
        args = SimpleNamespace(save_json=False, split="val", data="data.yaml")
        names = dict(enumerate(CLASSES))
        validator = SimpleNamespace(
            args=args, names=names, class_map=[1, 2, 3], data={}, save_dir=Path("runs/val7"), jdict=[], **more
        )
        self.callbacks["on_val_batch_start"](validator)
        for frame, (left, top, right, bottom), name, score in OTHER if args.save_json else ():
            validator.jdict.append(
                {
                    "image_id": FRAMES[frame],
                    "file_name": f"{FRAMES[frame]}.png",
                    "category_id": CLASSES.index(name) + 1,
                    "bbox": [left, top, right - left, bottom - top],
                    "score": score,
                }
            )
        self.callbacks["on_val_batch_end"](validator)
        # At the end, `save_json` would have it evaluate them with a package that it installs.
        assert not args.save_json
        self.callbacks["on_val_end"](validator)
        return validator


def test_ultralytics_validates_into_the_store(store: Store) -> None:
    model = ultralytics.attach(Yolo(), "street", "val")
    assert model.val().args.save_json is False
    assert same(store, "val7")
    model = ultralytics.attach(Yolo(), "street", "val", "best")
    model.callbacks["on_train_epoch_start"](SimpleNamespace(epoch=3))
    model.val(training=True)
    assert same(store, "best_3")


def module(monkeypatch: pytest.MonkeyPatch, name: str, **content: Any) -> None:
    made = ModuleType(name)
    vars(made).update(content)
    monkeypatch.setitem(sys.modules, name, made)


def test_lightning_stores_each_validation(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    module(monkeypatch, "lightning")
    module(monkeypatch, "lightning.pytorch", Callback=object)
    one = lightning.callback("street", "val", classes=CLASSES)
    for checking in (True, False):
        trainer = SimpleNamespace(current_epoch=2, global_step=99, sanity_checking=checking)
        one.on_validation_epoch_start(trainer, None)
        for i in (0, 2):
            outputs = {"images": FRAMES[i : i + 2], "preds": preds()[i : i + 2]}
            one.on_validation_batch_end(trainer, None, outputs, None, i)
        one.on_validation_epoch_end(trainer, None)
    assert same(store, "epoch_2")
    one.on_validation_epoch_start(trainer, None)
    with pytest.raises(UsageError, match="validation_step must return"):
        one.on_validation_batch_end(trainer, None, None, None, 0)


def test_transformers_stores_each_evaluation(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    module(monkeypatch, "transformers", TrainerCallback=object)
    one = transformers.callback("street", "val", lambda model, loader: zip(FRAMES, preds(), strict=True))
    model = SimpleNamespace(config=SimpleNamespace(id2label=dict(enumerate(CLASSES))))
    state = SimpleNamespace(global_step=500, epoch=1.0)
    assert one.on_evaluate(None, state, "control", model=model, eval_dataloader=[]) == "control"
    assert same(store, "step_500")


class Sample(dict[str, Any]):
    """A sample of FiftyOne: fields by key and as attributes."""

    def __init__(self, filepath: str, **fields: Any) -> None:
        super().__init__(fields)
        self.filepath, self.tags, self.metadata = filepath, ["day"], None
        self.id = Path(filepath).stem

    def __getattr__(self, name: str) -> Any:
        return self[name]


class Samples(list[Sample]):
    """A dataset of FiftyOne."""

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name = name

    def add_samples(self, samples: list[Sample]) -> None:
        self.extend(samples)


def test_fiftyone_there_and_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def detection(**fields: Any) -> SimpleNamespace:
        return SimpleNamespace(**{"confidence": None, **fields})

    module(
        monkeypatch,
        "fiftyone",
        Sample=Sample,
        Dataset=Samples,
        Detections=SimpleNamespace,
        Detection=detection,
    )
    out = fiftyone.to_fiftyone("street/val", base="model_a", other="model_b", name="compared")
    assert (out.name, len(out)) == ("compared", 4)
    first = out[0]["base"].detections[0]
    assert (first.label, first.change, first.base_outcome, first.other_outcome) == (
        "pedestrian",
        "fixed",
        "confused",
        "correct",
    )
    fiftyone.from_fiftyone(out, "back", "val", inferences={"base": "model_a", "other": "model_b"})
    dataset = store.load_dataset("back", "val")
    np.testing.assert_allclose(dataset.labels.box, store.load_dataset("street", "val").labels.box)
    for id_, made in (("model_a", BASE), ("model_b", OTHER)):
        assert len(store.load_inferences("back", "val", id_).objects) == len(made)


def test_frameworks_are_imported_only_when_they_are_used() -> None:
    program = (
        "import sys; from aquarium_tui.integrations import "
        "fiftyone, lightning, supervision, torchmetrics, transformers, ultralytics\n"
        "known = {'torch', 'fiftyone', 'supervision', 'lightning', 'transformers', 'ultralytics'}\n"
        "print(known & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    "call", [lambda: lightning.callback("p", "d"), lambda: transformers.callback("p", "d", lambda *_: ())]
)
def test_what_is_not_installed_is_named(call: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lightning", "lightning.pytorch", "pytorch_lightning", "transformers"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match="is not installed"):
        call()
