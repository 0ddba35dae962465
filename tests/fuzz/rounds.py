"""One round: a valid set of files with changes is read; what is neither tables nor an error is a failure."""

import resource
import shutil
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType

from aquarium_tui.errors import AquariumError
from tests.fuzz.mutators import mutated

SECONDS = 30
"""A round takes some 20 ms; this says that a reader hangs, also on a busy machine."""
BYTES = 1 << 30
"""Memory that reading a file of a few kB may take in addition; a decoded image may take a lot."""


@dataclass(frozen=True)
class Subject:
    """What is fuzzed.

    Attributes:
        name: What `--subject` takes.
        write: Writes one valid set of files into an empty folder; returns the one that a user would name.
        read: Reads that file with the others beside it; raises an `AquariumError` if it cannot.
        changed: A pattern of the files that are changed.
    """

    name: str
    write: Callable[[Path], Path]
    read: Callable[[Path], object]
    changed: str = "**/*"


@dataclass(frozen=True)
class Failure:
    """Something that escaped a reader.

    Attributes:
        subject: Which reader.
        seed: The seed, with
        number: the number of the round, gives the same files again.
        error: The exception.
        kept: The folder that holds the files.
    """

    subject: str
    seed: int
    number: int
    error: BaseException
    kept: Path | None = None

    @property
    def place(self) -> str:
        """The line of the program that raised it; failures at the same place are most likely the same."""
        frames = traceback.extract_tb(self.error.__traceback__)
        own = [frame for frame in frames if "/aquarium_tui/" in frame.filename] or frames
        return f"{own[-1].filename.rpartition('/aquarium_tui/')[2]}:{own[-1].lineno}" if own else ""

    def __str__(self) -> str:
        what = f"{type(self.error).__name__}: {str(self.error)[:200]!r} at {self.place}"
        again = f'python -m tests.fuzz --subject "{self.subject}" --seed {self.seed} --round {self.number}'
        kept = f"\n  files: {self.kept}" if self.kept else ""
        return f"{self.subject}: {what}\n  again: {again}{kept}"


class SlowError(BaseException):
    """A reader took too long; no `Exception`, so that no reader takes it for a damaged file."""


class HungryError(BaseException):
    """A reader took too much memory."""


class Files:
    """The valid files of a subject in a folder, changed and put back round by round."""

    def __init__(self, subject: Subject, folder: Path) -> None:
        self.subject = subject
        self.folder = folder
        self.named = subject.write(folder)
        self._valid = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        self._changed = [path for path in sorted(folder.glob(subject.changed)) if path in self._valid]

    def read_valid(self) -> object:
        """What is read of the files as they are."""
        return self.subject.read(self.named)

    def round(self, seed: int, number: int, keep: Path | None = None) -> Failure | None:
        """Read the files with the changes of this round.

        Args:
            seed: The seed.
            number: The number of the round.
            keep: Where the files of a failure are copied to.
        """
        rng = Random(f"{self.subject.name}/{seed}/{number}")
        chosen = rng.sample(self._changed, min(rng.choice((1, 1, 1, 2)), len(self._changed)))
        for path in chosen:
            path.write_bytes(mutated(rng, path.name, self._valid[path]))
        try:
            with _bounded(), warnings.catch_warnings():
                warnings.simplefilter("error")  # A warning would be printed in the middle of the screen.
                self.subject.read(self.named)
        except AquariumError as error:
            assert str(error)
        except (Exception, SlowError, HungryError) as error:
            return Failure(self.subject.name, seed, number, error, self._kept(keep, seed, number, error))
        finally:
            for path in chosen:
                path.write_bytes(self._valid[path])
        return None

    def _kept(self, keep: Path | None, seed: int, number: int, error: BaseException) -> Path | None:
        if keep is None:
            return None
        target = keep / f"{self.subject.name.replace(' ', '_')}-{seed}-{number}"
        shutil.copytree(self.folder, target, dirs_exist_ok=True)
        (target / "traceback.txt").write_text("".join(traceback.format_exception(error)), "utf-8", "replace")
        return target


@contextmanager
def _bounded() -> Iterator[None]:
    """End what runs inside after `SECONDS`, and complain if it took more than `BYTES`."""
    before = _peak()
    alarm = threading.current_thread() is threading.main_thread()

    def ring(_: int, frame: FrameType | None) -> None:
        raise SlowError(f"stopped after {SECONDS} s")

    if alarm:
        previous = signal.signal(signal.SIGALRM, ring)
        signal.alarm(SECONDS)
    try:
        yield
    finally:
        if alarm:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, previous)
    if _peak() - before > BYTES:
        raise HungryError(f"took {(_peak() - before) >> 20:,} MB")


def _peak() -> int:
    """The most memory this process ever had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10
