"""`python -m tests.fuzz --minutes N --seed S`: looks for files and queries that a reader has no answer to."""

import argparse
import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from tests.fuzz.rounds import Failure, Files
from tests.fuzz.subjects import SUBJECTS

_MEMORY = 8 << 30
"""A reader that wants more than this fails here instead of taking the machine down."""


def main() -> int:
    """Fuzz until the time is up; the exit code is 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long to look")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other changes")
    parser.add_argument("--subject", choices=list(SUBJECTS), action="append", help="only these readers")
    parser.add_argument("--round", type=int, help="only the round of this number")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="where failures are saved")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    end = time.monotonic() + given.minutes * 60
    numbers = [given.round] if given.round is not None else count()
    done, places = 0, dict[tuple[str, str], int]()
    with ExitStack() as stack:
        prepared = []
        for name in given.subject or SUBJECTS:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            prepared.append(Files(SUBJECTS[name], folder))
        for number in numbers:
            for files in prepared:
                done += 1
                _tell(files.round(given.seed, number, given.keep), places)
                if time.monotonic() > end and given.round is None:
                    return _summary(done, places)
    return _summary(done, places)


def _tell(failure: Failure | None, places: dict[tuple[str, str], int]) -> None:
    """Print a failure, unless another one at its place was printed."""
    if failure is None:
        return
    key = type(failure.error).__name__, failure.place
    places[key] = places.get(key, 0) + 1
    if places[key] == 1:
        print(failure, flush=True)


def _summary(done: int, places: dict[tuple[str, str], int]) -> int:
    print(f"{done:,} rounds, {sum(places.values()):,} failures at {len(places):,} places")
    for (error, place), times in sorted(places.items()):
        print(f"  {times:6,} × {error} at {place}")
    return 1 if places else 0


if __name__ == "__main__":
    sys.exit(main())
