"""What tells whether an image or mask has changed, and the error for one that cannot be read."""

from typing import NamedTuple

from aquarium_tui.errors import InputError
from aquarium_tui.model.names import visible


class Stamp(NamedTuple):
    """Changes when the file is replaced or rewritten.

    Attributes:
        size: In bytes.
        changed: When a file was last written, in nanoseconds, or the ETag that a server gives.
    """

    size: int
    changed: int | str


def unreadable(reason: str, name: str, hint: str = "") -> InputError:
    """The error for an image or mask; the reason comes first, because small cards cut the end off."""
    return InputError(f"{reason}: {visible(name)}" if name else reason, hint)
