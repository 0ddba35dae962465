"""The keys of where one is, from the bindings themselves."""

from typing import Any

from textual.app import App
from textual.keys import format_key
from textual.screen import Screen

from aquarium_tui.tui.dialogs.keys import KeyRow

_SIGNS = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "full_stop": ".",
    "comma": ",",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "slash": "/",
    "exclamation_mark": "!",
    "asterisk": "*",
    "space": "Space",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "question_mark": "?",
    "escape": "Escape",
    "enter": "Enter",
}


def key_groups(screen: Screen[Any], app: App[Any]) -> list[tuple[str, list[KeyRow]]]:
    """The keys of the screen, of what has the focus, and of everywhere."""
    groups: dict[str, dict[str, KeyRow]] = {"Here": {}, "In the list": {}, "Everywhere": {}}
    for active in screen.active_bindings.values():
        binding = active.binding
        if not binding.tooltip:
            continue
        group = "Here" if active.node is screen else "Everywhere" if active.node is app else "In the list"
        keys, does = groups[group].get(binding.action, ("", ""))
        keys = f"{keys} {sign(binding.key)}".strip()
        groups[group][binding.action] = (keys, does or binding.tooltip)
    return [(title, list(rows.values())) for title, rows in groups.items() if rows]


def sign(key: str) -> str:
    """A key as it is printed."""
    return _SIGNS.get(key, format_key(key))


def documented() -> str:
    """Every key of every screen, as the Markdown of `docs/keys.md`."""
    from aquarium_tui.tui.app import AquariumApp
    from aquarium_tui.tui.screens.board import Board
    from aquarium_tui.tui.screens.frame import FrameScreen
    from aquarium_tui.tui.screens.frames import FramesScreen
    from aquarium_tui.tui.screens.mask_keys import ShownKeys
    from aquarium_tui.tui.screens.masks import MaskScreen
    from aquarium_tui.tui.screens.metrics import MetricsScreen
    from aquarium_tui.tui.screens.opening import OpeningScreen
    from aquarium_tui.tui.screens.samples import SamplesScreen
    from aquarium_tui.tui.screens.segmenting import SegmentKeys
    from aquarium_tui.tui.setting_keys import SettingKeys
    from aquarium_tui.tui.widgets.crops import Crops
    from aquarium_tui.tui.widgets.matrix import Matrix
    from aquarium_tui.tui.widgets.query_bar import QueryInput
    from aquarium_tui.tui.widgets.sorting import TableKeys
    from aquarium_tui.tui.widgets.table import Table

    places: list[tuple[str, tuple[type[Any], ...]]] = [
        ("Everywhere", (AquariumApp, SettingKeys, Board, SegmentKeys)),
        ("Open", (OpeningScreen,)),
        ("Frames", (FramesScreen, TableKeys)),
        ("Metrics", (MetricsScreen, TableKeys)),
        ("Samples", (SamplesScreen,)),
        ("Frame", (FrameScreen,)),
        ("Frame of masks", (MaskScreen, ShownKeys)),
        ("In the query bar", (QueryInput,)),
        ("In a list", (Table,)),
        ("In the matrix", (Matrix,)),
        ("In a grid of crops", (Crops,)),
    ]
    parts = [
        "# Keys\n\nThe same key does the same thing everywhere. `?` lists the keys of where you are, "
        "`ctrl+p`\n"
        "all commands. A list takes the mouse, too: a click moves the cursor, a second one goes in, a\n"
        "heading sorts.\n"
    ]
    for title, owners in places:
        bindings = [b for owner in owners for b in owner.BINDINGS if b.tooltip]
        rows = [f"| {_written(b.key)} | {b.tooltip} |" for b in bindings]
        parts.append("\n".join([f"## {title}\n", "| key | does |", "|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _written(keys: str) -> str:
    names = (_SIGNS.get(key, key) for key in keys.split(","))
    return " ".join(f"`{name}`" for name in names)
