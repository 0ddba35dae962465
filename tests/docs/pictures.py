"""The README's pictures: screens of the walk through the demo, as SVG, from what a terminal gets to show.

`python -m tests.docs.pictures` draws them anew; look at them then. A test compares them with the program.
"""

import io
import re
import sys
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image

from benchmarks.link import KITTY, Link
from benchmarks.screen import PLACEHOLDER, Cell, Screen
from tests.tui.graphics.test_in_terminal import Session

DOCS = Path(__file__).parents[2] / "docs"
SIZE, CELL = (120, 36), (10, 20)
WALK = (
    ("metrics", "", "truck → van"),
    ("samples", "\r", "1 of 10"),
    ("frame", "\r", "▼ broken"),
    ("curves", "2K", "ECE ● base"),
    ("slices", "5", "class: cyclist"),
)
"""Screens: a name, the keys that lead there from the one before, and what shows that it is there."""
SECONDS = 4
"""How long the animation shows each screen: about what its first lines take to read."""
STILL = 4.0
"""Seconds without a byte after which a screen is taken to be complete: the last intervals take one or two."""
QUALITY = 80
"""Of the photos as JPEG: all pictures together have 0.5 MB, and no mark is smeared."""
_GROUND, _INK = "#11161c", "#d8dee6"


def walk(folder: Path) -> Iterator[tuple[str, Session]]:
    """Each screen of the walk, with what is seen there so far; the demo's store is made in `folder`."""
    environment = {"XDG_CACHE_HOME": str(folder), "AQUARIUM_HOME": str(folder / "home")}
    environment |= {"AQUARIUM_CONFIG": str(folder / "none.toml"), "XDG_STATE_HOME": str(folder)}
    with Link(
        [sys.executable, "-m", "aquarium_tui", "demo"], KITTY, SIZE, CELL, environment=environment
    ) as link:
        session = Session(link)
        session.screen = Screen(SIZE, CELL)
        for name, keys, seen in WALK:
            for key in keys:
                session.press_calmly(key)
            session.reads(seen)
            yield name, session


def drawn(screen: Screen) -> str:
    """What a terminal shows as the inside of an SVG: ground, text, then pictures."""
    parts = [f'<rect width="{SIZE[0] * CELL[0]}" height="{SIZE[1] * CELL[1]}" fill="{_GROUND}"/>']
    for y, row in enumerate(screen.cells):
        parts += _row(y, row)
    whole = screen.image()
    for left, top, right, bottom in _places(screen):
        box = (left * CELL[0], top * CELL[1], right * CELL[0], bottom * CELL[1])
        file = io.BytesIO()
        whole.crop(box).save(file, "JPEG", quality=QUALITY)
        data = b64encode(file.getvalue()).decode()
        place = f'x="{box[0]}" y="{box[1]}" width="{box[2] - box[0]}" height="{box[3] - box[1]}"'
        parts.append(f'<image {place} href="data:image/jpeg;base64,{data}"/>')
    return "\n".join(parts)


def document(insides: Iterable[str]) -> str:
    """An SVG that shows one screen after another, or only one."""
    first, *rest = insides
    count = len(rest) + 1
    share = 100 / count
    style = (
        f'text {{ font: 16px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: {_INK}; '
        "white-space: pre } .b { font-weight: bold } .d { opacity: .6 }"
    )
    if rest:
        style += (
            f" @keyframes turn {{ 0% {{ visibility: visible }} {share:.3f}% {{ visibility: hidden }} }}"
            f" .turn {{ visibility: hidden; animation: turn {SECONDS * count}s step-end infinite }}"
        )
    turns = (
        f'<g class="turn" style="animation-delay: {SECONDS * at}s">\n{inside}\n</g>'
        for at, inside in enumerate(rest, 1)
    )
    box = f"0 0 {SIZE[0] * CELL[0]} {SIZE[1] * CELL[1]}"
    body = "\n".join([first, *turns])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">\n<style>{style}</style>\n{body}\n</svg>\n'
    )


def without_photos(svg: str) -> str:
    """An SVG but for the bytes of its photos, which differ with the version of the JPEG library."""
    return re.sub(r"base64,[^\"]*", "", svg)


def photos(svg: str) -> list[Image.Image]:
    """The photos in an SVG."""
    return [Image.open(io.BytesIO(b64decode(data))) for data in re.findall(r"base64,([^\"]*)", svg)]


def _row(y: int, row: list[Cell]) -> Iterator[str]:
    """The runs of one look in a row: their ground, then their text."""
    x = 0
    for (ink, paper, bold, dim), cells in groupby(row, lambda c: (c.ink, c.paper, c.bold, c.dim)):
        text = "".join(" " if cell.text == PLACEHOLDER else cell.text for cell in cells)
        left, top, width = x * CELL[0], y * CELL[1], len(text) * CELL[0]
        x += len(text)
        if isinstance(paper, tuple):
            yield f'<rect x="{left}" y="{top}" width="{width}" height="{CELL[1]}" fill="{_hex(paper)}"/>'
        if text.strip():
            look = " ".join(name for name, on in (("b", bold), ("d", dim)) if on)
            yield (
                f'<text x="{left}" y="{top + 15}" textLength="{width}" lengthAdjust="spacingAndGlyphs" '
                f'class="{look}" style="fill: {_hex(ink)}">{escape(text)}</text>'
            )


def _hex(colour: object) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour) if isinstance(colour, tuple) else _INK


def _places(screen: Screen) -> Iterator[tuple[int, int, int, int]]:
    """The cells that each picture takes: left, top, right, bottom."""
    found: dict[object, list[tuple[int, int]]] = {}
    for y, row in enumerate(screen.cells):
        for x, cell in enumerate(row):
            if cell.text == PLACEHOLDER and screen.shows_picture(cell):
                found.setdefault(cell.ink, []).append((x, y))
    for cells in found.values():
        across, down = zip(*cells, strict=True)
        yield min(across), min(down), max(across) + 1, max(down) + 1


def main() -> None:
    """Draw all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        insides = {}
        for name, session in walk(Path(folder)):
            session.link.quiet(session.link.now, pause=STILL)
            insides[name] = drawn(session.look())
    for name in ("metrics", "frame"):
        (DOCS / f"{name}.svg").write_text(document([insides[name]]), "utf-8")
    (DOCS / "walk.svg").write_text(document(insides.values()), "utf-8")


if __name__ == "__main__":
    main()
