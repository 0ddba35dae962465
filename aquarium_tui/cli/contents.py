"""`ls`, `show`, `doctor`, `rm` and `segments`: print what is in the store and what is wrong; remove it."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from aquarium_tui.cli import completion
from aquarium_tui.cli.description import coverage, provenance_lines
from aquarium_tui.cli.options import (
    DatasetArgument,
    chooses,
    default_store,
    opened,
    refuse_damaged,
    split_dataset,
)
from aquarium_tui.errors import StoreError, UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted, grouped
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.model.metrics import Metric
    from aquarium_tui.model.tables import Provenance
    from aquarium_tui.store import DatasetCard, Segments, Store


ListFormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="The output format.")]
Listed = dict[str, Any]
"""A project or dataset in the list, with what is in it, as JSON has it."""

_HEAD = ("", "frames", "labels", "inferences", "uploaded", "")


def listed_projects(store: "Store", what: str) -> list[Listed]:
    """The projects named by `what` (`PROJECT`, `PROJECT/DATASET` or nothing) and what lies in them.

    Raises:
        UsageError: `what` is neither.
        NotFoundError: It is not in the store.
    """
    project, _, dataset = what.partition("/")
    if not what:
        return [_project(store, name, store.datasets(name)) for name in store.projects()]
    if what.endswith("/") or "/" in dataset:
        raise UsageError(f'"{visible(what)}" is not PROJECT or PROJECT/DATASET.')
    if dataset:
        store.dataset_folder(project, dataset)
    return [_project(store, project, [dataset] if dataset else store.datasets(project))]


def as_table(projects: Sequence[Listed]) -> Iterator[str]:
    """The list as aligned lines of text."""
    rows = [row for project in projects for row in _rows(project)]
    if not rows:
        return
    table = [_HEAD, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(_HEAD))]
    for row in table:
        name, *counts, uploaded, remark = (cell for cell in row)
        numbers = "  ".join(count.rjust(width) for count, width in zip(counts, widths[1:4], strict=True))
        yield f"{name.ljust(widths[0])}  {numbers}  {uploaded.ljust(widths[4])}  {remark}".rstrip()


def _project(store: "Store", name: str, datasets: Sequence[str]) -> Listed:
    try:
        project = store.project(name)
        told: Listed = {"name": name, "task": project.task, "classes": len(project.class_map.entries)}
    except StoreError as error:
        told = {"name": name, "error": error.message}
    return {**told, "datasets": [_dataset(store, name, dataset) for dataset in datasets]}


def _dataset(store: "Store", project: str, name: str) -> Listed:
    try:
        card = store.dataset_card(project, name)
    except StoreError as error:
        return {"name": name, "error": error.message}
    return {
        "name": name,
        "frames": card.frames,
        "labels": card.labels,
        "uploaded": card.provenance.created,
        "problems": [problem.sentence() for problem in card.provenance.problems],
        "inference_sets": [
            {
                "id": one.id,
                "inferences": one.objects,
                "frames": one.frames,
                "uploaded": one.provenance.created,
                "problems": [problem.sentence() for problem in one.provenance.problems],
            }
            for one in card.sets
        ],
        "damaged": list(card.damaged),
    }


def _rows(project: Listed) -> Iterator[tuple[str, ...]]:
    yield (project["name"], "", "", "", "", visible(project.get("error", "")))
    for dataset in project["datasets"]:
        name = f"  {dataset['name']}"
        if "error" in dataset:
            yield (name, "", "", "", "", visible(dataset["error"]))
            continue
        yield _row(name, dataset, "labels", "")
        for one in dataset["inference_sets"]:
            remark = coverage(one["frames"], dataset["frames"])
            yield _row(f"    {one['id']}", one, "inferences", remark)
        for sentence in dataset["damaged"]:
            yield ("    ?", "", "", "", "", visible(sentence))


def _row(name: str, told: Listed, counted: str, remark: str) -> tuple[str, ...]:
    counts = {"labels": "", "inferences": "", counted: grouped(told[counted])}
    found = len(told["problems"])
    kinds = f"{found} kinds of problems" if found > 1 else "1 kind of problem" if found else ""
    remarks = "; ".join(filter(None, (remark, kinds)))
    return (
        name,
        grouped(told["frames"]),
        counts["labels"],
        counts["inferences"],
        told["uploaded"][:10],
        remarks,
    )


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ls")(list_store)
    app.command()(show)
    app.command()(doctor)
    app.command("rm")(remove)
    app.command("rename")(rename_stored)
    register_segments(app)
    register_metrics(app)


def list_store(
    what: Annotated[
        str,
        typer.Argument(
            metavar="[PROJECT[/DATASET]]",
            help="List only this project or dataset.",
            autocompletion=completion.contents,
        ),
    ] = "",
    format_: ListFormatOption = "text",
) -> None:
    """List projects, datasets and inference sets, and what is wrong with them."""
    store = default_store()
    projects = listed_projects(store, what)
    if format_ == "json":
        sys.stdout.write(json.dumps({"format": 1, "projects": projects}, indent=1) + "\n")
        return
    if not projects:
        typer.echo(f"There are no projects in {visible(str(store.root))} yet.", err=True)
        typer.echo(
            "`aquarium-tui upload --help` says how to add one; `aquarium-tui demo` shows one.", err=True
        )
    for line in as_table(projects):
        typer.echo(line)


def show(dataset: DatasetArgument) -> None:
    """Print the class map, counts, inference sets and notes of a dataset."""
    from aquarium_tui.cli.description import dataset_lines

    store = default_store()
    project, name = split_dataset(dataset)
    for line in dataset_lines(store.load_dataset(project, name), store.dataset_card(project, name)):
        typer.echo(line)


def doctor(
    dataset: Annotated[
        str,
        typer.Argument(metavar="[PROJECT/DATASET]", help="The dataset.", autocompletion=completion.datasets),
    ] = "",
    terminal: Annotated[bool, typer.Option("--terminal", help="Report what this terminal can show.")] = False,
) -> None:
    """Report what was understood of a dataset's files and what is wrong, or what the terminal can show."""
    if terminal:
        from aquarium_tui.tui.graphics.probe import probe
        from aquarium_tui.tui.graphics.terminal import describe

        typer.echo(describe(probe()))
    if dataset:
        _doctor(dataset)
    elif not terminal:
        raise UsageError("Say what to examine.", "Name PROJECT/DATASET, or add --terminal.")


def _doctor(dataset: str) -> None:

    project, name = split_dataset(dataset)
    store = default_store()
    card = store.dataset_card(project, name)
    typer.echo(f"{project}/{name}  {visible(card.provenance.source)}")
    for line in provenance_lines(card.provenance):
        typer.echo(line)
    _hidden(store, project, name, [card.provenance, *(one.provenance for one in card.sets)])
    _missing(store, project, name)
    for one in card.sets:
        typer.echo(f"\n{project}/{name}/{one.id}  {visible(one.provenance.source)}")
        if remark := coverage(one.frames, card.frames):
            typer.echo(f"  {remark}")
        for line in provenance_lines(one.provenance):
            typer.echo(line)
    for sentence in card.damaged:
        typer.echo(f"\n{visible(sentence)}")
    _compare_sets(store, card)
    refuse_damaged(card)
    damage: list[StoreError] = []
    _segments(dataset).all(damage.append)
    _refuse_damaged(dataset, damage)


def _missing(store: "Store", project: str, dataset: str) -> None:
    """Name images that are not where they were when they were uploaded."""
    from aquarium_tui.ingest.frame_keys import missing_images

    stored = store.load_dataset(project, dataset)
    lost = missing_images(stored.images, stored.frames.path)
    if lost:
        first = ", ".join(map(visible, lost[:3])) + (" …" if len(lost) > 3 else "")
        typer.echo(
            f"  {grouped(len(lost))} of {counted(len(stored.frames), 'image')} missing in "
            f"{visible(stored.images)}: {first} – if they moved: aquarium-tui upload --project {project} "
            f"--dataset {dataset} --images FOLDER"
        )


_LISTED = 20
"""Hidden files that are named: they are alike, and what else a check finds should stay on the screen."""


def _hidden(store: "Store", project: str, dataset: str, sources: "list[Provenance]") -> None:
    """The hidden files that uploads skipped, by name, as far as their folders are still there."""
    from aquarium_tui.media.folders import hidden_files

    # What was stored by a program may have no folder; an empty path would be the current one.
    places = filter(None, [store.load_dataset(project, dataset).images, *(each.source for each in sources)])
    found = hidden_files(folder for folder in map(Path, places) if folder.is_dir())
    for path in found[:_LISTED]:
        typer.echo(f"  hidden file skipped: {visible(path)}")
    if len(found) > _LISTED:
        typer.echo(f"  … and {grouped(len(found) - _LISTED)} more hidden files")


def _compare_sets(store: "Store", card: "DatasetCard") -> None:
    """Say what limits comparing the first set with each of the others, and what would reverse a sign."""
    from aquarium_tui.kinds import kind_of
    from aquarium_tui.report import sensitivity_remarks
    from aquarium_tui.session.session import Session
    from aquarium_tui.upload.upload import remark_lines

    if len(card.sets) < 2:
        return
    session, kind = Session(store), kind_of(store.project(card.project))
    base, *others = (one.id for one in card.sets)
    for other in others:
        choice = Choice(card.project, card.name, base, other)
        lines = list(remark_lines(base, other, session.remarks(choice)))
        # Where nothing can be set, opening the sets may take minutes (pixels), and nothing comes of it.
        depends = kind.sensitivity(session.open(choice).comparison) if kind.settings else None
        turned = [f"  {sentence}" for sentence in (sensitivity_remarks(depends) if depends else ())]
        head = f"comparing {visible(base)} with {visible(other)}:"
        typer.echo("")
        for line in [*(lines or [head if turned else f"{head} nothing limits the comparison"]), *turned]:
            typer.echo(line)


def remove(
    what: Annotated[
        str,
        typer.Argument(
            metavar="PROJECT[/DATASET[/INFERENCES]]",
            help="What to remove.",
            autocompletion=completion.contents,
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Remove it without asking.")] = False,
) -> None:
    """Remove a project, a dataset or an inference set; images stay where they are."""
    store = default_store()
    names = _names(what)
    told = _told(store, names)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{told} would be removed.", "Add --yes to remove it without being asked.")
        typer.confirm(f"Remove {told}? This cannot be undone.", abort=True, err=True)
    store.remove(*names)
    typer.echo(f"removed {told}")


def _told(store: "Store", names: list[str]) -> str:
    """What would be removed, in words."""
    from aquarium_tui.cli.description import contents

    return f"{_KINDS[len(names) - 1]} {'/'.join(names)}{contents(store, *names)}"


_KINDS = ("project", "dataset", "inference set")


def _names(what: str) -> list[str]:
    """The names in `PROJECT[/DATASET[/INFERENCES]]`.

    Raises:
        UsageError: It is not of that form.
    """
    names = what.split("/")
    if not all(names) or len(names) > len(_KINDS):
        hint = "Write PROJECT, PROJECT/DATASET or PROJECT/DATASET/INFERENCES."
        raise UsageError(f'"{visible(what)}" does not name anything in the store.', hint)
    return names


def rename_stored(
    what: Annotated[
        str,
        typer.Argument(
            metavar="PROJECT[/DATASET[/INFERENCES]]",
            help="What to rename.",
            autocompletion=completion.contents,
        ),
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="The new name alone, without the project or dataset.")
    ],
) -> None:
    """Rename a project, a dataset or an inference set; segments, reviews and caches follow."""
    from aquarium_tui.session.session import Session

    names = _names(what)
    if new.split("/")[:-1] == names[:-1]:  # The whole path of the new name means the same.
        new = new.split("/")[-1]
    Session(default_store()).rename(names, new)
    typer.echo(f"renamed {_KINDS[len(names) - 1]} {what} to {'/'.join([*names[:-1], new])}")


NameArgument = Annotated[
    str, typer.Argument(help="The name of the segment.", autocompletion=completion.segments)
]
SnapshotOption = Annotated[
    bool, typer.Option("--snapshot", help="Save the frames that the query selects now, not the query.")
]
NameOption = Annotated[str, typer.Option("--name", help="The name of the segment.")]


def register_metrics(app: typer.Typer) -> None:
    """Add the commands of metrics."""
    group = typer.Typer(help="Your own metrics: their directions and units.", no_args_is_help=True)
    group.command("list")(list_metrics)
    group.command("set")(set_metrics)
    group.command("rm")(remove_metrics)
    app.add_typer(group, name="metrics")


def list_metrics(dataset: DatasetArgument) -> None:
    """List the metrics: which direction is better, the unit, and the sets that have values."""
    project, name = split_dataset(dataset)
    store = default_store()
    card = store.dataset_card(project, name)
    sets = [store.load_inferences(project, name, one.id) for one in card.sets]
    for metric in store.project(project).metrics:
        having = ", ".join(one.id for one in sets if metric.name in one.metrics) or "no set"
        typer.echo(f"{metric.name}  {_meaning(metric)}  {having}")
    refuse_damaged(card)


def _meaning(metric: "Metric") -> str:
    from aquarium_tui.model.metrics import MetricKind

    if metric.kind == MetricKind.CONFUSION_MATRIX:
        return "a confusion matrix"
    unit = f", in {metric.unit}" if metric.unit else ""
    return f"{'higher' if metric.higher_is_better else 'lower'} is better{unit}"


def set_metrics(
    dataset: DatasetArgument,
    declared: Annotated[list[str], typer.Argument(metavar="NAME:lower|higher[:UNIT]…", help="The metrics.")],
) -> None:
    """Say which direction of a metric is better, and its unit."""
    from aquarium_tui.upload import declare_metrics

    for note in declare_metrics(default_store(), *split_dataset(dataset), declared).notes:
        typer.echo(note)


def remove_metrics(
    dataset: DatasetArgument,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="The metrics.")],
) -> None:
    """Remove metrics from all sets of a dataset."""
    project, name = split_dataset(dataset)
    store = default_store()
    known = {metric.name.casefold(): metric.name for metric in store.project(project).metrics}
    if strange := [each for each in names if each.casefold() not in known]:
        told = ", ".join(map(visible, strange))
        raise UsageError(
            f"Project {project} has no metric called {told}.", f"It has {', '.join(known.values())}."
        )
    for each in names:
        store.remove_metric(store.load_dataset(project, name), known[each.casefold()])
        typer.echo(f"removed {known[each.casefold()]} from {project}/{name}")


def register_segments(app: typer.Typer) -> None:
    """Add the commands of segments."""
    group = typer.Typer(help="Saved queries and sets of frames of a dataset.", no_args_is_help=True)
    group.command("list")(list_segments)
    group.command()(chooses(save))
    group.command()(rename)
    group.command("rm")(remove_segment)
    app.add_typer(group, name="segments")


def _segments(dataset: str) -> "Segments":
    from aquarium_tui.store import Segments

    return Segments(default_store().dataset_folder(*split_dataset(dataset)))


def list_segments(dataset: DatasetArgument) -> None:
    """List the segments: their names, whether they are live or how many frames they hold, their queries."""
    damage: list[StoreError] = []
    found = _segments(dataset).all(damage.append)
    width = max((len(visible(segment.name)) for segment in found), default=0)
    for segment in found:
        kind = "live" if segment.frames is None else counted(len(segment.frames), "frame")
        typer.echo(f"{visible(segment.name):<{width}}  {kind:<12}  {visible(segment.query)}")
    _refuse_damaged(dataset, damage)


def _refuse_damaged(dataset: str, damage: "Sequence[StoreError]") -> None:
    """Make sure that no segment is left out without a word.

    Raises:
        StoreError: There is damage.
    """
    if damage:
        sentences = " ".join(error.message for error in damage)
        raise StoreError(f"{dataset} has segments that cannot be read. {sentences}", damage[0].hint)


def save(choice: Choice, name: NameOption, snapshot: SnapshotOption = False) -> None:
    """Save a query as a segment, for --segment NAME and for queries with frame.segment = "NAME"."""
    from aquarium_tui.compare.binding import snapshot as taken
    from aquarium_tui.model.problems import Segment

    if not choice.query:
        raise UsageError("--query is missing.", "It says which frames the segment selects.")
    view = opened(choice)
    segment = Segment(name, choice.query)
    if snapshot:
        segment = taken(view.comparison, view.binding, name, choice.query)
    saved = _segments(choice.title).save(segment)
    selected = len(view.frame_order)
    typer.echo(f"{visible(saved.name)}: {'live, now ' if saved.live else ''}{counted(selected, 'frame')}")


def rename(
    dataset: DatasetArgument, name: NameArgument, new: Annotated[str, typer.Argument(help="The new name.")]
) -> None:
    """Rename a segment."""
    _segments(dataset).rename(name, new)


def remove_segment(dataset: DatasetArgument, name: NameArgument) -> None:
    """Delete a segment; its frames stay in the dataset."""
    _segments(dataset).delete(name)
