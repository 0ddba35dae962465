"""`leaderboard`: all inference sets of a dataset against one base."""

import sys
from functools import partial
from typing import Annotated, Literal

import typer

from aquarium_tui.cli.options import chooses, default_store, progress_bar, refuse_damaged
from aquarium_tui.session.choice import Choice

LeaderboardFormatOption = Annotated[
    Literal["text", "json", "csv"], typer.Option("--format", help="The output format.")
]
ParetoOption = Annotated[
    str,
    typer.Option(
        "--pareto",
        metavar="FIGURE,FIGURE",
        help="Mark the sets that no other one beats in both figures, such as f1,latency_ms.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(chooses(leaderboard))


def leaderboard(
    choice: Choice, format_: LeaderboardFormatOption = "text", *, pareto: ParetoOption = ""
) -> None:
    """Compare all inference sets with one base: figures, wins and losses, and the Pareto front."""
    from aquarium_tui.report.leaderboard import leaderboard_csv, leaderboard_json, leaderboard_lines
    from aquarium_tui.session.leaderboard import leaderboard as of_choice
    from aquarium_tui.session.session import Session
    from aquarium_tui.work.executor import Watch

    session = Session(default_store())
    names = [name.strip() for name in pareto.split(",") if name.strip()]
    with progress_bar() as report:
        watch = Watch(partial(report, "counting sets"))
        found = of_choice(session, choice, watch, names)
        sources, card = session.sources(choice, watch)
        dataset = sources.dataset
    if format_ == "json":
        sys.stdout.write(leaderboard_json(found, dataset))
    elif format_ == "csv":
        sys.stdout.write(leaderboard_csv(found))
    else:
        sys.stdout.writelines(f"{line}\n" for line in leaderboard_lines(found, dataset))
    refuse_damaged(card)
