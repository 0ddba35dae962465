"""stdin, stdout and stderr, whatever the shell made of them: closed, full, or in a small encoding."""

import codecs
import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer


_REPLACEMENT = "aquarium-tui"
_PLAIN = {"−": "-", "–": "-", "→": "->", "…": "...", "×": "x", "·": "-", "≥": ">=", "≤": "<=", "±": "+-"}
"""What the program itself prints beyond ASCII; a lost minus would change the meaning of a number."""


class OutputLostError(Exception):
    """What was printed did not reach stdout. It is not an `OSError`, so nothing takes it for another file's.

    Attributes:
        errno: Why, as in `OSError`.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror)
        self.errno = error.errno

    @property
    def closed_pipe(self) -> bool:
        """Whether the reader has simply had enough, as `head` has."""
        return self.errno == errno.EPIPE


class _Stdout(io.FileIO):
    """The descriptor of stdout: waits for a full pipe, and has an error of its own for lost output."""

    def write(self, data: "Buffer") -> int:
        try:
            while (written := super().write(data)) is None:
                # The descriptor was made non-blocking by whoever shares it.
                select.select([], [self], [])
        except OSError as error:
            raise OutputLostError(error) from error
        return written


class _Stderr(io.FileIO):
    """The descriptor of stderr; what cannot be written there is dropped, since nobody can be told."""

    def write(self, data: "Buffer") -> int:
        try:
            written = super().write(data)
        except OSError:
            written = None
        return memoryview(data).nbytes if written is None else written


def prepare() -> None:
    """Make the three streams usable, so that no code below has to ask whether they are."""
    codecs.register_error(_REPLACEMENT, _replaced)
    stderr_closed = sys.stderr is None
    _open_missing()
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _wrapped(_Stdout, 1, sys.stdout)
    # A sentence for a closed stderr can still be shown on the terminal.
    shown = 1 if stderr_closed and os.isatty(1) else 2
    sys.stderr = _wrapped(_Stderr, shown, sys.stderr)


def discard_output() -> None:
    """Send the rest of the output nowhere; otherwise the interpreter would try again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def complain(sentence: str) -> None:
    """Print a sentence, perhaps with further lines, on stderr."""
    sys.stderr.write(f"aquarium-tui: {sentence}\n")
    sys.stderr.flush()


def _open_missing() -> None:
    """Open the descriptors that the shell closed; otherwise the next files opened would become the streams.

    Writing to stdout must fail then, as it does for a closed descriptor: hence one that can only be read.
    """
    for descriptor, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, mode), True)


def _wrapped(raw: type[_Stdout | _Stderr], descriptor: int, old: TextIO | None) -> TextIO:
    """A text stream on a descriptor, in the encoding of the one that it takes the place of."""
    if old is not None:
        buffer = getattr(old, "buffer", None)
        # With PYTHONUNBUFFERED, the descriptor has no buffer around it.
        if not isinstance(getattr(buffer, "raw", buffer), io.FileIO):
            return old  # A console of Windows, or something that a test put there.
        old.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(raw(descriptor, "w", closefd=False)),
        encoding=old.encoding if old is not None else "utf-8",
        errors=_REPLACEMENT,
        line_buffering=raw is _Stderr or os.isatty(descriptor),
    )


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in lost), error.end
