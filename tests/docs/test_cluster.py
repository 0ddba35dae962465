"""The scripts of docs/cluster.md run every shard once, with arguments that the command takes."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from aquarium_tui.model.shard import Shard
from tests.cli.test_masks import filled, home, run, street  # noqa: F401

DOCUMENT = Path(__file__).parents[2] / "docs" / "cluster.md"

RECORDER = '#!/bin/sh\nprintf "%s\\n" "$*" >> "$CALLS"\n'
PARALLEL = '#!/bin/sh\njobs=$2\nshift 2\nexec xargs -P "$jobs" -I{} "$@"\n'
"""Of GNU parallel what the script uses, where that is not installed."""


def block(title: str) -> str:
    section = DOCUMENT.read_text("utf-8").split(f"\n## {title}\n")[1]
    found = re.search(r"^```\w+\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


@pytest.fixture
def calls(tmp_path: Path):
    """What a script calls the program with, a line each, for each of several environments."""
    for name, text in (("aquarium-tui", RECORDER), ("parallel", PARALLEL)):
        if name == "aquarium-tui" or not shutil.which(name):
            (tmp_path / name).write_text(text)
            (tmp_path / name).chmod(0o755)

    def calls(script: str, *environments: dict[str, str]) -> list[str]:
        path = f"{tmp_path}:{os.environ['PATH']}"
        for each in environments:
            env = {**os.environ, "PATH": path, "CALLS": str(tmp_path / "calls"), **each}
            subprocess.run(["/bin/bash", "-c", script], env=env, check=True, timeout=20)
        return sorted((tmp_path / "calls").read_text().splitlines())

    return calls


def wanted(count: int) -> list[str]:
    rest = "count street/val --base model_a --other model_b --shard"
    return sorted(f"{rest} {index}/{count}" for index in range(1, count + 1))


def test_slurm(calls) -> None:
    script = block("Slurm")
    last = re.search(r"--array=1-(\d+)", script)
    assert last
    jobs = [
        {"SLURM_ARRAY_TASK_ID": str(i), "SLURM_ARRAY_TASK_COUNT": last[1]} for i in range(1, int(last[1]) + 1)
    ]
    assert calls(script, *jobs) == wanted(8)


def test_kubernetes(calls) -> None:
    job = yaml.safe_load(block("Kubernetes"))["spec"]
    container = job["template"]["spec"]["containers"][0]
    assert (job["completionMode"], container["command"]) == ("Indexed", ["/bin/bash", "-c"])
    given = {each["name"]: each["value"] for each in container["env"]}
    indexes = [{**given, "JOB_COMPLETION_INDEX": str(i)} for i in range(job["completions"])]
    assert calls(container["args"][0], *indexes) == wanted(8)


def test_gnu_parallel(calls, street) -> None:  # noqa: F811
    """Its calls are carried out."""
    found = calls(block("GNU parallel"), {})
    assert found == wanted(8)
    for line in found[:2]:
        assert street(*shlex.split(line))[0] == 0
        assert Shard.of(line.split()[-1]).count == 8
