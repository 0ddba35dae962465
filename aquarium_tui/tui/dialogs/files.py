"""Choose a file or a folder: entered folder by folder, or typed as a path."""

import os
from pathlib import Path

from textual import on
from textual.widgets import Input, Static

from aquarium_tui.model.names import visible
from aquarium_tui.tui.dialogs.choose import Choose, Offer
from aquarium_tui.tui.widgets.table import Table

MOST = 5_000
"""Entries of a folder that are offered; more can be reached by typing their path."""
LONGEST = 60
"""Characters of a path that is not there that are repeated."""
THIS, UP = ".", ".."


class ChooseFile(Choose):
    """Answers with a path; a folder is entered, and taken by its first line.

    Args:
        title: What is chosen.
        folder: Where to begin.
        none: What it means to choose nothing, in a few words; empty where something must be chosen.
    """

    def __init__(self, title: str, folder: Path, none: str = "") -> None:
        self.folder, self.none, self.asks = folder, none, title
        super().__init__(self._heading, _entries(folder, none))

    @property
    def _heading(self) -> str:
        return f"{self.asks}  {visible(str(self.folder))}"

    def action_take(self) -> None:
        """Enter the folder under the cursor, or answer with the file; a typed path counts as it stands."""
        typed = self.query_one(Input).value.strip()
        if "/" in typed:
            # Unlike `Path`, these take names of nobody and names that are too long.
            path = self.folder / os.path.expanduser(typed)  # noqa: PTH111
            if os.path.exists(path):  # noqa: PTH110
                self._go(path)
            else:
                said = f"There is no {visible(typed[:LONGEST])}{'…' if len(typed) > LONGEST else ''}"
                self.notify(said, severity="warning", markup=False)
            return
        row = self.query_one(Table).row
        if row is None:
            return
        key = self.choices[self.shown[row]].key
        if key in ("", THIS):
            self.dismiss(str(self.folder) if key else "")
        else:
            self._go(self.folder.parent if key == UP else self.folder / key)

    def _go(self, path: Path) -> None:
        if not _is_folder(path):
            self.dismiss(str(path))
            return
        self.folder, self.choices = path, _entries(path, self.none)
        self.query_one(".dialog-title", Static).update(self._heading)
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = ""
        self.shown = list(range(len(self.choices)))
        self._fill()

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Keep what contains the text; a path is no filter."""
        if "/" not in event.value:
            super().narrow(event)


def _entries(folder: Path, none: str) -> list[Offer]:
    """What a folder holds, folders first; what cannot be read is empty."""
    try:
        found = sorted(folder.iterdir(), key=lambda path: path.name.casefold())[:MOST]
    except OSError:
        found = []
    seen = [path for path in found if not path.name.startswith(".")]
    folders = [Offer(path.name, f"{path.name}/", "folder") for path in seen if _is_folder(path)]
    files = [Offer(path.name, path.name, _size(path)) for path in seen if not _is_folder(path)]
    nothing = [Offer("", f"– {none}")] if none else []
    return [*nothing, Offer(THIS, "this folder", "take it as a whole"), Offer(UP, "../"), *folders, *files]


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112  # False where nobody may look.


def _size(path: Path) -> str:
    try:
        size = float(path.stat().st_size)
    except OSError:
        return ""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
