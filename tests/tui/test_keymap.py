"""Keys of the user's: other keys for an action, and what is said of those that cannot be used."""

from pathlib import Path

import pytest

from aquarium_tui.config import Config, read_config
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.keymap import read_keymap, sign, textual_key
from aquarium_tui.tui.screens.samples import SamplesScreen
from aquarium_tui.tui.widgets.matrix import Matrix
from tests.narrow import present
from tests.tui.scene import CHOSEN
from tests.tui.screen import lines, sees, shown, until, view_of


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def write(text: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text)
        monkeypatch.setenv("AQUARIUM_CONFIG", str(path))
        return read_config()

    return write


async def test_a_new_key_works_and_the_old_one_does_not(store: Store, config) -> None:
    keys = config('[keys]\n"metrics.next_view" = "F8"\n"view.thresholds" = ["F5", "ctrl+t"]\n')
    async with AquariumApp(store, CHOSEN, config=keys).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "delta: other − base", "f8 View", "f5 Thresholds")
        assert "v View" not in lines(pilot.app)[-1]
        await pilot.press("v")
        await pilot.pause()
        assert "delta: other − base" in shown(pilot.app)
        await pilot.press("f8")
        await sees(pilot, "confusion   base")
        await pilot.press("question_mark")
        await sees(pilot, "F8           Show delta, counts")
        assert "v            Show" not in shown(pilot.app)
        await pilot.press("escape", "ctrl+t")
        await sees(pilot, "Thresholds and rule")


async def test_keys_of_widgets_dialogs_and_hints_follow(store: Store, config) -> None:
    keys = config(
        '[keys]\nquery.open = "ctrl+f"\nmove.page_down = "pagedown"\n"go.in" = "F7"\n"next.item" = "N"\n'
        '"thresholds.rule" = "ctrl+y"\n"app.metrics" = "7"\n"move.down" = ["down", "F9"]\n'
    )
    async with AquariumApp(store, CHOSEN, config=keys).run_test(size=(120, 36)) as pilot:
        await sees(pilot, "press ctrl+f to ask for frames and objects", "7 Metrics", "[ N lists")
        await pilot.press("T")
        await sees(pilot, "ctrl+y next rule")
        await pilot.press("ctrl+y", "enter")
        await until(pilot, lambda: present(view_of(pilot).comparison.settings).rule == "confidence")
        row = pilot.app.screen.query_one("#matrix", Matrix).cursor[0]
        await pilot.press("f9")
        await until(pilot, lambda: pilot.app.screen.query_one("#matrix", Matrix).cursor[0] == row + 1)
        await pilot.press("enter", "j")
        await pilot.pause()
        assert pilot.app.screen.query_one("#matrix", Matrix).cursor[0] == row + 1
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(pilot.app.screen, SamplesScreen))


async def test_the_program_opens_and_says_which_keys_cannot_be_used(store: Store, config) -> None:
    keys = config('theme = "aquarium"\n[keys]\n# mine\n"frames.mark" = "x"\n')
    app = AquariumApp(store, CHOSEN, config=keys)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed", "Some lines of config.toml were not applied", "config.toml, line 4:")
        await sees(pilot, '"x" already means sets.swap')
        await pilot.press("1")
        await sees(pilot, "space Mark")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('"metrics.nextview" = "V"', 2, 'no action "metrics.nextview". Did you mean "metrics.next_view"?'),
        ('"frames.mark" = 3', 2, "must be a text"),
        ('"frames.mark" = []', 2, "must be a text"),
        ('\n"frames.mark" = "spacebar"', 3, '"spacebar" is not a key'),
        ('"frames.mark" = "hyper+x"', 2, "only ctrl, alt and shift"),
        ('"frames.mark" = "ctrl+i"', 2, "terminals send it as Tab"),
        ('"frames.mark" = [\n  "Z",\n  "q",\n]', 2, '"q" already means app.quit in Frames'),
        ('"app.quit" = "F9"\n"frames.mark" = "F9"', 3, '"F9" already means app.quit in Frames'),
        ('frames.mark = "k"', 2, '"k" already means move.up in In a list'),
        ('"dialog.accept" = "x"', 2, "where that works, text is typed"),
        ('"metrics.list" = "M"', 2, "already means metrics.next_matrix"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(config, text: str, line: int, message: str) -> None:
    found = config(f"[keys]\n{text}\n")
    keymap, problems = read_keymap(found)
    assert len(problems) == 1
    assert f"config.toml, line {line}: " in problems[0]
    assert message in problems[0]
    assert keymap.keys("frames.mark") == ("space",)
    assert keymap.keys("metrics.list") == ("w",)


@pytest.mark.parametrize(
    "text",
    [
        '"sets.swap" = "B"\n"sets.base" = "x"',
        '"metrics.next_view" = "z"',
        '"masks.cell" = "r"',
        '"frames.mark" = ["space", "Z"]',
        '"go.in" = ["enter", "ctrl+j"]\n"dialog.accept" = ["enter", "ctrl+j"]',
    ],
    ids=["exchanged", "on another screen", "used elsewhere", "one more", "same meaning"],
)
def test_what_does_not_clash_is_taken(config, text: str) -> None:
    assert read_keymap(config(f"[keys]\n{text}\n"))[1] == ()


@pytest.mark.parametrize(
    ("written", "key", "printed"),
    [
        ("v", "v", "v"),
        ("?", "question_mark", "?"),
        (",", "comma", ","),
        ("+", "plus", "+"),
        (" ", "space", "Space"),
        ("Esc", "escape", "Escape"),
        ("F5", "f5", "F5"),
        ("Ctrl+S", "ctrl+s", "ctrl+s"),
        ("ctrl++", "ctrl+plus", "ctrl++"),
        ("shift+a", "A", "A"),
        ("less_than_sign", "less_than_sign", "<"),
        ("shift+ctrl+left", "ctrl+shift+left", "ctrl+shift+←"),
        ("ß", "ß", "ß"),
    ],
)
def test_names_of_keys(written: str, key: str, printed: str) -> None:
    assert textual_key(written) == key
    assert sign(key) == printed
