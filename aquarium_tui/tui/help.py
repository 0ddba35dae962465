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
        sign = _SIGNS.get(binding.key, format_key(binding.key))
        keys = f"{keys} {sign}".strip()
        groups[group][binding.action] = (keys, does or binding.tooltip)
    return [(title, list(rows.values())) for title, rows in groups.items() if rows]
