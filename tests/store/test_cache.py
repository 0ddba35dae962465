import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aquarium_tui.store import cache, cached

DTYPES: list[np.dtype[Any]] = [np.dtype(name) for name in ("f8", "i4", "u1", "?", "datetime64[us]")]
ARRAYS = arrays.arrays(
    st.sampled_from(DTYPES),
    arrays.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=3),
)


class Maker:
    """Counts how often it had to compute."""

    def __init__(self, arrays: dict[str, np.ndarray] | None = None) -> None:
        self.arrays = arrays or {"a": np.arange(6.0).reshape(3, 2), "b": np.array([True])}
        self.calls = 0

    def __call__(self) -> dict[str, np.ndarray]:
        self.calls += 1
        return self.arrays


def same(came: dict[str, np.ndarray], went: dict[str, np.ndarray]) -> bool:
    assert list(came) == list(went)
    for name, array in went.items():
        np.testing.assert_array_equal(came[name], array, strict=True)
    return True


@given(st.dictionaries(st.text(max_size=4), ARRAYS, max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_computed_once_comes_back_under_any_name(tmp_path_factory, made):
    folder, make = tmp_path_factory.mktemp("cache") / "x", Maker()
    make.arrays = made
    for _ in range(3):
        assert same(cached(folder, "key", make), made)
    assert make.calls == 1


def test_a_dataset_that_was_removed_does_not_come_back_as_its_cache(tmp_path):
    dataset = tmp_path / "projects" / "street" / "val"
    cached(dataset / "cache" / "pairs" / "a+b", 1, Maker())
    assert not dataset.parent.exists()
    dataset.mkdir(parents=True)
    make = Maker()
    for _ in range(2):
        cached(dataset / "cache" / "pairs" / "a+b", 1, make)
    assert make.calls == 1


def test_arrays_from_disk_cannot_be_changed(tmp_path):
    cached(tmp_path / "x", 1, Maker())
    array = cached(tmp_path / "x", 1, Maker())["a"]
    assert type(array) is np.ndarray
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_another_key_is_computed_anew_and_takes_the_place(tmp_path):
    make = Maker()
    for key in (1, 2, 1):
        cached(tmp_path / "x", (key, "size"), make)
    assert make.calls == 3
    assert len(list((tmp_path / "x").glob("*/"))) == 1


@pytest.mark.parametrize("content", [b"", b"garbage", None])
@pytest.mark.parametrize("name", ["0.bin", "1.bin", "index.json"])
def test_a_damaged_cache_is_not_used_and_written_anew(tmp_path, name, content):
    make = Maker()
    cached(tmp_path / "x", 1, make)
    file = place(tmp_path / "x") / name
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    assert same(cached(tmp_path / "x", 1, make), make.arrays)
    assert same(cached(tmp_path / "x", 1, make), make.arrays)
    assert make.calls == 2


def test_a_flipped_bit_anywhere_is_noticed(tmp_path):
    make = Maker()
    make.arrays = {"a": np.arange(100_000), "b": np.arange(7, dtype=np.int8), "c": np.array([[True]])}
    rng = np.random.default_rng(1)
    for n in range(60):
        cached(tmp_path / "x", 1, make)
        file = rng.choice(sorted(place(tmp_path / "x").iterdir()))
        content = bytearray(file.read_bytes())
        content[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
        file.write_bytes(content)
        assert same(cached(tmp_path / "x", 1, make), make.arrays)
        assert make.calls == n + 2, file.name


def test_swapped_and_lost_blocks_are_noticed():
    plain = np.random.default_rng(0).integers(0, 256, 1 << 20, dtype=np.uint8)
    seen = {cache.checksum(plain)}
    for block in (512, 4096, 65536):
        swapped, lost = plain.copy(), plain.copy()
        swapped[:block], swapped[-block:] = plain[-block:], plain[:block]
        lost[block : 2 * block] = 0
        seen |= {cache.checksum(swapped), cache.checksum(lost)}
    assert len(seen) == 7


def test_an_array_cut_short_is_not_used(tmp_path):
    make = Maker()
    cached(tmp_path / "x", 1, make)
    file = place(tmp_path / "x") / "0.bin"
    os.truncate(file, file.stat().st_size - 8)
    assert same(cached(tmp_path / "x", 1, make), make.arrays)
    assert make.calls == 2


def test_what_is_in_use_survives_the_end_of_its_file(tmp_path):
    make = Maker()
    make.arrays = {"a": np.arange(1_000_000)}
    cached(tmp_path / "x", 1, make)
    used = cached(tmp_path / "x", 1, make)["a"]
    os.truncate(place(tmp_path / "x") / "0.bin", 0)
    assert int(used.sum()) == int(make.arrays["a"].sum())


def test_a_new_cache_is_a_new_file(tmp_path):
    make = Maker()
    cached(tmp_path / "x", 1, make)
    used = cached(tmp_path / "x", 1, make)["a"]
    make.arrays = {"a": np.zeros((3, 2)), "b": np.array([False])}
    cached(tmp_path / "x", 2, make)
    assert used[2, 1] == 5


class TestRoom:
    def fill(self, tmp_path: Path, count: int) -> list[Path]:
        dataset = tmp_path / "projects" / "p" / "d"
        dataset.mkdir(parents=True)
        folders = [dataset / "cache" / "pairs" / str(n) for n in range(count)]
        for age, folder in enumerate(folders):
            cached(folder, 1, Maker({"a": np.zeros(1000)}))
            for index in folder.glob("*/index.json"):
                os.utime(index, (age, age))
        return folders

    def present(self, folders: list[Path]) -> list[bool]:
        return [any(folder.glob("*/index.json")) for folder in folders]

    def test_the_oldest_give_way_where_all_take_too_much(self, tmp_path, monkeypatch):
        folders = self.fill(tmp_path, 4)
        monkeypatch.setattr(cache, "MOST", 33_000)
        cached(folders[0].with_name("new"), 1, Maker({"a": np.zeros(1000)}))
        assert self.present(folders) == [False, True, True, True]

    def test_what_is_used_is_not_old(self, tmp_path, monkeypatch):
        folders = self.fill(tmp_path, 4)
        cached(folders[0], 1, Maker({"a": np.zeros(1000)}))
        monkeypatch.setattr(cache, "MOST", 33_000)
        cached(folders[0].with_name("new"), 1, Maker({"a": np.zeros(1000)}))
        assert self.present(folders) == [True, False, True, True]

    def test_a_cache_larger_than_all_may_take_is_not_written(self, tmp_path, monkeypatch):
        monkeypatch.setattr(cache, "MOST", 7999)
        (folder,) = self.fill(tmp_path, 1)
        assert self.present([folder]) == [False]

    def test_none_is_written_to_a_disk_that_is_nearly_full(self, tmp_path, monkeypatch):
        folders = self.fill(tmp_path, 2)
        usage = shutil.disk_usage(tmp_path)._replace(total=10 << 30, free=(1 << 30) + 4000)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
        new = folders[0].with_name("new")
        cached(new, 1, Maker({"a": np.zeros(1000)}))
        assert self.present([*folders, new]) == [False, True, True]

    def test_data_comes_before_caches(self, tmp_path, monkeypatch):
        folders = self.fill(tmp_path, 3)
        usage = shutil.disk_usage(tmp_path)._replace(free=500)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
        cache.room_for_data(tmp_path / "projects" / "p", 9000)
        assert self.present(folders) == [False, False, True]


def place(folder: Path) -> Path:
    (found,) = folder.glob("*/")
    return found


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path):
    (tmp_path / "x").write_text("in the way")
    make = Maker()
    for _ in range(2):
        assert same(cached(tmp_path / "x", 1, make), make.arrays)
    assert make.calls == 2
