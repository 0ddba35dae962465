"""Pictures in the terminal: the widget that shows them, and the probe that finds out how.

The probe is asked before Textual is loaded, hence the names are looked up when they are used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aquarium_tui.tui.graphics.backend import Drawing
    from aquarium_tui.tui.graphics.describing import describe
    from aquarium_tui.tui.graphics.keys import keep_keys
    from aquarium_tui.tui.graphics.picture import Picture
    from aquarium_tui.tui.graphics.probing import probe
    from aquarium_tui.tui.graphics.terminal import GRAPHICS, Graphics, Terminal

__all__ = ["GRAPHICS", "Drawing", "Graphics", "Picture", "Terminal", "describe", "keep_keys", "probe"]

_HOMES = {
    "Drawing": "backend",
    "Picture": "picture",
    "GRAPHICS": "terminal",
    "Graphics": "terminal",
    "Terminal": "terminal",
    "describe": "describing",
    "keep_keys": "keys",
    "probe": "probing",
}


def __getattr__(name: str) -> object:
    """Load the module in which `name` is at home."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
