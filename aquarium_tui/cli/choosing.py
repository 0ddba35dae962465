"""Options that choose what is compared, and under which settings; shared by several commands."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, Unpack

import typer

from aquarium_tui.cli.common import split_dataset
from aquarium_tui.errors import NotFoundError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.settings import Rule, Settings

if TYPE_CHECKING:
    from aquarium_tui.compare.comparison import Comparison
    from aquarium_tui.store import Store

DatasetName = Annotated[str, typer.Argument(metavar="PROJECT/DATASET", help="The dataset.")]
Base = Annotated[str, typer.Option(help="The inference set that other is judged against.")]
Other = Annotated[str, typer.Option(help="The inference set that is judged.")]
Confidence = Annotated[float | None, typer.Option(help="Least confidence of both sets.")]
BaseConfidence = Annotated[float | None, typer.Option(help="Least confidence of base.")]
OtherConfidence = Annotated[float | None, typer.Option(help="Least confidence of other.")]
Iou = Annotated[float | None, typer.Option(help="Least IoU of a pair.")]
MatchingRule = Annotated[Rule | None, typer.Option("--rule", help="Which pair is matched first.")]


class Asked(TypedDict):
    """Thresholds and rule as options give them; what is None stays as the project has it."""

    confidence: float | None
    base_confidence: float | None
    other_confidence: float | None
    iou: float | None
    rule: Rule | None


def settings_of(start: Settings, **asked: Unpack[Asked]) -> Settings:
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
) -> "Comparison":
    """The comparison of two stored sets, or of one alone; ids that are empty are found by `chosen_sets`."""
    from aquarium_tui.compare.comparison import Comparison

    known = [card.id for card in store.dataset_card(project, dataset).sets]
    base, other = chosen_sets(known, *ids, f"{project}/{dataset}")
    first = store.load_inferences(project, dataset, base)
    second = store.load_inferences(project, dataset, other) if other else None
    return Comparison.of(store.load_dataset(project, dataset), first, second, settings)


def asked_comparison(dataset: str, ids: tuple[str, str], **asked: Unpack[Asked]) -> "Comparison":
    """The comparison that a command's arguments ask for, from the default store.

    Args:
        dataset: As `PROJECT/DATASET`.
        ids: Base and other, empty where not given.
        **asked: Thresholds and rule; see `settings_of`.
    """
    from aquarium_tui.store import Store

    project, name = split_dataset(dataset)
    store = Store.default()
    settings = settings_of(store.project(project).settings, **asked)
    return load_comparison(store, project, name, ids, settings)
