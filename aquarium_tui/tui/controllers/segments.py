"""Saves a query or its frames under a name, and uses what was saved."""

from typing import Any

from textual.screen import Screen

from aquarium_tui.compare.segments import snapshot
from aquarium_tui.model.numbers import grouped
from aquarium_tui.model.problems import Segment
from aquarium_tui.query.wording import quoted
from aquarium_tui.session.view import View
from aquarium_tui.store import Segments
from aquarium_tui.tui.dialogs.choose import Choose, Offer
from aquarium_tui.tui.dialogs.name import Naming
from aquarium_tui.tui.program import program_of


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
        if view is None or not view.choice.query:
            opens = program.keymap.sign("query.open")
            self.screen.notify(f"Apply a query first: {opens} opens the bar.", severity="warning")
            return
        query, segments = view.choice.query, self._segments(view)

        def live(name: str) -> str:
            segments.save(Segment(name, query))
            return f'Saved the query as segment "{name}".'

        def kept(name: str) -> str:
            made = snapshot(view.comparison, view.binding, name, query)
            segments.save(made)
            return f'Saved {grouped(len(made.frames or ()))} frames as segment "{name}".'

        dialog = Naming("Save as a segment", ("save the query", live), ("save its frames", kept), about=query)
        self.screen.app.push_screen(dialog, self._told)

    def save_frames(self, view: View, frames: tuple[str, ...]) -> None:
        """Save frames that were chosen by hand, under a name that is asked for."""
        segments = self._segments(view)

        def kept(name: str) -> str:
            segments.save(Segment(name, "", frames))
            return f'Saved {grouped(len(frames))} frames as segment "{name}".'

        about = f"{grouped(len(frames))} marked frames"
        dialog = Naming("Save as a segment", ("save them", kept), about=about)
        self.screen.app.push_screen(dialog, self._told)

    def choose(self) -> None:
        """Choose a segment to look at; rename and delete them."""
        program, app = program_of(self.screen), self.screen.app
        view = program.view
        if view is None:
            return
        segments = self._segments(view)
        found = {segment.name: segment for segment in segments.all()}
        if not found:
            save = program.keymap.sign("segments.save")
            self.screen.notify(f"No segments yet: apply a query, then {save} saves it.", severity="warning")
            return
        offers = [Offer(name, name, described(segment)) for name, segment in found.items()]

        def use(name: str | None) -> None:
            if name:
                live = found[name].live
                program.ask(found[name].query if live else f"frame.segment = {quoted(name)}")

        def rename(name: str) -> None:
            def renamed(new: str) -> str:
                segments.rename(name, new)
                return f'Segment "{name}" is now "{new}".'

            app.push_screen(Naming("Rename the segment", ("rename", renamed), value=name), self._told)

        def delete(name: str) -> None:
            segments.delete(name)
            self._told(f'Deleted segment "{name}".')

        further = {"segments.rename": ("rename", rename), "segments.delete": ("delete", delete)}
        app.push_screen(Choose("Segments", offers, further=further), use)

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
    return f"{grouped(len(segment.frames))} frames {chosen}"
