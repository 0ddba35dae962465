"""Work in other processes, wherever the program runs."""

import subprocess
import sys

PROGRAM = """
import sys
from aquarium_tui.work.pool import Watch, worked, workers

class NoFile:
    def write(self, text): return len(text)
    def flush(self): pass
    def fileno(self): return -1

if __name__ == "__main__":
    sys.stderr = NoFile()
    with workers(10**10) as pool:
        assert pool is not None
        print([*worked(abs, range(-40, 0), pool, Watch())] == [*range(40, 0, -1)])
"""


def test_processes_start_where_stderr_is_no_file(tmp_path):
    """An interface puts something without a file descriptor in its place."""
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr
