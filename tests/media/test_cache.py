"""Looking again at a photo does not decode it again."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from aquarium_tui.errors import InputError
from aquarium_tui.media import photo as photos
from aquarium_tui.media.photo import PhotoCache, open_photo
from aquarium_tui.media.pixels import decode
from tests.render.pictures import quarters, slope


@pytest.fixture
def decoded(monkeypatch):
    """The (path, level) of everything that is decoded."""
    calls = []

    def counted(path, level, turned=True):
        calls.append((path, level))
        return decode(path, level, turned)

    monkeypatch.setattr(photos, "decode", counted)
    return calls


@pytest.fixture
def photo(tmp_path):
    slope(400, 200).save(tmp_path / "a.png")
    return open_photo(tmp_path / "a.png")


def test_crops_and_redraws_of_a_frame_take_one_decoding(photo, decoded):
    cache = PhotoCache()
    for region in ((0, 0, 100, 50), (30, 40, 130, 90), (0, 0, 100, 50)):
        cache.read(photo, region, (100, 50))
    assert decoded == [(photo.path, 1)]


def test_zooming_in_decodes_finer_and_zooming_out_does_not_decode(photo, decoded):
    cache = PhotoCache()
    for region in ((0, 0, 400, 200), (0, 0, 100, 50), (0, 0, 400, 200)):
        image = cache.read(photo, region, (100, 50))
        assert image.size == (100, 50)
    assert [level for _, level in decoded] == [4, 1]


def test_a_cached_region_is_that_of_the_photo(photo):
    cache = PhotoCache()
    cache.read(photo, (0, 0, 400, 200), (400, 200))
    for region in ((3.5, 7.25, 99, 60), (30, 20, 60, 40), (-20, -20, 120, 90)):
        fresh = PhotoCache().read(photo, region, (90, 60))
        assert cache.read(photo, region, (90, 60)).tobytes() == fresh.tobytes()


def test_what_is_given_out_may_be_drawn_on(photo):
    cache = PhotoCache()
    cache.read(photo, (0, 0, 400, 200), (400, 200)).paste((255, 0, 0), (0, 0, 400, 200))
    assert cache.read(photo, (0, 0, 400, 200), (400, 200)).tobytes() == slope(400, 200).tobytes()


def test_the_photos_unused_longest_go_first(tmp_path, decoded):
    opened = []
    for name in "abc":
        quarters(100, 100).save(tmp_path / f"{name}.png")
        opened.append(open_photo(tmp_path / f"{name}.png"))
    a, b, c = opened
    cache = PhotoCache(max_bytes=2 * 100 * 100 * 4)
    for photo in (a, b, a, c, a, b):
        cache.read(photo, (0, 0, 100, 100), (100, 100))
    assert [path for path, _ in decoded] == [p.path for p in (a, b, c, b)]


def test_a_photo_larger_than_the_cache_is_still_shown(photo, decoded):
    cache = PhotoCache(max_bytes=10)
    for _ in range(2):
        assert cache.read(photo, (0, 0, 400, 200), (400, 200)).size == (400, 200)
    assert len(decoded) == 2


def test_threads_that_want_the_same_photo_wait_for_one_decoding(photo, monkeypatch):
    started, go, calls = threading.Event(), threading.Event(), []

    def slow(path, level, turned=True):
        calls.append(level)
        started.set()
        assert go.wait(10)
        return decode(path, level, turned)

    monkeypatch.setattr(photos, "decode", slow)
    cache = PhotoCache()
    with ThreadPoolExecutor(4) as pool:
        reads = [pool.submit(cache.read, photo, (0, 0, 400, 200), (400, 200)) for _ in range(4)]
        assert started.wait(10)
        go.set()
        images = {read.result(10).tobytes() for read in reads}
    assert (len(images), calls) == (1, [1])


def test_a_file_that_was_replaced_is_read_anew(tmp_path):
    cache, path = PhotoCache(), tmp_path / "a.png"
    for time, color in ((1, (200, 0, 0)), (2, (0, 0, 200))):
        Image.new("RGB", (8, 8), color).save(path)
        os.utime(path, ns=(time, time))
        assert cache.read(open_photo(path), (0, 0, 8, 8), (8, 8)).getpixel((4, 4)) == color


def test_a_photo_that_failed_is_tried_again(tmp_path):
    path = tmp_path / "a.png"
    slope().save(path)
    content, photo, cache = path.read_bytes(), open_photo(path), PhotoCache()
    path.write_bytes(content[:-2000])
    for _ in range(2):
        with pytest.raises(InputError, match="damaged"):
            cache.read(photo, (0, 0, 200, 100), (200, 100))
    path.write_bytes(content)
    assert cache.read(photo, (0, 0, 200, 100), (200, 100)).tobytes() == slope().tobytes()
