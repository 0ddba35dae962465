"""Counts are made once, kept, made anew when a file changed, and can be watched and stopped."""

import os
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.compare.pixels import counted_sets
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.counted_sets import count_pixels
from aquarium_tui.errors import AquariumError, UsageError
from aquarium_tui.work.pool import CancelledError, Watch, workers
from tests.compare.pixels import reference
from tests.compare.pixels.scene import masks, written

RNG = np.random.default_rng(3)
FRAMES = [tuple(RNG.integers(0, 4, (4, 4)).astype(np.uint8) for _ in range(3)) for _ in range(40)]


@pytest.fixture
def sets(tmp_path):
    return written(tmp_path, FRAMES)


@pytest.fixture
def read(monkeypatch):
    """Every mask file that is decoded for counting."""
    seen = []
    count = counted_sets.count_frame
    monkeypatch.setattr(counted_sets, "count_frame", lambda job: seen.append(job) or count(job))
    return seen


def test_counts_are_kept_whichever_set_is_base(sets, tmp_path, read):
    dataset, old, new = sets
    first = PixelComparison.of(dataset, old, new, cache=tmp_path / "cache")
    assert len(read) == len(FRAMES)
    again = PixelComparison.of(dataset, old, new, cache=tmp_path / "cache")
    swapped = PixelComparison.of(dataset, new, old, cache=tmp_path / "cache")
    assert len(read) == len(FRAMES)
    for one in (first, again):
        assert one.confusion("base").tolist() == reference.confusion(FRAMES, "base").tolist()
    assert swapped.confusion("base").tolist() == first.confusion("other").tolist()


def test_a_changed_file_or_class_is_counted_anew(sets, tmp_path, read):
    dataset, old, new = sets
    before = count_pixels(dataset, old, new, cache=tmp_path / "cache")
    Image.fromarray(FRAMES[0][0]).save(tmp_path / "new" / "f0.png")
    os.utime(tmp_path / "new" / "f0.png", ns=(1, 1))
    after = PixelComparison.of(dataset, old, new, cache=tmp_path / "cache")
    assert len(read) == 2 * len(FRAMES)
    wanted = reference.confusion([(FRAMES[0][0], FRAMES[0][1], FRAMES[0][0]), *FRAMES[1:]], "other")
    assert after.confusion("other").tolist() == wanted.tolist()
    values = replace(dataset.masks, values={0: 1, 1: 0, 2: 2, 3: 3})
    count_pixels(replace(dataset, masks=values), old, new, cache=tmp_path / "cache")
    assert len(read) == 3 * len(FRAMES)
    assert before.counted.all()


def test_frames_without_all_their_masks_are_not_counted(sets, tmp_path):
    dataset, old, new = sets
    names = [f"f{i}.png" if i != 1 else None for i in range(len(FRAMES))]
    old = replace(old, masks=masks(tmp_path / "old", names))
    (tmp_path / "new" / "f2.png").write_bytes(b"no picture")
    for _ in range(2):
        counts = count_pixels(dataset, old, new, cache=tmp_path / "cache")
        assert np.flatnonzero(~counts.counted).tolist() == [1, 2]
        assert list(counts.unreadable) == [2]
        assert counts.unreadable[2].startswith("not an image")
    found = PixelComparison(dataset, old, new, counts)
    kept = [FRAMES[0], *FRAMES[3:]]
    assert found.confusion("base").tolist() == reference.confusion(kept, "base").tolist()
    assert found.frame_count == len(kept)
    assert np.isnan(found.measures["miou"].values("base", ())[[1, 2]]).all()


def test_one_set_alone(sets):
    dataset, old, _ = sets
    found = PixelComparison.of(dataset, old)
    assert found.sides == ("base",)
    assert found.delta.tolist() == reference.confusion(FRAMES, "base").tolist()
    with pytest.raises(UsageError, match="no other"):
        found.confusion("other")
    with pytest.raises(UsageError, match="no other"):
        found.significance()


def test_an_executor_gives_the_same_and_progress_is_told(sets):
    dataset, old, new = sets
    told = []
    with ThreadPoolExecutor(2) as pool:
        found = count_pixels(dataset, old, new, executor=pool, watch=Watch(lambda *n: told.append(n)))
    here = count_pixels(dataset, old, new)
    for name in ("starts", "label", "base", "other", "pixels", "ignored", "counted"):
        np.testing.assert_array_equal(getattr(found, name), getattr(here, name))
    assert told[0] == (0, len(FRAMES))
    assert told[-1] == (len(FRAMES), len(FRAMES))
    assert told == sorted(told)


def test_processes_are_started_only_where_that_is_worth_it():
    with workers(10) as none:
        assert none is None


def test_work_can_be_stopped(sets, tmp_path):
    dataset, old, new = sets
    asked = iter([False, False, True])
    with pytest.raises(CancelledError):
        count_pixels(dataset, old, new, cache=tmp_path / "c", watch=Watch(cancelled=lambda: next(asked)))
    assert not (tmp_path / "c").exists()
    with ThreadPoolExecutor(1) as pool, pytest.raises(CancelledError):
        count_pixels(dataset, old, new, executor=pool, watch=Watch(cancelled=lambda: True))


class Dead(Executor):
    """An executor whose workers have died."""

    def submit(self, function, /, *arguments, **named):
        future: Future = Future()
        future.set_exception(BrokenProcessPool("gone"))
        return future


def test_a_dead_worker_is_said(sets):
    dataset, old, new = sets
    with pytest.raises(AquariumError, match="worker process"):
        count_pixels(dataset, old, new, executor=Dead())


def test_sets_without_masks_cannot_be_compared(sets):
    dataset, old, _ = sets
    with pytest.raises(UsageError, match="old has no masks"):
        count_pixels(dataset, replace(old, masks=None))
    with pytest.raises(UsageError, match="val has no masks"):
        count_pixels(replace(dataset, masks=None), old)
