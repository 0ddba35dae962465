"""Thresholds per class: as text, in files, stored, and in what is counted."""

import json
from pathlib import Path

import pytest

from aquarium_tui.errors import AquariumError, UsageError
from aquarium_tui.model.classes import ClassEntry, ClassMap
from aquarium_tui.model.settings import SetConfidence
from aquarium_tui.session.thresholds import (
    named_classes,
    read_confidence,
    read_thresholds,
    written_confidence,
)


@pytest.mark.parametrize(
    ("text", "rest", "classes"),
    [
        ("0.25", 0.25, ()),
        ("car=0.4,person=.25", None, (("car", 0.4), ("person", 0.25))),
        ("0.1, car=0.4", 0.1, (("car", 0.4),)),
        ("*=0.1,car=0.4,", 0.1, (("car", 0.4),)),
        ('"a, b=c"=0.3,traffic light=0.5', None, (("a, b=c", 0.3), ("traffic light", 0.5))),
        ("0.12345678901234567", 0.12345678901234567, ()),
    ],
)
def test_text_is_read_and_written(text, rest, classes):
    assert read_confidence(text) == SetConfidence(rest, classes)
    assert read_confidence(written_confidence(rest, classes)) == SetConfidence(rest, classes)


@pytest.mark.parametrize(
    "text", ["", "car", "car=", "car=x", "car=1.5", "0.1,0.2", "car=.1,car=.2", '"car=.1', "nan"]
)
def test_what_cannot_be_read_is_said(text):
    with pytest.raises(UsageError):
        read_confidence(text)


def test_files_hold_thresholds_of_both_sets_or_of_each(tmp_path: Path):
    path = tmp_path / "thresholds.json"
    path.write_text(json.dumps({"*": 0.2, "car": 0.4}))
    both = SetConfidence(0.2, (("car", 0.4),))
    assert read_thresholds(path) == {"base": both, "other": both}
    path.write_text(json.dumps({"other": {"car": 0.4}}))
    assert read_thresholds(path) == {"other": SetConfidence(None, (("car", 0.4),))}
    for wrong in ("[]", "{}", '{"car": "x"}', '{"base": {"car": 1}, "car": 2}', "{", f'{{"car": {10**400}}}'):
        path.write_text(wrong)
        with pytest.raises(UsageError):
            read_thresholds(path)
    with pytest.raises(AquariumError):
        read_thresholds(tmp_path / "missing.json")


def test_classes_have_the_names_they_are_evaluated_as():
    classes = ClassMap(
        (
            ClassEntry(1, "Car"),
            ClassEntry(2, "van", train_name="car"),
            ClassEntry(3, "x", ignore_in_eval=True),
        )
    )
    assert named_classes((("VAN", 0.3),), classes) == (("Car", 0.3),)
    with pytest.raises(UsageError, match="no class"):
        named_classes((("x", 0.3),), classes)
