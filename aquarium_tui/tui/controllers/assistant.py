"""Uploads from the interface: files are chosen, read without storing anything, shown, and then stored."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from aquarium_tui.errors import AquariumError, UsageError
from aquarium_tui.model.names import check_name, visible
from aquarium_tui.session.choice import Choice
from aquarium_tui.tui.actions import bindings
from aquarium_tui.tui.actions.action import REHEARSAL
from aquarium_tui.tui.closable import Dialog
from aquarium_tui.tui.controllers.segments import Naming
from aquarium_tui.tui.dialogs import Choose, ChooseFile, Offer
from aquarium_tui.tui.inks import Inks
from aquarium_tui.tui.program import program_of
from aquarium_tui.tui.widgets.lines import Line
from aquarium_tui.upload import FileOptions, UploadRequest, UploadResult, upload
from aquarium_tui.upload.upload import upload_lines


class Rehearsal(Dialog[bool]):
    """What an upload would store; answers whether to store it.

    Args:
        lines: What was understood: lines, and whether each is a problem.
        usable: Whether it can be stored.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REHEARSAL)]

    def __init__(self, lines: Iterable[tuple[str, bool]], usable: bool) -> None:
        super().__init__()
        self.lines, self.usable = list(lines), usable

    def compose(self) -> ComposeResult:
        """What was understood, and the keys."""
        with Vertical(id="dialog", classes="remarks"):
            yield Static("Nothing is stored yet: this is what was understood", classes="dialog-title")
            with VerticalScroll():
                yield Static(self._text())
            yield Line(id="help")

    def on_mount(self) -> None:
        """Say the keys."""
        sign = program_of(self).keymap.sign
        stores = f"{sign('dialog.accept')} store it   " if self.usable else ""
        self.query_one("#help", Line).show([(f"{stores}{sign('dialog.cancel')} store nothing", "dim")])

    def _text(self) -> Text:
        inks = {problem: Inks(self).style("warn" if problem else "", "surface") for problem in (True, False)}
        return Text.assemble(*((f"{line}\n", inks[problem]) for line, problem in self.lines))

    def action_take(self) -> None:
        """Store it, if it can be."""
        if self.usable:
            self.dismiss(True)

    def action_scroll(self, by: int) -> None:
        """Further down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=by * 3, animate=False)


class UploadAssistant:
    """Leads from a file to a dataset or an inference set in the store.

    Args:
        screen: Over which it asks.
        stored: Called when something was stored.
    """

    def __init__(self, screen: Screen[Any], stored: Callable[[], object]) -> None:
        self.screen, self.stored = screen, stored
        self.program = program_of(screen)
        self.folder = _beginning()

    def ask(self, datasets: Iterable[str]) -> None:
        """Ask what is uploaded.

        Args:
            datasets: What inferences could be on, each `PROJECT/DATASET`.
        """
        offers = [Offer("", "labels", "a new dataset: labels, and the images they are of")]
        offers += [Offer(title, f"inferences on {title}", "what a model found") for title in datasets]

        def chosen(title: str | None) -> None:
            if title:
                self.ask_inferences(*title.split("/", 1))
            elif title is not None:
                self._ask_labels()

        self.screen.app.push_screen(Choose("Upload", offers), chosen)

    def _ask_labels(self) -> None:
        def with_labels(labels: Path) -> None:
            def with_images(images: Path | None) -> None:
                self._name("PROJECT/DATASET", "street/val", _dataset, partial(rehearse, images))

            def rehearse(images: Path | None, title: str) -> None:
                project, dataset = title.split("/")
                options = FileOptions(images=images)
                self._rehearse(UploadRequest(project, dataset, labels=labels, options=options))

            self._file("Images of", with_images, none="the labels say where they are")

        self._file("Labels", lambda path: with_labels(path) if path else None)

    def ask_inferences(self, project: str, dataset: str) -> None:
        """Ask for the inferences of a model on a dataset."""

        def with_file(path: Path | None) -> None:
            if path:
                suggested = "".join(c if c.isalnum() else "_" for c in path.stem)
                self._name("Name of the model", suggested, _set, partial(rehearse, path))

        def rehearse(path: Path, id_: str) -> None:
            self._rehearse(UploadRequest(project, dataset, id_, inferences=path))

        self._file("Inferences", with_file)

    def _file(self, title: str, then: Callable[[Path | None], object], none: str = "") -> None:
        def chosen(path: str | None) -> None:
            if path is None:
                return
            if path:
                self.folder = Path(path).parent
            then(Path(path) if path else None)

        self.screen.app.push_screen(ChooseFile(title, self.folder, none), chosen)

    def _name(
        self, title: str, suggested: str, check: Callable[[str], str], then: Callable[[str], object]
    ) -> None:
        def named(name: str | None) -> None:
            if name:
                then(name)

        self.screen.app.push_screen(Naming(title, ("go on", check), value=suggested), named)

    def _rehearse(self, request: UploadRequest) -> None:
        """Read the files in a thread, store nothing, and show what was understood."""
        self._work(replace(request, dry=True), partial(self._show, request))

    def _work(self, request: UploadRequest, then: Callable[[UploadResult], object]) -> None:
        app, store = self.screen.app, self.program.store

        def work() -> None:
            try:
                result = upload(store, request)
            except AquariumError as error:
                app.call_from_thread(self._refused, error)
            else:
                app.call_from_thread(then, result)

        app.notify("Reading…" if request.dry else "Storing…", timeout=2)
        app.run_worker(work, thread=True, exclusive=True, group="assistant", description="upload")

    def _refused(self, error: AquariumError) -> None:
        lines = [(visible(error.message), True), (visible(error.hint), False)]
        self.screen.app.push_screen(Rehearsal(lines, usable=False))

    def _show(self, request: UploadRequest, result: UploadResult) -> None:
        lines = list(upload_lines(result))
        if result.unusable:
            lines += [(result.unusable, True)]

        def answered(store: bool | None) -> None:
            if store:
                self._work(request, self._done)

        self.screen.app.push_screen(Rehearsal(lines, usable=not result.unusable), answered)

    def _done(self, result: UploadResult) -> None:
        """Go on with inferences, or with the comparison."""
        self.stored()
        self.screen.notify(next(iter(upload_lines(result)))[0], title="Stored", markup=False)
        if result.inferences_id:
            self.program.open(Choice(result.project, result.dataset))
        else:
            self.ask_inferences(result.project, result.dataset)


def _beginning() -> Path:
    """Where files are looked for first: the current folder, or the user's own where that was removed."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()


def _dataset(title: str) -> str:
    """A checked `PROJECT/DATASET`.

    Raises:
        UsageError: It is none.
    """
    project, _, dataset = title.partition("/")
    if not dataset:
        raise UsageError("Write it as PROJECT/DATASET.")
    check_name(project, "project")
    check_name(dataset, "dataset")
    return title


def _set(name: str) -> str:
    """A checked name of an inference set.

    Raises:
        UsageError: It is not legal.
    """
    check_name(name, "inference set")
    return name
