"""One word for one thing: the glossary of docs/architecture.md, type names, and names of files."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "aquarium_tui").rglob("*.py"))
FOREIGN = ("formats", "client", "explain", "integrations")
"""Rooms that deal with other tools' files and figures, and use their words."""

NOUNS = {"binding", "lightning", "drawing", "matching", "wording"}
"""Nouns that end like verbs."""


def place(path: Path) -> str:
    return path.relative_to(ROOT / "aquarium_tui").as_posix()


def forbidden() -> dict[str, str]:
    """Each word that the glossary rules out, with the word to use."""
    found = {}
    glossary = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("\n## Words\n")[2]
    for line in glossary.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 3 and cells[0] not in ("word", "---"):
            found.update({word.strip(): cells[0] for word in cells[2].split(",") if word.strip()})
    return found


def names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name):
                yield name


def types(tree: ast.Module) -> Iterator[str]:
    """Classes and type aliases of a module that other modules can see."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) if re.fullmatch(r"[A-Z]\w*[a-z]\w*", name):
                yield name


def test_the_code_uses_the_words_of_the_glossary() -> None:
    ruled_out = forbidden()
    assert {"prediction", "groundtruth", "baseline"} <= set(ruled_out)
    wrong = []
    for path in PACKAGE:
        if place(path).split("/")[0] in FOREIGN:
            continue
        for name in set(names(ast.parse(path.read_text("utf-8")))):
            words = re.findall(r"[a-z]+", re.sub(r"([A-Z])", r"_\1", name).lower())
            for word in words:
                for singular in {word, word.removesuffix("s")} & set(ruled_out):
                    wrong.append(f"{place(path)}: {name} (say {ruled_out[singular]})")
    assert sorted(wrong) == []


def test_a_type_name_has_one_meaning() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in PACKAGE:
        for name in types(ast.parse(path.read_text("utf-8"))):
            if not name.startswith("_"):
                homes[name].append(place(path))
    assert {name: where for name, where in sorted(homes.items()) if len(where) > 1} == {}


def test_files_are_named_by_nouns() -> None:
    stems = {path.stem for path in PACKAGE} | {path.parent.name for path in PACKAGE}
    assert {stem for stem in stems if stem.endswith("ing")} - NOUNS == set()
