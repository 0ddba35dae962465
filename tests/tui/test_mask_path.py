"""Masks by keys: from a cell of the set to the changed region of one image, and back."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.app import App

from aquarium_tui.kinds.masks.pixel_counts import count_pixels
from aquarium_tui.model.metrics import Metric, MetricKind, MetricValues
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.graphics.geometry import SourceRect
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.frames import FramesScreen
from aquarium_tui.tui.screens.masks import MaskScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.samples import SamplesScreen
from aquarium_tui.tui.widgets.matrix import Matrix
from tests.narrow import of_type, present
from tests.tui import scene
from tests.tui.mask_scene import CAR, CHOSEN, ROAD, make_store
from tests.tui.screen import app_of, lines, sees, shown, until

SIZES = [(80, 24), (100, 30), (200, 50)]
WIDE = (120, 36)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path)


def picture(app: App[Any]) -> Picture:
    return app.screen.query_one("#diff", Picture)


def region_of(app: App[Any]) -> SourceRect:
    """What the picture shows of its source."""
    return present(picture(app).view)


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_worst_cell_to_the_region_and_back(store: Store, size: tuple[int, int]) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=size) as pilot:
        # A narrow line gives way to how sure the delta is, once that is known.
        sum_ = "+1 600" if size == SIZES[0] else "+1 600  =  +1 600 new − 0 fixed − 0 moved"
        await sees(pilot, "masks/val", "sky → car", sum_)
        assert isinstance(pilot.app.screen, MetricsScreen)
        await pilot.press("enter")
        await sees(pilot, "Frames 1", "More in other 1", "Fewer in other 0", "▼ f2", "0 → 1.60k  +1.60k")
        assert isinstance(pilot.app.screen, SamplesScreen)
        await pilot.press("enter")
        await sees(pilot, "f2", "sky → car only", "1 region")
        assert isinstance(pilot.app.screen, MaskScreen)
        await pilot.press("n")
        await sees(pilot, "region 1 of 1")
        left, _, right, _ = region_of(pilot.app)
        if size != SIZES[0]:
            assert (left + right) / 2 == pytest.approx(120, abs=30)
            assert right - left < 160
        await pilot.press("escape")
        await sees(pilot, "More in other 1")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, MetricsScreen))


async def test_metrics_count_pixels_and_say_what_is_ignored(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await sees(pilot, "ignored void", "3 frames", "32.0k pixels", "pixels   delta: other − base")
        await sees(pilot, "Δ accuracy −.038~")
        text = "\n".join(lines(pilot.app))
        assert "spurious" not in text, "a pixel without a label class leaves the count"
        assert "conf ≥" not in text, "masks have no thresholds"
        await pilot.press("greater_than_sign", "T")
        await pilot.pause()
        assert isinstance(pilot.app.screen, MetricsScreen)


async def test_the_frames_behind_a_cell_come_by_their_change_in_either_direction(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await sees(pilot, "sky → car")
        screen = pilot.app.screen
        screen.query_one("#matrix", Matrix).go_to((ROAD, CAR))
        await sees(
            pilot, "road → car   800 → 2 000   ~+1 200  =  +2 000 new − 800 fixed − 0 moved", "Frames 3"
        )
        await pilot.press("enter")
        await sees(pilot, "▼ f3", "▲ f1", "▼ f2", "0 → 1.60k  +1.60k", "800 → 0  −800", "0 → 400  +400")
        names = [name for line in lines(pilot.app) for name in ("f3", "f1", "f2") if f"{name} " in line]
        assert names[:3] == ["f3", "f1", "f2"]
        await pilot.press("right_square_bracket")
        await sees(pilot, "More in other 2", "1 of 2")
        await pilot.press("equals_sign")
        await sees(pilot, 'delta.confusion("road", "car") > 0 order by')


async def test_a_cell_of_the_image_filters_the_diff_map_by_who_did_it(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await open_frame(pilot, "f1")
        await sees(pilot, "both right 94%", "both wrong 0%", "fixed 6.2%", "broken 0%", "1 region")
        await pilot.press("tab", "left")
        await until(pilot, lambda: of_type(MaskScreen, pilot.app.screen).shown.cell is not None)
        pilot.app.screen.query_one("#matrix", Matrix).go_to((ROAD, CAR))
        await sees(pilot, "road → car only", "fixed 800 px", "broken 0 px", "╱ base 800")
        pilot.app.screen.query_one("#matrix", Matrix).go_to((ROAD, ROAD))
        await sees(pilot, "road correct only", "fixed 800 px", "╲ other 800  ╳ both 5.60k")
        await pilot.press("a")
        await sees(pilot, "both right 94%")


@pytest.mark.parametrize("width", [100, 120, 141, 200])
async def test_both_pictures_have_the_same_size_and_blinking_names_the_set(store: Store, width: int) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=(width, 36)) as pilot:
        await open_frame(pilot, "f1")
        await sees(pilot, "both right 94%" if width > 110 else "right")
        masks, diff = (pilot.app.screen.query_one(name, Picture) for name in ("#masks", "#diff"))
        await until(pilot, lambda: masks.size == diff.size, "pictures of the same size")
        await pilot.press("d")
        await sees(pilot, "blinking: base")


async def test_colours_masks_outline_and_opacity_have_keys(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await open_frame(pilot, "f2")
        await sees(pilot, "■ broken 16%", "labels filled   where wrong: base ╱╱╱   other ╲╲╲")
        await pilot.press("C")
        await sees(pilot, "Colours of the diff map", "Space show or hide")
        await pilot.press("space", "down", "down", "down", "space", "escape")
        await sees(pilot, "□ broken 16%", "□ both right 84%", "■ fixed 0%")
        await pilot.press("C", "end", "enter", "escape")
        await sees(pilot, "■ broken 16%", "□ both right 84%", "□ fixed 0%")
        await pilot.press("C", "end", "enter", "escape")
        await sees(pilot, "■ broken 16%", "■ both right 84%", "■ fixed 0%")
        await pilot.press("v", "v", "i", "semicolon")
        await sees(pilot, "outlined by class: base", "outline 45%")
        await pilot.press("full_stop")
        await sees(pilot, "outlined by class: other")
        await pilot.press("full_stop")
        await sees(pilot, "labels outlined")


async def test_regions_go_by_size_and_on_into_the_next_frame(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await open_frame(pilot, "f2")
        await sees(pilot, "2 regions")
        await pilot.press("n")
        await sees(pilot, "region 1 of 2 · 1 600 px")
        await pilot.press("n")
        await sees(pilot, "region 2 of 2 · 400 px")
        left, _, right, _ = region_of(pilot.app)
        assert (left + right) / 2 < 50
        await pilot.press("n")
        await sees(pilot, "f3", "no changed region here")
        await pilot.press("p")
        await sees(pilot, "f2", "region 2 of 2 · 400 px")


async def test_both_pictures_move_together_and_the_divider_moves(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await open_frame(pilot, "f2")
        await sees(pilot, "2 regions")
        masks = pilot.app.screen.query_one("#masks", Picture)
        await pilot.press("plus", "right")
        await until(pilot, lambda: region_of(pilot.app)[2] - region_of(pilot.app)[0] < 160)
        await until(pilot, lambda: masks.view == picture(pilot.app).view)
        width = masks.size.width
        await pilot.press("right_parenthesis", "right_parenthesis")
        await until(pilot, lambda: masks.size.width > width + 8)
        divider = pilot.app.screen.query_one("Divider")
        await pilot.mouse_down(divider, offset=(0, 2))
        await pilot.hover(pilot.app.screen, offset=(30, divider.region.y + 2))
        await pilot.mouse_up(pilot.app.screen, offset=(30, divider.region.y + 2))
        await until(pilot, lambda: abs(divider.region.x - 30) <= 1)


async def test_frames_are_listed_by_what_got_worst_and_say_what_is_not_counted(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await sees(pilot, "sky → car")
        await pilot.press("1")
        await sees(pilot, "+15.6 %", "f2 · broken 16 %  fixed 0 %  wrong 0 %")
        assert [line.split()[0].strip("▌") for line in lines(pilot.app)[4:8]] == ["f2", "f3", "f1", "f4"]
        await pilot.press("end")
        await sees(pilot, "f4 · not counted: a mask is missing")
        await pilot.press("enter")
        await sees(pilot, "no pixels of this frame are counted", "no changed region here")


async def test_a_query_narrows_everything(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await sees(pilot, "sky → car")
        await pilot.press("slash", *'delta.iou("road") > 0', "enter")
        await sees(pilot, "1 of 4 frames", "1 frame", "12.8k pixels", "sky → car   0 → 0   ")


async def test_one_set_alone_and_the_sets_swapped(store: Store) -> None:
    alone = Choice("masks", "val", "model_b")
    async with AquariumApp(store, alone).run_test(size=WIDE) as pilot:
        await sees(pilot, "model_b", "pixels   base", "+ other", "road → car   2 000")
        await pilot.press("enter", "enter")
        await sees(pilot, "f3", "road → car only", "wrong 1.60k px", "1 region")
        assert "only 0 px" not in shown(pilot.app), "there is nobody to have them alone"
        await pilot.press("a")
        await sees(pilot, "right 75%", "wrong 25%")
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await sees(pilot, "sky → car   0 → 1 600")
        await pilot.press("x")
        await sees(pilot, "base model_b", "sky → car   1 600 → 0   ~−1 600")


async def test_metrics_of_the_user_in_report_frames_and_matrix(tmp_path: Path) -> None:
    app = AquariumApp(make_store(tmp_path, metrics=True), CHOSEN)
    async with app.run_test(size=(160, 40)) as pilot:
        await sees(pilot, "your metrics", "latency ms ↓", "+6.67")
        await pilot.press("M")
        await sees(
            pilot,
            "pairs   delta: other − base",
            "road → car   1.5 → 4.5   ~+3",
            "too few frames to tell",
            "Frames 2",
        )
        await pilot.press("enter")
        await sees(pilot, "▼ f3", "0 → 4.5  +4.5", "▲ f1", "1.5 → 0  −1.5")
        await pilot.press("escape", "r", "tab", "enter")
        await sees(pilot, "by Δlatency ↓", "+20")
        assert isinstance(pilot.app.screen, FramesScreen)
        assert lines(pilot.app)[4].strip("▌ ").startswith("f2")


async def test_matrices_of_the_user_on_objects_lead_to_frames(tmp_path: Path) -> None:
    store = with_matrix(tmp_path)
    async with AquariumApp(store, scene.CHOSEN).run_test(size=WIDE) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("M")
        await sees(pilot, "pairs   delta", "car → cyclist   0 → 2   ~+2")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FrameScreen))
        assert of_type(FrameScreen, pilot.app.screen).frame == 2


async def test_counting_shows_how_far_it_is_and_can_be_left(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    from aquarium_tui.kinds.masks import pixel_counts

    held, seen = Event(), []

    def slow(*args, watch, **options):
        watch.progress(1, 4)
        while not held.is_set():
            held.wait(0.01)
            seen.append(watch.cancelled())
            watch.check()
        return count_pixels(*args, watch=watch, **options)

    monkeypatch.setattr(pixel_counts, "count_pixels", slow)
    async with AquariumApp(store, CHOSEN).run_test(size=WIDE) as pilot:
        await sees(pilot, "counting pixels, 1 of 4 frames")
        assert "no classes" not in shown(pilot.app), "nothing is said of what is not known yet"
        await pilot.press("escape")
        await sees(pilot, "model_a")
        await until(pilot, lambda: bool(seen) and seen[-1])
        held.set()
        assert app_of(pilot).view is None


async def open_frame(pilot, name: str) -> None:
    await sees(pilot, "sky → car")
    await pilot.press("1")
    await sees(pilot, "Δ errors")
    table = pilot.app.screen.query_one("#frames")
    row = int(name[1:]) - 1
    table.position = table.position_of(row)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, MaskScreen))
    await until(pilot, lambda: pilot.app.screen.regions is not None)


def with_matrix(root: Path) -> Store:
    """The objects of `scene` with a matrix of the user's: (car, cyclist) is 2 in f3 under other."""
    store = scene.make_store(root)
    dataset = store.load_dataset("street", "val")
    for name, at in (("model_a", 0.0), ("model_b", 2.0)):
        frame, label, inferred = (np.array(v, np.int32) for v in ([0, 1, 2, 3], [0] * 4, [1] * 4))
        number = np.array([0.0, 0.0, at, 0.0])
        values = MetricValues(number, frame, label, inferred, number)
        pairs = Metric("pairs", MetricKind.CONFUSION_MATRIX)
        store.put_metrics(dataset, name, (pairs,), {"pairs": values})
    return store
