"""Work in other processes: wherever the program runs, and whatever happens to the workers."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from aquarium_tui.errors import CancelledError
from aquarium_tui.work.executor import LocalProcesses, Lost, Watch, WorkerDiedError, worked, workers

PROGRAM = """
import sys
from aquarium_tui.work.executor import worked, workers
from aquarium_tui.work.executor import Watch

class NoFile:
    def write(self, text): return len(text)
    def flush(self): pass
    def fileno(self): return -1

if __name__ == "__main__":
    sys.stderr = NoFile()
    with workers(Watch(), 100) as executor:
        assert executor is not None
        print(sorted(worked(abs, range(-40, 0), executor, Watch())) == [*enumerate(range(40, 0, -1))])
"""

JOBS = [str(number) for number in range(40)]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_once(job: tuple[str, str]) -> str:
    """The job's name; the worker that first gets `17` dies, and leaves a file that says so."""
    folder, name = job
    if name == "17" and not (mark := Path(folder) / "died").exists():
        mark.touch()
        die()
    return name


def always_dies(name: str) -> str:
    if name in ("5", "17"):
        die()
    return name


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with LocalProcesses(2) as executor:
        yield executor


def test_processes_start_where_stderr_is_no_file(tmp_path: Path) -> None:
    """An interface puts something without a file descriptor in its place."""
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr


def test_processes_are_started_only_where_that_is_worth_it() -> None:
    with workers(Watch(), 0.1) as none:
        assert none is None


def test_an_executor_that_is_given_is_used_and_left_open() -> None:
    with ThreadPoolExecutor(1) as pool:
        with workers(Watch(executor=pool), 0.1) as used:
            assert used is pool
        assert pool.submit(abs, -1).result() == 1


class Foreign(Executor):
    """An executor of another library; the calls whose number is in `broken` fail as their worker dies."""

    def __init__(self, broken: set[int]) -> None:
        self.broken, self.calls = broken, 0

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        self.calls += 1
        if self.calls in self.broken:
            future.set_exception(BrokenExecutor("a worker left"))
        else:
            future.set_result(function(*arguments, **named))
        return future


def test_calls_whose_foreign_worker_died_are_tried_again() -> None:
    found = dict(worked(abs, [-1, -2], Foreign({1}), Watch()))
    assert found == {0: 1, 1: 2}


def test_calls_are_tried_three_times_at_most() -> None:
    foreign = Foreign({1, 2, 3})
    (found,) = dict(worked(abs, [-1], foreign, Watch())).values()
    assert isinstance(found, Lost)
    assert foreign.calls == 3


def test_a_worker_that_is_killed_is_replaced_and_its_part_done_again(
    processes: Executor, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    jobs = [(str(tmp_path), name) for name in JOBS]
    found = dict(worked(dies_once, jobs, processes, Watch(lambda *n: told.append(n))))
    assert (tmp_path / "died").exists()
    assert [found[position] for position in range(len(jobs))] == JOBS
    assert told[0] == (0, len(jobs))
    assert told[-1] == (len(jobs), len(jobs))
    assert told == sorted(told)


ABANDONED = """
import os, sys
from aquarium_tui.work.executor import LocalProcesses
if __name__ == "__main__":
    sys.stdout.write(str(LocalProcesses(1).submit(os.getpid).result()))
    sys.stdout.flush()
    os._exit(0)
"""


def test_a_worker_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "abandoned.py"
    script.write_text(ABANDONED)
    # Its end of the pipe is the worker's too: reading comes to an end when both are gone.
    worker = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=20, check=True)
    assert int(worker.stdout) > 0


def test_jobs_that_end_every_worker_are_named_and_all_others_done(processes: Executor) -> None:
    found = dict(worked(always_dies, JOBS, processes, Watch()))
    assert {position for position, result in found.items() if isinstance(result, Lost)} == {5, 17}
    assert [found[position] for position in range(len(JOBS)) if position not in (5, 17)] == [
        name for name in JOBS if name not in ("5", "17")
    ]
    assert "died 3 times" in str(found[5])


def test_a_dead_worker_fails_its_own_call_alone(processes: Executor) -> None:
    calls = [processes.submit(always_dies, name) for name in ("4", "5", "6")]
    with pytest.raises(WorkerDiedError, match="memory"):
        calls[1].result()
    assert [calls[0].result(), calls[2].result()] == ["4", "6"]
    assert processes.submit(always_dies, "7").result() == "7"


def test_errors_of_the_function_are_not_tried_again(processes: Executor) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(worked(int, ["1", "x"], processes, Watch()))


@pytest.mark.parametrize("threads", [None, 1])
def test_work_can_be_stopped(threads: int | None) -> None:
    executor = ThreadPoolExecutor(threads) if threads else None
    with pytest.raises(CancelledError):
        list(worked(abs, range(40), executor, Watch(cancelled=lambda: True)))
    if executor:
        executor.shutdown()
