"""How long work is watched and stopped, and where it is done."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from aquarium_tui.errors import CancelledError


@dataclass(frozen=True)
class Watch:
    """What long work asks its caller.

    Attributes:
        progress: Called with how much is done, and of how much.
        cancelled: Asked now and then whether to stop.
        executor: Where jobs are done; None starts processes of this machine where that is worth it.
    """

    progress: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False
    executor: Executor | None = None

    def check(self) -> None:
        """Raise `CancelledError` if the work is to stop."""
        if self.cancelled():
            raise CancelledError
