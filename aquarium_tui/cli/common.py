"""What several commands need: names of datasets, and progress on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

import typer

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible

Graphics = Annotated[
    Literal["auto", "kitty", "sixel", "iterm", "half", "none"] | None,
    typer.Option(
        "--graphics", envvar="AQUARIUM_GRAPHICS", help="How pictures are drawn; auto asks the terminal."
    ),
]


def split_dataset(text: str) -> tuple[str, str]:
    """Project and dataset of `PROJECT/DATASET`.

    Raises:
        UsageError: It is not of that form.
    """
    project, _, dataset = text.partition("/")
    if not project or not dataset or "/" in dataset:
        raise UsageError(f'"{visible(text)}" does not name a dataset.', "Write it as PROJECT/DATASET.")
    return project, dataset


@contextmanager
def progress(stages: int) -> Iterator[Callable[[str], None]]:
    """A bar on stderr while the block runs, if that is a terminal.

    Args:
        stages: How often the block will say what it does next.

    Yields:
        Takes what is being done now.
    """
    if not sys.stderr.isatty():
        yield lambda doing: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=stages)
        yield lambda doing: bar.update(task, description=doing, advance=1, refresh=True)


@contextmanager
def counted(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with a count on stderr while the block runs, if that is a terminal.

    Args:
        doing: What is being done.

    Yields:
        Takes how many are done, and of how many.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing)
        yield lambda done, total: bar.update(task, completed=done, total=total)
