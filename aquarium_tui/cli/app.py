"""The command line, put together."""

import sys

import typer

from aquarium_tui.cli import comparison as comparing
from aquarium_tui.cli import contents as keeping
from aquarium_tui.cli import export as exporting
from aquarium_tui.cli import interface
from aquarium_tui.cli import picture as rendering
from aquarium_tui.cli import segments as segmenting
from aquarium_tui.cli import upload as uploading
from aquarium_tui.errors import AquariumError
from aquarium_tui.model.names import visible

app = typer.Typer(
    add_completion=True,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (interface, uploading, comparing, segmenting, rendering, exporting, keeping):
    module.register(app)


def run() -> None:
    """Run the command named on the command line; exit 2 with a sentence where it cannot be done."""
    try:
        app()
    except AquariumError as error:
        lines = str(error).splitlines()
        sys.stderr.write("aquarium-tui: " + "\n  ".join(visible(line) for line in lines) + "\n")
        sys.exit(2)
