"""Folders of masks into the store; part of `upload`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aquarium_tui.cli.common import counted
from aquarium_tui.cli.wording import provenance_lines
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible

if TYPE_CHECKING:
    from aquarium_tui.ingest.masks import MaskOptions
    from aquarium_tui.store import Store

Classes = Annotated[
    Path | None,
    typer.Option(
        help="What values of masks are called: a name a line, CSV value,name[,r,g,b][,ignore], JSON."
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME|VALUE", help="A class of masks whose pixels leave every count; may be repeated."
    ),
]
Suffix = Annotated[
    str | None, typer.Option(help="What names of masks have besides those of the images; else found.")
]


def upload_masks(
    store: "Store",
    place: tuple[str, str, str],
    labels: Path | None,
    inferences: Path | None,
    options: "MaskOptions",
    *,
    format_: str = "auto",
) -> bool:
    """Store a folder of masks, if that is what was given, and print what was understood.

    Args:
        format_: The format that was named, or "auto".
        store: Where to.
        place: Project, dataset and, for inferences, the name of the set.
        labels: What was given as labels.
        inferences: What was given as inferences.
        options: How masks are to be read.

    Returns:
        Whether masks were given.
    """
    given = inferences or labels
    if format_ not in ("auto", "masks"):
        return False
    if given is None or not _are_masks(store, place[0], given, options, format_):
        return False
    if not place[2]:
        if inferences:
            raise UsageError("--inferences-id is missing: the name of the inference set, such as model_a.")
        _upload_dataset(store, place, given, options)
        return True
    if labels or options.images or options.ignore or options.metadata:
        hint = "leave out --inferences-id."
        raise UsageError(f"--labels, --images, --ignore and --metadata are of a dataset: {hint}")
    _upload_inferences(store, place, given, options)
    return True


def _are_masks(store: "Store", project: str, given: Path, options: "MaskOptions", format_: str) -> bool:
    """Whether a folder of masks was given.

    Raises:
        UsageError: None was, where the project or the options are of masks.
    """
    from aquarium_tui.formats.masks import looks_like_masks
    from aquarium_tui.model.tables import SEGMENTATION

    if project in store.projects() and store.project(project).task == SEGMENTATION:
        reason = f"project {project} is of segmentation"
    elif options.classes or options.ignore or options.suffix is not None:
        reason = "--classes, --ignore and --suffix are of masks"
    elif format_ == "masks":
        reason = "--format masks is of folders"
    else:
        return looks_like_masks(given)
    if not given.is_dir():
        raise UsageError(f"{reason}, and {visible(str(given))} is no folder of masks.")
    return True


def _upload_dataset(
    store: "Store", place: tuple[str, str, str], labels: Path, options: "MaskOptions"
) -> None:
    from aquarium_tui.compare.pixels.working import Watch
    from aquarium_tui.ingest.masks import mask_dataset
    from aquarium_tui.model.numbers import grouped
    from aquarium_tui.model.tables import SEGMENTATION, Project

    project, name, _ = place
    store.refuse_existing(project, name)
    owner = store.project(project) if project in store.projects() else Project(project, SEGMENTATION)
    with counted("reading masks") as progress:
        dataset = mask_dataset(owner, name, labels, options, Watch(progress))
    store.add_dataset(dataset)
    masks = dataset.masks.count if dataset.masks else 0
    classes = len(dataset.project.class_map.evaluated_names)
    counts = f"{grouped(len(dataset.frames))} frames, {grouped(masks)} label masks, {classes} classes"
    typer.echo(f"{project}/{name}: {counts}")
    for line in provenance_lines(dataset.provenance):
        typer.echo(line)
    typer.echo(f"next: {_next_set(project, name, 'model_a')}")


def _upload_inferences(
    store: "Store", place: tuple[str, str, str], folder: Path, options: "MaskOptions"
) -> None:
    from aquarium_tui.compare.pixels.working import Watch
    from aquarium_tui.ingest.masks import mask_inferences
    from aquarium_tui.model.numbers import grouped

    project, name, id_ = place
    store.refuse_existing(project, name, id_)
    dataset = store.load_dataset(project, name)
    with counted("reading masks") as progress:
        inferences = mask_inferences(dataset, id_, folder, options, Watch(progress))
    store.add_inferences(dataset, inferences)
    masks = inferences.masks.count if inferences.masks else 0
    typer.echo(f"{project}/{name}/{id_}: masks of {grouped(masks)} of {grouped(len(dataset.frames))} frames")
    for line in provenance_lines(inferences.provenance):
        typer.echo(line)
    others = [one.id for one in store.dataset_card(project, name).sets if one.id != id_]
    if others:
        typer.echo(f"next: aquarium-tui compare {project}/{name} --base {others[0]} --other {id_}")
    else:
        typer.echo(f"next: {_next_set(project, name, 'model_b')}")


def _next_set(project: str, dataset: str, id_: str) -> str:
    place = f"--aquarium-project {project} --aquarium-dataset {dataset}"
    return f"aquarium-tui upload {place} --inferences-id {id_} --inferences FOLDER"
