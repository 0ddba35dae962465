"""Names for the few colours a line may use, resolved from the theme and kept readable."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from rich.style import Style
from textual.app import App
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme
from textual.widget import Widget

from aquarium_tui.config import Config
from aquarium_tui.model.names import visible

_VARIABLES = {
    "": "foreground",
    "strong": "foreground",
    "good": "success",
    "bad": "error",
    "warn": "warning",
}

PLAIN, TEXT, SIGN = 7.0, 4.5, 3.0
"""The least contrast of plain text, of other text and of signs with what is behind them: WCAG's AAA and AA
for text, and AA for what is not text. Plain text has more than dim text, so that they differ in any theme."""

_GROUNDS = ("background", "surface", "panel")
_TEXTS = (
    *("accent", "success", "warning", "error", "text-primary", "text-secondary", "text-accent"),
    *("text-success", "text-warning", "text-error", "footer-foreground", "footer-key-foreground"),
    "footer-description-foreground",
)
_SIGNS = ("primary", "border")
_FAINT = {"text-muted": 0.25, "text-disabled": 0.45}
"""How far text that recedes is from the foreground to the background."""
_FOOTER = ("footer-item-background", "footer-key-background", "footer-description-background")


class Inks:
    """The inks of the theme that a widget's app shows."""

    def __init__(self, widget: Widget) -> None:
        self._variables = widget.app.theme_variables
        self._plain = widget.app.no_color
        self.ground = self.colour("background")

    def colour(self, name: str) -> str:
        """An ink, theme variable or colour as `#rrggbb`."""
        if name == "dim":
            return blend(self.colour("foreground"), self.ground, 0.45)
        variable = _VARIABLES.get(name, name)
        value = self._variables.get(variable, variable)
        try:
            return Color.parse(value).hex6
        except ColorParseError:
            return "#808080"

    def style(self, name: str, background: str = "background") -> Style:
        """The Rich style of an ink on a background, with enough contrast to be read."""
        ground = self.colour(background)
        least = PLAIN if name in ("", "strong") else SIGN if name.startswith("#") else TEXT
        ink = readable(self.colour(name), (ground,), least)
        # Better and worse are bold, so that they can be told from what is not sure without colour too. If
        # there are no colours at all, worse is underlined and what is not sure is in italics.
        bold = name in ("strong", "good", "bad")
        return _style(ink, ground, bold, self._plain and name == "bad", self._plain and name == "dim")

    def tint(self, name: str, strength: float, background: str = "background") -> str:
        """A background with `strength` (0 to 1) of an ink in it."""
        return blend(self.colour(background), self.colour(name), strength)


@lru_cache(maxsize=4096)
def _style(colour: str, background: str, bold: bool, underline: bool, italic: bool) -> Style:
    return Style(color=colour, bgcolor=background, bold=bold, underline=underline, italic=italic)


def blend(a: str, b: str, share: float) -> str:
    """The colour `share` of the way from `a` to `b`, all `#rrggbb`."""
    pairs = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours `#rrggbb`, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def readable(colour: str, grounds: tuple[str, ...], least: float) -> str:
    """The colour nearest to this one, towards white or black, that has the contrast on all grounds.

    Where there is none, white or black, whichever has more contrast.
    """
    white, black = (min(contrast(end, ground) for ground in grounds) for end in ("#ffffff", "#000000"))
    end = "#ffffff" if white > black else "#000000"
    for step in range(21):  # Steps of 5 %: finer ones cannot be told apart.
        found = blend(colour, end, step / 20)
        if all(contrast(found, ground) >= least for ground in grounds):
            return found
    return end


def readable_variables(variables: Mapping[str, str], replaced: Mapping[str, str]) -> dict[str, str]:
    """The variables of a theme, with the colours of text and signs made readable on all its grounds.

    Args:
        variables: All variables of the theme.
        replaced: Colours that stand in the place of the theme's own.
    """
    found = {**variables, **replaced}
    grounds = tuple(Color.parse(found[name]).hex6 for name in _GROUNDS)

    def adapted(names: Sequence[str], least: float) -> dict[str, str]:
        return {name: readable(Color.parse(found[name]).hex6, grounds, least) for name in names}

    found |= adapted(("foreground",), PLAIN) | adapted(_TEXTS, TEXT) | adapted(_SIGNS, SIGN)
    for name, share in _FAINT.items():
        found[name] = readable(blend(found["foreground"], grounds[0], share), grounds, TEXT)
    # Some themes give the footer a ground of its own; here it has the panel's.
    return found | dict.fromkeys(_FOOTER, "transparent")


AQUARIUM = Theme(
    name="aquarium",
    primary="#4fb3d9",
    secondary="#7aa2c4",
    accent="#ffc861",
    foreground="#d8dee6",
    background="#12171d",
    surface="#171d25",
    panel="#1f2731",
    success="#62c073",
    warning="#e5b454",
    error="#ef6b68",
    dark=True,
)
"""The program's own theme."""

COLOURBLIND = replace(
    AQUARIUM, name="aquarium-colourblind", success="#56b4e9", error="#e69f00", warning="#f0e442"
)
"""The same, with better and worse in blue and orange."""

LIGHT = Theme(
    name="aquarium-light",
    primary="#1b6f94",
    secondary="#476a86",
    accent="#8a5300",
    foreground="#1d2530",
    background="#fafbfc",
    surface="#f0f3f6",
    panel="#e2e8ee",
    success="#1a7431",
    warning="#8a5a00",
    error="#b3261e",
    dark=False,
)
"""The program's own theme for bright rooms."""

THEMES = (AQUARIUM, LIGHT, COLOURBLIND)


def own_themes(described: Mapping[str, Mapping[str, Any]]) -> list[Theme]:
    """The user's themes: their colours by name, and whether they are dark, as `[themes]` has them."""
    return [Theme(name=name, **{"dark": True, **colours}) for name, colours in described.items()]


def choose_theme(app: App[Any], config: Config) -> str:
    """Show the theme that the settings name, else the program's own; says so where there is none like it."""
    for theme in (*THEMES, *own_themes(config.themes)):
        app.register_theme(theme)
    usual = COLOURBLIND if config.palette == "colourblind" else AQUARIUM
    wanted = config.theme or usual.name
    known = app.available_themes
    app.theme = wanted if wanted in known else usual.name
    return (
        "" if wanted in known else f"There is no theme {visible(wanted)}. Themes: {', '.join(sorted(known))}."
    )


def theme_names(described: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """All themes that can be chosen, with the user's; those in the terminal's own colours cannot."""
    themes = (*BUILTIN_THEMES.values(), *THEMES, *own_themes(described))
    return {theme.name for theme in themes if not theme.ansi}


TELLING_APART = {name: getattr(COLOURBLIND, name) for name in ("success", "error", "warning")}
"""Colours of better, worse and what to beware of that everyone can tell apart, for any theme."""
