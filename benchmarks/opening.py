"""From the command to the first screen with numbers on it, on a pseudo-terminal; warm store.

Usage: python -m benchmarks.opening [--frames 5000] [--runs 5]
"""

import argparse
import os
import pty
import resource
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from fcntl import ioctl
from pathlib import Path

from aquarium_tui.store import Store
from benchmarks.data import dataset, inferences

COLUMNS, LINES = 120, 36
IMPORTS = "import textual.app, numpy, duckdb"


def main() -> None:
    """Print the medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--frames", type=int, default=5_000)
    options.add_argument("--runs", type=int, default=5)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        _fill(Path(home), asked.frames)
        first = _opened(home, b"cells")
        warm = [_opened(home, b"cells") for _ in range(asked.runs)]
    imports = [_timed([sys.executable, "-c", IMPORTS]) for _ in range(asked.runs)]
    version = [_timed([sys.executable, "-m", "aquarium_tui", "--version"]) for _ in range(asked.runs)]
    bare = [_timed([sys.executable, "-c", ""]) for _ in range(asked.runs)]
    print(f"{asked.frames:,} frames, {asked.frames * 100:,} inferences a set; medians of {asked.runs}")
    print(f"aquarium-tui --version          {statistics.median(version):.3f} s")
    print(f"bare Python                     {statistics.median(bare):.3f} s")
    print(f"first screen, cold caches       {first[0]:.2f} s")
    print(
        f"first screen, warm              {statistics.median(t for t, _ in warm):.2f} s   "
        f"importing Textual, NumPy, DuckDB alone {statistics.median(imports):.2f} s"
    )
    print(f"peak memory                     {max(m for _, m in warm) / 1024:.0f} MB")


def _fill(home: Path, frames: int) -> None:
    store, data = Store(home), dataset(frames)
    store.add_dataset(data)
    for seed, name in enumerate(("model_a", "model_b"), 1):
        store.add_inferences(data, inferences(data, name, seed))


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _opened(home: str, sign: bytes) -> tuple[float, int]:
    """Seconds until `sign` is drawn, and the peak resident memory in kB so far."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(AQUARIUM_HOME=home, TERM="xterm-256color")
        command = [sys.executable, "-m", "aquarium_tui", "open", "bench/val", "--graphics", "half"]
        os.execv(sys.executable, command)
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    seen, done = b"", 0.0
    while time.perf_counter() - start < 60 and not done:
        if select.select([terminal], [], [], 0.01)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
        if b"\x1b[c" in seen:
            seen = seen.replace(b"\x1b[c", b"")
            os.write(terminal, b"\x1b[?62c")
        done = time.perf_counter() - start if sign in seen else 0.0
    peak = _peak(pid)
    os.write(terminal, b"q")
    os.close(terminal)
    os.waitpid(pid, 0)
    return done, peak


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


if __name__ == "__main__":
    main()
