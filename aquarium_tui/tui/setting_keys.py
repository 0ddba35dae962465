"""Keys that change the thresholds and the rule under which every number is made."""

from dataclasses import replace

from textual.reactive import reactive

from aquarium_tui.model.settings import Settings
from aquarium_tui.session.choice import Choice
from aquarium_tui.session.view import MaskView, ObjectView, View
from aquarium_tui.tui.dialogs.thresholds import Thresholds
from aquarium_tui.tui.textual_private import TerminalApp

STEP = 0.05


class SettingKeys(TerminalApp):
    """An app that shows a view under settings."""

    view: reactive[View | None] = reactive(None)
    wanted: reactive[Settings | None] = reactive(None)
    busy: reactive[str] = reactive("")

    def compute(self, chosen: Choice) -> None:
        """Make and show another view."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Masks have no thresholds, classes of images no IoU."""
        view = self.view
        if action in ("confidence", "thresholds") and isinstance(view, MaskView):
            return False
        if action == "iou" and not (isinstance(view, ObjectView) and not view.comparison.whole):
            return False
        return super().check_action(action, parameters)

    def action_confidence(self, by: int) -> None:
        """Both confidence thresholds by one step."""
        if now := self._settings:
            base, other = (_stepped(v, by, 0.0) for v in (now.base_confidence, now.other_confidence))
            self._want(replace(now, base_confidence=base, other_confidence=other))

    def action_iou(self, by: int) -> None:
        """The IoU threshold by one step."""
        if now := self._settings:
            self._want(replace(now, iou=_stepped(now.iou, by, STEP)))

    def action_thresholds(self) -> None:
        """Ask for exact thresholds and the rule."""
        if (now := self._settings) and self.view:
            comparison = self.view.comparison
            whole = isinstance(self.view, ObjectView) and self.view.comparison.whole
            self.push_screen(Thresholds(now, comparison.other is not None, whole), self._want)

    @property
    def _settings(self) -> Settings | None:
        """What the numbers are under, or soon will be; None where the task has no thresholds."""
        return self.wanted or (self.view.settings if self.view else None)

    def _want(self, settings: Settings | None) -> None:
        if settings is None or self.view is None or settings == self._settings:
            return
        self.wanted = settings
        self.busy = "matching"
        self.compute(self.view.choice.under(settings))


def _stepped(value: float, by: int, least: float) -> float:
    """One step up or down, at least `least` and at most 1."""
    return min(1.0, max(least, round((round(value / STEP) + by) * STEP, 10)))
