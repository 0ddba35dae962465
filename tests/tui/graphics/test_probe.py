"""What is drawn in terminals that people use, from what they answer, late or not at all."""

import re
import subprocess
import sys
from ast import literal_eval
from typing import Any, cast

import pytest

from aquarium_tui.errors import UsageError
from aquarium_tui.tui.graphics.probe import (
    ProbeFindings,
    TerminalLine,
    _look,
    complete,
    judge,
    parse,
    probe,
    without_replies,
)
from aquarium_tui.tui.graphics.terminal import Terminal, describe
from benchmarks import link as terminals
from benchmarks.link import Kind, Link

TRUE = "\x1bP1$r0;48:2:1:2:3m\x1b\\"
KITTY = f"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.41.1)\x1b\\\x1b[6;18;9t\x1b[4;540;900t{TRUE}\x1b[?62;c"
OLD_KITTY = KITTY.replace("0.41.1", "0.26.5")
GHOSTTY = f"\x1b_Gi=31;OK\x1b\\\x1bP>|ghostty 1.1.3\x1b\\\x1b[6;20;10t{TRUE}\x1b[?62;22c"
XTERM = f"\x1bP>|XTerm(379)\x1b\\\x1b[6;19;9t\x1b[?2;0;900;380S{TRUE}\x1b[?64;1;2;4;6;9;15;22c"
PLAIN_XTERM = "\x1bP>|XTerm(379)\x1b\\\x1b[6;19;9t\x1bP1$r0;48:2:1:2:3m\x1b\\\x1b[?1;2c"
MLTERM = "\x1b[6;19;10t\x1b[?1;3;0S\x1bP1$r0;48;5;16m\x1b\\\x1b[?63;1;2;3;4;7;29c"
FOOT = f"\x1bP>|foot(1.21.0)\x1b\\\x1b[6;18;9t\x1b[?2;0;1035;468S{TRUE}\x1b[?62;4;22c"
TMUX_33 = "\x1bP>|tmux 3.3a\x1b\\\x1b[?1;2c"
TMUX_35 = "\x1bP>|tmux 3.5a\x1b\\\x1b[6;18;9t\x1b[?2;3;0S\x1b[?1;2;4c"
WEZTERM = "\x1bP>|WezTerm 20240203-110809\x1b\\\x1b[6;18;9t\x1b[?65;4;6;18;22c"
ITERM = f"\x1bP>|iTerm2 3.5.0\x1b\\\x1b[6;18;9t{TRUE}\x1b[?64;1;2;4;6;17;18;21;22c"
CODE = "\x1bP>|xterm.js(5.6.0)\x1b\\\x1b[6;18;9t\x1bP1$r0m\x1b\\\x1b[?62;4;9;22c"


def judged(inner: str, outer: str = "", choice: str = "auto", **environment: str) -> Terminal:
    seen = ProbeFindings(
        parse(inner.encode())[0], parse(outer.encode())[0], (100, 30, 0, 0), b"", 0.03 if inner else 0.0
    )
    return judge(seen, choice, {"TERM": "xterm-256color", **environment})


@pytest.mark.parametrize(
    ("inner", "outer", "environment", "graphics", "truecolor"),
    [
        (KITTY, "", {}, "kitty", True),
        (KITTY, "", {"SSH_CONNECTION": "1"}, "kitty", True),
        (OLD_KITTY, "", {}, "sextants", True),
        (GHOSTTY, "", {}, "kitty", True),
        (XTERM, "", {}, "sixel", True),
        (PLAIN_XTERM, "", {}, "half", True),
        (MLTERM, "", {"COLORTERM": "truecolor"}, "sixel", False),
        (FOOT, "", {}, "sixel", True),
        (WEZTERM, "", {"COLORTERM": "truecolor"}, "iterm", True),
        (ITERM, "", {}, "iterm", True),
        (CODE, "", {"TERM_PROGRAM": "vscode", "COLORTERM": "truecolor"}, "iterm", True),
        (TMUX_33, KITTY, {}, "kitty", True),
        (TMUX_35, KITTY, {}, "kitty", True),
        (TMUX_35, "", {}, "half", True),
        (TMUX_35, XTERM, {}, "half", True),
        (TMUX_35, OLD_KITTY, {}, "sextants", True),
        (KITTY, "", {"STY": "1.pts"}, "half", False),
        ("", "", {}, "half", False),
        ("", "", {"COLORTERM": "24bit"}, "half", True),
        ("", "", {"TERM": "dumb"}, "none", False),
    ],
    ids=[
        "kitty", "kitty over ssh", "kitty without placeholders", "Ghostty", "xterm", "xterm without sixel",
        "mlterm", "foot", "WezTerm", "iTerm2", "VS Code", "kitty, tmux 3.3a", "kitty, tmux 3.5a",
        "tmux without passthrough", "xterm, tmux", "old kitty, tmux", "GNU screen", "silent",
        "silent, COLORTERM", "dumb",
    ],
)  # fmt: skip
def test_each_terminal_gets_what_it_can_show(
    inner: str, outer: str, environment: dict[str, str], graphics: str, truecolor: bool
) -> None:
    found = judged(inner, outer, **environment)
    assert found.graphics == graphics
    assert found.truecolor == truecolor


def test_pictures_go_through_two_tmux() -> None:
    tmux, kitty = parse(TMUX_35.encode())[0], parse(KITTY.encode())[0]
    nested = judge(ProbeFindings(tmux, kitty, round_trip=0.03, nested=2), "auto", {"TERM": "tmux-256color"})
    assert (nested.graphics, nested.passthrough, nested.frames) == ("kitty", 2, True)
    closed = judge(ProbeFindings(tmux, round_trip=0.03, nested=2), "auto", {"TERM": "tmux-256color"})
    assert closed.graphics == "half"
    assert "in the tmux around this one, too" in closed.advice[0]


class Recorded:
    """Terminals, one in the other, that answer what reaches them, and keep what is taken for a title."""

    screen = 9999  # not open

    def __init__(self, *names: str) -> None:
        self.names, self.title, self.written = names, "", b""

    def ask(self, questions: bytes, complete: object, timeout: float) -> tuple[bytes, float]:
        return self._reply(questions, 0), 0.01

    def write(self, data: bytes) -> None:
        self.written += data

    def _reply(self, data: bytes, level: int) -> bytes:
        wrapped = re.findall(rb"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\", data)
        plain = re.sub(rb"\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\", b"", data)
        name, answer = self.names[level], b""
        if b"\x1b_G" in plain:
            if name.startswith("kitty"):
                answer += b"\x1b_Gi=31;OK\x1b\\"
            elif not re.search(rb"\x1b\[22;2t\x1b_G[^\x1b]*\x1b\\\x1b\[23;2t", plain):
                self.title = "Gi=31"
        if b"\x1b[>q" in plain:
            answer += b"\x1bP>|%s\x1b\\" % name.encode()
        answer += b"\x1b[?62;c" if b"\x1b[c" in plain else b""
        if wrapped and level + 1 < len(self.names):
            answer += self._reply(b"".join(wrapped).replace(b"\x1b\x1b", b"\x1b"), level + 1)
        return answer


@pytest.mark.parametrize(
    ("names", "nested", "last"),
    [
        (("kitty(0.41.1)",), 0, ""),
        (("tmux 3.5a", "kitty(0.41.1)"), 1, "kitty"),
        (("tmux 3.5a", "tmux 3.3a", "kitty(0.41.1)"), 2, "kitty"),
        (("tmux 3.5a", "tmux 3.3a", "tmux 3.3a", "kitty(0.41.1)"), 2, "tmux"),
    ],
)
@pytest.mark.parametrize("term", ["tmux-256color", "xterm-256color"])
def test_the_terminal_around_is_asked_and_no_title_is_changed(
    names: tuple[str, ...], nested: int, last: str, term: str
) -> None:
    line = Recorded(*names)
    found = _look(cast("TerminalLine", line), 1.0, {"TERM": term})
    assert (found.nested, found.outer.name) == (nested, last)
    assert line.title == ""


def test_what_the_user_chooses_is_taken() -> None:
    assert judged(XTERM, choice="none").graphics == "none"
    assert judged("", choice="kitty").graphics == "kitty"


def test_frames_are_kittys_alone() -> None:
    assert judged(KITTY).frames
    assert judged(TMUX_33, KITTY).frames
    assert not judged(GHOSTTY).frames
    assert judged("\x1b[?1c", choice="kitty").frames, "what is named kitty by the user is taken for kitty"
    assert not judged(GHOSTTY, choice="kitty").frames


def test_the_size_of_a_cell_comes_from_where_it_is_known() -> None:
    answers = parse(KITTY.encode())[0]
    assert judge(ProbeFindings(answers, size=(100, 30, 1000, 600)), "auto", {}).cell == (10, 20)
    assert judged(KITTY).cell == (9, 18)
    assert judged("\x1b[4;540;900t\x1b[?1c").cell == (9, 18)
    assert judged("\x1b[?1c").cell == (10, 20)
    assert judge(ProbeFindings(size=(0, 0, 0, 0)), "auto", {}).cell == (10, 20)


def test_sixels_are_no_larger_than_xterm_says() -> None:
    assert judged(XTERM).sixel_limit == (900, 380)
    assert judged(MLTERM).sixel_limit is None


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (judged(TMUX_35), "allow-passthrough on"),
        (judged(TMUX_35, KITTY), "focus-events on"),
        (judged(OLD_KITTY), "0.28 or newer"),
        (judged("\x1b[?1c", STY="1"), "GNU screen"),
        (judged(""), "--graphics"),
        (judge(ProbeFindings(at_terminal=False), "auto", {}), "redirected"),
    ],
)
def test_what_would_help_is_said(found: Terminal, words: str) -> None:
    assert words in describe(found)


def test_a_terminal_is_described_in_lines() -> None:
    text = describe(judged(KITTY, SSH_TTY="/dev/pts/1"))
    assert "terminal     kitty 0.41.1" in text
    assert "pictures     kitty graphics" in text
    assert "colours      24 bit" in text
    assert "cell         9 × 18 pixels" in text
    assert "connection   ssh" in text
    assert "advice" not in text


def test_keys_among_the_replies_are_kept() -> None:
    _, typed = parse(b"j" + KITTY[:30].encode() + "é".encode() + KITTY[30:].encode() + b"\x1b[A")
    assert b"\x1b[A" in typed
    answers, typed = parse(f"j{KITTY}é\x1b[A".encode())
    assert answers.kitty
    assert typed.decode() == "jé\x1b[A"


@pytest.mark.parametrize("replies", [KITTY, XTERM, MLTERM, FOOT, TMUX_35, CODE])
def test_no_reply_is_taken_for_keys(replies: str) -> None:
    assert parse(replies.encode())[1] == b""
    assert without_replies(f"a{replies}b") == "ab"


def test_the_replies_are_complete_with_the_last() -> None:
    assert complete(KITTY.encode())
    assert not complete(KITTY[:-1].encode())


def test_a_name_cannot_write_to_the_screen() -> None:
    answers, _ = parse("\x1bP>|evil\x9b31m\x07(1)\x1b\\".encode())
    assert answers.name.isprintable()
    assert answers.version.isprintable()


SCRIPT = """
import sys, time
from aquarium_tui.tui.graphics.probe import probe
begun = time.monotonic()
found = probe(timeout={timeout})
took = time.monotonic() - begun
assert "textual" not in sys.modules
print("FOUND", (found.graphics, found.truecolor, found.cell, found.typed, found.multiplexer, took), "END")
"""


def probed(kind: Kind, timeout: float = 2.0, **options: Any) -> Any:
    """Graphics, truecolor, cell, typed, multiplexer and seconds, as the probe finds them."""
    with Link([sys.executable, "-c", SCRIPT.format(timeout=timeout)], kind, **options) as found:
        found.wait(lambda data: b"END" in data)
        output = found.output.decode()
    assert "Traceback" not in output, output
    return literal_eval(output.split("FOUND ")[1].split(" END")[0])


@pytest.mark.parametrize("latency", [0.0, 0.3])
def test_kitty_near_and_far(latency: float) -> None:
    graphics, truecolor, cell, typed, _, took = probed(terminals.KITTY, latency=latency, cell=(9, 18))
    assert (graphics, truecolor, cell, typed) == ("kitty", True, (9, 18), b"")
    assert latency * 0.9 <= took < latency + 0.5, "one round trip"


def test_keys_typed_ahead_are_kept() -> None:
    graphics, *_, typed, _, _ = probed(terminals.KITTY, typed="jé".encode(), latency=0.1)
    assert (graphics, typed.decode()) == ("kitty", "jé")


def test_a_silent_terminal_is_not_waited_for_long() -> None:
    graphics, _, cell, _, _, took = probed(terminals.PLAIN, timeout=0.4)
    assert (graphics, cell) == ("half", (10, 20))
    assert took < 0.9


def test_a_terminal_without_size() -> None:
    assert probed(terminals.KITTY, size=(0, 0))[0] == "kitty"


def test_tmux_is_asked_twice() -> None:
    graphics, _, _, typed, multiplexer, _ = probed(
        terminals.TMUX, latency=0.05, environment={"TERM": "tmux-256color"}
    )
    assert (graphics, multiplexer, typed) == ("kitty", "tmux 3.5a", b"")


def test_tmux_gets_no_question_that_it_takes_for_a_picture() -> None:
    with Link(
        [sys.executable, "-c", SCRIPT.format(timeout=1)],
        terminals.TMUX,
        environment={"TERM": "tmux-256color"},
    ) as found:
        found.wait(lambda data: b"END" in data)
        assert b"$qm" not in found.output


def test_sixel_terminals_are_known_by_their_attributes() -> None:
    assert probed(terminals.XTERM)[0] == "sixel"


def test_the_variable_chooses() -> None:
    assert probed(terminals.KITTY, environment={"AQUARIUM_GRAPHICS": "half"})[0] == "half"


def test_a_signal_while_asking_leaves_the_terminal_as_it_was() -> None:
    with Link([sys.executable, "-c", SCRIPT.format(timeout=5)], terminals.PLAIN) as found:
        found.wait(lambda data: b"\x1b[c" in data)
        assert not found.echoes()
        found.process.terminate()
        assert found.process.wait(3) == 143
        assert found.echoes()


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
