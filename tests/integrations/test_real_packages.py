"""The frameworks themselves, each where it is installed: a model of theirs ends in the store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aquarium_tui.integrations import fiftyone, lightning, torchmetrics, transformers, ultralytics
from aquarium_tui.store import Store
from tests.integrations.test_integrations import FRAMES, same
from tests.tui.scene import BASE, CLASSES, LABELS, OTHER, SIZE, make_store

pytestmark = pytest.mark.filterwarnings("ignore")
"""What these packages warn of is not about this program."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    store = make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    monkeypatch.chdir(tmp_path)
    return store


def tensors(torch: Any) -> list[dict[str, Any]]:
    """What model B finds in each frame, as torchmetrics and torchvision have it."""
    rows = [[one for one in OTHER if one[0] == frame] for frame in range(len(FRAMES))]
    return [
        {
            "boxes": torch.tensor([one[1] for one in found], dtype=torch.float32).reshape(-1, 4),
            "scores": torch.tensor([one[3] for one in found], dtype=torch.float64, requires_grad=True),
            "labels": torch.tensor([CLASSES.index(one[2]) for one in found], dtype=torch.int64),
        }
        for found in rows
    ]


def test_torchmetrics(store: Store) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("torchmetrics")
    torchmetrics.log_predictions("street", "val", "torch", FRAMES, tensors(torch), classes=CLASSES)
    assert same(store, "torch")


def test_lightning(store: Store) -> None:
    torch = pytest.importorskip("torch")
    pl = pytest.importorskip("lightning.pytorch")

    class Model(pl.LightningModule):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))

        def training_step(self, batch: Any, index: int) -> Any:
            return self.weight.sum() * batch.sum()

        def validation_step(self, batch: Any, index: int) -> dict[str, Any]:
            rows = batch.tolist()
            return {"images": [FRAMES[row] for row in rows], "preds": [tensors(torch)[row] for row in rows]}

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.1)

    loader = torch.utils.data.DataLoader(torch.arange(len(FRAMES)), batch_size=3)
    trainer = pl.Trainer(
        max_epochs=2,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[lightning.callback("street", "val", classes=CLASSES)],
    )
    trainer.fit(Model(), loader, loader)
    assert same(store, "epoch_0")
    assert same(store, "epoch_1")


def test_transformers(store: Store, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    hub = pytest.importorskip("transformers")
    pytest.importorskip("accelerate")
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    config = hub.YolosConfig(
        image_size=[32, 32], patch_size=16, num_detection_tokens=5, id2label=dict(enumerate(CLASSES)), **sizes
    )
    found: list[tuple[str, dict[str, Any]]] = []

    def predict(model: Any, loader: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        processor = hub.YolosImageProcessor()
        with torch.no_grad():
            for batch in loader:
                out = model(pixel_values=batch["pixel_values"])
                sizes = [SIZE[::-1]] * len(batch["pixel_values"])
                found.extend(
                    zip(
                        FRAMES[len(found) :],
                        processor.post_process_object_detection(out, threshold=0.0, target_sizes=sizes),
                        strict=False,
                    )
                )
        return iter(found)

    data = [
        {"pixel_values": torch.full((3, 32, 32), float(i)), "labels": {"class_labels": i}}
        for i in range(len(FRAMES))
    ]
    trainer = hub.Trainer(
        hub.YolosForObjectDetection(config),
        hub.TrainingArguments(str(tmp_path), report_to=[], use_cpu=True, prediction_loss_only=True),
        eval_dataset=data,
        data_collator=lambda rows: {"pixel_values": torch.stack([row["pixel_values"] for row in rows])},
        compute_loss_func=lambda *_, **__: torch.zeros(()),
        callbacks=[transformers.callback("street", "val", predict, "step_{step}")],
    )
    trainer.evaluate()
    objects = store.load_inferences("street", "val", "step_0").objects
    assert len(objects) == sum(len(one["scores"]) for _, one in found) > 0
    assert np.allclose(
        np.sort(objects.box[:, 0]), np.sort(np.concatenate([f["boxes"][:, 0] for _, f in found]))
    )


def test_ultralytics(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOLO_OFFLINE", "true")
    monkeypatch.setenv("YOLO_CONFIG_DIR", str(tmp_path))
    hub = pytest.importorskip("ultralytics")
    data = yolo_data(tmp_path)
    model = ultralytics.attach(hub.YOLO("yolov8n.yaml"), "yolo", "val", "tiny")
    found: list[dict[str, Any]] = []
    model.add_callback("on_val_end", lambda validator: found.extend(validator.jdict))
    common = {"data": str(data), "imgsz": 64, "device": "cpu", "workers": 0, "plots": False}
    model.train(epochs=1, batch=4, project=str(tmp_path / "runs"), exist_ok=True, **common)
    sets = [one.id for one in store.dataset_card("yolo", "val").sets]
    assert "tiny_0" in sets
    dataset = store.load_dataset("yolo", "val")
    assert len(dataset.labels) == len(LABELS)
    found.clear()
    model.val(project=str(tmp_path / "runs"), **common)
    objects = store.load_inferences("yolo", "val", "tiny").objects
    assert len(objects) == len(found)
    assert np.allclose(np.sort(objects.box[:, 0]), np.sort([one["bbox"][0] for one in found]), atol=1e-3)


def yolo_data(folder: Path) -> Path:
    """The scene as a dataset of Ultralytics."""
    images, labels = folder / "yolo" / "images", folder / "yolo" / "labels"
    images.mkdir(parents=True)
    labels.mkdir()
    width, height = SIZE
    for row, frame in enumerate(FRAMES):
        (images / f"{frame}.png").write_bytes((folder / "images" / f"{frame}.png").read_bytes())
        lines = [
            f"{CLASSES.index(name)} {(box[0] + box[2]) / 2 / width} {(box[1] + box[3]) / 2 / height} "
            f"{(box[2] - box[0]) / width} {(box[3] - box[1]) / height}\n"
            for at, box, name, _ in LABELS
            if at == row
        ]
        (labels / f"{frame}.txt").write_text("".join(lines))
    names = "".join(f"  {i}: {name}\n" for i, name in enumerate(CLASSES))
    file = folder / "yolo" / "data.yaml"
    file.write_text(f"path: {folder / 'yolo'}\ntrain: images\nval: images\nnames:\n{names}")
    return file


def test_fiftyone(store: Store) -> None:
    hub = pytest.importorskip("fiftyone")
    try:
        out = fiftyone.to_fiftyone("street/val", base="model_a", other="model_b")
    except Exception as error:  # Its database is a program of its own, which runs on few systems.
        if (
            "mongod" in str(error)
            or "database" in str(error).lower()
            or "ServiceListenTimeout" in repr(error)
        ):
            pytest.skip(f"the database of FiftyOne does not start: {error}")
        raise
    try:
        view = out.filter_labels("base", hub.ViewField("change") == "fixed")
        assert [one.label for sample in view for one in sample["base"].detections] == ["pedestrian"]
        fiftyone.from_fiftyone(out, "back", "val", inferences={"base": "model_a", "other": "model_b"})
    finally:
        out.delete()
    dataset = store.load_dataset("back", "val")
    np.testing.assert_allclose(dataset.labels.box, store.load_dataset("street", "val").labels.box)
    for id_, made in (("model_a", BASE), ("model_b", OTHER)):
        assert len(store.load_inferences("back", "val", id_).objects) == len(made)
