"""Many jobs done here or by an executor; a worker process that dies is replaced and its jobs are tried again.

The seam is `concurrent.futures.Executor`: processes of this machine, or whatever a `Watch` carries, such as
the workers of a Dask cluster. Where a worker of it dies, the call fails with `BrokenExecutor` or
`WorkerDiedError`.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import CancelledError as FutureCancelled
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context, parent_process, resource_tracker
from queue import Empty, SimpleQueue
from secrets import token_hex
from threading import Thread
from typing import Any, Generic, ParamSpec, TypeVar, cast

from aquarium_tui.errors import AquariumError, CancelledError, UsageError
from aquarium_tui.model.names import visible

Tell = Callable[[str], None]
"""Called with what is being done, in a few words."""


@dataclass(frozen=True)
class Watch:
    """What long work asks its caller.

    Attributes:
        progress: Called with how much is done, and of how much.
        cancelled: Asked now and then whether to stop.
        executor: Where jobs are done; None starts processes of this machine where that is worth it.
    """

    progress: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False
    executor: Executor | None = None

    def check(self) -> None:
        """Raise `CancelledError` if the work is to stop."""
        if self.cancelled():
            raise CancelledError


_PART = 16
"""Jobs that are sent to a worker together. Sending takes 0.1 ms and counting a small frame 1 ms, so that the
former does not count; larger parts would make the progress jump."""
_RETRIES = 2
"""How often a part is tried again after its worker died."""
_POLL = 0.1
"""Seconds between two questions whether to stop: quick enough for a key press."""
_WORTH_PROCESSES = 1.0
"""Seconds of work on one core below which no processes are started: each takes 0.3 s to import NumPy."""

_DEATHS = frozenset({"KilledWorker", "WorkerCrashedError", "TerminatedWorkerError"})
"""What Dask, Ray and joblib raise where a worker died; none of them needs to be installed."""

P = ParamSpec("P")
Job = TypeVar("Job")
Result = TypeVar("Result")


class WorkerDiedError(AquariumError):
    """A worker process ended during its work: something killed it, mostly for want of memory."""


@dataclass(frozen=True)
class Lost:
    """Stands for the result of a job whose worker died every time it was tried."""

    reason: str = f"the worker process died {1 + _RETRIES} times, killed or out of memory"


class LocalProcesses(Executor):
    """Worker processes of this machine. One that dies is replaced, and only the call it worked on fails.

    Each worker is a process pool of one: a larger pool breaks as a whole, and does not tell which call ended
    its worker.

    Args:
        workers: How many processes.
    """

    def __init__(self, workers: int) -> None:
        _start_tracker()
        self._threads = ThreadPoolExecutor(workers)
        self._idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        for _ in range(workers):
            self._idle.put(_process())

    def submit(self, function: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> "Future[Result]":
        """Call a function of a module in a worker.

        The future raises `WorkerDiedError` if the worker dies.
        """
        return self._threads.submit(self._call, partial(function, *args, **kwargs))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers once running calls are done, and those that wait unless they are cancelled.

        Without `wait`, workers that are busy end with the program.
        """
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        while not self._idle.empty():
            self._idle.get().shutdown(wait)

    def _call(self, call: "partial[Result]") -> Result:
        process = self._idle.get()
        try:
            return process.submit(call).result()
        except BrokenProcessPool as error:
            process.shutdown()
            process = _process()
            raise WorkerDiedError(
                "A worker process ended before its work was done.", "The machine may have run out of memory."
            ) from error
        finally:
            self._idle.put(process)


def _process() -> ProcessPoolExecutor:
    """A worker that starts with its first call; spawned, as a fork of a program with threads may hang."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """End this worker with the program, however that ends; a worker never learns that no call will come."""

    def watch() -> None:
        if parent := parent_process():
            parent.join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _start_tracker() -> None:
    """Start the process that multiprocessing keeps beside its workers, with the real stderr.

    It inherits the descriptor of `sys.stderr`; the object that an interface puts there has none.
    """
    with redirect_stderr(sys.__stderr__):
        resource_tracker.ensure_running()


def _cores() -> int:
    """The cores that this process may use: schedulers of clusters give a job fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def workers(watch: Watch, seconds: float) -> Iterator[Executor | None]:
    """The executor of `watch`, else processes on all cores; None where the work is done sooner without.

    Args:
        watch: What carries the executor; one that it brings is left open.
        seconds: How long the work takes on one core.
    """
    cores = _cores()
    if watch.executor is not None or seconds < _WORTH_PROCESSES or cores < 2:
        yield watch.executor
        return
    processes, wait = LocalProcesses(cores), True
    try:
        yield processes
    except KeyboardInterrupt:
        wait = False  # A worker may read from a disk that does not answer.
        raise
    finally:
        processes.shutdown(wait, cancel_futures=not wait)


def worked(
    function: Callable[[Job], Result], jobs: Sequence[Job], executor: Executor | None, watch: Watch
) -> Iterator[tuple[int, Result | Lost]]:
    """The result of each job with the job's position, in the order in which they are done.

    When a worker dies, its jobs are tried again, twice, each by itself so that one that ends every worker
    takes no other with it.

    Args:
        function: Of a module, or a partial of one, so that it can be sent to another process.
        jobs: What it is called with.
        executor: Where; None calls it here.
        watch: How the work is watched.

    Yields:
        `Lost` for a job that no worker survived.

    Raises:
        CancelledError: `watch.cancelled` returned true.
        AquariumError: The executor as a whole is broken.
    """
    watch.progress(0, len(jobs))
    results = (
        _here(function, jobs, watch) if executor is None else _Sent(function, jobs, executor).results(watch)
    )
    done = 0
    for part in results:
        yield from part
        done += len(part)
        watch.progress(done, len(jobs))


def _here(
    function: Callable[[Job], Result], jobs: Sequence[Job], watch: Watch
) -> Iterator[Sequence[tuple[int, Result]]]:
    for position, job in enumerate(jobs):
        watch.check()
        yield [(position, function(job))]


@dataclass(frozen=True)
class _Part:
    """Positions of jobs that are sent together, and how often they were tried before."""

    jobs: range
    tries: int = 0


class _Sent(Generic[Job, Result]):
    """Jobs at an executor."""

    def __init__(self, function: Callable[[Job], Result], jobs: Sequence[Job], executor: Executor) -> None:
        self._function, self._jobs, self._executor = function, jobs, executor
        self._parts: dict[Future[Sequence[Result]], _Part] = {}
        self._finished: SimpleQueue[Future[Sequence[Result]]] = SimpleQueue()

    def results(self, watch: Watch) -> Iterator[Sequence[tuple[int, Result | Lost]]]:
        """What comes back, part by part; whatever is still waiting when the caller leaves is cancelled."""
        try:
            for first in range(0, len(self._jobs), _PART):
                self._send(_Part(range(first, min(first + _PART, len(self._jobs)))))
            while self._parts:
                watch.check()
                try:
                    future = self._finished.get(timeout=_POLL)
                except Empty:
                    continue
                yield self._received(future)
        except BrokenExecutor as error:
            raise AquariumError("The executor broke down before the work was done.", str(error)) from error
        except FutureCancelled as error:
            raise AquariumError(
                "The executor gave up the work before it was done.",
                "If it is a cluster, its scheduler may be gone. What was done is kept.",
            ) from error
        finally:
            for future in self._parts:
                future.cancel()

    def _send(self, part: _Part) -> None:
        jobs = [self._jobs[i] for i in part.jobs]
        future = self._executor.submit(_each, self._function, jobs, token_hex(8))
        self._parts[future] = part
        future.add_done_callback(self._finished.put)

    def _received(self, future: "Future[Sequence[Result]]") -> Sequence[tuple[int, Result | Lost]]:
        part = self._parts.pop(future)
        try:
            return list(zip(part.jobs, future.result(), strict=True))
        except Exception as error:
            if not _is_death(error):
                raise
            if part.tries == _RETRIES:
                return [(position, Lost()) for position in part.jobs]
        for position in part.jobs:
            self._send(replace(part, jobs=range(position, position + 1), tries=part.tries + 1))
        return []


def _is_death(error: Exception) -> bool:
    """Whether a call failed because its worker died."""
    names = {each.__name__ for each in type(error).__mro__}
    return isinstance(error, WorkerDiedError | BrokenExecutor) or not _DEATHS.isdisjoint(names)


def _each(function: Callable[[Job], Result], jobs: Sequence[Job], token: str) -> Sequence[Result]:
    """Do jobs; the token makes each call another one, as executors may take equal calls for one."""
    del token
    return [function(job) for job in jobs]


_PATIENCE = 10
"""Seconds within which a scheduler has to answer; Dask itself waits for 30."""


@contextmanager
def cluster(address: str) -> Iterator[Executor | None]:
    """The workers that a scheduler has; None without an address.

    The same call is made again whenever it is asked for (`pure=False`): what a file holds may have changed.

    Args:
        address: Of a Dask scheduler, as in `tcp://host:8786`.

    Raises:
        UsageError: Dask is not installed, or no scheduler answers.
    """
    if not address:
        yield None
        return
    client = _client(address)
    try:
        yield cast(Executor, client.get_executor(pure=False))
    finally:
        client.close(timeout=2)


def _client(address: str) -> Any:  # noqa: ANN401
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "--cluster needs Dask, which is not installed.", "pip install 'aquarium-tui[cluster]'"
        ) from error
    # What it logs of lost workers would be drawn over the interface.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        client: Any = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {visible(address)} ({visible(str(error).splitlines()[0])}).",
            "Start one with `dask scheduler`, and workers with `dask worker ADDRESS`.",
        ) from error
    if not client.scheduler_info().get("workers"):
        client.close(timeout=2)
        raise UsageError(
            f"The Dask scheduler at {visible(address)} has no workers.",
            "Start some with `dask worker ADDRESS`.",
        )
    return client
