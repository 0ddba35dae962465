"""How long masks take: three of 2048 × 1024 beside decoding them alone, and 5,000 counted frames.

`python -m benchmarks.pixels [--runs N]`
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.compare.pixels import counting
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.counting import (
    IGNORED,
    Counted,
    Meaning,
    PixelCounts,
    counted,
    joined,
    joint_runs,
)
from aquarium_tui.compare.pixels.frame_masks import FrameMasks
from aquarium_tui.compare.pixels.regions import regions_of
from aquarium_tui.compare.segments import bound
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.columns import Text
from aquarium_tui.model.outcomes import Diff
from aquarium_tui.model.tables import SEGMENTATION, Dataset, Frames, InferenceSet, Project, no_objects
from aquarium_tui.work.executor import local_workers, worked
from aquarium_tui.work.watch import Watch
from benchmarks.compare import Row, table, timed

WIDTH, HEIGHT, CLASSES, VOID = 2048, 1024, 19, 255
FRAMES, FILES = 5_000, 48
Generator = np.random.Generator
Mask = NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the comparison of masks.")
    parser.add_argument("--runs", type=int, default=15, help="runs of each row; the median is shown")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"three masks of {WIDTH} × {HEIGHT}, {CLASSES} classes, {options.runs} runs")
        print("\n".join(table(list(one_frame(Path(folder), options.runs)))), end="\n\n")
        print(f"{FILES} frames of three such masks")
        print("\n".join(table(list(some_frames(Path(folder))))), end="\n\n")
    print(f"{FRAMES:,} counted frames")
    print("\n".join(table(list(counted_frames(options.runs)))))


def one_frame(folder: Path, runs: int) -> Iterator[Row]:
    """Decoding alone, then everything that is made of the decoded masks."""
    files = written(folder, 0)
    alone = timed(lambda: [decoded(file) for file in files], runs)
    yield Row("decoding the PNGs alone", alone)
    whole = timed(lambda: everything(files), runs)
    again = timed(lambda: [decoded(file) for file in files], runs)
    alone = min(alone, again)
    yield Row(f"decoding, counting, diffing: {whole / alone:.2f} ×", whole, "", f"1.3 × = {1.3 * alone:.1f}")
    means = meanings()
    masks = [read_mask(file) for file in files]
    found = joint_runs(masks[0], masks[1:], means)
    frame = FrameMasks(found)
    work = timed(lambda: joint_runs(masks[0], masks[1:], means), runs)
    yield Row(f"finding {len(found.length):,} joint runs", work)
    yield Row("counting them", timed(lambda: counted(found, CLASSES + 1), runs), "with the runs 2.2")
    yield Row("diff map", timed(frame.diff, runs), "0.5")
    yield Row("diff map of one cell", timed(lambda: frame.diff((3, 4)), runs))
    yield Row("map of classes", timed(lambda: frame.label, runs))
    changes = np.where(frame.diff() >= Diff.FIXED, frame.diff(), np.uint8(0))
    yield Row(f"{len(regions_of(changes)):,} changed regions", timed(lambda: regions_of(changes), runs))


def everything(files: Sequence[str]) -> None:
    label, *inferred = (read_mask(file) for file in files)
    joint = joint_runs(label, inferred, meanings())
    counted(joint, CLASSES + 1)
    FrameMasks(joint).diff()


def some_frames(folder: Path) -> Iterator[Row]:
    """The same frames counted here, and in worker processes that run already."""
    jobs = [written(folder, i % 3) for i in range(FILES)]
    count_frame = partial(counting.count_frame, read_mask, meanings())
    yield Row("counted in one process", timed(lambda: list(worked(count_frame, jobs, None, Watch())), 3))
    with local_workers(1 << 10) as pool:
        list(worked(count_frame, jobs, pool, Watch()))
        yield Row("counted in processes", timed(lambda: list(worked(count_frame, jobs, pool, Watch())), 3))


def counted_frames(runs: int) -> Iterator[Row]:
    """What screens ask of a set whose frames have been counted."""
    whole = comparison(random_counts(FRAMES))
    half = np.arange(FRAMES) % 2 == 0
    delta = timed(lambda: comparison(whole.counts).delta, runs)
    yield Row(f"delta; {size(whole.counts) / FRAMES / 1000:.1f} kB a frame", delta)
    yield Row("delta of half of the frames", timed(lambda: whole.within(half).delta, runs), "10")
    yield Row("every cell's lists", timed(lambda: comparison(whole.counts).cells, runs))
    yield Row(
        "frames of a cell, ranked", timed(lambda: comparison(whole.counts).frames_of(3, 4), runs), "", "100"
    )
    yield Row("scores of every frame", timed(lambda: comparison(whole.counts).frame_scores, runs))
    query = 'delta.iou("class 3") < -0.05 and delta.confusion("class 3", "class 4") > 100'
    binding = bound(whole)
    binding.select(query)
    yield Row("a query of IoU and confusion", timed(lambda: binding.select(query), runs))
    yield Row("1 000 resamples", timed(lambda: comparison(whole.counts).significance(), 1))


def meanings() -> tuple[Meaning, ...]:
    values = np.arange(CLASSES)
    return tuple(Meaning(values, values.astype(np.int32), unnamed) for unnamed in (IGNORED, CLASSES, CLASSES))


def written(folder: Path, seed: int) -> tuple[str, ...]:
    """Three mask files: streets of some hundred pieces, the sets with edges that wander."""
    files = [folder / f"{seed}_{name}.png" for name in ("label", "base", "other")]
    if not files[0].exists():
        rng = np.random.default_rng(seed)
        label = street(rng)
        for file, mask in zip(
            files, (label, wandering(rng, label, 4), wandering(rng, label, 2)), strict=True
        ):
            Image.fromarray(mask).save(file)
    return tuple(map(str, files))


def street(rng: Generator) -> Mask:
    """Pieces of classes around random points, finer towards the middle row, and a strip of void below."""
    points = rng.random((260, 2)) * (HEIGHT, WIDTH)
    points[:, 0] = HEIGHT / 2 + (points[:, 0] - HEIGHT / 2) * rng.random(260)
    classes = rng.integers(0, CLASSES, 260)
    rows, columns = np.mgrid[0:HEIGHT:4, 0:WIDTH:4]
    nearest = np.zeros(rows.shape, np.int64)
    least = np.full(rows.shape, np.inf)
    for i, (y, x) in enumerate(points):
        distance = (rows - y) ** 2 + (columns - x) ** 2
        nearer = distance < least
        nearest[nearer], least[nearer] = i, distance[nearer]
    mask = np.repeat(np.repeat(classes[nearest].astype(np.uint8), 4, axis=0), 4, axis=1)
    mask[-60:] = VOID
    return wandering(rng, mask, 3)


def wandering(rng: Generator, mask: Mask, by: int) -> Mask:
    """The mask with its pixels moved a little, blocks of 8 × 2 alike."""
    moves = rng.integers(-by, by + 1, (2, HEIGHT // 2, WIDTH // 8))
    down, right = (np.repeat(np.repeat(each, 2, axis=0), 8, axis=1) for each in moves)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.asarray(mask[np.clip(rows + down, 0, HEIGHT - 1), np.clip(columns + right, 0, WIDTH - 1)])


def decoded(file: str) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image)


def random_counts(frames: int) -> PixelCounts:
    """Counts like those of street scenes: 12 of the classes in a frame, each confused with a few others."""
    rng = np.random.default_rng(0)
    found: dict[int, Counted | str] = {}
    for row in range(frames):
        label = np.repeat(rng.choice(CLASSES, 12, replace=False), 24)
        base, other = (
            np.where(rng.random(len(label)) < 0.4, label, rng.integers(0, CLASSES, len(label)))
            for _ in range(2)
        )
        key = np.unique((label * CLASSES + base) * CLASSES + other)
        parts = (key // CLASSES**2, key // CLASSES % CLASSES, key % CLASSES)
        of_label, of_base, of_other = (part.astype(np.uint16) for part in parts)
        pixels = rng.gamma(0.5, 15_000, len(key)).astype(np.int32) + 1
        found[row] = Counted(of_label, of_base, of_other, pixels, 1000)
    return joined(found, frames, CLASSES)


def size(counts: PixelCounts) -> int:
    names = ("label", "base", "other", "pixels", "starts", "ignored", "counted")
    return sum(getattr(counts, name).nbytes for name in names)


def comparison(counts: PixelCounts) -> PixelComparison:
    names = Text.from_words([str(row) for row in range(counts.frames)])
    sizes = np.full(counts.frames, WIDTH, np.int32), np.full(counts.frames, HEIGHT, np.int32)
    classes = ClassMap(tuple(ClassEntry(i, f"class {i}") for i in range(CLASSES)))
    project = Project("bench", SEGMENTATION, classes)
    data = Dataset(project, "val", Frames(names, names, *sizes), no_objects(counts.frames))
    sets = [InferenceSet(name, data.labels) for name in ("base", "other")]
    return PixelComparison.counted(data, sets[0], sets[1], counts)


if __name__ == "__main__":
    main()
