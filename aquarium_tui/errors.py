"""The one error tree: every failure that a user can cause or mend is an `AquariumError`."""


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


class UsageError(AquariumError):
    """A command, flag, name or setting that cannot be used as given."""


class InputError(AquariumError):
    """A file that cannot be read or does not hold what it should."""


class StoreError(AquariumError):
    """The store on disk is damaged, from another version, or cannot be written."""


class NotFoundError(StoreError):
    """A project, dataset, inference set or frame that is not in the store."""
