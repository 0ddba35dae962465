"""Progress of long work as a bar on stderr."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ProgressReport = Callable[[str, int, int], None]
"""Takes what is being done, how much of it is done, and how much there is."""


@contextmanager
def progress_bar() -> Iterator[ProgressReport]:
    """A bar from the first report of progress until the block ends; none if stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield lambda doing, done, total: None
        return
    from rich import progress
    from rich.console import Console

    columns = (
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    bar = progress.Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("")

    def show(doing: str, done: int, total: int) -> None:
        # Drawn at once when a new step begins, since reading may keep the drawing thread waiting; not for
        # each of many files.
        new = bar.tasks[0].description != doing
        bar.start()
        bar.update(task, description=doing, completed=done, total=total, refresh=new)

    try:
        yield show
    finally:
        bar.stop()
