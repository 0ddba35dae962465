"""How long a picture takes, from the file to the drawn boxes: python -m benchmarks.render.

Prints medians of the time of the processor. Beside the reading of a photo stands the plain way: Pillow
decodes all of it and resizes that.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from aquarium_tui.drawing.crops import CropDrawing, SheetDrawing, crop_region
from aquarium_tui.drawing.frames import FrameDrawing
from aquarium_tui.media.photo import PhotoCache, open_photo, read_photo
from aquarium_tui.model.picture import Size, whole
from aquarium_tui.render.brush import draw_marks
from aquarium_tui.render.mark import Mark, MarkOwner
from aquarium_tui.render.palette import class_color

PHOTOS: tuple[Size, ...] = ((1280, 720), (4000, 3000))
DISPLAYS: tuple[Size, ...] = ((190, 100), (1000, 560), (1900, 1100))
COUNTS = (1, 10, 60, 200)
KINDS: tuple[MarkOwner, ...] = ("label", "base", "other")

Row = tuple[str, float, float | None]


def photo_like(size: Size, seed: int = 0) -> Image.Image:
    """A picture with large shapes, edges and grain, which compresses about as a photo does."""
    rng = np.random.default_rng(seed)
    shapes = Image.fromarray(rng.integers(0, 256, (9, 16, 3)).astype(np.uint8))
    coarse = np.asarray(shapes.resize(size, Image.Resampling.BICUBIC), dtype=np.int16)
    fine = np.asarray(Image.effect_noise(size, 24).convert("RGB"), dtype=np.int16) - 128
    return Image.fromarray(np.clip(coarse + fine, 0, 255).astype(np.uint8))


def boxes(count: int, size: Size, seed: int = 0) -> tuple[Mark, ...]:
    """Marks of all kinds and classes, from small to a quarter of the picture's width."""
    rng = np.random.default_rng(seed)
    sides = rng.uniform(0.02, 0.25, (count, 2)) * size
    corners = rng.random((count, 2)) * (size - sides)
    edges = np.hstack([corners, corners + sides]).tolist()
    return tuple(
        Mark((left, top, right, bottom), KINDS[i % 3], class_color(i % 12), "cyclist .91 IoU .71")
        for i, (left, top, right, bottom) in enumerate(edges)
    )


def milliseconds(work: Callable[[], object], repeats: int = 9) -> float:
    """The median time that some work takes of the processor, all threads together."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return median(times) * 1000


def ours(path: Path, pixels: Size) -> Image.Image:
    """What a frame's first picture takes: open, decode, reduce."""
    photo = open_photo(path)
    return read_photo(photo, whole(photo.size), pixels)


def plain(path: Path, pixels: Size) -> Image.Image:
    """What one writes without thinking: decode all of it, then resize."""
    with Image.open(path) as image:
        return image.convert("RGB").resize(pixels, Image.Resampling.BILINEAR)


def reading(folder: Path) -> list[Row]:
    """Decoding at the size shown, beside Pillow's plain decoding; then from the cache, and zoomed."""
    rows: list[Row] = []
    for size in PHOTOS:
        for kind in ("jpg", "png"):
            path = folder / f"{size[0]}.{kind}"
            photo_like(size).save(path, quality=88)
            for pixels in ((100, 56), (1000, 560)):
                name = f"{kind} {size[0]} x {size[1]} at {pixels[0]} x {pixels[1]}"
                rows.append(
                    (
                        name,
                        milliseconds(partial(ours, path, pixels)),
                        milliseconds(partial(plain, path, pixels)),
                    )
                )
            again = milliseconds(partial(PhotoCache().read, open_photo(path), whole(size), (1000, 560)))
            rows.append((f"{kind} {size[0]} x {size[1]} again, from the cache", again, None))
    return rows


def marking() -> list[Row]:
    """Boxes with hatching and captions on a picture that is there."""
    rows: list[Row] = []
    for pixels in DISPLAYS:
        image = photo_like(pixels)
        for count in COUNTS:
            marks = boxes(count, pixels)
            drawn = milliseconds(partial(draw_marks, image, marks, whole(pixels)))
            rows.append((f"{count} boxes at {pixels[0]} x {pixels[1]}", drawn, None))
    return rows


def cropping(folder: Path) -> list[Row]:
    """A sheet of 24 crops of 200 x 140 out of 8 photos, the first time and again."""
    size, tile = PHOTOS[0], (200, 140)
    paths = [folder / f"crop{i}.jpg" for i in range(8)]
    for i, path in enumerate(paths):
        photo_like(size, i).save(path, quality=88)
    marks = boxes(24, size)

    def sheet(cache: PhotoCache) -> SheetDrawing:
        crops = [
            CropDrawing(
                FrameDrawing(str(paths[i % 8]), size, marks, "", cache, captions=False),
                crop_region(mark.box, size, aspect=tile),
            )
            for i, mark in enumerate(marks)
        ]
        return SheetDrawing(tuple(crops), 6, tile, (8, 8), "")

    def draw(cache: PhotoCache) -> Image.Image:
        drawing = sheet(cache)
        return drawing.draw(whole(drawing.size), drawing.size)

    return [
        ("24 crops of 8 photos (1280 x 720)", milliseconds(lambda: draw(PhotoCache())), None),
        ("24 crops, from the cache", milliseconds(partial(draw, PhotoCache())), None),
    ]


def show(title: str, rows: Sequence[Row]) -> None:
    """One table."""
    print(f"\n{title:<48} {'ours':>9} {'plain':>9}")
    for name, ours, other in rows:
        print(f"{name:<48} {ours:>6.1f} ms" + ("" if other is None else f" {other:>6.1f} ms"))


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory() as name:
        show("photo at the size shown", reading(Path(name)))
        show("boxes with hatching and captions", marking())
        show("crops of samples", cropping(Path(name)))


if __name__ == "__main__":
    main()
