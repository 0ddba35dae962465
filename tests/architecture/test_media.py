"""Images and masks are opened in `media/` alone, and only the rooms that draw know Pillow."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "aquarium_tui"
SOURCES = sorted(PACKAGE.rglob("*.py"))
DRAWS = ("media/", "render/", "drawing/", "tui/graphics/")


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _modules(tree: ast.AST) -> Iterator[str]:
    """Full names of the modules and names that are imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _opens_images(tree: ast.AST) -> bool:
    """Whether `open` of Pillow's `Image` is mentioned, by whatever way it was imported."""
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "PIL"
        for alias in node.names
        if alias.name == "Image"
    }
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == "open"
        and ast.unparse(node.value) in names | {"PIL.Image"}
        for node in ast.walk(tree)
    ) or "PIL.Image.open" in set(_modules(tree))


@pytest.mark.parametrize(
    "text",
    [
        "from PIL import Image\nImage.open(path)",
        "from PIL import Image as Picture\nread = Picture.open",
        "import PIL.Image\nPIL.Image.open(path)",
        "from PIL.Image import open",
    ],
)
def test_every_way_to_open_an_image_is_seen(text: str) -> None:
    assert _opens_images(ast.parse(text))


def test_only_media_opens_images() -> None:
    opens = {_place(path) for path in SOURCES if _opens_images(ast.parse(path.read_text(encoding="utf-8")))}
    assert opens
    assert {place for place in opens if not place.startswith("media/")} == set()


def test_only_rooms_that_draw_know_pillow() -> None:
    know = {
        _place(path)
        for path in SOURCES
        if any(name.split(".")[0] == "PIL" for name in _modules(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert {place for place in know if not place.startswith(DRAWS)} == set()
