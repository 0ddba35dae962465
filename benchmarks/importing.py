"""How long and how much memory `upload` takes: python -m benchmarks.importing.

Prints, for a labels file and a results file of COCO val2017's size, and for 100,000 text files of YOLO, the
seconds from the command's start to the stored set (imports of NumPy and DuckDB included), those of the whole
process, and the peak memory; beside them DuckDB's JSON reader with the same results, unchecked and stored
nowhere, and the bare reading of the same text files.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from aquarium_tui.model.tables import Dataset
from benchmarks import data

_CHILD = """
import sys, time
from pathlib import Path
from aquarium_tui.upload import UploadRequest, upload
from aquarium_tui.store import Store
store = Store.default()
start = time.perf_counter()
{call}
seconds = time.perf_counter() - start
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(seconds, int(peak.split()[1]) / 1024)
"""
_LABELS = "upload(store, UploadRequest('bench', 'val', labels=Path(sys.argv[1])))"
_READER = """
import duckdb
query = '''SELECT image_id, category_id, bbox[1], bbox[2], bbox[3], bbox[4], score
FROM read_json($path, format = 'array', columns = {
    image_id: 'BIGINT', category_id: 'BIGINT', bbox: 'DOUBLE[]', score: 'DOUBLE'})'''
duckdb.execute(query, {"path": sys.argv[1]}).fetchnumpy()
"""
_READ = """
for file in Path(sys.argv[1]).iterdir():
    file.read_bytes()
"""
_RESULTS = "upload(store, UploadRequest('bench', 'val', 'model', inferences=Path(sys.argv[1])))"


def write_labels(dataset: Dataset, path: Path, points: int = 28) -> None:
    """The dataset as a COCO instances file, each label with a polygon as bulky as COCO's."""
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    round_ = np.stack([1 + np.cos(turn), 1 + np.sin(turn)], axis=1) / 2
    labels = dataset.labels
    annotations = [
        {
            "segmentation": [
                np.round(round_ * (right - left, bottom - top) + (left, top), 2).ravel().tolist()
            ],
            "area": area,
            "iscrowd": int(crowd),
            "image_id": int(str(dataset.frames.id[frame])),
            "bbox": [left, top, round(right - left, 2), round(bottom - top, 2)],
            "category_id": class_index + 1,
            "id": row + 1,
        }
        for row, (area, crowd, frame, (left, top, right, bottom), class_index) in enumerate(
            zip(
                labels.area.tolist(),
                labels.crowd.tolist(),
                labels.frame.tolist(),
                labels.box.tolist(),
                labels.class_index.tolist(),
                strict=True,
            )
        )
    ]
    images = [
        {
            "id": int(str(id_)),
            "file_name": name,
            "width": 640,
            "height": 480,
            "date_captured": "2013-11-14 17:02:52",
        }
        for id_, name in zip(dataset.frames.id, dataset.frames.path, strict=True)
    ]
    categories = [{"id": e.id, "name": e.name} for e in dataset.project.class_map.entries]
    path.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))


def write_results(dataset: Dataset, path: Path, boxes: int = 498_000) -> None:
    """Results as detectors write them, every number with all its digits."""
    rng = np.random.default_rng(2)
    frame = np.sort(rng.integers(0, len(dataset.frames), boxes))
    ids = np.array([int(str(id_)) for id_ in dataset.frames.id])[frame].tolist()
    classes = rng.integers(1, data.CLASSES + 1, boxes).tolist()
    box = (rng.random((boxes, 4)) * 240).tolist()
    scores = rng.random(boxes).tolist()
    keys = ("image_id", "category_id", "bbox", "score")
    records = zip(ids, classes, box, scores, strict=True)
    path.write_text(json.dumps([dict(zip(keys, record, strict=True)) for record in records]))


def write_yolo(folder: Path, frames: int = 100_000, boxes: int = 10) -> None:
    """Text files as `save_txt=True save_conf=True` leaves them, and instances with their images."""
    texts = folder / "texts"
    texts.mkdir()
    rng = np.random.default_rng(3)
    centre = rng.uniform(0.3, 0.7, (frames, boxes, 2))
    size = rng.uniform(0.01, 0.3, (frames, boxes, 2))
    score = rng.random((frames, boxes, 1))
    numbers = np.concatenate([centre, size, score], axis=2).round(6).tolist()
    for frame, rows in enumerate(numbers):
        lines = (f"{i % data.CLASSES} {' '.join(map(str, row))}\n" for i, row in enumerate(rows))
        (texts / f"{frame:06d}.txt").write_text("".join(lines))
    images = [
        {"id": frame + 1, "file_name": f"{frame:06d}.jpg", "width": 640, "height": 480}
        for frame in range(frames)
    ]
    categories = [{"id": i + 1, "name": f"class {i}"} for i in range(data.CLASSES)]
    document = {"images": images, "annotations": [], "categories": categories}
    (folder / "many.json").write_text(json.dumps(document))


def measure(title: str, call: str, path: Path, home: Path) -> None:
    """Run one upload in a process of its own and print its row."""
    start = time.perf_counter()
    child = subprocess.run(
        [sys.executable, "-c", _CHILD.format(call=call), str(path)],
        env={**os.environ, "AQUARIUM_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    whole = time.perf_counter() - start
    seconds, peak = map(float, child.stdout.splitlines()[-1].split())
    files = list(path.iterdir()) if path.is_dir() else [path]
    size = sum(file.stat().st_size for file in files) / 1e6
    print(f"{title:<26}{size:6.1f} MB   {seconds:5.2f} s   process {whole:5.2f} s   peak {peak:4.0f} MB")


def main() -> None:
    """Print one row a file."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        dataset = data.dataset()
        write_labels(dataset, root / "labels.json")
        write_results(dataset, root / "results.json")
        measure("COCO labels", _LABELS, root / "labels.json", root)
        measure("DuckDB's reader alone", _READER, root / "results.json", root)
        measure("COCO results", _RESULTS, root / "results.json", root)
        write_yolo(root)
        measure("100,000 frames, no labels", _LABELS.replace("'val'", "'many'"), root / "many.json", root)
        measure("100,000 files, only read", _READ, root / "texts", root)
        measure("100,000 files of YOLO", _RESULTS.replace("'val'", "'many'"), root / "texts", root)


if __name__ == "__main__":
    main()
