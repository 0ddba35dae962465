"""Masks: three large ones from file to diff map, and what is asked of thousands that have been counted."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aquarium_tui.compare.binding import bound
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.frame_masks import FrameMasks, regions_of
from aquarium_tui.compare.pixels.joint_counts import IGNORED, Meaning, counted, joint_runs
from aquarium_tui.media.mask_values import read_mask
from aquarium_tui.model.outcomes import Diff
from benchmarks.rows import view
from benchmarks.rows.commands import SETS as CHOSEN
from benchmarks.rows.commands import aquarium, launched
from benchmarks.streets import CLASSES, SETS
from benchmarks.work import Figures, NotMeasuredError, Site, Work, timed, timed_with

_CELL = (3, 4)
_QUERY = 'delta.iou("class 3") < -0.05 and delta.confusion("class 3", "class 4") > 100'


def whole(site: Site) -> Work:
    """Everything that one frame needs, from its three files."""
    files = _files(site)

    def work() -> None:
        label, *inferred = (read_mask(file) for file in files)
        runs = joint_runs(label, inferred, _meanings())
        counted(runs, CLASSES + 1)
        FrameMasks(runs).diff()

    return timed(work)


def decoded(site: Site) -> Work:
    files = _files(site)
    return timed(lambda: [_decoded(file) for file in files])


def runs(site: Site) -> Work:
    label, *inferred = (read_mask(file) for file in _files(site))
    return timed(lambda: joint_runs(label, inferred, _meanings()))


def counts(site: Site) -> Work:
    found = _frame(site).runs
    return timed(lambda: counted(found, CLASSES + 1))


def diff(site: Site) -> Work:
    return timed(_frame(site).diff)


def diff_cell(site: Site) -> Work:
    frame = _frame(site)
    return timed(lambda: frame.diff(_CELL))


def regions(site: Site) -> Work:
    found = _frame(site).diff()
    changes = np.where(found >= Diff.FIXED, found, np.uint8(0))
    return timed(lambda: regions_of(changes))


def compare(site: Site, dataset: str) -> Work:
    """Counts all frames: the caches are deleted before each run."""
    home = site.part("segmentation")
    cache = home / "projects" / "bench" / dataset / "cache"
    command = aquarium("compare", f"bench/{dataset}", *CHOSEN, "--format", "json")
    work = launched(site, command, home=home)

    def once() -> Figures:
        shutil.rmtree(cache, ignore_errors=True)
        figures = work()
        if not any(cache.glob("pixels/*/*")):
            raise NotMeasuredError("no counts were kept, so the masks were not counted")
        return figures

    return once


def compare_decoded(site: Site, dataset: str) -> Work:
    """In one process; the program takes as many as there are cores where that is faster."""
    files = [str(file) for one in SETS for file in sorted((site.part(dataset) / one).iterdir())]
    return timed(lambda: [_decoded(file) for file in files])


def delta(site: Site) -> Work:
    return _anew(site, lambda found: found.delta)


def filtered(site: Site) -> Work:
    found = view.masks(site)
    half = np.arange(len(found.dataset.frames)) % 2 == 0
    return timed(lambda: found.within(half).delta)


def cells(site: Site) -> Work:
    return _anew(site, lambda found: found.cells)


def frames_of_cell(site: Site) -> Work:
    return _anew(site, lambda found: found.frames_of(*_CELL))


def scores(site: Site) -> Work:
    return _anew(site, lambda found: found.frame_scores)


def query(site: Site) -> Work:
    binding = bound(view.masks(site))
    return timed(lambda: binding.select(_QUERY))


def resamples(site: Site) -> Work:
    return _anew(site, lambda found: found.significance())


def _anew(site: Site, work: Callable[[PixelComparison], object]) -> Work:
    """Times `work` on a comparison of counted masks that has computed nothing else."""
    found = view.masks(site)

    def make() -> PixelComparison:
        return PixelComparison.counted(found.dataset, found.base, found.other, found.counts)

    return timed_with(make, work)


def _files(site: Site) -> list[str]:
    return [str(site.part("masks") / one / f"{0:06d}.png") for one in SETS]


def _frame(site: Site) -> FrameMasks:
    label, *inferred = (read_mask(file) for file in _files(site))
    return FrameMasks(joint_runs(label, inferred, _meanings()))


def _meanings() -> tuple[Meaning, ...]:
    values = np.arange(CLASSES)
    return tuple(Meaning(values, values.astype(np.int32), unnamed) for unnamed in (IGNORED, CLASSES, CLASSES))


def _decoded(file: str | Path) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image)
