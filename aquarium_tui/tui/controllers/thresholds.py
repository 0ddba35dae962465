"""Thresholds and the matching rule: changed step by step, or stated exactly in a dialog."""

from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Static

from aquarium_tui.compare.objects.matching import PAIR_ORDERS
from aquarium_tui.errors import UsageError
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.kind import SettingName
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.settings import SIDES, Rule, SetConfidence, Settings, Side
from aquarium_tui.session.thresholds import named_classes, read_confidence, written_confidence
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import THRESHOLDS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.lines import Line


class Thresholds(Dialog[Settings | None]):
    """Answers with the new settings, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(THRESHOLDS)]

    def __init__(
        self, settings: Settings, class_map: ClassMap, pair: bool, shown: frozenset[SettingName]
    ) -> None:
        super().__init__()
        self.settings = settings
        self.class_map = class_map
        self.pair = pair
        self.shown = shown

    def compose(self) -> ComposeResult:
        """One line a value."""
        fields = [("base_confidence", "confidence of base ≥" if self.pair else "confidence ≥")]
        fields += [("other_confidence", "confidence of other ≥")] if self.pair else []
        fields += [("iou", "IoU of a pair ≥")] if "iou" in self.shown else []
        with Vertical(id="dialog", classes="thresholds"):
            yield Static(
                "Thresholds and rule" if "rule" in self.shown else "Thresholds", classes="dialog-title"
            )
            for name, title in fields:
                with Horizontal(classes="field"):
                    yield Label(title)
                    yield self._field(name)
            if "rule" in self.shown:
                yield Static(id="rule")
            yield Line(id="complaint")
            yield Line(id="help")

    def _field(self, name: str) -> Input:
        if name == "iou":
            return Input(f"{self.settings.iou:g}", id=name, compact=True, type="number")
        side: Side = "base" if name == "base_confidence" else "other"
        text = written_confidence(self.settings.confidence(side), self.settings.classes(side))
        return Input(text, id=name, compact=True, placeholder="0.1,car=0.4")

    def on_mount(self) -> None:
        """Say the rule, where objects are paired by one, and the keys."""
        if "rule" in self.shown:
            self._say_rule()
        sign = program_of(self).keymap.sign
        next_rule = f"{sign('thresholds.rule')} next rule   " if "rule" in self.shown else ""
        words = f"{sign('dialog.accept')} apply   {next_rule}{sign('dialog.cancel')} cancel"
        self.query_one("#help", Line).show([(words, "dim")])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where pairs are matched by no rule, it cannot be changed."""
        return super().check_action(action, parameters) and (action != "rule" or "rule" in self.shown)

    def _say_rule(self) -> None:
        rule = self.settings.rule
        inks = Inks(self)
        parts = (("rule  ", "dim"), (rule.value, "accent"), (f"  {PAIR_ORDERS[rule].sentence}", "dim"))
        words = Text.assemble(*((text, inks.style(ink, "surface")) for text, ink in parts))
        self.query_one("#rule", Static).update(words)

    def action_rule(self) -> None:
        """The next rule."""
        rules = list(Rule)
        self.settings = replace(self.settings, rule=rules[(rules.index(self.settings.rule) + 1) % len(rules)])
        self._say_rule()

    @on(Input.Changed)
    def action_take(self, event: Input.Changed | None = None) -> None:
        """Answer with the values, or say what is wrong with them."""
        try:
            settings = self._read()
        except (UsageError, ValueError) as error:
            text = error.message if isinstance(error, UsageError) else "The IoU is a number, such as 0.5."
            self.query_one("#complaint", Line).show([(text, "bad")])
            return
        self.query_one("#complaint", Line).show([])
        if event is None:
            self.dismiss(settings)

    def _read(self) -> Settings:
        texts = {str(field.id): field.value for field in self.query(Input)}
        settings = replace(self.settings, iou=float(texts["iou"])) if "iou" in texts else self.settings
        for side in SIDES:
            found = read_confidence(texts[f"{side}_confidence" if self.pair else "base_confidence"])
            own = replace(found, classes=named_classes(found.classes, self.class_map))
            settings = settings.with_confidence(side, own)
        return settings


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
            for side in SIDES:
                rest, own = now.confidence(side), now.classes(side)
                stepped = tuple((name, _stepped(value, by, 0.0)) for name, value in own)
                now = now.with_confidence(side, SetConfidence(_stepped(rest, by, 0.0), stepped))
            self._want(now)

    def step_iou(self, by: int) -> None:
        """Change the IoU threshold by one step."""
        if now := self._settings:
            self._want(replace(now, iou=_stepped(now.iou, by, STEP)))

    def ask(self) -> None:
        """Ask for exact thresholds and the rule."""
        view = self.program.view
        if (now := self._settings) and view:
            comparison = view.comparison
            project = comparison.dataset.project
            shown = kind_of(project).settings
            dialog = Thresholds(now, project.class_map, comparison.other is not None, shown)
            self.app.push_screen(dialog, self._want)

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
