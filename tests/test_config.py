"""The user's settings."""

from pathlib import Path

import pytest

from aquarium_tui.config import Config, read_config
from aquarium_tui.errors import InputError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("AQUARIUM_CONFIG", str(path))
    return path


def test_what_is_not_set_is_as_it_comes(file: Path) -> None:
    assert read_config() == Config()
    file.write_text('palette = "colourblind"\n')
    assert read_config() == Config(palette="colourblind")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('colour = "red"', 'sets "colour", which is no setting'),
        ('graphics = "png"', "graphics to 'png'"),
        ("theme = 3", "theme to 3"),
        ("graphics = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_what_cannot_be_set_is_said(file: Path, text: str | bytes, message: str) -> None:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=message):
        read_config()
