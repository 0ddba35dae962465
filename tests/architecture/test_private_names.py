"""Private parts of other packages are used in one module each, and none of ours hides one of theirs."""

import ast
import importlib
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from textual.message_pump import MessagePump

ROOT = Path(__file__).parents[2]
INTERFACE = ROOT / "aquarium_tui" / "tui"
# Where private names of a package may be used: these modules begin like this.
HOMES = {
    "textual": "aquarium_tui/tui/textual_",
    "textual_image": "aquarium_tui/tui/graphics/sixel.py",
    "rich": "",
}


def private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_")


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def private_imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Package and name of everything private that is imported from `HOMES`, at whatever level."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            package, *parts = name.split(".")
            if package in HOMES and any(map(private, parts)):
                yield package, name


def reaches(tree: ast.AST) -> Iterator[str]:
    """Private names of objects other than oneself, also by `vars` and by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and private(node.attr):
            if ast.unparse(node.value) not in ("self", "cls", "super()"):
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            named = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if node.func.id == "vars" or (
                node.func.id in ("getattr", "setattr", "delattr") and any(map(private, named))
            ):
                yield ast.unparse(node)


def test_private_modules_and_names_are_imported_in_one_module_each() -> None:
    found = {
        (path, name)
        for path, tree in modules(ROOT / "aquarium_tui")
        for package, name in private_imports(tree)
        if not (HOMES[package] and path.startswith(HOMES[package]))
    }
    assert found == set()


def test_textual_image_has_one_user() -> None:
    users = {
        path
        for path, tree in modules(ROOT / "aquarium_tui")
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and "textual_image" in ast.unparse(node)
    }
    assert users == {HOMES["textual_image"]}


def test_no_module_of_the_interface_reaches_into_another_object() -> None:
    found = {
        (path, what)
        for path, tree in modules(INTERFACE)
        for what in reaches(tree)
        if not path.startswith(HOMES["textual"])
    }
    assert found == set()


def assigned(line: ast.stmt) -> list[ast.Name]:
    targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
    return [target for target in targets if isinstance(target, ast.Name)]


@cache
def own_names(owner: type) -> frozenset[str]:
    """Private names that the source of a class defines, or gives to its instances."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names |= {node.attr} if ast.unparse(node.value) == "self" else set()
        elif isinstance(node, ast.ClassDef):
            names |= {name.id for line in node.body for name in assigned(line)}
    return frozenset(filter(private, names))


def subclasses(owner: type) -> Iterator[type]:
    below: list[type] = owner.__subclasses__()
    for each in below:
        yield each
        yield from subclasses(each)


def test_no_class_of_ours_hides_a_private_name_of_textual() -> None:
    """A `_size` or `_render` of ours would silently replace Textual's."""
    for path in sorted(INTERFACE.rglob("*.py")):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    home = HOMES["textual"].replace("/", ".")
    ours = {
        each
        for each in subclasses(MessagePump)
        if each.__module__.startswith("aquarium_tui.") and not each.__module__.startswith(home)
    }
    assert ours
    hidden = {
        (f"{each.__module__}.{each.__qualname__}", name, base.__name__)
        for each in ours
        for base in each.__mro__
        if base.__module__.startswith("textual.")
        for name in own_names(each) & own_names(base)
    }
    assert hidden == set()


def test_their_versions_are_bounded() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"textual>=8.0,<9"' in project
    assert '"textual-image>=0.12,<0.15"' in project
