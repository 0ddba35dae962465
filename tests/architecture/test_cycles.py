"""No module of the package imports itself over others; imports inside functions and for types count, too."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """The modules of the package that a file imports, anywhere in it; a package by its own name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                if submodule in modules:
                    yield submodule
                elif node.module in modules:
                    yield node.module


def graph() -> dict[str, set[str]]:
    modules = {module_of(path): path for path in (ROOT / "aquarium_tui").rglob("*.py")}
    return {name: set(imported(path, modules)) - {name} for name, path in modules.items()}


def cycles(edges: Mapping[str, set[str]]) -> list[frozenset[str]]:
    """The sets of more than one node that all reach each other."""
    reached = {node: reachable(edges, node) for node in edges}
    together = {
        frozenset({node} | {other for other in reached[node] if node in reached[other]}) for node in edges
    }
    return [nodes for nodes in together if len(nodes) > 1]


def reachable(edges: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for node in edges.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def test_no_module_imports_itself_over_others() -> None:
    assert [sorted(nodes) for nodes in cycles(graph())] == []


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, [{"b", "c"}]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, [{"a", "b", "c"}]),
    ],
)
def test_cycles_are_found(edges: dict[str, set[str]], expected: list[set[str]]) -> None:
    assert cycles(edges) == expected
