"""What screens have in common: all of them, those that a query narrows, and those of one frame."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import events, on
from textual.app import ComposeResult

from aquarium_tui.compare.comparison import Comparison, Seen
from aquarium_tui.compare.reviews import Target
from aquarium_tui.drawing.drawing import image_path
from aquarium_tui.kinds.columns import Span, written
from aquarium_tui.kinds.report_columns import Evidence
from aquarium_tui.kinds.reviews import review_words
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.report import sensitivity_remarks, verdict_sentences
from aquarium_tui.session.reviews import with_or_without_errors
from aquarium_tui.session.view import View, reproduce
from aquarium_tui.tui.actions.action import EVERYWHERE, FRAMES, METRICS, Place
from aquarium_tui.tui.closable import ClosesOnce
from aquarium_tui.tui.controllers.reviews import ReviewControl
from aquarium_tui.tui.controllers.segments import SegmentControl
from aquarium_tui.tui.dialogs import Choose, Offer, RemarkList
from aquarium_tui.tui.graphics.geometry import SourceRect, whole
from aquarium_tui.tui.graphics.picture import Picture
from aquarium_tui.tui.program import Program, program_of
from aquarium_tui.tui.textual_private import KeyFooter, forget_closed_watchers
from aquarium_tui.tui.widgets.header import SCREENS, Header, Tabs, Tour
from aquarium_tui.tui.widgets.lines import Line, ever_fewer
from aquarium_tui.tui.widgets.query_bar import QueryBar, QueryInput, SliceBar
from aquarium_tui.tui.widgets.samples import Crops, Samples


class ViewScreen(ClosesOnce[None]):
    """A screen that shows the app's view, and draws a newer one only when it is looked at."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (104, "-normal"), (150, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-high")]  # noqa: RUF012
    AUTO_FOCUS = ""
    HERE = ""
    """The mode that the line of screens marks."""

    NEEDS_VIEW = True
    """Whether its actions need a view that is drawn."""

    PLACE: ClassVar[Place] = EVERYWHERE
    """The place that its keys belong to."""

    drawn: View | None = None
    said = 0
    """How much of what was said in review is drawn."""
    known: Evidence | None = None

    def compose(self) -> ComposeResult:
        """Header, content, footer."""
        self._take_size()
        yield Header()
        yield Tabs(self.HERE, {mode: self.sign(f"app.{mode}") for _, mode in SCREENS})
        yield from self.content()
        yield KeyFooter(compact=True, show_command_palette=False)

    def _take_size(self) -> None:
        """Be laid out for the window from the first frame on, before which Textual tells no size."""
        height = self.app.size.height
        self.add_class(self.breadth, max(step for step in self.VERTICAL_BREAKPOINTS if step[0] <= height)[1])

    @property
    def breadth(self) -> str:
        """The class of the screen for the width that the window has now."""
        width = self.app.size.width
        return max(step for step in self.HORIZONTAL_BREAKPOINTS if step[0] <= width)[1]

    def content(self) -> ComposeResult:
        """The widgets of the screen."""
        return ()

    @property
    def program(self) -> Program:
        """The app."""
        return program_of(self)

    def sign(self, *actions: str) -> str:
        """The first key of each action as it is printed."""
        return " ".join(map(self.program.keymap.sign, actions))

    def subject(self) -> dict[str, str]:
        """What commands of the user's own can be told of it; see `controllers.commands.FIELDS`."""
        return {}

    def of_frame(self, frame: int) -> dict[str, str]:
        """The same of a frame, by its place in the dataset."""
        if self.drawn is None:
            return {}
        dataset = self.drawn.comparison.dataset
        return {"frame.id": dataset.frames.id[frame] or "", "frame.path": image_path(dataset, frame)}

    def show(self, view: View) -> None:
        """Draw a view."""

    def learn(self) -> None:
        """Draw what has been found out about the view since."""

    def nothing_selected(self) -> str:
        """Why there is nothing to show at all, and what changes that; empty where there is something."""
        view = self.drawn
        if view is None or view.comparison.frame_count:
            return ""
        if not view.choice.query:
            return "this dataset has no frames"
        here = "" if isinstance(self, NarrowedScreen) else f"in Metrics ({self.sign('app.metrics')}), "
        opens, clears = self.sign("query.open"), self.sign("go.back")
        return f"the query selects no frames: {here}{opens} changes it, {clears} clears it"

    def command(self, view: View) -> str:
        """The command that leads to what is seen: by default the one that opens the view."""
        return reproduce(view, "open")

    def left_out(self, view: View) -> str:
        """What is seen and not of the command, in words; empty where the command says all."""
        del view
        return "which matrix of your own" if getattr(self, "number", 0) else ""

    def focus_content(self) -> None:
        """Give the focus to what the keys move in."""
        self.focus_next()

    def on_descendant_focus(self) -> None:
        """Keys never go to what is not displayed."""
        self.call_after_refresh(self._leave_hidden)
        self.focus_moved()

    def on_resize(self) -> None:
        """What has the focus may have no room in the new size."""
        self.call_after_refresh(self._leave_hidden)

    def _leave_hidden(self) -> None:
        """Take the focus from a widget that is not displayed."""
        if self._hides_focus():
            # Classes that were changed a moment ago take effect only when Textual is idle.
            self.app.stylesheet.update(self)
        if self._hides_focus():
            self.set_focus(None)
            self.focus_content()

    def _hides_focus(self) -> bool:
        focused = self.focused
        return focused is not None and not all(node.display for node in focused.ancestors_with_self)

    def focus_moved(self) -> None:
        """Follow the focus, which is on another widget now."""

    def on_mount(self) -> None:
        """Follow the app's view."""
        forget_closed_watchers(self.app)
        for name in ("view", "wanted", "busy", "evidence"):
            self.watch(self.app, name, self._changed, init=False)

    def on_screen_resume(self) -> None:
        """Catch up with what changed meanwhile."""
        self._changed()

    def _changed(self) -> None:
        if not self.is_current or not self.is_mounted:
            return
        program = self.program
        self.query_one(Header).show(program.view, program.wanted)
        self.query_one(Tabs).say(busy=program.busy, warning=self._unread())
        if program.view is not None and program.view is not self.drawn:
            if self.drawn is None:
                self.refresh_bindings()
            self.drawn = program.view
            self.said = len(program.view.reviews)
            self.known = program.evidence
            self.show(program.view)
            if self.focused is None:
                self.focus_content()
            return
        if program.evidence is not self.known:
            self.known = program.evidence
            self.learn()
        if self.drawn is not None and len(self.drawn.reviews) != self.said:
            self.said = len(self.drawn.reviews)
            self.review_changed()

    def _unread(self) -> str:
        """What to beware of, until that has been read."""
        warning = self.program.view.warning if self.program.view else ""
        return "" if warning in self.program.remarks_read else warning

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done with a view that is not there yet."""
        if self.NEEDS_VIEW and self.drawn is None and action not in ("back", "leave"):
            return False
        return super().check_action(action, parameters)

    def under_review(self) -> Sequence[Target]:
        """The frames or objects that are marked, else the one under the cursor."""
        return [target for samples in self.query(Samples) for target in samples.target() if self.drawn]

    def review_changed(self) -> None:
        """Draw the signs of review anew."""
        for crops in self.query(Crops):
            crops.draw()

    def action_flag(self) -> None:
        """Flag what is under the cursor, or take the flag away."""
        ReviewControl(self).flag()

    def action_judge(self, verdict: str) -> None:
        """Give what is under the cursor a verdict, or take it back."""
        ReviewControl(self).judge(verdict)

    def action_verdict(self) -> None:
        """Ask for a verdict."""
        ReviewControl(self).verdict()

    def action_tag(self) -> None:
        """Ask for a tag."""
        ReviewControl(self).tag()

    def action_note(self) -> None:
        """Ask for a note."""
        ReviewControl(self).note()

    def action_undo(self) -> None:
        """Undo the last review edit."""
        ReviewControl(self).undo()

    def action_redo(self) -> None:
        """Redo what was undone."""
        ReviewControl(self).redo()

    def action_queue(self) -> None:
        """Make a queue of the list."""
        if self.drawn is not None:
            reviews = self.drawn.reviews
            title, targets = self.queued()
            ReviewControl(self).queue(title, [reviews.subject_of(target) for target in targets])

    def queued(self) -> tuple[str, Sequence[Target]]:
        """The list that can become a queue: its title, and what it holds in its order."""
        return "", [target for samples in self.query(Samples) for target in samples.targets()]

    def action_pane(self, by: int) -> None:
        """Give the focus to the next or previous pane."""
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_back(self) -> None:
        """Go back to the screen before."""
        self.dismiss()


class NarrowedScreen(ViewScreen):
    """A screen that shows what the query in its bar selects."""

    def __init__(self) -> None:
        super().__init__()
        self.segments = SegmentControl(self)

    def content(self) -> ComposeResult:
        """The query bar, and what it narrows."""
        yield QueryBar(f"press {self.sign('query.open')} to ask for frames and objects")
        yield SliceBar("only the objects for which this holds, such as label.area < 1024")
        yield from self.panes()
        yield Tour(self.program.keymap)

    def panes(self) -> ComposeResult:
        """The widgets below the query bar."""
        return ()

    def show(self, view: View) -> None:
        """Show the query and what it found; subclasses draw the rest."""
        bar = self.query_one(QueryBar)
        self.query_one(Tour).display = self.program.tour is not None and self.PLACE in (FRAMES, METRICS)
        bar.show(view.binding.schema, view.choice.query, view.found, self.program.history)
        labels = counted(view.comparison.label_count, "label") if view.choice.only else ""
        schema, only = view.everything.schema, view.choice.only
        self.query_one(SliceBar).show(schema, only, labels, self.program.history)

    def equivalent(self) -> str:
        """The query that gives what is under the cursor."""
        return self.drawn.choice.query if self.drawn else ""

    @on(QueryBar.Applied)
    def _apply_query(self, event: QueryBar.Applied) -> None:
        event.stop()
        self.focus_content()
        if isinstance(event.bar, SliceBar):
            self._narrow(event.query)
        else:
            self.program.ask(event.query)

    def _narrow(self, only: str) -> None:
        """Count the objects of a slice alone; all where the condition is empty."""
        view = self.program.view
        if view is not None and only != view.choice.only:
            self.program.compare(replace(self.program.now(view), only=only))

    def action_exclude(self) -> None:
        """Count without the objects that were judged to be label errors, or with them again."""
        view = self.drawn
        if view is None:
            return
        if view.comparison.no_objects:
            self.notify("There are no objects to leave out here.", severity="warning")
            return
        self._narrow(with_or_without_errors(view.choice.only))

    @on(QueryBar.HistoryAsked)
    def _search_history(self) -> None:
        """Choose a query that was applied before, by a part of it."""
        bar, history = self.query_one(QueryBar), self.program.history
        if not history:
            self.notify("No query has been applied yet.", severity="warning")
            return

        def recall(query: str | None) -> None:
            bar.write(query or self.query_one(QueryInput).value)

        self.app.push_screen(
            Choose("Queries applied before", [Offer(each, each) for each in history]), recall
        )

    def action_leave(self) -> None:
        """Close the lines for newcomers, clear the query, clear the slice, or go to the list of datasets."""
        if self.query_one(Tour).display and self.program.tour:
            self.program.tour.remember_tour()
            self.program.tour = None
            self.query_one(Tour).display = False
            return
        if self.drawn is None or not (self.drawn.choice.query or self.drawn.choice.only):
            self.program.action_open_screen()
            return
        if not self.drawn.choice.query:
            self._narrow("")
            return
        self.program.ask("")
        opens = self.sign("query.open")
        self.notify(f"The query is cleared; {opens}, then ↑ brings it back.")

    def action_query(self) -> None:
        """Type a query."""
        self.query_one(QueryInput).focus()

    def action_only(self) -> None:
        """Type the condition of a slice."""
        self.query_one(SliceBar).open()

    def action_equivalent(self) -> None:
        """Put the query that gives what is seen into the bar."""
        self.query_one(QueryBar).write(self.equivalent())

    def action_remarks(self) -> None:
        """Show the verdict in full, and what limits the comparison of the two sets."""
        remarks = self.drawn.remarks if self.drawn else ()
        depends = self.known.sensitivity if self.known else None
        told = [(remark.what, remark.sentence) for remark in remarks]
        told += [("", sentence) for sentence in (sensitivity_remarks(depends) if depends else ())]
        if self.drawn:
            self.program.remarks_read.add(self.drawn.warning)
            verdict = self.known.verdict if self.known else None
            said = verdict_sentences(verdict) if verdict else []
            self.app.push_screen(RemarkList(told, self.drawn.choice.title, said))

    @on(events.Click, "#verdict")
    def _open_verdict(self) -> None:
        self.action_remarks()

    def action_save_segment(self) -> None:
        """Save the query, or its frames, under a name."""
        self.segments.save()

    def action_segments(self) -> None:
        """Choose a segment to look at; rename and delete them."""
        self.segments.choose()


class PictureScreen(ViewScreen):
    """A frame out of a list of frames.

    Args:
        frame: The frame, by its place in the dataset.
    """

    MAIN_PICTURE = "Picture"
    """A selector of the picture that the keys move."""

    def __init__(self, frame: int) -> None:
        super().__init__()
        self.frame = frame
        self.queue = ""

    def see(self, target: Target) -> None:
        """Remember that something in the queue that is walked through was looked at."""
        if self.queue and self.drawn is not None:
            ReviewControl(self).see(self.queue, target)

    def subject(self) -> dict[str, str]:
        """The frame."""
        return self.of_frame(self.frame)

    def frames(self) -> NDArray[np.int64]:
        """The frames of the list, `(k,)`, in its order."""
        return np.array([self.frame])

    def command(self, view: View) -> str:
        """The command that renders this frame."""
        id_ = view.comparison.dataset.frames.id[self.frame] or ""
        out = ("--out", f"{id_.rpartition('/')[2] or 'frame'}.png")
        return reproduce(view, "render", id_, *out, *self.rendered())

    def rendered(self) -> list[str]:
        """The options of `render` for what is seen of the frame."""
        seen, size = self.picture.view, self.picture.source
        part = ",".join(f"{edge:.0f}" for edge in seen or ())
        return [] if size is None or not part or seen == whole(size) else ["--region", part]

    def open_frame(self, frame: int) -> None:
        """Show another frame of the list."""

    @property
    def picture(self) -> Picture:
        """The picture that the keys move."""
        return self.query_one(self.MAIN_PICTURE, Picture)

    def close_look(self) -> SourceRect | None:
        """The part of the frame that the screen itself chose; None where it shows all of it."""

    def look_at(self, region: SourceRect) -> None:
        """Show a part of the frame, also once what is about to be drawn is."""

        def show() -> None:
            self.picture.view = region

        show()
        self.call_after_refresh(show)

    @property
    def aspect(self) -> tuple[int, int]:
        """Width and height of the picture's place in pixels."""
        size, (width, height) = self.picture.size, self.picture.cell
        return max(1, size.width * width), max(1, size.height * height)

    def neighbours(self) -> list[int]:
        """The frames after and before this one in the list, as far as there are any."""
        frames = self.frames()
        found = np.flatnonzero(frames == self.frame)
        at = int(found[0]) if len(found) else 0
        return [int(frames[i]) for i in (at + 1, at - 1) if len(found) and 0 <= i < len(frames)]

    def say_frame(self, view: Seen[Comparison], place: str) -> None:
        """Name the frame above the picture, with its metadata and its place in what is walked through."""
        frames = view.comparison.dataset.frames
        values = {key: written(column[self.frame]) for key, column in frames.metadata.items()}
        named = [f"{visible(key)} {value}" for key, value in values.items() if value]
        details: list[Span] = [(f"{'   ' * bool(at)}{each}", "dim") for at, each in enumerate(named)]
        name: list[Span] = [(f" {visible(frames.id[self.frame] or '')}  ", "strong")]
        name += review_words(view.reviews.of_frame(self.frame))
        forms = [[*name, *some] for some in (*ever_fewer(details), [])]
        self.query_one("#walk-line", Line).show(forms[0], [(f"{place} ", "accent")], *forms[1:])

    def step_frame(self, by: int) -> bool:
        """Show the next or previous frame of the list; False where there is none."""
        frames = self.frames()
        found = np.flatnonzero(frames == self.frame)
        place = (int(found[0]) if len(found) else -1) + by
        if not 0 <= place < len(frames):
            self.notify("That was the last frame." if by > 0 else "That was the first frame.")
            return False
        self.open_frame(int(frames[place]))
        return True

    def action_frame(self, by: int) -> None:
        """Go to the next or previous frame of the list."""
        self.step_frame(by)

    def action_zoom(self, factor: float) -> None:
        """Zoom in or out."""
        self.picture.zoom(factor)

    def action_pan(self, dx: float, dy: float) -> None:
        """Look at another part."""
        self.picture.pan(dx, dy)

    def action_full(self) -> None:
        """Show only the picture, or everything."""
        self.toggle_class("-full")


def ordinal(n: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`."""
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"
