"""Folders that may not answer: a network mount whose server is gone keeps every system call waiting."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

_QUICK = 2.0
"""Seconds after which a wait is mentioned; a disk that has to start turning takes about as long."""


def reach(path: Path, tell: Callable[[str], None]) -> None:
    """Return once the file system that `path` is on has answered, be it with an error.

    The question is asked in a thread of its own, so that ctrl+c ends the wait: nothing else interrupts a
    system call on a frozen mount.

    Args:
        path: What is about to be used.
        tell: Takes a sentence on what is being waited for, if it takes long.
    """

    def ask() -> None:
        try:
            os.stat(path)  # noqa: PTH116  (a test replaces it)
        except (OSError, ValueError):
            pass  # Whoever uses the path says what is wrong with it.
        finally:
            answered.set()

    answered = threading.Event()
    threading.Thread(target=ask, daemon=True).start()
    if not answered.wait(_QUICK):
        tell(f"waiting for {path} …")
        # A wait without a limit could not be interrupted on every platform.
        while not answered.wait(0.5):
            pass
