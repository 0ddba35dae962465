"""The segmentation and the classification set hold together and tell their stories."""

import numpy as np
import pytest
from PIL import Image

from tests.sample_data.slow_count import DATA, MODELS, rows_of, stated

MASKS, CROPS = DATA / "segmentation", DATA / "classification"
CLASSES = (MASKS / "classes.txt").read_text().split()
STEMS = sorted(path.stem for path in (MASKS / "images").iterdir())


@pytest.mark.parametrize("folder", ["labels", *MODELS])
def test_every_image_has_its_mask_of_known_values(folder):
    assert sorted(path.stem for path in (MASKS / folder).iterdir()) == STEMS
    for stem in STEMS:
        with Image.open(MASKS / "images" / f"{stem}.jpg") as image:
            size = image.size
        with Image.open(MASKS / folder / f"{stem}.png") as mask:
            assert mask.mode == "P"
            assert mask.size == size == (640, 360)
            assert np.asarray(mask).max() < len(CLASSES)


def test_there_are_32_frames_that_are_also_in_the_detection_set():
    assert len(STEMS) == 32
    assert set(STEMS) < {path.stem for path in (DATA / "detection" / "images").iterdir()}


def test_void_is_the_last_class_and_only_labels_have_it():
    assert CLASSES[-1] == "void"
    pixels = stated()["Segmentation: pixels per class"]["void"]
    assert pixels["labels"] > 0
    assert pixels["model_a"] == pixels["model_b"] == 0


def test_model_b_sees_pavement_and_poles_again_but_takes_night_houses_for_sky():
    base, other = (stated()[f"Segmentation: confusion of {model}"] for model in MODELS)
    assert other["pavement"]["road"] < 0.5 * base["pavement"]["road"]
    assert other["pole"]["pole"] > 1.5 * base["pole"]["pole"]
    assert other["building"]["sky"] > 5 * base["building"]["sky"]
    assert other["road"]["pavement"] > 5 * base["road"]["pavement"]


def test_crops_labels_and_inferences_name_the_same_files():
    files = sorted(path.name for path in (CROPS / "images").iterdir())
    for name in ("labels", *MODELS):
        assert sorted(row["file"] for row in rows_of(CROPS / f"{name}.csv")) == files
    for file in files:
        with Image.open(CROPS / "images" / file) as picture:
            assert (picture.format, picture.size) == ("JPEG", (96, 96))


@pytest.mark.parametrize("model", MODELS)
def test_classifiers_name_known_classes_with_a_confidence(model):
    known = {row["class"] for row in rows_of(CROPS / "labels.csv")}
    for row in rows_of(CROPS / f"{model}.csv"):
        assert row["class"] in known
        assert 0 < float(row["confidence"]) < 1


def test_model_b_classifies_better_but_calls_trucks_vans():
    base, other = (stated()[f"Classification: confusion of {model}"] for model in MODELS)
    assert sum(other[name][name] for name in other) > sum(base[name][name] for name in base)
    assert other["truck"]["van"] > 2 * base["truck"]["van"]
