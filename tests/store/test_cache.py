import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from aquarium_tui.store import cached

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


def test_arrays_from_disk_are_mapped_and_cannot_be_changed(tmp_path):
    cached(tmp_path / "x", 1, Maker())
    array = cached(tmp_path / "x", 1, Maker())["a"]
    assert type(array) is np.ndarray
    assert isinstance(array.base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_another_key_is_computed_anew_and_takes_the_place(tmp_path):
    make = Maker()
    for key in (1, 2, 1):
        cached(tmp_path / "x", (key, "size"), make)
    assert make.calls == 3
    assert len(list((tmp_path / "x").iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"garbage", None])
@pytest.mark.parametrize("name", ["0.npy", "1.npy", "names.json"])
def test_a_damaged_cache_is_not_used_and_mended(tmp_path, name, content):
    make = Maker()
    cached(tmp_path / "x", 1, make)
    file = next((tmp_path / "x").iterdir()) / name
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    assert same(cached(tmp_path / "x", 1, make), make.arrays)
    assert same(cached(tmp_path / "x", 1, make), make.arrays)
    assert make.calls == 2


def test_a_truncated_array_is_not_used(tmp_path):
    make = Maker()
    cached(tmp_path / "x", 1, make)
    file = next((tmp_path / "x").iterdir()) / "0.npy"
    os.truncate(file, file.stat().st_size - 8)
    assert same(cached(tmp_path / "x", 1, make), make.arrays)
    assert make.calls == 2


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path):
    (tmp_path / "x").write_text("in the way")
    make = Maker()
    for _ in range(2):
        assert same(cached(tmp_path / "x", 1, make), make.arrays)
    assert make.calls == 2
