"""The one error tree: every failure that a user can cause or fix is an `AquariumError`."""

import unicodedata


class AquariumError(Exception):
    """Something that the user can act upon.

    Args:
        message: What is wrong, and where (file, line or record, field).
        hint: What would repair it; empty where the message already says so.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UploadWarning(UserWarning):
    """Something was wrong with what a Python script uploaded, and what was done about it."""


class UsageError(AquariumError):
    """A command, flag, name or setting that cannot be used as given."""


class UnfinishedError(AquariumError):
    """Something that was looked for is wrong or not there, though the rest was done: the exit code is 1."""


class AmbiguousError(UsageError):
    """A choice that leaves open what only the user can decide; an interface asks, a command refuses."""


class InputError(AquariumError):
    """A file that cannot be read or does not hold what it should."""


class StoreError(AquariumError):
    """The store on disk is damaged, from another version, or cannot be written."""


class NotFoundError(StoreError):
    """A project, dataset, inference set or frame that is not in the store."""


class QueryError(AquariumError):
    """A query that cannot be understood or answered.

    Attributes:
        text: The whole query.
        position: Where in it, counted from 0.
        suggestion: What to write there instead; empty where nothing is near.
    """

    def __init__(self, message: str, text: str, position: int, suggestion: str = "") -> None:
        super().__init__(message)
        self.text = text
        self.position = position
        self.suggestion = suggestion

    @property
    def column(self) -> int:
        """The column of `position` in its line, counted from 1."""
        return self.position - self._line_start + 1

    @property
    def _line_start(self) -> int:
        return self.text.rfind("\n", 0, self.position) + 1

    def pointed(self, width: int = 72) -> str:
        """The line of the query that is wrong, at most `width` characters of it, and a caret below."""
        line = self.text[self._line_start :].split("\n", 1)[0]
        at = self.column - 1
        skipped = max(0, at - width // 2)
        shown = "".join(c if c.isprintable() else "�" for c in line[skipped : skipped + width])
        before = sum(_cells(c) for c in shown[: at - skipped])
        return f"{shown}\n{' ' * before}^"

    def __str__(self) -> str:
        return f"column {self.column}: {self.message}\n{self.pointed()}"


class CancelledError(Exception):
    """The caller asked the work to stop; no failure, so no `AquariumError`."""


def _cells(character: str) -> int:
    """How many cells of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
