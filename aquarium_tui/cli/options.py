"""Options that choose what is compared, and under which settings; shared by several commands."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, Unpack

import typer

from aquarium_tui.errors import NotFoundError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Rule, Settings

if TYPE_CHECKING:
    from aquarium_tui.compare.binding import Binding
    from aquarium_tui.compare.pixels.binding import PixelBinding
    from aquarium_tui.model.tables import Project
    from aquarium_tui.query.query import Selection
    from aquarium_tui.report import AnyComparison
    from aquarium_tui.store import Store


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


@dataclass(frozen=True)
class Choice:
    """What is compared under which settings, as a command line says it; None stays as the project has it."""

    dataset: Annotated[str, typer.Argument(metavar="PROJECT/DATASET", help="The dataset.")]
    base: Annotated[str, typer.Option(help="The inference set that other is judged against.")] = ""
    other: Annotated[str, typer.Option(help="The inference set that is judged.")] = ""
    confidence: Annotated[float | None, typer.Option(help="Least confidence of both sets.")] = None
    base_confidence: Annotated[float | None, typer.Option(help="Least confidence of base.")] = None
    other_confidence: Annotated[float | None, typer.Option(help="Least confidence of other.")] = None
    iou: Annotated[float | None, typer.Option(help="Least IoU of a pair.")] = None
    rule: Annotated[Rule | None, typer.Option(help="Which pair is matched first.")] = None
    query: Annotated[str, typer.Option(help="Only frames that a query selects; see docs/query.md.")] = ""

    def settings(self, project: "Project") -> Settings:
        """The settings asked for, starting from those of the project.

        Raises:
            UsageError: They cannot be, or the project has no use for them.
        """
        from aquarium_tui.model.tables import SEGMENTATION

        asked = settings_of(
            project.settings,
            confidence=self.confidence,
            base_confidence=self.base_confidence,
            other_confidence=self.other_confidence,
            iou=self.iou,
            rule=self.rule,
        )
        if project.task == SEGMENTATION and asked != project.settings:
            raise UsageError("thresholds and rules are of objects; masks have none.")
        return asked

    def asked(self) -> "Asked":
        """The comparison, from the default store, and what the query selects.

        Raises:
            AquariumError: Something named is not there, or the query cannot be understood.
        """
        from aquarium_tui.compare.segments import bound
        from aquarium_tui.store import Segments, Store

        project, name = split_dataset(self.dataset)
        store = Store.default()
        settings = self.settings(store.project(project))
        whole = load_comparison(store, project, name, (self.base, self.other), settings)
        binding = bound(whole, Segments(store.dataset_folder(project, name)).all())
        selection = binding.select(self.query or EVERYTHING)
        return Asked(whole.within(selection.frames) if self.query else whole, binding, selection)


@dataclass(frozen=True)
class Asked:
    """An answer to a choice.

    Attributes:
        comparison: Counted over the frames that the query selects.
        binding: All of the dataset, as queries see it.
        selection: What the query selects.
    """

    comparison: "AnyComparison"
    binding: "Binding | PixelBinding"
    selection: "Selection"


EVERYTHING = "true"
"""The query that selects all frames."""


def chooses(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the arguments of `Choice` in the place of its first parameter."""
    own = list(signature(command, eval_str=True).parameters.values())[1:]
    shared = list(signature(Choice, eval_str=True).parameters.values())
    shared[1:] = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in shared[1:]]
    parameters = [*shared, *(p.replace(kind=Parameter.KEYWORD_ONLY) for p in own)]
    names = {field.name for field in fields(Choice)}

    @wraps(command)
    def chosen(**given: Any) -> None:  # noqa: ANN401
        mine = {name: given.pop(name) for name in names}
        command(Choice(**mine), **given)

    chosen.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    chosen.__annotations__ = {p.name: p.annotation for p in parameters}
    del chosen.__wrapped__
    return chosen


class Options(TypedDict):
    """Thresholds and rule as options give them; what is None stays as the project has it."""

    confidence: float | None
    base_confidence: float | None
    other_confidence: float | None
    iou: float | None
    rule: Rule | None


def settings_of(start: Settings, **asked: Unpack[Options]) -> Settings:
    """The settings that options ask for, starting from those of the project.

    Raises:
        UsageError: `confidence` together with the confidence of one set, or a threshold out of range.
    """
    both = asked["confidence"]
    of_sets = {
        "base_confidence": asked["base_confidence"],
        "other_confidence": asked["other_confidence"],
    }
    if both is not None and any(value is not None for value in of_sets.values()):
        raise UsageError(
            "--confidence is of both sets; it cannot go with --base-confidence or --other-confidence."
        )
    changes: dict[str, Any] = {name: both if value is None else value for name, value in of_sets.items()}
    changes |= {"iou": asked["iou"], "rule": asked["rule"]}
    return replace(start, **{name: value for name, value in changes.items() if value is not None})


def chosen_sets(known: list[str], base: str, other: str, owner: str) -> tuple[str, str]:
    """Which sets are base and other; other is empty where one set is looked at alone.

    What is not named is found where the dataset has one set or two: the first uploaded is base, the second
    other. Base named alone stands alone.

    Args:
        known: Ids of the dataset's inference sets in order of upload.
        base: The id asked for, or empty.
        other: The same.
        owner: The dataset as commands name it.

    Raises:
        NotFoundError: No such set, or none at all.
        UsageError: Sets must be named.
    """
    for id_ in filter(None, (base, other)):
        if id_ not in known:
            raise NotFoundError(f"There is no inference set {visible(id_)} of {owner}.", _offer(id_, known))
    if base:
        return base, other
    if not known:
        hint = "Add one with `aquarium-tui upload … --inferences-id ID --inferences FILE`."
        raise NotFoundError(f"{owner} has no inference set yet.", hint)
    left = [id_ for id_ in known if id_ != other]
    if len(known) > 2 or not left:
        hint = f"Its inference sets: {', '.join(known)}."
        raise UsageError(f"say with --base and --other which sets of {owner} to compare.", hint)
    return left[0], other or "".join(left[1:])


def _offer(name: str, known: list[str]) -> str:
    from aquarium_tui.query.wording import nearest

    near = nearest(name, known)
    meant = f"Did you mean {near}? " if near else ""
    return f"{meant}Inference sets: {', '.join(known) or 'none yet'}."


def load_comparison(
    store: "Store", project: str, dataset: str, ids: tuple[str, str], settings: Settings
) -> "AnyComparison":
    """The comparison of two stored sets, or of one alone; ids that are empty are found by `chosen_sets`."""
    from aquarium_tui.compare.objects.comparison import ObjectComparison
    from aquarium_tui.session.pixel_counts import pixel_comparison
    from aquarium_tui.work.watch import Watch

    known = [card.id for card in store.dataset_card(project, dataset).sets]
    base, other = chosen_sets(known, *ids, f"{project}/{dataset}")
    first = store.load_inferences(project, dataset, base)
    second = store.load_inferences(project, dataset, other) if other else None
    loaded = store.load_dataset(project, dataset)
    if loaded.masks is None:
        return ObjectComparison.of(loaded, first, second, settings)
    cache = store.pixel_cache(project, dataset, base, other)
    with counted("counting pixels") as progress:
        return pixel_comparison(loaded, first, second, cache=cache, watch=Watch(progress))
