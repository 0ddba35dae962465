"""Names of images and masks, and what is behind them."""

import os
from pathlib import Path

import pytest

from aquarium_tui.errors import InputError
from aquarium_tui.media.remote import Stamp
from aquarium_tui.media.source import PathSource, listing, source


def test_a_path_is_a_file_with_its_bytes_and_stamp(tmp_path: Path) -> None:
    place = tmp_path / "a.png"
    place.write_bytes(b"bytes")
    os.utime(place, ns=(1, 7))
    found = source(str(place))
    assert found == PathSource(str(place))
    assert found.stamp() == Stamp(5, 7)
    with found.open() as file:
        assert file.read() == b"bytes"


def test_a_folder_is_not_a_file_and_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a file"):
        source(str(tmp_path)).stamp()
    with pytest.raises(FileNotFoundError):
        source(str(tmp_path / "none")).stamp()


@pytest.mark.parametrize(
    ("place", "why"),
    [("", "has no image path"), ("file:///etc/a.png", "URLs that are read"), ("ftp://h/a.png", "https://, ")],
)
def test_what_is_no_path_is_refused(place: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        source(place)


def test_a_file_may_be_called_like_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c:").mkdir()
    (tmp_path / "c:" / "a.png").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    assert source("c:/a.png").stamp().size == 1


def test_a_folder_is_listed_and_what_is_remote_is_not_looked_up(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert listing(str(tmp_path)) == frozenset({"a.png"})
    assert listing(str(tmp_path / "none")) == frozenset()
    assert listing("s3://bucket/images") is None
