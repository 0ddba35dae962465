"""Folders that hold labels and inferences, classes that files list, and further layouts that people have."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.bitmaps import brush_bitmap
from aquarium_tui.store import Store
from aquarium_tui.upload import FileOptions, UploadRequest, UploadResult, upload
from tests.ingest.files import write

XML = (
    "<annotation><filename>{}.jpg</filename><size><width>100</width><height>80</height></size><object>"
    "<name>car</name>{}<bndbox><xmin>11</xmin><ymin>11</ymin><xmax>30</xmax><ymax>30</ymax></bndbox>"
    "</object></annotation>"
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "images").mkdir()
    for i in range(4):
        Image.new("RGB", (100, 80)).save(tmp_path / "images" / f"{i}.jpg")
    return Store(tmp_path / "home")


def labelled(store: Store, path: Path) -> UploadResult:
    images = store.root.parent / "images"
    return upload(store, UploadRequest("p", "d", labels=path, options=FileOptions(images=images)))


def inferred(store: Store, path: Path) -> UploadResult:
    return upload(store, UploadRequest("p", "d", "a", inferences=path))


@pytest.mark.parametrize(
    ("format_", "names"),
    [("text", ("gt", "det")), ("voc", ("labels", "predictions")), ("yolo", ("labels", "predictions_a"))],
)
def test_a_folder_with_labels_and_inferences_is_two_sets(
    store: Store, tmp_path: Path, format_: str, names: tuple[str, str]
) -> None:
    for name, score in zip(names, (False, True), strict=True):
        folder = tmp_path / "all" / name
        folder.mkdir(parents=True)
        for i in range(4):
            text = {
                "text": f"car {'.9 ' if score else ''}10 10 30 30",
                "voc": XML.format(i, "<score>.9</score>" if score else ""),
                "yolo": f"0 .2 .25 .2 .25{' .9' if score else ''}",
            }[format_]
            write(folder / f"{i}.{'xml' if format_ == 'voc' else 'txt'}", text)
    done = labelled(store, tmp_path / "all")
    assert (done.counts and done.counts.frames, done.counts and done.counts.objects) == (4, 4)
    found = inferred(store, tmp_path / "all")
    assert found.counts and found.counts.objects == 4
    assert not found.problems


def test_several_folders_of_inferences_are_refused(store: Store, tmp_path: Path) -> None:
    for name in ("gt", "pred_a", "pred_b"):
        (tmp_path / "all" / name).mkdir(parents=True)
        for i in range(4):
            write(
                tmp_path / "all" / name / f"{i}.txt",
                "car .9 10 10 30 30" if name != "gt" else "car 10 10 30 30",
            )
    labelled(store, tmp_path / "all")
    with pytest.raises(InputError, match="pred_a, pred_b"):
        inferred(store, tmp_path / "all")


@pytest.mark.parametrize(
    ("name", "text"),
    [("classes.txt", "car\nbus\n"), ("labelmap.txt", "# label:x\nbackground:0,0,0::\nbus:1,2,3::\n")],
)
def test_classes_listed_beside_voc_files_are_classes(
    store: Store, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / "voc" / "Annotations").mkdir(parents=True)
    for i in range(4):
        write(tmp_path / "voc" / "Annotations" / f"{i}.xml", XML.format(i, ""))
    write(tmp_path / "voc" / name, text)
    labelled(store, tmp_path / "voc")
    assert {entry.name for entry in store.project("p").class_map.entries} == {"car", "bus"}


def test_a_column_per_class_says_the_class_or_the_classes(store: Store, tmp_path: Path) -> None:
    heading = "filename, car, bus, dog\n"
    single = heading + "0.jpg, 1, 0, 0\n1.jpg, 0, 1, 0\n2.jpg, 1, 0, 0\n3.jpg, 0, 0, 0\n"
    done = labelled(store, write(tmp_path / "images" / "_classes.csv", single))
    dataset = store.load_dataset("p", "d")
    assert dataset.project.task == "classification"
    assert [entry.name for entry in dataset.project.class_map.entries] == ["car", "bus", "dog"]
    assert (dataset.label_counts.tolist(), done.problems) == ([1, 1, 1, 0], ())


def test_a_column_per_class_with_two_marks_in_a_row_is_of_several_classes(
    store: Store, tmp_path: Path
) -> None:
    table = "filename, car, bus, dog\n0.jpg, 1, 0, 1\n1.jpg, 0, 1, 0\n2.jpg, 1, 0, 0\n3.jpg, 0, 0, 0\n"
    done = labelled(store, write(tmp_path / "images" / "_classes.csv", table))
    dataset = store.load_dataset("p", "d")
    assert dataset.project.task == "multilabel"
    assert (dataset.label_counts.tolist(), done.problems) == ([2, 1, 1, 0], ())


def test_retinanet_lines_need_no_header(store: Store, tmp_path: Path) -> None:
    lines = "images/0.jpg,10,10,30,30,car\nimages/1.jpg,,,,,\nimages/2.jpg,5,5,9,9,bus\n"
    write(tmp_path / "classes.csv", "bus,0\ncar,1\ntram,2\n")
    labelled(store, write(tmp_path / "labels.csv", lines))
    dataset = store.load_dataset("p", "d")
    assert [entry.name for entry in dataset.project.class_map.entries] == ["bus", "car", "tram"]
    assert dataset.label_counts.tolist()[:3] == [1, 0, 1]
    assert dataset.labels.box.tolist() == [[10, 10, 30, 30], [5, 5, 9, 9]]
    found = inferred(store, write(tmp_path / "a.csv", "images/0.jpg,10,10,30,30,car,0.5\n"))
    assert found.counts and found.counts.objects == 1


class Bits:
    """Writes the code of a brush."""

    def __init__(self) -> None:
        self.text = ""

    def put(self, value: int, size: int) -> None:
        self.text += f"{value:0{size}b}"

    def bytes(self) -> list[int]:
        padded = self.text + "0" * (-len(self.text) % 8)
        return [int(padded[i : i + 8], 2) for i in range(0, len(padded), 8)]


def test_brushes_become_masks() -> None:
    mask = np.zeros((3, 5), bool)
    mask[1, 1:4] = True
    pixels = np.repeat(mask[:, :, None] * np.uint8(255), 4, axis=2).ravel().tolist()
    bits = Bits()
    bits.put(len(pixels), 32)
    bits.put(7, 5)
    for size in (3, 4, 8, 15):
        bits.put(size, 4)
    at = 0
    while at < len(pixels):
        end = at
        while end < len(pixels) and pixels[end] == pixels[at]:
            end += 1
        repeated = end - at > 1
        bits.put(int(repeated), 1)
        bits.put(2, 2)
        bits.put(end - at - 1, 9)
        bits.put(pixels[at], 8)
        at = end
    found = brush_bitmap(bits.bytes(), 5, 3)
    assert found is not None
    np.testing.assert_array_equal(found, mask)
    assert brush_bitmap(bits.bytes()[:-3], 5, 3) is None
    assert brush_bitmap(bits.bytes(), 6, 3) is None
    assert brush_bitmap([999, -1], 5, 3) is None
