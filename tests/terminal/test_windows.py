"""The picture in real terminals, on the machines that have them."""

import sys
from functools import partial

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.render.captions import CAPTION_GROUND, CAPTION_WORDS
from aquarium_tui.tui.graphics.geometry import fit, whole
from tests.terminal.window import COLUMNS, ROWS, TERMINALS, Window, missing
from tests.tui.graphics.patches import Boxes, Patches

PROGRAM = [sys.executable, "-m", "tests.tui.graphics.program"]
DIALOG = (19, 8, 41, 15)
NOTHING = (0, 0, 0, 0)


def off(window: Window, number: int, covered: tuple[int, int, int, int]) -> float:
    """Share of the picture's pixels that are not as they should be, but for the cells that are covered."""
    width, height = window.cell
    grid = fit(whole(Patches().size), (COLUMNS, ROWS - 1), window.cell)
    left, top = (COLUMNS - grid.cells[0]) // 2, (ROWS - 1 - grid.cells[1]) // 2
    box = (left * width, top * height, left * width + grid.extent[0], top * height + grid.extent[1])
    seen = np.asarray(window.look().crop(box), int)
    wrong = np.abs(
        seen - np.asarray(Patches(number).source().resize(grid.extent, Image.Resampling.NEAREST), int)
    )
    far = wrong.max(axis=2) > 90
    far[
        max(covered[1] - top, 0) * height : max(covered[3] - top, 0) * height,
        max(covered[0] - left, 0) * width : max(covered[2] - left, 0) * width,
    ] = False
    return float(far.mean())


def seen(window: Window, colour: tuple[int, int, int]) -> bool:
    """Whether a line of a colour is seen."""
    return near(window, colour) > 200


def near(window: Window, colour: tuple[int, int, int]) -> int:
    """Pixels of the window that are as good as of a colour."""
    away = np.abs(np.asarray(window.look(), int) - colour).max(axis=2)
    return int((away <= 25).sum())


@pytest.mark.parametrize("terminal", list(TERMINALS))
def test_marks_have_their_colours_and_captions_can_be_read(terminal: str) -> None:
    """Where pictures are made of characters, captions are in letters of the terminal."""
    if lacking := missing(terminal):
        pytest.skip(lacking)
    with Window(terminal, PROGRAM) as window:
        window.until(lambda: off(window, 0, NOTHING) < 0.35, "the picture")
        window.press("b")
        for colour in Boxes().colors:
            window.until(partial(seen, window, colour), f"the colour {colour}")
        window.until(lambda: near(window, CAPTION_WORDS) > 100, "the letters of captions")
        window.until(lambda: near(window, CAPTION_GROUND) > 2000, "what is behind them")


@pytest.mark.parametrize("terminal", list(TERMINALS))
def test_the_picture_is_seen(terminal: str) -> None:
    """At first, under a dialog, after it, and the next one."""
    if lacking := missing(terminal):
        pytest.skip(lacking)
    most = 0.35 if terminal == "xterm without sixel" else 0.12
    with Window(terminal, PROGRAM) as window:
        window.until(lambda: off(window, 0, NOTHING) < most, "the picture")
        window.press("d")
        window.until(lambda: off(window, 0, NOTHING) - off(window, 0, DIALOG) > 0.05, "the dialog")
        window.until(lambda: off(window, 0, DIALOG) < most, "the picture under the dialog")
        window.press("c")
        window.until(lambda: off(window, 0, NOTHING) < most, "the picture after the dialog")
        window.press("n")
        window.until(lambda: off(window, 1, NOTHING) < most, "the next picture")
