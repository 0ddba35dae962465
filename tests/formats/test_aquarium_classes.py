import json

import pytest

from aquarium_tui.errors import InputError
from aquarium_tui.formats.aquarium_classes import read_class_map
from aquarium_tui.model.classes import ClassEntry

ENTRIES = [
    {"name": "car", "class_id": 2, "color": [1, 2, 3], "train_name": "vehicle", "ignore_in_eval": False},
    {"name": "sky", "class_id": 0, "train_name": None, "ignore_in_eval": True, "has_instances": True},
]


@pytest.mark.parametrize("wrap", [lambda e: e, lambda e: {"label_class_map": e}, lambda e: {"entries": e}])
def test_a_class_map_keeps_evaluated_names_and_ignored_classes(tmp_path, wrap):
    (tmp_path / "c.json").write_text(json.dumps(wrap(ENTRIES)))
    assert read_class_map(tmp_path / "c.json").entries == (
        ClassEntry(2, "car", (1, 2, 3), "vehicle", False),
        ClassEntry(0, "sky", None, None, True),
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "is no class map"),
        ({"a": 1}, "is no class map"),
        ([{"class_id": 1}], r"\[0\] has no `name`"),
        ([{"name": "a", "class_id": -1}], "not a whole number from 0"),
        ([{"name": "a"}, {"name": "A"}], r"\[1\]: an earlier entry"),
        ([{"name": "a", "color": [1, 2, 999]}], "`color` is not three"),
        ([{"name": "a", "color": "red"}], "`color` is not three"),
    ],
)
def test_a_broken_class_map_is_refused_with_its_entry(tmp_path, content, words):
    (tmp_path / "c.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=words):
        read_class_map(tmp_path / "c.json")
