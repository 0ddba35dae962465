"""Options that choose what is compared, and under which settings; shared by several commands."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Rule
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.session.view import View


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
def counted(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with a count on stderr, from the first count until the block ends, if that is a terminal.

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
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(doing)

    def count(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield count
    finally:
        bar.stop()


def choice_of(
    dataset: Annotated[str, typer.Argument(metavar="PROJECT/DATASET", help="The dataset.")],
    *,
    base: Annotated[str, typer.Option(help="The inference set that other is judged against.")] = "",
    other: Annotated[str, typer.Option(help="The inference set that is judged.")] = "",
    confidence: Annotated[float | None, typer.Option(help="Least confidence of both sets.")] = None,
    base_confidence: Annotated[float | None, typer.Option(help="Least confidence of base.")] = None,
    other_confidence: Annotated[float | None, typer.Option(help="Least confidence of other.")] = None,
    iou: Annotated[float | None, typer.Option(help="Least IoU of a pair.")] = None,
    rule: Annotated[Rule | None, typer.Option(help="Which pair is matched first.")] = None,
    query: Annotated[str, typer.Option(help="Only frames that a query selects; see docs/query.md.")] = "",
) -> Choice:
    """What a command line chooses; its parameters are arguments of every command that compares.

    Raises:
        UsageError: `dataset` is not of the form PROJECT/DATASET.
    """
    return Choice(
        *split_dataset(dataset),
        base=base,
        other=other,
        confidence=confidence,
        base_confidence=base_confidence,
        other_confidence=other_confidence,
        iou=iou,
        rule=rule,
        query=query,
    )


def chooses(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the parameters of `choice_of` in the place of its first."""
    own = list(signature(command, eval_str=True).parameters.values())[1:]
    shared = signature(choice_of, eval_str=True).parameters
    parameters = [*shared.values(), *(p.replace(kind=Parameter.KEYWORD_ONLY) for p in own)]

    @wraps(command)
    def chosen(**given: Any) -> None:  # noqa: ANN401
        choice = choice_of(**{name: given.pop(name) for name in shared})
        command(choice, **given)

    chosen.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    chosen.__annotations__ = {p.name: p.annotation for p in parameters}
    del chosen.__wrapped__
    return chosen


def opened(choice: Choice) -> "View":
    """The view of a choice, from the default store; a bar on stderr shows how far long counting is.

    Raises:
        AquariumError: It cannot be opened as it is; see `Session.open`.
    """
    from aquarium_tui.session.session import Session
    from aquarium_tui.store import Store
    from aquarium_tui.work.watch import Watch

    with counted("counting pixels") as progress:
        return Session(Store.default()).open(choice, Watch(progress))
