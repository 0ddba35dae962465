"""How the program ends: usable streams, an exit code, and a sentence instead of a traceback."""

import codecs
import errno
import io
import json
import os
import select
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from aquarium_tui.error_log import UNEXPECTED, log_error
from aquarium_tui.errors import AquariumError, UnfinishedError, UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer
    from typer import Typer


_REPLACEMENT = "aquarium-tui"
_PLAIN = {"−": "-", "–": "-", "→": "->", "…": "...", "×": "x", "·": "-", "≥": ">=", "≤": "<=", "±": "+-"}
_PLAIN |= {"▲": "^", "▼": "v", "◆": "=", "↑": "^", "↓": "v", "✓": "+", "✗": "x", "Δ": "d", "²": "2"}
"""What the program itself prints beyond ASCII. A lost minus would change the meaning of a number, and a
question mark before "better" would be one."""


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
    codecs.register(_plain_ascii)
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
    encoding = old.encoding if old is not None else "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(raw(descriptor, "w", closefd=False)),
        encoding=_ASCII if codecs.lookup(encoding).name == "ascii" else encoding,
        errors=_REPLACEMENT,
        line_buffering=raw is _Stderr or os.isatty(descriptor),
    )


_ASCII = "aquarium_ascii"
"""ASCII under another name: Click takes one of that name for set up wrongly, and writes UTF-8 past it."""


def _plain_ascii(name: str) -> codecs.CodecInfo | None:
    """Find the codec of that name, for `codecs.register`."""
    if name != _ASCII:
        return None
    found = codecs.lookup("ascii")
    return codecs.CodecInfo(
        name=_ASCII,
        encode=found.encode,
        decode=found.decode,
        incrementalencoder=found.incrementalencoder,
        incrementaldecoder=found.incrementaldecoder,
    )


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in lost), error.end


_LONGEST_NAME = 200
"""Characters of a file's name in an error; a name that is too long for the system would fill the screen."""
UNFINISHED = 1
"""Something that was looked for is wrong."""
BAD_INPUT = 2
"""Bad usage or bad input, as argparse and typer have it."""
LOST_OUTPUT = 74
"""What was printed could not be written (EX_IOERR)."""
INTERRUPTED = 130
"""128 + SIGINT, as shells report a program that ctrl+c ended."""
CLOSED_PIPE = 141
"""128 + SIGPIPE: how programs end whose reader, such as `head`, goes away."""

EXIT_CODES = {
    0: "It worked; with a gate: no rule failed.",
    UNFINISHED: "Something that was looked for is wrong: a rule of the gate failed, or an image is missing.",
    BAD_INPUT: "A command, option, name or file cannot be used as given; the message says how to fix it.",
    UNEXPECTED: "An unexpected error ended the program; the log file has the details.",
    LOST_OUTPUT: "What was printed could not be written.",
    INTERRUPTED: "Ctrl+c ended it.",
    CLOSED_PIPE: "Whoever read the output went away.",
}


def run(command: Callable[[], None]) -> None:
    """Run a command and exit with the code that says how it went."""
    prepare()
    code = _contained(command)
    lost = _contained(sys.stdout.flush)
    if code == INTERRUPTED:
        # Python would wait for its threads, which may wait for a disk that does not answer.
        os._exit(code)
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
        code = UNFINISHED if isinstance(error, UnfinishedError) else BAD_INPUT
        _report_error(type(error).__name__, error.message, error.hint, code)
        return code
    except Exception as error:
        # A file that the system refuses is no fault of the program, wherever that is noticed.
        named = isinstance(error, OSError) and error.filename is not None
        return _unusable(cast("OSError", error)) if named else _unexpected(error)
    return 0


def without_errors(arguments: list[str]) -> list[str]:
    """The arguments without `--errors json|text`, which may stand anywhere; one `json` makes all errors JSON.

    It is taken out before anything is parsed, as mistakes in the command line itself have to be JSON too.

    Raises:
        UsageError: It has another value, or none. That is JSON as well: only programs use the option.
    """
    kept: list[str] = []
    given: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            kept += [argument, *waiting]
        elif argument == _ERRORS:
            given.append(next(waiting, ""))
        elif argument.startswith(f"{_ERRORS}="):
            given.append(argument.removeprefix(f"{_ERRORS}="))
        else:
            kept.append(argument)
    refused = [value for value in given if value not in ("json", "text")]
    _WANTS.json = "json" in given or bool(refused)
    if refused:
        raise UsageError(
            f"{_ERRORS} cannot be {refused[0]!r}." if refused[0] else f"{_ERRORS} needs a value.",
            "Errors are printed as json or as text.",
        )
    return kept


_ERRORS = "--errors"


def parsed(app: "Typer") -> None:
    """Parse the command line and run it; where errors are to be JSON, mistakes in it too.

    Raises:
        UsageError: The command line is wrong, and errors are to be JSON.
        SystemExit: The command ends with an exit code.
    """
    _await_files(sys.argv[1:])
    if not _WANTS.json:
        app()
        return
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        # Typer has its own copy of Click in some releases, so its errors are told by what they can do.
        if hasattr(error, "format_message"):
            raise _usage_error(error) from error
        raise
    sys.exit(code if isinstance(code, int) else 0)


def _usage_error(error: Any) -> UsageError:  # noqa: ANN401
    """An error of Click as one of the program's."""
    context = getattr(error, "ctx", None)
    names: list[str] = []
    within = context
    while within is not None and within.parent is not None:
        names.insert(0, within.info_name)
        within = within.parent
    command = " ".join(["aquarium-tui", *names])
    commands = getattr(context.command, "commands", {}) if context else {}
    hint = f"`{command} --help` lists the options."
    if commands and not hasattr(error, "option_name"):
        hint = f"Commands: {', '.join(commands)}."
    # Without a command, what Click has to say is the whole help.
    missing = type(error).__name__ == "NoArgsIsHelpError"
    return UsageError(f"`{command}` needs a command." if missing else error.format_message(), hint)


def _await_files(arguments: list[str]) -> None:
    """Wait until the file systems of all files that are named answer; ctrl+c ends the wait.

    Click asks the system about them when it parses, and nothing interrupts that on a frozen mount.
    """
    from aquarium_tui.work.mount import reach

    for argument in arguments:
        value = argument.partition("=")[2] if argument.startswith("-") else argument
        # Whatever else this is, such as a query, no file system waits for.
        if value and "://" not in value:
            reach(Path(value), lambda sentence: complain(_visible(sentence)))


@dataclass
class _Wanted:
    """How errors are printed."""

    json: bool = False


_WANTS = _Wanted()


def _report_error(kind: str, message: str, hint: str, code: int) -> None:
    """Say on stderr what is wrong."""
    if _WANTS.json:
        facts = {"kind": kind, "message": message, "hint": hint, "exit_code": code}
        sys.stderr.write(json.dumps({"error": facts}) + "\n")
        sys.stderr.flush()
    else:
        complain(_visible(f"{message}\n{hint}" if hint else message))


def _lost(error: OutputLostError) -> int:
    discard_output()
    if error.closed_pipe:
        return CLOSED_PIPE
    _report_error("OutputLost", f"The output could not be written: {error}.", "", LOST_OUTPUT)
    return LOST_OUTPUT


def _unusable(error: OSError) -> int:
    """A file that the system refuses: links in a circle, a name that is too long."""
    log_error(error, f"command line: {sys.argv}")
    name = str(error.filename)
    shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    _report_error("InputError", f"{shown} cannot be used: {error.strerror}.", "", BAD_INPUT)
    return BAD_INPUT


def _unexpected(error: Exception) -> int:
    log = log_error(error, f"command line: {sys.argv}")
    details = f"Details are in {log}." if log else "The log file could not be written."
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    message = f"An unexpected error ended the program ({what}). {details}"
    _report_error("Unexpected", message, "", UNEXPECTED)
    return UNEXPECTED


def _visible(text: str) -> str:
    from aquarium_tui.model.names import visible

    return "\n  ".join(visible(line) for line in text.splitlines())
