"""A terminal's screen: takes what a program writes, gives what there is to be seen.

It knows text in colours, kitty's pictures and placeholders, sixels and inline images, as far as the program
uses them, and is strict about the commands that real terminals are strict about.
"""

import io
import re
from base64 import b64decode
from codecs import getincrementaldecoder
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from aquarium_tui.render.captions import CAPTION_GROUND
from aquarium_tui.tui.graphics.kitty import MARKS

TOKEN = re.compile(
    r"\x1b_G(?P<keys>[^;\x1b]*)(?:;(?P<payload>[^\x1b]*))?\x1b\\"
    r"|\x1bP(?P<dcs>[\d;]*)q(?P<sixels>[^\x1b]*)\x1b\\"
    r"|\x1b\]1337;File=(?P<inline>[^:]*):(?P<file>[^\x07]*)\x07"
    r"|\x1b\[(?P<args>[?>=<\d;:$ ]*)(?P<final>[@-~])"
    r"|\x1b(?P<short>[78])"
    r"|(?P<other>\x1b[P_\]][^\x1b\x07]*(?:\x1b\\|\x07)|\x1b\\)"
    r"|(?P<text>[^\x1b])",
    re.DOTALL,
)
WRAPPED = re.compile(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\")
LONGEST = 60_000
HALVES = "▀█"
PLACEHOLDER = "\U0010eeee"
BLACK = (0, 0, 0)


@dataclass
class Cell:
    """A character, the marks on it, its colours (an index, red-green-blue, or None) and its weight."""

    text: str = " "
    marks: str = ""
    ink: int | tuple[int, ...] | None = None
    paper: int | tuple[int, ...] | None = None
    pixels: Image.Image | None = None
    bold: bool = False
    dim: bool = False


@dataclass
class Kept:
    """A picture in the terminal."""

    box: tuple[int, int]
    frames: list[Image.Image] = field(default_factory=list)
    current: int = 1
    stretched: dict[int, Image.Image] = field(default_factory=dict)


class Screen:
    """Columns and rows of cells of some pixels.

    `transfers` counts what was sent of pictures; `lost` placeholders that do not say what they stand for.
    """

    def __init__(self, size: tuple[int, int] = (100, 30), cell: tuple[int, int] = (10, 20)) -> None:
        self.size, self.cell = size, cell
        self.pictures: dict[int, Kept] = {}
        self.transfers = 0
        self.lost = 0
        self._loading: tuple[dict[str, str], str] | None = None
        self._rest = ""
        self._decode = getincrementaldecoder("utf-8")().decode
        self.clear()

    def clear(self) -> None:
        self.cells = [[Cell() for _ in range(self.size[0])] for _ in range(self.size[1])]
        self.at = self._saved = (0, 0)
        self._ink: int | tuple[int, ...] | None = None
        self._paper: int | tuple[int, ...] | None = None
        self._bold = self._dim = False
        self._last = " "

    def feed(self, data: bytes | str) -> "Screen":
        """Take what was written."""
        text = self._decode(data) if isinstance(data, bytes) else data
        text = WRAPPED.sub(lambda found: found[1].replace("\x1b\x1b", "\x1b"), self._rest + text)
        end = 0
        while token := TOKEN.match(text, end):
            end = token.end()
            self._take(token)
        self._rest = text[end:]
        assert len(self._rest) < LONGEST, f"not understood: {self._rest[:40]!r}"
        return self

    def _take(self, token: re.Match[str]) -> None:
        if token["text"] is not None:
            self._write(token["text"])
        elif token["keys"] is not None:
            self._kitty(dict(key.split("=", 1) for key in token["keys"].split(",")), token["payload"] or "")
        elif token["sixels"] is not None:
            self._blit(decode_sixels(token["sixels"]))
        elif token["inline"] is not None:
            self._inline(dict(key.split("=", 1) for key in token["inline"].split(";")), token["file"])
        elif token["short"]:
            self._saved, self.at = (self.at, self.at) if token["short"] == "7" else (self._saved, self._saved)
        elif token["final"]:
            self._control(token["args"], token["final"])

    def _control(self, args: str, final: str) -> None:
        numbers = [int(number or 0) for number in args.split(";")] if re.fullmatch(r"[\d;]*", args) else []
        if final == "H":
            row, column = (*numbers, 1, 1)[:2]
            self.at = (max(column, 1) - 1, max(row, 1) - 1)
        elif final == "m":
            self._colour(args)
        elif final == "C":
            self.at = (min(self.at[0] + max(numbers[0], 1), self.size[0] - 1), self.at[1])
        elif final == "b":
            for _ in range(numbers[0]):
                self._write(self._last)
        elif final == "h" and args == "?1049":
            self.clear()
            self.pictures.clear()

    def _colour(self, args: str) -> None:
        codes = [int(code or 0) for code in args.split(";")]
        while codes:
            code = codes.pop(0)
            if code in (38, 48):
                kind = codes.pop(0)
                value = codes.pop(0) if kind == 5 else tuple(codes.pop(0) for _ in range(3))
                self._ink, self._paper = (value, self._paper) if code == 38 else (self._ink, value)
            elif code == 0:
                self._ink = self._paper = None
                self._bold = self._dim = False
            elif code in (1, 2, 22):
                self._bold, self._dim = (code == 1 or (self._bold and code != 22)), code == 2

    def _write(self, text: str) -> None:
        x, y = self.at
        if text == "\n":
            self.at = (x, min(y + 1, self.size[1] - 1))
        elif text == "\r":
            self.at = (0, y)
        elif text in MARKS:
            self.cells[y][x - 1].marks += text
        elif text.isprintable() or text == PLACEHOLDER:
            self._last = text
            if x < self.size[0] and y < self.size[1]:
                self.cells[y][x] = Cell(text, "", self._ink, self._paper, bold=self._bold, dim=self._dim)
                self.at = (x + 1, y)

    def _kitty(self, keys: dict[str, str], payload: str) -> None:
        if keys.get("a") == "q":
            return
        assert keys.get("q") == "2", f"would be answered, and the answer taken for keys: {keys}"
        assert len(payload) <= 4096
        if "m" in keys:
            first, data = self._loading or (keys, "")
            assert first.get("a") != "f" or keys.get("a") == "f", "each chunk of a frame must say so"
            self._loading = (first, data + payload)
            if keys["m"] == "0":
                self._loading = None
                self._load(first, data + payload)
            return
        assert self._loading is None, "a command in the middle of a transfer"
        number = int(keys["i"])
        if keys["a"] == "a":
            kept = self.pictures[number]
            kept.current = int(keys["c"])
            assert 1 <= kept.current <= len(kept.frames)
        elif keys["a"] == "d":
            assert keys["d"] == "I"
            self.pictures.pop(number, None)

    def _load(self, keys: dict[str, str], payload: str) -> None:
        self.transfers += 1
        number = int(keys["i"])
        try:
            picture = Image.open(io.BytesIO(b64decode(payload)))
            picture.load()
        except OSError:
            return
        if keys["a"] == "T":
            assert keys["U"] == "1"
            assert number not in self.pictures, "a number that is in use"
            self.pictures[number] = Kept((int(keys["c"]), int(keys["r"])), [picture.convert("RGB")])
            return
        kept = self.pictures[number]
        assert picture.size == (int(keys["s"]), int(keys["v"]))
        frame = kept.frames[int(keys["c"]) - 1].copy()
        frame.paste(picture.convert("RGBA"), (int(keys["x"]), int(keys["y"])), picture.convert("RGBA"))
        kept.frames.append(frame)

    def _inline(self, keys: dict[str, str], payload: str) -> None:
        data = b64decode(payload)
        assert keys["inline"] == "1"
        assert int(keys["size"]) == len(data)
        size = (int(keys["width"]) * self.cell[0], int(keys["height"]) * self.cell[1])
        self._blit(Image.open(io.BytesIO(data)).convert("RGB").resize(size))

    def _blit(self, image: Image.Image) -> None:
        """Put pixels into the cells from the cursor on."""
        width, height = self.cell
        for top in range(0, image.height, height):
            for left in range(0, image.width, width):
                x, y = self.at[0] + left // width, self.at[1] + top // height
                assert x < self.size[0] and y < self.size[1], "pixels beyond the screen"
                self.cells[y][x] = Cell(pixels=image.crop((left, top, left + width, top + height)))

    def shows_picture(self, cell: Cell) -> bool:
        """Whether a cell shows a part of a picture."""
        if cell.text == PLACEHOLDER:
            return cell.ink in self.pictures
        return cell.pixels is not None or cell.text in HALVES or cell.paper == CAPTION_GROUND

    def text(self) -> str:
        """The characters."""
        return "\n".join("".join(cell.text for cell in row) for row in self.cells)

    def image(self) -> Image.Image:
        """What there is to be seen of pictures; cells of text are black."""
        width, height = self.cell
        seen = Image.new("RGB", (self.size[0] * width, self.size[1] * height))
        self.lost = 0
        for y, row in enumerate(self.cells):
            place = (0, 0, 0)
            for x, cell in enumerate(row):
                place = self._place(cell, row[x - 1] if x else Cell(), place)
                if part := self._part(cell, place):
                    seen.paste(part, (x * width, y * height))
        return seen

    def _place(self, cell: Cell, left: Cell, before: tuple[int, int, int]) -> tuple[int, int, int]:
        """Number, row and column of a placeholder; one without marks follows the one to its left."""
        if cell.text != PLACEHOLDER:
            return (0, 0, 0)
        assert isinstance(cell.ink, int), "a number that not every terminal keeps"
        if len(cell.marks) > 1:
            return (cell.ink, MARKS.index(cell.marks[0]), MARKS.index(cell.marks[1]))
        if left.text == PLACEHOLDER and left.ink == cell.ink and before[0] == cell.ink:
            return (cell.ink, before[1], before[2] + 1)
        self.lost += 1
        return (cell.ink, 0, 0)

    def _part(self, cell: Cell, place: tuple[int, int, int]) -> Image.Image | None:
        width, height = self.cell
        if cell.pixels:
            return cell.pixels
        if cell.text in HALVES:
            halves = np.array(
                [[_rgb(cell.ink)], [_rgb(cell.ink if cell.text == "█" else cell.paper)]], np.uint8
            )
            return Image.fromarray(halves).resize((width, height), Image.Resampling.NEAREST)
        if cell.paper == CAPTION_GROUND:  # A caption is part of a picture.
            return Image.new("RGB", (width, height), CAPTION_GROUND)
        number, row, column = place
        if number not in self.pictures:
            return None
        whole = self._stretched(number)
        return whole.crop((column * width, row * height, (column + 1) * width, (row + 1) * height))

    def _stretched(self, number: int) -> Image.Image:
        """A picture in the middle of its cells."""
        kept = self.pictures[number]
        picture = kept.frames[kept.current - 1]
        if kept.current in kept.stretched:
            return kept.stretched[kept.current]
        box = (kept.box[0] * self.cell[0], kept.box[1] * self.cell[1])
        scale = min(box[0] / picture.width, box[1] / picture.height)
        size = (round(picture.width * scale), round(picture.height * scale))
        whole = Image.new("RGB", box)
        corner = ((box[0] - size[0]) // 2, (box[1] - size[1]) // 2)
        whole.paste(picture.resize(size, Image.Resampling.NEAREST), corner)
        kept.stretched[kept.current] = whole
        return whole


def _rgb(colour: int | tuple[int, ...] | None) -> tuple[int, ...]:
    if isinstance(colour, tuple):
        return colour
    if colour is None:
        return BLACK
    if colour >= 232:
        return (8 + (colour - 232) * 10,) * 3
    levels = (0, 95, 135, 175, 215, 255)
    return tuple(levels[(colour - 16) // step % 6] for step in (36, 6, 1))


def decode_sixels(data: str) -> Image.Image:
    """The picture that sixels stand for; like xterm and foot, defining a colour does not choose it."""
    header = re.match(r'"1;1;(\d+);(\d+)', data)
    assert header, "no raster attributes"
    width, height = int(header[1]), int(header[2])
    pixels = np.zeros((height + 6, width, 3), np.uint8)
    painted = np.zeros((height + 6, width), bool)
    palette: dict[int, tuple[int, ...]] = {}
    colour, x, y = -1, 0, 0
    for define, number, count, one, move in re.findall(
        r"#(\d+);2;(\d+;\d+;\d+)|!(\d+)([?-~])|([$-]|#\d+|[?-~])", data[header.end() :]
    ):
        if define:
            palette[int(define)] = tuple(round(int(part) * 2.55) for part in number.split(";"))
        elif move.startswith("#"):
            colour = int(move[1:])
        elif move == "$":
            x = 0
        elif move == "-":
            x, y = 0, y + 6
        else:
            bits, length = ord(one or move) - 63, int(count or 1)
            assert x + length <= width, "pixels beyond the raster"
            for row in range(6):
                if bits >> row & 1:
                    pixels[y + row, x : x + length] = palette[colour]
                    painted[y + row, x : x + length] = True
            x += length
    assert painted[:height].all(), "pixels left out"
    assert not painted[height:].any(), "pixels below the raster"
    return Image.fromarray(pixels[:height])
