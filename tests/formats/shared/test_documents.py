import re
from pathlib import Path

import pytest

from aquarium_tui.errors import InputError
from aquarium_tui.formats.shared.documents import YamlValue, read_yaml
from tests.ingest.files import write

CASES: dict[str, YamlValue] = {
    "names: [car, 'cyclist', \"van, big\"]": ["car", "cyclist", "van, big"],
    "names: ['driver''s seat', it's] # two": ["driver's seat", "it's"],
    "names: [a,\n  b,\n  c]\nnc: 3": ["a", "b", "c"],
    "names:\n  [a, b]": ["a", "b"],
    "names:\n- car\n- 'C# code'  # a comment\n": ["car", "C# code"],
    "names:\n  - car\n\n  # between\n  - traffic light\n": ["car", "traffic light"],
    "names:\n  0: car\n  1: 'a: b'\n": {"0": "car", "1": "a: b"},
    "names: {0: car, 7: van}": {"0": "car", "7": "van"},
    "train: x\nnames:\n  0: car # c\n\ndownload: |\n  names: 1\n  import os\n": {"0": "car"},
    "'names': car": "car",
    "names: C:\\data\\a": "C:\\data\\a",
    "names: http://host:80/a": "http://host:80/a",
    "# names: [x]\nnames: a#b": "a#b",
    "names: []": [],
    "  names: a": "a",
    "a: &them [car, van]\nnames: *them": ["car", "van"],
    "names: [&a car, *a]": ["car", "car"],
    'names: ["~", null]': ["~", "null"],
    "names: ''": "",
    "\ufeffnames: a": "a",
}
AS_WRITTEN = [
    "yes",
    "no",
    "on",
    "Off",
    "y",
    "true",
    "12",
    "1.50",
    "0x1f",
    "1:30",
    "2024-01-01",
    "1e3",
    ".nan",
]


@pytest.mark.parametrize("text", CASES)
def test_keys_are_read(tmp_path: Path, text: str) -> None:
    assert read_yaml(write(tmp_path / "data.yaml", text), ["names"]) == {"names": CASES[text]}


@pytest.mark.parametrize("word", AS_WRITTEN)
def test_scalars_stay_as_they_are_written(tmp_path: Path, word: str) -> None:
    path = write(tmp_path / "data.yaml", f"a: {word}\nb: [{word}]\nc: {{{word}: {word}}}\n")
    assert read_yaml(path, ["a", "b", "c"]) == {"a": word, "b": [word], "c": {word: word}}


@pytest.mark.parametrize(
    "text", ["# nothing", "names:", "names: null", "names: ~", "other: {a: [b]}", "- a", "a"]
)
def test_what_is_not_there_is_absent(tmp_path: Path, text: str) -> None:
    assert read_yaml(write(tmp_path / "data.yaml", text), ["names"]) == {}


def test_other_keys_may_hold_anything(tmp_path: Path) -> None:
    text = "x: !!python/object:os.system [{a: [[b]]}]\nx: 1\ny: &y {b: *y}\nnames: [a]\n"
    assert read_yaml(write(tmp_path / "data.yaml", text), ["names"]) == {"names": ["a"]}


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("a: 1\nnames: *other", "line 2, column 8", "found undefined alias"),
        ("names: !!python/object:os.system [x]", "line 1, column 8", "`names` has the tag .*os.system"),
        ("names: [a, b", "line 1, column 13", "expected ',' or ']'"),
        ("names:\n  - a\n  b: c", "line 3, column 3", "expected <block end>"),
        ("names: [[a], b]", "line 1, column 9", "`names` holds a list or map inside a list or map"),
        ("names: {0: {a: b}}", "line 1, column 12", "`names` holds a list or map inside a list or map"),
        ("names: &n [*n]", "line 1, column 8", "`names` holds a list or map inside a list or map"),
        ("names: {[a]: b}", "line 1, column 9", "`names` holds a list or map inside a list or map"),
        ("names: a\nnc: 1\nnames: b", "line 3, column 1", "`names` is written a second time"),
        ("names:\n  0: a\n  0: b", "line 3, column 3", "`0` is written a second time in `names`"),
        ("names: a: b", "line 1, column 9", "mapping values are not allowed here"),
        ("names:\n\t- a", "line 2, column 1", r"cannot start any token"),
        ("names: a\nb: \x01", "line 2, column 4", "the character '.x01' is not allowed"),
        ('names: "C:\\data"', "line 1, column 12", "unknown escape character 'd'"),
        (f"names: {'[' * 3000}", "line 1, column 57", "lists and maps are nested more than 50 levels deep"),
        (f"a: {'{a: ' * 3000}", "line 1, column 197", "lists and maps are nested more than 50 levels deep"),
    ],
    ids=lambda value: value[:30],
)
def test_what_cannot_be_read_is_reported_with_its_place(
    tmp_path: Path, text: str, where: str, reason: str
) -> None:
    with pytest.raises(InputError, match=f"{where}.*{reason}") as caught:
        read_yaml(write(tmp_path / "data.yaml", text), ["names"])
    assert re.search(r"\.\n\w.*\.$", str(caught.value)), "a second sentence says how to fix it"


def test_a_chain_of_aliases_does_not_grow(tmp_path: Path) -> None:
    levels = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9) if i else 'x'}]" for i in range(30)]
    path = write(tmp_path / "data.yaml", "\n".join([*levels, "names: *a29"]))
    assert read_yaml(path, ["other"]) == {}
    with pytest.raises(InputError, match="inside a list"):
        read_yaml(path, ["names"])


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="larger than 1 MB"):
        read_yaml(write(tmp_path / "data.yaml", "names: [a]\n" + "#" * (1 << 20)), ["names"])
