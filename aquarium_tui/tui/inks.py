"""Names for the few colours a line may use, resolved from the theme."""

from dataclasses import replace
from functools import lru_cache

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme
from textual.widget import Widget

_VARIABLES = {
    "": "foreground",
    "strong": "foreground",
    "good": "success",
    "bad": "error",
    "warn": "warning",
}


class Inks:
    """The inks of the theme that a widget's app shows."""

    def __init__(self, widget: Widget) -> None:
        self._variables = widget.app.theme_variables
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
        """The Rich style of an ink on a background."""
        # Better and worse are bold, so that they can be told from what is not sure without colour too.
        return _style(self.colour(name), self.colour(background), name in ("strong", "good", "bad"))

    def tint(self, name: str, strength: float, background: str = "background") -> str:
        """A background with `strength` (0 to 1) of an ink in it."""
        return blend(self.colour(background), self.colour(name), strength)


@lru_cache(maxsize=4096)
def _style(colour: str, background: str, bold: bool) -> Style:
    return Style(color=colour, bgcolor=background, bold=bold)


def blend(a: str, b: str, share: float) -> str:
    """The colour `share` of the way from `a` to `b`, all `#rrggbb`."""
    pairs = [(int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


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

THEMES = (AQUARIUM, COLOURBLIND)
