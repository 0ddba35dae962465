"""The user's settings: `config.toml` in the user's configuration folder."""

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path

from aquarium_tui.errors import InputError

_CHOICES: dict[str, tuple[str, ...]] = {
    "graphics": ("auto", "kitty", "sixel", "iterm", "half", "none"),
    "palette": ("default", "colourblind"),
}


@dataclass(frozen=True)
class Config:
    """What a user may set.

    Attributes:
        graphics: How pictures are drawn; `auto` asks the terminal.
        palette: Colours of classes and of better and worse; `colourblind` keeps them apart for everyone.
        theme: The name of a theme of the interface; empty for the program's own.
    """

    graphics: str = "auto"
    palette: Literal["default", "colourblind"] = "default"
    theme: str = ""


def config_path() -> Path:
    """Where the settings are: `$AQUARIUM_CONFIG`, else `config.toml` in the user's configuration folder."""
    named = os.environ.get("AQUARIUM_CONFIG")
    return Path(named) if named else user_config_path("aquarium-tui") / "config.toml"


def read_config() -> Config:
    """The user's settings; what is not set is as it comes.

    Raises:
        InputError: The file cannot be read, or sets what does not exist.
    """
    path = config_path()
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Config()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "Mend it, or remove it.") from error
    return Config(**{key: _checked(path, key, value) for key, value in found.items()})


def _checked(path: Path, key: str, value: Any) -> Any:  # noqa: ANN401
    names = [field.name for field in fields(Config)]
    if key not in names:
        raise InputError(f'{path} sets "{key}", which is no setting.', f"Settings: {', '.join(names)}.")
    choices = _CHOICES.get(key)
    if not isinstance(value, str) or (choices and value not in choices):
        expected = f"one of {', '.join(choices)}" if choices else "a text"
        raise InputError(f"{path} sets {key} to {value!r}.", f"It is {expected}.")
    return value
