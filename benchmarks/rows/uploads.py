"""`upload` as a whole process, and the bare reading of the same files next to it."""

import shutil
import sys
from pathlib import Path

from benchmarks.rows.commands import aquarium, each_time, launched
from benchmarks.work import NotMeasuredError, Site, Work

_RESULTS_READ = """
import duckdb, sys
query = '''SELECT image_id, category_id, bbox[1], bbox[2], bbox[3], bbox[4], score
FROM read_json($path, format = 'array', columns = {
    image_id: 'BIGINT', category_id: 'BIGINT', bbox: 'DOUBLE[]', score: 'DOUBLE'})'''
duckdb.execute(query, {"path": sys.argv[1]}).fetchnumpy()
"""
_LABELS_READ = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"
_FILES_READ = """
import pathlib, sys
for file in pathlib.Path(sys.argv[1]).iterdir():
    file.read_bytes()
"""


def results(site: Site) -> Work:
    """Uploads base's results to the labelled dataset."""
    shutil.copytree(
        site.part("detections") / "projects",
        site.temporary / "projects",
        ignore=shutil.ignore_patterns("inferences", "cache"),
    )
    return _inferences(site, "val", site.part("coco") / "results.json")


def results_read(site: Site) -> Work:
    return _python(site, _RESULTS_READ, site.part("coco") / "results.json")


def labels(site: Site) -> Work:
    command = _upload("val", "--labels", str(site.part("coco") / "labels.json"))
    work = launched(site, command, home=site.temporary)
    return each_time(lambda: shutil.rmtree(site.temporary / "projects", ignore_errors=True), work)


def labels_read(site: Site) -> Work:
    return _python(site, _LABELS_READ, site.part("coco") / "labels.json")


def yolo(site: Site) -> Work:
    """Uploads one text file per frame to a dataset without labels."""
    part = site.part("yolo")
    first = launched(site, _upload("many", "--labels", str(part / "labels.json")), home=site.temporary)
    first()
    return _inferences(site, "many", part / "texts")


def yolo_read(site: Site) -> Work:
    return _python(site, _FILES_READ, site.part("yolo") / "texts")


def _inferences(site: Site, dataset: str, file: Path) -> Work:
    """Uploads a new inference set; the set of the run before is deleted first."""
    stored = site.temporary / "projects" / "bench" / dataset / "inferences" / "model"
    command = _upload(dataset, "--inferences-id", "model", "--inferences", str(file))
    work = launched(site, command, home=site.temporary)

    def forget() -> None:
        if stored.exists():
            shutil.rmtree(stored)
            shutil.rmtree(stored.parents[1] / "cache", ignore_errors=True)

    def once() -> dict[str, float]:
        forget()
        figures = dict(work())
        if not stored.exists():
            raise NotMeasuredError("nothing was stored")
        return figures

    return once


def _upload(dataset: str, *options: str) -> list[str]:
    return aquarium("upload", "--project", "bench", "--dataset", dataset, *options)


def _python(site: Site, script: str, path: Path) -> Work:
    return launched(site, [sys.executable, "-c", script, str(path)])
