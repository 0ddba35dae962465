import subprocess
import sys
import time
from pathlib import Path

import pytest

from aquarium_tui.work.mount import reach

FROZEN = (
    "import os, sys, threading\n"
    "stat = os.stat\n"
    "def answer(path, **given):\n"
    "    return threading.Event().wait() if str(path) == '/frozen' else stat(path, **given)\n"
    "os.stat = answer\n"
    "from aquarium_tui.__main__ import main\n"
    "main()"
)


def test_what_answers_is_not_mentioned(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", Path("\0")):
        reach(path, pytest.fail)


@pytest.mark.parametrize(
    "arguments", [["ls"], ["upload", "--images=/frozen"], ["upload", "--labels", "/frozen"]]
)
def test_a_frozen_mount_is_named_and_its_wait_can_be_left(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AQUARIUM_HOME", "/frozen")
    child = subprocess.Popen([sys.executable, "-c", FROZEN, *arguments], stderr=subprocess.PIPE, text=True)
    assert child.stderr
    assert child.stderr.readline() == "aquarium-tui: waiting for /frozen …\n"
    began = time.monotonic()
    child.send_signal(2)
    assert child.wait(30) == 130
    assert time.monotonic() - began < 10
    child.stderr.close()
