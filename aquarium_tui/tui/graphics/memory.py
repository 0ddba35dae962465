"""The pictures that a kitty-like terminal keeps, and the commands that put them there and take them away."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from os import getpid

from aquarium_tui.tui.graphics.tmux import through_tmux

NUMBERS = range(16, 256)
CHUNK, SLICE = 4096, 8192
WORTH_REPEATING = 4


@dataclass(eq=False)
class Stored:
    """A picture in the terminal.

    Attributes:
        number: Its number, 16..255.
        frames: How many frames it has; the first is 1.
        current: The frame that is to be seen.
        users: How many plates stand for a frame of it.
    """

    number: int
    frames: int = 1
    current: int = 1
    users: int = 1


class Memory:
    """A terminal's memory of pictures.

    Numbers start at a place that depends on the process, since several programs may share a terminal through
    tmux, and are used again as late as possible.

    Args:
        passthrough: Whether commands go through tmux to the terminal around it.
    """

    def __init__(self, passthrough: bool) -> None:
        self._passthrough = passthrough
        self._free = deque(NUMBERS)
        self._free.rotate(-(getpid() * 37 % len(NUMBERS)))
        self._held: dict[int, Stored] = {}
        self._unfinished = ""

    def new(self) -> Stored:
        """A picture under a number that no other has."""
        stored = Stored(self._free.popleft())
        self._held[stored.number] = stored
        return stored

    def transfer(self, keys: str, data: str, again: str = "") -> Iterator[str]:
        """A command with `data` in chunks, of which several make a slice.

        Args:
            keys: Keys of the first chunk.
            data: Base64.
            again: Keys that the other chunks need too.
        """
        text = ""
        for start in range(0, len(data), CHUNK):
            more = int(start + CHUNK < len(data))
            text += self.command(f"{again if start else f'{keys},'}q=2,m={more}", data[start : start + CHUNK])
            if len(text) >= SLICE or not more:
                self._unfinished = f"{again}q=2,m=0" if more else ""
                yield text
                text = ""

    def release(self, stored: Stored | None) -> str:
        """End a transfer that was broken off, and delete a picture that no plate stands for any more."""
        text, self._unfinished = self.command(self._unfinished) if self._unfinished else "", ""
        if stored:
            stored.users -= 1
            if not stored.users and self._held.get(stored.number) is stored:
                text += self._delete(stored.number)
        return text

    def clear(self) -> str:
        """Delete every picture."""
        return self.release(None) + "".join(map(self._delete, list(self._held)))

    def command(self, keys: str, payload: str = "") -> str:
        """A graphics command, wrapped where tmux stands between."""
        command = f"\x1b_G{keys};{payload}\x1b\\" if payload else f"\x1b_G{keys}\x1b\\"
        return through_tmux(command) if self._passthrough else command

    def repeated(self, character: str, times: int) -> str:
        """`character` and the order to repeat it, which older tmux obeys for ASCII only."""
        if self._passthrough or times < WORTH_REPEATING:
            return character * times
        return f"{character}\x1b[{times - 1}b"

    def _delete(self, number: int) -> str:
        """Delete a picture and its data."""
        del self._held[number]
        self._free.append(number)
        return self.command(f"a=d,d=I,i={number},q=2")
