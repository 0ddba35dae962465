"""The first run: an empty store, files that are chosen, what was understood, and the lines for newcomers."""

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from aquarium_tui.session.last_used import LastUsed
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from tests.tui.scene import CHOSEN
from tests.tui.screen import app_of, leaves, sees, until, view_of


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Labels of two images and the results of a model, in the folder where the program starts."""
    folder = tmp_path / "files"
    (folder / "pictures").mkdir(parents=True)
    images = [{"id": i, "file_name": f"{i}.png", "width": 20, "height": 20} for i in (1, 2)]
    boxes = [{"id": i, "image_id": i, "category_id": 1, "bbox": [2, 2, 8, 8], "area": 64} for i in (1, 2)]
    labels = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "car"}]}
    (folder / "labels.json").write_text(json.dumps(labels))
    found = [{"image_id": 1, "category_id": 1, "bbox": [2, 2, 8, 8], "score": 0.9}]
    (folder / "model_a.json").write_text(json.dumps(found))
    monkeypatch.chdir(folder)
    return folder


async def type_in(pilot: Pilot[None], text: str) -> None:
    await pilot.press("ctrl+u", *["slash" if character == "/" else character for character in text])


async def test_files_are_chosen_rehearsed_and_stored(files: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    async with AquariumApp(store).run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Press D for the demo", "Press + to upload your own")
        await pilot.press("plus", "enter")
        await sees(pilot, "Labels", "pictures/", "labels.json")
        for nowhere in ("~nobody/x", "x/" * 3000):
            pilot.app.screen.query_one(Input).value = nowhere
            await pilot.pause()
            await pilot.press("enter")
        await sees(pilot, "Labels", "no match")
        pilot.app.screen.query_one(Input).value = ""
        await sees(pilot, "labels.json")
        await pilot.press(*"labels", "enter")
        await sees(pilot, "Images of", "the labels say where they are")
        await pilot.press(*"pict", "enter")
        await sees(pilot, "this folder")
        await pilot.press("down", "enter")
        await sees(pilot, "PROJECT/DATASET")
        await type_in(pilot, "cars")
        await pilot.press("enter")
        await sees(pilot, "Write it as PROJECT/DATASET.")
        await type_in(pilot, "cars/val")
        await pilot.press("enter")
        await sees(pilot, "Nothing is stored yet", "cars/val: 2 frames, 2 labels, 1 class", "Enter store it")
        assert not store.projects()
        await pilot.press("enter")
        await sees(pilot, "Inferences", "model_a.json")
        assert store.datasets("cars") == ["val"] or tuple(store.datasets("cars")) == ("val",)
        await pilot.press(*"model", "enter")
        await sees(pilot, "Name of the model")
        await pilot.press("enter")
        await sees(pilot, "1 inference", "Enter store it")
        await pilot.press("enter")
        await until(pilot, lambda: app_of(pilot).view is not None, "the comparison")
        assert view_of(pilot).choice.base == "model_a"


async def test_what_cannot_be_read_is_explained_and_not_stored(files: Path, tmp_path: Path) -> None:
    (files / "labels.json").write_text('{"odd": 1}')
    store = Store(tmp_path / "home")
    async with AquariumApp(store).run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Press + to upload your own")
        await pilot.press("plus", "enter")
        await sees(pilot, "labels.json")
        await pilot.press(*"labels", "enter")
        await sees(pilot, "Images of")
        await pilot.press("enter")
        await sees(pilot, "PROJECT/DATASET")
        await pilot.press("enter")
        await sees(pilot, "Nothing is stored yet", "Escape store nothing")
        await pilot.press("enter", "escape", "escape")
        await leaves(pilot, "Nothing is stored yet")
        assert not store.projects()


async def test_the_lines_for_newcomers_are_dismissed_for_good(store: Store) -> None:
    app = AquariumApp(store, CHOSEN)
    app.tour = LastUsed(store.root)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "car missed", "Enter lists the samples of a cell", "closes these lines for good")
        await pilot.press("escape")
        await leaves(pilot, "closes these lines for good")
        await sees(pilot, "car missed")
    assert LastUsed(store.root).toured


async def test_where_the_current_folder_was_removed_files_are_looked_for_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "labels.json").write_text("{}")
    monkeypatch.setenv("HOME", str(tmp_path / "mine"))
    monkeypatch.setattr(Path, "cwd", lambda: (_ for _ in ()).throw(FileNotFoundError()))
    async with AquariumApp(Store(tmp_path / "home")).run_test(size=(100, 30)) as pilot:
        await sees(pilot, "Press + to upload your own")
        await pilot.press("plus", "enter")
        await sees(pilot, "Labels", "labels.json")
