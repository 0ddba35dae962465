"""Entry point: `aquarium-tui` and `python -m aquarium_tui`."""

import sys


def main() -> None:
    """Run the command line; `--version` alone answers before anything is loaded."""
    from aquarium_tui.cli.exit_codes import run

    run(_version if sys.argv[1:] == ["--version"] else _command)


def _version() -> None:
    from aquarium_tui import __version__

    sys.stdout.write(f"aquarium-tui {__version__}\n")


def _command() -> None:
    from aquarium_tui.cli.exit_codes import parsed, without_errors

    sys.argv[1:] = without_errors(sys.argv[1:])
    from aquarium_tui.cli.app import app

    parsed(app)


if __name__ == "__main__":
    main()
