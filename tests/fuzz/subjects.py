"""The table of what is fuzzed: every reader of files and the query language, each with a small valid set."""

import csv
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PIL import Image

from aquarium_tui.config import read_config
from aquarium_tui.errors import AquariumError
from aquarium_tui.formats.class_list import read_class_list
from aquarium_tui.kinds.reader import FileOptions
from aquarium_tui.model.metrics import Metric, MetricValues
from aquarium_tui.model.problems import Segment
from aquarium_tui.model.tables import Dataset, InferenceSet, Objects
from aquarium_tui.query.suggestions import complete
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.session import Session
from aquarium_tui.store import Store
from aquarium_tui.tui.keymap import read_keymap
from aquarium_tui.upload.metrics import measured, with_metrics
from aquarium_tui.upload.request import MetricOptions
from aquarium_tui.upload.upload import read_dataset, read_inferences
from tests.formats import aquarium_lines, exports
from tests.formats import made as streets
from tests.fuzz.rounds import Subject
from tests.ingest import made
from tests.ingest.files import write
from tests.query.test_any_text import BINDING, answer
from tests.tui.scene import CHOSEN, make_store

Read = TypeVar("Read")
Writer = Callable[[Path], Path]
"""Writes files into a folder that exists; returns the one that a user would name."""

TRUTH, GIVEN = "truth", "given"
"""Folders of a subject: labels that are always valid, and what is changed."""


# What was read


def check(found: Dataset | InferenceSet) -> None:
    """Complain about tables that are inconsistent or cannot be stored and read again."""
    assert all(problem.sentence() and problem.count > 0 for problem in found.provenance.problems)
    dataset = found if isinstance(found, Dataset) else None
    objects = found.labels if isinstance(found, Dataset) else found.objects
    _check_objects(objects)
    if dataset:
        ids = list(dataset.frames.id)
        assert len(set(ids)) == len(ids) == len(objects.starts) - 1
        assert (dataset.frames.width >= 0).all()
        assert all(len(column) == len(ids) for column in dataset.frames.metadata.values())


def _check_objects(objects: Objects) -> None:
    count = int(objects.starts[-1])
    assert (np.diff(objects.starts) >= 0).all()
    assert len(objects.box) == len(objects.class_index) == count
    assert np.isfinite(objects.box).all()
    assert np.isfinite(objects.confidence).all()
    assert (objects.class_index >= 0).all()
    assert all(len(column) == count for column in objects.attributes.values())


SHARE = 8
"""One in so many tables is stored and read again, which takes ten times as long as to read its file."""


def _stored(dataset: Dataset, *sets: InferenceSet) -> None:
    """Store what was read and read it again; which tables are stored depends on nothing but the tables."""
    seen = [list(dataset.frames.id), dataset.labels.box.tolist(), *(one.objects.box.tolist() for one in sets)]
    if zlib.crc32(repr(seen).encode("utf-8", "surrogatepass")) % SHARE:
        return
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.add_dataset(dataset)
        assert len(store.load_dataset(dataset.project.name, dataset.name).labels) == len(dataset.labels)
        for one in sets:
            store.add_inferences(dataset, one)
            found = store.load_inferences(dataset.project.name, dataset.name, one.id)
            assert len(found.objects) == len(one.objects)


def _dataset_in(path: Path, **options: Any) -> Dataset:
    images = path.parent / "images"
    given = FileOptions(**{"images": images if images.is_dir() else None, **options})
    dataset = read_dataset(Store(Path("/nowhere")), "street", "val", path, given)
    check(dataset)
    _stored(dataset)
    return dataset


# Labels and inferences in every format


def _written(writer: Writer, truth: Writer | None, folder: Path) -> Path:
    for name, each in ((TRUTH, truth), (GIVEN, writer)):
        if each:
            (folder / name).mkdir()
            found = each(folder / name)
    return found


def _each_format(read: Callable[[str], Read], format_: str) -> Read:
    """Read as the format that is recognised, and as the one that is meant; raise what the last one raises."""
    try:
        read("auto")
    except AquariumError as error:
        assert str(error)
    return read(format_)


def labels(format_: str, writer: Writer, what: str = "", **options: Any) -> Subject:
    """The labels that a writer writes."""

    def read(path: Path) -> Dataset:
        return _each_format(lambda name: _dataset_in(path, format=name, **options), format_)

    return Subject(f"{what or format_} labels", partial(_written, writer, None), read, f"{GIVEN}/**/*")


@cache
def _truth(folder: Path) -> Dataset:
    names = ("coco.json", "val.jsonl", "labels", "classes.csv")
    path = next(path for name in names if (path := folder / TRUTH / name).exists())
    return _dataset_in(path, classes=path.parent / "classes.csv" if path.is_dir() else None)


def inferences(
    format_: str, writer: Writer, what: str = "", truth: Writer = made.coco_labels, **options: Any
) -> Subject:
    """The inferences that a writer writes, on labels that are valid."""

    def read(path: Path) -> InferenceSet:
        root = next(parent for parent in path.parents if parent.name == GIVEN).parent
        dataset = _truth(root)

        def read_as(name: str) -> InferenceSet:
            found = read_inferences(dataset, "model_a", path, FileOptions(format=name, **options))
            check(found)
            _stored(dataset, found)
            return found

        return _each_format(read_as, format_)

    return Subject(f"{what or format_} inferences", partial(_written, writer, truth), read, f"{GIVEN}/**/*")


def with_images(writer: Writer) -> Writer:
    """The writer with the images of the set beside its file."""

    def both(folder: Path) -> Path:
        made.images(folder)
        return writer(folder)

    return both


SQUARE = [[4, 6, 20, 6, 20, 30, 4, 30]]
RUNS = {"size": [48, 64], "counts": [100, 50, 2922]}


def _coco_masks(folder: Path) -> Path:
    path = made.coco_labels(folder)
    content = json.loads(path.read_text())
    for label, mask in zip(content["annotations"], (SQUARE, RUNS, SQUARE, SQUARE), strict=False):
        label |= {
            "segmentation": mask,
            "area": 384,
            "id": f"l{label.get('id')}",
            "attributes": {"occluded": True},
        }
    return write(path, content)


def _coco_mask_results(folder: Path) -> Path:
    results = json.loads(made.coco_inferences(folder).read_text())
    for result, mask in zip(results, (SQUARE, SQUARE, RUNS), strict=False):
        result["segmentation"] = mask
    return write(folder / "masks.json", results)


def _aquarium_labels(folder: Path) -> Path:
    line = aquarium_lines
    polygon = line.other("POLYGON_LIST_2D", polygons=[{"vertices": [[1, 1], [9, 1], [9, 9]]}])
    told = line.labels("f1", line.box("g1"), line.box("g2", "cyclist", user__speed=2), polygon)
    return write(folder / "val.jsonl", line.lines(line.frame("f1"), line.frame("f2", user__rain=True), told))


def _aquarium_inferences(folder: Path) -> Path:
    line = aquarium_lines
    metrics = {"sharpness": 0.5, "pairs": [[1, 0, 0], [0, 1, 0], [0, 0, 0]]}
    first = line.inferences("f1", line.box("i1", confidence=0.5), custom_metrics=metrics)
    return write(
        folder / "a.jsonl", line.lines(first, line.inferences("f2", line.box("i2", confidence=0.25)))
    )


def _classes_of_images(folder: Path, scored: bool) -> Path:
    score = (",score", ",0.5") if scored else ("", "")
    rows = [f"{stem}.png,{name}{score[1]}" for stem, name in zip(made.SIZES, made.CLASSES, strict=True)]
    return write(folder / "classes.csv", "\n".join([f"image,class{score[0]}", *rows, ""]))


def _folders_of_classes(folder: Path) -> Path:
    for (stem, size), name in zip(made.SIZES.items(), made.CLASSES, strict=True):
        (folder / "val" / name).mkdir(parents=True)
        Image.new("RGB", size).save(folder / "val" / name / f"{stem}.png")
    return folder / "val"


def _masks(folder: Path) -> Path:
    made.images(folder)
    (folder / "labels").mkdir()
    for value, (stem, (width, height)) in enumerate(made.SIZES.items()):
        mask = Image.fromarray(np.full((height, width), value, np.uint8))
        if value == 1:
            mask = mask.convert("P")
        mask.save(folder / "labels" / f"{stem}.png")
    write(folder / "classes.csv", "value,name,r,g,b,ignore\n0,road,1,2,3,0\n1,car,4,5,6,0\n2,sky,7,8,9,1\n")
    return folder / "labels"


def _mask_labels(path: Path) -> None:
    dataset = _dataset_in(path, format="masks", classes=path.parent / "classes.csv")
    assert dataset.masks


def _exported(export: exports.Writer, folder: Path) -> Path:
    return export(folder, streets.RESULTS)


def _files(writer: Callable[..., Path], things: Sequence[Any], folder: Path) -> Path:
    streets.images(folder / "images")
    return writer(folder / "files", things)


# Tables and lists beside them


def _list_of_classes(name: str, folder: Path) -> Path:
    entries = [
        {"class_id": i, "name": each, "color": [i, 2, 3], "train_name": "thing", "ignore_in_eval": i == 2}
        for i, each in enumerate(made.CLASSES)
    ]
    texts = {
        "classes.json": json.dumps(entries),
        "named.json": json.dumps({"classes": {each: i for i, each in enumerate(made.CLASSES)}}),
        "classes.csv": "value,name,r,g,b,ignore\n0,bus,1,2,3,no\n1,car,4,5,6,yes\n2,person,7,8,9,\n",
        "classes.txt": "\n".join(made.CLASSES),
    }
    return write(folder / name, texts[name])


def _with_classes(folder: Path) -> Path:
    made.images(folder)
    _list_of_classes("classes.json", folder)
    return made.coco_labels(folder)


def _read_with_classes(path: Path) -> None:
    _dataset_in(path, classes=path.parent / "classes.json", ignore=("bus",))


def _metadata(suffix: str, folder: Path) -> Path:
    made.images(folder)
    rows = [
        {
            "image": f"{stem}.png",
            "weather": "rain",
            "speed": i / 2,
            "night": i == 1,
            "taken": "2024-05-31T10:00:00Z",
        }
        for i, stem in enumerate(made.SIZES)
    ]
    _rows(folder / f"metadata.{suffix}", rows)
    return made.coco_labels(folder)


def _rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path
    return write(
        path, json.dumps(rows) if path.suffix == ".json" else "".join(json.dumps(r) + "\n" for r in rows)
    )


def _read_with_metadata(path: Path) -> None:
    _dataset_in(path, metadata=next(path.parent.glob("metadata.*")))


def _metrics(name: str, folder: Path) -> Path:
    matrix = np.eye(3).tolist()
    rows = [
        {
            "image": f"{stem}.png",
            "sharpness": i / 2,
            "pairs": json.dumps(matrix) if name.endswith("csv") else matrix,
        }
        for i, stem in enumerate(made.SIZES)
    ]
    return _rows(folder / name, rows)


def _as_inferences(objects: Objects) -> Objects:
    count = len(objects)
    return replace(objects, confidence=np.ones(count), crowd=np.zeros(0, bool), area=np.zeros(0))


def _read_metrics(path: Path) -> None:
    dataset = _truth(path.parent.parent)
    found = InferenceSet("model_a", _as_inferences(dataset.labels))
    options = MetricOptions(path, declared=("sharpness:lower:px",))
    extended = with_metrics(found, measured(options, dataset, found))
    check(extended)
    _stored(dataset, extended)


# What the program wrote itself


def _store(folder: Path) -> Path:
    store = make_store(folder / "store")
    session = Session(store)
    session.segments(CHOSEN).save(Segment("Night", 'frame.id != "1"'))
    session.segments(CHOSEN).save(Segment("Kept", "", ("1", "2")))
    session.last_used.remember(CHOSEN)
    session.last_used.remember_query('frame.segment = "Night"')
    session.last_used.remember_columns("frames", {"order": ["id"], "widths": {"id": 9}, "hidden": []})
    dataset = store.load_dataset(CHOSEN.project, CHOSEN.dataset)
    values = MetricValues(np.ones(len(dataset.frames)))
    store.put_metrics(dataset, "model_a", [Metric("sharpness")], {"sharpness": values})
    return store.root


def _read_store(root: Path) -> None:
    session = Session(Store(root))
    for part in _parts_of(session):
        try:
            part()
        except AquariumError as error:
            assert str(error)


def _parts_of(session: Session) -> Iterator[Callable[[], object]]:
    store, last = session.store, session.last_used
    yield lambda: [store.dataset_card(p, d) for p in store.projects() for d in store.datasets(p)]
    yield lambda: check(store.load_dataset(CHOSEN.project, CHOSEN.dataset))
    yield lambda: check(store.load_inferences(CHOSEN.project, CHOSEN.dataset, "model_a"))
    yield lambda: session.open(session.resume(Choice(CHOSEN.project, CHOSEN.dataset)))
    yield lambda: session.remarks(CHOSEN)
    for segment in session.segments(CHOSEN).all():
        yield partial(session.open, Choice(CHOSEN.project, CHOSEN.dataset, segment=segment.name))
    yield lambda: [session.open(choice) for choice in last.choices]
    yield lambda: [*last.queries, *last.columns("frames").items()]
    yield lambda: last.remember_query("frame.id = 1")


def _config(folder: Path) -> Path:
    return write(
        folder / "config.toml",
        'theme = "nord"\npalette = "colourblind"\ngraphics = "half"\n\n[keys]\n'
        '"frames.mark" = "m"\nquery.open = ["f3", "ctrl+f"]\n',
    )


def _read_config(path: Path) -> None:
    before = os.environ.get("AQUARIUM_CONFIG")
    os.environ["AQUARIUM_CONFIG"] = str(path)
    try:
        read_keymap(read_config())
    finally:
        del os.environ["AQUARIUM_CONFIG"]
        if before is not None:
            os.environ["AQUARIUM_CONFIG"] = before


# Queries

QUERIES = """\
label.class = "cyclist" and base.class = "pedestrian" and other.class = "cyclist"
change in (fixed, broken) and not (frame.night or frame.weather matches "(ra|fo)in?g*") limit 3
count(base where confidence > 0.5 and class = "car") >= 1 order by max(other.confidence) desc, frame.id
delta.confusion("cyclist", "pedestrian") > 0 or frame.`time-of-day` contains "ra"
frame.taken >= "2024-05-02" and frame.speed / 2 + 1 * -3 < 40 and label.distance is not missing
frame.tag = "night" and frame.segment not in ("a", "b") or base is missing
"""


def _queries(folder: Path) -> Path:
    return write(folder / "queries.txt", QUERIES)


def _read_queries(path: Path) -> None:
    text = path.read_bytes().decode(
        "utf-8", "surrogatepass" if b"\xed\xa0" in path.read_bytes() else "replace"
    )
    for query in (text, *text.splitlines()):
        answer(query)
        at = len(query) // 2
        assert complete(query, at, BINDING.schema).start <= at


def _subjects() -> Iterator[Subject]:
    yield labels("coco", with_images(made.coco_labels))
    yield labels("coco", with_images(_coco_masks), "coco masks", iou_type="mask")
    yield inferences("coco", made.coco_inferences)
    yield inferences("coco", _coco_mask_results, "coco masks", truth=_coco_masks)
    yield inferences(
        "ultralytics", lambda f: streets.ultralytics_results(f / "p.json"), truth=streets.coco_labels
    )
    yield labels("aquarium", _aquarium_labels)
    yield inferences("aquarium", _aquarium_inferences, truth=_aquarium_labels)
    yield labels("yolo", streets.yolo_labels)
    yield inferences("yolo", partial(_files, streets.yolo_files, streets.RESULTS), truth=streets.coco_labels)
    yield labels("kitti", partial(_files, streets.kitti_files, streets.LABELS))
    yield inferences(
        "kitti", partial(_files, streets.kitti_files, streets.RESULTS), truth=streets.coco_labels
    )
    yield labels("voc", partial(_files, streets.voc_files, streets.LABELS))
    yield inferences("voc", partial(_files, streets.voc_files, streets.RESULTS), truth=streets.coco_labels)
    yield labels("bdd100k", with_images(made.bdd_labels))
    yield inferences("bdd100k", made.bdd_inferences)
    yield labels("open-images", with_images(made.open_images_labels))
    yield inferences("open-images", made.open_images_inferences)
    yield labels("fiftyone", with_images(made.fiftyone_labels))
    yield inferences("fiftyone", made.fiftyone_inferences)
    yield labels("fiftyone", with_images(made.fiftyone_dataset), "fiftyone samples", field="ground_truth")
    yield inferences("fiftyone", made.fiftyone_dataset, "fiftyone samples", field="model")
    yield inferences("mmdet", made.mmdet_inferences)
    yield inferences("mmdet", made.mmdet_folder, "mmdet folder")
    yield inferences("detectron2", made.detectron2_inferences)
    yield inferences("detectron2", made.detectron2_instances, "detectron2 instances")
    yield labels("classification", with_images(partial(_classes_of_images, scored=False)))
    yield inferences(
        "classification",
        partial(_classes_of_images, scored=True),
        truth=with_images(partial(_classes_of_images, scored=False)),
    )
    yield labels("classification", _folders_of_classes, "classification folder")
    yield labels("plain", with_images(made.plain_labels))
    yield inferences("plain", made.plain_inferences)
    yield labels("plain", with_images(made.parquet_labels), "parquet")
    yield inferences("plain", made.parquet_inferences, "parquet")
    for name, export in exports.WRITERS.items():
        yield labels(name.split()[0], exports.with_images(export), name)
    for name, export in exports.RESULTS.items():
        writer = partial(_exported, export)
        yield inferences(name.split()[0], writer, name, truth=streets.coco_labels)
    yield labels("mot", lambda folder: exports.mot(folder, streets.LABELS))
    yield inferences("mot", partial(_exported, exports.mot), truth=streets.coco_labels)
    yield labels("sam", exports.with_images(exports.sam))
    yield Subject("mask folder", partial(_written, _masks, None), _mask_labels)
    yield inferences("masks", _masks, "mask folder", truth=_masks)
    for name in ("classes.json", "named.json", "classes.csv", "classes.txt"):
        yield Subject(f"class list {name}", partial(_list_of_classes, name), read_class_list)
    yield Subject("classes of labels", _with_classes, _read_with_classes, "classes.json")
    for suffix in ("csv", "json", "jsonl"):
        yield Subject(f"metadata {suffix}", partial(_metadata, suffix), _read_with_metadata, "metadata.*")
    for name in ("metrics.csv", "metrics.jsonl"):
        writer = partial(_written, partial(_metrics, name), made.coco_labels)
        yield Subject(name, writer, _read_metrics, f"{GIVEN}/*")
    yield Subject("store", _store, _read_store, "store/**/[!n]*.json")  # Not the names of what a cache holds.
    yield Subject("config", _config, _read_config)
    yield Subject("queries", _queries, _read_queries)


SUBJECTS = {subject.name: subject for subject in _subjects()}
