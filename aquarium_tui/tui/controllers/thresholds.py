"""Changes the thresholds and the matching rule under which every number is made."""

from dataclasses import replace
from typing import Any

from textual.app import App

from aquarium_tui.kinds import kind_of
from aquarium_tui.model.settings import Settings
from aquarium_tui.tui.dialogs.thresholds import Thresholds
from aquarium_tui.tui.program import program_of

STEP = 0.05
"""One press of a key. Twenty of them cover the whole range, and no detector is judged more finely by hand."""


class ThresholdControl:
    """The thresholds of the view that an app shows.

    Args:
        app: The app.
    """

    def __init__(self, app: App[Any]) -> None:
        self.app = app
        self.program = program_of(app)

    def has(self, action: str) -> bool:
        """Whether an action applies to the view: only settings that mean something to its kind change."""
        view = self.program.view
        if view is None:
            return action != "iou"
        settings = kind_of(view.comparison.dataset.project).settings
        return bool(settings) if action == "thresholds" else action in settings

    def step_confidence(self, by: int) -> None:
        """Change both confidence thresholds by one step."""
        if now := self._settings:
            base, other = (_stepped(v, by, 0.0) for v in (now.base_confidence, now.other_confidence))
            self._want(replace(now, base_confidence=base, other_confidence=other))

    def step_iou(self, by: int) -> None:
        """Change the IoU threshold by one step."""
        if now := self._settings:
            self._want(replace(now, iou=_stepped(now.iou, by, STEP)))

    def ask(self) -> None:
        """Ask for exact thresholds and the rule."""
        view = self.program.view
        if (now := self._settings) and view:
            comparison = view.comparison
            shown = kind_of(comparison.dataset.project).settings
            self.app.push_screen(Thresholds(now, comparison.other is not None, shown), self._want)

    @property
    def _settings(self) -> Settings | None:
        """The settings that the numbers are under, or soon will be; None where the task has no thresholds."""
        return self.program.wanted or (self.program.view.settings if self.program.view else None)

    def _want(self, settings: Settings | None) -> None:
        if settings is not None and settings != self._settings:
            self.program.match(settings)


def _stepped(value: float, by: int, least: float) -> float:
    """One step up or down, at least `least` and at most 1."""
    return min(1.0, max(least, round((round(value / STEP) + by) * STEP, 10)))
