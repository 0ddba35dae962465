"""The detection set holds together, and tells the story that the demo shows."""

import json
from collections import Counter
from datetime import datetime

import pytest
from PIL import Image

from tests.sample_data.slow_count import DATA, MODELS, Record, confusion, stated

FOLDER = DATA / "detection"
LABELS = json.loads((FOLDER / "labels.json").read_text())
RESULTS = {model: json.loads((FOLDER / f"{model}.json").read_text()) for model in MODELS}
IMAGES = {image["id"]: image for image in LABELS["images"]}
NAMES = {category["id"]: category["name"] for category in LABELS["categories"]}


def inside(row: Record) -> bool:
    x, y, w, h = row["bbox"]
    image = IMAGES[row["image_id"]]
    return bool(
        x >= 0 and y >= 0 and w > 0 and h > 0 and x + w <= image["width"] and y + h <= image["height"]
    )


def test_ids_are_unique_and_the_categories_have_gaps():
    assert len(IMAGES) == len(LABELS["images"])
    assert len({row["id"] for row in LABELS["annotations"]}) == len(LABELS["annotations"])
    assert len(NAMES) == len(LABELS["categories"]) == 6
    assert max(NAMES) > len(NAMES)


def test_every_label_lies_inside_its_image_and_has_a_known_class():
    for row in LABELS["annotations"]:
        assert row["category_id"] in NAMES
        assert inside(row)
        assert row["area"] == pytest.approx(row["bbox"][2] * row["bbox"][3])
        assert 0 <= row["occlusion"] <= 0.75


def test_crowds_are_pedestrians():
    crowds = [row for row in LABELS["annotations"] if row["iscrowd"]]
    assert {NAMES[row["category_id"]] for row in crowds} == {"pedestrian"}


@pytest.mark.parametrize("model", MODELS)
def test_every_inference_lies_inside_its_image_and_some_are_next_to_nothing(model):
    rows = RESULTS[model]
    assert all(row["category_id"] in NAMES and inside(row) for row in rows)
    assert all(0.01 <= row["score"] <= 0.999 and row["score"] == round(row["score"], 3) for row in rows)
    assert sum(row["score"] < 0.05 for row in rows) > 50
    assert 700 <= len(rows) <= 1100


def test_images_are_there_and_have_the_stated_size():
    assert {path.name for path in (FOLDER / "images").iterdir()} == {i["file_name"] for i in LABELS["images"]}
    for image in LABELS["images"]:
        with Image.open(FOLDER / "images" / image["file_name"]) as picture:
            assert picture.format == "JPEG"
            assert picture.size == (image["width"], image["height"]) == (960, 540)


def test_frames_say_when_where_and_in_what_weather_they_were_taken():
    for image in LABELS["images"]:
        at = datetime.fromisoformat(image["captured_at"])
        hours = {"day": range(7, 18), "dusk": range(18, 20), "night": range(20, 24)}
        assert at.hour in hours[image["time_of_day"]]
        assert image["file_name"] == f"{image['camera']}_{image['id']:04d}.jpg"
        assert 0 <= image["speed_kmh"] < 60
    for key, values in {
        "time_of_day": {"day", "dusk", "night"},
        "weather": {"clear", "rain", "fog"},
        "camera": {"cam_front", "cam_left", "cam_right"},
    }.items():
        assert {image[key] for image in LABELS["images"]} == values


def test_frames_are_empty_sparse_and_crowded():
    per_frame = Counter(row["image_id"] for row in LABELS["annotations"])
    counts = sorted(per_frame[number] for number in IMAGES)
    assert counts[:2] == [0, 0]
    assert counts[2] in (1, 2, 3)
    assert counts[-1] >= 15


def wrong_cells() -> dict[tuple[str, str], int]:
    base, other = (stated()[f"Detection: confusion of {model}"] for model in MODELS)
    return {(r, c): other[r][c] - base[r][c] for r in base for c in base if r != c}


def test_the_worst_cell_is_truck_called_van_and_the_best_known_fixes_hold():
    cells = wrong_cells()
    assert [cell for cell, by in cells.items() if by == max(cells.values())] == [("truck", "van")]
    assert cells["cyclist", "pedestrian"] < -10
    assert cells["van", "car"] < -10


def test_model_b_is_better_in_all():
    base, other = (stated()[f"Detection: confusion of {model}"] for model in MODELS)
    assert sum(other[name][name] for name in other) > sum(base[name][name] for name in base)
    assert sum(wrong_cells().values()) < 0


def test_pedestrians_are_called_cyclists_by_model_b_at_night():
    def share(*times: str) -> float:
        there = [image for image in LABELS["images"] if image["time_of_day"] in times]
        cells = confusion({**LABELS, "images": there}, RESULTS["model_b"])
        all_of_them = sum(count for (row, _), count in cells.items() if row == "pedestrian")
        return cells["pedestrian", "cyclist"] / all_of_them

    assert share("night") > 3 * share("day", "dusk")


def test_the_matching_rule_matters():
    for model in MODELS:
        assert confusion(LABELS, RESULTS[model]) != confusion(LABELS, RESULTS[model], "overlap")


def test_model_a_is_surer_than_it_should_be():
    def sure_and_wrong(model: str) -> int:
        sure = [row for row in RESULTS[model] if row["score"] >= 0.8]
        cells = confusion(LABELS, sure)
        return sum(n for (row, column), n in cells.items() if column not in (row, "background"))

    assert sure_and_wrong("model_a") > 3 * sure_and_wrong("model_b")
