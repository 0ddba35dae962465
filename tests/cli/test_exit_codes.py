"""Whatever the streams are and whatever happens, a command ends with a sentence and an exit code."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from aquarium_tui.cli.exit_codes import prepare
from aquarium_tui.model.tables import InferenceSet
from aquarium_tui.store import Store
from tests.store import small

PROGRAM = f"{sys.executable} -m aquarium_tui"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AQUARIUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = Store(tmp_path / "home")
    store.add_dataset(small.dataset())
    for id_ in ("a", "b"):
        store.add_inferences(small.dataset(), InferenceSet(id_, small.objects([0, 1])))
    return tmp_path / "home"


def shell(line: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A line of bash, in which `$A` is the program; nothing may ever end in a traceback."""
    done = subprocess.run(
        ["bash", "-c", "set -o pipefail; " + line.replace("$A", PROGRAM)],
        capture_output=True,
        text=True,
        encoding="latin-1",
        check=False,
        env=os.environ | environment,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("command", ["compare street/val", "ls", "--version", "show street/val"])
@pytest.mark.parametrize("stdout", [">&-", "> /dev/full"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_lost_output_is_said_in_one_sentence(command: str, stdout: str) -> None:
    done = shell(f"$A {command} {stdout}")
    assert done.returncode == 74
    assert done.stderr.startswith("aquarium-tui: The output could not be written: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["ls", "frames street/val --format csv"])
def test_a_reader_that_goes_away_is_no_error(command: str) -> None:
    done = shell(f"$A {command} | true")
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", "> /dev/full"])
def test_the_interface_needs_all_three_streams(closed: str) -> None:
    done = shell(f"$A open street/val {closed}")
    assert done.returncode == 2
    if "2>&-" not in closed:
        assert "The interface needs a terminal" in done.stderr


def test_a_closed_stderr_leaves_the_terminal_of_stdout_for_the_sentence() -> None:
    controller, terminal = pty.openpty()
    done = subprocess.run(
        ["bash", "-c", f"{PROGRAM} open street/val 2>&-"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        check=False,
    )
    assert done.returncode == 2
    assert b"stderr is not one" in os.read(controller, 1000)
    os.close(terminal)
    os.close(controller)


@pytest.mark.parametrize("streams", ["2>&-", "<&- 2> /dev/full"])
def test_what_is_not_needed_is_done_without(streams: str) -> None:
    done = shell(f"$A segments save street/val --base a --query 'label.area > 0' --name s {streams}")
    assert done.returncode == 0
    assert shell("$A segments list street/val").stdout.startswith("s ")


@pytest.mark.parametrize(
    "encoding",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""},
    ],
)
def test_small_encodings_get_the_nearest_characters(encoding: dict[str, str]) -> None:
    done = shell("$A compare street/val", **encoding)
    assert done.returncode == 0
    assert "other - base" in done.stdout
    assert "->" in done.stdout
    # Click's own way to print would write UTF-8.
    assert (
        "80 x 24"
        in shell("$A --info", COLUMNS="80", LINES="24", **encoding | {"PYTHONIOENCODING": "ascii"}).stdout
    )


def test_a_full_pipe_that_does_not_block_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import os, sys; os.set_blocking(1, False)\n"
        "from aquarium_tui.cli.exit_codes import run\n"
        "run(lambda: sys.stdout.write('x' * 1_000_000))"
    )
    done = subprocess.run(
        f'{sys.executable} -c "{program}" | (sleep 0.2; wc -c)',
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("1000000", "")


@pytest.mark.parametrize("log", [True, False])
def test_an_unexpected_error_is_one_line_and_a_log(tmp_path: Path, log: bool) -> None:
    if not log:
        (tmp_path / "state").write_text("in the way")
    program = (
        "from aquarium_tui.cli.exit_codes import run\n"
        "def fail():\n"
        "    raise RuntimeError('what\\x1b[2J\\nhappened')\n"
        "run(fail)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert done.stderr.count("\n") == 1
    assert "RuntimeError: what" in done.stderr
    assert "\x1b" not in done.stderr
    written = tmp_path / "state" / "aquarium-tui" / "log" / "errors.log"
    if log:
        assert str(written) in done.stderr
        assert "in fail" in written.read_text()


@pytest.mark.parametrize("name", ["x" * 5000, "loop"], ids=["long", "loop"])
def test_a_file_that_the_system_refuses_is_bad_input(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    program = "import os, sys\nfrom aquarium_tui.cli.exit_codes import run\nrun(lambda: os.stat(sys.argv[1]))"
    command = [sys.executable, "-c", program, str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot be used: " in done.stderr
    assert len(done.stderr) < 400


def test_streams_that_are_not_descriptors_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = io.StringIO()
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, kept)
    prepare()
    assert sys.stdout is kept
