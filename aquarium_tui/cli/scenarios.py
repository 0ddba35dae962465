"""`scenarios`: segments with targets; list what the sets make of them, add, import and export them."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from aquarium_tui.cli.options import chooses, opened, refuse_existing
from aquarium_tui.errors import UsageError
from aquarium_tui.model.names import visible
from aquarium_tui.model.numbers import counted
from aquarium_tui.model.problems import ALL_FRAMES, Segment, SegmentKind
from aquarium_tui.session.choice import Choice

if TYPE_CHECKING:
    from aquarium_tui.session.view import View
    from aquarium_tui.store import Segments

AddOption = Annotated[
    str, typer.Option("--add", metavar="NAME", help="Save what --query selects as a scenario of this name.")
]
KindOption = Annotated[SegmentKind, typer.Option("--kind", help="What the added scenario is for.")]
TargetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--target", metavar="CONDITION", help="What must hold in it, as in 'f1 >= 0.6'; may be repeated."
    ),
]
FramesNowOption = Annotated[
    bool, typer.Option("--snapshot", help="Add the frames that the query selects now, not the query.")
]
ImportOption = Annotated[
    Path | None, typer.Option("--import", metavar="FILE.toml", help="Save the scenarios of this file.")
]
ExportOption = Annotated[
    Path | None,
    typer.Option("--export", metavar="FILE.toml", help="Write all scenarios to this file; - is stdout."),
]
AgainOption = Annotated[
    bool, typer.Option("--force", help="Replace scenarios of the same name, or the file of --export.")
]
CheckOption = Annotated[bool, typer.Option("--check", help="Exit with 1 where a target is missed.")]
ResultFormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="The output format.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chooses(scenarios))


def scenarios(
    choice: Choice,
    add: AddOption = "",
    kind: KindOption = SegmentKind.SCENARIO,
    target: TargetOption = None,
    *,
    snapshot: FramesNowOption = False,
    import_: ImportOption = None,
    export: ExportOption = None,
    force: AgainOption = False,
    check: CheckOption = False,
    format_: ResultFormatOption = "text",
) -> None:
    """Compare two sets on each saved segment, and say which targets are met; add, import or export them."""
    actions = [name for name, given in (("--add", add), ("--import", import_), ("--export", export)) if given]
    if len(actions) > 1:
        raise UsageError(f"{actions[0]} and {actions[1]} are two commands.", "Give one of them at a time.")
    if (target or snapshot) and not add:
        raise UsageError("--target and --snapshot belong to a scenario.", "Name it with --add NAME.")
    if add:
        added = Segment(add, choice.query, None, "", kind, tuple(target or ()), choice.only)
        _add(choice, added, snapshot, force)
    elif choice.query or choice.segment or choice.only:
        hint = "Leave out --query, --segment and --only, or add --add NAME."
        raise UsageError("Scenarios choose their own frames and objects.", hint)
    elif import_:
        _import(choice, import_)
    elif export:
        _export(choice, export, force)
    else:
        _list(choice, format_, check)


def _segments(choice: Choice) -> "Segments":
    from aquarium_tui.cli.options import default_store
    from aquarium_tui.store import Segments

    return Segments(default_store().dataset_folder(choice.project, choice.dataset))


def _saved(choice: Choice) -> list[Segment]:
    """All segments; those that cannot be read have been named when the view was opened."""
    return _segments(choice).all()


def _add(choice: Choice, segment: Segment, snapshot: bool, force: bool) -> None:
    from aquarium_tui.compare.binding import snapshot as taken

    if segment.whole and segment.name.casefold() != ALL_FRAMES.casefold():
        raise UsageError(
            "--query and --only are missing.", "They say which frames or objects the scenario consists of."
        )
    view = opened(replace(choice, query="", only=""))
    _check(choice, view, [segment], "The scenario was not added")
    if snapshot:
        frames = taken(view.comparison, view.binding, segment.name, segment.query).frames
        segment = replace(segment, frames=frames)
    _segments(choice).save(segment, replaces=force)
    typer.echo(f"added {_told(segment, view)}")


def _check(choice: Choice, view: "View", found: Sequence[Segment], where: str) -> None:
    from aquarium_tui.gate import check_scenarios

    check_scenarios(view.binding, _saved(choice), found, where)


def _told(segment: Segment, view: "View") -> str:
    targets = counted(len(segment.targets), "target") if segment.targets else "no targets"
    empty = segment.live and bool(segment.query) and not view.binding.select(segment.query).frames.any()
    note = "; its query selects no frames now" if empty else ""
    return f"{segment.kind} {visible(segment.name)}, {targets}{note}"


def _import(choice: Choice, path: Path) -> None:
    """Save the scenarios of a file; those of the same name are replaced, as the file is what is kept."""
    from aquarium_tui.gate import read_scenarios
    from aquarium_tui.store.documents import checked_name

    found = read_scenarios(path)
    view = opened(choice)
    _check(choice, view, found, visible(str(path)))
    segments = _segments(choice)
    for segment in found:
        checked_name(segment.name)
    for segment in found:
        segments.save(segment, replaces=True)
        typer.echo(f"imported {_told(segment, view)}")


def _export(choice: Choice, path: Path, force: bool) -> None:
    from aquarium_tui.gate import as_toml
    from aquarium_tui.publish import write_text

    saved = _saved(choice)
    text = as_toml(saved, choice.title)
    if str(path) == "-":
        sys.stdout.write(text)
        return
    refuse_existing(path, force)
    write_text(path, text)
    typer.echo(f"exported {counted(len(saved), 'scenario')} to {visible(str(path))}")


def _list(choice: Choice, format_: str, check: bool) -> None:
    from aquarium_tui.gate import (
        TargetState,
        scenario_document,
        scenario_lines,
        scenario_results,
        target_sentence,
        with_all,
    )

    view = opened(choice)
    found = list(scenario_results(view.everything, with_all(_saved(choice))))
    comparison = view.comparison
    if format_ == "json":
        sys.stdout.write(scenario_document(comparison, found))
    else:
        for line in scenario_lines(comparison, found):
            typer.echo(line)
    missed = [(each, t) for each in found for t in each.targets if t.state is TargetState.MISSED]
    for each, target in missed if check else ():
        sentence = f"{visible(each.segment.name)}: {target_sentence(target)}"
        typer.echo(f"aquarium-tui: scenario: {sentence}", err=True)
    if missed and check:
        raise typer.Exit(1)
