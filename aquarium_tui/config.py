"""The user's settings: `config.toml` in the user's configuration folder."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path

from aquarium_tui.errors import InputError
from aquarium_tui.media.remote import DEFAULT_SIZE, bytes_of

_CHOICES: dict[str, tuple[str, ...]] = {
    "graphics": ("auto", "kitty", "sixel", "iterm", "half", "none"),
    "palette": ("default", "colourblind"),
    "theme": (),
    "cache_size": (),
}
"""What each setting may be; any text where nothing is listed."""


@dataclass(frozen=True)
class Config:
    """What a user may set.

    Attributes:
        graphics: How pictures are drawn; `auto` asks the terminal.
        palette: Colours of classes and of better and worse; `colourblind` keeps them apart for everyone.
        cache_size: How much of images and masks of servers is kept on disk, such as `500 MB`; 0 keeps none.
        theme: The name of a theme of the interface; empty for the program's own.
        keys: What `[keys]` says, by the id of an action; only the interface can check it.
        path: The file.
        text: What the file says.
    """

    graphics: str = "auto"
    palette: Literal["default", "colourblind"] = "default"
    theme: str = ""
    cache_size: str = DEFAULT_SIZE
    keys: Mapping[str, Any] = field(default_factory=dict)
    path: Path = field(default=Path("config.toml"), compare=False)
    text: str = field(default="", compare=False, repr=False)

    def where(self, *names: str) -> str:
        """Where the file sets something, in short: `config.toml, line 3`."""
        return _where(Path(self.path.name), self.text, ".".join(names))


def config_path() -> Path:
    """Where the settings are: `$AQUARIUM_CONFIG`, else `config.toml` in the user's configuration folder."""
    named = os.environ.get("AQUARIUM_CONFIG")
    return Path(named) if named else user_config_path("aquarium-tui") / "config.toml"


def read_config() -> Config:
    """The user's settings, with defaults for what is not set.

    Raises:
        InputError: The file cannot be read, or sets what does not exist.
    """
    path = config_path()
    try:
        if path.exists() and not path.is_file():
            raise ValueError("it is not a regular file")
        text = path.read_text("utf-8")
        found = tomllib.loads(text)
    except FileNotFoundError:
        return Config()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "Fix or delete it.") from error
    keys = found.pop("keys", {})
    if not isinstance(keys, dict):
        raise InputError(
            f"{_where(path, text, 'keys')}: keys is set to {keys!r}.",
            'It is a table: [keys], then lines such as "frames.mark" = "m".',
        )
    for key, value in found.items():
        _check(path, text, key, value)
    return Config(**found, keys=dict(_leaves(keys)), path=path, text=text)


def _check(path: Path, text: str, key: str, value: Any) -> None:  # noqa: ANN401
    """Raise an error where there is no such setting, or it cannot be set to this."""
    if key not in _CHOICES:
        raise InputError(
            f'{_where(path, text, key)}: there is no setting "{key}".',
            f"Settings: {', '.join(_CHOICES)}, and the table [keys].",
        )
    if key == "cache_size":
        _check_size(path, text, value)
        return
    choices = _CHOICES[key]
    if not isinstance(value, str) or (choices and value not in choices):
        expected = f"one of {', '.join(choices)}" if choices else "a text"
        raise InputError(f"{_where(path, text, key)}: {key} is set to {value!r}.", f"It must be {expected}.")


def _check_size(path: Path, text: str, value: Any) -> None:  # noqa: ANN401
    try:
        bytes_of(value if isinstance(value, str) else "")
    except ValueError as error:
        raise InputError(
            f"{_where(path, text, 'cache_size')}: cache_size is set to {value!r}.",
            'It must be a size such as "500 MB" or "2 GB".',
        ) from error


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What a table and the tables in it set, by names joined with dots: `a.b = 1` makes a table in TOML."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _where(path: Path, text: str, name: str) -> str:
    """The file and the line in which it sets something.

    `tomllib` does not tell lines. Of the beginnings of the file that can be read, the first one that sets the
    name has grown by the lines that set it. Only problems need this, so it may take its time.
    """
    lines = text.splitlines()
    read = 0
    for count in range(1, len(lines) + 1):
        try:
            found = tomllib.loads("\n".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        if any(leaf == name or leaf.startswith(f"{name}.") for leaf, _ in _leaves(found)) or name in found:
            return f"{path}, line {read + 1}"
        read = count
    return str(path)
