"""Entry point: `aquarium-tui` and `python -m aquarium_tui`."""

import sys


def main() -> None:
    """Run the command line; `--version` alone answers before anything is loaded."""
    if sys.argv[1:] == ["--version"]:
        from aquarium_tui import __version__

        sys.stdout.write(f"aquarium-tui {__version__}\n")
        return
    from aquarium_tui.cli.app import run

    run()


if __name__ == "__main__":
    main()
