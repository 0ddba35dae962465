"""The command, the classic client and the logs store the same for the same input, and report the same."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import aquarium_tui.client as al
from aquarium_tui.store import Store
from aquarium_tui.upload import FileOptions, UploadMode, UploadRequest, UploadResult, upload
from tests.ingest.files import image, instances, label, result, write

BOX: dict[str, Any] = {"top": 1, "left": 2, "width": 3, "height": 4.5}


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store that the client uses; relative paths start in `tmp_path`."""
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return Store(tmp_path / "home")


def labelled(*ids: str) -> list[al.LabeledFrame]:
    """Frames with a car each; the van of the last one lies outside its image."""
    frames = []
    for id_ in ids:
        frame = al.LabeledFrame(frame_id=id_)
        frame.add_image(image_url=f"{id_}.jpg", width=64, height=48)
        frame.add_label_2d_bbox(label_id=f"g_{id_}", classification="car", **BOX)
        frames.append(frame)
    frame.add_label_2d_bbox(label_id=f"far_{ids[-1]}", classification="van", **{**BOX, "left": 200})
    return frames


def inferred(*ids: str) -> list[al.InferencesFrame]:
    frames = []
    for id_ in ids:
        frame = al.InferencesFrame(frame_id=id_)
        frame.add_inference_2d_bbox(label_id=f"i_{id_}", classification="van", confidence=0.5, **BOX)
        frame.add_custom_metric("speed", 3.5)
        frames.append(frame)
    return frames


def of_client(
    project: str, mode: UploadMode, *, labels: list[al.LabeledFrame], found: list[al.InferencesFrame]
) -> list[UploadResult]:
    client = al.Client()
    dataset, inferences = al.LabeledDataset(), al.Inferences()
    for frame in labels:
        dataset.add_frame(frame)
    for one in found:
        inferences.add_frame(one)
    if mode is UploadMode.NEW:
        return [
            client.create_dataset(project, "val", dataset=dataset),
            client.create_inferences(project, "val", inferences_id="a", inferences=inferences),
        ]
    return [
        client.create_or_update_dataset(project, "val", dataset=dataset),
        client.create_or_update_inferences(project, "val", inferences_id="a", inferences=inferences),
    ]


def of_files(
    store: Store,
    project: str,
    mode: UploadMode,
    *,
    labels: list[al.LabeledFrame],
    found: list[al.InferencesFrame],
) -> list[UploadResult]:
    """What the command does with the same records in files."""
    folder = store.root.parent
    for name, frames in (("dataset", labels), ("inferences", found)):
        (folder / name).write_text("".join(json.dumps(frame.record()) + "\n" for frame in frames))
    options = FileOptions(images=folder, format="aquarium")
    given, results = folder / "dataset", folder / "inferences"
    first = UploadRequest(project, "val", labels=given, options=options, mode=mode)
    second = UploadRequest(project, "val", "a", inferences=results, mode=mode)
    return [upload(store, first), upload(store, second)]


def without_names(results: list[UploadResult]) -> list[UploadResult]:
    """The results without what is their own: the project, the folder, and where an addition came from."""
    return [
        dataclasses.replace(
            one,
            project="",
            notes=tuple(note for note in one.notes if "added from" not in note and "hidden" not in note),
        )
        for one in results
    ]


def test_the_client_and_the_command_do_the_same(store: Store) -> None:
    client = al.Client()
    for project in ("client", "command"):
        client.create_project(project, al.LabelClassMap.from_classnames(["car", "van"]))
    for mode, ids in ((UploadMode.NEW, ("f1", "f2")), (UploadMode.APPEND, ("f2", "f3"))):
        labels, found = labelled(*ids), inferred(*ids)
        one = of_client("client", mode, labels=labels, found=found)
        other = of_files(store, "command", mode, labels=labels, found=found)
        assert without_names(one) == without_names(other)
        assert one[0].problems, "a box outside its image is a problem"
        assert [metric.metric.name for metric in one[1].metrics] == ["speed"]
        ours, theirs = (store.load_dataset(project, "val").labels for project in ("client", "command"))
        for name in ("starts", "box", "class_index", "crowd", "area"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name))
        mine, its = (store.load_inferences(project, "val", "a") for project in ("client", "command"))
        for name in ("starts", "box", "class_index", "confidence"):
            assert np.array_equal(getattr(mine.objects, name), getattr(its.objects, name))
        assert np.array_equal(mine.metrics["speed"].number, its.metrics["speed"].number, equal_nan=True)


def test_an_update_without_inferences_means_that_nothing_was_found(store: Store) -> None:
    client = al.Client()
    client.create_project("street", al.LabelClassMap.from_classnames(["car", "van"]))
    of_client("street", UploadMode.NEW, labels=labelled("f1", "f2"), found=inferred("f1", "f2"))
    inferences = al.Inferences()
    inferences.add_frame(al.InferencesFrame(frame_id="f2"))
    done = client.create_or_update_inferences("street", "val", inferences_id="a", inferences=inferences)
    assert done.counts is not None
    assert (done.existed, done.counts.covered) == (True, 1)
    assert store.load_inferences("street", "val", "a").objects.starts.tolist() == [0, 1, 1]


def test_a_log_reports_what_a_file_would(store: Store, tmp_path: Path) -> None:
    boxes = [[1, 2, 11, 12], [1, 2, 1, 12]]
    for id_ in (1, 2):
        (tmp_path / f"{id_}.jpg").touch()
    given = write(tmp_path / "l.json", instances([image(1), image(2)], [label(1), label(2)]))
    upload(store, UploadRequest("street", "val", labels=given))
    records = [result(1, bbox=[1, 2, 10, 10]), result(1, bbox=[1, 2, 0, 10])]
    file = upload(
        store, UploadRequest("street", "val", "file", inferences=write(tmp_path / "r.json", records))
    )
    with al.log_inferences("street", "val", "log") as log:
        assert log.problems == ()
        log.add(1, boxes=boxes, classes=["car", "car"], confidences=[0.5, 0.5])
    assert log.result is not None
    assert log.result.counts == file.counts
    logged, read = ([(p.kind, p.count) for p in each] for each in (log.problems, file.problems))
    assert logged == read
    assert log.problems
    assert log.result.base == "file", "a log is compared with the first set, too"
