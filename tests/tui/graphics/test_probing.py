"""The probe in terminals that answer, late, or not at all."""

import subprocess
import sys
from ast import literal_eval

import pytest

from aquarium_tui.errors import UsageError
from aquarium_tui.tui.graphics.probe import probe
from benchmarks.link import KITTY, PLAIN, TMUX, XTERM, Kind, Link

SCRIPT = """
import sys, time
from aquarium_tui.tui.graphics.probe import probe
begun = time.monotonic()
found = probe(timeout={timeout})
took = time.monotonic() - begun
assert "textual" not in sys.modules
print("FOUND", (found.graphics, found.truecolor, found.cell, found.typed, found.multiplexer, took), "END")
"""


def probed(kind: Kind, timeout: float = 2.0, **options: object) -> tuple:
    """Graphics, truecolor, cell, typed, multiplexer and seconds, as the probe finds them."""
    with Link([sys.executable, "-c", SCRIPT.format(timeout=timeout)], kind, **options) as link:
        link.wait(lambda data: b"END" in data)
        output = link.output.decode()
    assert "Traceback" not in output, output
    return literal_eval(output.split("FOUND ")[1].split(" END")[0])


@pytest.mark.parametrize("latency", [0.0, 0.3])
def test_kitty_near_and_far(latency: float) -> None:
    graphics, truecolor, cell, typed, _, took = probed(KITTY, latency=latency, cell=(9, 18))
    assert (graphics, truecolor, cell, typed) == ("kitty", True, (9, 18), b"")
    assert latency * 0.9 <= took < latency + 0.5, "one round trip"


def test_keys_typed_ahead_are_kept() -> None:
    graphics, *_, typed, _, _ = probed(KITTY, typed="jé".encode(), latency=0.1)
    assert (graphics, typed.decode()) == ("kitty", "jé")


def test_a_silent_terminal_is_not_waited_for_long() -> None:
    graphics, _, cell, _, _, took = probed(PLAIN, timeout=0.4)
    assert (graphics, cell) == ("half", (10, 20))
    assert took < 0.9


def test_a_terminal_without_size() -> None:
    assert probed(KITTY, size=(0, 0))[0] == "kitty"


def test_tmux_is_asked_twice() -> None:
    graphics, _, _, typed, multiplexer, _ = probed(TMUX, latency=0.05, environment={"TERM": "tmux-256color"})
    assert (graphics, multiplexer, typed) == ("kitty", "tmux 3.5a", b"")


def test_tmux_gets_no_question_that_it_takes_for_a_picture() -> None:
    with Link(
        [sys.executable, "-c", SCRIPT.format(timeout=1)], TMUX, environment={"TERM": "tmux-256color"}
    ) as link:
        link.wait(lambda data: b"END" in data)
        assert b"$qm" not in link.output


def test_sixel_terminals_are_known_by_their_attributes() -> None:
    assert probed(XTERM)[0] == "sixel"


def test_the_variable_chooses() -> None:
    assert probed(KITTY, environment={"AQUARIUM_GRAPHICS": "half"})[0] == "half"


def test_a_signal_while_asking_leaves_the_terminal_as_it_was() -> None:
    with Link([sys.executable, "-c", SCRIPT.format(timeout=5)], PLAIN) as link:
        link.wait(lambda data: b"\x1b[c" in data)
        assert not link.echoes()
        link.process.terminate()
        assert link.process.wait(3) == 143
        assert link.echoes()


def test_a_redirected_program_asks_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(timeout=1)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    assert "'none'" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_an_unknown_choice_is_named() -> None:
    with pytest.raises(UsageError, match="'svga'"):
        probe("svga")
