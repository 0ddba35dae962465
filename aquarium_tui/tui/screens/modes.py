"""The screens that the program switches between, by their mode.

Those that few look at are loaded when they are asked for: with what only they use, they are 50 modules.
"""

from collections.abc import Callable, Mapping
from typing import Any

from textual.screen import Screen

from aquarium_tui.tui.screens.datasets import DatasetsScreen
from aquarium_tui.tui.screens.frames import FramesScreen
from aquarium_tui.tui.screens.metrics import MetricsScreen


def _scenarios() -> Screen[Any]:
    from aquarium_tui.tui.screens.scenarios import ScenariosScreen

    return ScenariosScreen()


def _leaderboard() -> Screen[Any]:
    from aquarium_tui.tui.screens.leaderboard import LeaderboardScreen

    return LeaderboardScreen()


def _slices() -> Screen[Any]:
    from aquarium_tui.tui.screens.slices import SlicesScreen

    return SlicesScreen()


def _review() -> Screen[Any]:
    from aquarium_tui.tui.screens.review import ReviewScreen

    return ReviewScreen()


MODES: Mapping[str, Callable[[], Screen[Any]]] = {
    "open": DatasetsScreen,
    "frames": FramesScreen,
    "metrics": MetricsScreen,
    "scenarios": _scenarios,
    "leaderboard": _leaderboard,
    "slices": _slices,
    "review": _review,
}
