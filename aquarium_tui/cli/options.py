"""What several commands share: arguments, options, what they choose, and a bar of progress."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aquarium_tui.cli import completion
from aquarium_tui.errors import StoreError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Aim, Policy, Rule, Side
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from aquarium_tui.session.view import View
    from aquarium_tui.store import DatasetCard, Store


MatchedFigure = Literal["recall", "precision", "false-alarms"]

CONFIDENCE = "[X,][CLASS=X,…]"

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


DatasetArgument = Annotated[
    str, typer.Argument(metavar="PROJECT/DATASET", help="The dataset.", autocompletion=completion.datasets)
]
GraphicsOption = Annotated[
    Literal["auto", "kitty", "sixel", "iterm", "half", "quadrants", "sextants", "octants", "none"] | None,
    typer.Option(
        "--graphics", envvar="AQUARIUM_GRAPHICS", help="How pictures are drawn; auto asks the terminal."
    ),
]


ClusterOption = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        help="Count pixels on a Dask cluster, as tcp://host:8786; see docs/cluster.md.",
    ),
]


def workers_of(address: str) -> "AbstractContextManager[Executor | None]":
    """The workers of `--cluster`; none without an address."""
    from aquarium_tui.work.executor import cluster

    return cluster(address)


MouseOption = Annotated[
    bool, typer.Option("--no-mouse", help="Leave the mouse to the terminal, to select text with it.")
]


CsvSafeOption = Annotated[
    bool,
    typer.Option("--csv-safe", help="In CSV, put ' before text that a spreadsheet would take for a formula."),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite what exists under this name.")]


MetricFromOption = Annotated[
    list[str] | None,
    typer.Option(metavar="FILE.py:FUNCTION", help="A metric that this function computes; may be repeated."),
]
MetricOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME:lower[:UNIT]",
        help="For this metric lower is better, and this is its unit; may be repeated.",
    ),
]


def refuse_existing(out: Path, force: bool) -> None:
    """Make sure that writing a file destroys nothing.

    Raises:
        UsageError: Something is there and may not be overwritten, or is not a file.
    """
    if os.path.lexists(out) and not out.is_file():
        raise UsageError(f"{visible(str(out))} is not a file.", "Name another one.")
    if out.exists() and not force:
        raise UsageError(
            f"{visible(str(out))} already exists.", "Name another file, or overwrite it with --force."
        )


def refuse_damaged(card: "DatasetCard") -> None:
    """Say, once all else of a dataset is told, which inference sets cannot be read.

    Raises:
        StoreError: There are some.
    """
    if card.damage:
        title = f"{card.project}/{card.name}"
        raise StoreError(f"{title} has inference sets that cannot be read. {' '.join(card.damaged)}")


def default_store() -> "Store":
    """The user's store, once the disk or network that it is on answers."""
    from aquarium_tui.store import Store
    from aquarium_tui.work.mount import reach

    store = Store.default()
    reach(store.root, lambda sentence: typer.echo(f"aquarium-tui: {visible(sentence)}", err=True))
    return store


def split_dataset(text: str) -> tuple[str, str]:
    """Project and dataset of `PROJECT/DATASET`.

    Raises:
        UsageError: It is not of that form.
    """
    project, _, dataset = text.partition("/")
    if not project or not dataset or "/" in dataset:
        raise UsageError(f'"{visible(text)}" does not name a dataset.', "Write it as PROJECT/DATASET.")
    return project, dataset


def choice_of(
    dataset: DatasetArgument,
    *,
    base: Annotated[
        str,
        typer.Option(
            help="The base set. Default: the set uploaded first, if there are two.",
            autocompletion=completion.sets,
        ),
    ] = "",
    other: Annotated[
        str,
        typer.Option(
            help="The other set, which is judged against base. Default: the second of two.",
            autocompletion=completion.sets,
        ),
    ] = "",
    confidence: Annotated[
        str,
        typer.Option(
            metavar=CONFIDENCE,
            help="Confidence threshold of both sets; car=0.4 sets one class, *=0.1 all others.",
        ),
    ] = "",
    base_confidence: Annotated[
        str, typer.Option(metavar=CONFIDENCE, help="Confidence thresholds of base; the same.")
    ] = "",
    other_confidence: Annotated[
        str, typer.Option(metavar=CONFIDENCE, help="Confidence thresholds of other; the same.")
    ] = "",
    thresholds: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="A file of confidence thresholds; see docs/decide.md."),
    ] = None,
    match: Annotated[
        MatchedFigure | None,
        typer.Option(help="Move other's threshold until this figure is that of base."),
    ] = None,
    match_per_class: Annotated[
        bool, typer.Option("--match-per-class", help="The same for each class; without --match, recall.")
    ] = False,
    best_f1: Annotated[
        Literal["set", "class"] | None,
        typer.Option(help="Choose the thresholds with the best F1: one per set, or one per class."),
    ] = None,
    iou: Annotated[float | None, typer.Option(help="IoU threshold of a match.")] = None,
    rule: Annotated[Rule | None, typer.Option(help="Which candidate pairs are matched first.")] = None,
    query: Annotated[
        str,
        typer.Option(
            help="Count only the frames that this query selects; see docs/query.md.",
            autocompletion=completion.words_of_query,
        ),
    ] = "",
    segment: Annotated[
        str,
        typer.Option(help="Count only the frames of this saved segment.", autocompletion=completion.segments),
    ] = "",
    only: Annotated[
        str,
        typer.Option(
            metavar="CONDITION",
            help="Count only the objects for which this holds, as in 'label.area < 1024'.",
        ),
    ] = "",
    boundary: Annotated[
        bool,
        typer.Option("--boundary", help="Add boundary IoU of masks; reads all masks the first time."),
    ] = False,
    by_parent: Annotated[
        bool,
        typer.Option("--by-parent", help="Count classes as their parents, such as COCO's supercategories."),
    ] = False,
) -> Choice:
    """What a command line chooses; its parameters are those of every command that compares.

    Raises:
        UsageError: `dataset` is not of the form PROJECT/DATASET.
    """
    return Choice(
        *split_dataset(dataset),
        base=base,
        other=other,
        **_confidences(confidence, base_confidence, other_confidence, thresholds),
        policy=_policy(match, match_per_class, best_f1),
        iou=iou,
        rule=rule,
        query=query,
        segment=segment,
        only=only,
        boundary=boundary,
        by_parent=by_parent,
    )


def _policy(match: str | None, per_class: bool, best: str | None) -> Policy | None:
    """The policy that these options ask for.

    Raises:
        UsageError: They contradict each other.
    """
    if best and (match or per_class):
        raise UsageError("--best-f1 chooses both thresholds; it cannot be combined with --match.")
    if best:
        return Policy(Aim.BEST_F1, best == "class")
    return Policy(Aim(match or "recall"), per_class) if match or per_class else None


def _confidences(both: str, base: str, other: str, file: Path | None) -> dict[str, Any]:
    """The fields of a choice that these options state.

    Raises:
        UsageError: One of them cannot be read, or they contradict each other.
    """
    if not (both or base or other or file):
        return {}
    from aquarium_tui.session.thresholds import read_confidence, read_thresholds

    if both and (base or other):
        raise UsageError(
            "--confidence applies to both sets; "
            "it cannot be combined with --base-confidence or --other-confidence."
        )
    if file and (both or base or other):
        raise UsageError("--thresholds states all confidences; it cannot be combined with another option.")
    stated = read_thresholds(file) if file else {}
    texts: dict[Side, str] = {"base": both or base, "other": both or other}
    stated = {**stated, **{side: read_confidence(text) for side, text in texts.items() if text}}
    fields: dict[str, Any] = {}
    for side, found in stated.items():
        fields |= {f"{side}_confidence": found.rest, f"{side}_classes": found.classes}
    return fields


def chooses(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the parameters of `choice_of` in the place of its first."""
    own = list(signature(command, eval_str=True).parameters.values())[1:]
    shared = signature(choice_of, eval_str=True).parameters
    parameters = [*shared.values(), *(p.replace(kind=Parameter.KEYWORD_ONLY) for p in own)]

    @wraps(command)
    def chosen(**given: Any) -> None:  # noqa: ANN401
        choice = choice_of(**{name: given.pop(name) for name in shared})
        command(choice, **given)

    # Typer reads the parameters from these two, and would follow __wrapped__ to those of the command alone.
    chosen.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    chosen.__annotations__ = {p.name: p.annotation for p in parameters}
    del chosen.__wrapped__
    return chosen


def opened(choice: Choice, executor: "Executor | None" = None, *, quiet: bool = False) -> "View":
    """The view of a choice in the default store; a bar shows how the counting of pixels goes.

    Args:
        choice: What to compare.
        executor: Where pixels are counted; None counts them on this machine.
        quiet: Whether what a policy came to is said elsewhere.

    Raises:
        AquariumError: The choice cannot be opened as it is; see `Session.open`.
    """
    from aquarium_tui.session.session import Session
    from aquarium_tui.work.executor import Watch

    with progress_bar() as report:
        view = Session(default_store(), executor).open(choice, Watch(partial(report, "counting pixels")))
    for sentence in view.missing:
        typer.echo(f"aquarium-tui: {visible(sentence)}", err=True)
    for sentence in view.unreadable:
        typer.echo(f"aquarium-tui: left out, as it cannot be read: {visible(sentence)}", err=True)
    if view.outcome and not quiet:
        from aquarium_tui.report import policy_lines

        for sentence in policy_lines(view.outcome):
            typer.echo(f"aquarium-tui: {sentence}", err=True)
    return view
