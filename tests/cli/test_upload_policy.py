"""A set or a dataset that is replaced or added to, and uploads that only say what they would do."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.errors import InputError, StoreError, UsageError
from aquarium_tui.model.problems import Segment
from aquarium_tui.store import Segments, Store
from tests.cli.test_upload import PLACE, run
from tests.formats.aquarium_lines import box, frame, inferences, lines, other
from tests.ingest.files import image, instances, label, result, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def labels(tmp_path: Path, ids: list[int], **more: Any) -> Path:
    return write(
        tmp_path / "l.json", instances([image(id_) for id_ in ids], [label(id_) for id_ in ids], **more)
    )


def results(tmp_path: Path, ids: list[int], score: float = 0.5) -> Path:
    return write(tmp_path / "r.json", [result(id_, score=score) for id_ in ids])


@pytest.fixture
def street(tmp_path: Path) -> Store:
    """`street/val` of frames 1 to 3 with the sets `a` and `b`."""
    run("upload", *PLACE, "--labels", labels(tmp_path, [1, 2, 3]))
    for id_ in "ab":
        run("upload", *PLACE, "--inferences-id", id_, "--inferences", results(tmp_path, [1, 2, 3]))
    return Store.default()


def on_frames(store: Store, id_: str) -> dict[str, int]:
    """How many inferences of a set lie on each frame that has some."""
    frames = store.load_dataset("street", "val").frames
    found = store.load_inferences("street", "val", id_).objects
    return {str(frames.id[row]): int(n) for row, n in enumerate(np.diff(found.starts)) if n}


def order(store: Store) -> list[str]:
    return [card.id for card in store.dataset_card("street", "val").sets]


def test_a_set_that_is_there_is_refused_with_what_to_do(street: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"(?s)street/val/a already exists.*--replace or --append"):
        run("upload", *PLACE, "--inferences-id", "a", "--inferences", results(tmp_path, [1]))
    with pytest.raises(UsageError, match="cannot be combined"):
        run(
            "upload",
            *PLACE,
            "--inferences-id",
            "a",
            "--inferences",
            results(tmp_path, [1]),
            "--replace",
            "--append",
        )


def test_a_set_is_replaced_and_stays_first_in_order(street: Store, tmp_path: Path) -> None:
    out = run(
        "upload", *PLACE, "--inferences-id", "a", "--inferences", results(tmp_path, [2], 0.9), "--replace"
    )
    assert out.startswith("street/val/a: 1 inference on 1 of 3 frames\n")
    assert on_frames(street, "a") == {"2": 1}
    assert on_frames(street, "b") == {"1": 1, "2": 1, "3": 1}
    assert order(street) == ["a", "b"]
    assert street.load_inferences("street", "val", "a").objects.confidence.tolist() == [0.9]


def test_a_set_is_added_to_and_frames_that_come_again_take_their_new_inferences(
    street: Store, tmp_path: Path
) -> None:
    more = write(tmp_path / "r.json", [result(2, score=0.9), result(2, score=0.8)])
    out = run("upload", *PLACE, "--inferences-id", "a", "--inferences", more, "--append")
    assert "inferences of 1 frame was added or replaced" in out
    assert on_frames(street, "a") == {"1": 1, "2": 2, "3": 1}
    assert street.load_inferences("street", "val", "a").objects.confidence.tolist() == [0.5, 0.9, 0.8, 0.5]
    assert order(street) == ["a", "b"]


def test_figures_of_a_set_come_with_it_or_later_and_stay_when_it_is_added_to(
    street: Store, tmp_path: Path
) -> None:
    assert "size_mb is 25, lower is better" in run(
        "upload", *PLACE, "--inferences-id", "a", "--value", "size_mb=25:lower"
    )
    more = results(tmp_path, [2], 0.9)
    run("upload", *PLACE, "--inferences-id", "a", "--inferences", more, "--append", "--value", "score=3")
    found = street.load_inferences("street", "val", "a").values
    assert [(value.name, value.value, value.higher_is_better) for value in found] == [
        ("size_mb", 25.0, False),
        ("score", 3.0, True),
    ]
    with pytest.raises(UsageError, match="size_mb=many is not a figure"):
        run("upload", *PLACE, "--inferences-id", "a", "--value", "size_mb=many")


def test_frames_are_added_and_sets_segments_and_classes_stay(street: Store, tmp_path: Path) -> None:
    segments = Segments(street.dataset_folder("street", "val"))
    segments.save(Segment("mine", "", ("2",)))
    new = labels(tmp_path, [3, 4], categories={1: "car", 7: "bus"})
    out = run("upload", *PLACE, "--labels", new, "--append")
    assert "1 frame was replaced, 1 added" in out
    assert "1 class is new to the project: bus" in out
    dataset = street.load_dataset("street", "val")
    assert list(dataset.frames.id) == ["1", "2", "3", "4"]
    assert [entry.name for entry in street.project("street").class_map.entries] == ["car", "cyclist", "bus"]
    assert dataset.categories == {1: 1, 3: 3, 7: 7}
    assert on_frames(street, "a") == {"1": 1, "2": 1, "3": 1}
    assert segments.get("mine").frames == ("2",)
    run("upload", *PLACE, "--inferences-id", "a", "--inferences", results(tmp_path, [4]), "--append")
    assert on_frames(street, "a") == {"1": 1, "2": 1, "3": 1, "4": 1}


def test_a_dataset_is_replaced_and_inferences_on_frames_that_are_gone_are_told(
    street: Store, tmp_path: Path
) -> None:
    run("upload", *PLACE, "--inferences-id", "b", "--metrics", metrics(tmp_path))
    new = labels(tmp_path, [3, 9, 1], categories={1: "car", 7: "bus"})
    out = run("upload", *PLACE, "--labels", new, "--replace")
    for id_ in "ab":
        assert f"  {id_}: 1 inferences on frames that are gone (left out)" in out
    assert list(street.load_dataset("street", "val").frames.id) == ["3", "9", "1"]
    assert on_frames(street, "a") == {"3": 1, "1": 1}
    assert "1 inferences on frames that are gone" in run("doctor", "street/val")
    moved = street.load_inferences("street", "val", "b").metrics
    assert moved["speed"].number[[0, 2]].tolist() == [30, 10]
    assert np.isnan(moved["speed"].number[1])
    cells = moved["cm"]
    assert set(cells.frame.tolist()) == {0, 2}
    background = [int(cells.label.max()), int(cells.inferred.max())]
    assert background == [3, 3], "background comes after the new class"


def metrics(tmp_path: Path) -> Path:
    """A number and a matrix of two classes and background, of frames 1 to 3."""
    rows = [{"frame": id_, "speed": 10 * id_, "cm": [[1, 0, 0], [0, 1, 0], [0, 1, 1]]} for id_ in (1, 2, 3)]
    path = tmp_path / "m.jsonl"
    path.write_text(lines(*rows))
    return path


@pytest.mark.parametrize("way", ["--replace", "--append"])
def test_what_is_not_there_yet_is_made(tmp_path: Path, way: str) -> None:
    run("upload", *PLACE, "--labels", labels(tmp_path, [1]), way)
    run("upload", *PLACE, "--inferences-id", "a", "--inferences", results(tmp_path, [1]), way)
    assert on_frames(Store.default(), "a") == {"1": 1}


def stored(home: Path) -> dict[Path, int]:
    """When each file that is no cache was written."""
    return {path: path.stat().st_mtime_ns for path in home.rglob("*.*") if "cache" not in path.parts}


def test_a_dry_run_says_everything_and_stores_nothing(street: Store, tmp_path: Path, home: Path) -> None:
    before = stored(home)
    new = write(tmp_path / "r.json", [result(1, score=0.5), result(77)])
    out = run("upload", *PLACE, "--inferences-id", "c", "--inferences", new, "--dry-run")
    assert "  images are matched by id" in out
    assert "1 inferences of unknown images (left out)" in out
    assert "comparing a with c:" in out
    assert out.endswith("dry run: nothing was stored\n")
    for place, file in (("--labels", labels(tmp_path, [1, 8])), ("--metrics", metrics(tmp_path))):
        id_ = ["--inferences-id", "a"] if place == "--metrics" else ["--replace"]
        out = run("upload", *PLACE, *id_, place, file, "--dry-run")
        assert out.endswith("dry run: nothing was stored\n")
    run("upload", "--project", "new", "--dataset", "d", "--labels", labels(tmp_path, [1]), "--dry-run")
    assert stored(home) == before


def test_a_class_map_of_the_aquarium_client_says_how_classes_are_evaluated(tmp_path: Path) -> None:
    entries = [
        {"name": "car", "class_id": 4, "color": [1, 2, 3], "train_name": "vehicle", "ignore_in_eval": False},
        {"name": "cyclist", "class_id": 0, "train_name": None, "ignore_in_eval": True},
    ]
    listed = write(tmp_path / "c.json", {"label_class_map": entries})
    out = run("upload", *PLACE, "--labels", labels(tmp_path, [1]), "--classes", listed)
    assert "ignored classes, excluded from all counts: cyclist" in out
    stored = {entry.name: entry for entry in Store.default().project("street").class_map.entries}
    assert (stored["car"].id, stored["car"].color, stored["car"].evaluated_name) == (4, (1, 2, 3), "vehicle")
    assert stored["cyclist"].ignore_in_eval
    assert Store.default().load_dataset("street", "val").labels.class_index.tolist() == [0]


def test_a_class_is_ignored_by_name(tmp_path: Path) -> None:
    run("upload", *PLACE, "--labels", labels(tmp_path, [1]), "--ignore", "cyclist")
    ignored = [entry.ignore_in_eval for entry in Store.default().project("street").class_map.entries]
    assert ignored == [False, True]
    with pytest.raises(UsageError, match="car counts in this project"):
        run("upload", *PLACE, "--labels", labels(tmp_path, [1]), "--append", "--ignore", "car")


class TestRecords:
    """Records of the Aquarium client through the command."""

    def test_custom_metrics_are_stored_with_the_set(self, tmp_path: Path) -> None:
        shown = write(tmp_path / "v.jsonl", lines({**frame("f1"), "label_data": [box("g")]}))
        run("upload", *PLACE, "--labels", shown)
        found = inferences("f1", box("i", confidence=0.5), custom_metrics={"speed": 3.5})
        out = run(
            "upload",
            *PLACE,
            "--inferences-id",
            "a",
            "--inferences",
            write(tmp_path / "i.jsonl", lines(found)),
        )
        assert "  speed, mean 3.5, higher is better, on 1 of 1 frames" in out
        assert Store.default().load_inferences("street", "val", "a").metrics["speed"].number.tolist() == [3.5]
        assert [metric.name for metric in Store.default().project("street").metrics] == ["speed"]

    def test_masks_by_path_are_stored_as_masks(self, tmp_path: Path) -> None:
        for name, value in (("a", 0), ("b", 1)):
            Image.fromarray(np.full((48, 64), value, np.uint8)).save(tmp_path / f"{name}.png")
        classes = write(tmp_path / "c.txt", "road\ncar\n")
        masked = other("SEMANTIC_LABEL_URL_2D", "__mask", url="a.png")
        shown = write(tmp_path / "v.jsonl", lines({**frame("f1"), "label_data": [masked]}))
        out = run("upload", *PLACE, "--labels", shown, "--classes", classes)
        assert out.startswith("street/val: 1 frame, 1 label mask, 2 classes\n")
        found = inferences("f1", other("SEMANTIC_LABEL_URL_2D", "__mask", url="b.png"))
        records = write(tmp_path / "i.jsonl", lines(found))
        out = run("upload", *PLACE, "--inferences-id", "a", "--inferences", records)
        assert out.startswith("street/val/a: masks of 1 of 1 frame\n")
        masks = Store.default().load_inferences("street", "val", "a").masks
        assert masks is not None
        assert masks.file(0) == str(tmp_path / "b.png")

    def test_masks_are_added_for_new_frames_only(self, tmp_path: Path) -> None:
        for name in "abc":
            Image.fromarray(np.full((48, 64), ord(name) - 97, np.uint8)).save(tmp_path / f"{name}.png")
        classes = write(tmp_path / "c.txt", "road\ncar\nbus")

        def upload(*urls: tuple[str, str], how: str = "--append") -> str:
            crops = [(id_, other("SEMANTIC_LABEL_URL_2D", "m", url=url)) for id_, url in urls]
            records = lines(*({**frame(id_), "label_data": [crop]} for id_, crop in crops))
            return run(
                "upload", *PLACE, "--labels", write(tmp_path / "v.jsonl", records), "--classes", classes, how
            )

        upload(("f1", "a.png"))
        found = lines(inferences("f1", other("SEMANTIC_LABEL_URL_2D", "m", url="b.png")))
        run("upload", *PLACE, "--inferences-id", "a", "--inferences", write(tmp_path / "i.jsonl", found))
        upload(("f2", "b.png"))
        masks = Store.default().load_dataset("street", "val").masks
        assert masks is not None
        assert ([masks.file(row) for row in (0, 1)], masks.pixels) == (
            [str(tmp_path / "a.png"), str(tmp_path / "b.png")],
            {0: 3072, 1: 3072},
        )
        inferred = Store.default().load_inferences("street", "val", "a").masks
        assert inferred is not None
        assert [inferred.file(row) for row in (0, 1)] == [str(tmp_path / "b.png"), None]
        with pytest.raises(InputError, match="1 frame has a mask already"):
            upload(("f2", "c.png"))
        upload(("f2", "c.png"), how="--replace")
        inferred = Store.default().load_inferences("street", "val", "a").masks
        assert inferred is not None
        assert inferred.count == 0


def test_a_full_update_is_what_a_new_upload_would_be(street: Store, tmp_path: Path) -> None:
    new = labels(tmp_path, [5, 1])
    run("upload", *PLACE, "--labels", new, "--replace")
    run("upload", "--project", "street", "--dataset", "fresh", "--labels", new)
    documents = [
        json.loads((street.dataset_folder("street", name) / "dataset.json").read_text())["fingerprint"]
        for name in ("val", "fresh")
    ]
    assert documents[0] == documents[1]


def test_what_was_found_of_frames_that_were_all_replaced_is_forgotten(tmp_path: Path) -> None:
    doubtful = write(tmp_path / "l.json", instances([image(1), image(2)], [label(1), label(99)]))
    run("upload", *PLACE, "--labels", doubtful)
    assert "labels of unknown images" in run("upload", *PLACE, "--labels", labels(tmp_path, [1]), "--append")
    assert "labels of unknown" not in run("upload", *PLACE, "--labels", labels(tmp_path, [1, 2]), "--append")


def test_metrics_of_a_set_that_is_replaced_are_gone_and_that_is_said(street: Store, tmp_path: Path) -> None:
    run("upload", *PLACE, "--inferences-id", "b", "--metrics", metrics(tmp_path))
    again = ("upload", *PLACE, "--inferences-id", "b", "--inferences", results(tmp_path, [1]))
    assert "are gone" not in run(*again, "--append")
    out = run(*again, "--replace")
    assert "metrics of the replaced set were dropped: speed, cm" in out
    assert street.load_inferences("street", "val", "b").metrics == {}
