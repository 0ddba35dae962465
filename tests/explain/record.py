"""Writes `recorded.json`: what other tools make of the scenes in `sample.py`, by their own code.

Run it in an environment of its own, where those tools are installed; each tool that is missing keeps what was
recorded before:

    pip install numpy torch supervision ultralytics pycocotools
    pip install --no-deps --target other mmdet fiftyone
    python -m tests.explain.record other

mmdetection and FiftyOne need compilers and servers that their rules do not use, so the one file that holds
the rule is loaded by itself, with empty stand-ins for what it imports.
"""

import contextlib
import importlib
import importlib.abc
import importlib.util
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import numpy as np

from tests.explain.sample import SCENES, Coco

FILE = Path(__file__).parent / "recorded.json"
OTHER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()


def frames(coco: Coco) -> list[tuple[np.ndarray, np.ndarray]]:
    """Labels `(n, 6)` of each frame: left, top, right, bottom, class, crowd; inferences: confidence last."""
    truth, results = coco
    order = {category["id"]: i for i, category in enumerate(truth["categories"])}
    found: dict[Any, tuple[list[list[float]], list[list[float]]]] = {
        image["id"]: ([], []) for image in truth["images"]
    }

    def row(record: dict[str, Any], last: float) -> list[float]:
        x, y, w, h = record["bbox"]
        return [x, y, x + w, y + h, order[record["category_id"]], last]

    for record in truth["annotations"]:
        found[record["image_id"]][0].append(row(record, record.get("iscrowd", 0)))
    for record in results:
        found[record["image_id"]][1].append(row(record, record["score"]))

    def table(rows: list[list[float]]) -> np.ndarray:
        return np.array(rows, float).reshape(-1, 6)

    return [(table(labels), table(inferences)) for labels, inferences in found.values()]


def supervision(coco: Coco) -> dict[str, Any]:
    sv = importlib.import_module("supervision")
    metrics = importlib.import_module("supervision.metrics")
    labels, inferences = [], []
    for truth, found in frames(coco):
        crowd = truth[:, 5].astype(int)
        area = (truth[:, 2] - truth[:, 0]) * (truth[:, 3] - truth[:, 1])
        labels.append(
            sv.Detections(
                truth[:, :4], class_id=truth[:, 4].astype(int), data={"iscrowd": crowd, "area": area}
            )
        )
        inferences.append(
            sv.Detections(found[:, :4], class_id=found[:, 4].astype(int), confidence=found[:, 5])
        )
    names = [category["name"] for category in coco[0]["categories"]]
    matrix = sv.ConfusionMatrix.from_detections(inferences, labels, names).matrix
    average = metrics.MeanAveragePrecision().update(inferences, labels).compute()
    return {
        "version": sv.__version__,
        "matrix": matrix.tolist(),
        "figures": {"AP": average.map50_95, "AP50": average.map50, "AP75": average.map75},
    }


def ultralytics(coco: Coco) -> dict[str, Any]:
    torch = importlib.import_module("torch")
    package = importlib.import_module("ultralytics")
    metrics = importlib.import_module("ultralytics.utils.metrics")
    validator = importlib.import_module("ultralytics.engine.validator").BaseValidator
    judge = SimpleNamespace(iouv=torch.linspace(0.5, 0.95, 10))
    names = dict(enumerate(category["name"] for category in coco[0]["categories"]))
    matrix, stats = metrics.ConfusionMatrix(names), []
    for known_and_crowds, unsorted in frames(coco):
        truth = known_and_crowds[known_and_crowds[:, 5] == 0]
        sorted_ = unsorted[np.argsort(-unsorted[:, 5], kind="stable")]
        found = torch.tensor(sorted_, dtype=torch.float32)
        boxes, classes = torch.tensor(truth[:, :4], dtype=torch.float32), torch.tensor(truth[:, 4])
        seen = {"bboxes": found[:, :4], "conf": found[:, 5], "cls": found[:, 4]}
        matrix.process_batch(seen, {"bboxes": boxes, "cls": classes})
        kept = found[found[:, 5] > 0.001][:300]
        hits = np.zeros((len(kept), 10), bool)
        if len(kept) and len(truth):
            iou = metrics.box_iou(boxes, kept[:, :4])
            hits = validator.match_predictions(judge, kept[:, 4], classes, iou).numpy()
        stats.append((hits, kept[:, 5].numpy(), kept[:, 4].numpy(), classes.numpy()))
    hits, sure, guessed, known = (np.concatenate(part) for part in zip(*stats, strict=True))
    # Its own sort is not stable; the order of equal confidences is made that of the files.
    order = np.argsort(-sure, kind="stable")
    _, _, p, r, f1, average, *_ = metrics.ap_per_class(hits[order], sure[order], guessed[order], known)
    return {
        "version": package.__version__,
        "matrix": matrix.matrix.tolist(),
        "figures": {
            "P": p.mean(),
            "R": r.mean(),
            "F1": f1.mean(),
            "AP50": average[:, 0].mean(),
            "AP75": average[:, 5].mean(),
            "AP": average.mean(),
        },
    }


def pycocotools(coco: Coco) -> dict[str, Any]:
    api = importlib.import_module("pycocotools.coco")
    evaluator = importlib.import_module("pycocotools.cocoeval")
    with contextlib.redirect_stdout(io.StringIO()):
        known = api.COCO()
        known.dataset = coco[0]
        known.createIndex()
        evaluation = evaluator.COCOeval(known, known.loadRes([dict(one) for one in coco[1]]), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    names = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
    return {"version": "2.0.11", "figures": dict(zip(names, evaluation.stats.tolist(), strict=True))}


def mmdet(coco: Coco) -> dict[str, Any]:
    overlaps = loaded("mmdet/evaluation/functional/bbox_overlaps.py").bbox_overlaps
    known = {"mmdet.evaluation": SimpleNamespace(bbox_overlaps=overlaps)}
    rule = loaded("mmdet/.mim/tools/analysis_tools/confusion_matrix.py", known)
    n = len(coco[0]["categories"])
    matrix = np.zeros((n + 1, n + 1))
    for truth, found in frames(coco):
        labels = [{"bbox": row[:4], "bbox_label": int(row[4])} for row in truth]
        parts = {"bboxes": found[:, :4], "labels": found[:, 4].astype(int), "scores": found[:, 5]}
        tensors = {k: Tensor(v.astype(np.float32) if k == "scores" else v) for k, v in parts.items()}
        rule.analyze_per_img_dets(matrix, labels, tensors, 0.3)
    return {"version": "3.3.0", "matrix": matrix.tolist()}


class Tensor(np.ndarray):
    """An array that has a tensor's `numpy`."""

    def __new__(cls, values: np.ndarray) -> "Tensor":
        return np.asarray(values).view(cls)

    def numpy(self) -> np.ndarray:
        return np.asarray(self)


def fiftyone(coco: Coco) -> dict[str, Any]:
    functions = loaded("fiftyone/utils/iou.py")
    functions.etan = SimpleNamespace(safe_divide=lambda a, b: a / b if b else 0.0)

    def compute_ious(
        inferences: list["Detection"],
        labels: list["Detection"],
        iscrowd: Callable[["Detection"], bool],
        **_: object,
    ) -> dict[str, list[tuple[str, float]]]:
        return {
            one.id: [
                (label.id, iou)
                for label in labels
                if (iou := functions.compute_bbox_iou(label, one, gt_crowd=iscrowd(label))) > 0
            ]
            for one in inferences
        }

    labels_module = SimpleNamespace(Keypoints=type("Keypoints", (), {}), Keypoint=type("Keypoint", (), {}))
    stand_ins = {
        "fiftyone.core.labels": labels_module,
        "fiftyone.utils.iou": SimpleNamespace(compute_ious=compute_ious),
    }
    rule = loaded("fiftyone/utils/eval/coco.py", stand_ins)
    config = SimpleNamespace(
        iou=0.5,
        classwise=True,
        iscrowd="iscrowd",
        use_masks=False,
        use_boxes=False,
        error_level=1,
        keypoint_sigmas=None,
        max_preds=100,
        iou_threshs=[x / 100 for x in range(50, 100, 5)],
        gt_field="labels",
        pred_field="inferences",
    )
    names = [category["name"] for category in coco[0]["categories"]]
    sizes = [(image["width"], image["height"]) for image in coco[0]["images"]]
    matrix = np.zeros((len(names) + 1, len(names) + 1), int)
    place = {name: i for i, name in enumerate([*names, None])}
    samples = []
    for at, (pair, size) in enumerate(zip(frames(coco), sizes, strict=True)):
        known, found = (
            Detections([Detection(f"{side}{at}-{i}", row, names, size, side) for i, row in enumerate(rows)])
            for side, rows in zip("li", pair, strict=True)
        )
        samples.append({"labels": known, "inferences": found})
        for label, inference, *_ in rule._coco_evaluation_single_iou(known, found, "eval", config):
            matrix[place[label], place[inference]] += 1
    rule._copy_labels = lambda one: one
    precision = rule._compute_pr_curves(Samples(samples), config, classes=names)[0]
    by_class = np.mean(precision, axis=(0, 2))
    n = len(names)
    hits, found, known = np.trace(matrix[:n, :n]), matrix[:, :n].sum(), matrix[:n].sum()
    return {
        "version": "1.22.1",
        "matrix": matrix.tolist(),
        "figures": {
            "P": hits / found,
            "R": hits / known,
            "F1": 2 * hits / (found + known),
            "AP": float(by_class[by_class > -1].mean()),
        },
    }


class Detection(dict[str, Any]):
    """A label or an inference as FiftyOne's rule reads it."""

    def __init__(self, id_: str, row: np.ndarray, names: list[str], size: tuple[int, int], side: str) -> None:
        super().__init__()
        left, top, right, bottom, class_, last = row.tolist()
        width, height = size
        self.id, self.label = id_, names[int(class_)]
        self.bounding_box = [left / width, top / height, (right - left) / width, (bottom - top) / height]
        self.confidence = last if side == "i" else None
        self.crowd = side == "l" and bool(last)

    def get_attribute_value(self, name: str, default: object) -> object:
        return self.crowd


class Detections(dict[str, Any]):
    _LABEL_LIST_FIELD = "detections"

    def __init__(self, rows: list[Detection]) -> None:
        super().__init__(detections=rows)


class Samples(list[dict[str, Any]]):
    def select_fields(self, fields: list[str]) -> "Samples":
        return self

    def iter_samples(self, progress: object = None) -> "Samples":
        return self

    def _handle_frame_field(self, name: str) -> tuple[str, bool]:
        return name, False


def loaded(path: str, modules: dict[str, Any] | None = None) -> Any:
    """A file of a package by itself; whatever else it imports is an empty stand-in."""
    name = path.removesuffix(".py").replace("/", ".").replace("..", ".")
    spec = importlib.util.spec_from_file_location(name, OTHER / path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    finder = StandIns(modules or {})
    sys.meta_path.insert(0, finder)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.meta_path.remove(finder)
    for attribute, import_path in (("fol", "fiftyone.core.labels"), ("foui", "fiftyone.utils.iou")):
        if modules and import_path in modules:
            setattr(module, attribute, modules[import_path])
    return module


class StandIns(importlib.abc.Loader):
    """Finds a stand-in for every module that is not of the standard library and not NumPy."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.known = known

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        root = name.partition(".")[0]
        if root in sys.stdlib_module_names or root in ("numpy",):
            return None
        return importlib.util.spec_from_loader(name, self)

    def create_module(self, spec: Any) -> Any:
        stand_in = MagicMock(__path__=[], __name__=spec.name)
        for attribute, value in vars(self.known.get(spec.name, SimpleNamespace())).items():
            setattr(stand_in, attribute, value)
        if spec.name.endswith("detection"):
            stand_in.DetectionEvaluation = stand_in.DetectionEvaluationConfig = stand_in.DetectionResults = (
                object
            )
        return stand_in

    def exec_module(self, module: Any) -> None:
        pass


def main() -> None:
    recorded = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    for tool in (supervision, ultralytics, pycocotools, mmdet, fiftyone):
        for name, make in SCENES.items():
            try:
                recorded.setdefault(tool.__name__, {})[name] = tool(make())
            except (ImportError, FileNotFoundError) as error:
                sys.stderr.write(f"{tool.__name__}: {error}\n")
    FILE.write_text(json.dumps(recorded, indent=1, default=float) + "\n", "utf-8")


if __name__ == "__main__":
    main()
