"""A program with a picture in a terminal: what is seen after what users do, and how many bytes it took."""

import os
import re
import signal
import sys
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks.link import KITTY, TMUX, XTERM, Kind, Link
from benchmarks.screen import Screen
from tests.tui.graphics.patches import Patches

SIZE = (60, 22)
HALF = Kind("plain 1", kitty=False, attributes="1;2", synchronised=False)
ITERM = Kind("iTerm2 3.5.0", kitty=False, attributes="62;4", synchronised=False)
KINDS = {"kitty": KITTY, "sixel": XTERM, "iterm": ITERM, "half": HALF, "tmux": TMUX}
TERM = {"tmux": {"TERM": "tmux-256color"}}
TOLERANCE = {HALF: 0.35, KITTY: 0.02, TMUX: 0.02}
LATE = 25.0
QUIET = 0.2


class Session:
    """The program in a terminal, and what is to be seen there."""

    def __init__(self, link: Link) -> None:
        self.link, self._fed = link, 0
        self.screen = Screen(SIZE)

    def look(self) -> Screen:
        """The screen now."""
        count = len(self.link.log)
        self.screen.feed(b"".join(data for _, data in self.link.log[self._fed : count]))
        self._fed = count
        return self.screen

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until something is to be seen."""
        end = monotonic() + LATE
        while not holds():
            assert monotonic() < end, f"{what} was never seen\n{self.look().text()}"
            sleep(0.03)

    def shows(
        self, number: int, mark: bool = False, covered: tuple[int, int, int, int] = (0, 0, 0, 0)
    ) -> None:
        """Wait until the picture is there, but for some cells."""
        most = TOLERANCE.get(self.link.kind, 0.05)
        self.until(
            lambda: self._off(number, mark, covered) < most and not self.screen.lost, f"picture {number}"
        )

    def gone(self) -> None:
        self.until(lambda: not np.asarray(self.look().image()).any(), "a screen without picture")

    def reads(self, text: str) -> None:
        self.until(lambda: text in self.look().text(), text)

    def _off(self, number: int, mark: bool, covered: tuple[int, int, int, int]) -> float:
        """Share of the pixels that are not as they should be."""
        seen = np.asarray(self.look().image().crop((0, 40, 600, 380)), int)
        expected = Patches(number, mark=mark).source().resize((600, 340), Image.Resampling.NEAREST)
        wrong = np.abs(seen - np.asarray(expected, int)).max(axis=2) > 90
        left, top, right, bottom = covered
        wrong[top * 20 : bottom * 20, left * 10 : right * 10] = False
        return float(wrong.mean())

    def press(self, key: str) -> int:
        """Press a key; gives where in the log what follows begins."""
        count = len(self.link.log)
        self.link.press(key)
        return count

    def settle(self) -> None:
        """Wait until nothing arrives any more."""
        self.link.quiet(self.link.now, pause=QUIET)

    def press_calmly(self, key: str) -> int:
        """Press a key when everything has arrived; gives where in the log what follows begins."""
        self.settle()
        return self.press(key)

    def bytes_since(self, mark: int) -> int:
        return sum(len(data) for _, data in self.link.log[mark:])


def program(kind: str, *, whole: bool = False, **options: Any) -> Link:
    command = [sys.executable, "-m", "tests.tui.graphics.program", "2", *(["whole"] if whole else [])]
    environment = {**TERM.get(kind, {}), **options.pop("environment", {})}
    return Link(command, KINDS[kind], SIZE, environment=environment, **options)


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_picture_survives_what_users_do(kind: str) -> None:
    """Dialog, toast, other page: the picture is there again, and around them meanwhile."""
    dialog, toast, note = (19, 6, 41, 13), (28, 10, 60, 19), (20, 4, 30, 7)
    with program(kind) as link:
        session = Session(link)
        session.shows(0)
        session.press("d")
        session.reads("DIALOG")
        session.shows(0, covered=dialog)
        session.press("c")
        session.shows(0)
        session.press("o")
        session.reads("NOTE")
        session.shows(0, covered=note)
        session.press("i")
        session.until(lambda: session.look().cells[6][23].text == "N", "the moved note")
        session.shows(0, covered=(23, 4, 33, 7))
        session.press("o")
        session.shows(0)
        session.press("t")
        session.reads("TOAST")
        session.shows(0, covered=toast)
        session.press("d")
        session.reads("DIALOG")
        session.press("c")
        session.shows(0, covered=toast)
        session.until(lambda: "TOAST" not in session.look().text(), "the end of the toast")
        session.shows(0)
        session.press("s")
        session.reads("the other page")
        session.gone()
        session.press("s")
        session.shows(0)
        session.press("e")
        session.reads("SPARSE")
        session.gone()
        session.press("c")
        session.shows(0)
        session.press("n")
        session.shows(1)
        assert "Traceback" not in session.look().text()


def test_few_bytes_in_kitty_and_none_of_the_users_settings_hide_it() -> None:
    """Also without colours, and where the program may think that there are only sixteen."""
    with program("kitty", whole=True, environment={"NO_COLOR": "1", "TERM": "xterm"}) as link:
        session = Session(link)
        session.shows(0)
        mark = session.press_calmly("n")
        session.shows(1)
        assert session.bytes_since(mark) < 12_000
        mark = session.press_calmly("p")
        session.shows(0)
        assert session.bytes_since(mark) < 2_000, "placeholders only"
        mark = session.press_calmly("m")
        session.shows(0, mark=True)
        assert session.bytes_since(mark) < 1_200, "the difference only"
        mark = session.press_calmly("m")
        session.shows(0)
        assert session.bytes_since(mark) < 800, "no picture again"
        session.press("\x10")
        session.reads("Search for commands")
        session.shows(0, covered=(0, 1, 60, 16))
        session.press("\x1b")
        session.shows(0)


def test_sixels_are_sent_once() -> None:
    with program("sixel", whole=True) as link:
        session = Session(link)
        session.shows(0)
        mark = session.press_calmly("n")
        session.shows(1)
        session.settle()
        written = b"".join(data for _, data in link.log[mark:])
        tops = re.findall(rb"\x1b\[(\d+);1H\x1b\[\?8452h\x1bP", written)
        assert len(tops) == len(set(tops)) > 3
        mark = session.press("k")
        session.reads("KEYS nk")
        session.settle()
        assert b"\x1bP0" not in b"".join(data for _, data in link.log[mark:])


def test_nothing_is_left_in_the_terminal() -> None:
    """Old pictures are deleted; all are when the program is suspended, and when it ends."""
    with program("kitty") as link:
        session = Session(link)
        session.shows(0)
        for number in range(1, 30):
            session.press("n")
            session.reads("KEYS " + "n" * number)
        session.shows(29)
        assert len(session.screen.pictures) <= 15
        session.press("z")
        os.waitid(os.P_PID, link.process.pid, os.WSTOPPED | os.WNOWAIT)
        session.until(lambda: not session.look().pictures, "a terminal that is given back empty")
        os.kill(link.process.pid, signal.SIGCONT)
        session.shows(29)
        session.reads("KEYS nnn")
        session.press("q")
        session.until(lambda: link.process.poll() is not None, "the end of the program")
        session.until(lambda: not session.look().pictures, "an empty terminal")


def test_a_resized_window_and_a_quiet_end() -> None:
    with program("kitty") as link:
        session = Session(link)
        session.shows(0)
        link.resize(40, 22)
        session.screen.size = (40, 22)
        session.screen.clear()
        os.killpg(link.process.pid, signal.SIGWINCH)
        session.until(
            lambda: any(kept.box == (40, 11) for kept in session.look().pictures.values()), "another box"
        )
        session.press("q")
        link.process.wait(5)
        session.until(lambda: not session.look().pictures, "an empty terminal")


def test_keys_are_answered_while_a_picture_is_on_its_way() -> None:
    """At 60 kB a second the picture takes a good while, and a newer one stops it."""
    with program("kitty", rate=60_000.0, latency=0.02) as link:
        session = Session(link)
        session.shows(0)
        for number in range(1, 4):
            session.press("n")
            mark = session.press("k")
            session.reads("KEYS " + "nk" * number)
            assert session.bytes_since(mark) < 25_000, "the answer waits behind little"
        session.shows(3)


def test_what_was_typed_ahead_comes() -> None:
    with program("kitty", typed=b"n", latency=0.05) as link:
        Session(link).shows(1)


def test_an_answer_that_comes_too_late_is_no_key() -> None:
    command = [sys.executable, "-m", "tests.tui.graphics.program", "0.1"]
    with Link(command, KITTY, SIZE, latency=1.2) as link:
        session = Session(link)
        session.reads("READY")
        session.until(lambda: link.now > 1.6, "the answers")
        session.press("k")
        session.reads("KEYS k ")
