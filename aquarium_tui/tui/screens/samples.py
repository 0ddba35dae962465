"""All samples of one cell."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from aquarium_tui.kinds.lists import Confusion, shorter_sentences
from aquarium_tui.kinds.objects.presentation import ObjectPresentation
from aquarium_tui.kinds.walks import CellWalk, FrameLook
from aquarium_tui.model.numbers import grouped
from aquarium_tui.session.view import View, reproduce
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import SAMPLES
from aquarium_tui.tui.dialogs import Choose, Offer
from aquarium_tui.tui.program import presented
from aquarium_tui.tui.screens.view import NarrowedScreen
from aquarium_tui.tui.widgets.header import Tabs
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.tui.widgets.samples import Crops, Samples


def subject_of_samples(screen: NarrowedScreen, samples: Samples) -> dict[str, str]:
    """The cell of a list of samples, as `--cell` takes it, and the frame of the sample under the cursor."""
    view, look = screen.drawn, samples.here
    if view is None or samples.confusion is None:
        return {}
    told = {"cell": ":".join(view.comparison.classes[position] for position in samples.walk.cell)}
    if isinstance(look, FrameLook):
        return told | screen.of_frame(look.frame)
    if look is not None:
        ledger = presented(screen, ObjectPresentation).view.comparison.ledger
        return told | screen.of_frame(int(ledger.frame[look.row]))
    return told


class SamplesScreen(NarrowedScreen):
    """The lists of a cell as pictures: objects fixed, newly confused, moved, unchanged; or frames."""

    HERE = "metrics"
    PLACE = SAMPLES
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(SAMPLES)]

    def __init__(self, walk: CellWalk, number: int = 0) -> None:
        super().__init__()
        self.walk = walk
        self.number = number

    def panes(self) -> ComposeResult:
        """The cell in words, and its samples."""
        yield Line(id="cell-line")
        yield Samples(self.sign("previous.item", "next.item"))

    @property
    def confusion(self) -> Confusion:
        """The confusion that the cell belongs to."""
        return self.program.presentation.confusions[self.number]

    def show(self, view: View) -> None:
        """Draw the list under other settings, the cursor where it was."""
        super().show(view)
        samples, crops = self.query_one(Samples), self.query_one(Crops)
        walk = samples.walk if samples.confusion else self.walk
        samples.show(self.confusion, walk, crops.position, self.nothing_selected())
        self.learn()
        self.say_position()

    def learn(self) -> None:
        """The cell in words, with its interval and p-value where they are known."""
        cell = self.query_one(Samples).walk.cell
        sentence = self.confusion.sentence(cell, self.known)
        self.query_one("#cell-line", Line).show(sentence, (), *shorter_sentences(sentence))

    @on(Crops.Highlighted)
    def say_position(self) -> None:
        """Where the cursor is."""
        crops = self.query_one(Crops)
        at = f"{grouped(crops.position + 1)} of {grouped(crops.total)}" if crops.total else "none"
        self.query_one(Tabs).say(at)

    def focus_content(self) -> None:
        """To the crops."""
        self.set_focus(self.query_one(Crops))

    def command(self, view: View) -> str:
        """The command that lists these objects, or the frames of the cell."""
        if self.number:
            return super().command(view)  # A matrix of the user's own has no command.
        walk, comparison = self.query_one(Samples).walk, view.comparison
        cell = ":".join(comparison.classes[at] for at in walk.cell)
        if comparison.no_objects:
            return reproduce(view, "frames", "--cell", cell)
        which = ("--list", str(walk.which)) if comparison.other else ()
        return reproduce(view, "objects", "--cell", cell, *which)

    def subject(self) -> dict[str, str]:
        """The cell, and the frame of the sample under the cursor."""
        return subject_of_samples(self, self.query_one(Samples))

    def equivalent(self) -> str:
        """The list that is shown."""
        return self.confusion.query(self.query_one(Samples).walk) if self.drawn else ""

    def action_select(self) -> None:
        """Open the frame of the sample under the cursor."""
        self.query_one(Crops).action_select()

    @on(Samples.Selected)
    def _enter_sample(self, event: Samples.Selected) -> None:
        self.program.look(event.look)

    def action_list(self, by: int) -> None:
        """The next or previous list."""
        self.query_one(Samples).action_list(by)
        self.say_position()

    def action_sort(self) -> None:
        """Ask what to sort by."""
        samples = self.query_one(Samples)
        choices = [Offer(sort, sort.replace("_", " ")) for sort in self.confusion.sorts]

        def sort(key: str | None) -> None:
            if key:
                samples.choose(sort=key, descending=key != "frame")

        self.app.push_screen(Choose("Sort by", choices, samples.walk.sort), sort)

    def action_reverse(self) -> None:
        """Turn the order round."""
        samples = self.query_one(Samples)
        samples.choose(descending=not samples.walk.descending)
