"""The whole path by keys: metrics, a cell, its samples, the frame, and back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.widgets import OptionList

from aquarium_tui.compare.objects.comparison import ObjectComparison
from aquarium_tui.config import Config
from aquarium_tui.kinds.objects.presentation import ObjectPresentation
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.last_used import LastUsed
from aquarium_tui.store import Segments, Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.frames import FramesScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.samples import SamplesScreen
from aquarium_tui.tui.widgets.columns import Arrangement
from aquarium_tui.tui.widgets.table import Table
from tests.narrow import of_type, present
from tests.tui.scene import CHOSEN, make_store
from tests.tui.screen import app_of, leaves, lines, sees, shown, until, view_of

Make = Callable[..., AquariumApp]
SIZES = [(80, 24), (120, 36), (200, 50)]


async def test_the_verdict_is_the_first_line_of_metrics(make_app: Make) -> None:
    app = make_app()
    async with app.run_test(size=(200, 50)) as pilot:
        await sees(pilot, "on labels", "support")
        said = next(i for i, line in enumerate(lines(app)) if "on labels" in line)
        report = next(i for i, line in enumerate(lines(app)) if "support" in line)
        assert said < report


@pytest.mark.parametrize("size", SIZES)
async def test_from_the_worst_cell_to_the_object_and_back(make_app: Make, size: tuple[int, int]) -> None:
    async with make_app().run_test(size=size) as pilot:
        await sees(pilot, "street/val", "model_a", "model_b", "car missed", "~+1  =  +1 new − 0 fixed")
        assert isinstance(pilot.app.screen, MetricsScreen)
        await pilot.press("enter")
        await sees(pilot, "New confusion 1", "1 of 1", "car .90 → missed")
        assert isinstance(pilot.app.screen, SamplesScreen)
        await pilot.press("enter")
        await sees(pilot, "1 new confusion · 1st", "▼ broken")
        assert isinstance(pilot.app.screen, FrameScreen)
        ledger = of_type(ObjectComparison, view_of(pilot).comparison).ledger
        assert ledger.label[pilot.app.screen.row] == 3
        await pilot.press("escape")
        await sees(pilot, "New confusion 1")
        await pilot.press("escape")
        await sees(pilot, "confusion")
        assert isinstance(pilot.app.screen, MetricsScreen)


async def test_the_object_is_in_the_middle_of_the_picture(make_app: Make) -> None:
    async with make_app().run_test(size=(80, 40)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("enter", "enter")
        await sees(pilot, "▼ broken")
        picture = pilot.app.screen.query_one(Picture)
        await until(pilot, lambda: picture.view is not None and picture.view[2] - picture.view[0] < 400)
        left, top, right, bottom = present(picture.view)
        assert (left + right) / 2 == pytest.approx(260, abs=20)
        assert (top + bottom) / 2 == pytest.approx(100, abs=10)


async def test_moving_the_cell_cursor_changes_the_sentence_and_the_lists(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("down", "left")
        await sees(pilot, "cyclist → pedestrian   2 → 1   ~−1  =  +0 new − 1 fixed − 0 moved")
        await sees(pilot, "Fixed 1", "New confusion 0", "Unchanged 1", "pedestrian .90 → cyclist .95")
        await pilot.press("right_square_bracket", "right_square_bracket", "right_square_bracket")
        await sees(pilot, "pedestrian .50 → .65")
        await pilot.press("left")
        await sees(pilot, "cyclist correct   0 → 1   ~+1  =  +1 gained − 0 lost")
        await sees(pilot, "Lost 0", "Gained 1", "Kept 0")


async def test_the_matrix_shows_delta_base_other_and_percent(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "confusion   delta: other − base", "~+1")

        def row(name: str) -> list[str]:
            line = next(line for line in lines(pilot.app) if f"■ {name} " in line[52:])
            return (
                line[line.index(name, 52) + len(name) :]
                .replace("▐", " ")
                .replace("▌", " ")
                .strip("│ ")
                .split()
            )

        assert row("cyclist") == ["·", "~+1", "~−1", "·"]
        assert row("car") == ["~−1", "·", "·", "~+1"]
        for mode, expected in (("base", ["·", "0", "2", "·"]), ("other", ["·", "1", "1", "·"])):
            await pilot.press("v")
            await sees(pilot, f"confusion   {mode}")
            assert row("cyclist") == expected
        await pilot.press("v")
        await sees(pilot, "percent of row", "100→50%", "0→50%")
        await pilot.press("v")
        await sees(pilot, "percent of column")
        await pilot.press("v")
        await sees(pilot, "relative delta: Δ ÷ base", "~−50%", "new")


async def test_threshold_keys_recompute_everything(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "≥ .10", "car missed   0 → 1")
        await pilot.press(*["greater_than_sign"] * 15)
        await sees(pilot, "≥ .85", "car missed   1 → 1   ")
        await pilot.press("less_than_sign", "left_curly_bracket")
        await sees(pilot, "≥ .80", "≥ .45", "car missed   0 → 1")


async def test_thresholds_dialog_sets_each_side_and_the_rule(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("T")
        await sees(pilot, "Thresholds and rule")
        await pilot.press("ctrl+u", *"0.85", "down", "ctrl+u", *"7")
        await sees(pilot, "is not between 0 and 1")
        await pilot.press("ctrl+u", *"0.3", "ctrl+n", "enter")
        await sees(pilot, "≥ .85/.30", "confidence  ")
        settings = present(view_of(pilot).comparison.settings)
        assert (settings.base_confidence, settings.other_confidence) == (0.85, 0.3)


async def test_intervals_take_the_place_of_deltas_and_back(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await until(
            pilot, lambda: (known := app_of(pilot).evidence) is not None and known.precision is not None
        )
        await pilot.press("I")
        await sees(pilot, "95 % intervals of other − base", "~[−1.00, .000]")
        await pilot.press("I")
        await leaves(pilot, "intervals")
        await sees(pilot, "delta: other − base")


async def test_swap_turns_the_deltas_round(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed   0 → 1   ~+1")
        await pilot.press("x")
        await sees(pilot, "car missed   1 → 0   ~−1")
        settings = view_of(pilot).comparison.settings
        assert view_of(pilot).choice == replace(CHOSEN, base="model_b", other="model_a").under(settings)


async def test_walking_goes_on_into_the_next_frame(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "1 of 4  by Δ errors ↓")
        assert isinstance(pilot.app.screen, FramesScreen)
        await pilot.press("enter")
        await sees(pilot, "f2", "changed · 1st")

        def place() -> tuple[int, int | None]:
            screen = of_type(FrameScreen, pilot.app.screen)
            return screen.frame, screen.row

        seen: list[tuple[int, int | None]] = []
        for _ in range(3):
            seen.append(place())
            await pilot.press("n")
            await until(pilot, lambda: place() != seen[-1])
        assert [frame for frame, _ in seen] == [1, 1, 0]
        assert place()[0] == 0
        await pilot.press("right_square_bracket", "right_square_bracket")
        await sees(pilot, "no labels, and no inferences at these thresholds")


async def test_frames_sort_and_preview_follow_the_cursor(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "f2 · 2 labels · base 0 errors · other 2 errors")
        await pilot.press("S")
        await sees(pilot, "by Δ errors ↑")
        await pilot.press("s")
        await sees(pilot, "Sort by")
        await pilot.press(*"frame", "enter")
        await sees(pilot, "by frame ↑")
        body = [line.split()[0].strip("▌") for line in lines(pilot.app)[4:8]]
        assert body == ["f1", "f2", "f3", "f4"]


async def test_a_dataset_with_one_set_has_no_deltas(tmp_path) -> None:
    store = make_store(tmp_path / "single", sets=("model_b",))
    async with AquariumApp(store, Choice("street", "val")).run_test(
        size=(120, 36), notifications=True
    ) as pilot:
        await sees(pilot, "model_b", "confusion   base", "car missed   1")
        assert "Δ" not in shown(pilot.app)
        await pilot.press("x")
        await sees(pilot, "only one set is chosen")
        await pilot.press("enter")
        await sees(pilot, "In the cell 1")
        await pilot.press("enter")
        await sees(pilot, "missed")


async def test_the_store_lists_what_there_is(make_app: Make) -> None:
    async with make_app(None).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "street/val", "model_a, model_b", "5 inferences on 3 frames")
        await pilot.press("enter")
        await sees(pilot, "car missed")
        await pilot.press("escape")
        await sees(pilot, "uploaded")


async def test_an_empty_store_offers_the_demo_and_the_commands(tmp_path) -> None:
    async with AquariumApp(Store(tmp_path)).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "The store is empty", "Press D for the demo", "--inferences-id model_a")


async def test_help_lists_the_keys_of_the_screen(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("question_mark")
        await sees(
            pilot,
            "List all samples of this cell",
            "Show delta, counts, percents, relative Δ",
            "few: too few frames or labels to tell",
            "broken: only other is wrong",
        )
        await pilot.press(*"queries")
        await sees(pilot, "nothing like this")
        await pilot.press("ctrl+u", *"query")
        await sees(pilot, "Query frames and objects")
        assert "List all samples" not in shown(pilot.app)
        await pilot.press("ctrl+u", "question_mark")
        await sees(pilot, "car missed")


async def test_the_palette_lists_each_action_once(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert len(titles) == len(set(titles)) > 30
        assert sum("other set" in title for title in titles) == 1
        assert sum("quit" in title.lower() for title in titles) == 1


async def test_the_palette_opens_in_six_columns(make_app: Make) -> None:
    async with make_app().run_test(size=(6, 20)) as pilot:
        await pilot.press("ctrl+p", "a")
        options = "the commands that are found"
        await until(
            pilot, lambda: any(each.option_count for each in pilot.app.screen.query(OptionList)), options
        )
        await pilot.press("down", "escape")


async def test_layers_can_be_hidden(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("enter", "enter")
        await sees(pilot, "▼ broken")
        await pilot.press("L", "comma")
        await sees(pilot, "hidden: labels, base")
        await pilot.press("L", "comma", "c")
        await sees(pilot, "coloured by change")


async def test_base_and_other_are_chosen_by_name(store: Store) -> None:
    app = AquariumApp(store, Choice("street", "val", "model_a"))
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "model_a  + other", "confusion   base")
        await pilot.press("plus")
        await sees(pilot, "Choose other", "base now")
        await pilot.press(*"_b", "enter")
        await sees(pilot, "base model_a → other model_b", "car missed   0 → 1")
        await pilot.press("B", "down", "enter")
        await sees(pilot, "base model_b → other model_a", "car missed   1 → 0")


async def test_the_header_is_clicked_to_choose(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        for word, dialog in (
            ("model_b", "Choose other"),
            ("model_a", "Choose base"),
            ("same-class", "Thresholds and rule"),
        ):
            await pilot.click(offset=(lines(pilot.app)[0].index(word) + 2, 0))
            await sees(pilot, dialog)
            await pilot.press("escape")
            await leaves(pilot, dialog)
        await pilot.click(offset=(3, 0))
        await sees(pilot, "uploaded")


async def test_the_mouse_moves_the_cell_cursor_and_goes_in(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: any("■ cyclist" in line[55:] for line in lines(pilot.app)))
        screen = lines(pilot.app)
        y = next(i for i, line in enumerate(screen) if "■ cyclist" in line[55:])
        x = screen[y].index("−1")
        await pilot.click(offset=(x, y))
        await sees(pilot, "cyclist → pedestrian   2 → 1")
        await pilot.double_click(offset=(x, y))
        await until(pilot, lambda: isinstance(pilot.app.screen, SamplesScreen))


async def test_settings_choose_theme_and_palette(store: Store) -> None:
    app = AquariumApp(store, CHOSEN, config=Config(palette="colourblind"))
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        assert app.theme == "aquarium-colourblind"
        assert of_type(ObjectPresentation, app.presentation).painter.classes.evaluated_hex(0) == "#56b4e9"
    app = AquariumApp(store, CHOSEN, config=Config(theme="no such"))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "There is no theme no such")
        assert app.theme == "aquarium"


async def test_the_window_may_change_its_size_at_any_moment(make_app: Make) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        for size in [(200, 50), (60, 15), (120, 36)] * 2:
            await pilot.resize_terminal(*size)
        await sees(pilot, "car missed")
        await pilot.press("enter")
        for size in [(200, 60), (40, 10), (120, 36)] * 2:
            await pilot.resize_terminal(*size)
        await sees(pilot, "New confusion 1", "car .90 → missed")
        await pilot.press("enter")
        for size in [(200, 60), (40, 10), (120, 36)] * 2:
            await pilot.resize_terminal(*size)
        await sees(pilot, "▼ broken")


async def test_a_click_in_the_picture_marks_the_smallest_object_under_it(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "by Δ errors ↓")
        await pilot.press("enter")
        await sees(pilot, "changed · 1st")
        await pilot.press("z", "z")
        picture = pilot.app.screen.query_one(Picture)
        await until(pilot, lambda: picture.view == (0, 0, 400, 200))
        ledger = of_type(ObjectComparison, view_of(pilot).comparison).ledger

        async def marks(label: int) -> None:
            await until(pilot, lambda: ledger.label[of_type(FrameScreen, pilot.app.screen).row] == label)

        for label in (3, 2):
            left, top, right, bottom = view_of(pilot).comparison.dataset.labels.box[label]
            middle = ((left + right) / 2, (top + bottom) / 2)
            cells = [(x, y) for y in range(picture.size.height) for x in range(picture.size.width)]
            points = {cell: point for cell in cells if (point := picture.source_point(*cell))}
            nearest = min(
                points,
                key=lambda cell: abs(points[cell][0] - middle[0]) + abs(points[cell][1] - middle[1]),
            )
            await pilot.click(Picture, offset=nearest)
            await marks(label)


async def test_cells_as_a_ranked_list_filtered_by_class(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("w")
        await sees(pilot, "▼delta", "f filter")

        def listed() -> list[str]:
            rows = [line[56:].split("│")[0].strip("▌ ") for line in lines(pilot.app)[4:14]]
            return [row for row in rows if "−" in row or "+" in row]

        assert len(listed()) == 7
        await pilot.press("f", *"cycl", "enter")
        await until(pilot, lambda: len(listed()) == 3)
        assert all("cyclist" in row for row in listed())
        await pilot.press("f", "escape")
        await until(pilot, lambda: len(listed()) == 7)
        await pilot.press("r", "home", "down", "down", "down")  # past the three averages
        await sees(pilot, "cells of car")
        await until(pilot, lambda: len(listed()) == 2)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SamplesScreen))


async def test_many_classes_open_as_two_tables(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aquarium_tui.tui.screens.metrics.MOST_CLASSES", 2)
    async with AquariumApp(make_store(tmp_path), CHOSEN).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "inferred", "▼delta", "car missed   0 → 1")
        await pilot.press("enter")
        await sees(pilot, "New confusion 1", "car .90 → missed")


async def test_frames_are_marked_copied_asked_for_and_saved(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "1 of 4")
        first = pilot.app.screen.query_one("#frames", Table).order[:2].tolist()
        ids = [present(view_of(pilot).comparison.dataset.frames.id[row]) for row in first]
        await pilot.press("space", "space")
        await sees(pilot, "3 of 4  2 marked")
        app_of(pilot).terminal = Terminal(name="kitty")
        await pilot.press("Y")
        await until(pilot, lambda: pilot.app.clipboard == "\n".join(ids))
        await pilot.press("ctrl+s")
        await sees(pilot, "2 marked frames")
        await pilot.press(*"mine", "enter")
        segments = Segments(app_of(pilot).store.dataset_folder("street", "val"))
        await until(pilot, lambda: [(s.name, s.frames) for s in segments.all()] == [("mine", tuple(ids))])
        await until(pilot, lambda: isinstance(pilot.app.screen, FramesScreen))
        await pilot.press("equals_sign")
        await sees(pilot, f'frame.id in ("{ids[0]}", "{ids[1]}")')
        await pilot.press("enter")
        await sees(pilot, "2 of 4 frames")
        await until(pilot, lambda: pilot.app.screen.query_one("#frames", Table).has_focus)
        await pilot.press("asterisk")
        await until(pilot, lambda: not pilot.app.screen.query_one("#frames", Table).marks.any())


async def test_columns_are_chosen_and_stay_chosen(make_app: Make) -> None:
    app = make_app()
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "Δ errors")
        await pilot.press("C")
        await sees(pilot, "Space show or hide")
        await pilot.press("down", "space")
        await until(pilot, lambda: "labels" not in lines(pilot.app)[3])
        await pilot.press("down", "right", "right", "escape")
        table = pilot.app.screen.query_one("#frames", Table)
        await until(pilot, lambda: isinstance(pilot.app.screen, FramesScreen))
        assert [column.key for column in table.columns][:2] == ["frame", "base"]
        assert table.columns[1].width == 7
    again = Arrangement.of(LastUsed(app.store.root).columns("frames"))
    assert (again.hidden, again.widths) == (frozenset({"labels"}), {"base": 7})


async def test_ctrl_z_goes_to_the_shell(make_app: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[bool] = []

    def suspended(_: AquariumApp) -> None:
        gone.append(True)

    monkeypatch.setattr(AquariumApp, "action_suspend_process", suspended)
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: len(gone) == 1)


async def test_the_palette_says_each_action_once(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        titles = [command.title for command in pilot.app.get_system_commands(pilot.app.screen)]
        assert len(titles) == len(set(titles))
        assert "Choose the columns and their widths" in titles


async def test_the_focus_is_never_on_what_is_not_displayed(make_app: Make) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("r")
        await sees(pilot, "support")
        await pilot.press("down", "down", "down", "down", "enter")  # past the three averages, and car
        await sees(pilot, "cells of cyclist")
        assert present(pilot.app.focused).id == "cells"
        await pilot.press("r")
        await sees(pilot, "support")
        await pilot.press("tab")
        pilot.app.screen.set_focus(pilot.app.screen.query_one("#matrix"))
        await until(
            pilot, lambda: bool(pilot.app.focused and pilot.app.focused.region.area), "a focus that is seen"
        )


async def test_an_empty_list_says_why_and_a_screen_key_leads_back_to_it(make_app: Make) -> None:
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SamplesScreen), "samples")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, MetricsScreen), "Metrics")
        await pilot.press("f", *"zebra")
        await sees(pilot, "no cell has a class with zebra in its name: f filters")
        await pilot.press("escape", "1")
        await sees(pilot, "1 of 4")
        app_of(pilot).ask("frame.width < 0")
        await sees(pilot, "the query selects no frames: / changes it, Escape clears it")
        await pilot.press("slash", "left", "left", "ctrl+u", "enter")
        await sees(pilot, "1 of 4")
