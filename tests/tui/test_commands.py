"""The user's own commands, themes, columns and thresholds; taking things back."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from aquarium_tui.config import Config, read_config
from aquarium_tui.store import Segments, Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.controllers.commands import problem_of
from aquarium_tui.tui.keymap import Keymap
from tests.narrow import present
from tests.tui.scene import CHOSEN
from tests.tui.screen import app_of, leaves, sees, shown, until, view_of

Make = Callable[[str], Config]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    def write(text: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text)
        monkeypatch.setenv("AQUARIUM_CONFIG", str(path))
        return read_config()

    return write


async def test_a_command_is_told_what_is_under_the_cursor(store: Store, config: Make) -> None:
    own = config(
        '[[commands]]\nkey = "E"\nplace = "metrics"\ntitle = "Say the cell"\n'
        'run = "echo got {cell} of {frame.id}"\n'
        '[[commands]]\nkey = "ctrl+e"\nplace = "frame"\nrun = "ls {frame.path}"\n'
    )
    async with AquariumApp(store, CHOSEN, config=own).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("E")
        await sees(pilot, "got car:background of f2")
        await pilot.press("escape", "question_mark")
        await sees(pilot, "Your commands", "Say the cell")
        await pilot.press("escape", "ctrl+e")
        await pilot.pause()
        assert "f2.png" not in shown(pilot.app), "that is of another place"
        await pilot.press("enter", "enter")
        await sees(pilot, "▼ broken")
        await pilot.press("ctrl+e")
        await sees(pilot, "f2.png")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('key = "v"\nplace = "metrics"\nrun = "x"', "already means metrics.next_view"),
        ('key = "E"\nplace = "garden"\nrun = "x"', 'no place "garden"'),
        ('key = "E"\nrun = "x {frame.colour}"', 'asks for "frame.colour"'),
        ('key = "hyper+E"\nrun = "x"', "is not a key"),
    ],
)
def test_a_command_that_cannot_be_used_is_explained(config: Make, text: str, told: str) -> None:
    own = config(f"[[commands]]\n{text}\n")
    assert told in problem_of(own.commands[0], own, Keymap())


async def test_names_from_outside_are_quoted_for_the_shell(store: Store, config: Make) -> None:
    own = config('[[commands]]\nkey = "E"\nrun = "echo {query}"\n')
    query = 'frame.id = "$(echo pwned)" or frame.id = "f1"'
    chosen = replace(CHOSEN, query=query)
    async with AquariumApp(store, chosen, config=own).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "1 frame")
        await pilot.press("E")
        await sees(pilot, "$(echo pwned)")


async def test_the_image_is_opened_by_the_viewer_that_is_named(
    store: Store, config: Make, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    own = config(f'viewer = "echo {{frame.path}} > {seen}"\n')
    async with AquariumApp(store, CHOSEN, config=own).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "of 4")
        await pilot.press("o")
        await until(pilot, lambda: seen.exists() and seen.read_text().strip().endswith(".png"), "viewer")


async def test_comparisons_begin_with_the_users_thresholds_and_columns(store: Store, config: Make) -> None:
    own = config('[defaults]\nconfidence = 0.65\nrule = "overlap"\n[columns]\nframes = ["base", "delta"]\n')
    async with AquariumApp(store, replace(CHOSEN), config=own).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "conf ≥ .65", "overlap")
        await pilot.press("less_than_sign")
        await sees(pilot, "conf ≥ .60")
        await pilot.press("R")
        await sees(pilot, "conf ≥ .65")
        await pilot.press("1")
        await sees(pilot, "of 4", "Δ errors")
        assert "time_of_day" not in shown(pilot.app).split("▀")[0].splitlines()[3]


async def test_a_theme_of_the_users_own(store: Store, config: Make) -> None:
    own = config('theme = "mine"\n[themes.mine]\nprimary = "#aa3355"\nbackground = "#101020"\ndark = true\n')
    async with AquariumApp(store, CHOSEN, config=own).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        assert pilot.app.theme == "mine"
        assert app_of(pilot).theme_variables["background"].lower() == "#101020"


async def test_what_is_compared_and_marks_and_segments_come_back(store: Store) -> None:
    async with AquariumApp(store, CHOSEN).run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("greater_than_sign")
        await sees(pilot, "conf ≥ .15")
        await pilot.press("x")
        await sees(pilot, "base model_b → other model_a")
        await pilot.press("backspace")
        await sees(pilot, "base model_a → other model_b", "Taken back: model_b")
        await pilot.press("backspace")
        await sees(pilot, "conf ≥ .10")
        await pilot.press("backspace")
        await sees(pilot, "There is nothing to take back")
        await pilot.press("1")
        await sees(pilot, "of 4")
        await pilot.press("asterisk")
        await sees(pilot, "4 marked")
        await pilot.press("backspace")
        await leaves(pilot, "4 marked")
        await pilot.press("space", "ctrl+s", *"mine", "enter")
        await sees(pilot, 'as segment "mine"')
        segments = Segments(store.dataset_folder("street", "val"))
        await pilot.press("ctrl+o")
        await sees(pilot, "ctrl+d delete")
        await pilot.press("ctrl+d")
        await until(pilot, lambda: not segments.all(print), "deletion")
        await sees(pilot, "brings it back")
        await pilot.press("backspace")
        await until(pilot, lambda: [one.name for one in segments.all(print)] == ["mine"], "the segment")
        assert present(view_of(pilot))
