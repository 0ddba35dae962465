"""The user's settings: `config.toml` in the user's configuration folder."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, NoReturn

from platformdirs import user_config_path

from aquarium_tui.errors import InputError
from aquarium_tui.media.remote import DEFAULT_SIZE, bytes_of
from aquarium_tui.model.settings import Rule

_CHOICES: dict[str, tuple[str, ...]] = {
    "graphics": ("auto", "kitty", "sixel", "iterm", "half", "quadrants", "sextants", "octants", "none"),
    "palette": ("default", "colourblind"),
    "theme": (),
    "cache_size": (),
    "viewer": (),
}
"""What each setting that is a text may be; any text where nothing is listed."""
_TABLES = ("keys", "defaults", "columns", "themes", "commands")
COLOURS = (
    *("primary", "secondary", "accent", "foreground", "background", "surface", "panel"),
    *("success", "warning", "error"),
)
"""The colours of a theme."""
OUTPUTS = ("show", "discard", "terminal")
"""What becomes of what a command prints: a dialog shows it, nothing does, or the command has the terminal."""
_HEX = re.compile("#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Command:
    """A command of the user's own, from `[[commands]]`.

    Attributes:
        key: Its key, as people write it.
        run: What the shell runs, with fields such as `{frame.path}` in it.
        place: The name of the place where the key works.
        title: What it does, for `?` and the palette.
        output: One of `OUTPUTS`.
    """

    key: str
    run: str
    place: str = "everywhere"
    title: str = ""
    output: str = "show"


@dataclass(frozen=True)
class Config:
    """What a user may set.

    Attributes:
        graphics: How pictures are drawn; `auto` asks the terminal.
        palette: Colours of classes and of better and worse; `colourblind` keeps them apart for everyone.
        cache_size: How much of images and masks of servers is kept on disk, such as `500 MB`; 0 keeps none.
        theme: The name of a theme of the interface; empty for the program's own.
        viewer: What opens a picture outside, with `{frame.path}` in it; empty for the system's own.
        mouse: Whether the mouse is taken.
        keys: What `[keys]` says, by the id of an action; only the interface can check it.
        defaults: Thresholds and rule that comparisons begin with, by the names that `Choice` has for them.
        columns: The columns that tables begin with, by the name of a table; only the interface can check it.
        themes: Colours of the user's own themes by name; `dark` says whether a theme is dark.
        commands: The user's own commands; only the interface can check their keys.
        path: The file.
        text: What the file says.
    """

    graphics: str = "auto"
    palette: Literal["default", "colourblind"] = "default"
    theme: str = ""
    cache_size: str = DEFAULT_SIZE
    viewer: str = ""
    mouse: bool = True
    keys: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    themes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    commands: tuple[Command, ...] = ()
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
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "Fix or delete it.") from error
    return _File(path, text).config(found)


@dataclass(frozen=True)
class _File:
    """The file as it is read; its checks raise `InputError` with the line."""

    path: Path
    text: str

    def config(self, found: dict[str, Any]) -> Config:
        """What the file sets."""
        tables = {name: found.pop(name) for name in _TABLES if name in found}
        for name, value in found.items():
            self._check(name, value)
        return Config(
            **found,
            keys=dict(_leaves(self._table(tables, "keys", '"frames.mark" = "m"'))),
            defaults=self._defaults(self._table(tables, "defaults", "confidence = 0.25")),
            columns=self._columns(self._table(tables, "columns", 'frames = ["labels", "delta"]')),
            themes=self._themes(self._table(tables, "themes", '"mine".primary = "#4fb3d9"')),
            commands=self._commands(tables.get("commands", [])),
            path=self.path,
            text=self.text,
        )

    def _refuse(self, name: str, said: str, hint: str) -> NoReturn:
        raise InputError(f"{_where(self.path, self.text, name)}: {said}", hint)

    def _table(self, tables: Mapping[str, Any], name: str, line: str) -> Mapping[str, Any]:
        found = tables.get(name, {})
        if not isinstance(found, dict):
            hint = f"It is a table: [{name}], then lines such as {line}."
            self._refuse(name, f"{name} is set to {found!r}.", hint)
        return found

    def _check(self, key: str, value: Any) -> None:  # noqa: ANN401
        """Raise an error where there is no such setting, or it cannot be set to this."""
        if key == "mouse":
            if not isinstance(value, bool):
                self._refuse(key, f"{key} is set to {value!r}.", "It must be true or false.")
            return
        if key not in _CHOICES:
            tables = ", ".join(f"[{name}]" for name in _TABLES)
            known = f"Settings: {', '.join(_CHOICES)}, mouse, and the tables {tables}."
            self._refuse(key, f'there is no setting "{key}".', known)
        if key == "cache_size":
            self._check_size(value)
            return
        choices = _CHOICES[key]
        if not isinstance(value, str) or (choices and value not in choices):
            expected = f"one of {', '.join(choices)}" if choices else "a text"
            self._refuse(key, f"{key} is set to {value!r}.", f"It must be {expected}.")

    def _check_size(self, value: Any) -> None:  # noqa: ANN401
        try:
            bytes_of(value if isinstance(value, str) else "")
        except ValueError:
            said = f"cache_size is set to {value!r}."
            self._refuse("cache_size", said, 'It must be a size such as "500 MB" or "2 GB".')

    def _defaults(self, found: Mapping[str, Any]) -> Mapping[str, Any]:
        numbers = ("confidence", "base_confidence", "other_confidence", "iou")
        for key, value in found.items():
            where = f"defaults.{key}"
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if key == "rule":
                if value not in list(Rule):
                    self._refuse(where, f"rule is set to {value!r}.", f"It must be one of {', '.join(Rule)}.")
            elif key not in numbers:
                self._refuse(where, f'there is no default "{key}".', f"Defaults: {', '.join(numbers)}, rule.")
            elif not number or not 0 <= value <= 1 or (key == "iou" and not value):
                self._refuse(where, f"{key} is set to {value!r}.", "It must be a number between 0 and 1.")
        if "confidence" in found and {"base_confidence", "other_confidence"} & set(found):
            self._refuse(
                "defaults.confidence", "confidence applies to both sets.", "Leave it out, or name no set."
            )
        return {key: Rule(value) if key == "rule" else float(value) for key, value in found.items()}

    def _columns(self, found: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
        for table, keys in found.items():
            if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
                said = f"the columns of {table} are set to {keys!r}."
                self._refuse(f"columns.{table}", said, 'They are a list such as ["labels", "delta"].')
        return {table: tuple(keys) for table, keys in found.items()}

    def _themes(self, found: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
        for name, theme in found.items():
            if not isinstance(theme, dict) or "primary" not in theme:
                said = f"the theme {name} has no primary colour."
                self._refuse(f"themes.{name}", said, f'Write [themes.{name}], then primary = "#4fb3d9".')
            for key, value in theme.items():
                where = f"themes.{name}.{key}"
                if key == "dark":
                    if not isinstance(value, bool):
                        self._refuse(where, f"dark is set to {value!r}.", "It must be true or false.")
                elif key not in COLOURS:
                    known = ", ".join(COLOURS)
                    self._refuse(where, f'a theme has no colour "{key}".', f"Colours: {known}; and dark.")
                elif not isinstance(value, str) or not _HEX.fullmatch(value):
                    self._refuse(
                        where, f"{key} is set to {value!r}.", 'It must be a colour such as "#4fb3d9".'
                    )
        return found

    def _commands(self, found: Any) -> tuple[Command, ...]:  # noqa: ANN401
        example = '[[commands]], then key = "E", place = "frame" and run = "labelImg {frame.path}"'
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self._refuse("commands", f"commands is set to {found!r}.", f"Write {example}.")
        known = [each.name for each in fields(Command)]
        for one in found:
            wrong = next((key for key in one if key not in known), None)
            if wrong:
                said = f'a command has no setting "{wrong}".'
                self._refuse("commands", said, f"Settings of a command: {', '.join(known)}.")
            if not {"key", "run"} <= set(one) or not all(isinstance(value, str) for value in one.values()):
                self._refuse(
                    "commands", "a command needs a key and what to run, as texts.", f"Write {example}."
                )
            if one.get("output", "show") not in OUTPUTS:
                said = f"output is set to {one['output']!r}."
                self._refuse("commands", said, f"It must be one of {', '.join(OUTPUTS)}.")
        return tuple(Command(**one) for one in found)


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
