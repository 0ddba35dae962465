"""make.py makes the shipped files again, byte for byte, and stands on its own."""

import ast
import platform
import subprocess
import sys
from pathlib import Path

import PIL
import pytest

from tests.sample_data.slow_count import DATA

SETS = ("detection", "segmentation", "classification", "multilabel")
ALIKE = platform.machine() in ("x86_64", "AMD64") and int(PIL.__version__.split(".")[0]) >= 12


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for name in SETS
        for path in (folder / name).rglob("*")
        if path.is_file()
    }


@pytest.mark.skipif(
    not ALIKE, reason="Pillow before 12, or another processor, rounds some polygon edges otherwise"
)
def test_make_writes_the_same_bytes_again(tmp_path):
    made = subprocess.run(
        [sys.executable, "-B", DATA / "make.py", "--out", tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    shipped, again = files(DATA), files(tmp_path)
    assert sorted(again) == sorted(shipped)
    assert [name for name in shipped if again[name] != shipped[name]] == []
    for name in SETS:
        assert f"{tmp_path / name}: " in made.stdout


def test_the_sample_data_is_small():
    everything = sum(len(content) for content in files(DATA).values())
    assert everything < 6_000_000
    assert (
        sum(len(content) for name, content in files(DATA).items() if name.startswith("detection/"))
        < 3_500_000
    )


def test_the_makers_need_only_numpy_and_pillow():
    sources = list(DATA.rglob("*.py"))
    own = {path.stem for path in DATA.glob("*.py")} | {"painter"}
    allowed = own | {"numpy", "PIL"} | set(sys.stdlib_module_names)
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, source
    assert len(sources) > 20
