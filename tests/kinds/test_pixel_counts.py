"""Pixels are counted once, kept, counted anew when a file changes; counting can be watched and stopped."""

import os
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from aquarium_tui.compare.metrics import frame_values
from aquarium_tui.compare.pixels.comparison import PixelComparison
from aquarium_tui.compare.pixels.joint_counts import count_frame
from aquarium_tui.errors import AquariumError, CancelledError, UsageError
from aquarium_tui.kinds.masks import pixel_counts
from aquarium_tui.kinds.masks.pixel_counts import PixelPlaces, count_pixels, count_shard
from aquarium_tui.model.shard import Shard, ShardCount
from aquarium_tui.store.parts import Parts
from aquarium_tui.work.executor import Watch, WorkerDiedError
from tests.compare.pixels import reference
from tests.compare.pixels.scene import masks, pixel_comparison, written

RNG = np.random.default_rng(3)


def at(folder: Path) -> PixelPlaces:
    return PixelPlaces(folder / "cache", Parts(folder / "shards"))


def mask() -> np.ndarray:
    return RNG.integers(0, 4, (4, 4)).astype(np.uint8)


FRAMES = [(mask(), mask(), mask()) for _ in range(40)]


@pytest.fixture
def sets(tmp_path):
    return written(tmp_path, FRAMES)


@pytest.fixture
def read(monkeypatch):
    """Every mask file that is decoded for counting."""
    seen = []

    def counting(*given):
        seen.append(given)
        return count_frame(*given)

    monkeypatch.setattr(pixel_counts, "count_frame", counting)
    return seen


def test_counts_are_kept_whichever_set_is_base(sets, tmp_path, read):
    dataset, old, new = sets
    first = pixel_comparison(dataset, old, new, places=at(tmp_path))
    assert len(read) == len(FRAMES)
    again = pixel_comparison(dataset, old, new, places=at(tmp_path))
    swapped = pixel_comparison(dataset, new, old, places=at(tmp_path))
    assert len(read) == len(FRAMES)
    for one in (first, again):
        assert one.confusion("base").tolist() == reference.confusion(FRAMES, "base").tolist()
    assert swapped.confusion("base").tolist() == first.confusion("other").tolist()


def test_a_changed_file_or_class_is_counted_anew(sets, tmp_path, read):
    dataset, old, new = sets
    before = count_pixels(dataset, old, new, places=at(tmp_path))
    Image.fromarray(FRAMES[0][0]).save(tmp_path / "new" / "f0.png")
    os.utime(tmp_path / "new" / "f0.png", ns=(1, 1))
    after = pixel_comparison(dataset, old, new, places=at(tmp_path))
    assert len(read) == len(FRAMES) + 1
    wanted = reference.confusion([(FRAMES[0][0], FRAMES[0][1], FRAMES[0][0]), *FRAMES[1:]], "other")
    assert after.confusion("other").tolist() == wanted.tolist()
    values = replace(dataset.masks, values={0: 1, 1: 0, 2: 2, 3: 3})
    count_pixels(replace(dataset, masks=values), old, new, places=at(tmp_path))
    assert len(read) == 2 * len(FRAMES) + 1
    assert before.counted.all()


def test_frames_without_all_their_masks_are_not_counted(sets, tmp_path):
    dataset, old, new = sets
    names = [f"f{i}.png" if i != 1 else None for i in range(len(FRAMES))]
    old = replace(old, masks=masks(tmp_path / "old", names))
    (tmp_path / "new" / "f2.png").write_bytes(b"no picture")
    for _ in range(2):
        counts = count_pixels(dataset, old, new, places=at(tmp_path))
        assert np.flatnonzero(~counts.counted).tolist() == [1, 2]
        assert list(counts.unreadable) == [2]
        assert counts.unreadable[2].startswith("not an image")
    found = PixelComparison.counted(dataset, old, new, counts)
    kept = [FRAMES[0], *FRAMES[3:]]
    assert found.confusion("base").tolist() == reference.confusion(kept, "base").tolist()
    assert found.frame_count == len(kept)
    assert np.isnan(frame_values(found, "miou", "base")[[1, 2]]).all()


def test_one_set_alone(sets):
    dataset, old, _ = sets
    found = pixel_comparison(dataset, old)
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
        found = count_pixels(dataset, old, new, watch=Watch(lambda *n: told.append(n), executor=pool))
    here = count_pixels(dataset, old, new)
    for name in ("starts", "label", "base", "other", "pixels", "ignored", "counted"):
        np.testing.assert_array_equal(getattr(found, name), getattr(here, name))
    assert told[0] == (0, len(FRAMES))
    assert told[-1] == (len(FRAMES), len(FRAMES))
    assert told == sorted(told)


def test_work_can_be_stopped(sets, tmp_path):
    dataset, old, new = sets
    asked = iter([False, False, True])
    with pytest.raises(CancelledError):
        count_pixels(dataset, old, new, places=at(tmp_path), watch=Watch(cancelled=lambda: next(asked)))
    with ThreadPoolExecutor(1) as pool, pytest.raises(CancelledError):
        count_pixels(dataset, old, new, watch=Watch(cancelled=lambda: True, executor=pool))


def test_counting_goes_on_where_it_was_stopped(sets, tmp_path, read):
    dataset, old, new = sets
    asked = iter([False] * 25 + [True])
    with pytest.raises(CancelledError):
        count_pixels(dataset, old, new, places=at(tmp_path), watch=Watch(cancelled=lambda: next(asked)))
    # A kill in the middle of writing leaves half a record.
    (journal,) = at(tmp_path).parts.journals()
    with journal.open("ab") as file:
        file.write(journal.read_bytes()[:100])
    assert len(read) == 25
    found = count_pixels(dataset, new, old, places=at(tmp_path))
    assert len(read) == len(FRAMES)
    same(found, count_pixels(dataset, new, old))
    assert not at(tmp_path).parts.journals()


def same(one, another):
    for name in ("starts", "label", "base", "other", "pixels", "ignored", "counted"):
        np.testing.assert_array_equal(getattr(one, name), getattr(another, name))
    assert one.unreadable == another.unreadable


def test_shards_in_any_order_have_equal_bytes_and_make_the_whole(sets, tmp_path, read):
    dataset, old, new = sets
    (tmp_path / "new" / "f9.png").unlink()
    places, shards = at(tmp_path), [Shard(3, index) for index in (3, 1, 2)]
    for shard in shards[:2]:
        count_shard(dataset, (old, new), shard, places, Watch())
    partly = count_pixels(dataset, old, new, places=places)
    assert partly.missing == (Shard(3, 2),)
    assert np.flatnonzero(~partly.counted).tolist() == [9, *Shard(3, 2).rows(40)]
    told = count_shard(dataset, (new, old), shards[2], places, Watch())
    assert told == ShardCount(13, 13, 0)
    files = places.parts.shards()
    before = {shard: path.read_bytes() for shard, path in files.items()}
    for shard in shards:
        again = count_shard(dataset, (old, new), shard, places, Watch())
        assert again.counted == 0
    for path in (files[shards[0]], files[shards[1]]):
        path.unlink()
    for shard in shards:
        count_shard(dataset, (old, new), shard, places, Watch())
    assert {shard: path.read_bytes() for shard, path in places.parts.shards().items()} == before
    read.clear()
    whole = count_pixels(dataset, old, new, places=places)
    assert (read, whole.missing) == ([], ())
    same(whole, count_pixels(dataset, old, new))


def test_a_shard_whose_files_changed_is_completed_and_a_missing_one_counted_on_demand(sets, tmp_path, read):
    dataset, old, new = sets
    places = at(tmp_path)
    count_shard(dataset, (old, new), Shard(2, 1), places, Watch())
    Image.fromarray(FRAMES[5][1]).save(tmp_path / "labels" / "f3.png")
    os.utime(tmp_path / "labels" / "f3.png", ns=(1, 1))
    read.clear()
    found = count_pixels(dataset, old, new, places=places, every=True)
    assert len(read) == 1 + len(FRAMES) // 2
    same(found, count_pixels(dataset, old, new))


class Executioner(Executor):
    """Calls at once; the worker dies where the label mask of a frame is among `victims`."""

    def __init__(self, victims: set[str]) -> None:
        self.victims, self.calls = victims, 0

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.calls += 1
        jobs = arguments[1]
        if any(Path(files[0]).name in self.victims for files in jobs):
            future.set_exception(WorkerDiedError("gone"))
        else:
            future.set_result(function(*arguments, **named))
        return future


def test_a_frame_that_ends_its_worker_is_named_and_all_others_are_counted(sets) -> None:
    dataset, old, new = sets
    counts = count_pixels(dataset, old, new, watch=Watch(executor=Executioner({"f7.png"})))
    assert np.flatnonzero(~counts.counted).tolist() == [7]
    assert counts.unreadable == {7: "the worker process died 3 times, killed or out of memory"}
    kept = [frame for row, frame in enumerate(FRAMES) if row != 7]
    found = PixelComparison.counted(dataset, old, new, counts)
    assert found.confusion("other").tolist() == reference.confusion(kept, "other").tolist()


def test_only_frames_whose_worker_died_are_counted_again(sets, tmp_path) -> None:
    dataset, old, new = sets
    healthy = Executioner(set())
    count_pixels(
        dataset, old, new, places=at(tmp_path), watch=Watch(executor=Executioner({"f7.png", "f30.png"}))
    )
    counts = count_pixels(dataset, old, new, places=at(tmp_path), watch=Watch(executor=healthy))
    assert healthy.calls == 1
    whole = count_pixels(dataset, old, new)
    for name in ("starts", "label", "base", "other", "pixels", "ignored", "counted"):
        np.testing.assert_array_equal(getattr(counts, name), getattr(whole, name))
    assert counts.unreadable == {}
    count_pixels(dataset, old, new, places=at(tmp_path), watch=Watch(executor=healthy))
    assert healthy.calls == 1


class Broken(Executor):
    """An executor that has broken down."""

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> "Future[Any]":
        raise BrokenProcessPool("gone")


def test_a_broken_executor_is_an_error(sets) -> None:
    dataset, old, new = sets
    with pytest.raises(AquariumError, match="executor broke down"):
        count_pixels(dataset, old, new, watch=Watch(executor=Broken()))


def test_sets_without_masks_cannot_be_compared(sets):
    dataset, old, _ = sets
    with pytest.raises(UsageError, match="old has no masks"):
        count_pixels(dataset, replace(old, masks=None))
    with pytest.raises(UsageError, match="val has no masks"):
        count_pixels(replace(dataset, masks=None), old)
