"""The command line, put together."""

import typer

from aquarium_tui.cli import (
    comparison,
    contents,
    export,
    figures,
    interface,
    preparation,
    review,
    scenarios,
    upload,
)

app = typer.Typer(
    add_completion=True,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    interface,
    upload,
    comparison,
    scenarios,
    figures,
    export,
    review,
    contents,
    preparation,
):
    module.register(app)
