"""`aquarium-tui config`: where the user's settings are, what they say, and whether they can be used."""

from typing import Annotated

import typer

from aquarium_tui.config import Config, config_path, read_config
from aquarium_tui.errors import InputError
from aquarium_tui.model.names import visible


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("config")(show)


def show(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Say what cannot be used, with its line; the exit code is 2 then.")
    ] = False,
) -> None:
    """Print where the settings are and what they set, or check them."""
    path = config_path()
    settings = read_config()
    if check:
        problems = problems_of(settings)
        if problems:
            *first, last = problems
            for sentence in first:
                typer.echo(f"aquarium-tui: {visible(sentence)}", err=True)
            raise InputError(last, f"{len(problems)} to fix in {path}.")
        typer.echo(f"{visible(str(path))}: nothing to fix" if path.exists() else _absent(str(path)))
        return
    typer.echo(visible(str(path)) if path.exists() else _absent(str(path)))
    if settings.text.strip():
        typer.echo("\n".join(map(visible, settings.text.splitlines())))


def _absent(path: str) -> str:
    return f"{visible(path)} does not exist: everything is as it comes"


def problems_of(settings: Config) -> list[str]:
    """A sentence for each line that the interface could not use."""
    from aquarium_tui.tui.controllers.commands import problem_of
    from aquarium_tui.tui.inks import theme_names
    from aquarium_tui.tui.keymap import read_keymap

    keymap, problems = read_keymap(settings)
    found = [*problems, *filter(None, (problem_of(each, settings, keymap) for each in settings.commands))]
    known = theme_names(settings.themes)
    if settings.theme and settings.theme not in known:
        where = settings.where("theme")
        found.append(f"{where}: there is no theme {settings.theme}. Themes: {', '.join(sorted(known))}.")
    return found
