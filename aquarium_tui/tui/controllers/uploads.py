"""Notices what others upload into the store, and what they review, while a dataset is shown."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from textual.app import App

from aquarium_tui.errors import AquariumError
from aquarium_tui.model.reviews import Edit
from aquarium_tui.session.view import View
from aquarium_tui.tui.controllers.reviews import Reviewable
from aquarium_tui.tui.program import program_of

SECONDS = 5.0
"""Between looks: soon enough for someone who waits for an upload, and a look reads only a few small files."""


class UploadControl:
    """What is in the store of the view that an app shows.

    Args:
        app: The app.

    Attributes:
        signature: Of the dataset and its sets, as they were when the view was made.
    """

    def __init__(self, app: App[Any]) -> None:
        self.app = app
        self.program = program_of(app)
        self.signature: tuple[str, ...] = ()

    def look(self) -> None:
        """Find out, in a thread, whether the dataset or one of its sets has been replaced or added."""
        view = self.program.view
        if view is not None and not self.program.busy:
            read = partial(self._read, view)
            self.app.run_worker(read, thread=True, exclusive=True, group="uploads", description="uploads")

    def _read(self, view: View) -> None:
        with suppress(AquariumError):  # An upload may be in the middle of it.
            found = self.program.session.signature(view.choice)
            edits = self.program.session.desk.catch_up(view)
            self.app.call_later(self._compare, view, found)
            if edits:
                self.app.call_later(self._take, view, edits)

    def _take(self, view: View, edits: Sequence[Edit]) -> None:
        """Show what others have said in review."""
        view.reviews.add(edits)
        if view is self.program.view and isinstance(self.app.screen, Reviewable):
            self.app.screen.review_changed()

    def _compare(self, view: View, found: tuple[str, ...]) -> None:
        """Show what was uploaded since."""
        if view is self.program.view and not self.program.busy and found != self.signature:
            self.signature = found  # Where the view cannot be made again, that is said once.
            self.app.notify("An upload changed the dataset; it is read again.", title="New in the store")
            self.program.refresh_view()
