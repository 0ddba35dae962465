"""What is in the store: projects, datasets, inference sets, and what is wrong with them."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from aquarium_tui.compare.comparability import SHARE
from aquarium_tui.errors import AmbiguousError, AquariumError
from aquarium_tui.kinds.columns import CellText, TableColumn
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.model.tables import Provenance
from aquarium_tui.session.choice import Choice
from aquarium_tui.store import DatasetCard
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import OPEN
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.screens.view import ViewScreen
from aquarium_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from aquarium_tui.tui.controllers.assistant import UploadAssistant

UPLOAD = "aquarium-tui upload --aquarium-project street --aquarium-dataset val"
COMMANDS = f"""\
{UPLOAD} --labels labels.json --images images/
{UPLOAD} --inferences-id model_a --inferences a.json"""


class DatasetsScreen(ViewScreen):
    """Choose what to look at."""

    HERE = "open"
    NEEDS_VIEW = False
    CSS_PATH = "datasets.tcss"
    PLACE = OPEN
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OPEN)]

    @dataclass
    class Compared(Message):
        """What there is to say before the sets of a dataset are compared."""

        key: str
        remarks: tuple[str, ...]

    cards: tuple[DatasetCard, ...] = ()
    problems: tuple[str, ...] = ()
    remarks: dict[str, tuple[str, ...]]

    @cached_property
    def assistant(self) -> "UploadAssistant":
        """Uploads files. It comes with all formats, 82 modules, so it is loaded when it is asked for."""
        from aquarium_tui.tui.controllers.assistant import UploadAssistant

        return UploadAssistant(self, self._read)

    def content(self) -> ComposeResult:
        """The datasets, and the one under the cursor in detail."""
        with Vertical(id="opening"):
            yield Table(id="datasets", empty="The store is empty.")
            with VerticalScroll(id="details", can_focus=False):
                yield Static(id="card", markup=False)

    def on_screen_resume(self) -> None:
        """Read the store again."""
        super().on_screen_resume()
        self.remarks = {}
        self._read()
        self.query_one("#datasets", Table).focus()

    def _read(self) -> None:
        store = self.program.store
        cards, problems = [], []
        for project in store.projects():
            for dataset in store.datasets(project):
                try:
                    cards.append(store.dataset_card(project, dataset))
                except AquariumError as error:
                    problems.append(str(error))
        place = {choice.title: i for i, choice in enumerate(self.program.session.last_used.choices)}
        cards.sort(key=lambda card: place.get(f"{card.project}/{card.name}", len(place)))
        self.cards, self.problems = tuple(cards), tuple(problems)
        self.query_one("#datasets", Table).show(self._columns(), len(cards))
        self._detail()

    def _columns(self) -> list[TableColumn]:
        cards = self.cards

        def title(row: int) -> CellText:
            return f"{visible(cards[row].project)}/{visible(cards[row].name)}"

        def sets(row: int) -> CellText:
            names = [visible(one.id) for one in cards[row].sets]
            return (", ".join(names), "") if names else ("no inference sets yet", "dim")

        def wrong(row: int) -> CellText:
            return ("!" if cards[row].damaged or _lacking(cards[row]) else "", "warn")

        return [
            TableColumn("title", "dataset", 24, title),
            TableColumn("frames", "frames", 8, lambda row: grouped(cards[row].frames), right=True),
            TableColumn("labels", "labels", 9, lambda row: grouped(cards[row].labels), right=True),
            TableColumn("sets", "inference sets", 0, sets),
            TableColumn("wrong", "", 1, wrong),
            TableColumn("created", "uploaded", 10, lambda row: (cards[row].provenance.created[:10], "dim")),
        ]

    @on(Table.Highlighted)
    def _detail(self) -> None:
        row = self.query_one("#datasets", Table).row
        card = self.cards[row] if row is not None and row < len(self.cards) else None
        text = self._card(card) if card else self._empty()
        if card and _key(card) not in self.remarks:
            self._compare(card)
        for problem in self.problems:
            text.append(f"\n{visible(problem)}", Inks(self).style("bad"))
        self.query_one("#card", Static).update(text)

    @work(thread=True, exclusive=True, group="remarks", description="remarks")
    def _compare(self, card: DatasetCard) -> None:
        """Find out what stands in the way of comparing the sets of a dataset that would be opened."""
        session = self.program.session
        try:
            choice = session.resume(Choice(card.project, card.name))
            found = tuple(remark.sentence for remark in session.remarks(choice))
        except AmbiguousError as error:
            found = (error.message,)
        except AquariumError:
            found = ()
        self.post_message(self.Compared(_key(card), found))

    @on(Compared)
    def _compared(self, event: Compared) -> None:
        self.remarks[event.key] = event.remarks
        if event.remarks:
            self._detail()

    def _empty(self) -> Text:
        inks = Inks(self)
        return Text.assemble(
            (
                f"Press {self.sign('open.demo')} for the demo: synthetic street scenes"
                " and the inferences of two synthetic models.\n\n",
                inks.style("strong"),
            ),
            (
                f"Press {self.sign('open.upload')} to upload your own: choose the labels, then the inferences"
                " of each model.\nYou see what was understood before anything is stored.\n\n",
                inks.style("strong"),
            ),
            (
                f"Or type this in a shell ({self.sign('app.copy')} copies it):\n\n",
                inks.style(""),
            ),
            (COMMANDS, inks.style("accent")),
            (f"\n\nThe store is {visible(str(self.program.store.root))}", inks.style("dim")),
        )

    def _card(self, card: DatasetCard) -> Text:
        inks = Inks(self)
        text = Text()
        if not card.sets:
            line = f"{UPLOAD} --inferences-id model_a --inferences a.json\n"
            line = line.replace("street", card.project).replace(" val ", f" {card.name} ")
            text.append("Upload a model's inferences to look at:\n", inks.style(""))
            text.append(line, inks.style("accent"))
        for one in card.sets:
            text.append(f"{visible(one.id):<20}", inks.style("strong"))
            found = f"{counted(one.objects, 'inference'):>21} on {counted(one.frames, 'frame')}"
            text.append(found, inks.style(""))
            text.append(f"   {one.provenance.created[:10]}\n", inks.style("dim"))
            self._notes(text, one.provenance, inks)
        for warning in (*self.remarks.get(_key(card), ()), *card.damaged):
            text.append(f"! {visible(warning)}\n", inks.style("warn"))
        text.append(f"\nimages {visible(card.images)}\n", inks.style("dim"))
        self._notes(text, card.provenance, inks)
        return text

    def _notes(self, text: Text, provenance: Provenance, inks: Inks) -> None:
        for note in provenance.notes:
            text.append(f"    {visible(note)}\n", inks.style("dim"))
        for problem in provenance.problems:
            text.append(f"    {visible(problem.sentence())}\n", inks.style("warn"))

    @on(Table.Selected)
    def action_enter(self) -> None:
        """Open the dataset with the pair looked at last."""
        row = self.query_one("#datasets", Table).row
        if row is None:
            self.action_demo()
            return
        card = self.cards[row]
        if not card.sets:
            uploads = self.sign("open.upload")
            said = f"This dataset has no inference set yet: {uploads} uploads one."
            self.notify(said, severity="warning")
            return
        self.program.open(Choice(card.project, card.name))

    def action_upload(self) -> None:
        """Choose files to upload; nothing is stored before what was understood has been shown."""
        self.assistant.ask(f"{card.project}/{card.name}" for card in self.cards)

    def action_demo(self) -> None:
        """Open the demo."""
        self.program.open_demo()

    def action_copy(self) -> None:
        """Copy the upload commands."""
        self.program.copy(COMMANDS, "the two upload commands")

    def action_return(self) -> None:
        """Back to what was looked at."""
        self.program.return_to_view()


def _key(card: DatasetCard) -> str:
    """What a dataset's remarks are kept under: they concern these sets."""
    prints = [one.provenance.fingerprint for one in card.sets]
    return "/".join((card.project, card.name, card.provenance.fingerprint, *prints))


def _lacking(card: DatasetCard) -> bool:
    """Whether an inference set leaves out a tenth of the frames or more."""
    return any(card.frames - one.frames >= SHARE * card.frames for one in card.sets)
