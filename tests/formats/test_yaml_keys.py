import pytest

from aquarium_tui.errors import InputError
from aquarium_tui.formats.yolo.folder import read_keys
from tests.ingest.files import write

CASES = {
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
    "# names: [x]\nnames: a#b": "a#b",
    "names: []": [],
}


@pytest.mark.parametrize("text", CASES)
def test_plain_yaml_is_read(tmp_path, text):
    assert read_keys(write(tmp_path / "data.yaml", text), ["names"]) == {"names": CASES[text]}


@pytest.mark.parametrize("text", ["", "names:", "names: null", "names: ~", "other: {a: [b]}", "  names: a"])
def test_what_is_not_there_is_absent(tmp_path, text):
    assert read_keys(write(tmp_path / "data.yaml", text or "# nothing"), ["names"]) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\nnames: *other", r"line 2: `names` cannot be read \(`\*other` is YAML that is not read here"),
        ("names: !!python/object:os.system [x]", "is not read here"),
        ("names: [a, b", r"there is no closing \] at its end"),
        ("names: {a, b}", "`a` is no `key: value`"),
        ("names:\n  - a\n  b: c", "`- a` is no `key: value`"),
        ("names: [[a], b]", "is not read here"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path, text, reason):
    with pytest.raises(InputError, match=reason) as caught:
        read_keys(write(tmp_path / "data.yaml", text), ["names"])
    assert "Write it as text, as a list" in str(caught.value)
