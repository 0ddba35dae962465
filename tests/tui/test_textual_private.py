"""The keyboard of `TerminalDriver`: whatever bytes come, keys that follow are understood."""

import time
from collections.abc import Iterator

import pytest
from textual.events import AppFocus, CursorPosition, Event, Key, MouseDown, Paste, Resize
from textual.message import Message

from aquarium_tui.tui.textual_private import TerminalParser
from aquarium_tui.tui.textual_streams import KeyboardText
from tests.tui.byte_strings import HARMFUL, random_strings


class Keyboard:
    """A parser and what it made of bytes."""

    def __init__(self, *, late_replies: bool = False, resizes: bool = True) -> None:
        self.text = KeyboardText()
        self.parser = TerminalParser(late_replies=late_replies, resizes=lambda: resizes)

    def send(self, *pieces: bytes) -> list[Message]:
        return [message for piece in pieces for message in self.parser.feed(self.text.feed(piece))]

    def calm(self) -> list[Message]:
        """Nothing comes for a while."""
        messages = list(self.parser.release(self.text.pause()))
        if self.parser._timeout_time is not None:
            self.parser._timeout_time = 0.0
        return [*messages, *self.parser.tick()]

    def keys(self, *pieces: bytes) -> str:
        return "".join(m.character or f"<{m.key}>" for m in self.send(*pieces) if isinstance(m, Key))


@pytest.mark.parametrize("data", HARMFUL.values(), ids=HARMFUL)
def test_the_keys_after_harmful_bytes_are_understood(data: bytes) -> None:
    keyboard = Keyboard()
    keyboard.send(data)
    keyboard.calm()
    assert keyboard.keys(b"\x1b[201~", b"ok\x1b[A").endswith("ok<up>")


@pytest.mark.parametrize("seed", range(4))
def test_the_keys_after_any_bytes_are_understood(seed: int) -> None:
    keyboard = Keyboard()
    for number, data in enumerate(random_strings(seed, 1000)):
        middle = number % (len(data) + 1)
        keyboard.send(data[:middle], data[middle:])
        if number % 3 == 0:
            keyboard.calm()
            assert keyboard.keys(b"\x1b[201~", b"ok\x1b[A").endswith("ok<up>"), (seed, number, data)


@pytest.mark.parametrize(
    "answer",
    [
        b"\x1b_Gi=31;OK\x1b\\",
        b"\x1b_Gi=31;" + b"E" * 5000 + b"\x1b\\",
        b"\x1b]11;rgb:ffff/ffff/ffff\x07",
        b"\x1b]52;c;" + b"UXE=" * 2000 + b"\x1b\\",
        b"\x1bP>|kitty(0.41.1)\x1b\\",
        b"\x1b[?62;4;22c",
        b"\x1b[>1;4000;29c",
        b"\x1b[?0u",
        b"\x1b[6;20;10t",
        b"\x1b[" + b"1;" * 5000 + b"m",
    ],
)
def test_answers_that_nobody_asked_for_are_no_keys(answer: bytes) -> None:
    assert Keyboard().keys(answer, b"ok") == "ok"
    middle = len(answer) // 2
    assert Keyboard().keys(answer[:middle], answer[middle:], b"\x1b[A") == "<up>"


def test_half_a_long_answer_is_no_keys() -> None:
    keyboard = Keyboard()
    assert keyboard.keys(b"\x1b]52;c;" + b"UXE=" * 2000, b"UXE=") == ""
    assert keyboard.calm() == []
    assert keyboard.keys(b"ok") == "ok"


def test_bytes_that_are_not_utf_8_are_replaced() -> None:
    assert Keyboard().keys(b"caf\xe9 ok") == "caf\ufffd ok"
    pasted = Keyboard().send(b"\x1b[200~caf\xe9\x1b[201~", b"x")[0]
    assert isinstance(pasted, Paste)
    assert pasted.text == "caf\ufffd"


def test_what_is_pasted_is_no_command_for_the_terminal() -> None:
    messages = Keyboard().send(b"\x1b[200~a\x1b]0;title\x07b\t\xc2\x9bc\nd\x1b[201~", b"x")
    assert [message.text for message in messages if isinstance(message, Paste)] == ["a]0;titleb\tc\nd"]


def test_no_part_of_a_paste_is_a_key() -> None:
    keyboard = Keyboard()
    messages = keyboard.send(b"\x1b[200~a\x1b[Aq\x1b", b"\x1bq\x1b[20", b"1~", b"b")
    assert [type(message) for message in messages] == [Paste, Key]
    assert isinstance(messages[0], Paste)
    assert messages[0].text == "a[Aqq"


@pytest.mark.parametrize("key", [b"\x1b", b"\x1b[27u"])
def test_escape_ends_a_paste_whose_end_is_lost(key: bytes) -> None:
    keyboard = Keyboard()
    keyboard.send(b"\x1b[200~abc")
    assert keyboard.keys(b"q") == ""
    keyboard.calm()
    assert keyboard.keys(key, b"ok") == "ok"


def test_a_paste_may_come_in_pieces() -> None:
    for cut in range(1, 20):
        data = b"x\x1b[200~abc\x1b[201~yz"
        messages = Keyboard().send(data[:cut], data[cut:])
        assert [m.text for m in messages if isinstance(m, Paste)] == ["abc"], cut
        assert "".join(m.character or "" for m in messages if isinstance(m, Key)) == "xyz", cut


@pytest.mark.parametrize(
    ("data", "pauses", "key"),
    [
        (b"\x1b", 1, "escape"),
        (b"\x1ba", 1, "alt+a"),
        (b"\x1b[", 4, "left_square_bracket"),
        (b"\x1bO", 4, "alt+shift+o"),
    ],
)
def test_escape_and_alt_are_keys_soon(data: bytes, pauses: int, key: str) -> None:
    keyboard = Keyboard()
    messages = [*keyboard.send(data), *(message for _ in range(pauses) for message in keyboard.calm())]
    assert [m.key for m in messages if isinstance(m, Key)] == [key]


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b[<0;10;5M",
        b"\x1b[1;5C",
        b"\x1b[15~",
        b"\x1b[97;5u",
        b"\x1b[200~a\x1b]b\x1b[201~",
        b"\x1bOP",
        b"\x1b[Z",
    ],
)
@pytest.mark.parametrize("pauses", [0, 3])
def test_a_slow_line_may_deliver_a_key_in_pieces(data: bytes, pauses: int) -> None:
    def told(messages: list[Message]) -> list[str]:
        return [f"{type(m).__name__} {getattr(m, 'key', getattr(m, 'text', ''))}" for m in messages]

    whole = told(Keyboard().send(data, b"j"))
    # After an escape alone and a pause, the key has been taken; no letter may follow it where that is clear.
    for cut in range(1 if pauses == 0 or data[-1:] not in b"PZ" else 2, len(data)):
        keyboard = Keyboard()
        messages = keyboard.send(data[:cut])
        messages += [message for _ in range(pauses) for message in keyboard.calm()]
        messages += keyboard.send(data[cut:], b"j")
        assert told(messages) == ["Key escape"] * (cut == 1 and pauses > 0) + whole, cut


def test_a_sequence_that_never_ends_is_no_keys() -> None:
    for cut in (b"\x1b[<0;10", b"\x1b[1;"):
        keyboard = Keyboard()
        keyboard.send(cut)
        assert [message for _ in range(5) for message in keyboard.calm()] == []
        assert keyboard.keys(b"ok") == "ok"
        assert Keyboard().keys(cut, b"\x1b[A") == "<up>"


def test_characters_may_come_in_pieces() -> None:
    assert Keyboard().keys(b"\xc3", b"\xa9", "字".encode()[:2], "字".encode()[2:]) == "é字"


def test_old_mouse_reports_are_no_keys() -> None:
    keyboard = Keyboard()
    assert keyboard.keys(b"a\x1b[M \xc3\xa9b", b"\x1b[M", b"\xc3", b"\xa9!c") == "abc"
    assert keyboard.keys(b"d\x1b[M ") == "d"
    for _ in range(4):
        keyboard.calm()
    assert keyboard.keys(b"ef") == "ef"


def kinds(messages: list[Message]) -> list[type[Message]]:
    return [type(message) for message in messages]


def test_impossible_windows_are_not_believed() -> None:
    for report in (b"\x1b[48;0;0;0;0t", b"\x1b[48;24;80;0;0t", b"\x1b[48;99999;99999;9;9t"):
        keyboard = Keyboard()
        assert kinds(keyboard.send(report)) == []
        press = keyboard.send(b"\x1b[<0;7;5M")[0]
        assert isinstance(press, MouseDown)
        assert (press.x, press.y) == (6, 4), "in cells, as before"


def test_windows_are_believed_when_they_were_asked_for() -> None:
    assert kinds(Keyboard().send(b"\x1b[48;24;80;480;800t")) == [Resize]
    unasked = Keyboard(resizes=False)
    assert kinds(unasked.send(b"\x1b[48;24;80;480;800t")) == []
    press = unasked.send(b"\x1b[<0;7;5M")[0]
    assert isinstance(press, MouseDown)
    assert (press.x, press.y) == (6, 4)


def test_half_a_surrogate_pair_is_no_key() -> None:
    assert Keyboard().send(b"\x1b[55296;1u", b"\x1b[97;1;55296u") == []


def test_replies_to_the_probe_that_come_late_are_no_keys() -> None:
    late = b"a\x1bP>|kitty(0.41.1)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[?62;cb"
    assert Keyboard(late_replies=True).keys(late) == "ab"


def expected() -> Iterator[tuple[bytes, type[Event]]]:
    yield b"\x1b[12;40R", CursorPosition
    yield b"\x1b[I", AppFocus
    yield b"\x1b[<0;5;5M", MouseDown


@pytest.mark.parametrize(("data", "kind"), expected())
def test_what_terminals_answer_is_an_event_of_textual(data: bytes, kind: type[Event]) -> None:
    """If the cursor's position were none any more, every picture would wait a second for each slice."""
    assert kinds(Keyboard().send(data)) == [kind]


def test_a_long_paste_is_read_fast() -> None:
    keyboard, text = Keyboard(), b"x" * 300_000
    begun = time.process_time()
    pasted = keyboard.send(b"\x1b[200~" + text + b"\x1b[201~", b"x")[0]
    assert isinstance(pasted, Paste)
    assert len(pasted.text) == len(text)
    assert time.process_time() - begun < 3
