"""Kitty graphics: pictures are sent once, kept in the terminal, and shown by placeholder characters.

The number of a picture is the colour of its placeholders. Numbers 16 to 255 are written as indexed colours, which
every multiplexer and every setting of COLORTERM leaves alone. A picture that differs little from the one it replaces
is sent as a further frame of it, and going back and forth between the two then costs a few bytes.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from os import getpid

from PIL import Image

from aquarium_tui.tui.graphics.backend import goto
from aquarium_tui.tui.graphics.diacritics import MARKS
from aquarium_tui.tui.graphics.geometry import Grid, Piece, Size
from aquarium_tui.tui.graphics.png import difference, palette_png
from aquarium_tui.tui.graphics.tmux import through_tmux

PLACEHOLDER = "\U0010eeee"
NUMBERS = range(16, 256)
CHUNK, SLICE = 4096, 8192
COLOURS, FEW_COLOURS = 256, 64
FRAMES = 10
ROWS = 64


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


@dataclass(eq=False)
class KittyPlate:
    """A picture ready to be sent, and where it is once it has been.

    Attributes:
        grid: The cells.
        image: RGB, what later pictures are compared with; None for a first impression.
        data: What is sent: a PNG in base64.
        box: Left, top, width, height of what the data changes in `over`.
        over: The plate that this one is a change of.
        stored: The picture in the terminal.
        frame: Its frame.
    """

    grid: Grid
    image: Image.Image | None
    data: str
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    over: "KittyPlate | None" = None
    stored: Stored | None = None
    frame: int = 1

    @property
    def rough(self) -> bool:
        """Whether it is a first impression only."""
        return self.image is None


class Kitty:
    """The kitty back end.

    Args:
        passthrough: Whether commands go through tmux to the terminal around it.
        frames: Whether the terminal knows frames.
    """

    prompt = True
    chained = True

    def __init__(self, *, passthrough: bool = False, frames: bool = True) -> None:
        self._passthrough, self._frames = passthrough, frames
        self._free = deque(NUMBERS)
        self._free.rotate(-(getpid() * 37 % len(NUMBERS)))
        self._unfinished = ""

    def most(self, grid: Grid) -> Size:
        """Every pixel."""
        return grid.extent

    def piece(self, grid: Grid) -> Size:
        """All there is: placeholders are few bytes."""
        return grid.cells[0], ROWS

    def make(
        self, image: Image.Image, grid: Grid, *, rough: bool = False, over: KittyPlate | None = None
    ) -> KittyPlate:
        """Encode what differs from `over`, or all; the terminal stretches it over the cells."""
        if over and self._extensible(over, image, grid):
            assert over.image is not None
            change = difference(over.image, image)
            if change:
                return KittyPlate(grid, image, change.data, change.box, over)
        if rough:
            small = image.resize((max(1, image.width // 4), max(1, image.height // 4)), Image.Resampling.BOX)
            return KittyPlate(grid, None, palette_png(small, FEW_COLOURS))
        return KittyPlate(grid, image, palette_png(image, COLOURS))

    def upload(self, plate: KittyPlate) -> Iterator[str]:
        """Send what the terminal has not, and choose the frame."""
        if plate.stored is None and plate.over:
            yield from self._extend(plate, plate.over)
        elif plate.stored is None:
            plate.stored = Stored(self._free.popleft())
            columns, rows = plate.grid.cells
            keys = f"a=T,U=1,i={plate.stored.number},c={columns},r={rows},f=100"
            yield from self._slices(keys, "", plate.data)
        plate.data, plate.over = "", None
        if plate.stored and plate.stored.current != plate.frame:
            plate.stored.current = plate.frame
            yield self._command(f"a=a,i={plate.stored.number},c={plate.frame},q=2")

    def paint(self, plate: KittyPlate, at: tuple[int, int], piece: Piece) -> str:
        """Rows of placeholders; only the first of a row names its place, the others follow from it."""
        assert plate.stored is not None
        left, top, right, bottom = piece
        rest = self._run(right - left - 1)
        number = plate.stored.number
        rows = (
            f"{goto(at, piece, y - top)}\x1b[0;38;5;{number}m{PLACEHOLDER}{MARKS[y]}{MARKS[left]}{rest}"
            for y in range(top, bottom)
        )
        return "".join(rows) + "\x1b[m"

    def painted(self, plate: KittyPlate, over: KittyPlate) -> bool:
        """Frames of one picture are seen through the same placeholders."""
        return plate.stored is not None and plate.stored is over.stored and plate.grid == over.grid

    def release(self, plate: KittyPlate) -> str:
        """Delete the picture and its data when no plate stands for it any more; its number is used again last."""
        stored, plate.stored = plate.stored, None
        ended = self._end()
        if stored is None:
            return ended
        stored.users -= 1
        if stored.users:
            return ended
        self._free.append(stored.number)
        return ended + self._command(f"a=d,d=I,i={stored.number},q=2")

    def close(self) -> str:
        """Delete every picture that is in the terminal."""
        used = [number for number in NUMBERS if number not in self._free]
        self._free.extend(used)
        return self._end() + "".join(self._command(f"a=d,d=I,i={number},q=2") for number in used)

    def _run(self, length: int) -> str:
        """Placeholders without marks: one and its repetition, but older tmux repeats only ASCII."""
        if self._passthrough or length < 4:
            return PLACEHOLDER * length
        return f"{PLACEHOLDER}\x1b[{length - 1}b"

    def _extensible(self, over: KittyPlate, image: Image.Image, grid: Grid) -> bool:
        """Whether `image` may become a frame of the picture of `over`."""
        return (
            self._frames
            and over.image is not None
            and over.stored is not None
            and over.stored.frames < FRAMES
            and over.grid == grid
            and over.image.size == image.size
        )

    def _extend(self, plate: KittyPlate, over: KittyPlate) -> Iterator[str]:
        """Send a change as a new frame; if it is broken off, there is no such frame."""
        stored = over.stored
        if stored is None:
            return
        x, y, width, height = plate.box
        keys = f"a=f,i={stored.number},c={over.frame},x={x},y={y},s={width},v={height},f=100,z=-1"
        yield from self._slices(keys, "a=f,", plate.data)
        stored.frames += 1
        stored.users += 1
        plate.stored, plate.frame = stored, stored.frames

    def _slices(self, keys: str, again: str, data: str) -> Iterator[str]:
        """`data` in chunks, several to a slice; `again` are the keys that every chunk needs."""
        text = ""
        for start in range(0, len(data), CHUNK):
            more = int(start + CHUNK < len(data))
            text += self._command(
                f"{keys},q=2,m={more}" if start == 0 else f"{again}q=2,m={more}", data[start : start + CHUNK]
            )
            if len(text) >= SLICE or not more:
                self._unfinished = f"{again}q=2,m=0" if more else ""
                yield text
                text = ""

    def _end(self) -> str:
        """What ends an upload that was broken off."""
        keys, self._unfinished = self._unfinished, ""
        return self._command(keys) if keys else ""

    def _command(self, keys: str, payload: str = "") -> str:
        """A graphics command, wrapped where tmux stands between."""
        command = f"\x1b_G{keys};{payload}\x1b\\" if payload else f"\x1b_G{keys}\x1b\\"
        return through_tmux(command) if self._passthrough else command
