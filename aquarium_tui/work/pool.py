"""Work on many files, here or in worker processes, that can be watched and stopped."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as NotYetError
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from typing import TypeVar

from aquarium_tui.errors import AquariumError

_CHUNK = 16
"""Files worked on in one go: enough to make up for sending them."""
_POLL = 0.1
_WORTH_PROCESSES = 400_000_000
"""Pixels whose decoding takes about as long as starting processes several times over."""

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Watch:
    """How work is watched and stopped.

    Attributes:
        progress: Is called with how many are done, and of how many.
        cancelled: Asked now and then whether to stop.
    """

    progress: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False

    def check(self) -> None:
        """Raise `CancelledError` if the work is to stop."""
        if self.cancelled():
            raise CancelledError


@contextmanager
def workers(pixels: int) -> Iterator[Executor | None]:
    """Processes for work on so many pixels, one a core; None where it is done sooner without."""
    cores = os.cpu_count() or 1
    if pixels < _WORTH_PROCESSES or cores < 2:
        yield None
        return
    _start_tracker()
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        yield pool


def _start_tracker() -> None:
    """Start the process that multiprocessing keeps beside the workers, on the real stderr.

    It is handed the number of `sys.stderr`, and what an interface puts in its place has none.
    """
    with redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()


def worked(
    function: Callable[[Job], Result], jobs: Sequence[Job], executor: Executor | None, watch: Watch
) -> Iterator[Result]:
    """The result of each job, in order.

    Args:
        function: Of a module, so that it can be sent to another process.
        jobs: What it is called with.
        executor: Where; None calls it here.
        watch: How the work is watched.

    Raises:
        CancelledError: `watch.cancelled` said so.
        AquariumError: A worker process died.
    """
    watch.progress(0, len(jobs))
    chunks = [jobs[first : first + _CHUNK] for first in range(0, len(jobs), _CHUNK)]
    done = 0
    for chunk in (
        _here(function, jobs, watch) if executor is None else _there(function, chunks, executor, watch)
    ):
        yield from chunk
        done += len(chunk)
        watch.progress(done, len(jobs))


def _here(function: Callable[[Job], Result], jobs: Sequence[Job], watch: Watch) -> Iterator[Sequence[Result]]:
    for job in jobs:
        watch.check()
        yield [function(job)]


def _there(
    function: Callable[[Job], Result], chunks: Sequence[Sequence[Job]], executor: Executor, watch: Watch
) -> Iterator[Sequence[Result]]:
    futures = [executor.submit(_each, function, chunk) for chunk in chunks]
    try:
        for future in futures:
            yield _awaited(future, watch)
    except BrokenExecutor as error:
        raise AquariumError(
            "A worker process ended before its work was done.", "The machine may have run out of memory."
        ) from error
    finally:
        for future in futures:
            future.cancel()


def _each(function: Callable[[Job], Result], chunk: Sequence[Job]) -> Sequence[Result]:
    return [function(job) for job in chunk]


def _awaited(future: "Future[Sequence[Result]]", watch: Watch) -> Sequence[Result]:
    while True:
        watch.check()
        try:
            return future.result(timeout=_POLL)
        except NotYetError:
            continue


class CancelledError(Exception):
    """The caller asked the work to stop."""
