"""What the screens have in common that a query narrows: the query bar, segments, remarks."""

from textual import on
from textual.app import ComposeResult

from aquarium_tui.session.view import View
from aquarium_tui.tui.controllers.segments import SegmentControl
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.query_bar import QueryBar, QueryInput


class NarrowedScreen(ViewScreen):
    """A screen that shows what the query in its bar selects."""

    def __init__(self) -> None:
        super().__init__()
        self.segments = SegmentControl(self)

    def content(self) -> ComposeResult:
        """The query bar, and what it narrows."""
        yield QueryBar(f"press {self.sign('query.open')} to ask for frames and objects")
        yield from self.panes()

    def panes(self) -> ComposeResult:
        """The widgets below the query bar."""
        return ()

    def show(self, view: View) -> None:
        """Show the query and what it found; subclasses draw the rest."""
        bar = self.query_one(QueryBar)
        bar.show(view.binding.schema, view.choice.query, view.found, self.program.history)

    def equivalent(self) -> str:
        """The query that gives what is under the cursor."""
        return self.drawn.choice.query if self.drawn else ""

    @on(QueryBar.Applied)
    def _apply_query(self, event: QueryBar.Applied) -> None:
        event.stop()
        self.focus_content()
        self.program.ask(event.query)

    def action_query(self) -> None:
        """Type a query."""
        self.query_one(QueryInput).focus()

    def action_equivalent(self) -> None:
        """Put the query that gives what is seen into the bar."""
        self.query_one(QueryBar).write(self.equivalent())

    def action_remarks(self) -> None:
        """Show what limits the comparison of the two sets."""
        remarks = self.drawn.remarks if self.drawn else ()
        sentences = [f"• {remark.sentence}" for remark in remarks]
        told = "\n".join(sentences) or "Nothing limits the comparison of these sets."
        self.notify(told, title="Before you compare", timeout=20, markup=False)

    def action_save_segment(self) -> None:
        """Save the query, or its frames, under a name."""
        self.segments.save()

    def action_segments(self) -> None:
        """Choose a segment to look at; rename and delete them."""
        self.segments.choose()
