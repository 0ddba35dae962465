"""A few seconds of `python -m tests.kills`: more rounds on demand."""

import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_commands_that_are_killed_leave_the_store_whole() -> None:
    # A process of its own: forking one that runs tests in threads would be another test.
    command = [sys.executable, "-m", "tests.kills", "--rounds", "8", "--seed", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("8 commands killed")
