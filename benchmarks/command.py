"""Starts one command and tells how long it took, and how much memory: `python -m benchmarks.command JSON`.

It loads nothing but the standard library: on Linux, the peak memory that the system reports for a process
includes that of the process that started it, so whoever starts a measured command must be small.
"""

import json
import os
import pty
import resource
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from fcntl import ioctl

Result = dict[str, float | str]
"""`time` in seconds and, where it is known, `peak` in MB; or under `failed` why there is neither."""

COLUMNS, LINES = 120, 36
LONGEST = 600.0
"""Seconds after which a command counts as not measured."""
_LEAVING = 10.0
"""Seconds that a program has to end after its key to quit, before it is killed."""
_MEGABYTE = 1e6 if sys.platform == "darwin" else 1e6 / 1024
"""`ru_maxrss` is in bytes on macOS, in units of 1024 bytes elsewhere."""


def megabytes(used: resource.struct_rusage) -> float:
    """Peak resident memory."""
    return used.ru_maxrss / _MEGABYTE


def _result(taken: float, used: resource.struct_rusage) -> Result:
    """Peak memory is left out where it may be this process's own, inherited at the start."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"time": taken, "peak": megabytes(used)} if used.ru_maxrss > own else {"time": taken}


def run(command: Sequence[str], environment: Mapping[str, str]) -> Result:
    """Run a command from its start to its end."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    said = process.stderr.read().decode(errors="replace")
    used = _ended(process)
    taken = time.perf_counter() - start
    if process.returncode:
        return {"failed": f"exit code {process.returncode}: {' '.join(said.split()[-40:])}"}
    return _result(taken, used)


def run_until_drawn(
    command: Sequence[str], environment: Mapping[str, str], sign: str, quiet: float = 0.0
) -> Result:
    """Run a program in a terminal of our own making until it has drawn `sign`, then quit it with `q`.

    Args:
        command: The program.
        environment: Variables besides those of this process.
        sign: Text without a colour or line break in it.
        quiet: Where above 0, the time is that of the last drawing before so many seconds without any.
    """
    master, terminal = pty.openpty()
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    taken = _drawn(master, sign.encode(), quiet, start)
    used = _quit(process, master)
    os.close(master)
    if taken is None:
        return {"failed": f'"{sign}" was not drawn, or drawing did not end, within {LONGEST:.0f} s'}
    return _result(taken, used)


def _drawn(master: int, sign: bytes, quiet: float, start: float) -> float | None:
    """Seconds until `sign` was drawn, or all that came after it; None if that did not happen."""
    seen, found, last = b"", False, 0.0
    for data in _output(master):
        now = time.perf_counter() - start
        if data is None or now > LONGEST:
            return None
        if data:
            seen, last = (seen + data)[-1_000_000:], now
            found = found or sign in seen
        if found and now - last >= quiet:
            return last
    return None


def _output(master: int) -> Iterator[bytes | None]:
    """What arrives, b"" where nothing has for a moment, and None at the end; questions are answered."""
    while True:
        if not select.select([master], [], [], 0.01)[0]:
            yield b""
            continue
        try:
            data = os.read(master, 65536)
        except OSError:  # the program has closed its end
            data = b""
        if b"\x1b[c" in data:  # primary device attributes: a program may wait for the answer
            os.write(master, b"\x1b[?62c")
        yield data or None


def _quit(process: subprocess.Popen[bytes], master: int) -> resource.struct_rusage:
    end = time.perf_counter() + _LEAVING
    try:
        os.write(master, b"q")
        for data in _output(master):
            if data is None or time.perf_counter() > end:
                break
    except OSError:
        pass
    if time.perf_counter() > end:
        process.kill()
    return _ended(process)


def _ended(process: subprocess.Popen[bytes]) -> resource.struct_rusage:
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used


def main() -> None:
    """Do what the JSON object says: the arguments of `run`, or those of `run_until_drawn`."""
    asked = json.loads(sys.argv[1])
    result = run_until_drawn(**asked) if "sign" in asked else run(**asked)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
