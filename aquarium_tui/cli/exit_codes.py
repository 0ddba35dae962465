"""How the program ends: usable streams, an exit code, and a sentence instead of a traceback."""

import codecs
import errno
import io
import os
import select
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from aquarium_tui.error_log import UNEXPECTED, log_error
from aquarium_tui.errors import AquariumError

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


BAD_INPUT = 2
"""Bad usage or bad input, as argparse and typer have it."""
LOST_OUTPUT = 74
"""What was printed could not be written (EX_IOERR)."""
INTERRUPTED = 130
"""128 + SIGINT, as shells report a program that ctrl+c ended."""
CLOSED_PIPE = 141
"""128 + SIGPIPE: how programs end whose reader, such as `head`, goes away."""


def run(command: Callable[[], None]) -> None:
    """Run a command and exit with the code that says how it went."""
    prepare()
    code = _contained(command)
    lost = _contained(sys.stdout.flush)
    sys.exit(lost or code)


def _contained(step: Callable[[], None]) -> int:
    """The exit code of a step; where it is not 0, a sentence says why, wherever one can be printed."""
    try:
        step()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except OutputLostError as error:
        return _lost(error)
    except AquariumError as error:
        complain(_visible(str(error)))
        return BAD_INPUT
    except Exception as error:
        return _unexpected(error)
    return 0


def _lost(error: OutputLostError) -> int:
    discard_output()
    if error.closed_pipe:
        return CLOSED_PIPE
    complain(f"The output could not be written: {error}.")
    return LOST_OUTPUT


def _unexpected(error: Exception) -> int:
    log = log_error(error, f"command line: {sys.argv}")
    details = f"Details are in {log}." if log else "The log file could not be written."
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    complain(_visible(f"An unexpected error ended the program ({what}). {details}"))
    return UNEXPECTED


def _visible(text: str) -> str:
    from aquarium_tui.model.names import visible

    return "\n  ".join(visible(line) for line in text.splitlines())
