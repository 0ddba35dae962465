"""Opens the interface: the terminal is asked first, as its answers must not meet the interface's keys."""

import os
import sys
from typing import TYPE_CHECKING

from aquarium_tui.errors import UsageError

if TYPE_CHECKING:
    from aquarium_tui.store import Store
    from aquarium_tui.tui.state import Chosen


def launch(store: "Store", chosen: "Chosen | None", graphics: str | None) -> None:
    """Open the interface on a store.

    Args:
        store: Where the datasets are.
        chosen: What to open; None opens the list of datasets.
        graphics: How pictures are drawn; None leaves it to the user's settings.

    Raises:
        UsageError: There is no terminal.
        InputError: The user's settings cannot be read.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "The interface needs a terminal.", "`aquarium-tui compare PROJECT/DATASET` prints text."
        )
    from aquarium_tui.config import read_config
    from aquarium_tui.tui.graphics import probe

    config = read_config()
    terminal = probe(graphics or config.graphics)
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "truecolor" if terminal.truecolor else "256")
    from aquarium_tui.tui.app import AquariumApp

    AquariumApp(store, chosen, terminal, config).run()


def launch_anything(graphics: str | None) -> None:
    """Open the only dataset there is, or the list of them; the demo where there is none."""
    from aquarium_tui.demo import demo_store
    from aquarium_tui.store import Store
    from aquarium_tui.tui.state import Chosen

    store = Store.default()
    known = [(project, dataset) for project in store.projects() for dataset in store.datasets(project)]
    if not known:
        demo, chosen = demo_store()
        launch(demo, Chosen(*chosen), graphics)
        return
    only = known[0] if len(known) == 1 else None
    with_sets = only is not None and bool(store.dataset_card(*only).sets)
    launch(store, Chosen(*only) if only and with_sets else None, graphics)
