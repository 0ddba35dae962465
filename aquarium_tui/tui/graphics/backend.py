"""What a screen hands over, and what every way of drawing pictures on a terminal has in common."""

from collections.abc import Hashable, Iterator
from typing import Protocol, TypeVar

from PIL import Image

from aquarium_tui.tui.graphics.geometry import Grid, Piece, Region, Size


class Drawing(Protocol):
    """A picture that can be drawn: immutable, cheap to make, drawn only when and where it is looked at."""

    @property
    def key(self) -> Hashable:
        """Equal keys mean equal pixels for an equal region and size."""

    @property
    def size(self) -> Size:
        """Width and height of the source in pixels; the aspect on screen comes from it."""

    @property
    def description(self) -> str:
        """One or more sentences that say what is to be seen."""

    def draw(self, region: Region, pixels: Size) -> Image.Image:
        """Draw `region` of the source as an RGB image of exactly `pixels`; called in a worker thread.

        Raises:
            AquariumError: The picture cannot be drawn; the reason is shown in its place.
        """


class Plate(Protocol):
    """A drawn picture made ready for one kind of terminal and one grid."""

    @property
    def grid(self) -> Grid:
        """The cells that it covers."""

    @property
    def rough(self) -> bool:
        """Whether it is a first impression only."""


P = TypeVar("P", bound=Plate)


class Backend(Protocol[P]):
    """One way of drawing pictures on a terminal.

    A picture goes through `make`, in a worker thread, then `upload`, then `paint`, piece by piece and as often as
    a frame of the program has written over its cells, and in the end `release`.
    """

    @property
    def prompt(self) -> bool:
        """Whether a piece is painted in a millisecond, and so may be a part of the frame that spoiled it."""

    @property
    def chained(self) -> bool:
        """Whether a cell depends on the one to its left, and is spoiled with it."""

    def most(self, grid: Grid) -> Size:
        """The width and height in pixels that can be shown on `grid`."""

    def piece(self, grid: Grid) -> Size:
        """The columns and rows that are best painted at once."""

    def make(self, image: Image.Image, grid: Grid, *, rough: bool = False, over: P | None = None) -> P:
        """Encode `image`.

        Args:
            image: RGB, `most` pixels or fewer.
            grid: The cells that it is to cover.
            rough: A first impression will do, where it is much sooner there than the whole.
            over: What these cells show until then.
        """

    def upload(self, plate: P) -> Iterator[str]:
        """Slices to send before the plate can be painted; none where painting is all there is."""

    def paint(self, plate: P, at: tuple[int, int], piece: Piece) -> str:
        """Draw the cells of `piece`, the picture's top left cell being `at` (column, row) of the terminal."""

    def painted(self, plate: P, over: P) -> bool:
        """Whether cells painted for `over` show `plate` once it is uploaded."""

    def release(self, plate: P) -> str:
        """What frees the terminal's memory of the plate."""

    def close(self) -> str:
        """What frees the terminal's memory of everything, also in the middle of an upload."""


class Stateless:
    """What is common to the back ends of which nothing stays in the terminal but the painted cells."""

    chained = False

    def upload(self, plate: Plate) -> Iterator[str]:
        """Nothing goes ahead."""
        return iter(())

    def painted(self, plate: Plate, over: Plate) -> bool:
        """Every plate is painted anew."""
        return False

    def release(self, plate: Plate) -> str:
        """There is nothing to free."""
        return ""

    def close(self) -> str:
        """There is nothing to free."""
        return ""


def goto(at: tuple[int, int], piece: Piece, row: int = 0) -> str:
    """Put the cursor on the first cell of a row of `piece`."""
    return f"\x1b[{at[1] + piece[1] + row + 1};{at[0] + piece[0] + 1}H"
