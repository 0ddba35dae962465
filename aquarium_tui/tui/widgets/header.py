"""Where you are and under which settings every number was made; and the line of screens below it."""

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import grouped, threshold
from aquarium_tui.model.settings import Settings
from aquarium_tui.tui.inks import Inks, Span
from aquarium_tui.tui.state import View

SCREENS = (("1", "Frames", "frames"), ("2", "Metrics", "metrics"))


_LEVELS = 7
"""How often the header line is made shorter until it fits."""


class Header(Widget):
    """Project and dataset, base and other, thresholds, rule, and what is counted."""

    DEFAULT_CSS = "Header { height: 1; background: $panel; }"

    view: View | None = None
    wanted: Settings | None = None

    def show(self, view: View | None, wanted: Settings | None) -> None:
        """Show another view; `wanted` are settings whose numbers are still on their way."""
        self.view, self.wanted = view, wanted
        self.refresh()

    def render(self) -> Text:
        """The longest form that fits."""
        if self.view is None:
            return _text([(" aquarium-tui", "strong")], Inks(self), "panel")
        for level in range(_LEVELS):
            left, right = self._parts(level)
            free = self.size.width - _length(left) - _length(right)
            if free >= 1:
                break
        return _text([*left, (" " * max(free, 1), ""), *right], Inks(self), "panel")

    def _parts(self, level: int) -> tuple[list[Span], list[Span]]:
        """Left and right side; a higher level is shorter."""
        view = self.view
        assert view
        chosen, comparison = view.chosen, view.comparison
        room = max(8, 60 - 9 * level)
        base, other = (_shortened(visible(name), room) for name in (chosen.base, chosen.other))
        pair: list[Span] = [(base, "strong")]
        if chosen.other:
            pair = [("base " if level == 0 else "", "dim"), *pair, (" → ", "dim")]
            pair += [("other " if level == 0 else "", "dim"), (other, "strong")]
        left: list[Span] = [
            (f" {_shortened(visible(chosen.title), room)}  ", "accent"),
            *pair,
            ("   " if level < 2 else " ", ""),
        ]
        left += self._settings(level)
        frames, labels = comparison.frame_count, comparison.label_count
        words = {
            0: f"{grouped(frames)} frames   {grouped(labels)} labels ",
            1: f"{grouped(frames)} frames {grouped(labels)} labels ",
            2: f"{grouped(frames)} fr ",
        }
        return left, [(words.get(level, ""), "dim")]

    def _settings(self, level: int) -> list[Span]:
        assert self.view
        now = self.view.comparison.settings
        wanted = self.wanted or now
        ink = "" if wanted == now else "warn"
        sure = [threshold(c) for c in (wanted.base_confidence, wanted.other_confidence)]
        single = wanted.base_confidence == wanted.other_confidence or not self.view.comparison.other
        confidence = sure[0] if single else "/".join(sure)
        gap = "   " if level == 0 else " "
        at_least = "≥ " if level == 0 else "≥"
        return [
            ("conf ", "dim"),
            (f"{at_least}{confidence}{gap}", ink),
            ("IoU ", "dim"),
            (f"{at_least}{threshold(wanted.iou)}{gap}", ink),
            (f"{wanted.rule}", ink),
        ]


class Tabs(Widget):
    """The screens with their keys, and on the right what is going on."""

    DEFAULT_CSS = "Tabs { height: 1; background: $surface; }"

    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.note = ""
        self.busy = ""

    def say(self, note: str | None = None, busy: str | None = None) -> None:
        """Change the remark on the right, or what is being computed."""
        self.note = self.note if note is None else note
        self.busy = self.busy if busy is None else busy
        self.refresh()

    def render(self) -> Text:
        """One line."""
        spans: list[Span] = [(" ", "")]
        for key, title, mode in SCREENS:
            ink = "accent" if mode == self.here else "dim"
            spans += [(f"{key} ", "dim"), (title, ink), ("  ", "")]
        right: Span = (f"⋯ {self.busy} ", "warn") if self.busy else (f"{self.note} ", "dim")
        free = self.size.width - _length(spans) - cell_len(right[0])
        if free < 1:
            right = (right[0][: max(free - 1, 0)], right[1])
        return _text([*spans, (" " * max(free, 0), ""), right], Inks(self), "surface")

    def on_click(self, event: object) -> None:
        """A title opens its screen."""
        x = getattr(event, "x", 0) - 1
        for _, title, mode in SCREENS:
            width = len(title) + 4
            if 0 <= x < width:
                self.app.switch_mode(mode)
            x -= width


def _shortened(name: str, room: int) -> str:
    """A name in at most `room` cells, its middle left out where it is longer: ends tell names apart."""
    if cell_len(name) <= room:
        return name
    half = (room - 1) // 2
    return f"{name[: room - 1 - half]}…{name[-half:]}"


def _length(spans: list[Span]) -> int:
    return sum(cell_len(text) for text, _ in spans)


def _text(spans: list[Span], inks: Inks, ground: str) -> Text:
    return Text.assemble(*((text, inks.style(ink, ground)) for text, ink in spans), no_wrap=True, end="")
