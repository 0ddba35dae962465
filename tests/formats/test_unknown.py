"""Files in no known format are described, and formats that packages supply are loaded only when needed."""

from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from aquarium_tui.errors import InputError
from aquarium_tui.formats import FORMATS, Given, format_of, registry
from tests.ingest.files import write


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", {"pictures": [], "notes": {"x": 1}}, "an object with the keys pictures, notes, x"),
        (
            "a.json",
            [{"picture": "a.jpg", "coordinates": 5, "label": 1}],
            "createml; missing: image, annotations",
        ),
        ("a.xml", "<root><image/></root>", "XML with the elements root, image"),
        ("a.csv", "when,what\n1,2\n", "a table with the columns when, what"),
        ("a.txt", "hello there", 'text that begins with "hello there"'),
    ],
)
def test_an_unknown_file_is_described(tmp_path: Path, name: str, content: object, said: str) -> None:
    with pytest.raises(InputError, match="not in a known format") as caught:
        format_of(Given(write(tmp_path / name, content)))
    assert said in str(caught.value)


OURS = replace(FORMATS[0], name="ours", looks_like=lambda given: given.start.startswith("ours"))
NO_FORMAT = "nothing"


def test_a_supplied_format_is_loaded_only_if_nothing_else_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def points(group: str, name: str = "ours") -> list[EntryPoint]:
        asked.append(name)
        return [EntryPoint(name, f"{__name__}:OURS", group)]

    monkeypatch.setattr(registry, "entry_points", points)
    assert format_of(Given(write(tmp_path / "a.json", "[]"))).name == "coco"
    assert not asked
    assert format_of(Given(write(tmp_path / "b.txt", "ours 1"))).name == "ours"
    assert format_of(Given(tmp_path / "a.json"), "ours").name == "ours"


def test_a_supplied_format_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("x", f"{__name__}:NO_FORMAT", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [point])
    with pytest.raises(InputError, match="is not an aquarium_tui"):
        format_of(Given(write(tmp_path / "b.txt", "hello")))
