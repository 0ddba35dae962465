"""In every theme that comes with the program, text and signs have enough contrast."""

from collections.abc import Callable
from itertools import product

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from aquarium_tui.config import Config
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.graphics.terminal import Terminal
from aquarium_tui.tui.inks import SIGN, TEXT, THEMES, Inks, contrast
from aquarium_tui.tui.xterm_colours import FewColours, hex_of
from tests.narrow import present
from tests.tui.scene import CHOSEN
from tests.tui.screen import lines, sees

NAMES = [*(theme.name for theme in THEMES), *(n for n, theme in BUILTIN_THEMES.items() if not theme.ansi)]
GROUNDS = ("background", "surface", "panel")
TEXTS = ("", "strong", "dim", "good", "bad", "warn", "accent")
SIGNS = " ▀▄│─╭╮╰╯▁▔┃━▊▎"
CLASSES = ("#ffe04a", "#102030", "#7f7f7f", "#b5e61d")


def hexes(inks: Inks) -> list[str]:
    """Every ground that something is written on."""
    tints = [inks.tint(ink, share) for ink in ("good", "bad") for share in (0.06, 0.4)]
    return [*GROUNDS, *tints, *(inks.tint("accent", share) for share in (0.1, 0.15, 0.28, 0.3, 0.35))]


def styled(inks: Inks, ink: str, ground: str) -> float:
    style = inks.style(ink, ground)
    front, back = (present(present(color).triplet).hex for color in (style.color, style.bgcolor))
    return contrast(front, back)


@pytest.mark.parametrize("palette", ["default", "colourblind"])
def test_every_ink_is_readable_in_every_theme(store: Store, palette) -> None:
    app = AquariumApp(store, config=Config(palette=palette))
    for theme in THEMES:
        app.register_theme(theme)
    for name in NAMES:
        app.set_reactive(AquariumApp.theme, name)
        variables = app.get_css_variables()
        inks = Inks(app.screen_stack[0] if app.screen_stack else app)  # type: ignore[arg-type]
        for ink, ground in product(TEXTS, hexes(inks)):
            assert styled(inks, ink, ground) >= TEXT, (name, ink, ground)
        for ink, ground in product(CLASSES, hexes(inks)):
            assert styled(inks, ink, ground) >= SIGN, (name, ink, ground)
        for text, ground in product(("foreground", "text-muted", "text-disabled", "accent"), GROUNDS):
            assert contrast(*(Color.parse(variables[v]).hex6 for v in (text, ground))) >= TEXT, (name, text)
        assert inks.style("dim", "panel").color != inks.style("", "panel").color, name


async def rendered(pilot: Pilot[None], colours: set[tuple[str, str]]) -> None:
    for strip in pilot.app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            if style and style.color and style.bgcolor and segment.text.strip(SIGNS):
                colours.add(tuple(c.get_truecolor().hex for c in (style.color, style.bgcolor)))  # type: ignore[arg-type]


@pytest.mark.parametrize("theme", ["textual-light", "solarized-light", "nord"])
async def test_what_is_on_the_screen_is_readable(
    store: Store, make_app: Callable[[Choice], AquariumApp], theme: str
) -> None:
    app = AquariumApp(store, CHOSEN, config=Config(theme=theme))
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed", "press / to ask")
        colours: set[tuple[str, str]] = set()
        await rendered(pilot, colours)
        await pilot.press("question_mark")
        await sees(pilot, "Everywhere")
        await rendered(pilot, colours)
        low = {pair: contrast(*pair) for pair in colours if contrast(*pair) < SIGN}
        assert not low


FEW = Terminal(truecolor=False)


@pytest.mark.parametrize("theme", ["aquarium", "aquarium-light", "aquarium-colourblind"])
async def test_in_256_colours_all_words_can_be_read_and_better_and_worse_differ(
    store: Store, theme: str
) -> None:
    app = AquariumApp(store, CHOSEN, FEW, Config(theme=theme))
    async with app.run_test(size=(120, 36)) as pilot:
        colours: set[tuple[str, str]] = set()
        await sees(pilot, "car missed", "press / to ask")
        await rendered(pilot, colours)
        inks = Inks(app.screen)
        for ink, strength in product(("good", "bad"), (0.06, 0.23, 0.4)):
            ground = inks.tint(ink, strength)
            [shown] = FewColours().apply([Segment("-916", inks.style(ink, ground))], Color.parse(ground))
            red, green, blue = present(present(present(shown.style).color).get_truecolor())
            assert (green > red or blue > red) == (ink == "good"), (ink, strength)
        await pilot.press("enter")
        await sees(pilot, "lists")
        await rendered(pilot, colours)
        await pilot.press("question_mark")
        await sees(pilot, "Everywhere")
        await rendered(pilot, colours)
    assert colours <= set(product(map(hex_of, range(16, 256)), repeat=2))
    assert not {pair: contrast(*pair) for pair in colours if contrast(*pair) < TEXT}


async def test_without_colours_worse_and_unsure_still_differ(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = AquariumApp(store, CHOSEN)
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        inks = Inks(app.screen)
        looks = [(s.bold, s.underline, s.italic) for s in map(inks.style, ("good", "bad", "dim", ""))]
        assert len(set(looks)) == 4
        assert any("car" in line for line in lines(app))
