"""What the documents say holds: their commands are run, their lists compared with the code."""

import io
import os
import re
import shlex
import subprocess
import sys
from contextlib import chdir, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from aquarium_tui.__main__ import main

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def commands(document: str) -> list[tuple[str, list[str]]]:
    """Each command of the document's console blocks, with the lines it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall((ROOT / document).read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line:
                found[-1][1].append(line)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("documents")
    return {**os.environ, "AQUARIUM_HOME": str(folder), "OUT": str(folder)}


@pytest.mark.parametrize(
    "document",
    [
        "README.md",
        "docs/metrics.md",
        "docs/classification.md",
        "docs/explain.md",
        "docs/export.md",
        "docs/gate.md",
        "docs/decide.md",
        "docs/report.md",
    ],
)
def test_commands_print_what_the_document_says(document: str, home: dict[str, str]) -> None:
    if document != "README.md":
        _upload_demo(home)
    for command, expected in commands(document):
        printed = run(command, home)
        for line in expected:
            assert line in printed, command


def _upload_demo(home: dict[str, str]) -> None:
    if not (Path(home["AQUARIUM_HOME"]) / "projects").exists():
        for command, _ in commands("README.md")[:3]:
            run(command, home)


def test_the_scenarios_of_the_document_can_be_imported(home: dict[str, str], tmp_path: Path) -> None:
    _upload_demo(home)
    document = (ROOT / "docs" / "decide.md").read_text("utf-8")
    (whole,) = re.findall(r"^```toml\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)
    file = tmp_path / "scenarios.toml"
    file.write_text(whole, "utf-8")
    assert len(run(f"aquarium-tui scenarios street/val --import {file}", home)) == 5
    assert '  ✗ cell("truck", "van") <= 1: fail; other.cell(truck, van) is 3' in run(
        "aquarium-tui scenarios street/val", home
    )


def run(command: str, home: dict[str, str]) -> list[str]:
    """The lines that a command prints. What needs no shell runs in this process: a start takes a second."""
    command = re.sub(r" > (\w[\w.]*)$", r' > "$OUT/\1"', command)
    command = re.sub(r" --out (\w[\w.]*)$", rf" --out {home['OUT']}/\1", command)
    if command.startswith("aquarium-tui ") and not re.search(r"[|>$;&]", command):
        printed = _run_here(shlex.split(command), home)
    else:
        printed = _run_in_shell(command, home)
    return [line.rstrip().replace(f"{home['OUT']}/", "") for line in printed.splitlines()]


def _run_here(words: list[str], home: dict[str, str]) -> str:
    out = io.StringIO()
    with (
        patch.object(sys, "argv", words),
        patch.dict(os.environ, home),
        chdir(ROOT),
        redirect_stdout(out),
        pytest.raises(SystemExit) as left,
    ):
        main()
    assert not left.value.code, words
    return out.getvalue()


def _run_in_shell(command: str, home: dict[str, str]) -> str:
    command = command.replace("aquarium-tui", f"{sys.executable} -m aquarium_tui")
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=home, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_lists_of_keys_are_those_of_the_registry() -> None:
    """`python -m tests.docs.key_tables` writes them."""
    from tests.docs.key_tables import keys_page, with_key_table

    assert (ROOT / "docs" / "keys.md").read_text("utf-8") == keys_page()
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme == with_key_table(readme)


DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    ROOT / "sample_data" / "README.md",
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


PACKAGE = ROOT / "aquarium_tui"
ABOUT_CODE = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "docs" / "architecture.md",
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]


@pytest.mark.parametrize("document", ABOUT_CODE, ids=lambda path: path.name)
def test_files_and_modules_that_are_named_exist(document: Path) -> None:
    words = re.findall(r"`([^`\n]+)`", document.read_text("utf-8"))
    paths = [word for word in words if re.fullmatch(r"(?!cache/)[a-z][a-z_.-]*/[a-z0-9_./-]*", word)]
    missing = [path for path in paths if not any((folder / path).exists() for folder in (ROOT, PACKAGE))]
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    modules = [word for word in words if re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", word)]
    for module in modules:
        room, *_ = module.split(".")
        if room in rooms:
            place = PACKAGE / module.replace(".", "/")
            missing += [module] if not place.is_dir() and not place.with_suffix(".py").exists() else []
    assert missing == []
