"""Through tmux to the terminal around it."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path


def through_tmux(command: str) -> str:
    """`command` wrapped so that tmux hands it on to the terminal around it."""
    escaped = command.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{escaped}\x1b\\"


class Attachment:
    """Notices that a terminal was attached to tmux: it knows nothing of the pictures sent to the one before.

    tmux marks its socket as executable while a terminal is attached, so the time at which the mode of the
    socket changed last tells.

    Args:
        environment: The process's environment variables.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        socket = environment.get("TMUX", "").split(",")[0]
        self._socket = Path(socket) if socket else None
        self._since = self._changed()

    @property
    def known(self) -> bool:
        """Whether tmux runs on this machine, so that its socket can be looked at."""
        return bool(self._since)

    def renewed(self) -> bool:
        """Whether a terminal was attached since the last call."""
        before, self._since = self._since, self._changed()
        return self._since != before and self._attached()

    def _changed(self) -> float:
        """When the socket's mode changed last; 0 without a socket."""
        found = self._stat()
        return found.st_ctime if found else 0.0

    def _attached(self) -> bool:
        """Whether a terminal is attached now."""
        found = self._stat()
        return found is not None and bool(found.st_mode & stat.S_IXUSR)

    def _stat(self) -> os.stat_result | None:
        """What the file system knows of the socket."""
        try:
            return self._socket.stat() if self._socket else None
        except OSError:
            return None
