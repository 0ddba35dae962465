"""The driver of the program in a terminal: bytes of every kind, signals, and a terminal that goes away."""

import os
import re
import shlex
import signal
import subprocess
import sys

import pytest

from benchmarks.link import KITTY, TMUX, XTERM, Kind, Link
from tests.tui.byte_strings import HARMFUL, random_strings
from tests.tui.graphics.test_in_terminal import Session
from tests.tui.quiet_program import READY

SIZE = (60, 22)
# Alternate screen, mouse in all encodings, bracketed paste, reports of the focus and of the window's size.
RESET = (1049, 1000, 1003, 1006, 1015, 1016, 2004, 1004, 2048)


def quiet_program() -> Link:
    return Link([sys.executable, "-m", "tests.tui.quiet_program"], KITTY, SIZE)


def picture_program(kind: Kind = KITTY) -> Link:
    term = {"TERM": "tmux-256color"} if kind is TMUX else {}
    return Link([sys.executable, "-m", "tests.tui.graphics.program"], kind, SIZE, environment=term)


@pytest.mark.parametrize("data", HARMFUL.values(), ids=HARMFUL)
def test_keys_are_answered_after_harmful_bytes(data: bytes) -> None:
    with quiet_program() as link:
        session = Session(link)
        session.reads("TOLD 0")
        link.press(data)
        link.press("\x1b[201~" + READY)
        session.reads("TOLD 1.")


@pytest.mark.parametrize("seed", [11, 12])
def test_keys_are_answered_after_any_bytes(seed: int) -> None:
    with quiet_program() as link:
        session = Session(link)
        session.reads("TOLD 0")
        strings = list(random_strings(seed, 300))
        for number in range(0, len(strings), 20):
            for data in strings[number : number + 20]:
                link.press(data)
            # An escape that has begun must be over before the next key: another escape ends it.
            link.press("\x1b[201~\x1b\x1b[201~" + READY)
            session.reads(f"TOLD {number // 20 + 1}.")
        assert link.process.poll() is None


def test_a_storm_of_changes_of_focus_holds_up_nothing() -> None:
    """Textual styles the whole screen anew at each: these took it a minute on a large screen."""
    with quiet_program() as link:
        session = Session(link)
        session.reads("TOLD 0")
        link.press(b"\x1b[O\x1b[I" * 2000)
        link.press(READY)
        session.reads("TOLD 1.")


def modes(link: Link) -> dict[int, bool]:
    """Which private modes are set at the end of all that was written."""
    found = re.findall(rb"\x1b\[\?(\d+)([hl])", link.output)
    return {int(number): switch == b"h" for number, switch in found}


def assert_restored(link: Link, session: Session) -> None:
    link.quiet(link.now, pause=0.2)
    session.look()
    assert not session.screen.pictures, "pictures left in the terminal"
    now = modes(link)
    assert [mode for mode in RESET if now.get(mode)] == []
    assert now[25], "the cursor"
    assert now[7], "line wrap"
    # Kitty's keyboard protocol is popped while the alternate screen, where it was pushed, is still shown.
    assert link.output.count(b"\x1b[>25u") <= link.output.count(b"\x1b[<u")
    assert link.output.rfind(b"\x1b[<u") < link.output.rfind(b"\x1b[?1049l")
    assert b"Traceback" not in link.output
    assert link.echoes(), "the keyboard as a shell wants it"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("kind", [KITTY, XTERM, TMUX], ids=["kitty", "sixel", "tmux"])
def test_a_signal_ends_the_program_in_good_order(number: signal.Signals, kind: Kind) -> None:
    with picture_program(kind) as link:
        session = Session(link)
        session.shows(0)
        os.kill(link.process.pid, number)
        assert link.process.wait(5) == 128 + number
        assert_restored(link, session)


def test_a_signal_ends_a_program_that_is_busy() -> None:
    """The event loop is blocked; the terminal is restored without it."""
    with picture_program() as link:
        session = Session(link)
        session.shows(0)
        link.press("w")
        session.reads("BUSY")
        os.kill(link.process.pid, signal.SIGTERM)
        assert link.process.wait(5) == 143
        assert_restored(link, session)


def test_signals_that_follow_change_nothing() -> None:
    """When a session ends, the kernel and the shell both send SIGHUP."""
    with picture_program() as link:
        session = Session(link)
        session.shows(0)
        for number in (signal.SIGHUP, signal.SIGHUP, signal.SIGTERM):
            os.kill(link.process.pid, number)
        assert link.process.wait(5) in (129, 143), "pending signals are handled in the order of their numbers"
        assert_restored(link, session)


def test_an_ignored_signal_stays_ignored() -> None:
    """As under nohup."""
    command = "trap '' HUP; exec " + shlex.join([sys.executable, "-m", "tests.tui.graphics.program"])
    with Link(["sh", "-c", command], KITTY, SIZE) as link:
        session = Session(link)
        session.shows(0)
        os.kill(link.process.pid, signal.SIGHUP)
        link.press("k")
        session.reads("KEYS k")


def test_a_signal_while_suspended_ends_the_program() -> None:
    with picture_program() as link:
        session = Session(link)
        session.shows(0)
        link.press("z")
        os.waitid(os.P_PID, link.process.pid, os.WSTOPPED | os.WNOWAIT)
        os.kill(link.process.pid, signal.SIGTERM)
        os.kill(link.process.pid, signal.SIGCONT)
        assert link.process.wait(5) == 143
        assert_restored(link, session)


def test_stops_and_resizes_after_the_end_change_nothing() -> None:
    """A thread may still run after the program has given the terminal back."""
    with picture_program() as link:
        session = Session(link)
        session.shows(0)
        link.press("Q")
        link.wait(lambda output: b"\x1b[?1049l" in output and link.echoes())
        os.kill(link.process.pid, signal.SIGTSTP)
        os.waitid(os.P_PID, link.process.pid, os.WSTOPPED | os.WNOWAIT)
        os.kill(link.process.pid, signal.SIGCONT)
        link.resize(70, 20)
        assert link.process.wait(5) == 0
        assert_restored(link, session)


def test_a_thread_that_never_ends_does_not_keep_the_program() -> None:
    with picture_program() as link:
        session = Session(link)
        session.shows(0)
        link.press("E")
        assert link.process.wait(10) == 0
        assert_restored(link, session)


def test_a_signal_after_the_end_ends_what_still_runs() -> None:
    with picture_program() as link:
        session = Session(link)
        session.shows(0)
        link.press("Q")
        link.wait(lambda output: b"\x1b[?1049l" in output and link.echoes())
        os.kill(link.process.pid, signal.SIGTERM)
        assert link.process.wait(5) == 143
        assert_restored(link, session)


def test_a_stop_that_nothing_announced() -> None:
    with picture_program() as link:
        session = Session(link)
        session.shows(0)
        os.kill(link.process.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, link.process.pid, os.WSTOPPED | os.WNOWAIT)
        os.kill(link.process.pid, signal.SIGCONT)

        def answered() -> bool:
            link.press("k")  # What comes while the terminal is set up again is lost.
            return "KEYS k" in session.look().text()

        session.until(answered, "an answer to a key")
        session.shows(0)
        link.press("q")
        assert link.process.wait(5) == 0
        assert_restored(link, session)


def test_a_terminal_that_goes_away_ends_the_program() -> None:
    """Also where no signal says so, since the program is not of the terminal's session."""
    master, terminal = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.graphics.program", "0.1"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(terminal)
    seen = b""
    while b"READY" not in seen:
        seen += os.read(master, 65536)
    os.close(master)
    assert process.wait(5) == 129
