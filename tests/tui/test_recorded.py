"""What was looked at is written down, and shown again at another size, and where nobody looks."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from aquarium_tui.__main__ import main
from aquarium_tui.cli import exit_codes
from aquarium_tui.errors import UsageError
from aquarium_tui.store import Store
from aquarium_tui.tui.recorded import RecordedApp, Stop, read_stops
from aquarium_tui.tui.screens.frame import FrameScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen
from tests.narrow import of_type
from tests.tui.scene import CHOSEN
from tests.tui.screen import sees, until


async def recorded(store: Store, path: Path) -> None:
    """Metrics, a cell, its samples, a frame; then Frames under a query."""
    async with RecordedApp(store, CHOSEN, record=path).run_test(size=(160, 40)) as pilot:
        await sees(pilot, "car missed")
        await until(pilot, lambda: path.read_text().count("\n") == 2, "the first place")
        await pilot.press("down", "left")
        await sees(pilot, "cyclist → pedestrian   2 → 1")
        await until(pilot, lambda: '"cyclist", "pedestrian"' in path.read_text(), "the cell")
        await pilot.press("enter")
        await until(pilot, lambda: '"samples"' in path.read_text(), "samples")
        await pilot.press("enter")
        await until(pilot, lambda: '"object"' in path.read_text(), "the object")
        of_type(RecordedApp, pilot.app).ask("change = broken")
        await pilot.press("1")
        await until(pilot, lambda: "change = broken" in path.read_text(), "the query")


async def test_a_recording_says_where_the_user_was_and_how(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "seen.jsonl"
    await recorded(store, path)
    first, *lines = map(json.loads, path.read_text().splitlines())
    assert first["format"] == 1
    screens = [line["screen"] for line in lines]
    samples, frame = screens.index("samples"), screens.index("frame")
    assert set(screens[:samples]) == {"metrics"} and screens[-1] == "frames"
    assert lines[samples - 1]["spot"]["cell"] == ["cyclist", "pedestrian"]
    assert {"move.down", "move.left"} <= {id_ for line in lines[:samples] for id_ in line["actions"]}
    assert "go.in" in lines[samples]["actions"] and lines[samples]["spot"]["list"] == "fixed"
    assert lines[frame]["spot"]["frame"] == "f1"
    assert lines[-1]["choice"]["query"] == "change = broken"

    stops = read_stops(path)
    played = RecordedApp(store, CHOSEN, play=[replace(stops[at], at=0.0) for at in (0, -1, samples, frame)])
    async with played.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: len(played.told) == 4, "all places")
        screen = of_type(FrameScreen, pilot.app.screen)
        assert (screen.frame, screen.row, played.failed) == (0, lines[frame]["spot"]["object"], [])
        assert "aquarium-tui objects street/val --cell cyclist:pedestrian" in played.told[2]
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.screen, MetricsScreen))


def line(**changed: object) -> str:
    choice = {"project": "street", "dataset": "val", "base": "model_a", "other": "model_b"}
    row = {"at": 0, "actions": [], "mode": "metrics", "screen": "metrics", "spot": {}, "choice": choice}
    return json.dumps({**row, **changed}) + "\n"


def test_without_a_terminal_each_place_is_a_line(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seen.jsonl"
    places = [line(spot={"cell": ["car", "background"]}), line(screen="frame", spot={"frame": "gone"})]
    path.write_text('{"format": 1}\n' + "".join(places) + '{"at":')
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    monkeypatch.setattr(sys, "argv", ["aquarium-tui", "open", "street/val", "--play", str(path)])
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capsys.readouterr()
    assert left.value.code == 1 and 'step 2 cannot be shown: there is no frame "gone"' in err
    assert out.startswith("1  metrics: cell car missed\n   aquarium-tui open street/val --base model_a")


WRONG = ("{}", line().replace('"at": ', f'"at": {10**400}'), line(at=float("nan")))
DAMAGED = ("{}\n", *(wrong + "\n" + line() for wrong in WRONG))


@pytest.mark.parametrize("text", ["", "x", '{"format": 2}', *('{"format": 1}\n' + each for each in DAMAGED)])
def test_what_is_no_recording_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"not a (recording|place)"):
        read_stops(path)


def test_a_place_with_values_of_another_recording_is_told_and_not_waited_for(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seen.jsonl"
    walk = {"cell": ["car", "car"], "list": "fixed", "sort": "frame", "descending": True}
    spots = [walk | {"matrix": 7}, walk | {"list": "kept"}, walk | {"sort": "age"}]
    places = [line(screen="samples", spot=spot) for spot in spots]
    places += [line(screen="frame", spot={"frame": "f1", "object": row}) for row in (10**9, -1)]
    path.write_text('{"format": 1}\n' + "".join(places))
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    monkeypatch.setattr(exit_codes, "_WANTS", exit_codes._Wanted())
    arguments = ["aquarium-tui", "open", "street/val", "--play", str(path), "--errors", "json"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as left:
        main()
    said = json.loads(capsys.readouterr().err)["error"]
    assert left.value.code == said["exit_code"] == 1
    assert [why.partition(": ")[2] for why in said["message"].splitlines()] == [
        "there is no matrix 7.",
        'the cell has no list "kept" by "frame".',
        'the cell has no list "fixed" by "age".',
        "there is no object 1000000000.",
        "there is no object -1.",
    ]


def test_a_recording_of_no_place_ends_without_a_terminal(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "seen.jsonl"
    path.write_text('{"format": 1}\n')
    monkeypatch.setenv("AQUARIUM_HOME", str(store.root))
    monkeypatch.setattr(sys, "argv", ["aquarium-tui", "open", "street/val", "--play", str(path)])
    with pytest.raises(SystemExit) as left:
        main()
    assert not left.value.code


PLACES = [
    ("metrics", "K v right right ]"),
    ("frames", "enter L c + + shift+down"),
    ("metrics", "w f c a r enter r down down"),
    ("metrics", "_"),
]
"""Places with a key of their own, and keys pressed there; … waits until nothing is computed."""
KEYS = {"[": "left_square_bracket", "]": "right_square_bracket", "_": "underscore", "+": "plus"}


async def rests(pilot: Pilot[Any]) -> None:
    """No view and no curves are computed, and every message has been handled."""
    app = of_type(RecordedApp, pilot.app)
    await until(
        pilot, lambda: not app.busy and all(w.is_finished for w in app.workers if w.group == "curves")
    )
    await pilot.pause()


async def test_what_was_seen_is_seen_again_at_another_size(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, seen, again = tmp_path / "seen.jsonl", list[Stop](), list[Stop]()
    app = RecordedApp(store, CHOSEN)
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "car missed")
        for mode, keys in PLACES:
            app.action_go(mode)
            app.action_go(mode)
            for key in (*keys.split(), "…"):
                await (rests(pilot) if key == "…" else pilot.press(KEYS.get(key, key)))
            await until(pilot, lambda: app.stop is not None)
            seen += [replace(app.stop, at=0.0)] if app.stop else []
    path.write_text('{"format": 1}\n' + "".join(stop.line() for stop in seen))

    def look(played: RecordedApp, number: int, stop: Stop) -> None:
        assert played.stop
        again.append(played.stop)
        played.told.append(str(number))

    monkeypatch.setattr(RecordedApp, "_tell", look)
    played = RecordedApp(store, CHOSEN, play=read_stops(path))
    async with played.run_test(size=(80, 24)) as pilot:
        for number in range(len(PLACES)):
            await until(pilot, lambda least=number: len(played.told) + len(played.failed) > least)  # type: ignore[misc]
    assert not played.failed
    for wanted, found in zip(seen, again, strict=True):
        assert (found.screen, found.choice) == (wanted.screen, wanted.choice)
        assert json.loads(found.line())["spot"] == json.loads(wanted.line())["spot"]
