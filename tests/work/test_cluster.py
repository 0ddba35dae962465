"""A Dask cluster: a real scheduler with two worker processes, one of them killed during its work."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aquarium_tui.errors import UsageError
from aquarium_tui.work.executor import cluster

PROGRAM = """
import json, os, signal, sys, time
from distributed import LocalCluster
from aquarium_tui.work.executor import cluster
from aquarium_tui.work.executor import Watch, worked

def job(place):
    # Leaves a trace of every call; the worker that first gets `17` is killed.
    name = os.path.basename(place)
    with open(place + ".calls", "a") as file:
        file.write("x")
    if name == "17" and not os.path.exists(place + ".died"):
        open(place + ".died", "x").close()
        os.kill(os.getpid(), signal.SIGKILL)
    with open(place) as file:
        return file.read()

if __name__ == "__main__":
    folder = sys.argv[1]
    jobs = [os.path.join(folder, str(i)) for i in range(40)]
    options = dict(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    with LocalCluster(**options) as local, cluster(local.scheduler_address) as executor:
        found = dict(worked(job, jobs, executor, Watch()))
        with open(jobs[3], "w") as file:
            file.write("new")
        again = dict(worked(job, jobs[:5], executor, Watch()))
    died = os.path.exists(jobs[17] + ".died")
    json.dump([[found[i] for i in range(40)], [again[i] for i in range(5)], died], sys.stdout)
"""


def test_a_killed_worker_changes_no_result_and_a_changed_file_is_read_again(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    for i in range(40):
        (tmp_path / str(i)).write_text(f"content of {i}")
    done = subprocess.run(
        [sys.executable, script, tmp_path], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
    found, again, died = json.loads(done.stdout)
    assert died
    assert found == [f"content of {i}" for i in range(40)]
    assert again == [found[0], found[1], found[2], "new", found[4]]
    calls = [len((tmp_path / f"{i}.calls").read_text()) for i in range(40)]
    # What was sent together with the job that ended its worker is done again, and nothing else.
    assert all(count == 1 for count in (*calls[5:16], *calls[32:]))


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch) -> None:
    monkeypatch.setattr("aquarium_tui.work.executor._PATIENCE", 0.2)
    with (
        pytest.raises(UsageError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        cluster("tcp://127.0.0.1:9"),
    ):
        pass


def test_without_an_address_there_is_none() -> None:
    with cluster("") as executor:
        assert executor is None
