"""The log of unexpected errors: what a report of a bug needs, kept off the screen."""

import platform
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

UNEXPECTED = 70
"""The exit code after an error in the program itself (EX_SOFTWARE of sysexits.h)."""

_LARGEST = 1 << 20
"""Bytes; above this the log starts anew and the previous one is kept, so at most 2 MB are used."""


def log_path() -> Path:
    """The log file, in the folder that the platform has for logs."""
    from platformdirs import user_log_path

    return user_log_path("aquarium-tui") / "errors.log"


def log_error(error: BaseException, context: str = "") -> Path | None:
    """Append an error with its traceback to the log.

    Args:
        error: What happened.
        context: What was being done, such as the command line or the screen.

    Returns:
        The log, or None if it cannot be written.
    """
    with suppress(Exception):  # The error itself must reach the user, whatever happens to the log.
        path = log_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LARGEST:
            path.replace(path.with_suffix(".log.1"))
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(_entry(error, context))
        return path
    return None


def _entry(error: BaseException, context: str) -> str:
    from aquarium_tui import __version__

    now = datetime.now(UTC).isoformat(timespec="seconds")
    head = f"{now} aquarium-tui {__version__}, Python {platform.python_version()}, {sys.platform}"
    trace = "".join(traceback.format_exception(error))
    return f"{head}\n{context}\n{trace}\n"
