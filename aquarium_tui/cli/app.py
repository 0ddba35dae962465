"""The command line, put together."""

import sys

import typer

from aquarium_tui.cli import comparison, contents, export, interface, picture, segments, upload
from aquarium_tui.errors import AquariumError
from aquarium_tui.model.names import visible

app = typer.Typer(
    add_completion=True,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (interface, upload, comparison, segments, picture, export, contents):
    module.register(app)


def run() -> None:
    """Run the command named on the command line; exit with code 2 and a sentence if it cannot be done."""
    try:
        app()
    except AquariumError as error:
        lines = str(error).splitlines()
        sys.stderr.write("aquarium-tui: " + "\n  ".join(visible(line) for line in lines) + "\n")
        sys.exit(2)
