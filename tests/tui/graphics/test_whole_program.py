"""The program itself in a terminal a slow link away: the user's path, and how many bytes it takes."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.link import KITTY, TMUX, XTERM, Kind, Link
from benchmarks.screen import Screen
from tests.tui.graphics.test_in_terminal import HALF, ITERM, Session
from tests.tui.scene import make_store

SIZE = (100, 30)
CALM = 0.4


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_store(tmp_path).root


def opened(home: Path, kind: Kind, *arguments: str) -> Link:
    """`open street/val` on a link of 1 MB a second, 30 ms away."""
    command = [sys.executable, "-m", "aquarium_tui", "open", "street/val", *arguments]
    term = {"TERM": "tmux-256color"} if kind is TMUX else {}
    environment = {"AQUARIUM_HOME": str(home), "AQUARIUM_CONFIG": str(home / "none.toml"), **term}
    return Link(command, kind, SIZE, environment=environment, rate=1e6, latency=0.015)


def session_of(link: Link) -> Session:
    session = Session(link)
    session.screen = Screen(SIZE)
    return session


def has_picture(session: Session) -> bool:
    """Whether the colour of the objects that the images show is to be seen."""
    seen = np.asarray(session.look().image(), int)
    return bool((np.abs(seen - (180, 120, 60)).max(axis=2) < 60).mean() > 0.005) and not session.screen.lost


def sees_picture(session: Session) -> None:
    session.until(lambda: has_picture(session), "a picture")


def settled(session: Session) -> int:
    """Where in the log what follows begins, once nothing comes any more."""
    session.link.quiet(session.link.now, pause=CALM)
    return len(session.link.log)


@pytest.mark.parametrize(
    "kind", [KITTY, XTERM, ITERM, HALF, TMUX], ids=["kitty", "sixel", "iterm", "half", "tmux"]
)
def test_the_path_from_the_worst_cell_to_the_object(home: Path, kind: Kind) -> None:
    """Cell, samples, frame, a layer, help and back: the picture is there at every step."""
    with opened(home, kind) as link:
        session = session_of(link)
        session.reads("car missed")
        sees_picture(session)
        for keys, text in (
            ("\r", "1 of 1"),
            ("\r", "▼ broken"),
            ("L", "hidden: labels"),
            ("L", "label solid"),
        ):
            session.press(keys)
            session.reads(text)
            sees_picture(session)
        session.press("?")
        session.reads("Keys and signs")
        session.press("\x1b")
        session.until(lambda: "Keys and signs" not in session.look().text(), "the closed help")
        sees_picture(session)
        session.press("\x1b")
        session.reads("New confusion 1")
        sees_picture(session)
        session.press("q")
        link.process.wait(10)
        assert "Traceback" not in session.look().text()


@pytest.fixture
def frame(home: Path) -> Iterator[Session]:
    """The first frame of the list in kitty, its neighbours prepared."""
    with opened(home, KITTY) as link:
        session = session_of(link)
        session.reads("car missed")
        session.press("1")
        session.reads("1 of 4")
        session.press("\r")
        session.reads("▼ broken")
        sees_picture(session)
        settled(session)
        yield session


def test_bytes_of_the_next_frame_of_going_back_and_of_a_layer(frame: Session) -> None:
    mark = settled(frame)
    frame.press("]")
    settled(frame)
    assert frame.bytes_since(mark) < 60_000
    mark = settled(frame)
    frame.press("[")
    settled(frame)
    assert frame.bytes_since(mark) < 14_000, "placeholders and text only"
    mark = settled(frame)
    frame.press("L")
    frame.reads("hidden: labels")
    settled(frame)
    assert frame.bytes_since(mark) < 40_000, "the difference only"


def test_ctrl_z_and_fg_and_a_lost_connection(frame: Session) -> None:
    process = frame.link.process
    frame.press("\x1a")
    stopped = os.WSTOPPED | os.WNOWAIT | os.WNOHANG
    frame.until(lambda: os.waitid(os.P_PID, process.pid, stopped) is not None, "a program that has stopped")
    frame.until(lambda: not frame.look().pictures, "a terminal that is given back empty")
    os.kill(process.pid, signal.SIGCONT)
    sees_picture(frame)
    frame.press("]")
    frame.reads("f1  time_of_day day")
    sees_picture(frame)
    os.kill(process.pid, signal.SIGHUP)
    assert process.wait(10) == 128 + signal.SIGHUP
    assert "Traceback" not in frame.look().text()


def test_an_end_amid_a_picture_leaves_no_answers_to_the_shell(home: Path) -> None:
    """The terminal's answers to questions come after the key; a shell would take them for what is typed."""
    with opened(home, ITERM) as link:
        session = session_of(link)
        session.reads("car missed")
        sees_picture(session)
        settled(session)
        link.latency = 0.3
        mark = session.press("\r")
        session.until(lambda: any(b"]1337;" in data for _, data in link.log[mark:]), "a first piece")
        session.press("q")
        link.process.wait(10)
        link.quiet(link.now, pause=CALM)
        assert b"^[[" not in link.output
