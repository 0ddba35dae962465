"""How the program ends: whatever happens becomes a sentence and an exit code, never a traceback."""

import sys
from collections.abc import Callable

from aquarium_tui.cli import streams
from aquarium_tui.error_log import UNEXPECTED, log_error
from aquarium_tui.errors import AquariumError

BAD_INPUT = 2
"""Bad usage or bad input, as argparse and typer have it."""
LOST_OUTPUT = 74
"""What was printed could not be written (EX_IOERR)."""
INTERRUPTED = 130
"""128 + SIGINT, as shells report a program that ctrl+c ended."""
CLOSED_PIPE = 141
"""128 + SIGPIPE: how programs end whose reader, such as `head`, goes away."""


def run(command: Callable[[], None]) -> None:
    """Run a command and exit with the code that says how it went."""
    streams.prepare()
    code = _contained(command)
    lost = _contained(sys.stdout.flush)
    sys.exit(lost or code)


def _contained(step: Callable[[], None]) -> int:
    """The exit code of a step; where it is not 0, a sentence says why, wherever one can be printed."""
    try:
        step()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except streams.OutputLostError as error:
        return _lost(error)
    except AquariumError as error:
        streams.complain(_visible(str(error)))
        return BAD_INPUT
    except Exception as error:
        return _unexpected(error)
    return 0


def _lost(error: streams.OutputLostError) -> int:
    streams.discard_output()
    if error.closed_pipe:
        return CLOSED_PIPE
    streams.complain(f"The output could not be written: {error}.")
    return LOST_OUTPUT


def _unexpected(error: Exception) -> int:
    log = log_error(error, f"command line: {sys.argv}")
    details = f"Details are in {log}." if log else "The log file could not be written."
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    streams.complain(_visible(f"An unexpected error ended the program ({what}). {details}"))
    return UNEXPECTED


def _visible(text: str) -> str:
    from aquarium_tui.model.names import visible

    return "\n  ".join(visible(line) for line in text.splitlines())
