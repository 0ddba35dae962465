"""The generated data on disk: parts that rows ask for by name, made once and kept in a folder.

`python -m benchmarks.parts FOLDER NAME FRAMES` makes one part. It has a process of its own, so that neither
the measuring process nor the rows carry its memory. What is large is made in pieces of 5,000 frames.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.streets import Street

VERSION = 1
"""Part of every folder's name; raised when the generators give other data than before."""
PIECE = 5_000
"""Frames that are generated together: one piece and what DuckDB takes to write it stay below 1 GB."""

Make = Callable[[Path, int, Path], None]
"""Fills an empty folder for so many frames; other parts are below the third argument."""


def folder_of(data: Path, name: str, frames: int) -> Path:
    """Where a part is, or will be."""
    return data / f"v{VERSION}" / f"{name}-{min(frames, _MOST.get(name, frames))}"


def ensure(data: Path, name: str, frames: int) -> None:
    """Generate a part that is missing, in a process of its own."""
    if not folder_of(data, name, frames).exists():
        command = [sys.executable, "-m", "benchmarks.parts", str(data), name, str(frames)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def make(data: Path, name: str, frames: int) -> None:
    """Make a part and what it is made from; a folder of that name is always complete."""
    for other in _NEEDS.get(name, ()):
        make(data, other, frames)
    target = folder_of(data, name, frames)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        filled = Path(folder) / "part"
        filled.mkdir()
        _PARTS[name](filled, min(frames, _MOST.get(name, frames)), data)
        try:
            filled.rename(target)
        except OSError:
            if not target.exists():  # else another process has made the same at the same time
                raise


def _detections(folder: Path, frames: int, _: Path) -> None:
    """A store with the dataset `bench/val` and the sets `base` and `other`."""
    from aquarium_tui.store import Store
    from benchmarks.data import dataset, inferences

    pieces = []
    for first in range(0, frames, PIECE):
        pieces.append(folder / f"piece{first}")
        store, data = Store(pieces[-1]), dataset(min(PIECE, frames - first), first=first)
        store.add_dataset(data)
        for seed, name in enumerate(("base", "other"), 1):
            store.add_inferences(data, inferences(data, name, seed + first))
    place = Path("projects", "bench", "val")
    for table in sorted(pieces[0].rglob("*.parquet")):
        _join([piece / table.relative_to(pieces[0]) for piece in pieces])
    for document in sorted((pieces[0] / place).rglob("*.json")):
        _add_up([piece / document.relative_to(pieces[0]) for piece in pieces])
    (pieces[0] / "projects").rename(folder / "projects")
    for piece in pieces:
        shutil.rmtree(piece)
    store = Store(folder)  # reading it once leaves the caches that every row but the cold one expects
    store.load_dataset("bench", "val")
    for name in ("base", "other"):
        store.load_inferences("bench", "val", name)


def _join(tables: list[Path]) -> None:
    """Append all tables to the first, in their order."""
    if len(tables) > 1:
        joined = tables[0].with_suffix(".joined")
        query = "COPY (SELECT * FROM read_parquet(?)) TO ? (FORMAT parquet, COMPRESSION zstd)"
        _execute(query, [str(table) for table in tables], str(joined))
        joined.replace(tables[0])


def _execute(query: str, *parameters: object) -> None:
    """Run a query on files; unbounded, DuckDB would take four fifths of the machine's memory."""
    import duckdb

    with duckdb.connect(config={"memory_limit": "4GB"}) as connection:
        connection.execute(query, parameters)


def _add_up(paths: list[Path]) -> None:
    """Put the sums of all documents' counts into the first; one fingerprint represents all."""
    documents = [json.loads(path.read_text()) for path in paths]
    counts = ("frames", "labels", "inferences")
    sums = {name: sum(one[name] for one in documents) for name in counts if name in documents[0]}
    # The checksum and the hashes of the tables are those of one piece; without them nothing is checked.
    kept = {key: value for key, value in documents[0].items() if key not in ("checksum", "hashes")}
    paths[0].write_text(json.dumps(kept | sums))


_RESULTS = """
COPY (
    SELECT frame::BIGINT AS image_id, class AS category_id,
           ["left", "top", "right" - "left", "bottom" - "top"] AS bbox, confidence AS score
    FROM read_parquet(?)
) TO ? (FORMAT json, ARRAY true)
"""
_IMAGES = """
COPY (
    SELECT id::BIGINT AS id, path AS file_name, width, height, '2013-11-14 17:02:52' AS date_captured
    FROM read_parquet(?)
) TO ? (FORMAT json, ARRAY true)
"""
_ANNOTATIONS = """
COPY (
    SELECT [flatten([[round("left" + (1 + cos(pi() * i / 14)) / 2 * ("right" - "left"), 2),
                      round("top" + (1 + sin(pi() * i / 14)) / 2 * ("bottom" - "top"), 2)]
                     FOR i IN range(28)])] AS segmentation,
           area, crowd::INTEGER AS iscrowd, frame::BIGINT AS image_id,
           ["left", "top", round("right" - "left", 2), round("bottom" - "top", 2)] AS bbox,
           class AS category_id, id::BIGINT + 1 AS id
    FROM read_parquet(?)
) TO ? (FORMAT json, ARRAY true)
"""
"""Each label has a polygon of 28 corners: as bulky as COCO's on average."""


def _coco(folder: Path, frames: int, data: Path) -> None:
    """`labels.json`, with polygons, and `results.json` of base, each number with all its digits."""
    from benchmarks.data import CLASSES

    place = folder_of(data, "detections", frames) / "projects" / "bench" / "val"
    lists = {"images": (_IMAGES, "frames"), "annotations": (_ANNOTATIONS, "labels")}
    for name, (query, table) in lists.items():
        _execute(query, str(place / f"{table}.parquet"), str(folder / name))
    results = place / "inferences" / "base" / "inferences.parquet"
    _execute(_RESULTS, str(results), str(folder / "results.json"))
    categories = [{"id": i + 1, "name": f"class {i}"} for i in range(CLASSES)]
    with (folder / "labels.json").open("wb") as out:
        out.write(b'{"categories": ' + json.dumps(categories).encode())
        for name in lists:
            out.write(f', "{name}": '.encode())
            with (folder / name).open("rb") as part:
                shutil.copyfileobj(part, out)
            (folder / name).unlink()
        out.write(b"}")


def _yolo(folder: Path, frames: int, _: Path) -> None:
    """`texts` as `save_txt=True save_conf=True` leaves them, 20 for each frame, and `labels.json`."""
    import numpy as np

    from benchmarks.data import CLASSES

    texts, boxes, count = folder / "texts", 10, 20 * frames
    texts.mkdir()
    rng = np.random.default_rng(3)
    for first in range(0, count, PIECE):
        n = min(PIECE, count - first)
        centre = rng.uniform(0.3, 0.7, (n, boxes, 2))
        size = rng.uniform(0.01, 0.3, (n, boxes, 2))
        score = rng.random((n, boxes, 1))
        numbers = np.concatenate([centre, size, score], axis=2).round(6).tolist()
        for frame, rows in enumerate(numbers, first):
            lines = (f"{i % CLASSES} {' '.join(map(str, row))}\n" for i, row in enumerate(rows))
            (texts / f"{frame:07d}.txt").write_text("".join(lines))
    images = [
        {"id": frame + 1, "file_name": f"{frame:07d}.jpg", "width": 640, "height": 480}
        for frame in range(count)
    ]
    categories = [{"id": i + 1, "name": f"class {i}"} for i in range(CLASSES)]
    document = {"images": images, "annotations": [], "categories": categories}
    (folder / "labels.json").write_text(json.dumps(document))


def _masks(folder: Path, frames: int, _: Path) -> None:
    """Large masks of one frame in fifty; twelve differ, the others are links to them."""
    from benchmarks.streets import street

    distinct, wanted = 12, max(1, frames // 50)
    _masked(folder, [street(i) for i in range(min(distinct, wanted))], wanted)


def _streets(folder: Path, frames: int, _: Path) -> None:
    """Small masks of every frame."""
    from benchmarks.streets import small_streets

    _masked(folder, small_streets(frames), frames)


def _masked(folder: Path, scenes: "Iterable[Street]", frames: int) -> None:
    """`labels`, `base`, `other`, black `images` and `classes.csv`; scenes come again as often as needed."""
    from PIL import Image

    from benchmarks.streets import CLASSES, SETS, VOID

    for one in (*SETS, "images"):
        (folder / one).mkdir()
    count = 0
    for scene in scenes:
        scene.save(folder, f"{count:06d}")
        if count == 0:
            Image.new("RGB", scene.labels.shape[::-1]).save(folder / "images" / f"{0:06d}.jpg")
        count += 1
    for i in range(frames):
        for one in SETS if i >= count else ():
            (folder / one / f"{i:06d}.png").hardlink_to(folder / one / f"{i % count:06d}.png")
        if i:
            (folder / "images" / f"{i:06d}.jpg").hardlink_to(folder / "images" / f"{0:06d}.jpg")
    classes = [f"{i},class {i}" for i in range(CLASSES)]
    (folder / "classes.csv").write_text("\n".join([*classes, f"{VOID},void,ignore", ""]))


def _segmentation(folder: Path, frames: int, data: Path) -> None:
    """A store with the large masks as `bench/masks` and the small ones as `bench/streets`, all counted."""
    for dataset in ("masks", "streets"):
        masks = folder_of(data, dataset, frames)
        upload = ["upload", "--project", "bench", "--dataset", dataset]
        for arguments in (
            [*upload, "--labels", masks / "labels", "--images", masks / "images",
             "--classes", masks / "classes.csv"],
            [*upload, "--inferences-id", "base", "--inferences", masks / "base"],
            [*upload, "--inferences-id", "other", "--inferences", masks / "other"],
            ["compare", f"bench/{dataset}", "--base", "base", "--other", "other"],
        ):  # fmt: skip
            command = [sys.executable, "-m", "aquarium_tui", *map(str, arguments)]
            environment = {**os.environ, "AQUARIUM_HOME": str(folder)}
            subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def _photos(folder: Path, _: int, __: Path) -> None:
    """Photos of two sizes as JPEG and PNG, more of the smaller size to cut crops from, and scenes."""
    from benchmarks.photos import write_photos

    write_photos(folder)


_PARTS: dict[str, Make] = {
    "detections": _detections,
    "coco": _coco,
    "yolo": _yolo,
    "masks": _masks,
    "streets": _streets,
    "segmentation": _segmentation,
    "photos": _photos,
}
_NEEDS = {"coco": ("detections",), "segmentation": ("masks", "streets")}
_MOST = {"yolo": 5_000, "masks": 50_000, "streets": 50_000, "segmentation": 50_000, "photos": 1}
"""The most frames a part is made for: 100,000 texts and 150,000 masks are enough files for any disk."""


if __name__ == "__main__":
    make(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
