"""What the screens look like, compared with pictures that were looked at once; others say what must be."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from aquarium_tui.tui.app import AquariumApp
from tests.tui.screen import app_of, sees, shown, until

Make = Callable[..., AquariumApp]


async def settled(pilot: Pilot[Any]) -> None:
    """Wait for the evidence, and until the screen does not change any more."""
    app = app_of(pilot)
    await until(pilot, lambda: app.evidence is not None and bool(app.evidence.fields), "evidence")
    await until(pilot, lambda: "▀▀▀" in shown(app), "pictures")
    same, before = 0, ""
    while same < 8:
        await pilot.pause(0.05)
        now = app.export_screenshot()
        same, before = (same + 1, before) if now == before else (0, now)


@pytest.mark.parametrize(("size", "name"), [((80, 24), "narrow"), ((120, 36), "normal")])
def test_metrics(snap_compare, make_app: Make, size: tuple[int, int], name: str) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await sees(pilot, "car missed")
        await settled(pilot)

    assert snap_compare(make_app(), terminal_size=size, run_before=before)


def test_frame(snap_compare, make_app: Make) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await sees(pilot, "car missed")
        await pilot.press("enter", "enter")
        await sees(pilot, "▼ broken")
        await settled(pilot)

    assert snap_compare(make_app(), terminal_size=(120, 36), run_before=before)


def test_samples(snap_compare, make_app: Make) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await sees(pilot, "car missed")
        await pilot.press("enter")
        await sees(pilot, "1 of 1")
        await settled(pilot)

    assert snap_compare(make_app(), terminal_size=(100, 30), run_before=before)


def test_frames(snap_compare, make_app: Make) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        await sees(pilot, "car missed")
        await pilot.press("1")
        await sees(pilot, "1 of 4")
        await settled(pilot)

    assert snap_compare(make_app(), terminal_size=(120, 36), run_before=before)
