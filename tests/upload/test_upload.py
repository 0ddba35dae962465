"""Uploads as values: one request in, one result out, nothing printed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aquarium_tui.errors import InputError, NotFoundError, StoreError, UsageError
from aquarium_tui.model.problems import GONE, Segment
from aquarium_tui.store import Segments, Store
from aquarium_tui.upload import (
    FileOptions,
    MetricOptions,
    UploadCounts,
    UploadMode,
    UploadRequest,
    read_inferences,
    store_inferences,
    upload,
)
from tests.ingest.files import image, instances, label, result, write


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture(autouse=True)
def silence(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Nothing is printed, whatever is uploaded."""
    yield
    assert capfd.readouterr() == ("", "")


def labels(folder: Path, ids: list[int]) -> Path:
    for id_ in ids:
        (folder / f"{id_}.jpg").touch()
    return write(folder / "l.json", instances([image(id_) for id_ in ids], [label(id_) for id_ in ids]))


def results(folder: Path, ids: list[int], score: float = 0.5) -> Path:
    return write(folder / "r.json", [result(id_, score=score) for id_ in ids])


@pytest.fixture
def street(store: Store, tmp_path: Path) -> Store:
    """`street/val` of frames 1 to 3 with the inference sets `a` and `b`."""
    upload(store, UploadRequest("street", "val", labels=labels(tmp_path, [1, 2, 3])))
    for id_ in "ab":
        upload(store, UploadRequest("street", "val", id_, inferences=results(tmp_path, [1, 2, 3])))
    return store


def content(store: Store) -> dict[str, bytes]:
    """Every stored file that is not a cache."""
    files = (path for path in store.root.rglob("*") if path.is_file() and "cache" not in path.parts)
    return {str(path.relative_to(store.root)): path.read_bytes() for path in files}


def test_a_new_dataset(store: Store, tmp_path: Path) -> None:
    done = upload(store, UploadRequest("street", "val", labels=labels(tmp_path, [1, 2])))
    assert (done.project, done.dataset, done.inferences_id) == ("street", "val", "")
    assert done.counts == UploadCounts(frames=2, covered=2, objects=2, classes=2)
    assert done.notes == ("read as coco",)
    assert (done.problems, done.gone, done.remarks, done.base) == ((), (), (), "")
    assert not done.existed
    assert not done.dry
    assert store.datasets("street") == ["val"]


def test_a_new_set_is_compared_with_the_first_other_one(street: Store, tmp_path: Path) -> None:
    given = write(tmp_path / "r.json", [result(1), result(77)])
    done = upload(street, UploadRequest("street", "val", "c", inferences=given))
    assert done.counts == UploadCounts(frames=3, covered=1, objects=1, classes=2)
    assert [(problem.kind, problem.action) for problem in done.problems] == [
        ("inferences of unknown images", "left out")
    ]
    assert done.base == "a"
    assert [remark.what for remark in done.remarks] == ["all confidences are equal", "frames differ"]
    stored = street.load_inferences("street", "val", "c").provenance
    assert (stored.notes, stored.problems) == (done.notes, done.problems)


def test_the_first_set_is_compared_with_nothing(store: Store, tmp_path: Path) -> None:
    upload(store, UploadRequest("street", "val", labels=labels(tmp_path, [1, 2])))
    done = upload(store, UploadRequest("street", "val", "a", inferences=results(tmp_path, [1])))
    assert (done.base, done.remarks) == ("", ())


@pytest.mark.parametrize("mode", [UploadMode.REPLACE, UploadMode.APPEND])
def test_replacing_and_appending_create_what_does_not_exist(
    store: Store, tmp_path: Path, mode: UploadMode
) -> None:
    done = upload(store, UploadRequest("street", "val", labels=labels(tmp_path, [1]), mode=mode))
    assert not done.existed
    request = UploadRequest("street", "val", "a", inferences=results(tmp_path, [1]), mode=mode)
    assert not upload(store, request).existed
    assert [card.id for card in store.dataset_card("street", "val").sets] == ["a"]


def test_a_replaced_dataset_tells_what_its_sets_lose(street: Store, tmp_path: Path) -> None:
    segments = Segments(street.dataset_folder("street", "val"))
    segments.save(Segment("mine", "", ("2",)))
    request = UploadRequest("street", "val", labels=labels(tmp_path, [3, 9]), mode=UploadMode.REPLACE)
    done = upload(street, request)
    assert done.existed
    assert [(id_, problem.count, problem.kind) for id_, problem in done.gone] == [
        ("a", 2, GONE),
        ("b", 2, GONE),
    ]
    assert done.problems == ()
    assert list(street.load_dataset("street", "val").frames.id) == ["3", "9"]
    assert segments.get("mine").frames == ("2",)


def test_a_replaced_set_keeps_its_place_and_tells_which_metrics_it_loses(
    street: Store, tmp_path: Path
) -> None:
    table = write(tmp_path / "m.csv", "file,speed\n1.jpg,3\n")
    upload(street, UploadRequest("street", "val", "a", metrics=MetricOptions(table)))
    again = results(tmp_path, [2], 0.9)
    done = upload(street, UploadRequest("street", "val", "a", inferences=again, mode=UploadMode.REPLACE))
    assert done.existed
    assert done.counts == UploadCounts(frames=3, covered=1, objects=1, classes=2)
    assert any("dropped: speed" in note for note in done.notes)
    assert [card.id for card in street.dataset_card("street", "val").sets] == ["a", "b"]
    assert done.base == "b"


def test_appending_counts_the_whole(street: Store, tmp_path: Path) -> None:
    request = UploadRequest("street", "val", labels=labels(tmp_path, [3, 4]), mode=UploadMode.APPEND)
    done = upload(street, request)
    assert done.existed
    assert done.counts == UploadCounts(frames=4, covered=4, objects=4, classes=2)
    assert "1 frame was replaced, 1 added" in done.notes
    again = results(tmp_path, [4], 0.9)
    more = upload(street, UploadRequest("street", "val", "a", inferences=again, mode=UploadMode.APPEND))
    assert more.counts == UploadCounts(frames=4, covered=4, objects=4, classes=2)
    confidence = street.load_inferences("street", "val", "a").objects.confidence
    assert confidence.tolist() == [0.5, 0.5, 0.5, 0.9]


def test_metrics_of_a_set_that_exists(street: Store, tmp_path: Path) -> None:
    table = write(tmp_path / "m.csv", "file,speed\n1.jpg,3\n2.jpg,5\n")
    source = tmp_path / "mine.py"
    source.write_text("def found(frame, labels, inferences):\n    return len(inferences)\n")
    options = MetricOptions(table, (f"{source}:found",), ("speed:lower:ms",))
    done = upload(street, UploadRequest("street", "val", "a", metrics=options))
    assert done.counts is None
    assert [(one.metric.name, one.mean, one.present, one.frames) for one in done.metrics] == [
        ("speed", 4.0, 2, 3),
        ("found", 1.0, 3, 3),
    ]
    assert (done.metrics[0].metric.higher_is_better, done.metrics[0].metric.unit) == (False, "ms")
    assert [problem.kind for problem in done.problems] == [
        "frames without a row of metrics",
        "speed: frames without a value",
    ]
    stored = street.load_inferences("street", "val", "a").metrics
    assert np.array_equal(stored["speed"].number, [3, 5, np.nan], equal_nan=True)


def test_a_dry_run_tells_the_same_and_stores_nothing(street: Store, tmp_path: Path) -> None:
    before = content(street)
    table = write(tmp_path / "m.csv", "file,speed\n1.jpg,3\n")
    more, again = labels(tmp_path, [3, 9]), write(tmp_path / "r.json", [result(1, score=0.9), result(77)])
    requests = [
        UploadRequest("new", "val", labels=more, dry=True),
        UploadRequest("street", "new", labels=more, dry=True),
        UploadRequest("street", "val", labels=more, mode=UploadMode.APPEND, dry=True),
        UploadRequest("street", "val", labels=more, mode=UploadMode.REPLACE, dry=True),
        UploadRequest("street", "val", "c", inferences=again, dry=True),
        UploadRequest("street", "val", "a", inferences=again, mode=UploadMode.APPEND, dry=True),
        UploadRequest("street", "val", "a", inferences=again, mode=UploadMode.REPLACE, dry=True),
        UploadRequest("street", "val", "a", metrics=MetricOptions(table), dry=True),
    ]
    for request in requests:
        rehearsed = upload(street, request)
        assert rehearsed.dry
        assert content(street) == before
    for request in requests[-2:]:
        told = upload(street, request)
        stored = upload(street, UploadRequest(**{**vars(request), "dry": False}))
        assert (told.counts, told.notes, told.problems, told.metrics, told.remarks) == (
            stored.counts,
            stored.notes,
            stored.problems,
            stored.metrics,
            stored.remarks,
        )
    assert content(street) != before


@pytest.mark.parametrize("dry", [False, True])
def test_what_exists_is_refused_before_anything_is_read(street: Store, tmp_path: Path, dry: bool) -> None:
    missing = tmp_path / "missing.json"
    with pytest.raises(StoreError, match=r"Dataset street/val already exists(.|\n)*--replace or --append"):
        upload(street, UploadRequest("street", "val", labels=missing, dry=dry))
    with pytest.raises(StoreError, match="Inference set street/val/a already exists"):
        upload(street, UploadRequest("street", "val", "a", inferences=missing, dry=dry))


def test_a_set_that_appears_while_files_are_read_is_not_replaced(street: Store, tmp_path: Path) -> None:
    dataset = street.load_dataset("street", "val")
    read = read_inferences(dataset, "c", results(tmp_path, [1], 0.9), FileOptions())
    store_inferences(street, dataset, replace(street.load_inferences("street", "val", "a"), id="c"))
    with pytest.raises(StoreError, match="Inference set street/val/c already exists"):
        store_inferences(street, dataset, read)
    assert street.load_inferences("street", "val", "c").objects.confidence.tolist() == [0.5, 0.5, 0.5]


def test_inferences_and_metrics_need_what_they_belong_to(street: Store, tmp_path: Path) -> None:
    given = results(tmp_path, [1])
    with pytest.raises(NotFoundError, match="no dataset street/test"):
        upload(street, UploadRequest("street", "test", "a", inferences=given))
    metrics = MetricOptions(write(tmp_path / "m.csv", "file,speed\n1.jpg,3\n"))
    with pytest.raises(NotFoundError, match="no inference set c"):
        upload(street, UploadRequest("street", "val", "c", metrics=metrics))


GIVEN = Path("given.json")


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (UploadRequest("street", "val"), "--labels is missing"),
        (UploadRequest("street", "val", inferences=GIVEN), "--inferences-id is missing"),
        (UploadRequest("street", "val", "a"), "--inferences is missing"),
        (UploadRequest("street", "val", "a", labels=GIVEN), "--labels: only for datasets"),
        (UploadRequest("street", "val", "a", GIVEN, GIVEN), "--labels: only for datasets"),
        (
            UploadRequest("street", "val", "a", GIVEN, metrics=MetricOptions(GIVEN)),
            "--labels: only for datasets",
        ),
        (
            UploadRequest("street", "val", "a", None, GIVEN, FileOptions(split="val", ignore=("sky",))),
            "--split, --ignore: only for datasets",
        ),
        (
            UploadRequest("street", "val", labels=GIVEN, options=FileOptions(category_offset=1)),
            "--category-offset is only for inferences",
        ),
        (
            UploadRequest("street", "val", labels=GIVEN, metrics=MetricOptions(GIVEN)),
            "metrics belong to an inference set",
        ),
        (
            UploadRequest("street", "val", labels=GIVEN, metrics=MetricOptions(declared=("x:lower",))),
            "--metric: metrics belong to an inference set",
        ),
        (UploadRequest("my-street", "val", labels=GIVEN), "my_street"),
        (UploadRequest("street", "..", labels=GIVEN), "letters, digits and underscores"),
        (UploadRequest("street", "val", "model-a", None, GIVEN, mode=UploadMode.REPLACE), "model_a"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    store: Store, request_: UploadRequest, sentence: str
) -> None:
    with pytest.raises(UsageError) as caught:
        upload(store, request_)
    assert sentence in str(caught.value)
    assert not store.root.exists()


def test_progress_names_each_step(store: Store, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    request = UploadRequest("street", "val", labels=labels(tmp_path, [1]))
    upload(store, request, lambda doing, done, total: told.append((doing, done, total)))
    assert told == [
        ("reading l.json", 1, 4),
        ("looking for images", 2, 4),
        ("checking labels", 3, 4),
        ("storing", 4, 4),
    ]


def test_frames_are_grouped_by_metadata_and_stay_grouped(store: Store, tmp_path: Path) -> None:
    drives = tmp_path / "drives.csv"
    drives.write_text("id,drive\n1,a\n2,a\n3,b\n4,b\n")
    first = UploadRequest("street", "val", labels=labels(tmp_path, [1, 2, 3]), group_by="frame.drive")
    found = upload(store, replace(first, options=FileOptions(metadata=drives)))
    assert found.notes[-1] == "frames are drawn in 2 groups by drive"
    more = replace(first, labels=labels(tmp_path, [3, 4]), group_by=None, mode=UploadMode.APPEND)
    upload(store, replace(more, options=FileOptions(metadata=drives)))
    assert (
        store.load_dataset("street", "val").group_by
        == store.dataset_card("street", "val").group_by
        == "drive"
    )
    alone = UploadRequest("street", "val", group_by="")
    assert upload(store, replace(alone, dry=True)).notes == ("each frame stands for itself",)
    assert store.dataset_card("street", "val").group_by == "drive"
    upload(store, alone)
    assert store.load_dataset("street", "val").group_by == ""
    with pytest.raises(InputError, match="no such field"):
        upload(store, replace(alone, group_by="video"))
    with pytest.raises(UsageError, match="only for datasets"):
        upload(store, UploadRequest("street", "val", "a", inferences=drives, group_by="drive"))
