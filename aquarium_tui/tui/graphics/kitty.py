"""Kitty graphics: pictures are sent once, kept in the terminal, and shown by placeholder characters.

The number of a picture is the colour of its placeholders. Numbers 16 to 255 are written as indexed colours,
which every multiplexer and every setting of COLORTERM leaves alone; larger numbers need 24-bit colours, which
are rounded away where ssh does not pass COLORTERM on, and nothing is shown then. A picture that differs
little from the one it replaces is sent as a further frame of it, and going back and forth then costs a few
bytes.

Every command says `q=2`, no answer: Textual would take the answers for keys.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import getpid

import numpy as np
from PIL import Image

from aquarium_tui.render.captions import PlacedCaption
from aquarium_tui.tui.graphics.backend import PLAIN, Backend, Care, Plate, goto
from aquarium_tui.tui.graphics.geometry import CellGrid, CellMask, Piece, WidthHeight
from aquarium_tui.tui.graphics.rasters import PictureChange, difference, palette_png, reduced
from aquarium_tui.tui.graphics.wire import through_tmux

# Of pictures, as indexed colours: the first 16 of the 256 may be changed by themes and multiplexers.
NUMBERS = range(16, 256)
# The protocol allows 4096 bytes per command, and wants a multiple of 4.
CHUNK = 4096
# A placeholder takes four bytes in UTF-8, the order to repeat it about as many as one or two of them.
WORTH_REPEATING = 4

PLACEHOLDER = "\U0010eeee"
# 160 colours: 288 kB with 31.9 dB. 256 take 328 kB for 33.5 dB, 64 take 205 kB for 28.5 dB.
# A first impression has 64 colours and a quarter of the width and height: 18 kB, seen after 18 ms at 1 MB/s;
# with half the width and height it would be 60 kB.
# On a fast line, 255 colours and a pattern of points make skies smooth.
COLOURS, FEW_COLOURS, MANY_COLOURS = 160, 64, 255
ROUGH = 4  # the part of the width and height of a first impression
# The 288 kB above, and commands around them, are for 562,000 pixels.
BYTES_PER_PIXEL = 0.55
# Kitty keeps every frame as raw pixels, 2.2 MB at 1000 × 562, within a quota of 320 MB for everything. Ten
# are enough for switching layers on and off; the next change is sent as a new picture.
FRAMES = 10
# Rows of placeholders in one piece, about 100 bytes each: more than most terminals have.
ROWS = 64


@dataclass(eq=False)
class Stored:
    """A picture in the terminal.

    Attributes:
        number: Its number, 16..255.
        frames: How many frames it has; the first is 1.
        current: The frame that is to be seen.
        users: How many plates stand for one of its frames.
    """

    number: int
    frames: int = 1
    current: int = 1
    users: int = 1


class Memory:
    """A terminal's memory of pictures.

    Several programs may share a terminal through tmux, so numbers start at a place that depends on the
    process, and are reused as late as possible.

    Args:
        passthrough: How many tmux commands go through to the terminal around them.
    """

    def __init__(self, passthrough: int) -> None:
        self._passthrough = passthrough
        self._free = deque(NUMBERS)
        # 37 and 240 have no common factor: neighbouring process ids start far apart, and all places are used.
        self._free.rotate(-(getpid() * 37 % len(NUMBERS)))
        self._held: dict[int, Stored] = {}
        self._unfinished = ""

    def new(self) -> Stored:
        """A picture with a number that no other has."""
        stored = Stored(self._free.popleft())
        self._held[stored.number] = stored
        return stored

    def transfer(self, keys: str, data: str, size: int, again: str = "") -> Iterator[str]:
        """A command with `data` in chunks, as many to a slice as make `size` bytes.

        A transfer before it that was broken off is ended first.

        Args:
            keys: Keys of the first chunk.
            data: Base64.
            size: Bytes of a slice.
            again: Keys that the other chunks need as well.
        """
        text, chunk = self._end(), min(CHUNK, size // 4 * 4)
        for start in range(0, len(data), chunk):
            more = int(start + chunk < len(data))
            text += self.command(f"{again if start else f'{keys},'}q=2,m={more}", data[start : start + chunk])
            if len(text) >= size or not more:
                self._unfinished = f"{again}q=2,m=0" if more else ""
                yield text
                text = ""

    def release(self, stored: Stored | None) -> str:
        """End a transfer that was broken off, and delete a picture that no plate stands for any more."""
        text = self._end()
        if stored:
            stored.users -= 1
            if not stored.users and self._held.get(stored.number) is stored:
                text += self._delete(stored.number)
        return text

    def _end(self) -> str:
        """What ends a transfer that was broken off.

        Until its last chunk (`m=0`) has come, the terminal takes every command for a chunk of the transfer.
        """
        text, self._unfinished = self.command(self._unfinished) if self._unfinished else "", ""
        return text

    def clear(self) -> str:
        """Delete every picture."""
        return self.release(None) + "".join(map(self._delete, list(self._held)))

    def command(self, keys: str, payload: str = "") -> str:
        """A graphics command, wrapped where tmux stands between."""
        command = f"\x1b_G{keys};{payload}\x1b\\" if payload else f"\x1b_G{keys}\x1b\\"
        return through_tmux(command, self._passthrough)

    def repeated(self, character: str, times: int) -> str:
        """`character` and the order to repeat it, which older versions of tmux obey for ASCII only."""
        if self._passthrough or times < WORTH_REPEATING:
            return character * times
        return f"{character}\x1b[{times - 1}b"

    def _delete(self, number: int) -> str:
        """Delete a picture and its data."""
        del self._held[number]
        self._free.append(number)
        return self.command(f"a=d,d=I,i={number},q=2")


# The marks that number rows and columns of a placeholder, in the order of kitty's documentation: those of
# combining class 230 in Unicode 6.0 that take no part in a decomposition, as ranges of hexadecimal numbers.
_CODE_POINTS = """
305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 59c-5a1 5a8-5a9
5ab-5ac 5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec 730 732-733 735-736 73a 73d
73f-741 743 745 747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 829-82d 951 953-954 f82-f83 f86-f87
135d-135f 17dd 193a 1a17 1a75-1a7c 1b6b 1b6d-1b73 1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 1dc3-1dc9 1dcb-1dcc
1dd1-1de6 1dfe 20d0-20d1 20d4-20d7 20db-20dc 20e1 20e7 20e9 20f0 2cef-2cf1 2de0-2dff a66f a67c-a67d
a6f0-a6f1 a8e0-a8f1 aab0 aab2-aab3 aab7-aab8 aabe-aabf aac1 fe20-fe26 10a0f 10a38 1d185-1d189 1d1aa-1d1ad
1d242-1d244
"""


def _marks() -> str:
    """The characters of the ranges above, in order."""
    spans = [span.partition("-") for span in _CODE_POINTS.split()]
    return "".join(
        chr(code) for first, _, last in spans for code in range(int(first, 16), int(last or first, 16) + 1)
    )


MARKS = _marks()


@dataclass(eq=False)
class KittyPlate(Plate):
    """A picture ready to be sent, and where it is once it has been sent.

    Attributes:
        memory: Where it is sent.
        image: RGB, which later pictures are compared with.
        data: PNG in base64, to be sent; "" once it has been.
        stored: The picture in the terminal.
        frame: Its frame there.
    """

    memory: Memory
    image: Image.Image
    data: str = ""
    stored: Stored | None = None
    frame: int = 1

    def upload(self, size: int) -> Iterator[str]:
        """Send what the terminal does not have, and choose the frame."""
        if self.stored is None:
            yield from self._send(size)
        if self.stored and self.stored.current != self.frame:
            self.stored.current = self.frame
            yield self.memory.command(f"a=a,i={self.stored.number},c={self.frame},q=2")

    def _send(self, size: int) -> Iterator[str]:
        """Send all of it."""
        self.stored = self.memory.new()
        columns, rows = self.grid.cells
        keys = f"a=T,U=1,i={self.stored.number},c={columns},r={rows},f=100"
        yield from self.memory.transfer(keys, self.data, size)
        self.data = ""

    def paint(self, at: tuple[int, int], piece: Piece) -> str:
        """Rows of placeholders; only the first of a row names its place, the others follow from it.

        A full set of marks on every cell would take 8.6 bytes per cell instead of 4 or fewer.
        """
        assert self.stored is not None
        left, top, right, bottom = piece
        number, rest = self.stored.number, self.memory.repeated(PLACEHOLDER, right - left - 1)
        rows = (
            f"{goto(at, piece, y - top)}\x1b[0;38;5;{number}m{PLACEHOLDER}{MARKS[y]}{MARKS[left]}{rest}"
            for y in range(top, bottom)
        )
        return "".join(rows) + "\x1b[m"

    def differs(self, over: Plate) -> CellMask:
        """No cells if both are frames of one picture: the same placeholders show them."""
        return np.full(self.grid.cells[::-1], not self.shares(over))

    def shares(self, other: Plate) -> bool:
        """Frames of one picture do: a terminal shows one frame at a time."""
        return isinstance(other, KittyPlate) and self.stored is not None and self.stored is other.stored

    def release(self) -> str:
        """Delete the picture and its data when no plate stands for it any more."""
        stored, self.stored = self.stored, None
        return self.memory.release(stored)


@dataclass(eq=False)
class FramePlate(KittyPlate):
    """A picture that is sent as a change of another one.

    Attributes:
        change: What differs.
        over: The plate that it changes.
    """

    change: PictureChange | None = None
    over: KittyPlate | None = None

    def _send(self, size: int) -> Iterator[str]:
        """Send the change as a new frame; if that is broken off, there is no such frame."""
        over, change = self.over, self.change
        if over is None or change is None or over.stored is None:
            return
        x, y, width, height = change.box
        # A negative time (z) means that the frame is never shown by itself, as part of an animation. Unlike a
        # first transfer, each chunk must say again that it is a frame.
        keys = f"a=f,i={over.stored.number},c={over.frame},x={x},y={y},s={width},v={height},f=100,z=-1"
        yield from self.memory.transfer(keys, change.data, size, again="a=f,")
        over.stored.frames += 1
        over.stored.users += 1
        self.stored, self.frame = over.stored, over.stored.frames
        self.change = self.over = None


class Kitty(Backend):
    """The kitty back end.

    Args:
        passthrough: How many tmux commands go through to the terminal around them.
        frames: Whether the terminal supports frames.
    """

    room = (len(MARKS), len(MARKS))
    prompt = True
    chained = True

    def __init__(self, *, passthrough: int = 0, frames: bool = True) -> None:
        self._memory, self._frames = Memory(passthrough), frames

    def most(self, grid: CellGrid) -> WidthHeight:
        """Every pixel."""
        return grid.extent

    def piece(self, grid: CellGrid, size: int) -> WidthHeight:
        """All there is: placeholders are few bytes."""
        return grid.cells[0], ROWS

    def bytes(self, grid: CellGrid) -> int:
        """What its pixels take."""
        return round(grid.extent[0] * grid.extent[1] * BYTES_PER_PIXEL)

    def make(
        self,
        image: Image.Image,
        grid: CellGrid,
        care: Care = PLAIN,
        *,
        over: Plate | None = None,
        captions: Sequence[PlacedCaption] = (),
    ) -> KittyPlate:
        """Encode what differs from `over`, or everything; the terminal stretches it over the cells."""
        if self._frames and isinstance(over, KittyPlate) and _extensible(over, image, grid):
            change = difference(over.image, image, care.keep)
            if change:
                return FramePlate(grid, False, self._memory, image, change=change, over=over)
        if care.rough:
            size = (
                max(1, min(image.width, grid.extent[0] // ROUGH)),
                max(1, min(image.height, grid.extent[1] // ROUGH)),
            )
            image = image.resize(size, Image.Resampling.BOX)
        colours = FEW_COLOURS if care.rough else MANY_COLOURS if care.fine else COLOURS
        data = palette_png(reduced(image, colours, care.keep, smooth=care.fine))
        return KittyPlate(grid, care.rough, self._memory, image, data)

    def close(self) -> str:
        """Delete every picture in the terminal."""
        return self._memory.clear()


def _extensible(over: KittyPlate, image: Image.Image, grid: CellGrid) -> bool:
    """Whether `image` may become a frame of the picture of `over`."""
    stored = over.stored
    return (
        stored is not None and stored.frames < FRAMES and over.grid == grid and over.image.size == image.size
    )
