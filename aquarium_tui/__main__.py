"""Entry point: `aquarium-tui` and `python -m aquarium_tui`."""

import sys


def main() -> None:
    """Run the command line; `--version` alone answers before anything is loaded."""
    from aquarium_tui.cli.exit_codes import errors_as_json, run

    sys.argv[1:] = errors_as_json(sys.argv[1:])
    run(_version if sys.argv[1:] == ["--version"] else _command)


def _version() -> None:
    from aquarium_tui import __version__

    sys.stdout.write(f"aquarium-tui {__version__}\n")


def _command() -> None:
    from aquarium_tui.cli.app import app
    from aquarium_tui.cli.exit_codes import parsed

    parsed(app)


if __name__ == "__main__":
    main()
