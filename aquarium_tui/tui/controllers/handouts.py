"""What others are given of what is seen: the command for it, and reports."""

import os
import shlex
from functools import partial
from pathlib import Path
from typing import Any

from textual.app import App

from aquarium_tui.errors import AquariumError, UsageError
from aquarium_tui.gate import scenario_results, with_all
from aquarium_tui.model.names import visible
from aquarium_tui.publish import Known, ReportFormat, chapters_of, findings_of, title_of, write_report
from aquarium_tui.session.view import View
from aquarium_tui.store import Store
from aquarium_tui.tui.controllers.segments import Naming
from aquarium_tui.tui.program import program_of

_FORMATS: dict[str, ReportFormat] = {".html": "html", ".htm": "html", ".md": "md"}


class HandoutControl:
    """Hands out the view that an app shows.

    Args:
        app: The app.
    """

    def __init__(self, app: App[Any]) -> None:
        self.app = app
        self.program = program_of(app)

    def copy(self, command: str, left_out: str = "") -> None:
        """Copy a command, and say what is seen and not of it."""
        if command:
            root = self.program.store.root
            if root != Store.default().root:  # The demo has a store of its own.
                command = f"AQUARIUM_HOME={shlex.quote(str(root))} {command}"
            self.program.copy(command, f"the command: {command}")
            if left_out:
                self.app.notify(f"It does not show {visible(left_out)}.", markup=False)

    def ask(self) -> None:
        """Ask for the name of a report's file."""
        view = self.program.view
        if view is None:
            return
        choice = view.choice
        names = [choice.project, choice.dataset, choice.other, choice.base]
        about = "One page with pictures; a name that ends in .md makes Markdown."
        value = f"{'_'.join(filter(None, names))}.html"
        dialog = Naming("Write a report", ("write it", partial(self._begin, view)), value=value, about=about)
        self.app.push_screen(dialog, lambda said: self.app.notify(said, markup=False) if said else None)

    def _begin(self, view: View, name: str) -> str:
        """Begin to write; answers with what is going on.

        Raises:
            UsageError: The file cannot be written, or is there already.
        """
        out = Path(os.path.expanduser(name.strip()))  # noqa: PTH111  # It takes names of nobody.
        if out.suffix.casefold() not in _FORMATS:
            raise UsageError("The name ends in neither .html nor .md.", "The ending decides the format.")
        if os.path.lexists(out):
            raise UsageError(f"{visible(str(out))} already exists.", "Choose another name.")
        if not os.path.isdir(out.parent):  # noqa: PTH112  # It takes names that are too long.
            raise UsageError(f"There is no folder {visible(str(out.parent))}.", "Choose another name.")
        write = partial(self._write, view, out)
        self.app.run_worker(write, thread=True, exclusive=True, group="report", description="report")
        return f"Writing {visible(str(out))} …"

    def _write(self, view: View, out: Path) -> None:
        try:
            segments = self.program.session.segments(view.choice).all()
            scenarios = list(scenario_results(view.everything, with_all(segments))) if segments else []
            known = Known(findings_of(view.comparison), scenarios=scenarios)
            write_report(title_of(view), chapters_of(view, known), _FORMATS[out.suffix.casefold()], out)
        except AquariumError as error:
            self.app.call_later(self._tell, visible(error.message), "error")
        else:
            self.app.call_later(self._tell, f"Wrote {visible(str(out.absolute()))}", "information")

    def _tell(self, said: str, how: Any) -> None:  # noqa: ANN401
        self.app.notify(said, severity=how, timeout=10, markup=False)
