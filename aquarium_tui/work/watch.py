"""How long work is watched and stopped."""

from collections.abc import Callable
from dataclasses import dataclass

from aquarium_tui.errors import CancelledError


@dataclass(frozen=True)
class Watch:
    """The two questions that long work asks its caller.

    Attributes:
        progress: Called with how much is done, and of how much.
        cancelled: Asked now and then whether to stop.
    """

    progress: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False

    def check(self) -> None:
        """Raise `CancelledError` if the work is to stop."""
        if self.cancelled():
            raise CancelledError
