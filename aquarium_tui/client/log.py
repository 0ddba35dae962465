"""What the two logs share: they are open until closed, and leave nothing behind when a block fails."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from aquarium_tui.client import checks
from aquarium_tui.client.arrays import ArraySpool


class Log(ABC):
    """Takes frames until `close` stores them; use it in a `with` block, or close it yourself."""

    def __init__(self) -> None:
        self._spool = ArraySpool()

    def close(self) -> None:
        """Store what was added; once is enough, and more does nothing.

        Raises:
            InputError: Nothing of it can be used.
            StoreError: It cannot be written.
        """
        if self._spool.discard.alive:
            try:
                self._store()
            finally:
                self.discard()

    def discard(self) -> None:
        """Forget what was added; nothing is stored."""
        self._spool.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def _check_open(self) -> None:
        if not self._spool.discard.alive:
            raise checks.RefusedValueError("this log is closed: open another one for more frames.")

    @abstractmethod
    def _store(self) -> None:
        """Put everything into the store."""
