"""What is handed to others: the command for what is seen, and reports."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from aquarium_tui.__main__ import main
from aquarium_tui.store import Store
from aquarium_tui.tui.app import AquariumApp
from aquarium_tui.tui.screens.curves import CurvesScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from aquarium_tui.tui.screens.sums import SumsScreen
from tests.tui.screen import app_of, sees, until

Make = Callable[..., AquariumApp]


async def copied(pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch) -> str:
    found: list[str] = []
    monkeypatch.setattr(app_of(pilot), "copy", lambda text, what: found.append(text))
    await pilot.press("y")
    await until(pilot, lambda: bool(found), "a copied command")
    return found[0]


SETTINGS = "--base model_a --other model_b --confidence 0.1 --iou 0.5 --rule same-class"


async def test_the_command_suits_the_place(
    make_app: Make, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    async with make_app().run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        assert await copied(pilot, monkeypatch) == f"aquarium-tui open street/val {SETTINGS}"
        await pilot.press("enter")
        await sees(pilot, "New confusion 1", "1 of 1")
        objects = f"aquarium-tui objects street/val --cell car:background --list introduced {SETTINGS}"
        assert await copied(pilot, monkeypatch) == objects
        await pilot.press("enter")
        await sees(pilot, "▼ broken")
        part = "--region 0,20,400,180"  # The ids of this scene are those of several objects.
        render = f"aquarium-tui render street/val f2 --out f2.png {part} {SETTINGS}"
        assert await copied(pilot, monkeypatch) == render
        await pilot.press("minus", "minus", "minus", "comma", "c")
        hidden = f"aquarium-tui render street/val f2 --out f2.png --hide base --by-change {SETTINGS}"
        assert await copied(pilot, monkeypatch) == hidden
        await pilot.press("2", "K")
        await until(pilot, lambda: isinstance(pilot.app.screen, CurvesScreen))
        curves = f"aquarium-tui compare street/val --curves curves.csv {SETTINGS}"
        assert await copied(pilot, monkeypatch) == curves
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, MetricsScreen))
        await pilot.press("X")
        await until(pilot, lambda: isinstance(pilot.app.screen, SumsScreen))
        assert await copied(pilot, monkeypatch) == f"aquarium-tui compare street/val --ap-parts {SETTINGS}"
        await pilot.press("3")
        await sees(pilot, "1 scenario")
        assert await copied(pilot, monkeypatch) == f"aquarium-tui scenarios street/val {SETTINGS}"


LISTING = ["objects street/val --cell car:background --list introduced", "scenarios street/val"]


@pytest.mark.parametrize("command", LISTING)
def test_what_is_copied_can_be_run(
    command: str, store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    monkeypatch.setattr(sys, "argv", ["aquarium-tui", *shlex.split(f"{command} {SETTINGS}")])
    with pytest.raises(SystemExit) as left:
        main()
    assert not left.value.code and "f" in capsys.readouterr().out


async def test_a_report_is_written(make_app: Make, tmp_path: Path) -> None:
    async with make_app().run_test(size=(120, 36), notifications=True) as pilot:
        await sees(pilot, "car missed")
        await pilot.press("e")
        await sees(pilot, "Write a report", "street_val_model_b_model_a.html")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "r.txt")
        await pilot.pause()
        await pilot.press("enter")
        await sees(pilot, "neither .html nor .md")
        pilot.app.screen.query_one(Input).value = f"{'x/' * 3000}r.html"
        await pilot.pause()
        await pilot.press("enter")
        await sees(pilot, "There is no folder")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "r.html")
        await pilot.pause()
        await pilot.press("enter")
        await sees(pilot, "Wrote")
        assert "model_b compared with model_a" in (tmp_path / "r.html").read_text("utf-8")
