"""The shape of the code: imports point down, nothing heavy at start, no file that is two things."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for part in ("aquarium_tui", "tests", "benchmarks", "sample_data")
    for path in (ROOT / part).rglob("*.py")
)


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )


def test_imports_point_down():
    done = python("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_version_loads_nothing_heavy():
    show = "import sys; sys.argv[1:] = ['--version']; from aquarium_tui.__main__ import main"
    done = python("-c", f"{show}\ntry: main()\nexcept SystemExit: print(*sys.modules)")
    version, modules = done.stdout.splitlines()
    assert version.startswith("aquarium-tui ")
    heavy = {"numpy", "duckdb", "PIL", "textual", "rich", "typer", "click", "hotcoco", "platformdirs"}
    assert not heavy & {name.partition(".")[0] for name in modules.split()}


def test_help_of_the_command_line_loads_no_analysis():
    done = python("-c", "import sys, aquarium_tui.cli.app; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    heavy = {"numpy", "duckdb", "PIL", "textual", "hotcoco"}
    assert not heavy & {name.partition(".")[0] for name in done.stdout.split()}


def test_the_analysis_loads_no_evaluator_before_it_is_asked():
    done = python("-c", "import sys, aquarium_tui.compare.objects.comparison; print(*sys.modules)")
    assert "hotcoco" not in done.stdout.split()


def test_opening_a_comparison_loads_no_pictures_and_no_readers_of_files():
    done = python("-c", "import sys, aquarium_tui.session.session, aquarium_tui.report; print(*sys.modules)")
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert not {"PIL", "duckdb", "hotcoco"} & loaded
    assert not {f"aquarium_tui.{room}" for room in ("drawing", "formats", "ingest", "media")} & loaded


def test_no_file_is_two_things():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert [str(path.relative_to(ROOT)) for path, lines in lengths.items() if lines > 500] == []


def test_every_room_has_its_tests() -> None:
    rooms = {path.parent.name for path in (ROOT / "aquarium_tui").glob("*/__init__.py")}
    assert {room for room in rooms if not list((ROOT / "tests" / room).glob("test_*.py"))} == set()
