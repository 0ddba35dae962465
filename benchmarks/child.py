"""One side of a row in a process of its own: `python -m benchmarks.child ROW SIDE DATA FRAMES`.

It prepares, says so, and then does one run for each line `run` that it reads, so that the two sides of a row
can take turns and a disturbance of the machine meets both. At `stop` it tells its peak memory and ends.
Answers are JSON objects, one per line.
"""

import json
import os
import resource
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.command import megabytes
from benchmarks.table import ROWS
from benchmarks.work import PEAK, NotMeasuredError, Site, Work

OURS, REFERENCE = "ours", "reference"


def main(name: str, side: str, data: str, frames: str) -> None:
    """Serve one side until it is told to stop, or fails."""
    row = ROWS[name]
    place = row.work if side == OURS else row.against
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the work prints is not the answer

    def answer(**content: object) -> None:
        answers.write(json.dumps(content) + "\n")

    with tempfile.TemporaryDirectory() as temporary:
        try:
            work = loaded(place)(Site(Path(data), int(frames), Path(temporary)), *row.arguments)
            answer(ready=True)
            serve(work, answer)
        except NotMeasuredError as error:
            answer(failed=str(error))
        except Exception as error:
            answer(failed=f"{type(error).__name__}: {error}")
            raise


def serve(work: Work, answer: Any) -> None:  # noqa: ANN401
    """Do runs until told to stop."""
    peaks: list[float] = []
    for line in sys.stdin:
        if line.strip() == "stop":
            own = megabytes(resource.getrusage(resource.RUSAGE_SELF))
            answer(peak=max(peaks, default=own) or None)
            return
        figures = dict(work())
        if PEAK in figures:
            peaks.append(figures.pop(PEAK))
        answer(figures=figures)


def loaded(place: str) -> Any:  # noqa: ANN401
    """The function at `module:name` below `benchmarks.rows`."""
    module, _, name = place.partition(":")
    return getattr(import_module(f"benchmarks.rows.{module}"), name)


if __name__ == "__main__":
    main(*sys.argv[1:])
