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
from aquarium_tui.errors import AquariumError, UsageError
from aquarium_tui.kinds import kind_of
from aquarium_tui.kinds.kind import SettingName
from aquarium_tui.model.classes import ClassMap
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import SIDES, Aim, Policy, Rule, SetConfidence, Settings, Side
from aquarium_tui.report import policy_lines
from aquarium_tui.session.thresholds import named_classes, read_confidence, written_confidence
from aquarium_tui.session.view import View
from aquarium_tui.store.starts import put_confidence, put_settings
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import THRESHOLDS
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.dialogs import Choose, Offer
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
        return bool(settings) if action in ("thresholds", "policy") else action in settings

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

    def ask_policy(self) -> None:
        """Ask what thresholds are to be chosen for, or where they are to be stored."""
        if view := self.program.view:
            offers = [*(_offers() if view.comparison.other else _offers()[-2:]), *_places(view)]
            self.app.push_screen(Choose("Choose thresholds", offers), self._follow)

    def _follow(self, key: str | None) -> None:
        view = self.program.view
        if key is None or view is None or (settings := self._settings) is None:
            return
        what, _, where = key.partition(" ")
        if what == "store":
            self._store(view, settings, where)
        else:
            policy = Policy(Aim(what), bool(where))
            self.program.follow(replace(view.choice.under(settings), policy=policy))

    def _store(self, view: View, settings: Settings, where: str) -> None:
        """Have comparisons start with these thresholds."""
        choice, store = view.choice, self.program.store
        try:
            if where == "project":
                put_settings(store, choice.project, settings)
            for side in view.comparison.sides if where == "sets" else ():
                id_ = choice.base if side == "base" else choice.other
                own = SetConfidence(settings.confidence(side), settings.classes(side))
                put_confidence(store, choice.project, choice.dataset, id_, own)
        except AquariumError as error:
            self.app.notify(visible(error.message), severity="error")
            return
        kept = "thresholds and rule" if where == "project" else "thresholds"
        self.app.notify(f"Comparisons start with these {kept} now.")

    def tell(self, view: View) -> None:
        """Say how near the policy came under which a view was made."""
        if view.outcome:
            self.app.notify("\n".join(policy_lines(view.outcome)), timeout=12, markup=False)

    @property
    def _settings(self) -> Settings | None:
        """The settings that the numbers are under, or soon will be; None where the task has no thresholds."""
        return self.program.wanted or (self.program.view.settings if self.program.view else None)

    def _want(self, settings: Settings | None) -> None:
        if settings is not None and settings != self._settings:
            self.program.match(settings)


def _offers() -> list[Offer]:
    """What thresholds can be chosen for; the last two need only one set."""
    matched = [
        (Aim.RECALL, "as many of the labels found by both"),
        (Aim.PRECISION, "the same share of inferences right"),
        (Aim.FALSE_ALARMS, "as many spurious inferences per frame"),
    ]
    found = [Offer(aim.value, f"match {aim.words}", words) for aim, words in matched]
    found += [Offer(f"{aim.value} class", f"match {aim.words} per class", words) for aim, words in matched]
    checked = "cross-validated over frames"
    return [
        *found,
        Offer(Aim.BEST_F1.value, "best F1 of each set", checked),
        Offer(f"{Aim.BEST_F1.value} class", "best F1 of each set per class", checked),
    ]


def _places(view: View) -> list[Offer]:
    """Where thresholds can be stored."""
    if view.read_only:
        return []
    choice = view.choice
    sets = " and ".join(visible(id_) for id_ in (choice.base, choice.other) if id_)
    return [
        Offer("store sets", f"store on {sets}", "comparisons of these sets start with them"),
        Offer("store project", f"store on project {visible(choice.project)}", "all its comparisons do"),
    ]


def _stepped(value: float, by: int, least: float) -> float:
    """One step up or down, at least `least` and at most 1."""
    return min(1.0, max(least, round((round(value / STEP) + by) * STEP, 10)))
