"""Classes of images by keys: no boxes, no IoU, whole images."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from aquarium_tui.ingest import inference_set, labelled_dataset
from aquarium_tui.kinds.objects.presentation import ObjectPresentation
from aquarium_tui.model.tables import Project
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.view import reproduce
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from tests.narrow import of_type
from tests.tui.screen import app_of, lines, sees, shown, until, view_of

LABELS = {"a": "cat", "b": "dog", "c": "cat"}
SETS = {"old": {"a": ("dog", 0.6), "b": ("dog", 0.9)}, "new": {"a": ("cat", 0.7), "b": ("cat", 0.8)}}
CHOSEN = Choice("pets", "val", "old", "new")
WIDE = (120, 36)
Make = Callable[[], AquariumApp]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    images = tmp_path / "images"
    images.mkdir()
    for name in LABELS:
        Image.new("RGB", (64, 48), (90, 120, 150)).save(images / f"{name}.png")
    labels = tmp_path / "labels.csv"
    labels.write_text("\n".join(["file,class", *(f"{name}.png,{class_}" for name, class_ in LABELS.items())]))
    store = Store(tmp_path / "home")
    dataset = labelled_dataset(Project("pets"), "val", labels, lambda _: None, images=images)
    store.add_dataset(dataset)
    for id_, rows in SETS.items():
        path = tmp_path / f"{id_}.csv"
        told = [f"{name}.png,{class_},{sure}" for name, (class_, sure) in rows.items()]
        path.write_text("\n".join(["file,class,confidence", *told]))
        store.add_inferences(dataset, inference_set(dataset, id_, path, "auto", lambda _: None))
    return lambda: AquariumApp(store, CHOSEN)


async def test_from_the_cell_to_the_whole_image(make: Make) -> None:
    async with make().run_test(size=WIDE) as pilot:
        await sees(pilot, "dog → cat   0 → 1   ~+1  =  +1 new", "Δ accuracy .000~", "conf ≥ .10")
        assert "IoU" not in shown(pilot.app)
        assert "same-class" not in shown(pilot.app)
        await pilot.press("enter")
        await sees(pilot, "▼ dog", "dog .90 → cat .80")
        await pilot.press("s")
        await sees(pilot, "Sort by", "confidence change")
        assert "size" not in shown(pilot.app)
        await pilot.press("escape", "enter")
        await sees(pilot, "▼ broken")
        drawing = of_type(ObjectPresentation, app_of(pilot).presentation).painter.frame(1)
        assert [mark.caption for mark in drawing.marks] == ["dog", "base dog .90", "other cat .80"]
        assert all(mark.fills_frame for mark in drawing.marks)


async def test_thresholds_turn_an_unsure_inference_into_background(make: Make) -> None:
    async with make().run_test(size=WIDE) as pilot:
        await sees(pilot, "dog → cat")
        await pilot.press("right_curly_bracket", "T")
        await sees(pilot, "Thresholds", "confidence of base ≥")
        assert "IoU" not in shown(pilot.app)
        assert "rule" not in shown(pilot.app)
        await pilot.press("ctrl+n", "ctrl+u", *"0.75", "enter")
        await sees(pilot, "≥ .75/.10")
        await until(pilot, lambda: view_of(pilot).comparison.confusion("base")[0, 2] == 2, "two cats missed")
        assert reproduce(view_of(pilot)).endswith("--base-confidence 0.75 --other-confidence 0.1")


async def test_frames_say_what_each_set_calls_them(make: Make) -> None:
    async with make().run_test(size=WIDE) as pilot:
        await sees(pilot, "dog → cat")
        await pilot.press("1")
        await sees(pilot, "dog .90", "cat .80")
        row = next(line for line in lines(pilot.app) if line.startswith(" a "))
        assert row.split()[:7] == ["a", "cat", "dog", ".60", "cat", ".70", "−1"]
