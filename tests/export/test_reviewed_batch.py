"""What was judged goes out as the next batch, with notes as attributes, and comes back corrected."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
from typer.testing import CliRunner, Result

from aquarium_tui.cli.app import app
from aquarium_tui.model.reviews import Edit, Sighting, Subject
from aquarium_tui.store import Store
from aquarium_tui.store.reviews import ReviewLog, now
from tests.tui.scene import make_store

CAR = Subject("f2", Sighting("3", "car", (200.0, 60.0, 320.0, 140.0)))
ALONE = Subject("f1", None, (("model_b", Sighting("2", "pedestrian", (320.0, 100.0, 360.0, 180.0))),))
QUERY = 'object.verdict = "label error"'


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    made = make_store(tmp_path)
    monkeypatch.setenv("AQUARIUM_HOME", str(made.root))
    log = ReviewLog(made.dataset_folder("street", "val"))
    log.append([Edit(now(), "anna", subject, "verdict", "label error") for subject in (CAR, ALONE)])
    log.append([Edit(now(), "anna", CAR, "note", "is a <van> & \x1b[1m")])
    return made


def run(*arguments: str) -> Result:
    done = CliRunner().invoke(app, [*arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def exported(folder: Path, format_: str) -> Path:
    run("export", "street/val", "--query", QUERY, "--format", format_, "--out", str(folder))
    return folder


@pytest.mark.parametrize(
    ("format_", "file"),
    [("coco", "labels.json"), ("jsonl", "labels.jsonl"), ("label-studio", "tasks.json")],
)
def test_notes_are_attributes(store: Store, tmp_path: Path, format_: str, file: str) -> None:
    del store
    text = (exported(tmp_path / "batch", format_) / file).read_text()
    assert "label error" in text
    assert "is a <van> & " in text
    assert "pedestrian at 320 100 360 180: label error" in text


def test_cvat_has_them_too(store: Store, tmp_path: Path) -> None:
    del store
    root = parse(exported(tmp_path / "batch", "cvat") / "annotations.xml").getroot()
    assert [image.get("name") for image in root.findall("image")] == ["f1.png", "f2.png"]
    said = {each.get("name"): each.text for each in root.findall("image/box/attribute")}
    assert said["review_verdict"] == "label error"
    assert said["review_note"] == "is a <van> & [1m"
    assert {each.text for each in root.findall("meta//label/name")} == {"car", "cyclist", "pedestrian"}


@pytest.mark.parametrize("format_", ["coco", "cvat", "label-studio", "yolo", "jsonl"])
def test_a_corrected_batch_comes_back(store: Store, tmp_path: Path, format_: str) -> None:
    batch = exported(tmp_path / "batch", format_)
    labels, correct = CORRECTED[format_]
    correct(batch / labels)
    names = ["--aquarium-project", "street", "--aquarium-dataset", "val"]
    images = [] if format_ == "yolo" else ["--images", str(tmp_path / "images")]
    run("upload", *names, "--labels", str(batch / labels), *images, "--append")
    dataset = store.load_dataset("street", "val")
    assert len(dataset.frames) == 4
    f2 = slice(*dataset.labels.starts[1:3].tolist())
    classes = [dataset.project.class_map.entries[i].name for i in dataset.labels.class_index[f2]]
    assert sorted(classes) == ["cyclist", "pedestrian"]
    assert len(dataset.labels) == 5


def correct_coco(path: Path) -> None:
    """The only car of frame f2 is a cyclist; so in the other formats."""
    document = json.loads(path.read_text())
    ids = {each["name"]: each["id"] for each in document["categories"]}
    for each in document["annotations"]:
        if (each["image_id"], each["category_id"]) == ("f2", ids["car"]):
            each["category_id"] = ids["cyclist"]
    path.write_text(json.dumps(document))


def correct_cvat(path: Path) -> None:
    tree = parse(path)
    for box in tree.getroot().findall("image[@name='f2.png']/box[@label='car']"):
        box.set("label", "cyclist")
    tree.write(path)


def correct_label_studio(path: Path) -> None:
    tasks = json.loads(path.read_text())
    for region in tasks[1]["annotations"][0]["result"]:
        value = region["value"]
        value["rectanglelabels"] = ["cyclist" if value["rectanglelabels"] == ["car"] else "pedestrian"]
    path.write_text(json.dumps(tasks))


def correct_yolo(path: Path) -> None:
    file = path.parent / "labels" / "f2.txt"
    file.write_text("".join(f"{line.replace('0 ', '1 ', 1)}\n" for line in file.read_text().splitlines()))


def correct_records(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for crop in lines[1]["label_data"]:
        if crop["label"] == "car":
            crop.update(label="cyclist", class_id=2)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


CORRECTED: dict[str, tuple[str, Callable[[Path], None]]] = {
    "coco": ("labels.json", correct_coco),
    "cvat": ("annotations.xml", correct_cvat),
    "label-studio": ("tasks.json", correct_label_studio),
    "yolo": ("data.yaml", correct_yolo),
    "jsonl": ("labels.jsonl", correct_records),
}


def test_what_is_said_of_regions_in_label_studio_is_read(store: Store, tmp_path: Path) -> None:
    tasks = exported(tmp_path / "batch", "label-studio") / "tasks.json"
    document = json.loads(tasks.read_text())
    regions = document[1]["annotations"][0]["result"]
    said = next(each for each in regions if "meta" in each)
    said["meta"]["text"] += ["truncated: 0.5", "seen from behind", "and: once"]
    control = {"id": said["id"], "to_name": "image"}
    regions.append({**control, "type": "choices", "from_name": "sure", "value": {"choices": ["yes", "very"]}})
    regions.append({**control, "type": "textarea", "from_name": "why", "value": {"text": ["dark"]}})
    tasks.write_text(json.dumps(document))
    names = ["--aquarium-project", "street", "--aquarium-dataset", "val"]
    out = run("upload", *names, "--labels", str(tasks), "--append").output
    assert "left out" not in out
    assert "do not exist" not in out
    labels = store.load_dataset("street", "val").labels
    row = list(labels.id or ()).index("3")
    assert {name: column[row] for name, column in labels.attributes.items() if column[row] is not None} == {
        "review_verdict": "label error",
        "review_note": "is a <van> & \x1b[1m",
        "truncated": 0.5,
        "text": "seen from behind",
        "and": "once",
        "sure": "yes, very",
        "why": "dark",
    }
