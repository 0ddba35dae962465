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


def test_keys_are_read_by_the_ids_of_actions(file: Path) -> None:
    file.write_text('[keys]\n"a.b" = "v"\nc.d = ["x", "y"]\n[keys.e]\nf = "z"\n')
    config = read_config()
    assert config.keys == {"a.b": "v", "c.d": ["x", "y"], "e.f": "z"}
    assert [config.where("keys", name) for name in config.keys] == [
        f"config.toml, line {line}" for line in (2, 3, 5)
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('colour = "red"', 'line 1: there is no setting "colour"'),
        ('graphics = "png"', "line 1: graphics is set to 'png'"),
        ("theme = 3", "line 1: theme is set to 3"),
        ('theme = "nord"\n\n# mine\npalette = [\n  1,\n]', "line 4: palette is set to"),
        ("[colours]\ncar = 1", 'line 1: there is no setting "colours"'),
        ('keys = "v"', "line 1: keys is set to 'v'"),
        ("graphics = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_what_cannot_be_set_is_said(file: Path, text: str | bytes, message: str) -> None:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=message):
        read_config()
