"""Commands: those of the command palette, and the one of the shell that prints what is seen."""

import shlex
from collections.abc import Iterator
from typing import Any

from textual.app import App, SystemCommand
from textual.screen import Screen

from aquarium_tui.kinds import kind_of
from aquarium_tui.session.view import View
from aquarium_tui.tui.actions import ACTIONS
from aquarium_tui.tui.keymap import sign


def palette_commands(screen: Screen[Any], app: App[Any]) -> Iterator[SystemCommand]:
    """What the keys of a screen and of everywhere do, each sentence once."""
    told = set()
    for active in screen.active_bindings.values():
        binding, node = active.binding, active.node
        own = node is screen or node is app
        if active.enabled and own and binding.id in ACTIONS and binding.tooltip not in told:
            told.add(binding.tooltip)
            yield SystemCommand(
                binding.tooltip,
                f"{binding.description}, key {sign(binding.key)}",
                lambda action=binding.action, node=node: app.call_later(app.run_action, action, node),
            )


def reproduce(view: View) -> str:
    """The command that prints the numbers of a view."""
    settings, chosen = view.settings, view.choice
    other = f" --other {chosen.other}" if chosen.other else ""
    command = f"aquarium-tui compare {chosen.title} --base {chosen.base}{other}"
    command += f" --query {shlex.quote(chosen.query)}" if chosen.query else ""
    if settings is None:
        return command
    sure = [f"{v:g}" for v in (settings.base_confidence, settings.other_confidence)]
    confidence = (
        f"--confidence {sure[0]}"
        if sure[0] == sure[1] or not other
        else (f"--base-confidence {sure[0]} --other-confidence {sure[1]}")
    )
    parts = {"confidence": confidence, "iou": f"--iou {settings.iou:g}", "rule": f"--rule {settings.rule}"}
    known = kind_of(view.comparison.dataset.project).settings
    return " ".join([command, *(part for name, part in parts.items() if name in known)])
