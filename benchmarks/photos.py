"""Synthetic photos, real ones where a hard case is wanted, and marks to draw on them."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

Size = tuple[int, int]

SIZES: tuple[Size, ...] = ((1280, 720), (4000, 3000))
CROPPED = 8
"""How many photos crops are cut from."""
SCENES = 4


def write_photos(folder: Path) -> None:
    """Write `1280.jpg` and the like, `crop0.jpg` …, and `scenes/0.jpg` …."""
    for size in SIZES:
        photo = photo_like(size)
        for kind in ("jpg", "png"):
            photo.save(folder / f"{size[0]}.{kind}", quality=88)
    for i in range(CROPPED):
        photo_like(SIZES[0], i).save(folder / f"crop{i}.jpg", quality=88)
    (folder / "scenes").mkdir()
    for i in range(SCENES):
        scene(i).save(folder / "scenes" / f"{i}.jpg", quality=92)


def photo_like(size: Size, seed: int = 0) -> Image.Image:
    """A picture with large shapes, edges and grain, which compresses about as a photo does."""
    rng = np.random.default_rng(seed)
    shapes = Image.fromarray(rng.integers(0, 256, (9, 16, 3)).astype(np.uint8))
    coarse = np.asarray(shapes.resize(size, Image.Resampling.BICUBIC), dtype=np.int16)
    fine = rng.normal(0, 24, (size[1], size[0], 1)).astype(np.int16)
    return Image.fromarray(np.clip(coarse + fine, 0, 255).astype(np.uint8))


def scene(number: int) -> Image.Image:
    """One of four photos of 1280 × 720: two of scikit-learn's, tiled. Much fine texture, so a hard case."""
    import sklearn.datasets

    tiled = Image.new("RGB", SIZES[0])
    for column, name in enumerate(("china.jpg", "flower.jpg")):
        tile = Image.fromarray(sklearn.datasets.load_sample_image(name))
        for top in (0, tile.height):
            tiled.paste(tile, (column * tile.width, top))
    return (tiled, ImageOps.mirror(tiled), ImageOps.flip(tiled), tiled.rotate(180))[number % SCENES]
