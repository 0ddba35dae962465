"""Segments: saving a query or its frames under a name, and using what was saved."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from aquarium_tui.compare.binding import snapshot
from aquarium_tui.errors import AquariumError, StoreError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import Segment
from aquarium_tui.query.wording import quoted
from aquarium_tui.session.view import View
from aquarium_tui.store import Segments
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import NAMING
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.dialogs import Choose, Offer
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.lines import Line

Way = tuple[str, Callable[[str], str]]
"""A way to save: what it does in a word, and how; it takes the name and answers with a sentence."""


class Naming(Dialog[str | None]):
    """Answers with what was done, or None; a name that cannot be taken is complained of in place.

    Args:
        title: What is named.
        save: What is done with the name.
        save_frames: What else can be done with it.
        value: The name it begins with.
        about: A sentence or a query that it is about.
        known: What can be completed while typing.
        wanted: What is typed, in a word.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(NAMING)]

    def __init__(
        self,
        title: str,
        save: Way,
        save_frames: Way | None = None,
        *,
        value: str = "",
        about: str = "",
        known: Sequence[str] = (),
        wanted: str = "name",
    ) -> None:
        super().__init__()
        self.known, self.wanted = known, wanted
        self.heading, self.value, self.about = title, value, about
        self.ways = {"dialog.accept": save} | ({"segments.save_frames": save_frames} if save_frames else {})

    def compose(self) -> ComposeResult:
        """Title, what it is about, name, complaint, keys."""
        with Vertical(id="dialog"):
            yield Static(self.heading, classes="dialog-title", markup=False)
            if self.about:
                yield Static(visible(self.about), markup=False, classes="about")
            suggester = SuggestFromList(self.known, case_sensitive=False) if self.known else None
            yield Input(self.value, placeholder=self.wanted, suggester=suggester, compact=True)
            yield Line(id="complaint")
            yield Line(id="help")

    def on_mount(self) -> None:
        """Say the keys."""
        sign = program_of(self).keymap.sign
        words = [f"{sign(action)} {does}" for action, (does, _) in self.ways.items()]
        self.query_one("#help", Line).show([("   ".join([*words, f"{sign('dialog.cancel')} cancel"]), "dim")])

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#complaint", Line).show([])

    def action_take(self) -> None:
        """Save under the name."""
        self._take("dialog.accept")

    def action_take_frames(self) -> None:
        """Save under the name, the other way."""
        if "segments.save_frames" in self.ways:
            self._take("segments.save_frames")

    def _take(self, action: str) -> None:
        try:
            self.dismiss(self.ways[action][1](self.query_one(Input).value))
        except AquariumError as error:
            self.query_one("#complaint", Line).show([(visible(error.message), "bad")])


class SegmentControl:
    """The segments of the dataset that a screen shows.

    Args:
        screen: Over which it asks.
    """

    def __init__(self, screen: Screen[Any]) -> None:
        self.screen = screen

    def save(self) -> None:
        """Ask for a name, and whether to follow the query or to keep its frames."""
        program = program_of(self.screen)
        view = program.view
        if view is None or not (view.choice.query or view.choice.only):
            opens = program.keymap.sign("query.open")
            self.screen.notify(f"Apply a query first: {opens} opens the bar.", severity="warning")
            return
        query, only, segments = view.choice.query, view.choice.only, self._segments(view)

        def live(name: str) -> str:
            segments.save(Segment(name, query, only=only))
            return f'Saved the query as segment "{name}".'

        def kept(name: str) -> str:
            made = replace(snapshot(view.comparison, view.binding, name, query), only=only)
            segments.save(made)
            return f'Saved {counted(len(made.frames or ()), "frame")} as segment "{name}".'

        dialog = Naming(
            "Save as a segment", ("save the query", live), ("save its frames", kept), about=query or only
        )
        self.screen.app.push_screen(dialog, self._told)

    def save_frames(self, view: View, frames: tuple[str, ...]) -> None:
        """Save frames that were chosen by hand, under a name that is asked for."""
        segments = self._segments(view)

        def kept(name: str) -> str:
            segments.save(Segment(name, "", frames))
            return f'Saved {counted(len(frames), "frame")} as segment "{name}".'

        about = counted(len(frames), "marked frame")
        dialog = Naming("Save as a segment", ("save them", kept), about=about)
        self.screen.app.push_screen(dialog, self._told)

    def save_slice(self, view: View, only: str) -> None:
        """Save the objects for which a condition holds, in the frames of the query, as a scenario."""
        segments, query = self._segments(view), view.choice.query

        def kept(name: str) -> str:
            segments.save(Segment(name, query, only=only))
            targets = program_of(self.screen).keymap.sign("app.scenarios")
            return f'Saved the slice as scenario "{name}"; {targets} lists it.'

        self.screen.app.push_screen(Naming("Save as a scenario", ("save it", kept), about=only), self._told)

    def choose(self) -> None:
        """Choose a segment to look at; rename and delete them."""
        program, app = program_of(self.screen), self.screen.app
        view = program.view
        if view is None:
            return
        segments = self._segments(view)
        found = self._found(segments)
        if not found:
            return
        offers = [Offer(name, name, described(segment)) for name, segment in found.items()]

        def use(name: str | None) -> None:
            if name:
                segment = found[name]
                query = segment.query if segment.live else f"frame.segment = {quoted(name)}"
                program.compare(replace(program.now(view), query=query, only=segment.only))

        def rename(name: str) -> None:
            def renamed(new: str) -> str:
                segments.rename(name, new)
                back = partial(self._back, segments.rename, new, name)
                program.undo.offer(f'renaming segment "{name}"', back)
                return f'Segment "{name}" is now "{new}".'

            app.push_screen(Naming("Rename the segment", ("rename", renamed), value=name), self._told)

        def delete(name: str) -> None:
            kept = segments.get(name)
            segments.delete(name)
            program.undo.offer(f'deleting segment "{name}"', partial(self._back, segments.save, kept))
            undo = program.keymap.sign("view.undo")
            self._told(f'Deleted segment "{name}"; {undo} brings it back.')

        further = {"segments.rename": ("rename", rename), "segments.delete": ("delete", delete)}
        app.push_screen(Choose("Segments", offers, further=further), use)

    def _back(self, change: Callable[..., object], *of: object) -> None:
        """Change the segments back, and show what that changes."""
        try:
            change(*of)
        except AquariumError as error:
            self.screen.app.notify(visible(error.message), severity="error", markup=False)
        else:
            program_of(self.screen).refresh_view()

    def _found(self, segments: Segments) -> dict[str, Segment]:
        """The segments by name; says what is wrong with others, or how to make the first one."""
        damage: list[StoreError] = []
        found = {segment.name: segment for segment in segments.all(damage.append)}
        for error in damage:
            self.screen.notify(
                visible(error.message), title=visible(error.hint), severity="error", timeout=12, markup=False
            )
        if not found and not damage:
            save = program_of(self.screen).keymap.sign("segments.save")
            self.screen.notify(f"No segments yet: apply a query, then {save} saves it.", severity="warning")
        return found

    def _segments(self, view: View) -> Segments:
        store = program_of(self.screen).store
        return Segments(store.dataset_folder(view.choice.project, view.choice.dataset))

    def _told(self, done: str | None) -> None:
        if done:
            self.screen.notify(done)
            program_of(self.screen).refresh_view()


def described(segment: Segment) -> str:
    """A segment in a few words."""
    if segment.frames is None:
        return f"query: {segment.query}"
    chosen = f"of: {segment.query}" if segment.query else "chosen by hand"
    return f"{counted(len(segment.frames), 'frame')} {chosen}"
