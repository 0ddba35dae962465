"""Captions: the words beside the boxes of a picture, where they find room, and how they look."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from rich.cells import cell_len

from aquarium_tui.model.names import visible
from aquarium_tui.model.picture import Color, PixelBox, Region, Size
from aquarium_tui.render.mark import Mark, MarkOwner, PlacedMark, falling, place, rising

_BUILT_IN = ""
"""The font that comes with Pillow, which has little but ASCII; other families are tried in turn."""
_FAMILIES = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "wqy-microhei.ttc",
    "Arial.ttf",
)
_NO_LETTER = "\uffff"
"""No font has this character: it is drawn as every other that a font lacks."""
_PLAIN = str.maketrans({"–": "-", "—": "-", "−": "-", "→": ">", "×": "x", "·": ".", "’": "'", "ß": "ss"})


def drawable(text: str, most: int) -> str:
    """At most `most` characters of `text`, control characters made visible, as some font can write them."""
    shown = visible(text[: 4 * most])
    if _covering(shown) is None:
        parts = unicodedata.normalize("NFKD", shown.translate(_PLAIN))
        shown = "".join(c for c in parts if not unicodedata.combining(c))
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


def font_for(text: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of `size` pixels that has the letters of `text`; the built-in one if none has."""
    # In a window of one cell, letters may come out smaller than a pixel, and no font has that size.
    font = _font(_covering(text) or _BUILT_IN, max(size, 1))
    assert font is not None
    return font


def metrics(size: int) -> tuple[int, int]:
    """Height above and depth below the line, in pixels, of letters of `size`."""
    _, top, _, bottom = font_for("", size).getbbox("Hgjpqy|", anchor="ls")
    return -int(top), int(bottom)


def ink_of(text: str, size: int) -> Image.Image:
    """One line of `text` as coverage (mode L), as wide as the text and as high as `metrics` gives."""
    ascent, descent = metrics(size)
    image = Image.new("L", (_width(text, size), ascent + descent))
    ImageDraw.Draw(image).text((0, ascent), text, fill=255, font=font_for(text, size), anchor="ls")
    return image


@lru_cache(maxsize=4096)
def _width(text: str, size: int) -> int:
    """Pixels that `text` is wide in letters of `size`."""
    return max(1, round(font_for(text, size).getlength(text)))


@lru_cache(maxsize=1024)
def _covering(text: str) -> str | None:
    """The first family that has every letter of `text`."""
    letters = {c for c in text if not c.isascii()}
    return next((family for family in (_BUILT_IN, *_FAMILIES) if all(_has(family, c) for c in letters)), None)


@lru_cache(maxsize=4096)
def _has(family: str, letter: str) -> bool:
    font = _font(family, 12)
    return font is not None and bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))


@lru_cache(maxsize=64)
def _font(family: str, size: int) -> ImageFont.FreeTypeFont | None:
    """A font by the name of its file, None where this machine has none."""
    try:
        font = ImageFont.truetype(family, size) if family else ImageFont.load_default(size)
    except OSError:
        return None
    return font if isinstance(font, ImageFont.FreeTypeFont) else None


_LONGEST = 48
"""Characters of a caption: a class, a confidence and an IoU fit; longer names hide the picture."""
_SHARE = 0.1
"""The share of the picture that captions may cover together, but for those of the object that is viewed."""
CAPTION_GROUND: Color = (16, 17, 20)
CAPTION_WORDS: Color = (244, 244, 246)
_PLATE = (*CAPTION_GROUND, 210)
_DARK = (6, 6, 10)
"""A plate lets a fifth of the photo through; leaders have a dark rim, to be seen on bright photos."""
_CORNERS: dict[MarkOwner, tuple[str, ...]] = {
    "label": ("top left", "top right", "bottom left", "bottom right"),
    "base": ("bottom left", "top left", "bottom right", "top right"),
    "other": ("bottom right", "top right", "bottom left", "top left"),
}
_ORDER: tuple[MarkOwner, ...] = ("label", "base", "other")

# What a place costs: more for each corner that the set likes less, for being shifted along the edge, beside
# the box, in a second row, and inside; most for hiding all of a box of the object.
_WORSE_CORNER, _SHIFTED, _BESIDE, _STACKED, _INSIDE, _HIDING = 0.02, 0.1, 0.12, 0.15, 0.3, 3.0
# A leader line is drawn only rather than hiding a quarter of an object, or where nothing else is free; each
# height of a plate that it is long costs as much as two worse corners.
_LED, _LENGTH = 0.75, 0.04
_STACKED_RANK = 1.0
"""The rank below which captions may stand in a second row, beyond another: that of what changed."""
_ROWS_AWAY = 1.5
"""Heights of a plate between it and its box, from which on a leader line joins them."""

Measure = Callable[[str], Size]
"""The width and height that a caption takes, in the unit of the display."""
Shorten = Callable[[str, int], str]
"""At most so many characters of a caption, as they can be written."""


@dataclass(frozen=True)
class PlacedCaption:
    """A caption and its place on the display.

    Attributes:
        mark: What it names.
        words: What is written; shorter than the mark's caption where that does not fit in the display.
        box: Its place.
        leader: Ends of the line that joins it to the mark's box; None where it lies beside it.
    """

    mark: Mark
    words: str
    box: PixelBox
    leader: tuple[tuple[int, int], tuple[int, int]] | None = None


def place_captions(
    placed: Sequence[PlacedMark],
    pixels: Size,
    measure: Measure,
    gap: int = 1,
    shorten: Shorten = drawable,
) -> list[PlacedCaption]:
    """The captions that find room on a display, the most important first.

    Bright marks are those of the object that is viewed. All of their captions are placed, as long as the
    display has as many rows: outside its boxes, shifted along an edge, stacked, inside, or at the end of a
    leader line. The others follow by their rank, larger before smaller, where there is room beside their box,
    and take together at most a share of the display. Marks that recede have none. A label prefers
    its box's top left corner, base the bottom left, other the bottom right.

    Args:
        placed: Marks and their boxes on the display, the largest first.
        pixels: Width and height of the display, in pixels or cells.
        measure: What a caption takes there.
        gap: Between a caption and its box.
        shorten: Cuts captions short; by default to letters that the fonts of pictures have.
    """
    desk = _Desk(placed, pixels, measure, gap, shorten)
    viewed = [one for one in placed if one.mark.caption and one.mark.emphasis == "bright"]
    desk.put_all(sorted(viewed, key=lambda one: _ORDER.index(one.mark.kind)))
    room = int(pixels[0] * pixels[1] * _SHARE)
    for one in sorted(placed, key=lambda one: one.mark.rank):
        if one.mark.caption and one.mark.emphasis == "normal":
            room -= desk.put_beside(one, room)
    return desk.put


def place_words(marks: Sequence[Mark], region: Region, cells: Size) -> list[PlacedCaption]:
    """The captions that find room as text over a picture of so many columns and rows, and signs.

    A caption is a row high, and has a cell for the sign of its set before its words and a free one after
    them. Where a bright or normal inference has no caption, the sign stands alone in a corner of its box: a
    picture in cells has no hatching that could be told apart.

    Args:
        marks: Boxes in source pixels.
        region: What the picture shows, in source pixels.
        cells: Columns and rows of the picture.
    """
    placed = place(marks, region, cells)
    captions = place_captions(placed, cells, lambda words: (2 + cell_len(words), 1), 0, _shortened)
    named = {id(caption.mark) for caption in captions}
    taken = np.zeros((cells[1], cells[0]), dtype=np.bool_)
    for caption in captions:
        taken[caption.box.slices] = True
    for one in placed:
        cell = _sign_place(one)
        if id(one.mark) not in named and _signed(one.mark) and _is_free(cell, taken):
            taken[cell.slices] = True
            captions.append(PlacedCaption(one.mark, "", cell))
    return captions


def _signed(mark: Mark) -> bool:
    """Whether the box of a mark has a sign where it has no caption: those that would be hatched have."""
    return not (mark.kind == "label" or mark.plain or mark.fills_frame or mark.emphasis == "dim")


def _sign_place(one: PlacedMark) -> PixelBox:
    """The corner of a box that its set prefers."""
    left, y = one.box.left if one.mark.kind == "base" else one.box.right - 1, one.box.bottom - 1
    return PixelBox(left, y, left + 1, y + 1)


def _is_free(cell: PixelBox, taken: NDArray[np.bool_]) -> bool:
    """Whether a cell is on the display, and nothing in it yet."""
    inside = 0 <= cell.left < taken.shape[1] and 0 <= cell.top < taken.shape[0]
    return inside and not taken[cell.top, cell.left]


def _shortened(text: str, most: int) -> str:
    """At most `most` characters of `text`, control characters made visible: a terminal has its own fonts."""
    shown = visible(text[: 4 * most])
    return shown if len(shown) <= most else shown[: most - 1].rstrip() + "…"


class _Desk:
    """A display on which captions are laid down."""

    def __init__(
        self, placed: Sequence[PlacedMark], pixels: Size, measure: Measure, gap: int, shorten: Shorten
    ) -> None:
        self._pixels, self._measure, self._gap, self._shorten = pixels, measure, gap, shorten
        bright = [self._on_display(one.box) for one in placed if one.mark.emphasis == "bright"]
        self._viewed = [box for box in bright if box.size[0] > 0 and box.size[1] > 0]
        self.clear()

    def clear(self) -> None:
        """Take all captions away."""
        self.put: list[PlacedCaption] = []
        self._taken = np.zeros((self._pixels[1], self._pixels[0]), dtype=np.bool_)

    def put_all(self, viewed: Sequence[PlacedMark]) -> None:
        """Lay down all captions of the object that is viewed; if one finds no place, all in one column."""
        for one in viewed:
            words = self._fitting(one.mark.caption)
            size = self._measure(words)
            near = [(cost, box) for cost, box in self._near(one, size) if not self._taken[box.slices].any()]
            best = min(near, default=None)
            if best is None or best[0] > _LED:
                best = min((x for x in (best, self._far(one, size)) if x), default=None)
            if best is None:
                self._put_in_column(viewed)
                return
            self._lay(one, words, best[1])

    def put_beside(self, one: PlacedMark, room: int) -> int:
        """Lay down a caption beside its box if there is room; gives the pixels that it takes of `room`."""
        words = self._shorten(one.mark.caption, _LONGEST)
        size = self._measure(words)
        if size[0] > self._pixels[0] or size[0] * size[1] > room:
            return 0
        box = next((box for box in self._corners(one, size) if not self._taken[box.slices].any()), None)
        if box is None:
            return 0
        self._lay(one, words, box)
        return size[0] * size[1]

    def _put_in_column(self, viewed: Sequence[PlacedMark]) -> None:
        """All captions, one below the other, near the boxes: there is room nowhere else."""
        self.clear()
        words = [self._fitting(one.mark.caption) for one in viewed]
        sizes = [self._measure(line) for line in words]
        shown = max(n for n in range(len(sizes) + 1) if sum(h for _, h in sizes[:n]) <= self._pixels[1])
        if not shown:
            return
        height = sum(h for _, h in sizes[:shown])
        block = (max(w for w, _ in sizes[:shown]), height)
        found = self._far(viewed[0], block)
        if found is None:  # Not even the shortest words are as narrow as the display.
            return
        left, top = found[1][:2]
        for one, line, size in zip(viewed[:shown], words, sizes, strict=False):
            self._lay(one, line, PixelBox(left, top, left + size[0], top + size[1]))
            top += size[1]

    def _lay(self, one: PlacedMark, words: str, box: PixelBox) -> None:
        self._taken[box.slices] = True
        self.put.append(PlacedCaption(one.mark, words, box, self._leader(one, box)))

    def _leader(self, one: PlacedMark, box: PixelBox) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """The line from a caption to its box, where one is needed."""
        target = self._on_display(one.box)
        if _distance(box, target) <= _ROWS_AWAY * box.size[1]:
            return None
        to = _nearest(target, ((box.left + box.right) // 2, (box.top + box.bottom) // 2))
        return _nearest(box, to), to

    def _fitting(self, caption: str) -> str:
        """The caption, cut short where it is wider than the display."""
        for most in range(_LONGEST, 0, -1):
            words = self._shorten(caption, most)
            if self._measure(words)[0] <= self._pixels[0]:
                return words
        return ""

    def _on_display(self, box: PixelBox) -> PixelBox:
        """The part of a box that is on the display."""
        limits = (*self._pixels, *self._pixels)
        return PixelBox(*(min(max(edge, 0), limit) for edge, limit in zip(box, limits, strict=True)))

    def _inside(self, left: int, top: int, size: Size) -> PixelBox | None:
        """A place for a plate, moved sideways into the display; None where it is too high or too low."""
        left = min(max(left, 0), self._pixels[0] - size[0])
        if left < 0 or top < 0 or top + size[1] > self._pixels[1]:
            return None
        return PixelBox(left, top, left + size[0], top + size[1])

    def _corners(self, one: PlacedMark, size: Size) -> Iterator[PixelBox]:
        """Outside the four corners of a box; inside them where much stays to be seen; in a second row."""
        box, (width, height) = self._on_display(one.box), size
        roomy = width < box.size[0] and 4 * height < box.size[1]
        above, below = box.top - height - self._gap, box.bottom + self._gap
        rows = [(above, below)]
        if roomy:
            rows.append((box.top + 3 * self._gap, box.bottom - height - 3 * self._gap))
        if one.mark.rank < _STACKED_RANK:
            rows.append((above - height - self._gap, below + height + self._gap))
        for upper, lower in rows:
            for corner in _CORNERS[one.mark.kind]:
                left = box.left if "left" in corner else box.right - width
                if place := self._inside(left, upper if "top" in corner else lower, size):
                    yield place

    def _near(self, one: PlacedMark, size: Size) -> Iterator[tuple[float, PixelBox]]:
        """Places beside a box or in it, and what they cost."""
        box, gap, (width, height) = self._on_display(one.box), self._gap, size
        corners = _CORNERS[one.mark.kind]
        lefts = {"left": box.left, "right": box.right - width}
        for rows, cost in ((0, 0.0), (1, _STACKED)):
            tops = {
                "top": box.top - (height + gap) * (rows + 1),
                "bottom": box.bottom + gap + rows * (height + gap),
            }
            for i, corner in enumerate(corners):
                row, column = corner.split()
                yield from self._costed(lefts[column], tops[row], size, cost + i * _WORSE_CORNER)
            middle = (box.left + box.right - width) // 2
            beyond = (middle, box.left + height - width, box.right - height)
            for left, top in product(beyond, tops.values()):
                yield from self._costed(left, top, size, cost + _SHIFTED)
        for left in (box.right + gap, box.left - width - gap):
            if 0 <= left <= self._pixels[0] - width:
                for top in (box.top, box.bottom - height, box.top - height // 2, box.top + height + gap):
                    yield from self._costed(left, top, size, _BESIDE)
        inner = (box.top + 3 * gap, box.bottom - height - 3 * gap, box.top + 4 * gap + height)
        for left, top in product(lefts.values(), inner):
            yield from self._costed(left, top, size, _INSIDE)

    def _costed(self, left: int, top: int, size: Size, cost: float) -> Iterator[tuple[float, PixelBox]]:
        """The place and what it costs, with what it would hide of the object, if it is on the display."""
        if place := self._inside(left, top, size):
            yield cost + _HIDING * self._hidden(place), place

    def _hidden(self, place: PixelBox) -> float:
        """The share that a plate would hide of one of the object's boxes, the largest one."""
        return max((_common(place, box) / (box.size[0] * box.size[1]) for box in self._viewed), default=0.0)

    def _far(self, one: PlacedMark, size: Size) -> tuple[float, PixelBox] | None:
        """The cheapest free place anywhere, and what it costs."""
        box, step = self._on_display(one.box), max(1, size[1] // 2)
        tops = range(0, self._pixels[1] - size[1] + 1, step)
        lefts = range(0, self._pixels[0] - size[0] + 1, step)
        if not tops or not lefts:
            return None
        filled = np.pad(self._taken, ((1, 0), (1, 0))).cumsum(0, dtype=np.int64).cumsum(1)
        y, x = np.array([*tops]), np.array([*lefts])
        ends = filled[np.ix_(y + size[1], x + size[0])] + filled[np.ix_(y, x)]
        free = ends == filled[np.ix_(y, x + size[0])] + filled[np.ix_(y + size[1], x)]
        down = np.maximum(np.maximum(box.top - y - size[1], y - box.bottom), 0)
        across = np.maximum(np.maximum(box.left - x - size[0], x - box.right), 0)
        cost = _LED + _LENGTH * np.hypot(down[:, None], across[None, :]) / size[1]
        for other in self._viewed:
            high = np.clip(np.minimum(y + size[1], other.bottom) - np.maximum(y, other.top), 0, None)
            wide = np.clip(np.minimum(x + size[0], other.right) - np.maximum(x, other.left), 0, None)
            cost += _HIDING * high[:, None] * wide[None, :] / (other.size[0] * other.size[1])
        cost[~free] = np.inf
        row, column = np.unravel_index(int(cost.argmin()), cost.shape)
        if not free[row, column]:
            return None
        left, top = int(x[column]), int(y[row])
        return float(cost[row, column]), PixelBox(left, top, left + size[0], top + size[1])


def _common(a: PixelBox, b: PixelBox) -> int:
    """Pixels that two boxes have in common."""
    width, height = min(a.right, b.right) - max(a.left, b.left), min(a.bottom, b.bottom) - max(a.top, b.top)
    return max(width, 0) * max(height, 0)


def _distance(a: PixelBox, b: PixelBox) -> int:
    """Pixels between two boxes, across or down, whichever is more; 0 where they touch."""
    across = max(a.left - b.right, b.left - a.right, 0)
    return max(across, a.top - b.bottom, b.top - a.bottom)


def _nearest(box: PixelBox, point: tuple[int, int]) -> tuple[int, int]:
    """The point of a box that is nearest to another point."""
    return min(max(point[0], box.left), box.right - 1), min(max(point[1], box.top), box.bottom - 1)


def plate_size(words: str, letters: int) -> Size:
    """Width and height in pixels of the plate of a caption, with letters of that size."""
    pad, swatch = _trim(letters)
    return swatch + 2 * pad + _width(words, letters), sum(metrics(letters)) + 2


def draw_captions(image: Image.Image, captions: Iterable[PlacedCaption], letters: int) -> None:
    """Write captions on `image` (RGB), in letters of that size; leader lines lie below all of them."""
    captions = list(captions)
    draw = ImageDraw.Draw(image)
    for one in captions:
        if one.leader:
            draw.line(one.leader, fill=_DARK, width=3)
            draw.line(one.leader, fill=one.mark.color, width=1)
    for one in captions:
        plate = plate_of(one.words, one.mark.kind, one.mark.color, letters)
        image.paste(plate, (one.box.left, one.box.top), plate)


@lru_cache(maxsize=1024)
def plate_of(words: str, kind: MarkOwner, color: Color, letters: int) -> Image.Image:
    """A caption on its plate (RGBA): a swatch that is drawn as the box is, then the words."""
    size, (pad, swatch) = plate_size(words, letters), _trim(letters)
    plate = Image.new("RGBA", size, _PLATE)
    plate.paste((*color, 255), (0, 0), Image.fromarray(_swatch(kind, (swatch, size[1]))))
    plate.paste((*CAPTION_WORDS, 255), (swatch + pad, 1), ink_of(words, letters))
    return plate


def _trim(letters: int) -> tuple[int, int]:
    """Space around the words of a plate, and the width of its swatch, in pixels."""
    return max(1, letters // 5), max(4, round(letters * 0.75))


def _swatch(kind: MarkOwner, size: Size) -> NDArray[np.bool_]:
    if kind == "label":
        return np.ones((size[1], size[0]), dtype=np.bool_)
    lines: Any = rising if kind == "base" else falling
    return np.array(lines(size, (0, 0), 5, 0, 2))
