"""Which keys do what: those of the registry, or those that the user chose in `config.toml`; the palette."""

import difflib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from textual.app import App, SystemCommand
from textual.keys import KEY_NAME_REPLACEMENTS, REPLACED_KEYS, format_key, key_to_character
from textual.screen import Screen

from aquarium_tui.config import Config
from aquarium_tui.model.names import visible
from aquarium_tui.tui.actions import ACTIONS
from aquarium_tui.tui.actions.action import Action, Place

Keys = tuple[str, ...]

_SIGNS = {
    "space": "Space",
    "escape": "Escape",
    "enter": "Enter",
    "tab": "Tab",
    "backspace": "Backspace",
    "shift+tab": "Shift+Tab",
    "home": "Home",
    "end": "End",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
_NAMED = {
    *("space", "enter", "escape", "tab", "backspace", "delete", "insert"),
    *("home", "end", "pageup", "pagedown", "up", "down", "left", "right"),
    *(f"f{number}" for number in range(1, 25)),
}
_OTHER_NAMES = {"esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete"}
_SAME_BYTES = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+left_square_bracket": "Escape"}
"""Keys that most terminals send as others."""


@dataclass(frozen=True)
class Keymap:
    """The keys of every action.

    Attributes:
        chosen: What the user chose, as Textual names keys, by the id of an action.
    """

    chosen: Mapping[str, Keys] = field(default_factory=dict)

    def keys(self, action: str) -> Keys:
        """The keys of an action."""
        return self.chosen.get(action) or ACTIONS[action].keys

    def sign(self, action: str) -> str:
        """The first key of an action as it is printed."""
        return sign(self.keys(action)[0])

    def bindings(self) -> dict[str, str]:
        """What was chosen, in the form that Textual's `App.set_keymap` takes."""
        return {action: ",".join(keys) for action, keys in self.chosen.items()}


def sign(key: str) -> str:
    """A key as it is printed: `ctrl+s`, `[`, `Enter`."""
    modifiers, plus, name = key.rpartition("+")
    named = _SIGNS.get(name) or (name.upper() if name in _NAMED and name[1:].isdigit() else format_key(name))
    return _SIGNS.get(key) or f"{modifiers}{plus}{named}"


def read_keymap(config: Config) -> tuple[Keymap, tuple[str, ...]]:
    """The user's keys, and a sentence for each that cannot be used; that action keeps its default keys."""
    chosen: dict[str, Keys] = {}
    problems: dict[str, str] = {}
    for action, value in config.keys.items():
        try:
            chosen[action] = _checked(action, value)
        except ValueError as error:
            problems[action] = str(error)
    while clash := next(_clashes(chosen), None):
        dropped, sentence = clash
        del chosen[dropped]
        problems[dropped] = sentence
    told = [f"{config.where('keys', name)}: {problems[name]}" for name in config.keys if name in problems]
    return Keymap(chosen), tuple(told)


def _checked(name: str, value: Any) -> Keys:  # noqa: ANN401
    """The keys that a line gives an action.

    Raises:
        ValueError: It names no action, or keys that cannot be used.
    """
    action = ACTIONS.get(name)
    if action is None:
        near = difflib.get_close_matches(name, ACTIONS, 1)
        hint = f' Did you mean "{near[0]}"?' if near else " docs/keys.md lists all actions."
        raise ValueError(f'there is no action "{visible(name)}".{hint}')
    wanted = value if isinstance(value, list) else [value]
    if not wanted or not all(isinstance(key, str) for key in wanted):
        raise ValueError(f'the keys of {name} must be a text such as "v", or a list of such texts.')
    keys = tuple(dict.fromkeys(textual_key(key) for key in wanted))
    for key in keys:
        if action.typing and typed(key):
            raise ValueError(f'"{sign(key)}" cannot be the key of {name}: where that works, text is typed.')
    return keys


def textual_key(name: str) -> str:
    """A key such as `v`, `?`, `ctrl+s` or `F5` as Textual names it.

    Raises:
        ValueError: There is no such key, or a terminal does not send it.
    """
    *modifiers, base = [name] if len(name) == 1 else name.replace("++", "+plus").split("+")
    modifiers = sorted(modifier.lower() for modifier in modifiers)
    if len(base) == 1 and base.isprintable():
        base = _character_key(base.lower() if "ctrl" in modifiers else base)
    else:
        base = _OTHER_NAMES.get(base.lower(), base.lower())
        if base not in _NAMED and not typed(base):
            raise ValueError(f'"{visible(name)}" is not a key. Keys look like "v", "?", "F5" or "ctrl+s".')
    if not set(modifiers) <= {"alt", "ctrl", "shift"}:
        raise ValueError(f'"{visible(name)}" is not a key: only ctrl, alt and shift go before "+".')
    if modifiers == ["shift"] and len(base) == 1:
        return base.upper()
    key = "+".join([*modifiers, base])
    if key in _SAME_BYTES:
        raise ValueError(f'"{visible(name)}" cannot be used: terminals send it as {_SAME_BYTES[key]}.')
    return key


def typed(key: str) -> bool:
    """Whether a key writes a character where text is typed."""
    if key in _NAMED:
        return key == "space"
    character = key_to_character(REPLACED_KEYS.get(key, key))
    return character is not None and character.isprintable()


def _character_key(character: str) -> str:
    """A printable character as Textual names its key."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def _clashes(chosen: Mapping[str, Keys]) -> Iterator[tuple[str, str]]:
    """Chosen actions with a key that means something else in the same place, the last one first; and why."""
    keymap = Keymap(chosen)
    for name in reversed(list(chosen)):
        for other in ACTIONS.values():
            for key in keymap.keys(name):
                place = _both_in(ACTIONS[name], other)
                if place and key in keymap.keys(other.id) and not _may_share(ACTIONS[name], other, key):
                    yield name, f'"{sign(key)}" already means {other.id} in {place.title}.'


def _may_share(one: Action, other: Action, key: str) -> bool:
    """Whether a key may mean both: they mean the same, or share the key by default."""
    return one.means == other.means or (key in one.keys and key in other.keys)


def _both_in(one: Action, other: Action) -> Place | None:
    """A place where both actions work."""
    pairs: Sequence[tuple[Place, Place]] = [(a, b) for a in one.places for b in other.places]
    return next((a if a.hears(b) else b for a, b in pairs if a.hears(b) or b.hears(a)), None)


def palette_commands(screen: Screen[Any], app: App[Any]) -> Iterator[SystemCommand]:
    """What the keys of a screen and of everywhere do, each action once."""
    told: set[str] = set()
    for active in screen.active_bindings.values():
        binding, node = active.binding, active.node
        own = node is screen or node is app
        does = (
            binding.action
            if binding.action.startswith("app.") or node is not app
            else f"app.{binding.action}"
        )
        if active.enabled and own and binding.id in ACTIONS and not {does, binding.tooltip} & told:
            told |= {does, binding.tooltip}
            yield SystemCommand(
                binding.tooltip,
                f"{binding.description}, key {sign(binding.key)}",
                lambda action=binding.action, node=node: app.call_later(app.run_action, action, node),
            )
