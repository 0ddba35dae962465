"""Folders of masks become datasets and inference sets, and what is wrong with them is said."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.errors import CancelledError, InputError, UsageError
from aquarium_tui.ingest.masks import MaskOptions, mask_dataset, mask_inferences
from aquarium_tui.model.classes import ClassEntry
from aquarium_tui.model.tables import SEGMENTATION, Dataset, InferenceSet, Project
from aquarium_tui.work.executor import Watch
from tests.compare.pixels.scene import pixel_comparison
from tests.narrow import present

CLASSES = "0,road,128,64,128\n1,car,0,0,142\n2,sky,70,130,180\n"
COLORS = np.array([[128, 64, 128], [0, 0, 142], [70, 130, 180]], np.uint8)
LABEL = np.array([[0, 0, 1, 1], [2, 2, 1, 0]], np.uint8)
STEMS = ("f0", "f1", "f2")


class Folder:
    """A folder of images, masks and a list of classes."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.classes = place / "classes.csv"
        self.classes.write_text(CLASSES)
        for stem in STEMS:
            self.save(f"images/{stem}.jpg", np.zeros((2, 4, 3), np.uint8))
            self.save(f"labels/{stem}.png", LABEL)
            self.save(f"model/{stem}.png", LABEL)

    def save(self, name: str, values: np.ndarray) -> None:
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(values).save(path)

    def dataset(self, *ignore: str, project: Project | None = None, **changed: Any) -> Dataset:
        options = MaskOptions(self.place / "images", self.classes, ignore)
        owner = project or Project("street", SEGMENTATION)
        return mask_dataset(owner, "val", self.place / "labels", replace(options, **changed), Watch())

    def inferences(self, dataset: Dataset, **options) -> InferenceSet:
        return mask_inferences(dataset, "model", self.place / "model", MaskOptions(**options), Watch())


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


def said(of: Dataset | InferenceSet) -> dict[str, tuple[int, str, tuple[str, ...]]]:
    """Count, action and first places of each problem, by kind."""
    return {p.kind: (p.count, p.action, p.examples) for p in of.provenance.problems}


def hint(of: Dataset | InferenceSet, kind: str) -> str:
    return next(p.hint for p in of.provenance.problems if p.kind == kind)


def test_a_folder_of_images_and_one_of_masks(folder, tmp_path):
    found = folder.dataset()
    assert found.project.task == SEGMENTATION
    assert [(e.id, e.name, e.color) for e in found.project.class_map.entries] == [
        (0, "road", (128, 64, 128)),
        (1, "car", (0, 0, 142)),
        (2, "sky", (70, 130, 180)),
    ]
    assert list(found.frames.id) == list(STEMS)
    assert (found.frames.width.tolist(), found.frames.height.tolist()) == ([4] * 3, [2] * 3)
    assert found.images == str(tmp_path / "images")
    assert found.masks.file(1) == str(tmp_path / "labels" / "f1.png")
    assert found.masks.pixels == {0: 9, 1: 9, 2: 6}
    assert said(found) == {}
    assert len(found.labels) == 0
    of_model = folder.inferences(found)
    assert said(of_model) == {}
    assert pixel_comparison(found, of_model).scores["base"].accuracy == 1.0


def test_frames_without_masks_masks_without_frames_and_what_cannot_be_read(folder, tmp_path):
    (tmp_path / "labels" / "f1.png").unlink()
    (tmp_path / "labels" / "f2.png").write_bytes(b"torn")
    folder.save("labels/stray.png", LABEL)
    folder.save("labels/again/f0.png", LABEL)
    (tmp_path / "images" / "f2.jpg").write_bytes(b"torn")
    found = folder.dataset()
    assert said(found) == {
        "images that cannot be read": (1, "kept", (f"f2.jpg (not an image: {tmp_path}/images/f2.jpg)",)),
        "frames without a mask": (1, "kept", ("f1",)),
        "masks that belong to no image": (1, "left out", ("stray.png",)),
        "masks of a frame that already has one": (1, "left out", ("f0.png",)),
        "label masks that cannot be read": (1, "kept", ("f2.png (not an image)",)),
    }
    assert found.frames.width.tolist() == [4, 4, 0]
    comparison = pixel_comparison(found, folder.inferences(found))
    assert comparison.counts.counted.tolist() == [True, False, False]


def test_values_that_no_class_names(folder):
    strange = LABEL.copy()
    strange[0, :3] = (77, 77, 255)
    folder.save("labels/f1.png", strange)
    folder.save("model/f0.png", strange)
    found = folder.dataset()
    kind = "label masks with values that no class has"
    assert said(found) == {kind: (1, "left out", ("f1.png (77: 2 pixels, 255: 1 pixels)",))}
    assert hint(found, kind) == (
        "pixels of 77, 255 are excluded from all counts; name them with --classes, "
        "or leave them out with --ignore"
    )
    of_model = folder.inferences(found)
    assert said(of_model)["masks with values that no class has"][:2] == (1, "kept")
    scores = pixel_comparison(found, of_model)
    assert scores.ignored_count == 3
    assert scores.confusion("base")[:, 3].tolist() == [2, 1, 0, 0]
    assert said(folder.dataset("77", "255")) == {}


def test_masks_of_another_size(folder):
    folder.save("labels/f1.png", np.repeat(LABEL, 2, axis=1))
    folder.save("model/f0.png", np.repeat(np.repeat(LABEL, 3, axis=0), 3, axis=1))
    folder.save("model/f1.png", np.repeat(LABEL, 2, axis=1))
    found = folder.dataset()
    size = "f1.png (8 × 2, not 4 × 2)"
    assert said(found) == {"label masks whose size is not that of the image": (1, "kept", (size,))}
    of_model = folder.inferences(found)
    kind = "masks whose size is not that of the label mask"
    assert said(of_model) == {kind: (1, "changed", ("f0.png (12 × 6, not 4 × 2)",))}
    assert pixel_comparison(found, of_model).scores["base"].accuracy == 1.0


def test_colours_are_read_as_those_of_the_classes(folder):
    colored = COLORS[LABEL].copy()
    colored[1, 1] = (1, 2, 3)
    folder.save("model/f0.png", COLORS[LABEL])
    folder.save("model/f1.png", colored)
    found = folder.dataset()
    of_model = folder.inferences(found)
    assert said(of_model) == {
        "masks with colours that no class has": (1, "kept", ("f1.png (#010203: 1 pixels)",))
    }
    assert "2 masks are coloured" in of_model.provenance.notes[1]
    assert pixel_comparison(found, of_model).scores["base"].errors == 1
    for stem in STEMS:
        folder.save(f"labels/{stem}.png", COLORS[LABEL])
    assert said(folder.dataset()) == {}


def test_labels_of_16_bits(folder):
    folder.classes.write_text("1000,road\n1001,car\n65535,sky\n")
    wide = np.array([1000, 1001, 65535], np.uint16)[LABEL]
    for stem in STEMS:
        folder.save(f"labels/{stem}.png", wide)
        folder.save(f"model/{stem}.png", wide)
    found = folder.dataset()
    assert said(found) == {}
    assert pixel_comparison(found, folder.inferences(found)).scores["base"].accuracy == 1.0


@pytest.mark.parametrize("ids", [[7, 26, 23], [2, 9, 8], [1, 2, 0]])
def test_values_of_another_list_of_classes_are_refused(folder, ids):
    for stem in STEMS:
        folder.save(f"model/{stem}.png", np.array(ids, np.uint8)[LABEL])
    found = folder.dataset()
    with pytest.raises(InputError, match="those of another list of classes") as caught:
        folder.inferences(found)
    assert "--classes FILE" in caught.value.hint
    assert folder.inferences(found, reading="id").masks.values[1] == 1
    folder.classes.write_text("".join(f"{i},{n}\n" for i, n in zip(ids, ("road", "car", "sky"), strict=True)))
    right = folder.inferences(found, classes=folder.classes)
    assert said(right) == {}
    assert pixel_comparison(found, right).scores["base"].accuracy == 1.0


def test_the_slip_of_cityscapes_is_called_by_its_name(folder):
    names = [f"c{i}" for i in range(34)]
    folder.classes.write_text("\n".join(names))
    ids = np.array([7, 26, 23], np.uint8)
    for stem in STEMS:
        folder.save(f"labels/{stem}.png", ids[LABEL])
        folder.save(f"model/{stem}.png", np.array([0, 13, 10], np.uint8)[LABEL])
    with pytest.raises(InputError) as caught:
        folder.inferences(folder.dataset())
    assert "labelIds, the inferences like its trainIds" in caught.value.hint


@pytest.mark.parametrize(("shift", "said_of_it"), [(1, "one higher"), (-1, "one lower")])
def test_values_that_are_shifted_by_one_are_read_as_the_labels_show(folder, shift, said_of_it):
    """As `reduce_zero_label` leaves them; what falls below 0 becomes 255."""
    folder.classes.write_text("0,other\n1,road\n2,car\n3,sky\n")
    for stem in STEMS:
        folder.save(f"labels/{stem}.png", (LABEL + 1).astype(np.uint8))
        folder.save(f"model/{stem}.png", (LABEL.astype(int) + 1 + shift).astype(np.uint8))
    found = folder.dataset()
    made = folder.inferences(found)
    assert pixel_comparison(found, made).scores["base"].accuracy == 1.0
    assert any(said_of_it in note and "shifted by one" in note for note in made.provenance.notes)
    assert any(note.startswith("this is sure") for note in made.provenance.notes)


def test_ignoring_by_name_and_by_value(folder):
    assert folder.dataset("SKY").project.class_map.evaluated_names == ("road", "car")
    assert folder.dataset("2").project.class_map.evaluated_names == ("road", "car")
    new = folder.dataset("255").project.class_map.entries[-1]
    assert (new.id, new.name, new.ignore_in_eval) == (255, "value 255", True)
    with pytest.raises(UsageError, match='"void" is neither a class nor a value'):
        folder.dataset("void")


def test_a_class_called_void_that_counts_is_mentioned(folder):
    folder.classes.write_text("road\ncar\nunlabelled\n")
    assert any("unlabelled counts as a class" in note for note in folder.dataset().provenance.notes)
    assert not any("counts as a class" in note for note in folder.dataset("unlabelled").provenance.notes)


def test_a_second_dataset_of_the_project_takes_its_classes(folder):
    project = folder.dataset("sky").project
    again = folder.dataset(project=project, classes=None)
    assert again.project.class_map == project.class_map
    assert again.masks.values[1] == 1
    folder.classes.write_text("9,car\n0,road\n2,sky\n1,van\n")
    other = folder.dataset(project=project)
    assert other.project.class_map.entries[3] == ClassEntry(3, "van")
    assert {v: other.masks.values[v] for v in (0, 1, 2, 9)} == {0: 0, 1: 3, 2: 2, 9: 1}
    with pytest.raises(UsageError, match="road counts in this project"):
        folder.dataset("road", project=project)


def test_suffixes_and_city_folders(folder, tmp_path):
    for stem in STEMS:
        city = stem[-1]
        folder.save(f"gt/{city}/{stem}_gtFine_labelIds.png", LABEL)
        folder.save(f"gt/{city}/{stem}_gtFine_color.png", COLORS[LABEL])
        folder.save(f"in/{city}/{stem}_leftImg8bit.png", np.zeros((2, 4, 3), np.uint8))
    options = MaskOptions(tmp_path / "in", folder.classes)
    found = mask_dataset(Project("street", SEGMENTATION), "val", tmp_path / "gt", options, Watch())
    assert list(found.frames.id) == list(STEMS)
    assert found.provenance.notes[:2] == (
        "masks are named like the images, without _leftImg8bit, with _gtFine_labelIds",
        "masks with another suffix are left out: _gtFine_color (3); choose one with --suffix",
    )
    chosen = MaskOptions(tmp_path / "in", folder.classes, suffix="_gtFine_color")
    colored = mask_dataset(Project("street", SEGMENTATION), "val", tmp_path / "gt", chosen, Watch())
    assert present(colored.masks).file(0) == str(tmp_path / "gt" / "0" / "f0_gtFine_color.png")
    assert said(colored) == {}


def test_masks_beside_their_images(folder, tmp_path):
    for stem in STEMS:
        folder.save(f"one/{stem}.jpg", np.zeros((2, 4, 3), np.uint8))
        folder.save(f"one/{stem}.png", LABEL)
    options = MaskOptions(tmp_path / "one", folder.classes)
    found = mask_dataset(Project("street", SEGMENTATION), "val", tmp_path / "one", options, Watch())
    assert list(found.frames.path) == ["f0.jpg", "f1.jpg", "f2.jpg"]


def test_metadata_comes_along(folder, tmp_path):
    table = tmp_path / "meta.csv"
    table.write_text("file,weather\nf0.jpg,rain\nf1.jpg,sun\nf2.jpg,rain\n")
    assert list(folder.dataset(metadata=table).frames.metadata["weather"]) == ["rain", "sun", "rain"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"classes": None}, "the meaning of the mask values is not known"),
        ({"images": None}, "--images is missing"),
        ({"suffix": "_nothing"}, "None of the 3 masks"),
    ],
)
def test_what_cannot_be_done_is_said(folder, options, said):
    with pytest.raises((UsageError, InputError), match=said):
        folder.dataset(**options)


def test_a_set_needs_a_dataset_of_masks_and_known_names(folder, tmp_path):
    found = folder.dataset()
    folder.classes.write_text("tree\nhouse\n")
    with pytest.raises(InputError, match="names no class of the project"):
        folder.inferences(found, classes=folder.classes)
    boxes = Dataset(Project("boxes"), "val", found.frames, found.labels)
    with pytest.raises(UsageError, match="has no label masks; it belongs to a detection project"):
        folder.inferences(boxes)
    with pytest.raises(UsageError, match="Call it 'model_a'"):
        mask_inferences(found, "model-a", tmp_path / "model", MaskOptions(), Watch())


def test_it_can_be_stopped(folder, tmp_path):
    options = MaskOptions(tmp_path / "images", folder.classes)
    stop = Watch(cancelled=lambda: True)
    with pytest.raises(CancelledError):
        mask_dataset(Project("street", SEGMENTATION), "val", tmp_path / "labels", options, stop)
