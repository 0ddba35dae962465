"""How many bytes and how long a picture takes on a slow line, in a terminal of our own making.

`python -m benchmarks.pictures`: 1 MB/s, answers after 30 ms; a 1280 × 720 photo with four hatched boxes;
cells of 10 × 20 pixels. The photo is two of scikit-learn's, tiled: much fine texture, so a hard one.
"""

import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from benchmarks.link import KITTY, XTERM, Kind, Link

RATE, LATENCY = 1e6, 0.03
SIZE = (1280, 720)
BOXES = ((100, 80, 400, 300), (500, 200, 800, 600), (900, 60, 1200, 380), (200, 420, 620, 690))
COLORS = ((255, 60, 60), (60, 255, 60), (80, 120, 255), (255, 220, 0))
PLACEHOLDER = "\U0010eeee".encode()
PICTURES = 300


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    found: str
    reach: str


def photo(number: int) -> Image.Image:
    """One of four photos of the size that is measured."""
    import sklearn.datasets  # type: ignore[import-untyped]

    tiled = Image.new("RGB", SIZE)
    for column, name in enumerate(("china.jpg", "flower.jpg")):
        tile = Image.fromarray(sklearn.datasets.load_sample_image(name))
        for top in (0, tile.height):
            tiled.paste(tile, (column * tile.width, top))
    return (tiled, ImageOps.mirror(tiled), ImageOps.flip(tiled), tiled.rotate(180))[number % 4]


def run_app(folder: str) -> None:
    """Show the photos of `folder`: n next, p previous, l the third box, k a counter, q the end."""
    from textual.app import ComposeResult
    from textual.widgets import Static

    from aquarium_tui.drawing.frames import FrameDrawing
    from aquarium_tui.media.photo import PhotoCache
    from aquarium_tui.render.mark import Mark
    from aquarium_tui.tui.graphics.picture import Picture
    from aquarium_tui.tui.graphics.probe import probe
    from aquarium_tui.tui.textual_private import TerminalApp

    terminal, cache = probe(), PhotoCache()

    def drawing(number: int, boxes: int) -> FrameDrawing:
        kinds = ("base", "other", "base", "other")
        moved = ((left + number // 4, top, right, bottom) for left, top, right, bottom in BOXES)
        marks = tuple(map(Mark, moved, kinds, COLORS))[:boxes]  # type: ignore[arg-type]
        return FrameDrawing(f"{folder}/{number % 4}.jpg", SIZE, marks, f"photo {number}", cache)

    class Show(TerminalApp):
        CSS = "Static { height: 1; }"
        BINDINGS = [("n", "go(1)"), ("p", "go(-1)"), ("l", "layer"), ("k", "count"), ("q", "quit")]  # noqa: RUF012
        number = count = 0
        boxes = 4

        def __init__(self) -> None:
            super().__init__(terminal)

        def compose(self) -> ComposeResult:
            yield Picture()
            yield Static("ready", id="line")

        def on_mount(self) -> None:
            self.query_one(Picture).show(drawing(0, 4))

        def action_go(self, step: int) -> None:
            self.number += step
            self.query_one(Picture).show(drawing(self.number, self.boxes))

        def action_layer(self) -> None:
            self.boxes = 7 - self.boxes
            self.action_go(0)

        def action_count(self) -> None:
            self.count += 1
            self.query_one("#line", Static).update(f"count {self.count}")

    Show().run()


def start(folder: str, kind: Kind, size: tuple[int, int]) -> Link:
    """The program in a terminal of `kind`."""
    command = [sys.executable, "-m", "benchmarks.pictures", "--app", folder]
    return Link(command, kind, size, latency=LATENCY, rate=RATE)


def measure(link: Link, key: str) -> tuple[float, float, int]:
    """Press a key: milliseconds until something is to be seen, until all is there, and bytes."""
    moment = link.press(key)
    last = link.quiet(moment)
    data = link.since(moment)
    first, arrived = last, 0
    for when, part in link.log:
        if when >= moment:
            arrived += len(part)
            if PLACEHOLDER in data[:arrived]:
                first = when - moment
                break
    return first * 1000, last * 1000, len(data)


def answered(link: Link) -> float:
    """Milliseconds until a key is answered, at the worst of moments while a picture is on its way."""
    took = []
    for pause in (0.02, 0.06, 0.1, 0.14, 0.18, 0.22, 0.26, 0.3):
        link.press("n")
        time.sleep(pause)
        took.append(link.wait(lambda data: b"count" in data, link.press("k")))
        link.quiet(link.now)
    return max(took) * 1000


def kitty(folder: str) -> list[Row]:
    """The rows for kitty."""
    rows = []
    for size, reach in (
        ((100, 30), "≤ 350 kB, ≤ 450 ms, first ≤ 150 ms"),
        ((200, 55), "≤ 600 kB, ≤ 750 ms"),
    ):
        with start(folder, KITTY, size) as link:
            link.wait(lambda data: b"ready" in data)
            link.quiet()
            first, whole, count = measure(link, "n")
            name = f"kitty, {size[0]} × {size[1]}"
            rows.append(Row(name, f"{count / 1000:.0f} kB, {whole:.0f} ms, first {first:.0f} ms", reach))
            _, back, count = measure(link, "p")
            rows.append(
                Row(f"{name}, back", f"{back:.0f} ms, {count / 1000:.1f} kB", "≤ 40 ms, placeholders only")
            )
            _, toggled, count = measure(link, "l")
            rows.append(Row(f"{name}, one layer", f"{count / 1000:.1f} kB, {toggled:.0f} ms", "≤ 40 kB"))
            link.press("n"), link.press("n"), link.quiet(link.now)
            rows.append(Row(f"{name}, a key meanwhile", f"{answered(link):.0f} ms", "≤ 60 ms"))
    return rows


def memory(folder: str) -> Row:
    """Pictures in the terminal after many have been shown, no two of them alike."""
    command = [sys.executable, "-m", "benchmarks.pictures", "--app", folder]
    with Link(command, KITTY, (100, 30)) as link:
        link.wait(lambda data: b"ready" in data)
        most = 0
        for _ in range(PICTURES):
            link.press("n")
            time.sleep(0.1)
            most = max(most, held(link))
        link.quiet(link.now)
        sent = len(re.findall(rb"a=T,", link.output))
        link.press("q")
        link.process.wait(10)
        return Row(f"kitty, {sent} pictures sent", f"{most} held at most, {held(link)} after the end", "flat")


def held(link: Link) -> int:
    """Pictures that have been sent and not been deleted."""
    output = link.output
    return len(re.findall(rb"a=T,", output)) - len(re.findall(rb"a=d,d=I,", output))


def sixel(folder: str) -> list[Row]:
    """The rows for sixel."""
    with start(folder, XTERM, (100, 30)) as link:
        link.wait(lambda data: b"ready" in data)
        link.quiet()
        _, whole, count = measure(link, "n")
        key = answered(link)
    return [
        Row("sixel, 100 × 30", f"{count / 1000:.0f} kB, {whole:.0f} ms", "≤ 340 kB, ≤ 550 ms"),
        Row("sixel, 100 × 30, a key meanwhile", f"{key:.0f} ms", "≤ 60 ms"),
    ]


def half() -> Row:
    """Processor time of half cells."""
    from aquarium_tui.tui.graphics.geometry import fit
    from aquarium_tui.tui.graphics.half import Half

    image, backend = photo(0), Half()
    grid = fit((0, 0, *SIZE), (100, 30), (10, 20))
    took = []
    for _ in range(20):
        begun = time.process_time()
        plate = backend.make(image, grid)
        text = plate.paint((0, 0), (0, 0, *grid.cells))
        took.append((time.process_time() - begun) * 1000)
    return Row(
        "half cells, 100 × 30",
        f"{statistics.median(took):.1f} ms CPU, {len(text) / 1000:.0f} kB",
        "≤ 8 ms CPU",
    )


def main() -> None:
    """Print the table."""
    if sys.argv[1:2] == ["--app"]:
        run_app(sys.argv[2])
        return
    with tempfile.TemporaryDirectory() as folder:
        for number in range(4):
            photo(number).save(Path(folder) / f"{number}.jpg", quality=92)
        rows = [*kitty(folder), *sixel(folder), half(), memory(folder)]
    for row in rows:
        print(f"{row.what:<36} {row.found:<40} reach {row.reach}")


if __name__ == "__main__":
    main()
